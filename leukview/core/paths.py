"""Locations of data, cache, models, resources and database on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from leukview.core.errors import StoreError
from leukview.core.messages import Message
from leukview.core.system_text import printable

HOME_VARIABLE = "LEUKVIEW_HOME"
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
    if create:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


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
                "LeukView's folder “{folder}” cannot be made: {reason}.",
                folder=printable(str(folder)),
                reason=error.strerror or error,
            ),
            Message("Choose another one with the variable {variable}.", variable=HOME_VARIABLE),
        ) from error
    return folder


def resources_dir() -> Path:
    """The folder of data files inside the package: in a checkout, an installation and the frozen program alike."""
    return Path(__file__).resolve().parents[1] / "resources"


def database_file() -> Path:
    """The SQLite file in the user's folder, used when no other database is named. Raises `StoreError`."""
    return data_dir() / "leukview.db"


def named_database_url() -> str:
    """The value of `LEUKVIEW_DATABASE_URL`; "" = the variable is not set."""
    return os.environ.get(DATABASE_VARIABLE, "")
