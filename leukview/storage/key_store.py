"""Secret keys of this user account, in the operating system's key store.

Where the system has none, the keys are files with mode 0600 outside the data folder, so that a copy of the data folder
does not contain them.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import importlib
import logging
import os
import secrets
from pathlib import Path
from types import ModuleType

from leukview.core.errors import StoreError
from leukview.core.messages import Message
from leukview.core.paths import KEYS_VARIABLE, keys_dir

_log = logging.getLogger(__name__)


class KeyStore:
    """Keys by name, created on first use; never part of the data folder.

    A key stays where it was created: a key file is read before the system's key store, and while that store cannot be
    reached no other key is made in place of one that it keeps. `LEUKVIEW_KEYS` names a folder for key files, which are
    then used instead of the system's key store.

    Args:
        service: Name under which the system's key store lists the keys.
    """

    def __init__(self, service: str = "LeukView") -> None:
        self._service = service
        folder = os.environ.get(KEYS_VARIABLE)
        self._keyring = None if folder else _usable_keyring()
        self._folder = keys_dir(create=False)

    @property
    def where(self) -> str:
        """Where the keys are, as a phrase for `leukview doctor`."""
        if self._keyring is not None:
            return "the key store of the operating system"
        return f"files of this user account in {self._folder}, because the system offers no key store"

    @property
    def statement(self) -> str:
        """Where the keys are, as a sentence."""
        if self._keyring is None:
            return Message(
                "Keys are stored in files of this user ({folder}) because the system offers no key "
                "store. Whoever can read this user's files can read the keys.",
                folder=self._folder,
            )
        return Message("Keys are stored in the system's key store.")

    def get(self, name: str, size: int) -> bytes | None:
        """Return a key of `size` bytes; None when there is none.

        Raises:
            StoreError: The key cannot be read or has another size.
        """
        key = self._read_file(name, size)
        if key is not None or os.environ.get(KEYS_VARIABLE):
            return key
        key = None if self._keyring is None else self._read_keyring(self._keyring, name, size)
        if key is None and self._mark(name).exists():
            raise StoreError(
                "The system's key store did not return a stored key.",
                "Unlock it, or work in the session in which LeukView was set up.",
            )
        return key

    def get_or_create(self, name: str, size: int) -> bytes:
        """Return a key of `size` random bytes, created on first use.

        Raises:
            StoreError: The key cannot be read or written, or has another size.
        """
        key = self.get(name, size)
        if key is not None:
            return key
        if self._keyring is None:
            path = self._path(name)
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                create_secret_file(path, secrets.token_bytes(size))
            except OSError as error:
                raise StoreError(
                    "A key of this user account cannot be stored.", "Check the rights of the configuration folder."
                ) from error
        else:
            try:
                self._keyring.set_password(self._service, name, base64.b64encode(secrets.token_bytes(size)).decode())
                self._remember_place(name)
            except self._keyring.errors.KeyringError as error:
                raise StoreError("The system's key store refused access.", "Unlock it and restart LeukView.") from error
        key = self.get(name, size)  # two programs may have created one: both use what is stored now
        if key is None:
            raise StoreError("A key of this user account cannot be stored.", "Check the key store of the system.")
        return key

    def _mark(self, name: str) -> Path:
        """File that exists when the system's key store keeps the key."""
        return self._folder / f"{name}.where"

    def _remember_place(self, name: str) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            create_secret_file(self._mark(name), b"system")
        except OSError as error:
            _log.warning("the place of a key could not be recorded: %s", error.strerror)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"

    def _read_file(self, name: str, size: int) -> bytes | None:
        try:
            key = self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                "A key of this user account cannot be read.", "Check the rights of the configuration folder."
            ) from error
        return _checked(name, key, size)

    def _read_keyring(self, keyring: ModuleType, name: str, size: int) -> bytes | None:
        try:
            text = keyring.get_password(self._service, name)
        except keyring.errors.KeyringError as error:
            raise StoreError("The system's key store refused access.", "Unlock it and restart LeukView.") from error
        if text is None:
            return None
        try:
            return _checked(name, base64.b64decode(text, validate=True), size)
        except binascii.Error:
            return _checked(name, b"", size)


def _checked(name: str, key: bytes, size: int) -> bytes:
    if len(key) != size:
        raise StoreError(
            Message("The key “{name}” of this user account is damaged.", name=name),
            "Restore a backup with “leukview restore”.",
        )
    return key


def _usable_keyring() -> ModuleType | None:
    """The library `keyring`; None when it is missing or finds no key store."""
    try:
        keyring = importlib.import_module("keyring")
        importlib.import_module("keyring.errors")
        backend = keyring.get_keyring()
    except Exception:  # noqa: BLE001 - a broken backend of the desktop must not keep LeukView from opening
        _log.warning("the key store of the system cannot be used")
        return None
    return keyring if getattr(backend, "priority", 0) >= 1 else None


def create_secret_file(path: Path, data: bytes) -> None:
    """Create a file with mode 0600 atomically: write a temporary file, then hard-link it.

    When two programs start at the same time, both use the file that was linked first.

    Raises:
        OSError: The file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            try:
                os.link(temporary, path)
            except FileExistsError:
                raise
            except OSError:  # the file system has no hard links
                temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
