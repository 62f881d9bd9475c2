"""Where the errors of a run lie."""

from __future__ import annotations

import numpy as np

from training.data.dataset import LabelledCell
from training.evaluation.error_analysis import FEWEST, commonest


def _cell(patient: str, cell_class: str) -> LabelledCell:
    return LabelledCell("a.zip", "x", "hopkins", patient, "AML", cell_class, "test", "0", 1.0, 0, "")


def test_errors_are_counted_by_kind_and_film() -> None:
    cells = [_cell("A", "blast")] * 12 + [_cell("B", "promyelocyte")] * 3 + [_cell("B", "monocyte")] * 20
    truth = np.array([1] * 15 + [0] * 20)
    guess = np.array([0] * 15 + [1] * (FEWEST - 1) + [0] * (20 - FEWEST + 1))
    (kind,) = commonest(truth, guess, ("benign", "malignant"), cells)
    assert (kind["truth"], kind["guess"], kind["cells"], kind["of"]) == ("malignant", "benign", 15, 15)
    assert (kind["films"], kind["most"]) == (2, 12)
    assert kind["classes"] == {"blast": 12, "promyelocyte": 3}


def test_few_errors_say_nothing() -> None:
    cells = [_cell("A", "blast")] * (FEWEST - 1)
    assert commonest(np.ones(FEWEST - 1, np.int64), np.zeros(FEWEST - 1, np.int64), ("a", "b"), cells) == []
