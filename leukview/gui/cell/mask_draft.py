"""Editable cell mask with brush strokes, clicks, undo and redo; independent of Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

Point = tuple[float, float]
COMPLEMENT_REGION = {NUCLEUS: CYTOPLASM, CYTOPLASM: BACKGROUND, BACKGROUND: CYTOPLASM}
"""The region outside each region; the right mouse button assigns it."""


@dataclass(frozen=True, slots=True)
class _UndoState:
    """One state of the undo stack.

    Attributes:
        mask: H×W label image; never modified.
        active_clicks: The clicks since the last stroke, which the next refinement must respect.
        methods: The editing methods used so far.
        clicks: All clicks so far.
    """

    mask: NDArray[np.uint8]
    active_clicks: tuple[Click, ...] = ()
    methods: tuple[str, ...] = ()
    clicks: tuple[Click, ...] = ()


class MaskDraft:
    """The mask of one editing session, from the first stroke until it is accepted.

    Args:
        mask: Initial mask, H×W, 0 background, 1 cytoplasm, 2 nucleus; it is copied.
    """

    MAX_UNDO_STATES = 200
    """Number of states kept for undo; a state of a typical cell takes 130 kB."""

    def __init__(self, mask: NDArray[np.uint8]) -> None:
        self._initial_mask = mask.copy()
        self._undo_stack = [_UndoState(self._initial_mask)]
        self._redo_stack: list[_UndoState] = []
        self.mask = mask.copy()
        """The current mask, H×W, including an unfinished stroke."""

    @property
    def is_modified(self) -> bool:
        """Whether the mask differs from the initial one."""
        return not np.array_equal(self.mask, self._initial_mask)

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that produced the mask: ``brush``, ``clicks``, both or none."""
        return self._undo_stack[-1].methods

    @property
    def clicks(self) -> tuple[Click, ...]:
        """All clicks that contributed to the mask, in order."""
        return self._undo_stack[-1].clicks

    @property
    def active_clicks(self) -> tuple[Click, ...]:
        """The clicks since the last stroke; a stroke may contradict earlier clicks."""
        return self._undo_stack[-1].active_clicks

    @property
    def can_undo(self) -> bool:
        """Whether a step can be undone."""
        return len(self._undo_stack) > 1

    @property
    def can_redo(self) -> bool:
        """Whether a step can be redone."""
        return bool(self._redo_stack)

    def paint(self, start: Point, end: Point, radius: float, region: int) -> None:
        """Draw a line with round ends; `commit_stroke` makes the stroke one undo step.

        Args:
            start: x and y in image pixels; the centre of the first pixel is at 0.5.
            end: x and y in image pixels.
            radius: Radius of the brush in image pixels.
            region: Label that the brush assigns.
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
        """Finish the stroke and push it as one undo step."""
        last = self._undo_stack[-1]
        if not np.array_equal(self.mask, last.mask):
            self._push_state(_UndoState(self.mask.copy(), (), _add_method(last.methods, "brush"), last.clicks))

    def apply_refinement(self, base: NDArray[np.uint8], refined: NDArray[np.uint8], click: Click) -> None:
        """Apply the result of a click; a stroke drawn in the meantime is kept.

        Args:
            base: The mask that was refined.
            refined: The result.
            click: The click that was followed.
        """
        differs = refined != base
        last = self._undo_stack[-1]
        refined_base, current = last.mask.copy(), self.mask
        refined_base[differs] = refined[differs]
        if np.array_equal(current, last.mask):
            current[...] = refined_base
        else:
            current[differs] = refined[differs]
        active_clicks = (*last.active_clicks, click)
        self._push_state(
            _UndoState(refined_base, active_clicks, _add_method(last.methods, "clicks"), (*last.clicks, click))
        )

    def replace_mask(self, mask: NDArray[np.uint8]) -> None:
        """Replace the whole mask, e.g. by the segmenter's, as one undo step."""
        self.mask[...] = mask
        self._push_state(_UndoState(mask.copy()))

    def set_initial_mask(self, mask: NDArray[np.uint8]) -> None:
        """Replace the initial mask, provided that nothing was edited yet."""
        if not self.can_undo and not self.can_redo and not self.is_modified:
            self._initial_mask = mask.copy()
            self._undo_stack = [_UndoState(self._initial_mask)]
            self.mask[...] = mask

    def undo(self) -> None:
        """Undo the unfinished stroke, else the last step."""
        if self.can_undo and np.array_equal(self.mask, self._undo_stack[-1].mask):
            self._redo_stack.append(self._undo_stack.pop())
        self.mask[...] = self._undo_stack[-1].mask

    def redo(self) -> None:
        """Redo the step that was undone last."""
        if self._redo_stack:
            self._undo_stack.append(self._redo_stack.pop())
            self.mask[...] = self._undo_stack[-1].mask

    def _push_state(self, state: _UndoState) -> None:
        self._undo_stack.append(state)
        self._redo_stack.clear()
        del self._undo_stack[1 : max(1, len(self._undo_stack) - self.MAX_UNDO_STATES)]


def _add_method(methods: Sequence[str], method: str) -> tuple[str, ...]:
    return tuple(sorted({*methods, method}))
