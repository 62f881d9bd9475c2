"""The Debian package and the portable archive for Linux."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from installer.linux import DEPENDS, PROGRAM, ROOT, build, lay_out, manual_page, project_version
from leukview.bootstrap.site_config import load_taxonomy
from leukview.cli.main import command_names
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.synthetic import write_demo_export
from tests.end_to_end.test_frozen import program

__all__ = ["program"]  # a fixture
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")


def test_that_the_package_has_launcher_menu_entry_icon_and_manual(tmp_path: Path):
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    (frozen / "leukview").write_bytes(b"\x7fELF")
    root = tmp_path / "root"
    lay_out(root, frozen, "1.2.3", "amd64")
    assert (root / PROGRAM / "leukview").read_bytes() == b"\x7fELF"
    assert (root / "usr/bin/leukview").readlink() == Path("/opt/leukview/leukview")
    entry = (root / "usr/share/applications/leukview.desktop").read_text(encoding="utf-8")
    assert "MimeType=inode/directory;application/zip;" in entry
    assert "Exec=leukview %f" in entry
    assert (root / "usr/share/icons/hicolor/256x256/apps/leukview.png").read_bytes().startswith(b"\x89PNG")
    page = gzip.decompress((root / "usr/share/man/man1/leukview.1.gz").read_bytes()).decode("utf-8")
    assert page.startswith(".TH LEUKVIEW 1")
    control = (root / "DEBIAN/control").read_text(encoding="utf-8")
    assert "Version: 1.2.3\n" in control
    assert "Architecture: amd64\n" in control


def test_that_the_manual_page_lists_every_command():
    named = set(re.findall(r"^\.B ([a-z]+)$", manual_page("1.2.3"), re.MULTILINE)) - {"leukview"}
    assert named == command_names()


def test_that_the_package_depends_on_the_libraries_that_the_script_installs():
    script = (ROOT / "installer" / "system-libraries.sh").read_text(encoding="utf-8")
    listed = set(" ".join(re.findall(r'^packages="(?:\$packages )?(.*)"$', script, re.MULTILINE)).split())
    # Fonts are the desktop's own; a system with a desktop has some.
    assert listed - {"fonts-dejavu-core"} == {alternative.split(" | ")[0] for alternative in DEPENDS.split(", ")}


@needs_dpkg
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_that_package_and_archive_are_installed_work_and_go(program: Path, tmp_path: Path):
    package, archive = build(program.parent, tmp_path, compression="none")
    slide = write_demo_export(
        tmp_path / "demo",
        slides=1,
        cells=12,
        seed=5,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=null_reporter,
    )[0]

    def run(executable: Path, home: str, *arguments: str) -> str:
        environment = {**os.environ, "LEUKVIEW_HOME": str(tmp_path / home)}
        environment.pop("PYTHONPATH", None)
        command = [str(executable), *arguments]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    # A root of its own takes the place of the system; dependencies of this machine are not asked for there.
    root = tmp_path / "root"
    database = root / "var" / "lib" / "dpkg"
    for folder in (database / "info", database / "updates"):
        folder.mkdir(parents=True)
    (database / "status").touch()
    dpkg = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--force-script-chrootless"]
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    subprocess.run([*dpkg, "--install", str(package)], env=environment, check=True, capture_output=True)
    installed = root / PROGRAM / "leukview"
    assert run(installed, "home", "--version").strip() == f"LeukView {project_version()}"
    assert "BAD" not in run(installed, "home", "doctor")
    assert "12 cells" in run(installed, "home", "analyze", str(slide), "--output", str(tmp_path / "out"))
    subprocess.run([*dpkg, "--remove", "leukview"], env=environment, check=True, capture_output=True)
    assert not installed.exists()
    assert (tmp_path / "home" / "leukview.db").exists(), "removing the program leaves the data"

    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "portable", filter="data")
    (portable,) = (tmp_path / "portable").glob("*/leukview")
    assert "BAD" not in run(portable, "portable-home", "doctor")
