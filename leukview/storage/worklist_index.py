"""Index of the worklist in the database; see `leukview.services.ports.worklist`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from leukview.domain.review.events import FIRST_READING, SECOND_READING
from leukview.domain.slide import SlideState
from leukview.services.ports.worklist import (
    UNKNOWN_URGENCY,
    Headline,
    IndexedSlide,
    IndexPage,
    IndexReader,
    PageKey,
    ReadingSummary,
    SearchTerm,
    SlideSummary,
    WorklistOrder,
    WorklistQuery,
)
from leukview.storage.database import Database
from leukview.storage.schema import slide_index, slide_readers, slides
from leukview.storage.slide_rows import select_slides, slide_from_row

_CHUNK = 500  # ids per statement, below the variable limits of all databases
_WITHHELD, _CURRENT, _VERSION = "is_withheld", "is_current", "slide_version"


def raise_version(connection: Connection, slide_ids: Iterable[str], **values: object) -> None:
    """Mark slides as changed, in the transaction of the change.

    Args:
        connection: Connection of that transaction, which holds the write lock.
        slide_ids: The slides, which must be stored.
        values: Columns of `slide_index` to set at the same time.
    """
    for slide_id in dict.fromkeys(slide_ids):
        same = slide_index.c.slide_id == slide_id
        raised = update(slide_index).where(same).values(version=slide_index.c.version + 1, **values)
        if connection.execute(raised).rowcount == 0:
            connection.execute(insert(slide_index).values(slide_id=slide_id, version=1, **values))


def is_listed() -> ColumnElement[bool]:
    """Condition on `slides` joined with `slide_index`: the slide was not erased."""
    return func.coalesce(slide_index.c.erased_at, "") == ""


class SqlWorklistIndex:
    """Implements `leukview.services.ports.worklist.WorklistIndex`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, query: WorklistQuery, reader: IndexReader, basis: str, after: PageKey | None, limit: int
    ) -> IndexPage:
        """See `WorklistIndex.page`."""
        column: ColumnElement[Any] = slides.c.imported_at
        descending = query.order is WorklistOrder.NEWEST
        if query.order is WorklistOrder.PATIENT:
            column = slides.c.patient
        elif query.order is WorklistOrder.URGENCY and not query.is_blind:
            unknown = UNKNOWN_URGENCY + slides.c.imported_at
            known = case((_is_current(basis), func.coalesce(slide_index.c.urgency, "")), else_="")
            column = case((or_(_is_withheld(reader), known == ""), unknown), else_=known)
        found = select(slides.c.id, column).select_from(_joined()).where(is_listed(), _matches(query, reader, basis))
        if after is not None:
            beyond = column < after[0] if descending else column > after[0]
            found = found.where(or_(beyond, and_(column == after[0], slides.c.id > after[1])))
        found = found.order_by(column.desc() if descending else column, slides.c.id).limit(limit + 1)
        with self._database.read_transaction() as connection:
            keys = [(str(value), str(key)) for key, value in connection.execute(found)]
            listed = _read_slides(connection, [key for _, key in keys[:limit]], reader, basis)
        shown = tuple(listed[key] for _, key in keys[:limit] if key in listed)
        return IndexPage(shown, keys[limit - 1] if len(keys) > limit else None)

    def slides(self, slide_ids: Collection[str], reader: IndexReader, basis: str) -> list[IndexedSlide]:
        """See `WorklistIndex.slides`."""
        with self._database.read_transaction() as connection:
            found = _read_slides(connection, list(slide_ids), reader, basis)
        by_id = sorted(found.values(), key=lambda indexed: indexed.slide.id)
        return sorted(by_id, key=lambda indexed: indexed.slide.imported_at, reverse=True)

    def outdated(self, basis: str, limit: int) -> dict[str, int]:
        """See `WorklistIndex.outdated`."""
        version = func.coalesce(slide_index.c.version, 0)
        query = select(slides.c.id, version).select_from(_joined()).where(is_listed(), ~_is_current(basis))
        query = query.order_by(slides.c.imported_at.desc(), slides.c.id).limit(limit)
        with self._database.read_transaction() as connection:
            return {str(key): int(value) for key, value in connection.execute(query)}

    def outdated_count(self, basis: str) -> int:
        """See `WorklistIndex.outdated_count`."""
        query = select(func.count()).select_from(_joined()).where(is_listed(), ~_is_current(basis))
        with self._database.read_transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def save(self, summaries: Mapping[str, tuple[SlideSummary, int]], basis: str) -> None:
        """See `WorklistIndex.save`."""
        with self._database.write_transaction() as connection:
            for slide_id, (summary, version) in summaries.items():
                values = _columns(summary) | {"indexed_version": version, "basis": basis}
                same = slide_index.c.slide_id == slide_id
                if connection.execute(update(slide_index).where(same).values(values)).rowcount == 0:
                    connection.execute(insert(slide_index).values(slide_id=slide_id, version=0, **values))
                connection.execute(delete(slide_readers).where(slide_readers.c.slide_id == slide_id))
                readers = [(FIRST_READING, name) for name in summary.first_readers]
                readers += [(SECOND_READING, name) for name in summary.second_readers]
                if readers:
                    rows = [{"slide_id": slide_id, "reading": which, "reviewer": name} for which, name in readers]
                    connection.execute(insert(slide_readers), rows)

    def withheld(self, reader: IndexReader) -> frozenset[str]:
        """See `WorklistIndex.withheld`."""
        query = select(slides.c.id).select_from(_joined()).where(is_listed(), _is_withheld(reader))
        with self._database.read_transaction() as connection:
            return frozenset(connection.execute(query).scalars())


def _joined() -> Any:
    return slides.outerjoin(slide_index, slides.c.id == slide_index.c.slide_id)


def _is_current(basis: str) -> ColumnElement[bool]:
    same = slide_index.c.indexed_version == slide_index.c.version
    return func.coalesce(and_(same, slide_index.c.basis == basis), false())


def _has_reader(reading: int, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    table: Table = slide_readers
    return exists(select(1).where(table.c.slide_id == slides.c.id, table.c.reading == reading, condition))


def _is_withheld(reader: IndexReader) -> ColumnElement[bool]:
    """SQL form of `leukview.services.review.reading_access.reading_for`."""
    if not reader.names:
        return false()
    own = slide_readers.c.reviewer.in_(sorted(reader.names))
    begun = _has_reader(SECOND_READING, own)
    unread = ~_has_reader(FIRST_READING, own) if reader.is_second_reader else false()
    return and_(
        func.coalesce(slide_index.c.second_signed, 0) == 0, ~_has_reader(SECOND_READING, ~own), or_(begun, unread)
    )


def _matches(query: WorklistQuery, reader: IndexReader, basis: str) -> ColumnElement[bool]:
    withdrawn = func.coalesce(slide_index.c.withdrawn, 0) == int(query.is_withdrawn)
    withheld, current = _is_withheld(reader), _is_current(basis)
    conditions = [withdrawn]
    if query.states:
        state = case((withheld, slide_index.c.second_state), else_=slide_index.c.state)
        conditions.append(and_(current, state.in_([s.value for s in query.states])))
    conditions += [_term_matches(term, withheld, current, is_blind=query.is_blind) for term in query.terms]
    return and_(*conditions)


def _term_matches(
    term: SearchTerm, withheld: ColumnElement[bool], current: ColumnElement[bool], *, is_blind: bool
) -> ColumnElement[bool]:
    dates = func.coalesce(slide_index.c.dates, "")
    plain = func.lower(slides.c.id + " " + slides.c.patient + " " + slides.c.imported_at + " ") + dates
    found = [plain.contains(text, autoescape=True) for text in term.texts]
    if term.slide_ids:
        found.append(slides.c.id.in_(sorted(term.slide_ids)[:_CHUNK]))
    if not is_blind:
        findings = case((withheld, slide_index.c.second_findings), else_=slide_index.c.findings)
        classes = case((withheld, slide_index.c.second_classes), else_=slide_index.c.classes)
        inside = [findings.contains(text, autoescape=True) for text in term.texts]
        inside += [classes.contains(json.dumps(key), autoescape=True) for key in term.class_keys]
        inside += [
            and_(~withheld, slide_index.c.alerts.contains(json.dumps(title, ensure_ascii=False), autoescape=True))
            for title in term.alert_titles
        ]
        found.append(and_(current, or_(*inside)) if inside else false())
    return or_(*found) if found else true()


def _read_slides(
    connection: Connection, slide_ids: list[str], reader: IndexReader, basis: str
) -> dict[str, IndexedSlide]:
    found: dict[str, IndexedSlide] = {}
    for start in range(0, len(slide_ids), _CHUNK):
        ids = slide_ids[start : start + _CHUNK]
        readers: dict[tuple[str, int], set[str]] = {}
        for row in connection.execute(select(slide_readers).where(slide_readers.c.slide_id.in_(ids))):
            readers.setdefault((row.slide_id, row.reading), set()).add(row.reviewer)
        query: Select[Any] = select_slides().add_columns(
            *(column for column in slide_index.c if column.name != "slide_id"),
            func.coalesce(slide_index.c.version, 0).label(_VERSION),
            _is_current(basis).label(_CURRENT),
            _is_withheld(reader).label(_WITHHELD),
        )
        query = query.outerjoin(slide_index, slides.c.id == slide_index.c.slide_id)
        for row in connection.execute(query.where(slides.c.id.in_(ids), is_listed())):
            values = row._mapping  # noqa: SLF001 - documented API despite its name
            summary = _summary(row, readers) if values[_CURRENT] else None
            found[row.id] = IndexedSlide(
                slide_from_row(row), summary, int(values[_VERSION]), is_withheld=bool(values[_WITHHELD])
            )
    return found


def _summary(row: Row[Any], readers: Mapping[tuple[str, int], set[str]]) -> SlideSummary:
    return SlideSummary(
        ReadingSummary(
            SlideState(row.state), int(row.reviewed), tuple(json.loads(row.classes)), row.findings, int(row.late)
        ),
        ReadingSummary(
            SlideState(row.second_state),
            int(row.second_reviewed),
            tuple(json.loads(row.second_classes)),
            row.second_findings,
            int(row.second_late),
        ),
        tuple(json.loads(row.alerts)),
        frozenset(readers.get((row.id, FIRST_READING), ())),
        frozenset(readers.get((row.id, SECOND_READING), ())),
        is_second_signed=bool(row.second_signed),
        is_withdrawn=bool(row.withdrawn),
        dates=row.dates,
        headline=Headline(*json.loads(row.headline)) if row.headline else None,
        urgency=row.urgency or "",
    )


def _columns(summary: SlideSummary) -> dict[str, object]:
    return {
        "withdrawn": int(summary.is_withdrawn),
        "dates": summary.dates,
        "state": summary.first.state.value,
        "reviewed": summary.first.reviewed_count,
        "alerts": json.dumps(summary.unacknowledged_alerts, ensure_ascii=False),
        "classes": json.dumps(summary.first.class_keys),
        "findings": summary.first.findings,
        "late": summary.first.late_count,
        "second_state": summary.second.state.value,
        "second_reviewed": summary.second.reviewed_count,
        "second_classes": json.dumps(summary.second.class_keys),
        "second_findings": summary.second.findings,
        "second_late": summary.second.late_count,
        "second_signed": int(summary.is_second_signed),
        "headline": json.dumps(astuple(summary.headline), ensure_ascii=False) if summary.headline else "",
        "urgency": summary.urgency,
    }
