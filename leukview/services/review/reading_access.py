"""Access to slides in the first and the blinded second reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from leukview.core.errors import ReviewError
from leukview.core.messages import Message
from leukview.domain.review.events import FIRST_READING, SECOND_READING, ReviewEvent
from leukview.domain.review.reducer import replay


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who views slides.

    From a second reader, other people's reviews of a slide are withheld until the second reading is signed.

    Attributes:
        name: Name under which the person's events are written; "" = no reviewer, from whom nothing is withheld.
        is_second_reader: Whether the person's role is second reader.
    """

    name: str = ""
    is_second_reader: bool = False


UNRESTRICTED_VIEWER = Viewer()
"""A viewer from whom nothing is withheld, for the command line and for counts over all slides."""


def _labellers(events: Sequence[ReviewEvent], reading: int) -> frozenset[str]:
    return frozenset(r.reviewer for r in replay(events, reading).cells.values() if r.label)


def check_second_reader(events: Sequence[ReviewEvent], reviewer: str, aliases: Collection[str] = ()) -> None:
    """Check that a reviewer may read a slide as its second reader.

    Args:
        events: The slide's events in order of `seq`.
        reviewer: Name of the reviewer.
        aliases: Other names of the same person in the log.

    Raises:
        ReviewError: The reviewer labelled cells in the first reading, or another person is the second reader.
    """
    own = {reviewer, *aliases}
    if own & _labellers(events, FIRST_READING):
        raise ReviewError(
            Message("{reviewer} is the first reader of this slide.", reviewer=reviewer),
            "The second reading needs another person: change reviewer.",
        )
    others = _labellers(events, SECOND_READING) - own
    if others:
        raise ReviewError(
            Message("{names} is already the second reader of this slide.", names=", ".join(sorted(others)))
        )


def reading_for(
    events: Sequence[ReviewEvent], reviewer: str, *, second_reader: bool, aliases: Collection[str] = ()
) -> int:
    """Determine the reading in which a reviewer opens a slide.

    A second reading that was begun but not signed is resumed, so that its reader does not see the first reader's labels
    before it is finished.

    Args:
        events: The slide's events in order of `seq`.
        reviewer: Name of the reviewer.
        second_reader: Whether the reviewer's role is second reader.
        aliases: Other names of the same person in the log.

    Returns:
        `FIRST_READING` or `SECOND_READING`.
    """
    own = {reviewer, *aliases}
    begun = _labellers(events, SECOND_READING)
    if replay(events, SECOND_READING).signature or begun - own:
        return FIRST_READING
    if own & begun:
        return SECOND_READING
    return SECOND_READING if second_reader and not own & _labellers(events, FIRST_READING) else FIRST_READING


def withheld_slides(
    events_of: Callable[[str], Sequence[ReviewEvent]],
    slides: Collection[str],
    viewer: Viewer,
    aliases: Collection[str] = (),
) -> frozenset[str]:
    """Find the slides whose first reading a viewer must not see yet.

    These are the slides that the viewer opens in the second reading. Until that reading is signed, neither worklist,
    joint differential, audit trail nor reference atlas may show results or progress of the first reading.

    Args:
        events_of: Returns a slide's events in order of `seq` for its id.
        slides: Ids of the slides to check.
        viewer: The viewer.
        aliases: Other names of the same person in the log.

    Returns:
        Ids of the withheld slides.
    """
    if not viewer.name:
        return frozenset()
    return frozenset(
        key
        for key in slides
        if reading_for(events_of(key), viewer.name, second_reader=viewer.is_second_reader, aliases=aliases)
        == SECOND_READING
    )
