"""Reading of tables that the user provides, as CSV in UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from leukview.core.atomic_files import read_file
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message

MAX_TABLE_BYTES = 256 * 1024**2


def read_csv_rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table, reduced to the given columns, with values stripped.

    Args:
        path: A CSV file in UTF-8, with or without a byte order mark.
        columns: Names of the columns to read; all are required.

    Raises:
        LeukViewError: The file cannot be read, or a column is missing.
    """
    try:
        text = read_file(path, MAX_TABLE_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise LeukViewError(
            Message("“{path}” cannot be read as a table.", path=path.name), "It must be a CSV file in UTF-8."
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        missing = [c for c in columns if c not in (reader.fieldnames or ())]
    except csv.Error:
        missing = list(columns)
    if missing:
        raise LeukViewError(
            Message("In “{path}”, the column {names} is missing.", path=path.name, names=", ".join(missing))
        )
    try:
        for row in reader:
            yield {c: (row[c] or "").strip() for c in columns}
    except csv.Error as error:
        raise LeukViewError(
            Message("“{path}” cannot be read as a table.", path=path.name), "It must be a CSV file in UTF-8."
        ) from error
