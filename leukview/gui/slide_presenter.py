"""Shows the open slide in all panels, one event-loop turn per panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leukview.domain.review.events import FIRST_READING
from leukview.gui.alerts.panel import AlertsPanel
from leukview.gui.cell.mask_edit_controller import MaskEditController
from leukview.gui.cell.panel import CellPanel
from leukview.gui.cell.presenter import CellPresenter
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.session.review_controller import Command
from leukview.gui.session.slide_header import SlideHeader
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.tally.panel import TallyPanel
from leukview.gui.widgets.elided_label import ElidedLabel
from leukview.gui.worklist.model import WorklistModel
from leukview.gui.worklist.panel import WorklistPanel
from leukview.services.review.session import SlideView


@dataclass(frozen=True, slots=True)
class WindowPanels:
    """Panels of the window.

    Attributes:
        gallery: Thumbnails of the open slide.
        cell_panel: The current cell, large.
        tally: Counts per class.
        alerts: Alerts of the open slide.
        worklist: List of the slides.
        worklist_model: Its rows.
        last_action: Label of the last action in the status bar.
        header: Title, reviewer and what is left to do.
        comment: The comment on the slide.
    """

    gallery: GalleryPanel
    cell_panel: CellPanel
    tally: TallyPanel
    alerts: AlertsPanel
    worklist: WorklistPanel
    worklist_model: WorklistModel
    last_action: ElidedLabel
    header: SlideHeader
    comment: ElidedLabel


class SlidePresenter(WindowController):
    """Updates the panels when a slide is opened, changed or analysed."""

    def __init__(
        self, context: WindowContext, panels: WindowPanels, cells: CellPresenter, mask_editing: MaskEditController
    ) -> None:
        super().__init__(context)
        self._panels, self._cells, self._mask_editing = panels, cells, mask_editing
        self._auto_selected_cell = ""  # cell selected by the window, not by the reviewer
        self._review.slide_opened.connect(self._on_opened)
        self._review.view_changed.connect(self._on_changed)
        self._slide_jobs.analysed.connect(self._on_analysed)
        mask_editing.ended.connect(self._on_mask_editing_ended)

    def refresh(self) -> None:
        """Update the current cell and all panels."""
        if self._review.view:
            self._schedule(self._refresh_cell, *self._panel_updates(self._review.view))

    def update_actions(self) -> None:
        """Enable the actions that apply to the state of the open slide."""
        view, actions = self._review.view, self._actions
        actions.update_enabled(
            has_slide=view is not None,
            signed=bool(view and view.review.signature),
            blind=actions.blind,
            undo_text=self._review.undo_text,
            redo_text=self._review.redo_text,
        )
        cell_panel = self._panels.cell_panel
        for button, key in ((cell_panel.image_toolbar.repair_button, "repair"), (cell_panel.comment_button, "comment")):
            button.setEnabled(actions.by_key[key].isEnabled())

    def _schedule(self, *steps: Callable[[], None]) -> None:
        for step in steps:
            self._review.schedule_refresh(step)

    def _on_opened(self, view: SlideView) -> None:
        gallery = self._panels.gallery
        here = gallery.current_cell_id
        # In a second reading the current cell counts as selected by the window, so that the first unreviewed one
        # replaces it.
        self._auto_selected_cell = here if view.reading != FIRST_READING and here in view.by_id else ""
        gallery.show_slide(view)
        # Focus after `_select_first_unreviewed`: a focused view without a current cell selects its first one.
        self._schedule(
            self._select_first_unreviewed,
            self._refresh_cell,
            gallery.view.setFocus,
            *self._panel_updates(view),
            self._show_last_action,
        )

    def _on_changed(self, view: SlideView) -> None:
        self._panels.gallery.show_slide(view)
        # The cell first: it takes keyboard input.
        self._schedule(self._refresh_cell, *self._panel_updates(view), self._show_last_action)

    def _panel_updates(self, view: SlideView) -> tuple[Callable[[], None], ...]:
        """Steps that refresh tally, alerts and worklist, one event-loop turn each."""
        blind, panels = self._actions.blind, self._panels
        return (
            lambda: panels.tally.show_slide(view, blind=blind),
            lambda: panels.alerts.show_slide(view, blind=blind),
            lambda: self._show_in_worklist(view),
            lambda: self._show_left(view),
        )

    def _show_left(self, view: SlideView) -> None:
        header = self._panels.header
        header.show_reviewer(self._review.reviewer)
        comment = " ".join(view.review.comment.split())
        self._panels.comment.setText(self.tr("Comment: {0}").format(comment) if comment else "")
        self._panels.comment.setVisible(bool(comment))
        if view.review.signature or self._review.view is not view:
            header.show_left(None)
        else:
            header.show_left(len({cell for obstacle in self._review.sign_obstacles for cell in obstacle.cells}))

    def _show_in_worklist(self, view: SlideView) -> None:
        self._panels.worklist_model.set_blind(blind=self._actions.blind)
        self._panels.worklist_model.update_open_slide(view)
        self._panels.worklist.show_current(view.slide.id)

    def _show_last_action(self) -> None:
        last = self._review.last_action_text
        self._panels.last_action.setText(self.tr("Last action: {0}").format(last) if last else "")

    def _refresh_cell(self) -> None:
        self._cells.refresh()
        self.update_actions()
        if not self._panels.gallery.current_cell_id:
            self._select_first_unreviewed()

    def _select_first_unreviewed(self) -> None:
        """Select the first unreviewed cell unless the reviewer has selected another."""
        gallery = self._panels.gallery
        if gallery.current_cell_id != self._auto_selected_cell or self._mask_editing.cell_id:
            return
        first = gallery.model.next_unreviewed(-1)
        if first:
            self._auto_selected_cell = first
            gallery.view.verticalScrollBar().setValue(0)
            gallery.view.go_to(first)

    def _reselect_after_analysis(self) -> Command | None:
        """If no cell is reviewed yet, select the first one in the order after analysis."""
        if self._review.view and not self._review.view.reviewed_count:
            self._select_first_unreviewed()
        return None

    def _on_analysed(self, slide_id: str) -> None:
        view = self._review.view
        if view is None or view.slide.id != slide_id:
            self._slide_jobs.load_worklist()
        else:
            self._review.enqueue(self._reselect_after_analysis)

    def _on_mask_editing_ended(self) -> None:
        self.update_actions()
        self._cells.refresh()
