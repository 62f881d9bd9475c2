"""Locations of data, cache, models, resources and database on this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from leukview.core.errors import StoreError
from leukview.core.messages import Message
from leukview.core.system_text import printable

HOME_VARIABLE = "LEUKVIEW_HOME"
_LEFTOVER_AGE_S = 24 * 3600.0
DATABASE_VARIABLE = "LEUKVIEW_DATABASE_URL"
KEYS_VARIABLE = "LEUKVIEW_KEYS"


def data_dir() -> Path:
    """The user's folder with database, identity vault and models.

    `LEUKVIEW_HOME` overrides it: exactly the folder named there, whatever characters its name has. Created on demand.

    Raises:
        StoreError: The folder cannot be created.
    """
    return _made(_home() or Path(platformdirs.user_data_dir("LeukView", appauthor=False)))


def cache_dir() -> Path:
    """The folder of masks, maps and thumbnails, which may be deleted at any time.

    Created on demand.

    Raises:
        StoreError: The folder cannot be created.
    """
    home = _home()
    return _made(home / "cache" if home else Path(platformdirs.user_cache_dir("LeukView", appauthor=False)))


def keys_dir(*, create: bool = True) -> Path:
    """The folder of keys and sealed heads, in the user's configuration.

    It never lies in the data folder: who copies or changes that must not have the keys. `LEUKVIEW_KEYS` overrides it.
    Created on demand.
    """
    own = os.environ.get(KEYS_VARIABLE)
    folder = Path(own) if own else Path(platformdirs.user_config_dir("LeukView", appauthor=False)) / "keys"
    return _made(folder) if create else folder


def temporary_dir() -> Path:
    """LeukView's own temporary folder, with mode 0700, in the data folder. Created on demand."""
    return _made(data_dir() / "tmp")


def empty_temporary_dir() -> None:
    """Delete what programs that were killed have left in the temporary folder.

    What was changed in the last hours is left alone: another program may be using it.
    """
    limit = time.time() - _LEFTOVER_AGE_S
    for path in temporary_dir().iterdir():
        with suppress(OSError):
            if path.lstat().st_mtime > limit and _owner_runs(path.name):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Yield a new folder in LeukView's temporary folder, named by the process; deleted at the end.

    Raises:
        OSError: It cannot be made.
    """
    with tempfile.TemporaryDirectory(prefix=f"{purpose}-{os.getpid()}-", dir=temporary_dir()) as folder:
        yield Path(folder)


def _owner_runs(name: str) -> bool:
    """Whether the process that made a temporary folder still runs; True if that cannot be told."""
    owner = name.split("-")[-2] if name.count("-") >= 2 else ""
    if not owner.isdecimal() or os.name != "posix":
        return True
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def models_dir() -> Path:
    """The folder into which `leukview models install` copies models.

    Created on demand.

    Raises:
        StoreError: The folder cannot be created.
    """
    return _made(data_dir() / "models")


def _home() -> Path | None:
    """The folder named by `LEUKVIEW_HOME`, absolute; None = the variable is not set."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).absolute() if home else None


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            Message(
                "LeukView cannot create its folder “{folder}”: {reason}.",
                folder=printable(str(folder)),
                reason=error.strerror or error,
            ),
            Message("Choose another folder with the variable {variable}.", variable=HOME_VARIABLE),
        ) from error
    return folder


def resources_dir() -> Path:
    """The folder of data files inside the package: in a checkout, an installation and the frozen program alike."""
    return Path(__file__).resolve().parents[1] / "resources"


def manual_page(language: str) -> Path | None:
    """First page of the built manual; None = this installation holds no manual.

    Installers put it beside the resources; in a checkout it lies where ``make docs`` builds it.

    Args:
        language: Such as ``zh_CN``; the Chinese part exists for Chinese, English is the rest.
    """
    checkout = Path(__file__).resolve().parents[2]
    built = [checkout / "build" / "manual"] if (checkout / "mkdocs.yml").is_file() else []
    for folder in (resources_dir() / "manual", *built):
        for page in ([folder / "zh" / "index.html"] if language.startswith("zh") else []) + [folder / "index.html"]:
            if page.is_file():
                return page
    return None


def database_file() -> Path:
    """The SQLite file in the user's folder, used when no other database is named. Raises `StoreError`."""
    return data_dir() / "leukview.db"


def named_database_url() -> str:
    """The value of `LEUKVIEW_DATABASE_URL`; "" = the variable is not set."""
    return os.environ.get(DATABASE_VARIABLE, "")
