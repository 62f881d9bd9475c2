"""Backup of the data folder into one file, while it is in use, and its restoration.

A backup is a ZIP archive without compression: ``manifest.json`` with the SHA-256 of each member, the three databases,
the key of the pseudonyms, the key of the vault's encryption, settings and site files. Models are listed, not contained.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from leukview import __version__
from leukview.core.errors import LeukViewError, StoreError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.storage.key_store import KeyStore
from leukview.storage.vault_cipher import KEY_BYTES, KEY_NAME, VaultCipher
from leukview.storage.vault_migrations import change_vault_key

SUFFIX = ".leukbackup"
_DATABASES = ("leukview.db", "identity.db", "models.db")  # the vault after the main database: it knows all its slides
_LEFT_OUT = frozenset({"backups", "models", "cache", "tmp", "demo"})  # folders of the data folder
_LEFT_OUT_SUFFIXES = (".log", ".bad", ".part", "-wal", "-shm", "-journal", SUFFIX)
_VAULT_KEY, _MANIFEST = "vault.key", "manifest.json"
_FORMAT = 1
_PAGES = 2_000  # pages of a database copied at a time
_CHUNK = 1 << 20


def back_up(data_folder: Path, output: Path, keys: KeyStore, token: CancelToken, reporter: Reporter) -> Path:
    """Write a backup of the data folder and verify it.

    Each database is copied in one consistent state while programs go on writing.

    Args:
        data_folder: The data folder.
        output: Folder of the backup, created on demand, or the name of the file, which must not exist.
        keys: Has the key of the vault's encryption.
        token: Checked between the parts.
        reporter: Called with the bytes copied.

    Returns:
        The file.

    Raises:
        StoreError: There is no database, or a copy is damaged; nothing is left of the backup.
        LeukViewError: The file exists, or cannot be written.
        Cancelled: The token was set; nothing is left of the backup.
    """
    if not (data_folder / _DATABASES[0]).is_file():
        raise StoreError(
            "There is no database in the data folder.", "A database on a server is backed up by its administrator."
        )
    target = output if output.suffix == SUFFIX else output / f"leukview-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z{SUFFIX}"
    if target.exists():
        raise LeukViewError(Message("A file “{name}” already exists.", name=target.name), "Choose another name.")
    scratch = target.parent / f".{target.name}.{secrets.token_hex(4)}.part"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(mode=0o700)
        members = dict(_copied_databases(data_folder, scratch, token, reporter))
        members |= _other_files(data_folder)
        key = keys.get(KEY_NAME, KEY_BYTES)
        if key is not None:
            (scratch / _VAULT_KEY).write_bytes(base64.b64encode(key))
            members[_VAULT_KEY] = scratch / _VAULT_KEY
        packed = scratch / "packed"
        _pack(packed, members, _model_names(data_folder), token, reporter)
        _verify(packed, token)
        packed.chmod(0o600)
        _move_without_overwriting(packed, target)
    except sqlite3.Error as error:
        raise StoreError("A database could not be copied.", "Check the disk, and try again.") from error
    except OSError as error:
        raise LeukViewError(
            Message("The backup cannot be made: {reason}.", reason=error.strerror or type(error).__name__),
            "Check the free space and the rights of the folder.",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _copied_databases(
    data_folder: Path, scratch: Path, token: CancelToken, reporter: Reporter
) -> Iterator[tuple[str, Path]]:
    for name in _DATABASES:
        source_path, copy_path = data_folder / name, scratch / name
        if not source_path.is_file():
            continue

        def progress(_status: int, left: int, total: int, name: str = name) -> None:
            token.raise_if_cancelled()
            reporter(Progress(total - left, total, Message("Copying {name}", name=name)))

        with (
            contextlib.closing(sqlite3.connect(source_path, timeout=10)) as source,
            contextlib.closing(sqlite3.connect(copy_path)) as copy,
        ):
            source.backup(copy, pages=_PAGES, progress=progress, sleep=0.01)
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise StoreError("The database file is damaged.", "Keep the earlier backups; do not delete them.")
        yield name, copy_path


def _other_files(data_folder: Path) -> dict[str, Path]:
    """Name in the archive → file: keys, settings and site files."""
    found: dict[str, Path] = {}
    for path in sorted(data_folder.rglob("*")):
        name = path.relative_to(data_folder)
        if path.is_symlink() or not path.is_file() or name.parts[0] in _LEFT_OUT or name.parts[0].startswith("."):
            continue
        if name.as_posix() in _DATABASES or path.name.endswith(_LEFT_OUT_SUFFIXES) or ".log." in path.name:
            continue
        if name.parts[0].startswith(_BEFORE_RESTORE):
            continue
        found[name.as_posix()] = path
    return found


def _model_names(data_folder: Path) -> list[str]:
    folder = data_folder / "models"
    return sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


def _pack(output: Path, members: Mapping[str, Path], models: list[str], token: CancelToken, reporter: Reporter) -> None:
    total = sum(path.stat().st_size for path in members.values())
    done, digests = 0, dict[str, dict[str, object]]()
    with zipfile.ZipFile(output, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, path in members.items():
            digest, size = hashlib.sha256(), 0
            with path.open("rb") as source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                while chunk := source.read(_CHUNK):
                    token.raise_if_cancelled()
                    member.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                    done += len(chunk)
                    reporter(Progress(done, max(total, done), "Making the backup"))
            digests[name] = {"sha256": digest.hexdigest(), "bytes": size}
        manifest = {
            "format": _FORMAT,
            "program": f"LeukView {__version__}",
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": digests,
            "models": models,
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
    with output.open("rb+") as stream:
        os.fsync(stream.fileno())


def _verify(path: Path, token: CancelToken) -> dict[str, int]:
    """Read a whole backup and compare each member with the manifest; returns name → bytes.

    Raises:
        StoreError: It is damaged or no backup.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            files, sizes = manifest["files"], dict[str, int]()
            if manifest["format"] != _FORMAT:
                raise StoreError("This backup was made by a newer version of LeukView.", "Update LeukView.")
            if sorted(archive.namelist()) != sorted([*files, _MANIFEST]):
                raise StoreError(*_DAMAGED)
            for name, expected in files.items():
                token.raise_if_cancelled()
                with archive.open(name) as member:
                    digest = hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]
                if digest != expected["sha256"] or _is_unsafe(name):
                    raise StoreError(*_DAMAGED)
                sizes[name] = int(expected["bytes"])
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise StoreError(*_DAMAGED) from error
    if _DATABASES[0] not in sizes:
        raise StoreError(*_DAMAGED)
    return sizes


_DAMAGED = ("This backup is damaged or is none.", "Take another backup file.")
_BEFORE_RESTORE = "before-restore-"


def _is_unsafe(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\x00" in name


def _move_without_overwriting(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # the file system has no hard links
        if target.exists():
            raise FileExistsError(target) from None
        source.rename(target)


def restore(
    file: Path,
    data_folder: Path,
    keys: KeyStore,
    token: CancelToken,
    reporter: Reporter,
    *,
    replace: bool = False,
    approve: Callable[[Path], None] = lambda _database: None,
) -> Path | None:
    """Put a backup into the data folder.

    The vault is encrypted anew with the key of this user account.

    Args:
        file: The backup.
        data_folder: The data folder; must hold no database unless `replace`.
        keys: Where the key of this account is.
        token: Checked while the backup is read.
        reporter: Called with the steps.
        replace: Move what is in the data folder into a folder beside, which is returned.
        approve: Called with the unpacked main database before anything is changed; raises to refuse.

    Raises:
        StoreError: The backup is damaged; or the folder has data, or a program uses them. Nothing was changed.
        LeukViewError: A file cannot be read or written.
        Cancelled: The token was set; nothing was changed.
    """
    scratch = data_folder / f".restore.{secrets.token_hex(4)}.part"
    try:
        reporter(Progress(0, 3, "Verifying the backup"))
        names = _verify(file, token)
        here = [name for name in (*_DATABASES, "identity.key") if (data_folder / name).exists()]
        if here and not replace:
            raise StoreError(
                "The data folder already contains data.",
                "Restore into an empty folder, or add --replace: the present content is then kept in "
                "a separate folder.",
            )
        for name in here:
            if name in _DATABASES:
                _require_unused(data_folder / name)
        reporter(Progress(1, 3, "Unpacking the backup"))
        scratch.mkdir(parents=True, mode=0o700)
        with zipfile.ZipFile(file) as archive:
            for name in names:
                token.raise_if_cancelled()
                path = scratch / name
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with archive.open(name) as member, path.open("xb") as copy:
                    shutil.copyfileobj(member, copy, _CHUNK)
                path.chmod(0o600)
        approve(scratch / _DATABASES[0])
        _adopt_vault(scratch, keys)
        reporter(Progress(2, 3, "Restoring the files"))
        kept = _set_aside(data_folder, here, [n for n in names if n not in here]) if replace else None
        _put_in_place(scratch, data_folder)
        reporter(Progress(3, 3, "Restoring the files"))
    except sqlite3.Error as error:
        raise StoreError(*_DAMAGED) from error
    except OSError as error:
        raise LeukViewError(
            Message("The backup cannot be restored: {reason}.", reason=error.strerror or type(error).__name__),
            "Check the file, and the free space and the rights of the data folder.",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return kept


def _require_unused(path: Path) -> None:
    """Raise `StoreError` if a program has the database open: only the last one may leave the write-ahead log."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0.2)) as raw:
            raw.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreError("LeukView is open on this data folder.", "Close its windows, then restore.") from error
        # a damaged file is what a restoration is for


def _adopt_vault(scratch: Path, keys: KeyStore) -> None:
    """Encrypt the unpacked vault with this account's key, and drop the old one."""
    path = scratch / _VAULT_KEY
    if not path.exists():
        return
    old = base64.b64decode(path.read_bytes())
    path.unlink()
    new = keys.get_or_create(KEY_NAME, KEY_BYTES)
    if (scratch / "identity.db").exists() and old != new:
        change_vault_key(scratch / "identity.db", VaultCipher(old), VaultCipher(new))


def _set_aside(data_folder: Path, here: list[str], others: list[str]) -> Path:
    kept = data_folder / f"{_BEFORE_RESTORE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"
    kept.mkdir(mode=0o700)
    for name in (*here, *others):
        if (data_folder / name).exists():
            (kept / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (data_folder / name).rename(kept / name)
        for ending in ("-wal", "-shm"):
            if name in _DATABASES and (data_folder / f"{name}{ending}").exists():
                (data_folder / f"{name}{ending}").rename(kept / f"{name}{ending}")
    return kept


def _put_in_place(scratch: Path, data_folder: Path) -> None:
    """Move the unpacked files; the main database comes last, so that a crash leaves no folder that looks complete."""
    files = [p.relative_to(scratch) for p in sorted(scratch.rglob("*")) if p.is_file()]
    for name in sorted(files, key=lambda file: file.as_posix() == _DATABASES[0]):
        (data_folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (scratch / name).replace(data_folder / name)


BackupFunction = Callable[[Path, CancelToken, Reporter], Path]
"""Writes a backup into a folder; see `back_up`."""
