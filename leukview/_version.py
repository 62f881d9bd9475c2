"""Version of the program; its one source is ``pyproject.toml``."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DISTRIBUTION = "leukview"


def program_version(project: Path | None = None) -> str:
    """Return the version of the program.

    A checkout is asked first: the metadata of an editable installation stay behind when its version changes. An
    installed program, frozen ones included, carries the version in its metadata.

    Args:
        project: File with the project's settings; None = the one beside the package.

    Returns:
        The version, or "0+unknown" for a bare copy of the package.
    """
    file = project or Path(__file__).resolve().parents[1] / "pyproject.toml"
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except OSError:
        settings = {}
    if settings.get("name") == DISTRIBUTION:
        return str(settings["version"])
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0+unknown"
