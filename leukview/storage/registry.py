"""The model registry of this workstation: a small database of its own, append-only and hash-chained."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select

from leukview.core.errors import ModelError, StoreError
from leukview.domain.registry import Change, RegistryEntry, champions, entry_hash
from leukview.domain.review import GENESIS
from leukview.storage.database import Database, open_database
from leukview.storage.migrations import REGISTRY_MIGRATIONS
from leukview.storage.schema import model_entries

FILE = "models.db"


def _now() -> datetime:
    return datetime.now(UTC)


class SqlModelRegistry:
    """Implements `leukview.services.models.RegistryStore`.

    Number, predecessor and hash of an entry are made inside the transaction that holds the write lock, so two programs
    cannot fork the chain. Models belong to the workstation, so the file lies in its data folder whatever database
    holds the slides.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = _now) -> None:
        """Nothing is opened before it is needed, nothing made before something is written."""
        self._folder, self._clock = folder, clock
        self._lock = threading.Lock()
        self._opened: Database | None = None

    def _database(self) -> Database:
        with self._lock:
            if self._opened is None:
                self._opened = open_database(
                    f"sqlite:///{self._folder / FILE}",
                    backup_dir=self._folder / "backups",
                    migrations=REGISTRY_MIGRATIONS,
                )
            return self._opened

    def entries(self) -> list[RegistryEntry]:
        """All entries in order. Raises `StoreError`."""
        if self._opened is None and not (self._folder / FILE).exists():
            return []
        with self._database().read() as connection:
            rows = connection.execute(select(model_entries).order_by(model_entries.c.seq)).all()
        return _read(rows)

    def append(
        self,
        change: Change,
        *,
        bundle: str,
        name: str,
        before: str,
        signer: str,
        meaning: str,
        reason: str,
        comparison: str,
    ) -> RegistryEntry:
        """Write one entry; when this returns, it is on the disk.

        Raises:
            ModelError: Another program changed the model meanwhile; nothing was written.
            StoreError: It could not be written.
        """
        with self._database().write() as connection:
            rows = connection.execute(select(model_entries).order_by(model_entries.c.seq)).all()
            known = _read(rows)
            in_use = (champions(known) or ("",))[-1]
            if in_use != before:
                raise ModelError("Another program changed the model meanwhile.", "Look at the models again.")
            seq, previous = (known[-1].seq + 1, known[-1].hash) if known else (1, GENESIS)
            at = self._clock().isoformat(timespec="microseconds")
            digest = entry_hash(
                seq=seq,
                change=change,
                bundle=bundle,
                name=name,
                before=before,
                signer=signer,
                meaning=meaning,
                reason=reason,
                comparison=comparison,
                at=at,
                previous=previous,
            )
            entry = RegistryEntry(
                seq, change, bundle, name, before, signer, meaning, reason, comparison, at, previous, digest
            )
            connection.execute(
                insert(model_entries).values(
                    seq=seq,
                    change=change.value,
                    bundle=bundle,
                    name=name,
                    before=before,
                    signer=signer,
                    meaning=meaning,
                    reason=reason,
                    comparison=comparison,
                    at=at,
                    previous=previous,
                    hash=digest,
                )
            )
        return entry

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None


def _read(rows: Sequence[Row[Any]]) -> list[RegistryEntry]:
    try:
        return [
            RegistryEntry(
                row.seq,
                Change(row.change),
                row.bundle,
                row.name,
                row.before,
                row.signer,
                row.meaning,
                row.reason,
                row.comparison,
                row.at,
                row.previous,
                row.hash,
            )
            for row in rows
        ]
    except ValueError as error:
        raise StoreError("An entry of the model registry cannot be read.", "Update LeukView.") from error
