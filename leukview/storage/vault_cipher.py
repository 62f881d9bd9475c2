"""Encryption of the identity vault, value by value."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leukview.core.errors import StoreError

KEY_NAME, KEY_BYTES = "vault", 32
_NONCE_BYTES = 12


class VaultCipher:
    """Encrypts names and paths with AES-256-GCM; equal names are found by a keyed hash.

    Args:
        key: 32 bytes from the system's key store.
    """

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(hmac.digest(key, b"encryption", hashlib.sha256))
        self._index_key = hmac.digest(key, b"index", hashlib.sha256)
        self.fingerprint = hmac.digest(key, b"fingerprint", hashlib.sha256).hex()[:32]

    def seal(self, text: str, context: str) -> str:
        """Encrypt a text; it can be read in the same context only, such as its row."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._aead.encrypt(nonce, text.encode(), context.encode())).decode("ascii")

    def unseal(self, sealed: str, context: str) -> str:
        """Decrypt a text.

        Raises:
            StoreError: It was changed, is of another context or was encrypted with another key.
        """
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._aead.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise StoreError(
                "An entry of the identity vault is damaged.", "Restore a copy with “leukview restore”."
            ) from error

    def lookup(self, text: str) -> str:
        """Keyed hash (hex) by which an encrypted text is found."""
        return hmac.digest(self._index_key, text.encode(), hashlib.sha256).hex()
