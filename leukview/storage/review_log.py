"""The append-only, hash-chained review log."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, func, select, update

from leukview.core.errors import ConcurrentWriteError, StoreError
from leukview.core.strict_json import check_storable
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import first_broken
from leukview.storage.chained_table import append_chained_row, read_chained_row
from leukview.storage.database import Database
from leukview.storage.schema import review_events, slides

_SLIDE_COLUMNS = ("um_per_px", "wbc_per_nl")


class SqlReviewLog:
    """Implements the `ReviewLog` port.

    Number, previous hash and hash of an event are computed inside the transaction that holds the write lock, so that
    two programs cannot fork the chain. The chain reveals any change to the events it contains; it cannot reveal that
    someone who first removed the triggers deleted the last events.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self,
        slide_id: str,
        kind: EventKind,
        *,
        reviewer: str,
        cells: Sequence[str] = (),
        payload: Mapping[str, object] | None = None,
        expected_seq: int | None = None,
    ) -> ReviewEvent:
        """See `ReviewLog.append`.

        `SET_SLIDE` and `IMPORT` also update the slide's columns in the same transaction. Events after `expected_seq`
        are looked for there too, so that no decision is based on an outdated state.

        Raises:
            BehindError: The slide has events after `expected_seq`; nothing was written.
            StoreError: It could not be written, for instance because the slide is unknown.
        """
        # Normalise as JSON will read it back: the hash must not depend on tuples or integer keys.
        try:
            check_storable([dict(payload or {}), reviewer, list(cells)])
            text = json.dumps(dict(payload or {}), sort_keys=True, ensure_ascii=False, allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise StoreError(
                "The entry holds a number or a character that cannot be stored.", "Leave it out and try again."
            ) from error
        body: dict[str, object] = json.loads(text)
        event_id = uuid.uuid4().hex

        def make(seq: int, previous: str) -> ReviewEvent:
            at = datetime.now(UTC).isoformat(timespec="microseconds")
            return ReviewEvent(seq, event_id, slide_id, kind, tuple(cells), body, reviewer, at, previous, "")

        with self._database.write_transaction() as connection:
            if expected_seq is not None and _last_seq(connection, slide_id) > expected_seq:
                raise ConcurrentWriteError("Another program wrote to this slide.", "Read the slide again.")
            event = append_chained_row(self._database, connection, review_events, make)
            if kind in {EventKind.SET_SLIDE, EventKind.IMPORT}:
                _update_slide(connection, slide_id, body)
        return event

    def events(self, slide_id: str | None = None, after_seq: int = 0) -> list[ReviewEvent]:
        """See `ReviewLog.events`.

        Raises:
            StoreError: An event is unreadable; `verify` finds the first one that was changed.
        """
        query = select(review_events).order_by(review_events.c.seq)
        if slide_id is not None:
            query = query.where(review_events.c.slide_id == slide_id)
        if after_seq:
            query = query.where(review_events.c.seq > after_seq)
        with self._database.read_transaction() as connection:
            rows = connection.execute(query).all()
        try:
            return [_event_from_row(row) for row in rows]
        except (ValueError, TypeError) as error:
            raise StoreError(
                "An entry of the review log was changed outside of LeukView and cannot be read.",
                "Put back a copy from the backups folder.",
            ) from error

    def head(self) -> tuple[int, str]:
        """See `ReviewLog.head`."""
        query = select(review_events.c.seq, review_events.c.hash).order_by(review_events.c.seq.desc()).limit(1)
        with self._database.read_transaction() as connection:
            last = connection.execute(query).first()
        return (last.seq, last.hash) if last else (0, "")

    def find_broken_event(self) -> ReviewEvent | None:
        """See `ReviewLog.find_broken_event`; rows are streamed, for constant memory."""
        query = select(review_events).order_by(review_events.c.seq).execution_options(yield_per=500)
        current: Row[Any] | None = None

        def stream(rows: CursorResult[Any]) -> Iterator[ReviewEvent]:
            nonlocal current
            for current in rows:
                yield _event_from_row(current)

        # A server-side cursor stays open until all rows are read: close it when the first broken row ends the loop.
        with self._database.read_transaction() as connection, closing(connection.execute(query)) as rows:
            try:
                return first_broken(stream(rows))
            except (ValueError, TypeError):  # the current row is not a valid event
                if current is None:
                    raise
                return _placeholder_event(current)


def _last_seq(connection: Connection, slide_id: str) -> int:
    """`seq` of the slide's last event; 0 when it has none."""
    query = select(func.coalesce(func.max(review_events.c.seq), 0)).where(review_events.c.slide_id == slide_id)
    return int(connection.execute(query).scalar_one())


def _update_slide(connection: Connection, slide_id: str, body: Mapping[str, object]) -> None:
    values = {key: body[key] for key in _SLIDE_COLUMNS if key in body}
    if values:
        connection.execute(update(slides).where(slides.c.id == slide_id).values(values))


def _event_from_row(row: Row[Any]) -> ReviewEvent:
    return read_chained_row(
        ReviewEvent, row, kind=EventKind, cells=lambda text: tuple(json.loads(text)), payload=_parse_payload
    )


def _parse_payload(text: str) -> dict[str, object]:
    payload = json.loads(text)
    if not isinstance(payload, dict):
        raise TypeError("a payload is an object")
    return payload


def _placeholder_event(row: Row[Any]) -> ReviewEvent:
    """Placeholder event for a row that cannot be read."""
    return ReviewEvent(
        row.seq, str(row.id), str(row.slide_id), EventKind.COMMENT, (), {}, str(row.reviewer), str(row.at), "", ""
    )
