from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from leukview.domain.models.quality_control import QC_MEASURES, QcRun
from leukview.domain.review.events import EventKind
from leukview.gui.main_window import MainWindow
from leukview.gui.quality.dialog import QualityDialog
from leukview.services.analysis.quality_control import stain_and_focus
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, opened_dialog, press_key


def has_more_rows(dialog: QualityDialog, than: int) -> bool:
    return dialog.runs_model.rowCount() > than


def test_that_stain_and_focus_are_read_where_they_lie():
    image = np.full((40, 40, 3), 240, np.uint8)
    image[:, :10] = 120  # red cells: not the background
    mask = np.zeros((40, 40), np.uint8)
    mask[12:30, 15:33] = 1
    mask[16:26, 19:29] = 2
    image[mask == 2] = (90, 40, 150)
    sharp = stain_and_focus(image, mask)
    assert sharp["background"] == 240
    assert (sharp["nucleus_red"], sharp["nucleus_blue"]) == (90, 150)
    blurred = np.round((np.roll(image, 1, 0) + 2.0 * image + np.roll(image, -1, 0)) / 4).astype(np.uint8)
    assert stain_and_focus(blurred, mask)["focus"] < sharp["focus"]
    assert set(stain_and_focus(image, np.zeros((40, 40), np.uint8))) == {"background"}


def test_that_a_run_is_measured_logged_and_shown(qtbot: QtBot, opened: MainWindow, workbench: Workbench):
    dialog = opened_dialog(qtbot, QualityDialog, opened.action_manager.by_key["quality"].trigger)
    for _ in range(2):
        before = dialog.runs_model.rowCount()
        dialog.measure_button.click()
        qtbot.waitUntil(partial(has_more_rows, dialog, before), timeout=20_000)
    events = [e for e in workbench.review_log.events() if e.kind is EventKind.QC]
    assert [e.slide_id for e in events] == [current_view(opened).slide.id] * 2
    values = events[0].payload["values"]
    assert isinstance(values, dict)
    assert set(values) <= {m.key for m in QC_MEASURES}
    assert values["cells_found"] == 100.0
    assert values == events[1].payload["values"], "the same slide measures the same"
    assert "apply from measurement 6 on" in dialog.summary_label.text()
    dialog.reject()


def test_that_overrulings_of_the_model_are_counted(qtbot: QtBot, opened: MainWindow):
    cell = current_view(opened).by_id[opened.gallery.current_cell_id]
    press_key(qtbot, opened, "w")
    dialog = opened_dialog(qtbot, QualityDialog, opened.action_manager.by_key["quality"].trigger)
    qtbot.waitUntil(lambda: dialog.overrides_model.rowCount() == 1, timeout=10_000)
    line = [dialog.overrides_model.index(0, column).data() for column in range(5)]
    assert cell.prediction is not None
    assert line[1:] == [current_view(opened).taxonomy.cell_class(cell.prediction.label).plural, "1", "1", "100.0"]
    dialog.reject()


@pytest.mark.parametrize(("last", "words"), [(50.5, "within the limits"), (60.0, "1-3s")])
def test_that_a_run_outside_the_limits_is_named(qtbot: QtBot, opened: MainWindow, last: float, words: str):
    dialog = QualityDialog(current_view(opened).taxonomy, "", None)
    qtbot.addWidget(dialog)
    values = [50.0, 50.5, 49.5, 50.2, 49.8, last]
    dialog.show_runs(
        [
            QcRun(f"2026-01-{i + 1:02d}T08:00:00+00:00", "S-1", "r", "b", {"cells_found": v})
            for i, v in enumerate(values)
        ]
    )
    assert words in dialog.summary_label.text()
    assert not dialog.measure_button.isEnabled()
    assert not dialog.chart.grab().isNull()
