"""Test databases with direct access that bypasses the program."""

from __future__ import annotations

import contextlib
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from tests.support.postgres import PostgresServer

Rows = list[tuple[object, ...]]


class TargetDatabase(ABC):
    """New and empty database.

    Attributes:
        name: ``sqlite`` or ``postgresql``.
        url: URL of the database.
        rejection_errors: Exceptions that its driver raises when the database rejects a statement.
    """

    name: str
    url: str
    rejection_errors: tuple[type[Exception], ...]

    @abstractmethod
    def execute(self, *statements: str) -> Rows:
        """Run statements directly, commit each, and return the rows of the last."""

    @abstractmethod
    def tables(self) -> list[str]:
        """Names of the tables."""

    @abstractmethod
    def drop_triggers(self) -> None:
        """Drop the triggers that protect the review log, as in an act of tampering."""

    @abstractmethod
    def create_another(self, folder: Path) -> contextlib.AbstractContextManager[TargetDatabase]:
        """Create a second database of the same kind; its file, if any, is in `folder`."""

    def content(self) -> dict[str, Rows]:
        """All rows of all tables."""
        return {table: self.execute(f"SELECT * FROM {table}") for table in self.tables()}  # noqa: S608 - our tables

    def insert_slide(self, slide_id: str = "S-00000000") -> None:
        """Insert a slide without cells."""
        self.execute(f"INSERT INTO slides VALUES ('{slide_id}', 'P-00000000', 'flat', '2024', 0, NULL, NULL)")  # noqa: S608


class SqliteTarget(TargetDatabase):
    """SQLite database in a file."""

    name = "sqlite"
    rejection_errors = (sqlite3.IntegrityError, sqlite3.OperationalError)

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def execute(self, *statements: str) -> Rows:
        with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as raw:
            rows: Rows = []
            for statement in statements:
                rows = raw.execute(statement).fetchall()
            return rows

    def tables(self) -> list[str]:
        rows = self.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [str(name) for (name,) in rows]

    def drop_triggers(self) -> None:
        for (name,) in self.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            self.execute(f"DROP TRIGGER {name}")

    @contextlib.contextmanager
    def create_another(self, folder: Path) -> Iterator[TargetDatabase]:
        yield SqliteTarget(folder / "another.db")


class PostgresTarget(TargetDatabase):
    """Database of a PostgreSQL server."""

    name = "postgresql"

    def __init__(self, server: PostgresServer, database: str) -> None:
        import psycopg

        self._server, self._database = server, database
        self.url = server.url(database)
        self.rejection_errors = (psycopg.Error,)

    def execute(self, *statements: str) -> Rows:
        return self._server.execute(self._database, *statements)

    def tables(self) -> list[str]:
        rows = self.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [str(name) for (name,) in rows]

    def drop_triggers(self) -> None:
        rows = self.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid WHERE NOT tgisinternal"
        )
        for name, table in rows:
            self.execute(f"DROP TRIGGER {name} ON {table}")

    @contextlib.contextmanager
    def create_another(self, folder: Path) -> Iterator[TargetDatabase]:
        with self._server.database() as name:
            yield PostgresTarget(self._server, name)
