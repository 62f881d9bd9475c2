"""Who may read a slide as second reader, and in which reading a reviewer works."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from leukview.core.errors import ReviewError
from leukview.domain.review import FIRST, SECOND, ReviewEvent, fold


def _labellers(events: Sequence[ReviewEvent], reading: int) -> frozenset[str]:
    return frozenset(r.reviewer for r in fold(events, reading).cells.values() if r.label)


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
            f"{reviewer} is the first reader of this slide.",
            "The second reading needs another person: change reviewer.",
        )
    others = _labellers(events, SECOND) - own
    if others:
        raise ReviewError(f"{', '.join(sorted(others))} is the second reader of this slide already.")


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
    if fold(events, SECOND).signature or begun - own:
        return FIRST
    if own & begun:
        return SECOND
    return SECOND if second_reader and not own & _labellers(events, FIRST) else FIRST
