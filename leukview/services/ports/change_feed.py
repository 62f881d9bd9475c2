"""What other programs on the same database did since one looked last, cheap enough to be asked every second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from leukview.domain.prediction import Prediction


@dataclass(frozen=True, slots=True)
class ChangeCursor:
    """How far one has read.

    Attributes:
        seq: Of the last event of the review log.
        revision: Of the last batch of predictions.
        inside: Of the last prediction inside a repaired outline.
        slides: How many slides there are.
    """

    seq: int
    prediction_revision: int
    mask_revision: int
    slide_count: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What came after a mark, by whichever program, this one included.

    Attributes:
        mark: From where to look next time.
        written: Slide id → `seq` of its last event, for each slide that has events after the mark.
        analysed: Ids of slides with predictions after the mark.
        outlined: Ids of slides with predictions inside repaired outlines after the mark.
        slides: Ids of all slides when there are more than before; None when there are not.
    """

    cursor: ChangeCursor
    last_seq_by_slide: Mapping[str, int] = field(default_factory=dict)
    slides_with_predictions: frozenset[str] = frozenset()
    slides_with_mask_predictions: frozenset[str] = frozenset()
    slide_ids: frozenset[str] | None = None


class ChangeFeed(Protocol):
    """Asks the database what is new. Safe to call from any thread."""

    def poll(self, cursor: ChangeCursor | None) -> Changes:
        """What came after `cursor`, in one short transaction; with None nothing but the mark. Raises `StoreError`."""

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:
        """Cell id → newest prediction stored after a revision. Raises `StoreError`."""
