"""A screen reader has a name for every control of the window and of each dialog."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.help.tour import Tour
from leukview.gui.main_window import MainWindow
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
)
SIGNS = frozenset("✕−+…<>▸▾ ")


def labelled_fields(root: QWidget) -> set[QWidget]:
    """Fields that a label of a form stands beside: Qt gives them its words."""
    found = {label.buddy() for label in root.findChildren(QLabel) if label.buddy() is not None}
    for form in root.findChildren(QFormLayout):
        around = form.parentWidget()
        fields = around.findChildren(QWidget) if around else []
        found |= {field for field in fields if form.labelForField(field) is not None}
    return found


def controls_without_name(root: QWidget) -> Iterator[str]:
    """Controls of a window that a screen reader could say nothing of but their kind."""
    labelled = labelled_fields(root)
    lists = {combo.view() for combo in root.findChildren(QComboBox)}  # what a box unfolds goes by the name of the box
    for widget in root.findChildren(QWidget):
        inside = widget.parentWidget()
        built_in = isinstance(widget, QHeaderView | QScrollBar | QTabBar) or isinstance(
            inside, QComboBox | QAbstractSpinBox | QAbstractScrollArea | QTabBar | QLineEdit
        )
        corner = type(widget).__name__ == "QAbstractButton" and isinstance(inside, QAbstractItemView)
        own = widget.objectName().startswith("qt_")
        if not isinstance(widget, CONTROLS) or built_in or corner or own or widget in labelled or widget in lists:
            continue
        words = widget.accessibleName()
        if isinstance(widget, QAbstractButton):
            words = words or "".join(c for c in widget.text() if c not in SIGNS)
        if not words:
            yield f"{type(widget).__name__} in {type(inside).__name__} {widget.objectName()!r} {widget.toolTip()!r}"


def test_that_every_control_of_the_window_has_a_name(opened: MainWindow):
    opened.tally.all_slides_checkbox.show()
    assert not list(controls_without_name(opened))


@pytest.mark.parametrize(
    "key",
    [
        "details",
        "grade",
        "sign",
        "reviewers",
        "comment",
        "compare",
        "keys",
        "audit",
        "calls",
        "quality",
        "about",
        "licences",
    ],
)
def test_that_every_control_of_a_dialog_has_a_name(qtbot: QtBot, opened: MainWindow, workbench: Workbench, key: str):
    workbench.profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    opened.gallery.view.selectAll()
    opened.action_manager.by_key[key].trigger()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not opened.tasks.is_busy, timeout=20_000)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert dialog.windowTitle()
    assert not list(controls_without_name(dialog))
    dialog.close()


def test_that_every_control_of_alert_preview_and_cover_has_a_name(
    qtbot: QtBot, opened: MainWindow, workbench: Workbench
):
    ids = [v.cell.id for v in current_view(opened).cells]
    opened.review.submit(lambda session: session.override(ids, "blast"))
    qtbot.waitUntil(lambda: opened.review.is_idle and bool(current_view(opened).alerts))
    opened.dialogs.acknowledge_alert(current_view(opened).alerts[0])
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), AcknowledgeAlertDialog))
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert not list(controls_without_name(dialog))
    dialog.close()
    opened.slide_jobs.preview(workbench.overview_locations(current_view(opened).slide.id)[0].root)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ImportDialog), timeout=20_000)
    preview = QApplication.activeModalWidget()
    assert preview is not None
    assert not list(controls_without_name(preview))
    preview.close()
    workbench.profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    opened.sign_in.lock()
    qtbot.waitUntil(lambda: opened.sign_in.is_locked)
    assert opened.sign_in.lock_screen is not None
    assert not list(controls_without_name(opened.sign_in.lock_screen))
    opened.sign_in._authenticate(opened.sign_in.lock_screen.selected_profile.id, "1234")
    qtbot.waitUntil(lambda: not opened.sign_in.is_locked, timeout=10_000)


def test_that_every_control_of_the_tour_has_a_name(opened: MainWindow):
    opened.show_tour()
    (tour,) = opened.findChildren(Tour)
    assert not list(controls_without_name(tour))
    tour.end()
