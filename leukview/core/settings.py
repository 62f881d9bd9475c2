"""Settings of the window, stored as one small versioned JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path

from leukview.core.atomic_files import atomic_write, read_file
from leukview.core.strict_files import parse_json

SETTINGS_VERSION = 1
MAX_SETTINGS_BYTES = 4 * 1024**2
THEMES = ("system", "light", "dark", "contrast")
LANGUAGES = ("system", "en", "zh_CN")
THUMBNAIL_SIDES = (72, 240)  # px, smallest and largest


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the window.

    Attributes:
        theme: One of `THEMES`.
        language: One of `LANGUAGES`.
        thumbnail_px: Side of a thumbnail in the gallery, logical pixels.
        sort: Key of the gallery's order.
        grouped: The gallery is grouped by class.
        collapsed: Keys of the gallery's collapsed groups.
        geometry: Qt's window geometry, hex; "" = not known.
        layout: Qt's splitter states by name, hex.
        last_folder: The folder opened last; never logged.
        lock_minutes: Idle minutes before the window is locked; 0 = never, −1 = not chosen.
        keys: The user's shortcuts by action, in Qt's portable form; "" = none.
        report: Options of the last report: ``folder``, ``language``, ``paper``, ``certificate`` (a path).
        corrections: ``folder`` and ``site`` of the last export of corrections.
        names: Whether names of patients are shown at the start, if the reviewer may see them.
        worklist: Whether the worklist is shown beside an open slide; it is always shown while none is open.
        key_strip: Whether the labelling keys are shown below the gallery.
        watched: The watched folder; "" = none.
        watched_known: Hashes of name and extent of the entries imported from it, separated by spaces.
        backup_folder: Folder of the daily backup; "" = none.
        backup_at: When the last daily backup was made, UTC, ISO 8601.
    """

    theme: str = "system"
    language: str = "en"
    thumbnail_px: int = 76
    sort: str = "uncertain"
    grouped: bool = True
    collapsed: Sequence[str] = field(default_factory=list)
    geometry: str = ""
    layout: Mapping[str, str] = field(default_factory=dict)
    last_folder: str = ""
    lock_minutes: int = -1
    keys: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[str, str] = field(default_factory=dict)
    names: bool = False
    worklist: bool = True
    key_strip: bool = False
    watched: str = ""
    watched_known: str = ""
    backup_folder: str = ""
    backup_at: str = ""


class SettingsProblem(StrEnum):
    """Why the settings of a file are not in use."""

    NONE = ""
    UNREADABLE = "unreadable"
    """The place cannot be read now, or holds no file; nothing may be written over it."""
    SET_ASIDE = "set aside"
    """The file was damaged and was renamed."""


def load_settings(path: Path) -> Settings:
    """Read settings; each missing or unusable value takes its default. See `read_settings`."""
    return read_settings(path)[0]


def read_settings(path: Path) -> tuple[Settings, SettingsProblem]:
    """Read settings; each missing or unusable value takes its default.

    A file that is no JSON object is renamed to ``settings.json.bad``, so that the user's data are not overwritten.
    """
    try:
        raw = parse_json(read_file(path, MAX_SETTINGS_BYTES))
        if not isinstance(raw, dict):
            raise ValueError("no object")  # noqa: TRY004 - handled as any other damage
    except FileNotFoundError:
        return Settings(), SettingsProblem.NONE
    except OSError:
        return Settings(), SettingsProblem.UNREADABLE
    except ValueError:
        try:
            path.replace(path.with_suffix(".json.bad"))
        except OSError:
            return Settings(), SettingsProblem.UNREADABLE
        return Settings(), SettingsProblem.SET_ASIDE
    return _usable_settings(raw), SettingsProblem.NONE


def _usable_settings(raw: Mapping[str, object]) -> Settings:
    default = Settings()
    known = {f.name: type(getattr(default, f.name)) for f in fields(Settings)}
    good = {k: v for k, v in raw.items() if k in known and type(v) is known[k]}
    settings = replace(default, **good)  # type: ignore[arg-type]  # each value has its field's type
    low, high = THUMBNAIL_SIDES
    return replace(
        settings,
        theme=settings.theme if settings.theme in THEMES else default.theme,
        language=settings.language if settings.language in LANGUAGES else default.language,
        collapsed=[key for key in settings.collapsed if isinstance(key, str)],
        thumbnail_px=min(high, max(low, settings.thumbnail_px)),
        layout={k: v for k, v in settings.layout.items() if isinstance(v, str)},
        keys={k: v for k, v in settings.keys.items() if isinstance(v, str)},
        report={k: v for k, v in settings.report.items() if isinstance(v, str)},
        corrections={k: v for k, v in settings.corrections.items() if isinstance(v, str)},
    )


def save_settings(path: Path, settings: Settings) -> None:
    """Write settings atomically.

    Raises:
        OSError: The folder cannot be written.
    """
    atomic_write(path, json.dumps({"version": SETTINGS_VERSION, **asdict(settings)}, indent=2))
