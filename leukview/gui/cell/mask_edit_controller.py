"""Repair of an outline: from the key to the event in the log, and the cell classified anew inside what was drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.events import FIRST
from leukview.domain.slide import Cell
from leukview.gui.app.action_manager import ActionBar
from leukview.gui.app.i18n import error_text, sentences
from leukview.gui.app.tasks import Jobs, Task
from leukview.gui.cell.mask_editor import Tool
from leukview.gui.cell.mask_reclassifier import Reclassifying
from leukview.gui.cell.panel import CellPanel
from leukview.gui.session.review_controller import Act, Command, ReviewDesk
from leukview.services.analysis.mask_repair import Prepared
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click
from leukview.services.review.session import ReviewSession, SlideView
from leukview.services.workbench import Workbench

_REGION_KEYS = {"region_nucleus": NUCLEUS, "region_cytoplasm": CYTOPLASM, "region_background": BACKGROUND}
_TOOLS = frozenset({"brush_smaller", "brush_larger", "repair_tool", "repair_leave", *_REGION_KEYS})
"""Actions that mean something only while an outline is repaired."""
_BESIDE = frozenset({"accept", "zoom_in", "zoom_out", "zoom_fit", "keys", "about", "lock"})
"""Actions that mean something then as well; accepting is accepting the outline."""


@dataclass(eq=False)
class _Edit:
    """One repair, from its beginning to its end; results that come later are dropped.

    Attributes:
        large: The large view was on before.
        prepared: What follows the clicks; None = not ready yet.
        waiting: Clicks that were not answered yet.
        segmented: The segmenter's own mask; None = not known yet.
        accepting: The reviewer accepted; it is written when the last click is answered.
        writing: The event is being written.
    """

    slide_id: str
    reviewer: str
    cell: Cell
    large: bool
    repaired: bool
    prepared: Prepared | None = None
    hopeless: bool = False
    waiting: deque[Click] = field(default_factory=deque)
    answering: bool = False
    segmented: NDArray[np.uint8] | None = None
    accepting: bool = False
    writing: bool = False
    task: Task[Any, Any] | None = None


class Repairing(QObject):
    """Wires editor, bar, desk and worker.

    Attributes:
        reclassifying: Shows the model what was drawn.

    Signals:
        told: A sentence and a hint.
        ended: No outline is being repaired any more.
    """

    told = Signal(str, str)
    ended = Signal()

    def __init__(
        self, window: QMainWindow, workbench: Workbench, jobs: Jobs, desk: ReviewDesk, panel: CellPanel
    ) -> None:
        super().__init__(window)
        self.reclassifying = Reclassifying(workbench, jobs, desk, self)
        self._workbench, self._jobs, self._desk, self._panel = workbench, jobs, desk, panel
        self._actions: ActionBar | None = None
        self._edit: _Edit | None = None
        editor, bar = panel.editor, panel.repair_bar
        editor.changed.connect(self._enable)
        editor.clicked.connect(self._on_click)
        bar.undo_wanted.connect(editor.undo)
        bar.redo_wanted.connect(editor.redo)
        bar.segmenter_wanted.connect(self._to_segmented)
        bar.accepted.connect(self._accept)
        bar.left.connect(self.leave)

    def start(self, actions: ActionBar) -> None:
        """Take over the actions."""
        self._actions = actions
        self._desk.opened.connect(self._on_opened)
        self._desk.rested.connect(self._on_rested)
        self._enable()

    @property
    def cell_id(self) -> str:
        """The cell whose outline is being repaired; "" when none is."""
        return self._edit.cell.id if self._edit else ""

    @property
    def unfinished(self) -> bool:
        """An outline is being repaired and was neither accepted nor left: the reviewer is told so."""
        draft = self._panel.editor.draft
        if draft is None or not draft.changed:
            return False
        self.told.emit(
            self.tr("The outline that you repair is not kept yet."),
            self.tr("Accept it (Space) or leave it (Esc), then close the window."),
        )
        return True

    # ---- begin and end -------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Repair the outline of the cell on the bench."""
        view, pixels = self._desk.view, self._panel.picture.pixels
        if self._edit is not None or view is None or self._actions is None:
            return
        shown = view.by_id.get(self._panel.cell_id)
        if view.review.signature or view.reading != FIRST or shown is None:
            return
        if pixels is None:
            self.told.emit(self.tr("The picture is not there yet: its outline cannot be repaired."), "")
            return
        large = self._actions.by_key["large"]
        edit = _Edit(view.slide.id, self._desk.reviewer, shown.cell, large.isChecked(), shown.review.mask is not None)
        self._edit = edit
        mask = self._panel.cell_mask
        begun = mask if mask is not None and mask.shape == pixels.shape[:2] else np.zeros(pixels.shape[:2], np.uint8)
        large.setChecked(True)
        self._panel.set_repairing(True)
        self._panel.editor.begin(begun)
        self._panel.repair_bar.show_tips({key: action.toolTip() for key, action in self._actions.by_key.items()})
        self._panel.repair_bar.say_method(self.tr("Getting ready for clicks…"))
        self._panel.picture.setFocus()
        self._prepare(edit, late=mask is None)

    def leave(self) -> None:
        """Leave everything as it was."""
        if self._edit is None or self._edit.writing or self._actions is None:
            return
        edit, self._edit = self._edit, None
        if edit.task is not None:
            edit.task.cancel()
        self._panel.editor.end()
        self._panel.set_repairing(False)
        self._actions.by_key["large"].setChecked(edit.large)
        self._enable()
        self.ended.emit()

    def _enable(self) -> None:
        """While an outline is repaired nothing else may be done by accident."""
        if self._actions is None:
            return
        draft = self._panel.editor.draft
        if self._edit is None or draft is None:
            self._actions.only(None)
            self._actions.block("repair", _TOOLS)
            return
        undo = {"undo"} if draft.can_undo else set()
        redo = {"redo"} if draft.can_redo else set()
        self._actions.block("repair", ())
        self._actions.only(_TOOLS | _BESIDE | undo | redo)

    # ---- what the keys do ----------------------------------------------------------------------------------------
    def or_else(self, here: Callable[[], object], elsewhere: Callable[[], object]) -> Callable[[], None]:
        """An action with one meaning while an outline is repaired, and another at all other times."""

        def act() -> None:
            (elsewhere if self._edit is None else here)()

        return act

    def handlers(
        self, accept: Callable[[], object], undo: Callable[[], object], redo: Callable[[], object]
    ) -> dict[str, Callable[..., object]]:
        """What the actions do; the three given are for when no outline is repaired."""
        editor = self._panel.editor
        regions = {key: partial(editor.choose, region) for key, region in _REGION_KEYS.items()}
        return {
            "accept": self.or_else(self._accept, accept),
            "undo": self.or_else(editor.undo, undo),
            "redo": self.or_else(editor.redo, redo),
            "repair": self.begin,
            "repair_tool": self._other_tool,
            "repair_leave": self.leave,
            "brush_smaller": editor.smaller,
            "brush_larger": editor.larger,
            **regions,
        }

    def _other_tool(self) -> None:
        editor = self._panel.editor
        editor.use(Tool.CLICKS if editor.tool is Tool.BRUSH else Tool.BRUSH)

    def _to_segmented(self) -> None:
        if self._edit is not None and self._edit.segmented is not None:
            self._panel.editor.replace(self._edit.segmented)

    # ---- clicks --------------------------------------------------------------------------------------------------
    def _prepare(self, edit: _Edit, *, late: bool) -> None:
        repairs, cell = self._workbench.repairs, edit.cell

        def segment(_token: CancelToken, _reporter: Reporter) -> NDArray[np.uint8]:
            return repairs.segmented(cell)

        def prepare(token: CancelToken, _reporter: Reporter) -> Prepared:
            token.check()
            return repairs.prepare(cell)

        self._jobs.run(
            self.tr("Fetching the outline"), segment, done=partial(self._on_segmented, edit, late), queue=Queue.MASK
        )
        edit.task = self._jobs.run(
            self.tr("Getting ready for clicks"),
            prepare,
            done=partial(self._on_prepared, edit),
            failed=partial(self._on_unprepared, edit),
            queue=Queue.MASK,
        )

    def _on_segmented(self, edit: _Edit, late: bool, mask: object) -> None:
        draft = self._panel.editor.draft
        if edit is not self._edit or draft is None or not isinstance(mask, np.ndarray):
            return
        if mask.shape == draft.mask.shape:
            edit.segmented = mask
            if late:
                self._panel.editor.begin_with(mask)

    def _on_prepared(self, edit: _Edit, prepared: object) -> None:
        edit.task = None
        if edit is not self._edit or not isinstance(prepared, Prepared):
            return
        edit.prepared = prepared
        self._panel.repair_bar.say_method(self._method_words(prepared.refiner))
        self._answer(edit)

    def _method_words(self, refiner: str) -> str:
        how = self.tr("Choose what lies there, then click where the outline is wrong; right button: what lies outside.")
        who = self.tr("The segmenter follows the clicks ({id}).")
        if refiner.startswith("sam_"):
            who = self.tr("Segment Anything follows the clicks ({id}).")
        return sentences((how, who.format(id=refiner)))

    def _on_unprepared(self, edit: _Edit, error: Exception) -> None:
        edit.task = None
        if edit is self._edit:
            edit.hopeless = True
            edit.waiting.clear()
            self._panel.repair_bar.say_method(self.tr("Clicks are not possible: {why}").format(why=error_text(error)))
            self._answer(edit)

    def _on_click(self, click: Click) -> None:
        edit = self._edit
        if edit is not None and not edit.hopeless and not edit.writing:
            edit.waiting.append(click)
            self._answer(edit)

    def _answer(self, edit: _Edit) -> None:
        """The next click, unless one is being answered: each rests on what came of the one before."""
        draft = self._panel.editor.draft
        if edit is not self._edit or draft is None or edit.answering:
            return
        if not edit.waiting:
            if edit.accepting:
                self._write(edit)
            return
        prepared = edit.prepared
        if prepared is None:
            return
        click = edit.waiting.popleft()
        asked, clicks = draft.mask.copy(), (*draft.series, click)

        def work(_token: CancelToken, _reporter: Reporter) -> NDArray[np.uint8]:
            return prepared.refinement.refine(asked, clicks)

        edit.answering = True
        self._jobs.run(
            self.tr("Following a click"),
            work,
            done=partial(self._on_refined, edit, asked, click),
            failed=partial(self._on_unrefined, edit),
            queue=Queue.MASK,
        )

    def _on_refined(self, edit: _Edit, asked: NDArray[np.uint8], click: Click, refined: object) -> None:
        edit.answering = False
        if edit is self._edit and isinstance(refined, np.ndarray):
            self._panel.editor.take(asked, refined, click)
            self._answer(edit)

    def _on_unrefined(self, edit: _Edit, error: Exception) -> None:
        edit.answering = False
        self._jobs.tell(error)
        if edit is self._edit:
            self._answer(edit)

    # ---- accepted ------------------------------------------------------------------------------------------------
    def _accept(self) -> None:
        edit = self._edit
        if edit is not None and not edit.writing:
            edit.accepting = True
            self._answer(edit)

    def _write(self, edit: _Edit) -> None:
        draft = self._panel.editor.draft
        edit.accepting = False
        if draft is None or not draft.changed:
            self.leave()
            return
        mask, cell = draft.mask.copy(), edit.cell.id
        if edit.segmented is not None and np.array_equal(mask, edit.segmented):
            if not edit.repaired:
                self.leave()
                return
            act: Act = partial(_drop, cell=cell)
        else:
            refiner = edit.prepared.refiner if edit.prepared and draft.clicks else ""
            act = partial(_repair, cell=cell, mask=mask, methods=draft.methods, refiner=refiner, clicks=draft.clicks)
        edit.writing = True

        def prepare() -> Command | None:
            view = self._desk.view
            if view is None or view.slide.id != edit.slide_id or edit is not self._edit:
                return None
            return Command(act, partial(self._on_written, edit))

        self._desk.give(prepare)

    def _on_written(self, edit: _Edit, _view: SlideView) -> None:
        edit.writing = False
        if edit is self._edit:
            self.leave()

    def _on_rested(self) -> None:
        """Written, or refused and told: the draft is still there then."""
        if self._edit is not None:
            self._edit.writing = False

    def _on_opened(self, view: SlideView) -> None:
        edit = self._edit
        same = edit is None or (view.slide.id, self._desk.reviewer) == (edit.slide_id, edit.reviewer)
        if edit is not None and not (same and view.reading == FIRST and view.review.signature is None):
            edit.writing = False
            self.leave()
            self.told.emit(
                self.tr("The repair of an outline was broken off: another slide or reviewer came to the bench."), ""
            )


def _repair(
    session: ReviewSession,
    *,
    cell: str,
    mask: NDArray[np.uint8],
    methods: tuple[str, ...],
    refiner: str,
    clicks: tuple[Click, ...],
) -> SlideView:
    return session.repair_mask(cell, mask, methods=methods, refiner=refiner, clicks=clicks)


def _drop(session: ReviewSession, *, cell: str) -> SlideView:
    return session.drop_mask(cell)
