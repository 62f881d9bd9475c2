"""Encrypted records of the exchange in the identity vault."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukview.core.errors import StoreError
from leukview.storage.key_store import KeyStore
from leukview.storage.vault import VAULT_FILE, IdentityVault
from leukview.storage.vault_cipher import KEY_BYTES, KEY_NAME, VaultCipher
from leukview.storage.vault_migrations import change_vault_key


def test_that_records_survive_another_key_of_the_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    vault = IdentityVault(tmp_path)
    vault.records.put("order", "A-1", "Müller", samples=("A-1", "T-1"))
    vault.records.put("result", "C1", "text", slide="S-1")
    vault.close()
    old = VaultCipher(KeyStore().get_or_create(KEY_NAME, KEY_BYTES))
    key = bytes(range(32))
    change_vault_key(tmp_path / VAULT_FILE, old, VaultCipher(key))
    monkeypatch.setattr(KeyStore, "get_or_create", lambda _self, _name, _size: key)
    vault = IdentityVault(tmp_path)
    record = vault.records.get("order", "A-1")
    assert record is not None
    assert record.text == "Müller"
    with vault._database.write_transaction() as connection:
        vault.records.forget_slide(connection, "S-1", "T-1")
    assert vault.records.get("order", "A-1") is None
    assert vault.records.get("result", "C1") is None
    vault.close()


def test_that_a_record_moved_to_another_key_is_refused(tmp_path: Path):
    vault = IdentityVault(tmp_path)
    vault.records.put("order", "A-1", "Müller")
    vault.records.put("order", "A-2", "Meier")
    with vault._database.write_transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE sealed_records SET sealed = (SELECT sealed FROM sealed_records WHERE number = 1) WHERE number = 2"
        )
    with pytest.raises(StoreError, match="damaged"):
        vault.records.get("order", "A-2")
    vault.close()
