"""Opening of databases: durability, locking, migrations, error messages.

No other module opens a database.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from leukview.core.errors import StoreError
from leukview.core.messages import Message
from leukview.domain.review.hash_chain import ChainedRow
from leukview.storage.file_guard import FileGuard, read_database_id
from leukview.storage.migrations import MIGRATIONS, Migration

if TYPE_CHECKING:
    from leukview.storage.seals import Sealer

_log = logging.getLogger(__name__)

_WRITER_OPTION = "leukview_writer"
_DURABLE_MODES = frozenset({"delete", "truncate", "persist"})
"""Journal modes of SQLite, beside the write-ahead log, that survive a power failure."""
_URI_PARAMETERS = frozenset({"uri", "mode", "cache", "vfs", "nolock", "immutable", "psow", "modeof"})
"""Parameters of an SQLite URI."""
_SQLITE_FALSE = frozenset({"0", "no", "off", "false"})
_ADVISORY_LOCK = 0x1E0C  # arbitrary fixed number: serialises the writers of one PostgreSQL database
_SQLITE_MESSAGES = (
    ("locked", "The database is in use by another program.", "Close the other window, or try again in a moment."),
    ("busy", "The database is in use by another program.", "Close the other window, or try again in a moment."),
    ("malformed", "The database file is damaged.", "Restore a copy from the backups folder."),
    ("not a database", "The database file is damaged or is not a database.", "Restore a copy from the backups folder."),
    ("readonly", "The database is read-only.", "Ask for write access to its folder."),
    ("unable to open", "The database cannot be opened.", "Check that its folder exists and that you may write to it."),
    ("full", "There is no space left for the database.", "Free some space and try again."),
    ("locking protocol", "The place of the database does not lock files.", "Choose a folder on this machine's disk."),
    (
        "disk i/o",
        "The disk that holds the database reports an error.",
        "Check the disk; stop working with this database.",
    ),
)
"""Substring of SQLite's error message → message and hint."""
_SQLSTATE_MESSAGES = (
    ("55P03", "The database is in use by another program.", "Try again in a moment."),
    ("28", "The database server refuses the user or the password.", "Check LEUKVIEW_DATABASE_URL."),
    ("3D", "The database server has no database of this name.", "Let its administrator create it."),
    ("42501", "The database server does not allow this to the user.", "Ask its administrator for the rights."),
    ("25006", "The database is read-only.", "Ask its administrator for write access."),
    ("53100", "There is no space left for the database.", "Tell its administrator, and try again then."),
    ("53300", "The database server has too many connections.", "Try again in a moment, or tell its administrator."),
    ("08", "The connection with the database server broke.", "Check the network, and try again."),
    ("57P", "The database server ends or starts.", "Try again in a moment."),
)
"""Prefix of a PostgreSQL SQLSTATE → message and hint."""
_CONNECTION_MESSAGES = (
    ("password", *_SQLSTATE_MESSAGES[1][1:]),
    ("authentication", *_SQLSTATE_MESSAGES[1][1:]),
    ("closed the connection", "The connection with the database server broke.", "Check the network, and try again."),
    ("does not exist", "The database server does not know this database or user.", "Check LEUKVIEW_DATABASE_URL."),
    ("", "The database server cannot be reached.", "Check the network and LEUKVIEW_DATABASE_URL, and try again."),
)
"""Substring of the driver's message for connection errors without SQLSTATE → message and hint."""


@contextlib.contextmanager
def translate_database_errors() -> Iterator[None]:
    """Convert database driver errors to `StoreError`.

    Raises:
        StoreError: One sentence and a hint; the driver's message stays in the chained exception.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        message, hint = _error_message(error.orig if isinstance(error, DBAPIError) else error)
        raise StoreError(message, hint) from error


def _error_message(error: BaseException | None) -> tuple[str, str]:
    reason = str(error).casefold()
    if not isinstance(error, sqlite3.Error):
        state = getattr(error, "sqlstate", None)
        if state is None and type(error).__name__ == "OperationalError":
            return next((message, hint) for word, message, hint in _CONNECTION_MESSAGES if word in reason)
        found = [(message, hint) for start, message, hint in _SQLSTATE_MESSAGES if str(state).startswith(start)]
    else:
        found = [(message, hint) for word, message, hint in _SQLITE_MESSAGES if word in reason]
    return found[0] if found else ("The database refused the operation.", "No changes were made.")


class _OpenTransaction(threading.local):
    """Write transaction of the current thread, and what is to be done after it."""

    connection: Connection | None = None
    after_commit: tuple[Callable[[], None], ...] = ()


class Database:
    """An open, migrated database; safe to use from any thread.

    `read_transaction` sees one consistent state. `write_transaction` holds the write lock from its first statement
    on (``BEGIN IMMEDIATE`` in SQLite, an advisory lock in PostgreSQL), so that nothing it reads can change before
    it commits.
    """

    def __init__(self, engine: Engine, path: Path | None = None) -> None:
        self._guard = FileGuard(path) if path is not None else None
        reader: dict[str, Any] = {}
        writer: dict[str, Any] = {_WRITER_OPTION: True}
        if engine.dialect.name == "postgresql":
            # A reader's snapshot dates from its first statement. A writer needs a new snapshot in each statement: that
            # of the first is older than the lock it then waits for, so that its event would not follow the last one.
            reader, writer = {"isolation_level": "REPEATABLE READ"}, {"isolation_level": "READ COMMITTED"}
        self._engine = engine.execution_options(**reader)
        self._writer = engine.execution_options(**writer)
        self._open = _OpenTransaction()
        self._sealer: Sealer | None = None

    @property
    def location(self) -> str:
        """Address of the database without user and password; of a file its resolved path."""
        url = self._engine.url
        if self._engine.dialect.name == "sqlite":
            return str(_sqlite_path(url).resolve())
        return url.set(username=None, password=None, query={}).render_as_string()

    @property
    def is_shared_server(self) -> bool:
        """Whether workstations with keys of their own write to it."""
        return self._engine.dialect.name != "sqlite"

    def attach_sealer(self, sealer: Sealer) -> None:
        """Seal each row of a chain from now on."""
        self._sealer = sealer

    def seal_row(self, connection: Connection, table: Table, row: ChainedRow) -> None:
        """Seal a row of a chain in its own transaction; nothing happens without a sealer. Raises `StoreError`."""
        if self._sealer is not None:
            self._sealer.seal_row(connection, table, row)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something as soon as the current write transaction is committed; not if it is rolled back."""
        self._open.after_commit += (action,)

    @contextlib.contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """Read transaction, part of the thread's write transaction when there is one. Raises `StoreError`."""
        if self._open.connection is not None:
            with translate_database_errors():
                yield self._open.connection
            return
        if self._guard is not None:
            self._guard.check_file()
        with translate_database_errors(), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def write_transaction(self) -> Iterator[Connection]:
        """Write transaction: durable when the block ends, rolled back when it raises.

        Inside another write transaction of the same thread it is part of that one, which then commits or rolls back
        everything.

        Raises:
            StoreError: The database rejects a statement; the transaction is rolled back. Or the file was deleted,
                replaced, renamed or cut since it was opened, so that what the block wrote is not kept.
        """
        if self._open.connection is not None:
            with translate_database_errors():
                yield self._open.connection
            return
        if self._guard is not None:
            self._guard.check_file()
        actions: list[Callable[[], None]] = []
        try:
            with translate_database_errors(), self._writer.begin() as connection:
                if self._guard is not None:
                    self._guard.check_identity(connection)
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
                self._open.connection, self._open.after_commit = connection, ()
                yield connection
                actions.extend(self._open.after_commit)
        finally:
            self._open.connection, self._open.after_commit = None, ()
        if self._guard is not None:  # before the caller takes the write for kept, and before its head is kept
            self._guard.check_file(thorough=True)
        for act in actions:
            act()

    def has_slides(self) -> bool:
        """Whether there is any slide. Raises `StoreError`."""
        with self.read_transaction() as connection:
            return connection.exec_driver_sql("SELECT id FROM slides LIMIT 1").first() is not None

    def watch_file(self) -> None:
        """Remember the identity of the file; from now on each transaction compares it.

        Raises:
            StoreError: The file cannot be read.
        """
        if self._guard is not None:
            with self.read_transaction() as connection:
                self._guard.remember(connection)

    def database_id(self) -> str:
        """The random id given to the database when it was made; "" for files without one."""
        with self.read_transaction() as connection:
            return read_database_id(connection)

    def scrub(self) -> None:
        """Remove what deleted rows have left in the file and in its write-ahead log.

        A server's files are up to its administrator.

        Raises:
            StoreError: The file is in use or cannot be written.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with translate_database_errors(), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            if not isinstance(raw, sqlite3.Connection):
                return
            raw.rollback()
            raw.execute("PRAGMA secure_delete=ON")
            raw.execute("VACUUM")
            if raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:  # after the busy timeout
                raise StoreError(
                    "The database is in use; deleted content may remain in its write-ahead log.",
                    "Close the other windows of LeukView; the log is emptied when the last one closes.",
                )

    def check_integrity(self) -> bool:
        """Whether the file passes SQLite's integrity check, which may take seconds.

        Always True for other databases.
        """
        if self._engine.dialect.name != "sqlite":
            return True
        with self.read_transaction() as connection:
            return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"

    def close(self) -> None:
        """Close all connections; SQLite then merges the write-ahead log into the file."""
        self._engine.dispose()
        if self._guard is not None:
            self._guard.close()


def sqlite_url(path: Path) -> URL:
    """URL of an SQLite file; no character of the path has a meaning of its own."""
    return URL.create("sqlite", database=str(path.absolute()))


def open_database(
    url: str | URL,
    *,
    backup_dir: Path,
    migrations: Sequence[Migration] = MIGRATIONS,
    busy_timeout_s: float = 10.0,
) -> Database:
    """Open a database; create it when new, migrate it when old.

    SQLite: write-ahead log with ``synchronous=FULL`` (a commit is on disk when it returns), foreign keys on, BEGIN
    issued by this program. Where a place does not support the write-ahead log, a rollback journal with
    ``synchronous=EXTRA`` gives the same guarantee. PostgreSQL, with psycopg 3: commits are on the server's disk when
    they return, whatever its settings; a writer waits up to `busy_timeout_s` for others. Only SQLite files are copied
    before a migration; backing up a server is up to its administrator.

    Args:
        url: SQLAlchemy URL; SQLite must name a file. `sqlite_url` makes one of a path.
        backup_dir: Folder for copies made before migrations; copies are never deleted.
        migrations: Migrations numbered 1, 2, …; another list for another kind of file.
        busy_timeout_s: Seconds to wait for another program's lock.

    Raises:
        StoreError: The URL is invalid; the file is damaged, locked, read-only, not ours or newer than the program; or
            a migration failed, in which case the file is unchanged.
    """
    try:
        if "\0" in str(url):
            raise ArgumentError("a NUL character")
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        path = _sqlite_path(parsed) if parsed.get_backend_name() == "sqlite" else None
        if path and (parsed.database or "").startswith("file:"):
            parsed = parsed.update_query_dict({"uri": "true"})
        if parsed.drivername == "postgresql+psycopg":
            engine = create_engine(
                parsed, connect_args=_postgresql_connect_args(parsed, busy_timeout_s), pool_pre_ping=True
            )
        else:
            engine = create_engine(parsed, connect_args={"timeout": busy_timeout_s} if path else {})
    except ModuleNotFoundError as error:
        raise StoreError(
            Message("The driver of this database ({name}) is not installed.", name=error.name),
            "For PostgreSQL install leukview[postgres].",
        ) from error
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError, TypeError) as error:
        raise StoreError("The address of the database cannot be used.", "Check LEUKVIEW_DATABASE_URL.") from error
    if path:
        _configure_sqlite(engine, path, busy_timeout_s)
    database = Database(engine, path)
    try:
        _apply_migrations(database, path, backup_dir, migrations)
        database.watch_file()
    except BaseException:
        database.close()
        raise
    return database


def _sqlite_path(url: URL) -> Path:
    """File that the URL names. SQLite reads a name that begins with ``file:`` as a URI, so that ``%20`` is a blank."""
    name = url.database or ""
    is_uri = name.startswith("file:")
    if is_uri:
        name = url2pathname(urlsplit(name).path)
    unknown = set(url.query) - (_URI_PARAMETERS if is_uri else {"uri"})
    if "\0" in name or (is_uri and not name) or unknown:
        raise StoreError("The address of the database cannot be used.", "Check LEUKVIEW_DATABASE_URL.")
    if not name or name == ":memory:" or url.query.get("mode") == "memory" or url.query.get("vfs") == "memdb":
        raise StoreError(
            "The database needs a file.", "A database in memory would lose the review when the program closes."
        )
    unlocked = any(url.query.get(name, "0") not in _SQLITE_FALSE for name in ("nolock", "immutable"))
    if unlocked or url.query.get("vfs") == "unix-none":
        raise StoreError(
            "The address of the database turns its file locks off: two connections could damage it.",
            "Remove nolock, immutable or vfs=unix-none from it; vfs=unix-dotfile locks where the place itself cannot.",
        )
    return Path(name)


def _postgresql_connect_args(url: URL, busy_timeout_s: float) -> dict[str, object]:
    """Connection arguments for PostgreSQL, with timeouts against hung lock holders."""
    given = url.query.get("options", ())
    options = [given] if isinstance(given, str) else list(given)
    options += [
        f"-c lock_timeout={max(1, int(busy_timeout_s * 1000))}",
        "-c idle_in_transaction_session_timeout=60000",
        "-c synchronous_commit=on",
        "-c client_encoding=UTF8",
    ]
    return {"options": " ".join(options), "connect_timeout": 10, "application_name": "leukview"}


def _configure_sqlite(engine: Engine, path: Path, busy_timeout_s: float) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)  # SQLite gives the -wal and -shm files the same permissions
        if not path.is_file():  # SQLite would wait for ever for a pipe
            raise StoreError("The address of the database does not name a file.", "Choose another name.")
    except (OSError, ValueError) as error:
        raise StoreError("The database cannot be created there.", "Choose a folder to which you may write.") from error

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we issue BEGIN and COMMIT ourselves
        connection.execute(f"PRAGMA busy_timeout={int(busy_timeout_s * 1000)}")
        mode = _enable_wal(connection, time.monotonic() + busy_timeout_s)
        # FULL syncs each commit; NORMAL could lose the last ones in a power failure. With a rollback journal the end of
        # a commit is the deletion of the journal, which only EXTRA syncs.
        durable = "synchronous=FULL" if mode == "wal" else "synchronous=EXTRA"
        for pragma in (durable, "fullfsync=ON", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITER_OPTION, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _enable_wal(connection: sqlite3.Connection, deadline: float) -> str:
    """Switch to the write-ahead log, retrying until `deadline`; returns the journal mode.

    SQLite's busy timeout does not cover the switch, which fails when two programs open a new file at the same time.
    Where the place has no shared memory or no locks, SQLite keeps its rollback journal without an error.
    """
    mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    while mode != "wal":
        try:
            mode = str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            if mode != "wal" and mode not in _DURABLE_MODES:
                mode = str(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0])
            break
    if mode != "wal" and mode not in _DURABLE_MODES:
        raise StoreError(
            "The file system of the database does not support its journal, so a power failure could lose reviews.",
            "Choose another folder.",
        )
    return mode


def _schema_version(connection: Connection) -> int:
    """Number of the last migration; 0 for an empty database."""
    tables = inspect(connection).get_table_names()
    if "schema_version" in tables:
        return int(connection.exec_driver_sql("SELECT COALESCE(MAX(version), 0) FROM schema_version").scalar_one())
    if tables:
        raise StoreError("This database was not made by LeukView.", "Choose another file.")
    return 0


def _refuse_newer(version: int, newest: int) -> None:
    if version > newest:
        raise StoreError(
            "This database was made by a newer version of LeukView.", "Update LeukView on this workstation to open it."
        )


def _apply_migrations(database: Database, path: Path | None, backup_dir: Path, migrations: Sequence[Migration]) -> None:
    """Apply all pending migrations in one transaction, after a backup."""
    newest = migrations[-1].version
    with database.read_transaction() as connection:
        version = _schema_version(connection)
    _refuse_newer(version, newest)
    if version == newest:
        return
    backup = _back_up_sqlite(path, backup_dir, version) if path and version else None
    try:
        with database.write_transaction() as connection:
            version = _schema_version(connection)  # another process may have migrated it meanwhile
            _refuse_newer(version, newest)
            for migration in migrations:
                if migration.version > version:
                    _apply_migration(connection, migration)
    except Exception as error:
        if version == 0 and isinstance(error, StoreError):
            raise
        hint = f"A copy of it is {backup}." if backup else ""
        raise StoreError("The database could not be updated; it was left unchanged.", hint) from error
    _log.info("database brought from version %d to %d", version, newest)


def _apply_migration(connection: Connection, migration: Migration) -> None:
    migration.apply(connection)
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS schema_version "
        "(version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
    )
    # Literals are portable between drivers, placeholders are not; none of these values comes from a user.
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.exec_driver_sql(
        f"INSERT INTO schema_version (version, name, applied_at) "  # noqa: S608 - see above
        f"VALUES ({migration.version:d}, '{migration.name}', '{now}')"
    )


def _back_up_sqlite(path: Path, backup_dir: Path, version: int) -> Path:
    """Copy the file, write-ahead log included, and check the copy.

    Raises:
        StoreError: The copy failed or is damaged; the caller must not migrate.
    """
    target = backup_dir / f"{path.stem}-v{version}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z{path.suffix}"
    try:
        backup_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            sound = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        target.chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            "The database was not updated, because no copy of it could be made first.",
            "Check the free space and the rights of the backups folder.",
        ) from error
    if not sound:
        raise StoreError("The database file is damaged.", "Restore a copy from the backups folder.")
    return target
