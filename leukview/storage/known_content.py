"""Stored slides by the content of their cells, with the folder names that the vault knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from leukview.domain.slide import Cell, SlideDraft
from leukview.storage.database import Database
from leukview.storage.schema import cells
from leukview.storage.slide_store import cell_from_row
from leukview.storage.vault import IdentityVault

_CHUNK = 500
_ONE_PASS_FROM = 5_000
"""From this number of cells one pass over the whole table is faster than many look-ups."""


class SqlKnownContent:
    """Implements the `KnownContent` port."""

    def __init__(self, database: Database, vault: IdentityVault) -> None:
        self._database, self._vault = database, vault

    def cells_with(self, digests: Collection[str]) -> Mapping[str, tuple[Cell, ...]]:
        """See `KnownContent.cells_with`. Raises `StoreError`."""
        wanted, found = list(digests), dict[str, list[Cell]]()
        chunks = [wanted[at : at + _CHUNK] for at in range(0, len(wanted), _CHUNK)]
        queries = [select(cells).where(cells.c.sha256.in_(chunk)) for chunk in chunks]
        if len(wanted) >= _ONE_PASS_FROM:
            queries = [select(cells)]
        known = frozenset(wanted)
        with self._database.read_transaction() as connection:
            for query in queries:
                for row in connection.execute(query):
                    if row.sha256 in known:
                        found.setdefault(row.slide_id, []).append(cell_from_row(row))
        return {slide: tuple(its) for slide, its in found.items()}

    def folder_names(self, slide_id: str) -> tuple[str, str] | None:
        """See `KnownContent.folder_names`. Raises `StoreError`."""
        return self._vault.folder_names(slide_id)

    def patient_names(self) -> tuple[str, ...]:
        """See `KnownContent.patient_names`. Raises `StoreError`."""
        return self._vault.patient_names()

    def rename(self, slide_id: str, draft: SlideDraft) -> bool:
        """See `KnownContent.rename`. Raises `StoreError`."""
        return self._vault.rename_slide(slide_id, draft)
