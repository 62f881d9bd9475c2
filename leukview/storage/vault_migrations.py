"""Migrations of the identity vault; they need the vault's cipher."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from leukview.storage.migrations import EXCHANGE_VAULT_MIGRATIONS, VAULT_MIGRATIONS, Migration
from leukview.storage.schema import identities, locations, patients
from leukview.storage.sealed_records import record_context
from leukview.storage.vault_cipher import VaultCipher

_SLIDES_PER_STEP = 200


def vault_migrations(cipher: VaultCipher) -> tuple[Migration, ...]:
    """All migrations of the vault."""
    encryption = Migration(3, "names and paths are encrypted", _encrypt_with(cipher))
    return (*VAULT_MIGRATIONS, encryption, *EXCHANGE_VAULT_MIGRATIONS)


def location_text(root: str, inner_path: str, path: str) -> str:
    """Text of a location as it is encrypted."""
    return json.dumps([root, inner_path, path], ensure_ascii=False)


def location_context(slide: str, sha256: str) -> str:
    """Context of the encrypted location of an image."""
    return f"location {slide} {sha256}"


def _encrypt_with(cipher: VaultCipher) -> Callable[[Connection], None]:
    def apply(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE patients ADD COLUMN sealed TEXT NOT NULL DEFAULT ''")
        connection.exec_driver_sql("ALTER TABLE identities ADD COLUMN sealed TEXT NOT NULL DEFAULT ''")
        connection.exec_driver_sql("CREATE TABLE vault_info (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        connection.exec_driver_sql("CREATE TABLE databases (id TEXT PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO vault_info VALUES ('key', '{cipher.fingerprint}')")  # noqa: S608 - hex
        for row in connection.execute(select(patients.c.pseudonym, patients.c.name)).all():
            values = {"name": cipher.lookup(row.name), "sealed": cipher.seal(row.name, f"patient {row.pseudonym}")}
            connection.execute(update(patients).where(patients.c.pseudonym == row.pseudonym).values(values))
        slides = connection.execute(select(identities.c.slide, identities.c.order_name)).all()
        for row in slides:
            values = {
                "order_name": cipher.lookup(row.order_name),
                "sealed": cipher.seal(row.order_name, f"order {row.slide}"),
            }
            connection.execute(update(identities).where(identities.c.slide == row.slide).values(values))
        for start in range(0, len(slides), _SLIDES_PER_STEP):
            _encrypt_locations(connection, cipher, [row.slide for row in slides[start : start + _SLIDES_PER_STEP]])

    return apply


def _encrypt_locations(connection: Connection, cipher: VaultCipher, slides: list[str]) -> None:
    rows = connection.execute(select(locations).where(locations.c.slide.in_(slides))).all()
    sealed = [
        {
            "of_slide": row.slide,
            "of_image": row.sha256,
            "text": cipher.seal(
                location_text(row.root, row.inner_path, row.path), location_context(row.slide, row.sha256)
            ),
        }
        for row in rows
    ]
    if sealed:
        same = (locations.c.slide == bindparam("of_slide")) & (locations.c.sha256 == bindparam("of_image"))
        connection.execute(update(locations).where(same).values(root="", inner_path="", path=bindparam("text")), sealed)


def change_vault_key(path: Path, old: VaultCipher, new: VaultCipher) -> None:
    """Encrypt a vault file that no program has open with another key.

    Raises:
        StoreError: An entry cannot be decrypted with the old key.
        sqlite3.Error: The file is damaged.
    """
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA secure_delete=ON")
        raw.execute("BEGIN IMMEDIATE")
        for pseudonym, sealed in raw.execute("SELECT pseudonym, sealed FROM patients").fetchall():
            text, context = old.unseal(sealed, f"patient {pseudonym}"), f"patient {pseudonym}"
            values = (new.lookup(text), new.seal(text, context), pseudonym)
            raw.execute("UPDATE patients SET name = ?, sealed = ? WHERE pseudonym = ?", values)
        for slide, sealed in raw.execute("SELECT slide, sealed FROM identities").fetchall():
            text, context = old.unseal(sealed, f"order {slide}"), f"order {slide}"
            values = (new.lookup(text), new.seal(text, context), slide)
            raw.execute("UPDATE identities SET order_name = ?, sealed = ? WHERE slide = ?", values)
            for sha256, place in raw.execute("SELECT sha256, path FROM locations WHERE slide = ?", (slide,)).fetchall():
                context = location_context(slide, sha256)
                changed = (new.seal(old.unseal(place, context), context), slide, sha256)
                raw.execute("UPDATE locations SET path = ? WHERE slide = ? AND sha256 = ?", changed)
        _change_key_of_records(raw, old, new)
        raw.execute("UPDATE vault_info SET value = ? WHERE key = 'key'", (new.fingerprint,))
        raw.execute("COMMIT")
        raw.execute("VACUUM")


def _change_key_of_records(raw: sqlite3.Connection, old: VaultCipher, new: VaultCipher) -> None:
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "sealed_records" not in tables:  # a vault of before there were records
        return
    if "record_samples" in tables:
        raw.execute("DELETE FROM record_samples")
    for number, kind, key, sealed in raw.execute("SELECT number, kind, key, sealed FROM sealed_records").fetchall():
        text = old.unseal(sealed, record_context(kind, key))
        name, _content, *samples = json.loads(text)
        changed = new.lookup(name)
        values = (changed, new.seal(text, record_context(kind, changed)), number)
        raw.execute("UPDATE sealed_records SET key = ?, sealed = ? WHERE number = ?", values)
        for sample in samples[0] if samples else ():
            raw.execute("INSERT INTO record_samples VALUES (?, ?)", (number, new.lookup(sample)))
