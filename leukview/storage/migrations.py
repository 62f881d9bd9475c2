"""Numbered steps that bring a database from one version to the next. A step that was released is never edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; `apply` runs inside the caller's transaction and must not commit."""

    version: int
    name: str
    apply: Callable[[Connection], None]


def _run(*statements: str, sqlite: Sequence[str] = ()) -> Callable[[Connection], None]:
    """A step of plain, portable SQL, and what SQLite gets besides."""

    def apply(connection: Connection) -> None:
        for statement in (*statements, *(sqlite if connection.dialect.name == "sqlite" else ())):
            connection.exec_driver_sql(statement)

    return apply


_FIRST = _run(
    """CREATE TABLE slides (
        id TEXT PRIMARY KEY, patient TEXT NOT NULL, layout TEXT NOT NULL, imported_at TEXT NOT NULL,
        synthetic INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
        um_per_px DOUBLE PRECISION, wbc_per_nl DOUBLE PRECISION)""",
    """CREATE TABLE cells (
        id TEXT PRIMARY KEY, slide_id TEXT NOT NULL REFERENCES slides (id), number INTEGER NOT NULL,
        sha256 TEXT NOT NULL, width_px INTEGER NOT NULL, height_px INTEGER NOT NULL,
        source_class TEXT, source_name TEXT, source_code TEXT, conflicts TEXT NOT NULL,
        UNIQUE (slide_id, number), UNIQUE (slide_id, sha256))""",
    """CREATE TABLE overviews (
        slide_id TEXT NOT NULL REFERENCES slides (id), sha256 TEXT NOT NULL,
        width_px INTEGER NOT NULL, height_px INTEGER NOT NULL, PRIMARY KEY (slide_id, sha256))""",
    """CREATE TABLE predictions (
        cell_id TEXT NOT NULL REFERENCES cells (id), bundle TEXT NOT NULL, segmenter TEXT NOT NULL,
        revision INTEGER NOT NULL, saved_at TEXT NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (cell_id, bundle))""",
    "CREATE INDEX predictions_by_revision ON predictions (revision)",
    """CREATE TABLE review_events (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, slide_id TEXT NOT NULL REFERENCES slides (id),
        kind TEXT NOT NULL, cells TEXT NOT NULL, payload TEXT NOT NULL, reviewer TEXT NOT NULL, at TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL)""",
    "CREATE INDEX review_events_by_slide ON review_events (slide_id, seq)",
    sqlite=(
        """CREATE TRIGGER review_events_no_update BEFORE UPDATE ON review_events
           BEGIN SELECT RAISE(ABORT, 'the review log is append-only'); END""",
        """CREATE TRIGGER review_events_no_delete BEFORE DELETE ON review_events
           BEGIN SELECT RAISE(ABORT, 'the review log is append-only'); END""",
        """CREATE TRIGGER review_events_in_order BEFORE INSERT ON review_events
           WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM review_events)
           BEGIN SELECT RAISE(ABORT, 'the review log has no gaps'); END""",
    ),
)

_REVIEWERS = _run(
    """CREATE TABLE reviewers (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
        pin_hash TEXT NOT NULL, failures INTEGER NOT NULL, failed_at TEXT NOT NULL, created_at TEXT NOT NULL)"""
)

# Apart from `predictions`, which keeps what was said inside the segmenter's mask: neither overwrites the other.
_MASK_PREDICTIONS = _run(
    """CREATE TABLE mask_predictions (
        cell_id TEXT NOT NULL REFERENCES cells (id), mask TEXT NOT NULL, bundle TEXT NOT NULL,
        revision INTEGER NOT NULL, saved_at TEXT NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (cell_id, mask, bundle))"""
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "slides, cells, predictions, review events", _FIRST),
    Migration(2, "reviewers", _REVIEWERS),
    Migration(3, "predictions inside repaired masks", _MASK_PREDICTIONS),
)

VAULT_MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "identities and locations",
        _run(
            "CREATE TABLE patients (pseudonym TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            """CREATE TABLE identities (
                slide TEXT PRIMARY KEY, patient TEXT NOT NULL REFERENCES patients (pseudonym),
                order_name TEXT NOT NULL, counter INTEGER NOT NULL, UNIQUE (patient, order_name, counter))""",
            """CREATE TABLE locations (
                slide TEXT NOT NULL REFERENCES identities (slide), sha256 TEXT NOT NULL,
                root TEXT NOT NULL, inner_path TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (slide, sha256))""",
        ),
    ),
)

REGISTRY_MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "installations of models",
        _run(
            """CREATE TABLE model_entries (
                seq INTEGER PRIMARY KEY, change TEXT NOT NULL, bundle TEXT NOT NULL, name TEXT NOT NULL,
                before TEXT NOT NULL, signer TEXT NOT NULL, meaning TEXT NOT NULL, reason TEXT NOT NULL,
                comparison TEXT NOT NULL, at TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)""",
            sqlite=(
                """CREATE TRIGGER model_entries_no_update BEFORE UPDATE ON model_entries
                   BEGIN SELECT RAISE(ABORT, 'the model registry is append-only'); END""",
                """CREATE TRIGGER model_entries_no_delete BEFORE DELETE ON model_entries
                   BEGIN SELECT RAISE(ABORT, 'the model registry is append-only'); END""",
                """CREATE TRIGGER model_entries_in_order BEFORE INSERT ON model_entries
                   WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM model_entries)
                   BEGIN SELECT RAISE(ABORT, 'the model registry has no gaps'); END""",
            ),
        ),
    ),
)
