"""Sealers of the databases of a workstation."""

from __future__ import annotations

from leukview.core.paths import keys_dir
from leukview.storage.database import Database
from leukview.storage.schema import (
    model_entries,
    model_seal_statements,
    model_seals,
    profile_events,
    review_events,
    seal_statements,
    seals,
)
from leukview.storage.seals import SealedChain, Sealer, SealKey, reviewers_digest


def make_main_sealer(database: Database, key: SealKey) -> Sealer:
    """Attach a sealer of the review log and the record of reviewers to the main database, and start it."""
    chains = (SealedChain(review_events), SealedChain(profile_events, reviewers_digest))
    return _started(Sealer(database, chains, seals, seal_statements, key, keys_dir(create=False), database.location))


def make_registry_sealer(database: Database, key: SealKey) -> Sealer:
    """Attach a sealer to the database of the model registry, and start it."""
    chains = (SealedChain(model_entries),)
    return _started(
        Sealer(database, chains, model_seals, model_seal_statements, key, keys_dir(create=False), database.location)
    )


def _started(sealer: Sealer) -> Sealer:
    sealer.start()
    return sealer
