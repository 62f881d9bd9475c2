"""The append-only, hash-chained review log."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Row, Select, and_, func, not_, select, update

from leukview.core.errors import ConcurrentWriteError, StoreError
from leukview.core.strict_json import check_storable
from leukview.domain.review.events import ERASED_PAYLOAD, EventKind, ReviewEvent, erased_events, is_erased
from leukview.domain.review.hash_chain import first_broken
from leukview.services.ports.storage import EventOptions, EventSelection
from leukview.storage.chained_table import append_chained_row, read_chained_row
from leukview.storage.database import Database
from leukview.storage.schema import review_events, slides
from leukview.storage.worklist_index import raise_version

_SLIDE_COLUMNS = ("um_per_px", "wbc_per_nl")
_CHUNK = 500  # ids per statement, below the variable limits of all databases
_OPTION_EVENTS = 5_000  # newest events from which the slides offered by the filter are taken
_ERASED_TEXT = json.dumps(ERASED_PAYLOAD)


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
                "The entry holds a number or a character that cannot be stored.", "Omit it and try again."
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
            raise_version(connection, (slide_id,))
        return event

    def events(self, slide_id: str | None = None, after_seq: int = 0) -> list[ReviewEvent]:
        """See `ReviewLog.events`.

        Raises:
            StoreError: An event is unreadable; `verify` finds the first one that was changed.
        """
        query = select(review_events).order_by(review_events.c.seq)
        if slide_id is not None:
            # Erased events are part of the chain, but no longer of the slide's review.
            erased = and_(review_events.c.cells == "[]", review_events.c.payload == _ERASED_TEXT)
            query = query.where(review_events.c.slide_id == slide_id, not_(erased))
        if after_seq:
            query = query.where(review_events.c.seq > after_seq)
        return self._read(query)

    def events_before(self, selection: EventSelection, before_seq: int | None, limit: int) -> list[ReviewEvent]:
        """See `ReviewLog.events_before`."""
        columns, query = review_events.c, select(review_events).order_by(review_events.c.seq.desc()).limit(limit)
        if before_seq is not None:
            query = query.where(columns.seq < before_seq)
        if selection.slide_id:
            query = query.where(columns.slide_id == selection.slide_id)
        if selection.kinds:
            query = query.where(columns.kind.in_(sorted(kind.value for kind in selection.kinds)))
        if selection.reviewer:
            query = query.where(columns.reviewer == selection.reviewer)
        if selection.since:
            query = query.where(columns.at >= selection.since)
        if selection.until:
            query = query.where(columns.at < selection.until)
        return self._read(query)

    def slide_events(
        self, slide_ids: Collection[str], containing: Collection[EventKind]
    ) -> dict[str, list[ReviewEvent]]:
        """See `ReviewLog.slide_events`."""
        ids, found = list(dict.fromkeys(slide_ids)), dict[str, list[ReviewEvent]]()
        other = review_events.alias()
        for start in range(0, len(ids), _CHUNK):
            of_kind = select(other.c.slide_id).where(
                other.c.slide_id.in_(ids[start : start + _CHUNK]), other.c.kind.in_(sorted(k.value for k in containing))
            )
            query = select(review_events).where(review_events.c.slide_id.in_(of_kind))
            for event in self._read(query.order_by(review_events.c.seq)):
                found.setdefault(event.slide_id, []).append(event)
        return found

    def event_options(self) -> EventOptions:
        """See `ReviewLog.event_options`."""
        columns = review_events.c
        newest = select(columns.slide_id).order_by(columns.seq.desc()).limit(_OPTION_EVENTS)
        with self._database.read_transaction() as connection:
            slide_ids = dict.fromkeys(connection.execute(newest).scalars())
            reviewers = _distinct(connection, columns.reviewer)
            kinds = _distinct(connection, columns.kind)
        known = {kind.value: kind for kind in EventKind}
        return EventOptions(tuple(slide_ids), tuple(reviewers), frozenset(known[k] for k in kinds if k in known))

    def _read(self, query: Select[Any]) -> list[ReviewEvent]:
        with self._database.read_transaction() as connection:
            rows = connection.execute(query).all()
        try:
            return [_event_from_row(row) for row in rows]
        except (ValueError, TypeError) as error:
            raise StoreError(
                "An entry of the review log was changed outside LeukView and cannot be read.",
                "Restore a copy from the backups folder.",
            ) from error

    def head(self) -> tuple[int, str]:
        """See `ReviewLog.head`."""
        query = select(review_events.c.seq, review_events.c.hash).order_by(review_events.c.seq.desc()).limit(1)
        with self._database.read_transaction() as connection:
            last = connection.execute(query).first()
        return (last.seq, last.hash) if last else (0, "")

    def find_broken_event(self) -> ReviewEvent | None:
        """See `ReviewLog.find_broken_event`; rows are streamed, for constant memory.

        An event whose content was erased counts as valid if a later `EventKind.ERASE` names its number and hash.
        """
        query = select(review_events).order_by(review_events.c.seq).execution_options(yield_per=500)
        current: Row[Any] | None = None

        def stream(rows: CursorResult[Any]) -> Iterator[ReviewEvent]:
            nonlocal current
            for current in rows:
                yield _event_from_row(current)

        # A server-side cursor stays open until all rows are read: close it when the first broken row ends the loop.
        with self._database.read_transaction() as connection:
            erased = _read_erased(connection)

            def is_named(event: ReviewEvent) -> bool:
                return is_erased(event) and erased.get(event.seq) == event.hash

            rows = connection.execute(query)
            try:
                with closing(rows):
                    return first_broken(stream(rows), is_named)
            except (ValueError, TypeError):  # the current row is not a valid event
                if current is None:
                    raise
                return _placeholder_event(current)


def _last_seq(connection: Connection, slide_id: str) -> int:
    """`seq` of the slide's last event; 0 when it has none."""
    query = select(func.coalesce(func.max(review_events.c.seq), 0)).where(review_events.c.slide_id == slide_id)
    return int(connection.execute(query).scalar_one())


def _distinct(connection: Connection, column: ColumnElement[str]) -> list[str]:
    """Distinct values of an indexed column, one index look-up each."""
    found: list[str] = []
    value = connection.execute(select(func.min(column))).scalar()
    while value is not None:
        found.append(str(value))
        value = connection.execute(select(func.min(column)).where(column > value)).scalar()
    return found


def _read_erased(connection: Connection) -> dict[int, str]:
    """`seq` → hash of the erased events, as named by the erasures; an unreadable erasure names none."""
    found: dict[int, str] = {}
    query = select(review_events).where(review_events.c.kind == EventKind.ERASE.value).order_by(review_events.c.seq)
    for row in connection.execute(query):
        try:
            event = _event_from_row(row)
        except (ValueError, TypeError):
            continue
        found.update((seq, digest) for seq, digest in erased_events(event).items() if seq < event.seq)
    return found


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
