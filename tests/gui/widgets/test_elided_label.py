"""Words in the status bar give way instead of being cut."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from leukview.core.job_runner import Progress
from leukview.gui.app.notification_bar import StatusBarProgress
from leukview.gui.widgets.elided_label import ElidedLabel
from tests.support.layout_checks import layout_faults

TEXT = "Last action: Repair the outline of 1 cell · Dr. Weiss · 2026-11-27 01:06"


def test_that_a_long_line_ends_in_dots_and_stands_whole_in_the_tooltip(qtbot: QtBot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText(TEXT)
    assert (label.text(), label.toolTip()) == (TEXT, TEXT)
    label.resize(label.sizeHint())
    label.show()
    whole = label.grab().toImage()
    assert label.minimumSizeHint().width() < 40 < label.sizeHint().width()
    label.resize(120, label.height())
    cut = label.grab().toImage()
    head = 60, label.height()
    assert cut.copy(0, 0, *head) == whole.copy(0, 0, *head)
    assert cut.copy(90, 0, 30, label.height()) != whole.copy(90, 0, 30, label.height())


def test_that_the_progress_of_a_job_fits_into_a_narrow_window(qtbot: QtBot):
    window = QWidget()
    line, strip = QHBoxLayout(window), StatusBarProgress()
    line.addWidget(strip)
    qtbot.addWidget(window)
    window.resize(260, 60)
    window.show()
    strip.show_progress(Progress(8, 80, "Analysing cells of a slide with a long name"))
    qtbot.waitUntil(strip.isVisible)
    line.activate()
    assert window.width() == 260
    assert layout_faults(window) == []
