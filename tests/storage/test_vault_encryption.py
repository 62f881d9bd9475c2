"""Names and paths in the vault are encrypted; plain vaults of earlier versions are taken over."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from leukview.core.errors import StoreError
from leukview.core.paths import KEYS_VARIABLE
from leukview.storage import vault as vault_module
from leukview.storage.database import open_database
from leukview.storage.key_store import KeyStore
from leukview.storage.migrations import VAULT_MIGRATIONS
from leukview.storage.vault import IdentityVault
from leukview.storage.vault_cipher import VaultCipher
from tests.support.storage_examples import make_draft


def vault_bytes(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.rglob("identity*") if p.is_file())


def test_that_a_plain_vault_is_encrypted_and_knows_its_patients_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, draft = tmp_path / "home", make_draft(range(20))
    with contextlib.closing(IdentityVault(folder)) as vault:
        slide, patient = vault.register_slide(draft)
    key = (folder / "identity.key").read_bytes()
    for path in folder.glob("identity.db*"):
        path.unlink()
    # The same patient as an earlier version stored it.
    open_database(
        f"sqlite:///{folder / 'identity.db'}", backup_dir=folder / "backups", migrations=VAULT_MIGRATIONS
    ).close()
    with contextlib.closing(sqlite3.connect(folder / "identity.db")) as raw:
        raw.execute("INSERT INTO patients VALUES (?, ?)", (patient, json.dumps([draft.patient], ensure_ascii=False)))
        raw.execute("INSERT INTO identities VALUES (?, ?, ?, 0)", (slide, patient, draft.order))
        rows = [(slide, c.sha256, draft.root, "", c.path) for c in draft.cells]
        raw.executemany("INSERT INTO locations VALUES (?, ?, ?, ?, ?)", rows)
        raw.commit()
    assert draft.patient.encode() in vault_bytes(folder)
    with contextlib.closing(IdentityVault(folder)) as vault:
        assert vault.folder_names(slide) == (draft.patient, draft.order)
        places = vault.image_locations(slide)
        assert {place.path for place in places.values()} == {c.path for c in draft.cells}
        assert vault.register_slide(draft) == (slide, patient)
    assert (folder / "identity.key").read_bytes() == key
    for word in (draft.patient, draft.order, draft.root, draft.cells[0].path):
        assert word.encode() not in vault_bytes(folder), "neither in the file nor in a copy"


def test_that_a_failed_encryption_leaves_the_plain_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "home"
    with contextlib.closing(IdentityVault(folder)) as vault:
        _, patient = vault.register_slide(make_draft(patient="Anna"))
    (folder / "identity.db").unlink()
    open_database(
        f"sqlite:///{folder / 'identity.db'}", backup_dir=folder / "backups", migrations=VAULT_MIGRATIONS
    ).close()
    with contextlib.closing(sqlite3.connect(folder / "identity.db")) as raw:
        raw.execute("""INSERT INTO patients VALUES (?, '["Anna"]')""", (patient,))
        raw.commit()

    class Broken(VaultCipher):
        def seal(self, text: str, context: str) -> str:
            raise ValueError("power failure")

    monkeypatch.setattr(vault_module, "VaultCipher", Broken)
    with pytest.raises(StoreError, match="left unchanged"):
        IdentityVault(folder)
    with contextlib.closing(sqlite3.connect(folder / "identity.db")) as raw:
        assert raw.execute("SELECT name FROM patients").fetchall() == [('["Anna"]',)]
    monkeypatch.undo()
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "keys"))
    IdentityVault(folder).close()
    assert b"Anna" not in vault_bytes(folder)


def test_that_another_account_cannot_read_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "home"
    with contextlib.closing(IdentityVault(folder)) as vault:
        vault.register_slide(make_draft())
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "another account"))
    with pytest.raises(StoreError, match="does not have"):
        IdentityVault(folder)


def test_that_an_entry_moved_to_another_slide_is_refused(tmp_path: Path):
    folder = tmp_path / "home"
    with contextlib.closing(IdentityVault(folder)) as vault:
        one, _ = vault.register_slide(make_draft(["a"], patient="A"))
        two, _ = vault.register_slide(make_draft(["b"], patient="B"))
    with contextlib.closing(sqlite3.connect(folder / "identity.db")) as raw:
        raw.execute("UPDATE identities SET sealed = (SELECT sealed FROM identities WHERE slide = ?)", (one,))
        raw.commit()
    with contextlib.closing(IdentityVault(folder)) as vault:
        assert vault.folder_names(one)
        with pytest.raises(StoreError, match="damaged"):
            vault.folder_names(two)


def test_that_keys_are_kept_and_belong_to_their_name(tmp_path: Path):
    store = KeyStore()
    key = store.get_or_create("vault", 32)
    assert KeyStore().get_or_create("vault", 32) == key
    assert store.get_or_create("seal", 32) != key
    assert store.get("nothing", 32) is None
    assert "no key store" in store.where
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "keys" / "vault.key").stat().st_mode) == 0o600
    (tmp_path / "keys" / "vault.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="damaged"):
        store.get_or_create("vault", 32)
