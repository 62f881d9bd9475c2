"""Model registry of this workstation: an append-only, hash-chained database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from leukview.core.errors import ModelError, StoreError
from leukview.domain.models.model_registry import RegistryChange, RegistryEntry, champion_stack
from leukview.storage.chained_table import append_chained_row, read_chained_row
from leukview.storage.database import Database, open_database, sqlite_url
from leukview.storage.migrations import REGISTRY_MIGRATIONS
from leukview.storage.schema import model_entries
from leukview.storage.seals import Sealer

REGISTRY_FILE = "models.db"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqlModelRegistry:
    """Implements `leukview.services.models.registry.ModelRegistryStore`.

    Models belong to the workstation: the file is in its data folder, whichever database holds the slides.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime] = _utc_now,
        make_sealer: Callable[[Database], Sealer] | None = None,
    ) -> None:
        """Open nothing: the file is opened on first use, created by the first write.

        Args:
            folder: The data folder.
            clock: Current time, UTC.
            make_sealer: Attaches a sealer to the database; None = entries are not sealed.
        """
        self._folder, self._clock, self._make_sealer = folder, clock, make_sealer
        self._sealer: Sealer | None = None
        self._lock = threading.Lock()
        self._database_if_open: Database | None = None

    def _open_database(self) -> Database:
        with self._lock:
            if self._database_if_open is None:
                self._database_if_open = open_database(
                    sqlite_url(self._folder / REGISTRY_FILE),
                    backup_dir=self._folder / "backups",
                    migrations=REGISTRY_MIGRATIONS,
                )
                if self._make_sealer is not None:
                    self._sealer = self._make_sealer(self._database_if_open)
            return self._database_if_open

    def sealer(self) -> Sealer | None:
        """The sealer of the file, which is opened for it; None while there is no file. Raises `StoreError`."""
        if self._database_if_open is None and not (self._folder / REGISTRY_FILE).exists():
            return None
        self._open_database()
        return self._sealer

    def entries(self) -> list[RegistryEntry]:
        """See `ModelRegistryStore.entries`; raises `StoreError`."""
        if self._database_if_open is None and not (self._folder / REGISTRY_FILE).exists():
            return []
        with self._open_database().read_transaction() as connection:
            rows = connection.execute(select(model_entries).order_by(model_entries.c.seq)).all()
        return _read_entries(rows)

    def append(
        self,
        change: RegistryChange,
        *,
        bundle: str,
        name: str,
        before: str,
        signer: str,
        meaning: str,
        reason: str,
        comparison: str,
    ) -> RegistryEntry:
        """See `ModelRegistryStore.append`.

        Raises:
            ModelError: Another program changed the model meanwhile; nothing was written.
            StoreError: The entry could not be written.
        """
        at = self._clock().isoformat(timespec="microseconds")
        database = self._open_database()
        with database.write_transaction() as connection:
            rows = connection.execute(select(model_entries).order_by(model_entries.c.seq)).all()
            in_use = (champion_stack(_read_entries(rows)) or ("",))[-1]
            if in_use != before:
                raise ModelError("Another program changed the model in the meantime.", "Open the list of models again.")
            return append_chained_row(
                database,
                connection,
                model_entries,
                lambda seq, previous: RegistryEntry(
                    seq, change, bundle, name, before, signer, meaning, reason, comparison, at, previous, ""
                ),
            )

    def close(self) -> None:
        """Close the database file."""
        with self._lock:
            if self._database_if_open is not None:
                if self._sealer is not None:
                    self._sealer.close()
                self._database_if_open.close()
                self._database_if_open = self._sealer = None


def _read_entries(rows: Sequence[Row[Any]]) -> list[RegistryEntry]:
    try:
        return [read_chained_row(RegistryEntry, row, change=RegistryChange) for row in rows]
    except ValueError as error:
        raise StoreError("An entry of the model registry cannot be read.", "Update LeukView.") from error
