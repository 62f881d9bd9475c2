"""Where the errors of a run lie."""

from __future__ import annotations

import numpy as np

from training.data.dataset import LabelledCell
from training.evaluation.error_analysis import MIN_ERRORS, most_common_errors


def _cell(patient: str, cell_class: str) -> LabelledCell:
    return LabelledCell("a.zip", "x", "hopkins", patient, "AML", cell_class, "test", "0", 1.0, 0, "")


def test_errors_are_counted_by_kind_and_film() -> None:
    cells = [_cell("A", "blast")] * 12 + [_cell("B", "promyelocyte")] * 3 + [_cell("B", "monocyte")] * 20
    truth = np.array([1] * 15 + [0] * 20)
    guess = np.array([0] * 15 + [1] * (MIN_ERRORS - 1) + [0] * (20 - MIN_ERRORS + 1))
    (kind,) = most_common_errors(truth, guess, ("benign", "malignant"), cells)
    assert (kind["truth"], kind["guess"], kind["cells"], kind["of"]) == ("malignant", "benign", 15, 15)
    assert (kind["films"], kind["most"]) == (2, 12)
    assert kind["classes"] == {"blast": 12, "promyelocyte": 3}


def test_few_errors_say_nothing() -> None:
    cells = [_cell("A", "blast")] * (MIN_ERRORS - 1)
    assert (
        most_common_errors(np.ones(MIN_ERRORS - 1, np.int64), np.zeros(MIN_ERRORS - 1, np.int64), ("a", "b"), cells)
        == []
    )
