"""Who may read a slide as second reader, and in which reading a reviewer works."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from leukview.core.errors import ReviewError
from leukview.core.messages import Message
from leukview.domain.review.events import FIRST_READING, SECOND_READING, ReviewEvent, replay


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: what others said of a slide is withheld from a second reader until the own reading is signed.

    Attributes:
        name: Under which the reader's events are written; "" = nobody in particular, from whom nothing is withheld.
        second: The reader's role is to read second.
    """

    name: str = ""
    is_second_reader: bool = False


UNRESTRICTED_VIEWER = Viewer()
"""From whom nothing is withheld: the command line, and what counts over all slides."""


def _labellers(events: Sequence[ReviewEvent], reading: int) -> frozenset[str]:
    return frozenset(r.reviewer for r in replay(events, reading).cells.values() if r.label)


def check_second_reader(events: Sequence[ReviewEvent], reviewer: str, aliases: Collection[str] = ()) -> None:
    """Raise when a reviewer may not read a slide as its second reader.

    Args:
        events: The slide's events in order of `seq`.
        reviewer: Who wants to.
        aliases: Other names of the same person, which may stand in the log.

    Raises:
        ReviewError: The reviewer labelled cells of it as first reader, or another person is its second reader.
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
            Message("{names} is the second reader of this slide already.", names=", ".join(sorted(others)))
        )


def reading_for(
    events: Sequence[ReviewEvent], reviewer: str, *, second_reader: bool, aliases: Collection[str] = ()
) -> int:
    """The reading in which a reviewer opens a slide.

    A second reading that was begun and not signed is resumed, so that nobody sees the first reader's labels halfway.

    Args:
        events: The slide's events in order of `seq`.
        reviewer: Who opens it.
        second_reader: The reviewer's role is to read second.
        aliases: Other names of the same person, which may stand in the log.
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
    """Ids of the slides whose first reading a reader must not see yet: those to be read second, or half read.

    Until the own reading of such a slide is signed, nothing tells of it what the first reader did or how far it is:
    no line of the worklist, no count of a joined differential, no row of the audit trail, no cell of the atlas.

    Args:
        events_of: A slide's events in order of `seq`, by its id.
        slides: Ids of the slides in question.
        viewer: Who looks.
        aliases: Other names of the same person, which may stand in the log.
    """
    if not viewer.name:
        return frozenset()
    return frozenset(
        key
        for key in slides
        if reading_for(events_of(key), viewer.name, second_reader=viewer.is_second_reader, aliases=aliases)
        == SECOND_READING
    )
