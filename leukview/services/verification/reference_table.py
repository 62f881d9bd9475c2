"""Table of the microscope's counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from leukview.core.atomic_files import read_file
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy

_MAX_TABLE_BYTES = 16 * 1024**2
SLIDE_COLUMNS = ("slide", "order")


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """Counts of one film by one examiner.

    Attributes:
        line: Line of the table.
        slide: Pseudonym of the slide, or its order number.
        counts: Class key → cells.
    """

    line: int
    slide: str
    counts: Mapping[str, int]


def read_reference_table(path: Path, taxonomy: Taxonomy) -> tuple[ReferenceRow, ...]:
    """Read a CSV file in UTF-8: a column ``slide`` or ``order``, then a column a class with the cells counted.

    Classes may be named as in LeukView, by key, or as a folder of the analyser. Separators are comma, semicolon or tab.

    Raises:
        LeukViewError: It cannot be read, a column is no class, or a value is no number of cells.
    """
    try:
        text = read_file(path, _MAX_TABLE_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise LeukViewError(
            Message("“{path}” cannot be read as a table.", path=path.name), "It must be a CSV file in UTF-8."
        ) from error
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise LeukViewError(
            Message("“{path}” cannot be read as a table.", path=path.name), "It must be a CSV file in UTF-8."
        ) from error
    header = [cell.strip() for cell in rows[0]] if rows else []
    if not header or header[0].casefold() not in SLIDE_COLUMNS:
        raise LeukViewError(
            Message("The first column of “{path}” must be “slide” or “order”.", path=path.name),
            "Name a class in each further column, with the number of cells below.",
        )
    keys = [_class_key(name, taxonomy, path) for name in header[1:]]
    if len(set(keys)) < len(keys):
        raise LeukViewError(Message("Two columns of “{path}” are the same class.", path=path.name))
    found = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise LeukViewError(
                Message("Line {line} of “{path}” has not as many columns as the first.", line=line, path=path.name)
            )
        counts = {key: _cell_count(cell, line, path) for key, cell in zip(keys, row[1:], strict=True)}
        found.append(ReferenceRow(line, row[0].strip(), counts))
    return tuple(found)


def _class_key(name: str, taxonomy: Taxonomy, path: Path) -> str:
    known = next((c.key for c in taxonomy.classes if name.casefold() in {c.key, c.name.casefold()}), "")
    if known:
        return known
    found = taxonomy.class_by_folder(name)
    if found is None:
        raise LeukViewError(
            Message("The column “{name}” of “{path}” is no class.", name=name, path=path.name),
            "Use the names of the classes as LeukView shows them.",
        )
    return found.key


def _cell_count(cell: str, line: int, path: Path) -> int:
    text = cell.strip()
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise LeukViewError(
            Message("Line {line} of “{path}”: “{text}” is no number of cells.", line=line, path=path.name, text=text),
            "Give counted cells, not percentages.",
        )
    return int(text)
