"""A mask that is being repaired: strokes and clicks on it, each of which can be taken back. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

Point = tuple[float, float]
COMPLEMENT_REGION = {NUCLEUS: CYTOPLASM, CYTOPLASM: BACKGROUND, BACKGROUND: CYTOPLASM}
"""What lies outside of a region: what the other mouse button gives."""


@dataclass(frozen=True, slots=True)
class _UndoState:
    """What undo goes back to.

    Attributes:
        mask: Not changed any more.
        series: The clicks that still bind the next one: those since the last stroke.
        methods: What made the mask so far.
        clicks: All clicks so far.
    """

    mask: NDArray[np.uint8]
    active_clicks: tuple[Click, ...] = ()
    methods: tuple[str, ...] = ()
    clicks: tuple[Click, ...] = ()


class MaskDraft:
    """One mask between the first stroke and the reviewer's yes.

    Args:
        mask: H×W, 0/1/2: where the repair begins; left as it is.
    """

    MAX_UNDO_STATES = 200
    """States kept for undo; a state of a usual cell takes 130 kB."""

    def __init__(self, mask: NDArray[np.uint8]) -> None:
        self._initial_mask = mask.copy()
        self._undo_stack = [_UndoState(self._initial_mask)]
        self._redo_stack: list[_UndoState] = []
        self.mask = mask.copy()
        """As it stands now, H×W; the stroke being made included."""

    @property
    def is_modified(self) -> bool:
        """It differs from where it began."""
        return not np.array_equal(self.mask, self._initial_mask)

    @property
    def methods(self) -> tuple[str, ...]:
        """``brush`` and ``clicks``, as far as the mask comes of them."""
        return self._undo_stack[-1].methods

    @property
    def clicks(self) -> tuple[Click, ...]:
        """Every click that the mask comes of, in their order."""
        return self._undo_stack[-1].clicks

    @property
    def active_clicks(self) -> tuple[Click, ...]:
        """The clicks since the last stroke: a stroke may overrule what was clicked before it."""
        return self._undo_stack[-1].active_clicks

    @property
    def can_undo(self) -> bool:
        """There is something to take back."""
        return len(self._undo_stack) > 1

    @property
    def can_redo(self) -> bool:
        """There is something to do again."""
        return bool(self._redo_stack)

    def paint(self, start: Point, end: Point, radius: float, region: int) -> None:
        """Draw a line with round ends into the mask; `keep` makes the stroke one step of undo.

        Args:
            start: x and y in image pixels, a pixel's centre at halves.
            end: The same.
            radius: In image pixels.
            region: What the brush gives.
        """
        height, width = self.mask.shape
        (x0, y0), (x1, y1) = start, end
        left, right = max(0, int(min(x0, x1) - radius)), min(width, int(max(x0, x1) + radius) + 2)
        top, bottom = max(0, int(min(y0, y1) - radius)), min(height, int(max(y0, y1) + radius) + 2)
        if left >= right or top >= bottom:
            return
        rows, columns = np.ogrid[top:bottom, left:right]
        ys, xs = rows + 0.5, columns + 0.5
        along_x, along_y = x1 - x0, y1 - y0
        length = along_x**2 + along_y**2
        part = np.clip(((xs - x0) * along_x + (ys - y0) * along_y) / length, 0.0, 1.0) if length else 0.0
        inside = np.hypot(xs - x0 - part * along_x, ys - y0 - part * along_y) <= radius
        self.mask[top:bottom, left:right][inside] = region

    def commit_stroke(self) -> None:
        """The stroke is finished."""
        last = self._undo_stack[-1]
        if not np.array_equal(self.mask, last.mask):
            self._push_state(_UndoState(self.mask.copy(), (), _add_method(last.methods, "brush"), last.clicks))

    def apply_refinement(self, base: NDArray[np.uint8], refined: NDArray[np.uint8], click: Click) -> None:
        """What came of a click; a stroke made meanwhile stands.

        Args:
            asked: The mask that the click was answered on.
            refined: The answer.
            click: The click.
        """
        differs = refined != base
        last = self._undo_stack[-1]
        kept, live = last.mask.copy(), self.mask
        kept[differs] = refined[differs]
        if np.array_equal(live, last.mask):
            live[...] = kept
        else:
            live[differs] = refined[differs]
        series = (*last.active_clicks, click)
        self._push_state(_UndoState(kept, series, _add_method(last.methods, "clicks"), (*last.clicks, click)))

    def replace_mask(self, mask: NDArray[np.uint8]) -> None:
        """Take another mask as a whole: the segmenter's."""
        self.mask[...] = mask
        self._push_state(_UndoState(mask.copy()))

    def set_initial_mask(self, mask: NDArray[np.uint8]) -> None:
        """Begin with another mask, if nothing was done yet."""
        if not self.can_undo and not self.can_redo and not self.is_modified:
            self._initial_mask = mask.copy()
            self._undo_stack = [_UndoState(self._initial_mask)]
            self.mask[...] = mask

    def undo(self) -> None:
        """Take back the stroke being made, else the last step."""
        if self.can_undo and np.array_equal(self.mask, self._undo_stack[-1].mask):
            self._redo_stack.append(self._undo_stack.pop())
        self.mask[...] = self._undo_stack[-1].mask

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._redo_stack:
            self._undo_stack.append(self._redo_stack.pop())
            self.mask[...] = self._undo_stack[-1].mask

    def _push_state(self, state: _UndoState) -> None:
        self._undo_stack.append(state)
        self._redo_stack.clear()
        del self._undo_stack[1 : max(1, len(self._undo_stack) - self.MAX_UNDO_STATES)]


def _add_method(methods: Sequence[str], method: str) -> tuple[str, ...]:
    return tuple(sorted({*methods, method}))
