"""What other programs on the same database did since one looked last, cheap enough to be asked every second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from leukview.domain.prediction import Prediction


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one has read.

    Attributes:
        seq: Of the last event of the review log.
        revision: Of the last batch of predictions.
        inside: Of the last prediction inside a repaired outline.
        slides: How many slides there are.
    """

    seq: int
    revision: int
    inside: int
    slides: int


@dataclass(frozen=True, slots=True)
class ChangeFeed:
    """What came after a mark, by whichever program, this one included.

    Attributes:
        mark: From where to look next time.
        written: Slide id → `seq` of its last event, for each slide that has events after the mark.
        analysed: Ids of slides with predictions after the mark.
        outlined: Ids of slides with predictions inside repaired outlines after the mark.
        slides: Ids of all slides when there are more than before; None when there are not.
    """

    mark: Cursor
    written: Mapping[str, int] = field(default_factory=dict)
    analysed: frozenset[str] = frozenset()
    outlined: frozenset[str] = frozenset()
    slides: frozenset[str] | None = None


class ChangeSource(Protocol):
    """Asks the database what is new. Safe to call from any thread."""

    def look(self, known: Cursor | None) -> ChangeFeed:
        """What came after `known`, in one short transaction; with None nothing but the mark. Raises `StoreError`."""

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:
        """Cell id → newest prediction stored after a revision. Raises `StoreError`."""
