import numpy as np
import pytest
from PIL import Image

from training.reports.plots import (
    CALIBRATION_PLOT,
    CONFUSION_PLOT,
    LOSS_PLOT,
    write_calibration,
    write_loss,
    write_plots,
)

LINES = [f"{60 * i},{'plain' if i < 4 else 'progressive'},{50 * i},{3200 * i},{3 / i:.4f},1e-3" for i in range(1, 9)]
STAGE = {
    "cells": 120,
    "choices": ["benign", "malignant"],
    "confusion": [[50, 10], [5, 55]],
    "calibration_error": 0.031,
    "reliability": [[0.55, 0.5, 20], [0.8, 0.9, 40], [0.97, 0.99, 60]],
}
PART = {
    "stages": {"stage1": STAGE},
    "classes": {"keys": ["blast", "monocyte"], "confusion": [[9, 1], [0, 4]], "cells": 14},
}


def colours(path) -> int:
    """How many of the picture's pixels are not grey."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return int((np.ptp(pixels, axis=2) > 40).sum())


def test_that_a_run_gets_its_plots(tmp_path):
    (tmp_path / "log.csv").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    result = {"test_patients": PART, "barcelona_validation": PART}
    assert [p.name for p in write_plots(tmp_path, result)] == [LOSS_PLOT, CALIBRATION_PLOT, CONFUSION_PLOT]
    for name in (LOSS_PLOT, CALIBRATION_PLOT, CONFUSION_PLOT):
        assert colours(tmp_path / name) > 300


def test_that_a_run_that_was_not_scored_shows_its_loss_alone(tmp_path):
    (tmp_path / "log.csv").write_text(LINES[0] + "\n", encoding="utf-8")
    assert [p.name for p in write_plots(tmp_path)] == [LOSS_PLOT]


@pytest.mark.parametrize("text", ["", "\n"])
def test_that_an_empty_log_gives_no_picture(tmp_path, text):
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    assert not write_loss(tmp_path / "log.csv", tmp_path / LOSS_PLOT)
    assert write_plots(tmp_path) == ()
    assert not write_calibration({}, tmp_path / CALIBRATION_PLOT)
    assert not list(tmp_path.glob("*.png"))
