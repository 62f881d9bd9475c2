"""``make installer-linux``: a Debian package and a portable archive from the frozen program.

Run ``make bundle`` first; needs ``dpkg-deb`` (Debian: ``dpkg``). The package installs the program to
``/opt/leukview``, a launcher, a desktop entry, icon and manual page, and asks for no questions.
"""

from __future__ import annotations

import argparse
import gzip
import platform
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from leukview.cli.main import command_summaries

ROOT = Path(__file__).resolve().parents[1]
FROZEN = ROOT / "dist" / "leukview"
ICONS = ROOT / "leukview" / "resources" / "icons"
PROGRAM = Path("opt") / "leukview"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""Debian's name of an architecture by the machine's."""
DEPENDS = (
    "libgl1, libegl1, libxkbcommon0, libdbus-1-3, libfontconfig1, libglib2.0-0 | libglib2.0-0t64, fontconfig, "
    "libxcb-cursor0, libxkbcommon-x11-0, libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-render-util0, "
    "libxcb-shape0, libxcb-xkb1"
)
"""System libraries that Qt needs; the same as in ``system-libraries.sh``."""
_CONTROL = """\
Package: leukview
Version: {version}
Section: science
Priority: optional
Architecture: {architecture}
Installed-Size: {kilobytes}
Depends: {depends}
Maintainer: LeukView maintainers <leukview@localhost>
Description: slide review for haematologists, research use only
 LeukView opens the cell images that a slide scanner exported, segments and
 classifies them, counts them with exact intervals, and records what a person
 accepts or changes. It is research software and makes no diagnosis.
"""
_DESKTOP = """\
[Desktop Entry]
Type=Application
Name=LeukView
GenericName=Slide review
GenericName[zh_CN]=血涂片复核
Comment=Review blood films by their cell images (research use only)
Comment[zh_CN]=按细胞图像复核血涂片（仅供研究使用）
Exec=leukview %f
Icon=leukview
Terminal=false
Categories=Science;MedicalSoftware;
MimeType=inode/directory;application/zip;
StartupWMClass=leukview
"""
_MANUAL = """\
.TH LEUKVIEW 1 "" "LeukView {version}" "User commands"
.SH NAME
leukview \\- slide review for haematologists (research use only)
.SH SYNOPSIS
.B leukview
[\\fIFOLDER\\fR]
.br
.B leukview
\\fICOMMAND\\fR [\\fIOPTION\\fR]...
.SH DESCRIPTION
Without a command LeukView opens its window, on the exported folder or archive if one is given. The commands and their
options are listed by
.B leukview \\-\\-help
and
.BR "leukview \\fICOMMAND\\fR \\-\\-help" .
.SH COMMANDS
{commands}
.SH FILES
.TP
.I ~/.local/share/LeukView
Database, identity vault, settings and site files; removing the package leaves them.
.SH ENVIRONMENT
.TP
.B LEUKVIEW_HOME
The data folder.
.TP
.B LEUKVIEW_DATABASE_URL
A database other than the one in the data folder.
.SH EXIT STATUS
0: done; 1: not everything was done; 2: wrong usage; 130: cancelled.
"""


def project_version() -> str:
    """Version of the project, from ``pyproject.toml``."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return version


def manual_page(version: str) -> str:
    """The manual page, with all commands of the program and their help."""
    entries = (f".TP\n.B {name}\n{text}" for name, text in command_summaries().items())
    return _MANUAL.format(version=version, commands="\n".join(entries).replace("-", "\\-"))


def lay_out(root: Path, frozen: Path, version: str, architecture: str) -> None:
    """Write the file tree of the Debian package anew.

    Args:
        root: Replaced when it exists.
        frozen: Folder of the frozen program.
        version: Of the package.
        architecture: Debian's name.
    """
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(frozen, root / PROGRAM, symlinks=True)
    share = root / "usr" / "share"
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "leukview").symlink_to(Path("/") / PROGRAM / "leukview")
    pixels = share / "icons" / "hicolor" / "256x256" / "apps"
    scalable = share / "icons" / "hicolor" / "scalable" / "apps"
    documents = share / "doc" / "leukview"
    for folder in (pixels, scalable, documents, share / "applications", share / "man" / "man1", root / "DEBIAN"):
        folder.mkdir(parents=True)
    shutil.copy2(ICONS / "leukview.png", pixels)
    shutil.copy2(ICONS / "leukview.svg", scalable)
    (share / "applications" / "leukview.desktop").write_text(_DESKTOP, encoding="utf-8")
    page = gzip.compress(manual_page(version).encode("utf-8"), mtime=0)
    (share / "man" / "man1" / "leukview.1.gz").write_bytes(page)
    notices = ROOT / "leukview" / "resources" / "licences" / "THIRD-PARTY.md"
    shutil.copy2(ROOT / "LICENSE", documents / "copyright")
    shutil.copy2(notices, documents)
    size = sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and not p.is_symlink())
    control = _CONTROL.format(version=version, architecture=architecture, kilobytes=size // 1024, depends=DEPENDS)
    (root / "DEBIAN" / "control").write_text(control, encoding="utf-8")


def build(frozen: Path = FROZEN, output: Path = ROOT / "dist", *, compression: str = "xz") -> tuple[Path, Path]:
    """Build the Debian package and the portable archive.

    Args:
        frozen: Folder of the frozen program.
        output: Folder for both files.
        compression: Of the package, as ``dpkg-deb`` names it; ``none`` is for tests.

    Returns:
        Package and archive.
    """
    version, machine = project_version(), platform.machine()
    architecture = ARCHITECTURES.get(machine, machine)
    root = ROOT / "build" / "linux" / "root"
    lay_out(root, frozen, version, architecture)
    package = output / f"leukview_{version}_{architecture}.deb"
    command = ["dpkg-deb", f"-Z{compression}", "--root-owner-group", "--build", str(root), str(package)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    archive = output / f"LeukView-{version}-linux-{machine}.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1 if compression == "none" else 6) as opened:
        opened.add(frozen, f"LeukView-{version}")
    shutil.rmtree(root)
    return package, archive


def main() -> int:
    """Build and print the sizes."""
    argparse.ArgumentParser(description="Build a Debian package and a portable archive.").parse_args()
    if not (FROZEN / "leukview").exists():
        sys.stderr.write("There is no frozen program: run make bundle first.\n")
        return 1
    if shutil.which("dpkg-deb") is None:
        sys.stderr.write("Missing: dpkg-deb. Debian: apt install dpkg\n")
        return 1
    for path in build():
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
