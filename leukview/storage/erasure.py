"""Erasure of slides: nothing of them is left but the hashes of their events."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select, update

from leukview.domain.exchange.outbox import DeliveryState
from leukview.domain.review.events import ERASED_PAYLOAD, EventKind, ReviewEvent
from leukview.storage.chained_table import append_chained_row
from leukview.storage.database import Database
from leukview.storage.schema import (
    cells,
    competency_answers,
    competency_cells,
    mask_predictions,
    outbox,
    overviews,
    predictions,
    review_events,
    slide_index,
    slide_readers,
    slides,
)
from leukview.storage.vault import IdentityVault, MissingVault
from leukview.storage.worklist_index import is_listed, raise_version

_NOTHING = {
    "dates": "", "state": None, "reviewed": None, "alerts": None, "classes": None, "findings": None,
    "late": None, "second_late": None,
    "second_state": None, "second_reviewed": None, "second_classes": None, "second_findings": None,
}  # fmt: skip


class SqlEraser:
    """Implements `leukview.services.ports.storage.SlideEraser`."""

    def __init__(self, database: Database, vault: IdentityVault | MissingVault) -> None:
        self._database, self._vault = database, vault

    def unused_since(self, moment: datetime) -> list[str]:
        """See `SlideEraser.unused_since`."""
        limit = moment.astimezone(UTC).isoformat(timespec="microseconds")
        last = select(func.max(review_events.c.at)).where(review_events.c.slide_id == slides.c.id).scalar_subquery()
        query = select(slides.c.id).outerjoin(slide_index, slides.c.id == slide_index.c.slide_id)
        query = query.where(is_listed(), slides.c.imported_at < limit, func.coalesce(last, "") < limit)
        with self._database.read_transaction() as connection:
            return list(connection.execute(query.order_by(slides.c.id)).scalars())

    def erase(self, slide_ids: Sequence[str], *, reason: str, reviewer: str) -> None:
        """See `SlideEraser.erase`.

        The names go first: if the program dies in between, the slides are still listed under their pseudonyms and the
        erasure can be repeated.
        """
        self._vault.forget_slides(slide_ids)
        for slide_id in slide_ids:
            with self._database.write_transaction() as connection:
                _erase_slide(self._database, connection, slide_id, reason, reviewer)
        self._database.scrub()


def _erase_slide(database: Database, connection: Connection, slide_id: str, reason: str, reviewer: str) -> None:
    columns, erased = review_events.c, json.dumps(ERASED_PAYLOAD)
    # Erasures stay readable: later ones of the same slide, which was imported again, would lose what they name.
    concerned = (columns.slide_id == slide_id) & (columns.kind != EventKind.ERASE.value)
    concerned &= (columns.payload != erased) | (columns.cells != "[]")
    named = {str(seq): digest for seq, digest in connection.execute(select(columns.seq, columns.hash).where(concerned))}
    at, body = datetime.now(UTC).isoformat(timespec="microseconds"), {"reason": reason, "events": named}

    def make(seq: int, previous: str) -> ReviewEvent:
        return ReviewEvent(seq, uuid.uuid4().hex, slide_id, EventKind.ERASE, (), body, reviewer, at, previous, "")

    append_chained_row(database, connection, review_events, make)
    connection.execute(update(review_events).where(concerned).values(cells="[]", payload=erased))
    here = select(cells.c.id).where(cells.c.slide_id == slide_id)
    for table in (predictions, mask_predictions, competency_cells, competency_answers):
        connection.execute(delete(table).where(table.c.cell_id.in_(here)))
    unsent = (outbox.c.slide_id == slide_id) & (outbox.c.state != DeliveryState.DELIVERED.value)
    connection.execute(delete(outbox).where(unsent))
    for table in (cells, overviews, slide_readers):
        connection.execute(delete(table).where(table.c.slide_id == slide_id))
    nothing = {"patient": "", "layout": "", "um_per_px": None, "wbc_per_nl": None}
    connection.execute(update(slides).where(slides.c.id == slide_id).values(nothing))
    raise_version(connection, (slide_id,), erased_at=at, indexed_version=None, second_signed=0, **_NOTHING)
