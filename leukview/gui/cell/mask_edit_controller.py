"""Controller of mask editing, from the action to the event in the review log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import FIRST_READING
from leukview.domain.slide import Cell
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import join_sentences, translate_error
from leukview.gui.app.tasks import Task
from leukview.gui.cell.mask_editor import MaskTool
from leukview.gui.cell.mask_reclassifier import MaskReclassifier
from leukview.gui.cell.panel import CellPanel
from leukview.gui.gallery.label_actions import LabelActions
from leukview.gui.session.review_controller import Command, SessionAction
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.analysis.mask_repair import ClickSession
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click
from leukview.services.review.session import ReviewSession, SlideView

_EDITING_ACTIONS = frozenset(
    {"brush_smaller", "brush_larger", "repair_tool", "repair_leave"}
    | {"region_nucleus", "region_cytoplasm", "region_background"}
)
"""Actions that are enabled only while a mask is edited."""
_ALLOWED_ACTIONS = frozenset({"accept", "zoom_in", "zoom_out", "zoom_fit", "keys", "about", "lock"})
"""Other actions that stay enabled meanwhile; "accept" then accepts the mask."""


@dataclass(eq=False)
class _EditSession:
    """State of one editing session; results that arrive after its end are dropped.

    Attributes:
        was_enlarged: The large view was on before.
        had_repaired_mask: The cell already had a mask drawn by a reviewer.
        seen_seq: Number of the slide's last event that was shown when the session began.
        click_session: Refines the mask by clicks; None = not prepared yet.
        clicks_unavailable: The click session could not be prepared.
        pending_clicks: Clicks that are not processed yet.
        refining: A click is being processed.
        segmenter_mask: The segmenter's own mask; None = not loaded yet.
        accept_pending: The reviewer accepted; the mask is saved after the last pending click.
        saving: The event is being written.
    """

    slide_id: str
    reviewer: str
    cell: Cell
    was_enlarged: bool
    had_repaired_mask: bool
    seen_seq: int
    click_session: ClickSession | None = None
    clicks_unavailable: bool = False
    pending_clicks: deque[Click] = field(default_factory=deque)
    refining: bool = False
    segmenter_mask: NDArray[np.uint8] | None = None
    accept_pending: bool = False
    saving: bool = False
    task: Task[Any, Any] | None = None


class MaskEditController(WindowController):
    """Connects mask editor, tool bar, review controller and background tasks.

    Attributes:
        reclassifier: Classifies the cell again with the edited mask.

    Signals:
        ended: The editing session has ended.
    """

    ended = Signal()

    def __init__(self, context: WindowContext, panel: CellPanel, label_actions: LabelActions) -> None:
        super().__init__(context)
        self.reclassifier = MaskReclassifier(context)
        self._panel, self._label_actions = panel, label_actions
        self._session: _EditSession | None = None
        editor, bar = panel.mask_editor, panel.mask_toolbar
        editor.changed.connect(self._update_actions)
        editor.click_placed.connect(self._on_click)
        bar.undo_requested.connect(editor.undo)
        bar.redo_requested.connect(editor.redo)
        bar.segmenter_mask_requested.connect(self._restore_segmenter_mask)
        bar.accepted.connect(self._accept)
        bar.cancelled.connect(self.cancel)
        self._review.slide_opened.connect(self._on_opened)
        self._review.became_idle.connect(self._on_review_idle)
        self._update_actions()

    @property
    def cell_id(self) -> str:
        """Id of the cell whose mask is being edited; "" if none."""
        return self._session.cell.id if self._session else ""

    @property
    def blocks_closing(self) -> bool:
        """Whether there are unsaved changes; if so, the reviewer is notified."""
        draft = self._panel.mask_editor.draft
        if draft is None or not draft.is_modified:
            return False
        self._notify(
            self.tr("The repaired outline is not saved yet."),
            self.tr("Accept it (Space) or cancel (Esc), then close the window."),
        )
        return True

    # ---- begin and end -------------------------------------------------------------------------------------------
    @handles("repair")
    def start_editing(self) -> None:
        """Start to edit the mask of the current cell."""
        view, pixels = self._review.view, self._panel.image_view.pixels
        if self._session is not None or view is None:
            return
        cell_view = view.by_id.get(self._panel.cell_id)
        if view.review.signature or view.reading != FIRST_READING or cell_view is None:
            return
        if pixels is None:
            self._notify(self.tr("The image is not loaded yet: its outline cannot be repaired."), "")
            return
        large = self._actions.by_key["large"]
        edit = _EditSession(
            view.slide.id,
            self._review.reviewer,
            cell_view.cell,
            large.isChecked(),
            cell_view.review.mask is not None,
            self._review.last_seq,
        )
        self._session = edit
        mask = self._panel.cell_mask
        initial_mask = (
            mask if mask is not None and mask.shape == pixels.shape[:2] else np.zeros(pixels.shape[:2], np.uint8)
        )
        large.setChecked(True)
        self._panel.set_mask_editing(True)
        self._panel.mask_editor.begin(initial_mask)
        self._panel.mask_toolbar.set_tool_tips({key: action.toolTip() for key, action in self._actions.by_key.items()})
        self._panel.mask_toolbar.set_method_text(self.tr("Preparing the repair by clicks…"))
        self._panel.image_view.setFocus()
        self._prepare_session(edit, mask_missing=mask is None)

    @handles("repair_leave")
    def cancel(self) -> None:
        """End the session and discard the changes."""
        if self._session is None or self._session.saving:
            return
        edit, self._session = self._session, None
        if edit.task is not None:
            edit.task.cancel()
        self._panel.mask_editor.end()
        self._panel.set_mask_editing(False)
        self._actions.by_key["large"].setChecked(edit.was_enlarged)
        self._update_actions()
        self.ended.emit()

    def _update_actions(self) -> None:
        """Disable all actions that could interfere while a mask is edited."""
        draft = self._panel.mask_editor.draft
        if self._session is None or draft is None:
            self._actions.restrict_to(None)
            self._actions.set_blocked("repair", _EDITING_ACTIONS)
            return
        undo = {"undo"} if draft.can_undo else set()
        redo = {"redo"} if draft.can_redo else set()
        self._actions.set_blocked("repair", ())
        self._actions.restrict_to(_EDITING_ACTIONS | _ALLOWED_ACTIONS | undo | redo)

    # ---- action handlers -----------------------------------------------------------------------------------------
    @handles("accept")
    def accept(self) -> None:
        """Accept the edited mask, or the shown class of the selected cells."""
        (self._label_actions.accept_selected if self._session is None else self._accept)()

    @handles("undo")
    def undo(self) -> None:
        """Undo the last stroke, or the last action of the review."""
        if self._session is None:
            self._label_actions.undo()
        else:
            self._panel.mask_editor.undo()

    @handles("redo")
    def redo(self) -> None:
        """Redo what was undone last."""
        if self._session is None:
            self._review.submit(ReviewSession.redo)
        else:
            self._panel.mask_editor.redo()

    @handles("region_nucleus", NUCLEUS)
    @handles("region_cytoplasm", CYTOPLASM)
    @handles("region_background", BACKGROUND)
    def set_region(self, region: int) -> None:
        """Draw this region from now on."""
        self._panel.mask_editor.set_region(region)

    @handles("brush_smaller")
    def shrink_brush(self) -> None:
        """Make the brush smaller."""
        self._panel.mask_editor.shrink_brush()

    @handles("brush_larger")
    def enlarge_brush(self) -> None:
        """Make the brush larger."""
        self._panel.mask_editor.enlarge_brush()

    @handles("repair_tool")
    def _toggle_tool(self) -> None:
        editor = self._panel.mask_editor
        editor.set_tool(MaskTool.CLICKS if editor.tool is MaskTool.BRUSH else MaskTool.BRUSH)

    def _restore_segmenter_mask(self) -> None:
        if self._session is not None and self._session.segmenter_mask is not None:
            self._panel.mask_editor.replace_mask(self._session.segmenter_mask)

    # ---- clicks --------------------------------------------------------------------------------------------------
    def _prepare_session(self, edit: _EditSession, *, mask_missing: bool) -> None:
        repairs, cell = self._workbench.mask_repair, edit.cell

        def segment(_token: CancelToken, _reporter: Reporter) -> NDArray[np.uint8]:
            return repairs.segmenter_mask(cell)

        def prepare(token: CancelToken, _reporter: Reporter) -> ClickSession:
            token.raise_if_cancelled()
            return repairs.open_click_session(cell)

        self._tasks.run(
            self.tr("Loading the outline"),
            segment,
            done=partial(self._on_segmenter_mask, edit, mask_missing),
            queue=Queue.MASK,
        )
        edit.task = self._tasks.run(
            self.tr("Preparing the repair by clicks"),
            prepare,
            done=partial(self._on_prepared, edit),
            failed=partial(self._on_prepare_failed, edit),
            queue=Queue.MASK,
        )

    def _on_segmenter_mask(self, edit: _EditSession, mask_missing: bool, mask: NDArray[np.uint8]) -> None:
        draft = self._panel.mask_editor.draft
        if edit is not self._session or draft is None:
            return
        if mask.shape == draft.mask.shape:
            edit.segmenter_mask = mask
            if mask_missing:
                self._panel.mask_editor.set_initial_mask(mask)

    def _on_prepared(self, edit: _EditSession, click_session: ClickSession) -> None:
        edit.task = None
        if edit is not self._session:
            return
        edit.click_session = click_session
        self._panel.mask_toolbar.set_method_text(self._method_text(click_session.refiner_identity))
        self._refine_next_click(edit)

    def _method_text(self, refiner: str) -> str:
        how = self.tr(
            "Choose the region, then click where the outline is wrong. Right button: area outside the region."
        )
        who = self.tr("Clicks are applied by the segmenter ({id}).")
        if refiner.startswith("sam_"):
            who = self.tr("Clicks are applied by Segment Anything ({id}).")
        return join_sentences((how, who.format(id=refiner)))

    def _on_prepare_failed(self, edit: _EditSession, error: Exception) -> None:
        edit.task = None
        if edit is self._session:
            edit.clicks_unavailable = True
            edit.pending_clicks.clear()
            self._panel.mask_toolbar.set_method_text(
                self.tr("Repair by clicks is not possible: {why}").format(why=translate_error(error))
            )
            self._refine_next_click(edit)

    def _on_click(self, click: Click) -> None:
        edit = self._session
        if edit is not None and not edit.clicks_unavailable and not edit.saving:
            edit.pending_clicks.append(click)
            self._refine_next_click(edit)

    def _refine_next_click(self, edit: _EditSession) -> None:
        """Process the next click, unless one is in progress.

        Clicks are processed one after another, because each builds on the result of the previous one.
        """
        draft = self._panel.mask_editor.draft
        if edit is not self._session or draft is None or edit.refining:
            return
        if not edit.pending_clicks:
            if edit.accept_pending:
                self._save(edit)
            return
        prepared = edit.click_session
        if prepared is None:
            return
        click = edit.pending_clicks.popleft()
        base, clicks = draft.mask.copy(), (*draft.active_clicks, click)

        def work(_token: CancelToken, _reporter: Reporter) -> NDArray[np.uint8]:
            return prepared.session.refine(base, clicks)

        edit.refining = True
        self._tasks.run(
            self.tr("Applying a click"),
            work,
            done=partial(self._on_refined, edit, base, click),
            failed=partial(self._on_refine_failed, edit),
            queue=Queue.MASK,
        )

    def _on_refined(
        self, edit: _EditSession, base: NDArray[np.uint8], click: Click, refined: NDArray[np.uint8]
    ) -> None:
        edit.refining = False
        if edit is self._session:
            self._panel.mask_editor.apply_refinement(base, refined, click)
            self._refine_next_click(edit)

    def _on_refine_failed(self, edit: _EditSession, error: Exception) -> None:
        edit.refining = False
        self._tasks.report_error(error)
        if edit is self._session:
            self._refine_next_click(edit)

    # ---- accepted ------------------------------------------------------------------------------------------------
    def _accept(self) -> None:
        edit = self._session
        if edit is not None and not edit.saving:
            edit.accept_pending = True
            self._refine_next_click(edit)

    def _save(self, edit: _EditSession) -> None:
        draft = self._panel.mask_editor.draft
        edit.accept_pending = False
        if draft is None or not draft.is_modified:
            self.cancel()
            return
        mask, cell = draft.mask.copy(), edit.cell.id
        if edit.segmenter_mask is not None and np.array_equal(mask, edit.segmenter_mask):
            if not edit.had_repaired_mask:
                self.cancel()
                return
            action: SessionAction = partial(_drop_repaired_mask, cell=cell)
        else:
            refiner = edit.click_session.refiner_identity if edit.click_session and draft.clicks else ""
            action = partial(
                _save_repaired_mask, cell=cell, mask=mask, methods=draft.methods, refiner=refiner, clicks=draft.clicks
            )
        edit.saving = True

        def prepare() -> Command | None:
            view = self._review.view
            if view is None or view.slide.id != edit.slide_id or edit is not self._session:
                return None
            return Command(action, partial(self._on_saved, edit))

        self._review.enqueue(prepare, edit.seen_seq)

    def _on_saved(self, edit: _EditSession, _view: SlideView) -> None:
        edit.saving = False
        if edit is self._session:
            self.cancel()

    def _on_review_idle(self) -> None:
        """Allow editing again: if saving failed, an error was shown and the draft is kept."""
        if self._session is not None:
            self._session.saving = False

    def _on_opened(self, view: SlideView) -> None:
        edit = self._session
        same = edit is None or (view.slide.id, self._review.reviewer) == (edit.slide_id, edit.reviewer)
        if edit is not None and not (same and view.reading == FIRST_READING and view.review.signature is None):
            edit.saving = False
            self.cancel()
            self._notify(
                self.tr("The repair of an outline was cancelled because the slide or the reviewer changed."), ""
            )


def _save_repaired_mask(
    session: ReviewSession,
    *,
    cell: str,
    mask: NDArray[np.uint8],
    methods: tuple[str, ...],
    refiner: str,
    clicks: tuple[Click, ...],
) -> SlideView:
    return session.repair_mask(cell, mask, methods=methods, refiner=refiner, clicks=clicks)


def _drop_repaired_mask(session: ReviewSession, *, cell: str) -> SlideView:
    return session.discard_repaired_mask(cell)
