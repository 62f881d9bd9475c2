"""Secret keys of this workstation's user: in the system's key store, else in a file."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.core.errors import StoreError
from leukview.core.file_lock import locked_file
from leukview.core.messages import Message
from leukview.core.paths import keys_dir

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_IN_SYSTEM_STORE = b"system"


class KeyStore:
    """Random keys by name, created on first use; never part of the data folder.

    They are kept by the key store of the operating system (library `keyring`: Windows Credential Locker, macOS
    Keychain, Secret Service). Where there is none, each key is a file with mode 0600 in the user's configuration
    folder, and `where` says so. A key stays where it was created: if the key store cannot be reached later, no other
    key is made silently.

    Args:
        service: Name under which the key store files the keys.
        folder: Folder of the files; default: `leukview.core.paths.keys_dir`.
    """

    def __init__(self, service: str = "LeukView", folder: Path | None = None) -> None:
        self._service, self._folder = service, folder
        self._in_file: bool | None = None  # None before the first key was read

    @property
    def where(self) -> str:
        """Where the keys are kept, as a sentence."""
        if self._in_file is None:
            return "Keys have not been needed yet."
        if self._in_file:
            return Message(
                "Keys are kept in files of this user ({folder}), because the system offers no key store: "
                "whoever can read this user's files can read them.",
                folder=self._key_folder(),
            )
        return "Keys are kept by the system's key store."

    @property
    def is_in_file(self) -> bool:
        """Whether the last key came from a file instead of the system's key store."""
        return bool(self._in_file)

    def get_or_create(self, name: str, size: int) -> bytes:
        """Read a key; create it when it does not exist.

        Args:
            name: Letters, digits and hyphens.
            size: Length in bytes.

        Raises:
            StoreError: The key cannot be read or kept, or has another length.
        """
        try:
            with self._lock():
                key = self._read_or_create(name, size)
        except OSError as error:
            raise StoreError(
                Message(
                    "The key “{name}” cannot be read or kept: {reason}.", name=name, reason=error.strerror or error
                ),
                Message("Check the rights of the folder {folder}.", folder=self._folder or keys_dir(create=False)),
            ) from error
        if len(key) != size:
            raise StoreError(
                Message("The key “{name}” of this workstation is damaged.", name=name),
                "Put it back from a backup of your keys.",
            )
        return key

    def _key_folder(self) -> Path:
        if self._folder is None:
            return keys_dir()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Exclude other programs that create the same key."""
        descriptor = os.open(self._key_folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with locked_file(descriptor):
                yield
        finally:
            os.close(descriptor)

    def _read_or_create(self, name: str, size: int) -> bytes:
        file, mark = self._key_folder() / f"{name}.key", self._key_folder() / f"{name}.where"
        if file.exists():
            self._in_file = True
            return file.read_bytes()
        backend = _system_backend()
        if mark.exists():
            key = None if backend is None else _read(backend, self._service, name)
            if key is None:
                raise StoreError(
                    Message("The system's key store does not give the key “{name}”.", name=name),
                    "Unlock the key store of your account, or work in the session in which LeukView was set up.",
                )
            self._in_file = False
            return key
        if backend is not None:
            key = _read(backend, self._service, name) or _create(backend, self._service, name, size)
            if key is not None:
                _write_private(mark, _IN_SYSTEM_STORE)
                self._in_file = False
                return key
        key = secrets.token_bytes(size)
        _write_private(file, key)
        self._in_file = True
        return key


def _system_backend() -> KeyringBackend | None:
    """The system's key store; None where there is none."""
    try:
        import keyring  # noqa: PLC0415 - reads entry points, which takes a while
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        backend = keyring.get_keyring()
        usable = backend.priority > 0
    except (KeyringError, RuntimeError, OSError, ValueError, TypeError):
        return None
    return backend if usable else None


def _read(backend: KeyringBackend, service: str, name: str) -> bytes | None:
    """A key from the system's key store; None when it has none or is locked."""
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        text = backend.get_password(service, name)
        return None if text is None else base64.b64decode(text, validate=True)
    except (KeyringError, RuntimeError, OSError, binascii.Error):
        return None


def _create(backend: KeyringBackend, service: str, name: str, size: int) -> bytes | None:
    """Create a key in the system's key store; None when it refuses."""
    from keyring.errors import KeyringError  # noqa: PLC0415

    key = secrets.token_bytes(size)
    try:
        backend.set_password(service, name, base64.b64encode(key).decode())
    except (KeyringError, RuntimeError, OSError):
        return None
    return key if _read(backend, service, name) == key else None


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, atomically and synced to disk."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
