"""Change feed over the database: a few index look-ups, polled every second."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

from leukview.core.errors import StoreError
from leukview.domain.prediction import Prediction
from leukview.services.ports.change_feed import ChangeCursor, Changes
from leukview.storage.database import Database
from leukview.storage.prediction_codec import prediction_from_json
from leukview.storage.schema import cells, mask_predictions, predictions, review_events, slides


class SqlChangeFeed:
    """Implements `leukview.services.ports.change_feed.ChangeFeed`.

    Event numbers and revisions are assigned under the write lock: they become visible in order, so that a cursor misses
    none. SQLite's ``data_version`` would be cheaper, but is per connection and not per pool, and PostgreSQL has none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def poll(self, cursor: ChangeCursor | None) -> Changes:
        """See `ChangeFeed.poll`."""
        with self._database.read_transaction() as connection:
            mark = _read_cursor(connection)
            if cursor is None or cursor == mark:
                return Changes(mark)
            return Changes(
                mark,
                _last_events_since(connection, cursor.seq) if mark.seq > cursor.seq else {},
                _slides_predicted_since(connection, predictions, cursor.prediction_revision)
                if mark.prediction_revision > cursor.prediction_revision
                else frozenset(),
                _slides_predicted_since(connection, mask_predictions, cursor.mask_revision)
                if mark.mask_revision > cursor.mask_revision
                else frozenset(),
                frozenset(connection.execute(select(slides.c.id)).scalars())
                if mark.slide_count != cursor.slide_count
                else None,
            )

    def predictions_since(self, slide_id: str, revision: int) -> dict[str, Prediction]:
        """See `ChangeFeed.predictions_since`."""
        query = (
            select(predictions.c.cell_id, predictions.c.body)
            .join_from(predictions, cells, predictions.c.cell_id == cells.c.id)
            .where(cells.c.slide_id == slide_id, predictions.c.revision > revision)
            .order_by(predictions.c.revision)  # in the dict below, later rows replace earlier ones
        )
        with self._database.read_transaction() as connection:
            rows = connection.execute(query).all()
        try:
            return {row.cell_id: prediction_from_json(row.body) for row in rows}
        except ValueError as error:
            raise StoreError("A stored prediction is damaged.", "Restore a copy from the backups folder.") from error


def _read_cursor(connection: Connection) -> ChangeCursor:
    newest = select(func.coalesce(func.max(review_events.c.seq), 0)).scalar_subquery()
    revision, inside = (
        select(func.coalesce(func.max(table.c.revision), 0)).scalar_subquery()
        for table in (predictions, mask_predictions)
    )
    count = select(func.count()).select_from(slides).scalar_subquery()
    row = connection.execute(select(newest, revision, inside, count)).one()
    return ChangeCursor(int(row[0]), int(row[1]), int(row[2]), int(row[3]))


def _last_events_since(connection: Connection, seq: int) -> dict[str, int]:
    query = (
        select(review_events.c.slide_id, func.max(review_events.c.seq))
        .where(review_events.c.seq > seq)
        .group_by(review_events.c.slide_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _slides_predicted_since(connection: Connection, table: Table, revision: int) -> frozenset[str]:
    query = (
        select(cells.c.slide_id)
        .join_from(table, cells, table.c.cell_id == cells.c.id)
        .where(table.c.revision > revision)
        .distinct()
    )
    return frozenset(connection.execute(query).scalars())
