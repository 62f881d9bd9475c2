"""Inputs of a site for the export of corrections: label weights and diagnoses."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from leukview.core.csv_reader import read_csv_rows
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml
from leukview.domain.taxonomy import Taxonomy

MAX_LABEL_WEIGHT = 1e6


@dataclass(frozen=True, slots=True)
class LabelWeights:
    """Weights of reviewed labels in training; see ``resources/corrections.toml``."""

    one_reader: float
    two_readers: float
    consensus: float


def parse_label_weights(text: str) -> LabelWeights:
    """Read ``corrections.toml``.

    Raises:
        LeukViewError: The text is not TOML, or a weight is missing, unknown or not positive.
    """
    try:
        raw = parse_toml(text)
    except ValueError as error:
        raise LeukViewError(Message("The weights of corrections cannot be read: {reason}.", reason=error)) from error
    names = [f.name for f in fields(LabelWeights)]
    wrong = sorted(set(raw) ^ set(names))
    if wrong:
        raise LeukViewError(
            Message("The weights of corrections have missing or unknown entries: {names}.", names=", ".join(wrong))
        )
    values = [raw[name] for name in names]
    if not all(type(v) in {int, float} and 0 < v <= MAX_LABEL_WEIGHT for v in values):
        raise LeukViewError("The weights of corrections must be positive numbers.")
    return LabelWeights(*map(float, values))


def check_diagnosis(diagnosis: str, taxonomy: Taxonomy) -> None:
    """Check that the taxonomy has a diagnosis; "" (not known) is allowed.

    Raises:
        LeukViewError: It is unknown.
    """
    if diagnosis and diagnosis not in taxonomy.diagnoses:
        raise LeukViewError(
            Message("The diagnosis “{diagnosis}” is unknown.", diagnosis=diagnosis),
            Message("Valid: {names}.", names=", ".join(taxonomy.diagnoses)),
        )


def read_diagnoses(path: Path, taxonomy: Taxonomy) -> dict[str, str]:
    """Read a table of patients and diagnoses.

    The table is CSV with the columns ``patient`` (folder name or pseudonym) and ``diagnosis``.

    Returns:
        Patient → diagnosis.

    Raises:
        LeukViewError: The table cannot be read, a column is missing, or a diagnosis is unknown.
    """
    rows = list(read_csv_rows(path, ("patient", "diagnosis")))
    for row in rows:
        check_diagnosis(row["diagnosis"], taxonomy)
    return {row["patient"]: row["diagnosis"] for row in rows}
