"""Who may read a slide as second reader, and in which reading a reviewer works."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from leukview.core.errors import ReviewError
from leukview.core.messages import Message
from leukview.domain.review.events import FIRST, SECOND, ReviewEvent, replay


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: what others said of a slide is withheld from a second reader until the own reading is signed.

    Attributes:
        name: Under which the reader's events are written; "" = nobody in particular, from whom nothing is withheld.
        second: The reader's role is to read second.
    """

    name: str = ""
    second: bool = False


NOBODY = Viewer()
"""From whom nothing is withheld: the command line, and what counts over all slides."""


def _labellers(events: Sequence[ReviewEvent], reading: int) -> frozenset[str]:
    return frozenset(r.reviewer for r in replay(events, reading).cells.values() if r.label)


def refuse_second_reader(events: Sequence[ReviewEvent], reviewer: str, also: Collection[str] = ()) -> None:
    """Raise when a reviewer may not read a slide as its second reader.

    Args:
        events: The slide's events in order of `seq`.
        reviewer: Who wants to.
        also: Other names of the same person, which may stand in the log.

    Raises:
        ReviewError: The reviewer labelled cells of it as first reader, or another person is its second reader.
    """
    own = {reviewer, *also}
    if own & _labellers(events, FIRST):
        raise ReviewError(
            Message("{reviewer} is the first reader of this slide.", reviewer=reviewer),
            "The second reading needs another person: change reviewer.",
        )
    others = _labellers(events, SECOND) - own
    if others:
        raise ReviewError(
            Message("{names} is the second reader of this slide already.", names=", ".join(sorted(others)))
        )


def reading_for(
    events: Sequence[ReviewEvent], reviewer: str, *, second_reader: bool, also: Collection[str] = ()
) -> int:
    """The reading in which a reviewer opens a slide.

    A second reading that was begun and not signed is resumed, so that nobody sees the first reader's labels halfway.

    Args:
        events: The slide's events in order of `seq`.
        reviewer: Who opens it.
        second_reader: The reviewer's role is to read second.
        also: Other names of the same person, which may stand in the log.
    """
    own = {reviewer, *also}
    begun = _labellers(events, SECOND)
    if replay(events, SECOND).signature or begun - own:
        return FIRST
    if own & begun:
        return SECOND
    return SECOND if second_reader and not own & _labellers(events, FIRST) else FIRST


def withheld(
    events: Callable[[str], Sequence[ReviewEvent]], slides: Collection[str], reader: Viewer, also: Collection[str] = ()
) -> frozenset[str]:
    """Ids of the slides whose first reading a reader must not see yet: those to be read second, or half read.

    Until the own reading of such a slide is signed, nothing tells of it what the first reader did or how far it is:
    no line of the worklist, no count of a joined differential, no row of the audit trail, no cell of the atlas.

    Args:
        events: A slide's events in order of `seq`, by its id.
        slides: Ids of the slides in question.
        reader: Who looks.
        also: Other names of the same person, which may stand in the log.
    """
    if not reader.name:
        return frozenset()
    return frozenset(
        key for key in slides if reading_for(events(key), reader.name, second_reader=reader.second, also=also) == SECOND
    )
