"""Effort of a scripted reviewer for a slide, with real widgets and keys.

Key presses and opened cells are counted and converted to seconds. The reviewer follows the labels of the laboratory: a
cell is relabelled if the prediction contradicts them, and every other cell is accepted, group by group. Blast-like
cells are opened one by one, as required for signing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.core.job_runner import JobRunner
from leukview.core.paths import data_dir
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.services.review.session import CellView, SlideView
from scripts.screenshots import wait_until

KEY_S, OPEN_S = 0.4, 1.5  # a key press or click; viewing one cell
REVIEWER = "Bench Reviewer"
REASON = "smudged"


@dataclass
class Effort:
    """Effort of the reviewer."""

    key_presses: int = 0
    cells_opened: int = 0
    relabelled: int = 0

    @property
    def seconds(self) -> float:
        """Hands-on time in seconds, without waiting for the machine."""
        return self.key_presses * KEY_S + self.cells_opened * OPEN_S


def _corrected_class(view: CellView, slide: SlideView) -> str:
    """Class of the laboratory if the shown class contradicts it, otherwise ""."""
    source = view.cell.source
    if view.reviewed or source is None or source.class_key in {"other", "unidentified"}:
        return ""
    return "" if slide.taxonomy.is_compatible(source.class_key, view.label) else source.class_key


class KeyboardReviewer:
    """Reviews a slide in the window by keyboard."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.effort = Effort()

    @property
    def _view(self) -> SlideView:
        view = self._window.review.view
        if view is None:
            raise RuntimeError("no slide is open")
        return view

    def _press_key(self, key: Qt.Key) -> None:
        self._window.activateWindow()
        wait_until(self._window.gallery.view.hasFocus)
        QTest.keyClick(self._window.gallery.view, key)
        self.effort.key_presses += 1
        wait_until(lambda: self._window.review.is_idle)

    def _key_of(self, label: str) -> Qt.Key:
        return Qt.Key(ord(self._view.taxonomy.cell_class(label).shortcut.upper()))

    def _open_dialog(self, dialog_type: type[QDialog], action: Callable[[], object]) -> QDialog:
        action()
        self.effort.key_presses += 1
        wait_until(lambda: isinstance(QApplication.activeModalWidget(), dialog_type))
        found = QApplication.activeModalWidget()
        if not isinstance(found, dialog_type):
            raise TypeError(str(dialog_type))
        return found

    def _wait_until_opened(self, cell: str) -> None:
        """Wait until the image of a cell is shown, and count the cell as opened."""
        wait_until(lambda: self._view.by_id[cell].review.opened)
        self.effort.cells_opened += 1

    def review(self) -> None:
        """Review the slide.

        Open every blast-like cell, correct wrong classes, accept the rest by groups, acknowledge alerts, sign.
        """
        gallery = self._window.gallery
        while self._view.unopened_blasts:
            unopened = self._view.unopened_blasts
            cell = gallery.current_cell_id if gallery.current_cell_id in unopened else unopened[0]
            if gallery.current_cell_id != cell:
                gallery.view.go_to(cell)
                self.effort.key_presses += 1
            self._wait_until_opened(cell)
            label = _corrected_class(self._view.by_id[cell], self._view)
            self._press_key(self._key_of(label) if label else Qt.Key.Key_Space)
            self.effort.relabelled += bool(label)
        for view in [v for v in self._view.cells if _corrected_class(v, self._view)]:
            gallery.view.go_to(view.cell.id)
            self.effort.key_presses += 1
            self._wait_until_opened(view.cell.id)
            self._press_key(self._key_of(_corrected_class(view, self._view)))
            self.effort.relabelled += 1
        for group in list(gallery.model.groups):
            if group.total > group.reviewed:
                gallery.view.select_group(group.key)
                self.effort.key_presses += 1
                self._press_key(Qt.Key.Key_Space)
        self._comment_unexplained()
        self._sign()

    def _comment_unexplained(self) -> None:
        """Add one comment with the reason for the cells that stay unidentified."""
        left = self._view.unidentified_without_comment
        if not left:
            return
        self._window.gallery.view.select_cells(list(left), left[0])
        self.effort.key_presses += 1  # the group is selected
        dialog = self._open_dialog(CommentDialog, self._window.action_manager.by_key["comment"].trigger)
        if not isinstance(dialog, CommentDialog):
            raise TypeError(str(dialog))
        QTest.keyClicks(dialog.text_edit, REASON)
        QTest.keyClick(dialog.text_edit, Qt.Key.Key_Return)
        self.effort.key_presses += len(REASON) + 1
        wait_until(lambda: self._window.review.is_idle and not self._view.unidentified_without_comment)

    def _sign(self) -> None:
        for alert in self._view.unacknowledged_alerts:
            dialog = self._open_dialog(AcknowledgeAlertDialog, partial(self._window.dialogs.acknowledge_alert, alert))
            for field in dialog.findChildren(QLineEdit)[:1]:
                field.setText("Dr. Example")
                self.effort.key_presses += len(field.text())
            dialog.accept()
            wait_until(lambda: self._window.review.is_idle)
        sign = self._window.action_manager.by_key["sign"].trigger
        dialog = self._open_dialog(SignDialog, sign)
        name = next(e for e in dialog.findChildren(QLineEdit) if e.isEnabled() and not e.text())
        name.setText(REVIEWER)
        if isinstance(dialog, SignDialog) and dialog.reason_edit.isVisible():
            dialog.reason_edit.setText(REASON)
            self.effort.key_presses += len(REASON)
        self.effort.key_presses += len(REVIEWER) + 1
        dialog.accept()
        wait_until(lambda: self._view.review.signature is not None)


def mouse_effort(view: SlideView) -> Effort:
    """Effort of the same review cell by cell with a mouse.

    Each cell takes one click to open and one to accept, or three to choose another class.
    """
    effort = Effort()
    for cell in view.cells:
        source = cell.cell.source
        model = cell.prediction.label if cell.prediction else ""
        contradicted = source is not None and bool(model) and not view.taxonomy.is_compatible(source.class_key, model)
        effort.key_presses += 4 if contradicted else 2  # open; menu, submenu, class — or accept
        effort.cells_opened += 1
        effort.relabelled += contradicted
    effort.key_presses += 2 + len(REVIEWER)
    return effort


def review_export(export: Path, report: Path) -> tuple[Effort, Effort, SlideView]:
    """Review one export up to the signed report.

    Returns:
        The effort by keyboard, the effort with a mouse, and the signed slide.
    """
    application = QApplication.instance() or QApplication(["leukview"])
    runner = JobRunner()
    with open_workbench(RuntimeOptions()) as workbench:
        window = build_main_window(workbench, runner, data_dir() / "settings.json", REVIEWER)
        window.show()
        window.open_path(export)
        wait_until(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.accept()
        wait_until(
            lambda: (
                window.review.view is not None and window.review.view.pending_count == 0 and not window.tasks.is_busy
            )
        )
        reviewer = KeyboardReviewer(window)
        reviewer.review()
        view = window.review.view
        if view is None:
            raise RuntimeError("no slide is open")
        window.slide_jobs.write_report(view.slide.id, REVIEWER, report)
        wait_until(report.exists)
        wait_until(lambda: not window.tasks.is_busy)
        window.close()
        runner.shutdown()
    application.processEvents()
    return reviewer.effort, mouse_effort(view), view


def main() -> None:
    """Print the effort for each export named on the command line.

    ``normal:200`` stands for an export of 200 normal leukocytes.
    """
    import tempfile

    from leukview.bootstrap.site_config import load_taxonomy
    from leukview.core.paths import HOME_VARIABLE
    from tests.support.normal_slide import real_data_folder, write_normal_slide

    for argument in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ[HOME_VARIABLE] = scratch
            export, (kind, _, count) = Path(argument), argument.partition(":")
            if kind == "normal":
                export = write_normal_slide(real_data_folder() / "cells", Path(scratch), load_taxonomy(), int(count))
            keys, mouse, view = review_export(export, Path(scratch) / "report.pdf")
        sys.stdout.write(
            f"{export.name}: {len(view.cells)} cells, {keys.key_presses} keys, {keys.cells_opened} opened, "
            f"{keys.relabelled} relabelled: {keys.seconds / 60:.1f} min by keys, "
            f"{mouse.seconds / 60:.1f} min cell by cell with a mouse (ratio {mouse.seconds / keys.seconds:.1f})\n"
        )


if __name__ == "__main__":
    main()
