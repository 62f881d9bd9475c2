"""Change feed: events and predictions written to the database since a cursor.

It is cheap enough to be polled every second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from leukview.domain.prediction import Prediction


@dataclass(frozen=True, slots=True)
class ChangeCursor:
    """Position up to which changes were read.

    Attributes:
        seq: Of the last event of the review log.
        prediction_revision: Of the last batch of predictions.
        mask_revision: Revision of the last prediction with a repaired mask.
        slide_count: Number of slides.
    """

    seq: int
    prediction_revision: int
    mask_revision: int
    slide_count: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes after a cursor, written by any program including this one.

    Attributes:
        cursor: Cursor for the next call.
        last_seq_by_slide: Slide id → `seq` of its last event, for each slide with new events.
        slides_with_predictions: Ids of slides with new predictions.
        slides_with_mask_predictions: Ids of slides with new predictions for repaired masks.
        slide_ids: Ids of all slides when there are new ones; otherwise None.
    """

    cursor: ChangeCursor
    last_seq_by_slide: Mapping[str, int] = field(default_factory=dict)
    slides_with_predictions: frozenset[str] = frozenset()
    slides_with_mask_predictions: frozenset[str] = frozenset()
    slide_ids: frozenset[str] | None = None


class ChangeFeed(Protocol):
    """Reads changes from the database. Safe to call from any thread."""

    def poll(self, cursor: ChangeCursor | None) -> Changes:
        """Read the changes after a cursor in one short transaction.

        Args:
            cursor: The cursor; None = only return the current one, without changes.

        Raises:
            StoreError: The database cannot be read.
        """

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:
        """Cell id → newest prediction stored after a revision.

        Raises:
            StoreError: The database cannot be read.
        """
