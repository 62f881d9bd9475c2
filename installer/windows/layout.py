"""Lays out the program folder for Windows: CPython, packages, application and launchers."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from installer.windows.fetch import MSVC_PACKAGE, PYTHON_VERSION, Wheel

ROOT = Path(__file__).resolve().parents[2]
QT_PLUGINS = frozenset(
    {
        "platforms/qwindows.dll",
        "platforms/qoffscreen.dll",
        "styles/qmodernwindowsstyle.dll",
        "imageformats/qico.dll",
        "imageformats/qjpeg.dll",
        "imageformats/qsvg.dll",
        "iconengines/qsvgicon.dll",
    }
)
QT_MODULES = ("QtCore", "QtGui", "QtWidgets")
"""What the application imports of Qt; a test compares it with the sources."""

_LEFT_OUT_FOLDERS = frozenset({"tests", "test", "__pycache__", "qml", "include", "typesystems", "glue", "doc"})
_KEPT_QT_FILES = frozenset(
    {"__init__.py", "_config.py", "_git_pyside_version.py", "pyside6.abi3.dll", "Qt6Svg.dll"}  # icons are SVG files
    | {f"{module}.pyd" for module in QT_MODULES}
    | {f"Qt6{module[2:]}.dll" for module in QT_MODULES}
)
FORBIDDEN_PACKAGES = (
    "torch",
    "torchvision",
    "cv2",
    "sklearn",
    "matplotlib",
    "training",
    "tests",
    "dask",
    "lightning_fabric",
)
"""Packages that the review workstation must not hold."""


def lay_out(
    folder: Path, runtime: Path, wheels: Iterable[Wheel], constraints_version: str, manual: Path | None = None
) -> None:
    """Write the program folder anew.

    Args:
        folder: Replaced when it exists.
        runtime: Folder of the embeddable CPython.
        wheels: Of the base install.
        constraints_version: Version of LeukView, written to ``VERSION`` and the metadata.
        manual: Folder of the built manual, for Help › Manual.
    """
    shutil.rmtree(folder, ignore_errors=True)
    python, packages, application = folder / "python", folder / "site-packages", folder / "app"
    shutil.copytree(runtime, python)
    digits = PYTHON_VERSION.replace(".", "")
    (python / f"python{digits}._pth").write_text(
        f"python{digits}.zip\n.\n..\\app\n..\\site-packages\n", encoding="ascii"
    )
    for wheel in wheels:
        _unpack(wheel, python if wheel.name == MSVC_PACKAGE else packages)
    sources = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "leukview", application / "leukview", ignore=sources)
    if manual is not None:
        shutil.copytree(manual, application / "leukview" / "resources" / "manual", dirs_exist_ok=True)
    for name in ("LICENSE", "CHANGELOG.md", "leukview/resources/licences/THIRD-PARTY.md"):
        shutil.copy2(ROOT / name, folder / Path(name).name)
    (folder / "VERSION").write_text(constraints_version + "\n", encoding="ascii")
    metadata = application / f"leukview-{constraints_version}.dist-info"  # where the program looks for its version
    metadata.mkdir()
    text = f"Metadata-Version: 2.4\nName: leukview\nVersion: {constraints_version}\nLicense-Expression: Apache-2.0\n"
    (metadata / "METADATA").write_text(text, encoding="ascii")


def _unpack(wheel: Wheel, folder: Path) -> None:
    """Unpack the parts of a wheel that the application needs."""
    with zipfile.ZipFile(wheel.path) as archive:
        for name in archive.namelist():
            target = _target(wheel, name)
            if target is None or name.endswith("/"):
                continue
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


def _target(wheel: Wheel, name: str) -> str | None:
    """Relative path of a wheel's member below the folder; None = it is left out."""
    parts = name.split("/")
    if wheel.name == MSVC_PACKAGE:
        lower = parts[-1].casefold()
        return lower if lower.endswith(".dll") and lower.startswith(("msvcp140", "vcruntime140", "concrt140")) else None
    if parts[0].endswith(".data"):
        if len(parts) < 3 or parts[1] not in {"purelib", "platlib"}:
            return None
        parts = parts[2:]
    if _LEFT_OUT_FOLDERS & set(parts[:-1]) or parts[-1].endswith((".pyi", ".pdb", ".lib", ".h")):
        return None
    if parts[0] == "PySide6":
        return "/".join(parts) if _keeps_qt(parts) else None
    return "/".join(parts)


def _keeps_qt(parts: list[str]) -> bool:
    if len(parts) == 2:
        return parts[1] in _KEPT_QT_FILES
    if parts[1] == "plugins":
        return "/".join(parts[2:]) in QT_PLUGINS
    return (parts[1] == "translations" and parts[-1].startswith("qtbase_")) or parts[1] == "support"


def build_launchers(folder: Path, version: str, scratch: Path) -> None:
    """Compile ``LeukView.exe`` (window) and ``leukview-cli.exe`` (console) with mingw.

    Args:
        folder: Program folder.
        version: Such as ``0.1.0``.
        scratch: Folder for object files.
    """
    source = Path(__file__).parent
    scratch.mkdir(parents=True, exist_ok=True)
    icon = scratch / "leukview.ico"
    _write_icon(icon)
    numbers = ",".join([*version.split("."), "0", "0", "0"][:4])
    text = (source / "launcher.rc").read_text(encoding="ascii")
    (scratch / "launcher.rc").write_text(
        text.replace("@NUMBERS@", numbers).replace("@VERSION@", version), encoding="ascii"
    )
    prefix = "x86_64-w64-mingw32"
    subprocess.run([f"{prefix}-windres", "launcher.rc", "launcher.o"], cwd=scratch, check=True)
    for name, flags in (("LeukView.exe", ["-DWINDOWED", "-mwindows"]), ("leukview-cli.exe", ["-mconsole"])):
        command = [f"{prefix}-gcc", "-O2", "-s", "-municode", "-Wall", "-Werror", *flags]
        subprocess.run(
            [*command, "-o", str(folder / name), str(source / "launcher.c"), "launcher.o"], cwd=scratch, check=True
        )


def _write_icon(output: Path) -> None:
    """Convert the application icon to Windows' form, 16 to 256 pixels."""
    with Image.open(ROOT / "leukview" / "resources" / "icons" / "leukview.png") as image:
        image.save(output, sizes=[(side, side) for side in (16, 24, 32, 48, 64, 128, 256)])
