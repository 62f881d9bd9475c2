"""One slide of the worklist, as it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.review.events import FIRST, SECOND
from leukview.domain.slide import Slide, SlideState
from leukview.services.review.session import ReviewSession
from leukview.services.review.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One slide of the worklist.

    Attributes:
        reviewed: Cells that a person named in this reading.
        open_alerts: Titles of alerts that still must be acknowledged; none in a second reading.
        classes: Keys of the classes present; in a second reading those that its reader gave.
        reading: Whose progress it tells. A row of a second reading tells nothing of the first.
    """

    slide: Slide
    state: SlideState
    reviewed: int
    open_alerts: tuple[str, ...]
    classes: tuple[str, ...] = ()
    reading: int = FIRST

    @classmethod
    def of(cls, view: SlideView) -> WorklistRow:
        """The line of a slide as its view stands, in the reading of that view."""
        if view.reading == SECOND:
            return cls(view.slide, view.state, view.reviewed, (), tuple(view.reviewer_tally.counts()), SECOND)
        titles = tuple(a.rule.title for a in view.open_alerts)
        return cls(view.slide, view.state, view.reviewed, titles, tuple(view.shown.counts()))


def rows_of(
    slides: Sequence[Slide],
    reader: str,
    withheld: Collection[str],
    session: Callable[[str, str, int], ReviewSession],
    token: CancelToken,
    reporter: Reporter,
) -> list[WorklistRow]:
    """The lines of slides, in their order.

    Args:
        slides: Of the worklist.
        reader: Name of who looks.
        withheld: Ids of those that this person reads second: their lines tell the own reading alone.
        session: Opens a slide for a reviewer in a reading.
        token: Looked at before each slide.
        reporter: Hears of each slide.

    Raises:
        StoreError: A slide cannot be read.
        Cancelled: The token was set.
    """
    rows = []
    for done, slide in enumerate(slides):
        token.check()
        reporter(Progress(done, len(slides), "Reading the worklist"))
        own = slide.id in withheld
        rows.append(WorklistRow.of(session(slide.id, reader if own else "", SECOND if own else FIRST).view))
    return rows
