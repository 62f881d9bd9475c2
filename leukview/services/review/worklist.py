"""Rows of the worklist."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.review.events import FIRST_READING, SECOND_READING
from leukview.domain.slide import Slide, SlideState
from leukview.services.review.session import ReviewSession
from leukview.services.review.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One slide of the worklist.

    Attributes:
        reviewed_count: Number of cells labelled in this reading.
        unacknowledged_alerts: Titles of alerts that still must be acknowledged; none in a second reading.
        class_keys: Keys of the classes present; in a second reading those given by its reader.
        reading: The reading whose progress is shown. A row of a second reading reveals nothing of the first.
        late_count: Number of cells that were imported after the signature.
    """

    slide: Slide
    state: SlideState
    reviewed_count: int
    unacknowledged_alerts: tuple[str, ...]
    class_keys: tuple[str, ...] = ()
    reading: int = FIRST_READING
    late_count: int = 0

    @classmethod
    def from_view(cls, view: SlideView) -> WorklistRow:
        """Build the row of a slide from its view, in the reading of that view."""
        if view.reading == SECOND_READING:
            return cls(
                view.slide,
                view.state,
                view.reviewed_count,
                (),
                tuple(view.reviewer_tally.counts_by_class()),
                SECOND_READING,
                len(view.late_cells),
            )
        titles = tuple(a.rule.title for a in view.unacknowledged_alerts)
        classes = tuple(view.shown_tally.counts_by_class())
        return cls(view.slide, view.state, view.reviewed_count, titles, classes, late_count=len(view.late_cells))


def worklist_rows(
    slides: Sequence[Slide],
    viewer_name: str,
    withheld_slides: Collection[str],
    open_session: Callable[[str, str, int], ReviewSession],
    token: CancelToken,
    reporter: Reporter,
) -> list[WorklistRow]:
    """Build the rows of slides, in their order.

    Args:
        slides: Of the worklist.
        viewer_name: Name of the viewer.
        withheld_slides: Ids of the slides that the viewer reads as second reader; their rows show only that reading.
        open_session: Opens a slide for a reviewer in a reading.
        token: Checked before each slide.
        reporter: Called before each slide.

    Raises:
        StoreError: A slide cannot be read.
        Cancelled: The token was set.
    """
    rows = []
    for done, slide in enumerate(slides):
        token.raise_if_cancelled()
        reporter(Progress(done, len(slides), "Reading the worklist"))
        own = slide.id in withheld_slides
        rows.append(
            WorklistRow.from_view(
                open_session(slide.id, viewer_name if own else "", SECOND_READING if own else FIRST_READING).view
            )
        )
    return rows
