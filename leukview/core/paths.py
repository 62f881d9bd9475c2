"""Where things lie on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

HOME_VARIABLE = "LEUKVIEW_HOME"
DATABASE_VARIABLE = "LEUKVIEW_DATABASE_URL"


def data_dir() -> Path:
    """The user's own folder (database, identity vault, models); `LEUKVIEW_HOME` overrides it. Created on demand."""
    home = os.environ.get(HOME_VARIABLE)
    folder = Path(home) if home else Path(platformdirs.user_data_dir("LeukView", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def cache_dir() -> Path:
    """What may be deleted at any time: masks, maps, thumbnails. Created on demand."""
    home = os.environ.get(HOME_VARIABLE)
    folder = Path(home) / "cache" if home else Path(platformdirs.user_cache_dir("LeukView", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def models_dir() -> Path:
    """Where `leukview models install` puts checkpoints. Created on demand."""
    folder = data_dir() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def resources_dir() -> Path:
    """The data the application reads: beside the package in a checkout, in the environment or bundle otherwise."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return Path(frozen) / "resources"
    checkout = Path(__file__).resolve().parents[2] / "resources"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "leukview" / "resources"


def default_database_url() -> str:
    """`LEUKVIEW_DATABASE_URL`, else SQLite in the user's folder."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{data_dir() / 'leukview.db'}"
