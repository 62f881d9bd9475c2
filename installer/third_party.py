"""``make third-party``: notices about the libraries of the base install, from what is installed.

``leukview/resources/licences/THIRD-PARTY.md`` is the table that ships and that the window shows; ``--texts FILE``
gathers the licence texts of the libraries for a folder that holds them in binary form.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
NOTICES = ROOT / "leukview" / "resources" / "licences" / "THIRD-PARTY.md"
_LICENCE_FILE = re.compile(r"(?i)^(licen[cs]e|copying|notice|thirdpartynotices)")
_LONGEST_NAME = 60
_HEAD = """\
# Third-party notices

LeukView's own code is under the Apache License 2.0 (`LICENSE`). Its models have terms of their own: research use only
(`leukview/resources/models/LICENSE.md`). The program uses the libraries listed below, each under its own licence. The
list is made from the installed set by `make third-party`; a library that only one platform needs may be missing on
another. Each installed library brings its licence text; the frozen program carries all of them in
`THIRD-PARTY-TEXTS.txt`, the setup for Windows in the folders `site-packages/*.dist-info`.

## Qt and PySide6 (LGPL-3.0)

LeukView uses Qt and PySide6 of The Qt Company under the GNU Lesser General Public License, version 3; the texts of this
licence and of the GNU General Public License lie beside this file (`LGPL-3.0.txt`, `GPL-3.0.txt`). The libraries are
unchanged and linked dynamically. Their sources are at <https://download.qt.io/official_releases/QtForPython/>. You may
replace them by your own build of the same version, and you may examine LeukView for that purpose:

| installation | where the libraries lie |
|---|---|
| wheel, `make run` | `PySide6` and `shiboken6` in the environment's `site-packages`: `pip install` another build |
| frozen program, `.deb`, archive | `_internal/PySide6`, `_internal/shiboken6` beside the program: replace the files |
| setup for Windows | `site-packages\\PySide6` and `site-packages\\shiboken6` in the program folder: replace the files |

## Libraries

| library | version | licence |
|---|---|---|
"""


def base_requirements() -> list[Requirement]:
    """Direct dependencies of the base install that apply on this platform."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = [Requirement(text) for text in settings["project"]["dependencies"]]
    return [r for r in found if r.marker is None or r.marker.evaluate()]


def installed_set() -> dict[str, Distribution]:
    """Distributions of the base install with all that they need, by normalised name.

    Raises:
        PackageNotFoundError: One of them is not installed.
    """
    found: dict[str, Distribution] = {}
    waiting = base_requirements()
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop().name).lower()
        if name in found:
            continue
        found[name] = distribution(name)
        needed = [Requirement(text) for text in found[name].requires or []]
        waiting += [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]
    return dict(sorted(found.items()))


def licence_name(package: Distribution) -> str:
    """Name of a distribution's licence: its SPDX expression, else its licence field, else its classifiers."""
    metadata = package.metadata
    for key in ("License-Expression", "License"):
        value = metadata[key] if key in metadata else ""  # noqa: SIM401 - its protocol has no get
        if value and "\n" not in value and len(value) <= _LONGEST_NAME:
            return value
    classifiers = [c.split("::")[-1].strip() for c in metadata.get_all("Classifier") or () if c.startswith("License")]
    return ", ".join(classifiers) or "see its licence text"


def notices() -> str:
    """The notices as Markdown."""
    rows = [f"| {name} | {d.version} | {licence_name(d)} |" for name, d in installed_set().items()]
    return _HEAD + "\n".join(rows) + "\n"


def licence_texts() -> str:
    """The licence texts of all libraries, each under its name, equal ones of one library once."""
    parts: list[str] = []
    for name, package in installed_set().items():
        files = [f for f in package.files or () if _LICENCE_FILE.match(f.name) and f.suffix not in {".py", ".pyc"}]
        texts = dict.fromkeys(Path(str(f.locate())).read_text(encoding="utf-8", errors="replace") for f in files)
        parts.append(f"==== {name} {package.version}: {licence_name(package)} ====\n\n" + "\n\n".join(texts))
    for licence in ("LGPL-3.0", "GPL-3.0"):
        text = NOTICES.with_name(f"{licence}.txt").read_text(encoding="utf-8")
        parts.append(f"==== {licence} (Qt, PySide6) ====\n\n{text}")
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the notices, or the licence texts."""
    parser = argparse.ArgumentParser(description="Notices about the libraries of the base install.")
    parser.add_argument("--texts", type=Path, metavar="FILE", help="write the licence texts there instead")
    arguments = parser.parse_args()
    try:
        output, text = (arguments.texts, licence_texts()) if arguments.texts else (NOTICES, notices())
    except PackageNotFoundError as error:
        sys.stderr.write(f"Not installed: {error.name}. Run make test or make run first.\n")
        return 1
    output.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
