"""Numbered schema migrations. A released migration is never edited."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

APPLICATION_ID = 0x4C454B56
"""SQLite's application id in the header of our main databases (“LEKV”)."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration.

    Attributes:
        apply: Runs inside the caller's transaction and must not commit.
    """

    version: int
    name: str
    apply: Callable[[Connection], None]


def _sql_migration(
    *statements: str, sqlite: Sequence[str] = (), postgresql: Sequence[str] = ()
) -> Callable[[Connection], None]:
    """Migration of portable SQL, plus statements for one kind of database."""
    besides = {"sqlite": sqlite, "postgresql": postgresql}

    def apply(connection: Connection) -> None:
        for statement in (*statements, *besides.get(connection.dialect.name, ())):
            connection.exec_driver_sql(statement)

    return apply


_INITIAL_SCHEMA = _sql_migration(
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

_REVIEWERS_TABLE = _sql_migration(
    """CREATE TABLE reviewers (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
        pin_hash TEXT NOT NULL, failures INTEGER NOT NULL, failed_at TEXT NOT NULL, created_at TEXT NOT NULL)"""
)

# Separate from `predictions`, which holds those inside the segmenter's mask, so that neither overwrites the other.
_MASK_PREDICTIONS_TABLE = _sql_migration(
    """CREATE TABLE mask_predictions (
        cell_id TEXT NOT NULL REFERENCES cells (id), mask TEXT NOT NULL, bundle TEXT NOT NULL,
        revision INTEGER NOT NULL, saved_at TEXT NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (cell_id, mask, bundle))"""
)

_PROFILE_EVENTS_TABLE = _sql_migration(
    "ALTER TABLE reviewers ADD COLUMN retired_at TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE profile_events (
        seq INTEGER PRIMARY KEY, profile_id TEXT NOT NULL REFERENCES reviewers (id), change TEXT NOT NULL,
        name TEXT NOT NULL, detail TEXT NOT NULL, actor TEXT NOT NULL, at TEXT NOT NULL, previous TEXT NOT NULL,
        hash TEXT NOT NULL)""",
    sqlite=(
        """CREATE TRIGGER profile_events_no_update BEFORE UPDATE ON profile_events
           BEGIN SELECT RAISE(ABORT, 'the record of profiles is append-only'); END""",
        """CREATE TRIGGER profile_events_no_delete BEFORE DELETE ON profile_events
           BEGIN SELECT RAISE(ABORT, 'the record of profiles is append-only'); END""",
        """CREATE TRIGGER reviewers_no_delete BEFORE DELETE ON reviewers
           BEGIN SELECT RAISE(ABORT, 'a reviewer is retired, never deleted'); END""",
    ),
    postgresql=(
        """CREATE FUNCTION profile_events_append_only() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'the record of profiles is append-only'; END $$""",
        """CREATE FUNCTION reviewers_kept() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'a reviewer is retired, never deleted'; END $$""",
        """CREATE TRIGGER profile_events_no_change BEFORE UPDATE OR DELETE ON profile_events
           FOR EACH ROW EXECUTE FUNCTION profile_events_append_only()""",
        """CREATE TRIGGER profile_events_no_truncate BEFORE TRUNCATE ON profile_events
           FOR EACH STATEMENT EXECUTE FUNCTION profile_events_append_only()""",
        """CREATE TRIGGER reviewers_no_delete BEFORE DELETE ON reviewers
           FOR EACH ROW EXECUTE FUNCTION reviewers_kept()""",
    ),
)

_POSTGRESQL_APPEND_ONLY = _sql_migration(
    postgresql=(
        """CREATE FUNCTION review_events_append_only() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'the review log is append-only'; END $$""",
        """CREATE FUNCTION review_events_next() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN
             IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM review_events) THEN
               RAISE EXCEPTION 'the review log has no gaps';
             END IF;
             RETURN NEW;
           END $$""",
        """CREATE TRIGGER review_events_no_change BEFORE UPDATE OR DELETE ON review_events
           FOR EACH ROW EXECUTE FUNCTION review_events_append_only()""",
        """CREATE TRIGGER review_events_no_truncate BEFORE TRUNCATE ON review_events
           FOR EACH STATEMENT EXECUTE FUNCTION review_events_append_only()""",
        """CREATE TRIGGER review_events_in_order BEFORE INSERT ON review_events
           FOR EACH ROW EXECUTE FUNCTION review_events_next()""",
    ),
)

_SEAL_TABLES = _sql_migration(
    """CREATE TABLE seals (
        chain TEXT NOT NULL, seq INTEGER NOT NULL, digest TEXT NOT NULL, key_id TEXT NOT NULL, mac TEXT NOT NULL,
        PRIMARY KEY (chain, seq))""",
    """CREATE TABLE seal_statements (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
        body TEXT NOT NULL, key_id TEXT NOT NULL, mac TEXT NOT NULL)""",
)

_ERASED_PAYLOAD = '{"erased": true}'
_UNCHANGED = " AND ".join(
    f"NEW.{name} = OLD.{name}" for name in ("seq", "id", "slide_id", "kind", "reviewer", "at", "previous", "hash")
)
_IS_ERASURE = f"NEW.cells = '[]' AND NEW.payload = '{_ERASED_PAYLOAD}' AND {_UNCHANGED}"

_ARCHIVE_TABLES = _sql_migration(
    # The worklist's row of each slide. `version` is raised by each write that concerns the slide; the other columns
    # are those of `indexed_version`, so that a row is out of date when the two differ.
    """CREATE TABLE slide_index (
        slide_id TEXT PRIMARY KEY REFERENCES slides (id), version INTEGER NOT NULL DEFAULT 0, indexed_version INTEGER,
        basis TEXT NOT NULL DEFAULT '', withdrawn INTEGER NOT NULL DEFAULT 0, erased_at TEXT NOT NULL DEFAULT '',
        dates TEXT NOT NULL DEFAULT '', state TEXT, reviewed INTEGER, alerts TEXT, classes TEXT, findings TEXT,
        late INTEGER, second_late INTEGER,
        second_state TEXT, second_reviewed INTEGER, second_classes TEXT, second_findings TEXT,
        second_signed INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE slide_readers (
        slide_id TEXT NOT NULL REFERENCES slides (id), reading INTEGER NOT NULL, reviewer TEXT NOT NULL,
        PRIMARY KEY (slide_id, reading, reviewer))""",
    "CREATE TABLE store_info (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE INDEX slides_by_time ON slides (imported_at, id)",
    "CREATE INDEX slides_by_patient ON slides (patient, id)",
    "CREATE INDEX review_events_by_kind ON review_events (kind, seq)",
    "CREATE INDEX review_events_by_reviewer ON review_events (reviewer, seq)",
    "CREATE INDEX mask_predictions_by_revision ON mask_predictions (revision)",
    # The content of an event may be erased, never its hash; `find_broken_event` asks for the erasure that names it.
    sqlite=(
        "DROP TRIGGER IF EXISTS review_events_no_update",
        f"""CREATE TRIGGER review_events_no_update BEFORE UPDATE ON review_events WHEN NOT ({_IS_ERASURE})
           BEGIN SELECT RAISE(ABORT, 'the review log is append-only'); END""",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    postgresql=(
        f"""CREATE OR REPLACE FUNCTION review_events_append_only() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN
             IF TG_OP = 'UPDATE' THEN
               IF {_IS_ERASURE} THEN RETURN NEW; END IF;
             END IF;
             RAISE EXCEPTION 'the review log is append-only';
           END $$""",
    ),
)


# The messages themselves name patients: they are in the identity vault.
_OUTBOX_TABLES = _sql_migration(
    """CREATE TABLE outbox (
        number INTEGER PRIMARY KEY, control_id TEXT NOT NULL UNIQUE, slide_id TEXT NOT NULL, event_id TEXT NOT NULL,
        workstation TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, state TEXT NOT NULL,
        attempts INTEGER NOT NULL, next_attempt_at TEXT NOT NULL, answer TEXT NOT NULL, answered_at TEXT NOT NULL)""",
    "CREATE INDEX outbox_by_state ON outbox (state, number)",
    "CREATE INDEX outbox_by_slide ON outbox (slide_id, number)",
    """CREATE TABLE leases (
        name TEXT PRIMARY KEY, holder TEXT NOT NULL, expires_at TEXT NOT NULL, failures INTEGER NOT NULL,
        not_before TEXT NOT NULL)""",
)


_COMPETENCY_TABLES = _sql_migration(
    """CREATE TABLE competency_sets (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL)""",
    """CREATE TABLE competency_cells (
        set_number INTEGER NOT NULL, cell_id TEXT NOT NULL, class_key TEXT NOT NULL,
        PRIMARY KEY (set_number, cell_id))""",
    """CREATE TABLE competency_answers (
        number INTEGER PRIMARY KEY, set_number INTEGER NOT NULL, person TEXT NOT NULL, round_number INTEGER NOT NULL,
        cell_id TEXT NOT NULL, label TEXT NOT NULL, at TEXT NOT NULL,
        UNIQUE (set_number, person, round_number, cell_id))""",
)


def _add_archive_tables(connection: Connection) -> None:
    _ARCHIVE_TABLES(connection)
    connection.exec_driver_sql(
        f"INSERT INTO store_info (key, value) VALUES ('database', '{uuid.uuid4().hex}')"  # noqa: S608 - our own value
    )


_URGENCY_COLUMNS = _sql_migration(
    "ALTER TABLE slide_index ADD COLUMN headline TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE slide_index ADD COLUMN urgency TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX slide_index_by_urgency ON slide_index (urgency, slide_id)",
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "slides, cells, predictions, review events", _INITIAL_SCHEMA),
    Migration(2, "reviewers", _REVIEWERS_TABLE),
    Migration(3, "predictions inside repaired masks", _MASK_PREDICTIONS_TABLE),
    Migration(4, "the review log is append-only on PostgreSQL as on SQLite", _POSTGRESQL_APPEND_ONLY),
    Migration(5, "the record of reviewers", _PROFILE_EVENTS_TABLE),
    Migration(6, "seals of the chains", _SEAL_TABLES),
    Migration(7, "index of the worklist, erasure, identity of the database", _add_archive_tables),
    Migration(8, "outbox of results", _OUTBOX_TABLES),
    Migration(9, "competency of persons", _COMPETENCY_TABLES),
    Migration(10, "urgency of the slides in the worklist", _URGENCY_COLUMNS),
)

VAULT_MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "identities and locations",
        _sql_migration(
            "CREATE TABLE patients (pseudonym TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            """CREATE TABLE identities (
                slide TEXT PRIMARY KEY, patient TEXT NOT NULL REFERENCES patients (pseudonym),
                order_name TEXT NOT NULL, counter INTEGER NOT NULL, UNIQUE (patient, order_name, counter))""",
            """CREATE TABLE locations (
                slide TEXT NOT NULL REFERENCES identities (slide), sha256 TEXT NOT NULL,
                root TEXT NOT NULL, inner_path TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (slide, sha256))""",
        ),
    ),
    Migration(
        2,
        "fingerprint of the key",
        _sql_migration("CREATE TABLE vault_facts (name TEXT PRIMARY KEY, content TEXT NOT NULL)"),
    ),
)

EXCHANGE_VAULT_MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        4,
        "encrypted records of the exchange with the laboratory",
        _sql_migration(
            """CREATE TABLE sealed_records (
                number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, slide TEXT NOT NULL,
                at TEXT NOT NULL, state TEXT NOT NULL, sealed TEXT NOT NULL, UNIQUE (kind, key))""",
            "CREATE INDEX sealed_records_by_slide ON sealed_records (slide)",
        ),
    ),
    Migration(
        5,
        "samples of the encrypted records",
        _sql_migration(
            """CREATE TABLE record_samples (
                record INTEGER NOT NULL, sample TEXT NOT NULL, PRIMARY KEY (record, sample))""",
            "CREATE INDEX record_samples_by_sample ON record_samples (sample)",
        ),
    ),
)
"""Come after the encryption of the vault, which needs its cipher (`vault_migrations`)."""

REGISTRY_MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "installations of models",
        _sql_migration(
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
    Migration(2, "seals of the registry", _SEAL_TABLES),
)
