"""Pseudonyms are stable, keyed and readable; the key is guarded."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import stat
import sys
import unicodedata
from pathlib import Path

import pytest

from leukview.core.errors import StoreError
from leukview.storage.database import open_database
from leukview.storage.migrations import VAULT_MIGRATIONS
from leukview.storage.vault import IdentityVault
from tests.support.storage_examples import make_draft


def test_that_pseudonyms_are_short_and_stable(vault: IdentityVault) -> None:
    slide, patient = vault.register_slide(make_draft())
    assert re.fullmatch(r"S-[0-9A-HJKMNP-TV-Z]{8}", slide)
    assert re.fullmatch(r"P-[0-9A-HJKMNP-TV-Z]{8}", patient)
    assert vault.register_slide(make_draft()) == (slide, patient)


def test_that_two_spellings_of_an_accent_are_one_patient(vault: IdentityVault) -> None:
    decomposed = unicodedata.normalize("NFD", make_draft().patient)
    assert decomposed != make_draft().patient
    assert vault.register_slide(make_draft(patient=decomposed)) == vault.register_slide(make_draft())


def test_that_another_workstation_gives_other_pseudonyms(tmp_path: Path, vault: IdentityVault) -> None:
    other = IdentityVault(tmp_path / "other")
    assert not set(other.register_slide(make_draft())) & set(vault.register_slide(make_draft()))
    assert other.image_locations(vault.register_slide(make_draft())[0]) == {}
    other.close()


def test_that_two_orders_of_a_patient_share_the_patient(vault: IdentityVault) -> None:
    one, two = vault.register_slide(make_draft([1], order="A")), vault.register_slide(make_draft([2], order="B"))
    assert one[1] == two[1]
    assert one[0] != two[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission bits")
def test_that_nobody_else_may_read_the_vault(tmp_path: Path, vault: IdentityVault) -> None:
    files = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "private").iterdir()}
    assert {"identity.db", "identity.key"} <= set(files)
    assert set(files.values()) == {0o600}


def test_that_a_lost_key_is_said_and_not_replaced(tmp_path: Path, vault: IdentityVault) -> None:
    vault.register_slide(make_draft())
    vault.close()
    key = tmp_path / "private" / "identity.key"
    key.unlink()
    with pytest.raises(StoreError, match="key of the identity vault is missing"):
        IdentityVault(tmp_path / "private")
    assert not key.exists()
    key.write_bytes(b"short")
    with pytest.raises(StoreError, match="key of the identity vault is damaged"):
        IdentityVault(tmp_path / "private")


def test_that_another_key_is_said_and_makes_no_new_pseudonyms(tmp_path: Path, vault: IdentityVault) -> None:
    vault.register_slide(make_draft())
    vault.close()
    (tmp_path / "private" / "identity.key").write_bytes(b"x" * 32)
    with pytest.raises(StoreError, match=r"identity\.key is not the key of this identity vault"):
        IdentityVault(tmp_path / "private")


def test_that_a_vault_of_before_fingerprints_opens_and_knows_its_key(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    vault = IdentityVault(folder)
    draft = make_draft()
    known = slide, patient = vault.register_slide(draft)
    vault.close()
    (folder / "identity.db").unlink()
    open_database(  # the same patient as that version stored it
        f"sqlite:///{folder / 'identity.db'}", backup_dir=folder / "backups", migrations=VAULT_MIGRATIONS[:1]
    ).close()
    with contextlib.closing(sqlite3.connect(folder / "identity.db")) as raw:
        raw.execute("INSERT INTO patients VALUES (?, ?)", (patient, json.dumps([draft.patient], ensure_ascii=False)))
        raw.execute("INSERT INTO identities VALUES (?, ?, ?, 0)", (slide, patient, draft.order))
        rows = [(slide, c.sha256, draft.root, "", c.path) for c in draft.cells]
        raw.executemany("INSERT INTO locations VALUES (?, ?, ?, ?, ?)", rows)
        raw.commit()
    key = (folder / "identity.key").read_bytes()
    (folder / "identity.key").write_bytes(b"x" * 32)
    with pytest.raises(StoreError, match="is not the key"):
        IdentityVault(folder)
    (folder / "identity.key").write_bytes(key)
    with contextlib.closing(IdentityVault(folder)) as again:
        assert again.register_slide(make_draft()) == known


def test_that_a_new_key_is_made_while_there_is_nobody_to_recognise(tmp_path: Path) -> None:
    folder = tmp_path / "private"
    IdentityVault(folder).close()
    (folder / "identity.key").unlink()
    with contextlib.closing(IdentityVault(folder)) as again:
        again.register_slide(make_draft())
    IdentityVault(folder).close()
