"""Scripted reviewer of a slide in the real window, with keys, mouse and dialogs."""

from __future__ import annotations

import hashlib
import json
import random

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from leukview.domain.review.events import ReviewState
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.main_window import MainWindow
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.reopen_dialog import ReopenDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.review.slide_details_dialog import SlideDetailsDialog
from leukview.services.review.session import SlideView

KEY_WEIGHTS = {
    "Space": 10,
    "N": 4,
    "L": 4,
    "M": 2,
    "B": 2,
    "Z": 1,
    ".": 2,
    ",": 1,
    "Ctrl+Z": 5,
    "Ctrl+Shift+Z": 3,
    "Ctrl+G": 1,
    "Return": 1,
    "Q": 1,
    "X": 1,
    "/": 1,
    "Ctrl+D": 1,
    "": 8,  # the next step required for signing
}
"""Relative frequency of each key. "Ctrl+G" selects a whole class, which the next letter labels."""


def review_digest(
    labels: dict[str, str], comments: dict[str, str], opened: list[str], acknowledged: list[str], signature: str
) -> str:
    """Hash of everything that is displayed of a review."""
    body = [sorted(labels.items()), sorted(comments.items()), sorted(opened), sorted(acknowledged), signature]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def displayed_digest(window: MainWindow) -> str:
    """Digest of the displayed review, with labels and comments from the gallery rows."""
    rows = [v for v in window.gallery.model.rows() if v.review.label or v.review.comment or v.review.opened]
    view = window.review.view
    assert view is not None
    signature = view.review.signature
    return review_digest(
        {v.cell.id: v.label for v in rows if v.review.label},
        {v.cell.id: v.review.comment for v in rows if v.review.comment},
        [v.cell.id for v in rows if v.review.opened],
        list(view.review.acknowledged),
        f"{signature.name} {signature.at}" if signature else "",
    )


def stored_digest(state: ReviewState) -> str:
    """Digest, as in `displayed_digest`, of a state replayed from the log."""
    cells = state.cells.items()
    return review_digest(
        {cell: review.label for cell, review in cells if review.label},
        {cell: review.comment for cell, review in cells if review.comment},
        [cell for cell, review in cells if review.opened],
        list(state.acknowledged),
        f"{state.signature.name} {state.signature.at}" if state.signature else "",
    )


class ScriptedReviewer:
    """Reviews a slide without end, one action per call; a signed slide is amended."""

    def __init__(self, window: MainWindow, rng: random.Random) -> None:
        self._window, self._rng = window, rng

    def step(self) -> None:
        """Answer the open dialog, or do the next action."""
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            self._answer_dialog(dialog)
            return
        window = self._window
        if not window.isActiveWindow():  # the offscreen platform does not reactivate it after a dialog
            window.activateWindow()
            return
        if len(window.review._queue) > 3 or window.review.view is None:  # limit the number of unwritten actions
            return
        (key,) = self._rng.choices(list(KEY_WEIGHTS), list(KEY_WEIGHTS.values()))
        if key:
            QTest.keySequence(QApplication.focusWidget() or window.gallery.view, QKeySequence(key))
        elif window.review.is_idle:
            self._advance_to_signature(window.review.view)

    def _advance_to_signature(self, view: SlideView) -> None:
        window, obstacles = self._window, self._window.review.sign_obstacles
        if view.review.signature:
            window.action_manager.by_key["reopen"].trigger()
        elif view.unacknowledged_alerts:
            buttons = [b for b in window.alerts.findChildren(QPushButton) if b.text() == "Acknowledge…"]
            if buttons:
                buttons[0].click()
        elif view.unopened_blasts:
            window.gallery.view.go_to(view.unopened_blasts[0])
        elif unidentified := (*view.unreviewed_unidentified, *view.unidentified_without_comment):
            window.gallery.view.go_to(unidentified[0])
            self._window.label_actions.label_selected("lymphocyte")
        elif unseen := [o.cells for o in obstacles if "on the screen" in o.text and o.cells]:
            window.gallery.view.go_to(unseen[0][0])  # seen after a moment
        else:
            QTest.keySequence(window, QKeySequence("Ctrl+Return"))

    def _answer_dialog(self, dialog: QWidget) -> None:
        if isinstance(dialog, CommentDialog):
            QTest.keyClicks(dialog.text_edit, f"granules {self._rng.randrange(100)} ")
            QTest.keyClick(dialog.text_edit, Qt.Key.Key_Return)
        elif isinstance(dialog, AcknowledgeAlertDialog):
            QTest.keyClicks(dialog._called_edit, "Dr. Call")
            dialog._read_back_box.setChecked(True)
            dialog.acknowledge_button.click()
        elif isinstance(dialog, SignDialog) and dialog._name_edit.isEnabled():
            QTest.keyClicks(dialog._name_edit, "Dr. Test")
            if dialog.reason_edit.isVisible():
                QTest.keyClicks(dialog.reason_edit, "few cells on the film")
            dialog.sign_button.click()
        elif isinstance(dialog, ReopenDialog):
            QTest.keyClicks(dialog._reason_edit, f"amended {self._rng.randrange(100)}")
            dialog.amend_button.click()
        elif isinstance(dialog, SlideDetailsDialog):
            dialog.accept()
        else:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
