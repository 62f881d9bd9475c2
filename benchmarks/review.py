"""How long a scripted reviewer needs for a slide: real widgets and keys, counted, not timed.

The reviewer is the analyser's own laboratory: where it labelled a cell and the model contradicts, the cell is
relabelled; every other cell is accepted, group by group. Blast-like cells are opened one by one, as signing demands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
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
from scripts.screenshots import until

KEY_S, OPEN_S = 0.4, 1.5  # a key or click; a look at one cell
NAME = "Bench Reviewer"
REASON = "smudged"


@dataclass
class Effort:
    """What the reviewer did."""

    keys: int = 0
    opens: int = 0
    relabelled: int = 0

    @property
    def seconds(self) -> float:
        """Hands-on time without any waiting for the machine."""
        return self.keys * KEY_S + self.opens * OPEN_S


def _wrong(view: CellView, slide: SlideView) -> str:
    """The class the laboratory gave when the shown one contradicts it; "" when there is nothing to change."""
    source = view.cell.source
    if view.reviewed or source is None or source.class_key in {"other", "unidentified"}:
        return ""
    return "" if slide.taxonomy.agrees(source.class_key, view.label) else source.class_key


class Reviewer:
    """Works the window by keys."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.effort = Effort()

    @property
    def _view(self) -> SlideView:
        view = self._window.review.view
        if view is None:
            raise RuntimeError("no slide is open")
        return view

    def _press(self, key: Qt.Key) -> None:
        self._window.activateWindow()
        until(self._window.gallery.view.hasFocus)
        QTest.keyClick(self._window.gallery.view, key)
        self.effort.keys += 1
        until(lambda: self._window.review.is_idle)

    def _key_of(self, label: str) -> Qt.Key:
        return Qt.Key(ord(self._view.taxonomy.cell_class(label).shortcut.upper()))

    def _dialog(self, kind: type[QDialog], act: Callable[[], object]) -> QDialog:
        act()
        self.effort.keys += 1
        until(lambda: isinstance(QApplication.activeModalWidget(), kind))
        found = QApplication.activeModalWidget()
        if not isinstance(found, kind):
            raise TypeError(str(kind))
        return found

    def _look(self, cell: str) -> None:
        """Nobody judges a cell before its picture is there."""
        until(lambda: self._view.by_id[cell].review.opened)
        self.effort.opens += 1

    def review(self) -> None:
        """Look at every blast-like cell, correct what is wrong, accept the rest by groups, acknowledge, sign."""
        gallery = self._window.gallery
        while self._view.unopened_blasts:
            unopened = self._view.unopened_blasts
            cell = gallery.current_cell_id if gallery.current_cell_id in unopened else unopened[0]
            if gallery.current_cell_id != cell:
                gallery.view.go_to(cell)
                self.effort.keys += 1
            self._look(cell)
            label = _wrong(self._view.by_id[cell], self._view)
            self._press(self._key_of(label) if label else Qt.Key.Key_Space)
            self.effort.relabelled += bool(label)
        for view in [v for v in self._view.cells if _wrong(v, self._view)]:
            gallery.view.go_to(view.cell.id)
            self.effort.keys += 1
            self._look(view.cell.id)
            self._press(self._key_of(_wrong(view, self._view)))
            self.effort.relabelled += 1
        for group in list(gallery.model.groups):
            if group.total > group.reviewed:
                gallery.view.select_group(group.key)
                self.effort.keys += 1
                self._press(Qt.Key.Key_Space)
        self._explain()
        self._sign()

    def _explain(self) -> None:
        """One comment says why the cells that stay unidentified do."""
        left = self._view.unexplained
        if not left:
            return
        self._window.gallery.view.select_cells(list(left), left[0])
        self.effort.keys += 1  # the group is selected
        dialog = self._dialog(CommentDialog, self._window.action_manager.by_key["comment"].trigger)
        if not isinstance(dialog, CommentDialog):
            raise TypeError(str(dialog))
        QTest.keyClicks(dialog.text_edit, REASON)
        QTest.keyClick(dialog.text_edit, Qt.Key.Key_Return)
        self.effort.keys += len(REASON) + 1
        until(lambda: self._window.review.is_idle and not self._view.unexplained)

    def _sign(self) -> None:
        for alert in self._view.open_alerts:
            dialog = self._dialog(AcknowledgeAlertDialog, lambda a=alert: self._window.dialogs.acknowledge_alert(a))  # type: ignore[misc]
            for field in dialog.findChildren(QLineEdit)[:1]:
                field.setText("Dr. Example")
                self.effort.keys += len(field.text())
            dialog.accept()
            until(lambda: self._window.review.is_idle)
        sign = self._window.action_manager.by_key["sign"].trigger
        dialog = self._dialog(SignDialog, sign)
        name = next(e for e in dialog.findChildren(QLineEdit) if e.isEnabled() and not e.text())
        name.setText(NAME)
        self.effort.keys += len(NAME) + 1
        dialog.accept()
        until(lambda: self._view.review.signature is not None)


def by_mouse(view: SlideView) -> Effort:
    """The same review cell by cell with a mouse: a click to open, a click to accept or three to choose a class."""
    effort = Effort()
    for cell in view.cells:
        source = cell.cell.source
        model = cell.prediction.label if cell.prediction else ""
        contradicted = source is not None and bool(model) and not view.taxonomy.agrees(source.class_key, model)
        effort.keys += 4 if contradicted else 2  # open; menu, submenu, class — or accept
        effort.opens += 1
        effort.relabelled += contradicted
    effort.keys += 2 + len(NAME)
    return effort


def run(export: Path, report: Path) -> tuple[Effort, Effort, SlideView]:
    """Review one export to the signed report.

    Returns:
        The reviewer's effort, that of the mouse, and the signed slide.
    """
    application = QApplication.instance() or QApplication(["leukview"])
    runner = JobRunner()
    with open_workbench(RuntimeOptions()) as workbench:
        window = build_main_window(workbench, runner, data_dir() / "settings.json", NAME)
        window.show()
        window.open_path(export)
        until(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.accept()
        until(lambda: window.review.view is not None and window.review.view.pending == 0 and not window.tasks.is_busy)
        reviewer = Reviewer(window)
        reviewer.review()
        view = window.review.view
        if view is None:
            raise RuntimeError("no slide is open")
        window.slide_jobs.write_report(view.slide.id, NAME, report)
        until(report.exists)
        until(lambda: not window.tasks.is_busy)
        window.close()
        runner.shutdown()
    application.processEvents()
    return reviewer.effort, by_mouse(view), view


def main() -> None:
    """Print the effort for each export named on the command line; ``normal:200`` is one of 200 normal leukocytes."""
    import tempfile

    from leukview.bootstrap.site_config import load_taxonomy
    from leukview.core.paths import HOME_VARIABLE
    from tests.support.normal_slide import data_folder, write_normal_slide

    for argument in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as scratch:
            os.environ[HOME_VARIABLE] = scratch
            export, (kind, _, count) = Path(argument), argument.partition(":")
            if kind == "normal":
                export = write_normal_slide(data_folder() / "cells", Path(scratch), load_taxonomy(), int(count))
            keys, mouse, view = run(export, Path(scratch) / "report.pdf")
        sys.stdout.write(
            f"{export.name}: {len(view.cells)} cells, {keys.keys} keys, {keys.opens} opened, "
            f"{keys.relabelled} relabelled: {keys.seconds / 60:.1f} min by keys, "
            f"{mouse.seconds / 60:.1f} min cell by cell with a mouse (ratio {mouse.seconds / keys.seconds:.1f})\n"
        )


if __name__ == "__main__":
    main()
