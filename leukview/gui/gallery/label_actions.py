"""Labelling actions of the gallery: label the selection and go to the next cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu, QMessageBox, QWidget

from leukview.domain.prediction import class_probabilities
from leukview.domain.taxonomy import OTHER, UNIDENTIFIED
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.action_table import LABEL_PREFIX
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.review_controller import Command, SessionAction
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.review.session import ReviewSession, SlideView

MAX_SUGGESTED_CLASSES = 5
MAX_UNASKED_CELLS = 20
"""Largest number of cells that one key labels without a question."""


class LabelActions(WindowController):
    """Turns label actions into review commands on the selected cells.

    The selection is read when the command is prepared, after all commands queued before it.
    """

    def __init__(self, context: WindowContext, gallery: GalleryPanel) -> None:
        super().__init__(context)
        self._gallery = gallery

    def accept_selected(self) -> None:
        """Accept the shown class of the selected cells and go to the next unreviewed cell."""
        seen = self._review.view
        self._review.enqueue(
            lambda: self._command_for_selection(lambda ids: lambda session: session.accept(ids), must_match=seen)
        )

    def label_selected(self, class_key: str) -> None:
        """Label the selected cells and go to the next unreviewed cell; asks first if they are many."""
        view, count = self._review.view, len(self._gallery.view.selected_ids())
        if view is None or count <= MAX_UNASKED_CELLS:
            self._review.enqueue(partial(self._command_for_label, class_key))
            return
        name = view.taxonomy.cell_class(class_key).plural
        self._ask(
            self.tr("Label {0} cells as {1}?").format(count, name),
            self.tr("Label {0} cells").format(count),
            partial(self._command_for_label, class_key),
        )

    def _command_for_label(self, class_key: str) -> Command | None:
        return self._command_for_selection(lambda ids: lambda session: session.override(ids, class_key))

    def _ask(self, question: str, answer: str, prepare: Callable[[], Command | None]) -> None:
        """Ask in a dialog whether to queue a command on what is selected and shown now."""
        view, seen, chosen = self._review.view, self._review.last_seq, self._gallery.view.selected_ids()
        dialog = QMessageBox(QMessageBox.Icon.Question, self.tr("Many cells"), question, parent=self._window)
        dialog.setObjectName("many_cells")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        yes = dialog.addButton(answer, QMessageBox.ButtonRole.AcceptRole)
        cancel = dialog.addButton(QMessageBox.StandardButton.Cancel)
        dialog.setDefaultButton(cancel)

        def on_clicked(button: QAbstractButton) -> None:
            now = self._review.view
            same = view is not None and now is not None and now.slide.id == view.slide.id
            if button is yes and same and self._gallery.view.selected_ids() == chosen:
                self._review.enqueue(prepare, seen)

        dialog.buttonClicked.connect(on_clicked)
        dialog.finished.connect(lambda _result: self._gallery.view.setFocus())
        dialog.open()

    def undo(self) -> None:
        """Undo the last action, and go back to its cells."""
        self._review.enqueue(self._command_for_undo)

    def _command_for_undo(self) -> Command | None:
        cells = self._review.cells_to_undo
        return Command(ReviewSession.undo, partial(self._return_to, cells))

    def _return_to(self, cells: tuple[str, ...], _view: SlideView) -> None:
        """Select the cells of an action that was undone; of many only the first, as a key would label all of them."""
        shown = [c for c in cells if self._gallery.model.row_of(c) is not None]
        if not shown:
            return
        self._gallery.view.go_to(shown[0])
        if 1 < len(shown) <= MAX_UNASKED_CELLS:
            self._gallery.view.select_cells(shown, current=shown[0])

    @handles("analyser")
    def accept_analyser_selected(self) -> None:
        """Give the selected cells the analyser's class and go to the next unreviewed cell; asks if they are many."""
        count = len(self._gallery.view.selected_ids())
        if count <= MAX_UNASKED_CELLS:
            self._review.enqueue(self._command_for_analyser)
            return
        self._ask(
            self.tr("Give {0} cells the analyser's class?").format(count),
            self.tr("Label {0} cells").format(count),
            self._command_for_analyser,
        )

    def _command_for_analyser(self) -> Command | None:
        view = self._review.view
        chosen = [view.by_id[c].cell for c in self._gallery.view.selected_ids()] if view else []
        left = [c for c in chosen if c.source is None or c.source.class_key in {OTHER, UNIDENTIFIED}]
        if left:
            text = self.tr("Cells without a class by the analyser, left unchanged: {0}.").format(len(left))
            self._notify(text, "")
        if len(left) == len(chosen):
            return None
        return self._command_for_selection(lambda ids: lambda session: session.accept_analyser(ids))

    def label_cells(self, cells: list[str], class_key: str) -> None:
        """Label cells by id, e.g. dragged ones; ids of other slides are ignored."""
        self._review.enqueue(lambda: self._command_for_cells(cells, class_key))

    def _command_for_cells(self, cells: list[str], class_key: str) -> Command | None:
        view = self._review.view
        known = [c for c in cells if view is not None and c in view.by_id]
        if view is None or view.review.signature or not known:
            return None
        return Command(lambda session: session.override(known, class_key))

    def record_opened(self, cell_id: str) -> None:
        """Record, once per cell, that it was shown enlarged."""
        view = self._review.view
        if view and cell_id in view.by_id and not view.by_id[cell_id].review.opened:
            self._review.enqueue(
                lambda: self._command_for_cell(cell_id, lambda session: session.record_opened(cell_id))
            )

    def record_map_shown(self, cell_id: str, stage: str, choice: str) -> None:
        """Record, once per cell, that one of its class-activation maps was shown.

        Args:
            cell_id: The cell.
            stage: Stage of the classifier.
            choice: Output class of the stage that the map is for.
        """
        self._review.enqueue(
            lambda: self._command_for_cell(cell_id, lambda session: session.record_map_shown(cell_id, stage, choice))
        )

    def _command_for_cell(self, cell_id: str, act: SessionAction) -> Command | None:
        view = self._review.view
        return Command(act) if view and cell_id in view.by_id else None

    def _command_for_selection(
        self, act: Callable[[list[str]], SessionAction], must_match: SlideView | None = None
    ) -> Command | None:
        """Make a command for the selected cells.

        Args:
            act: Makes the action from the ids of the cells.
            must_match: The state that was shown when the key was pressed. The command is refused if the model has given
                one of the cells another class since then. None = the classes shown do not matter.
        """
        ids, view = self._gallery.view.selected_ids(), self._review.view
        if not ids or view is None or view.review.signature:
            return None
        if must_match is not None and _predicted_anew(must_match, view, ids):
            self._notify(
                self.tr("The model's class changed while the key was pressed, so nothing was accepted."),
                self.tr("Check the cells and press the key again."),
            )
            return None
        if all(view.by_id[c].reviewed for c in ids if c in view.by_id):  # a correction: stay at the cell
            return Command(act(ids), partial(self._stay_at, ids))
        rows = [row for row in (self._gallery.model.row_of(c) for c in ids) if row is not None]
        next_id = self._gallery.model.next_unreviewed(max(rows, default=-1), excluded=frozenset(ids))
        return Command(act(ids), partial(self._go_to_next, next_id))

    def _stay_at(self, cells: list[str], _view: SlideView) -> None:
        """Keep cells selected that moved to another group."""
        shown = [c for c in cells if self._gallery.model.row_of(c) is not None]
        if shown and self._gallery.view.selected_ids() != shown:
            self._gallery.view.go_to(shown[0])
            self._gallery.view.select_cells(shown, current=shown[0])

    def _go_to_next(self, cell_id: str | None, _view: SlideView) -> None:
        if cell_id:
            self._gallery.view.go_to(cell_id)

    @handles("next", 1)
    @handles("previous", -1)
    def go_to_unreviewed(self, step: int) -> None:
        """Go to the next (`step` 1) or previous (`step` −1) unreviewed cell."""
        found = self._gallery.model.next_unreviewed(self._gallery.view.currentIndex().row(), step)
        if found:
            self._gallery.view.go_to(found)
        else:
            self._notify(self.tr("All cells shown are reviewed."), "")

    @handles("select_group")
    def select_group(self) -> None:
        """Select all cells in the group of the current cell."""
        row = self._gallery.view.currentIndex().row()
        group = next((g for g in self._gallery.model.groups if g.start <= row < g.start + g.count), None)
        if group:
            self._gallery.view.select_group(group.key)

    def select_cells(self, cells: tuple[str, ...]) -> None:
        """Select cells by id and scroll to the first that is shown."""
        shown = [c for c in cells if self._gallery.model.row_of(c) is not None]
        if not shown:
            self._notify(self.tr("The filter hides these cells."), self.tr("Choose “All cells” above the gallery."))
            return
        self._gallery.view.go_to(shown[0])
        self._gallery.view.select_cells(shown, current=shown[0])
        self._gallery.view.setFocus()

    def list_cells(self, cells: tuple[str, ...]) -> None:
        """Show only these cells, by id, and go to the first: a key then labels one cell, not all of them."""
        view = self._review.view
        known = [c for c in cells if view is not None and c in view.by_id]
        if not known:
            return
        self._gallery.show_listed(known)
        first = self._gallery.model.cell_at(0)
        if first is not None:
            self._gallery.view.go_to(first.cell.id)
        self._gallery.view.setFocus()

    def show_cell_menu(
        self, position: QPoint, actions: dict[str, QAction], *, blind: bool, window: QWidget
    ) -> QMenu | None:
        """Open the context menu of the current cell.

        Args:
            position: Global position.
            actions: Actions of the window by key.
            blind: Leave out the classes that the model finds most probable.
            window: Owner of the menu.

        Returns:
            The menu, already shown; None when there is no current cell.
        """
        view = self._review.view
        cell = view.by_id.get(self._gallery.current_cell_id) if view else None
        if view is None or cell is None:
            return None
        menu = QMenu(window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(actions["accept"])
        menu.addAction(actions["analyser"])
        if cell.prediction and not blind:
            likely = class_probabilities(view.taxonomy, cell.prediction.stages)
            menu.addSection(self.tr("Most probable"))
            for key in sorted(likely, key=lambda k: -likely[k])[:MAX_SUGGESTED_CLASSES]:
                menu.addAction(actions[LABEL_PREFIX + key])
        others = menu.addMenu(self.tr("Label as"))
        for cell_class in (c for c in view.taxonomy.classes if not c.retired):
            others.addAction(actions[LABEL_PREFIX + cell_class.key])
        menu.addSeparator()
        menu.addAction(actions["comment"])
        menu.popup(position)
        return menu


def _predicted_anew(before: SlideView, now: SlideView, ids: Sequence[str]) -> bool:
    """Whether a new prediction gave one of the cells another class."""
    if before.slide.id != now.slide.id:
        return True
    pairs = [(before.by_id[c], now.by_id[c]) for c in ids if c in before.by_id and c in now.by_id]
    return any(old.label != new.label and old.prediction != new.prediction for old, new in pairs)
