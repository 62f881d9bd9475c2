"""Sealers of the databases of a workstation."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from leukview.core.errors import StoreError
from leukview.core.paths import keys_dir
from leukview.storage.database import Database
from leukview.storage.model_registry import REGISTRY_FILE
from leukview.storage.schema import (
    model_entries,
    model_seal_statements,
    model_seals,
    profile_events,
    review_events,
    seal_statements,
    seals,
    slides,
)
from leukview.storage.sealed_heads import SealedHeadStore
from leukview.storage.seals import SealedChain, Sealer, SealKey, reviewers_digest


def make_main_sealer(database: Database, key: SealKey) -> Sealer:
    """Attach a sealer of the review log and the record of reviewers to the main database, and start it."""
    chains = (SealedChain(review_events), SealedChain(profile_events, reviewers_digest))
    return _started(
        Sealer(
            database,
            chains,
            seals,
            seal_statements,
            key,
            keys_dir(create=False),
            database.location,
            lambda connection: connection.execute(select(slides.c.id).limit(1)).first() is not None,
        )
    )


def make_registry_sealer(database: Database, key: SealKey) -> Sealer:
    """Attach a sealer to the database of the model registry, and start it."""
    chains = (SealedChain(model_entries),)
    return _started(
        Sealer(database, chains, model_seals, model_seal_statements, key, keys_dir(create=False), database.location)
    )


def is_registry_gone(folder: Path, key: SealKey) -> bool:
    """Whether the file of a sealed model registry is gone from the data folder. Raises `StoreError`."""
    file = (folder / REGISTRY_FILE).resolve()
    if file.exists():
        return False
    try:
        kept = SealedHeadStore(keys_dir(create=False), str(file), key.get()).read()
    except OSError as error:
        raise StoreError(
            "The sealed head of the log, stored outside the database, cannot be read.",
            "Check the rights of its folder.",
        ) from error
    return kept is not None and bool(kept.heads)


def _started(sealer: Sealer) -> Sealer:
    sealer.start()
    return sealer
