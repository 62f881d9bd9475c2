"""The wheel as `pipx install` would use it: everything inside the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from leukview._version import program_version
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE, resources_dir
from leukview.synthetic import write_demo_export

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = SETTINGS["project"]["version"]
BUILD = "import sys, setuptools.build_meta as backend; print(getattr(backend, sys.argv[1])(sys.argv[2]))"

CLEAN_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
"""Without the checkout, whose metadata pip would take for an installation."""


def build(kind: str, source: Path, output: Path) -> Path:
    """Build one distribution with the backend that the project names, without a package index."""
    output.mkdir(exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-c", BUILD, f"build_{kind}", str(output)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return output / done.stdout.splitlines()[-1]


def copy_of_sources(folder: Path) -> Path:
    """What is under version control of the package, so that builds leave nothing in the checkout."""
    shutil.copytree(ROOT / "leukview", folder / "leukview", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("training", "tests"):  # top-level packages that must stay out
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the sdist builds."""
    folder = tmp_path_factory.mktemp("distributions")
    archive = build("sdist", copy_of_sources(folder / "sources"), folder / "sdist")
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return build("wheel", unpacked, folder / "wheel")


def test_that_the_version_has_one_source(tmp_path: Path):
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "leukview"\nversion = "7.8.9"\n', encoding="utf-8")
    assert program_version(project) == "7.8.9"
    assert program_version() == VERSION
    project.write_text('[project]\nname = "another"\nversion = "1"\n', encoding="utf-8")  # a neighbour's file
    assert program_version(project) != "1"
    assert f"version: {VERSION}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_that_the_version_is_shown_on_the_command_line():
    command = [sys.executable, "-m", "leukview", "--version"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == f"LeukView {VERSION}"


def test_that_the_wheel_holds_the_package_alone_with_every_data_file(wheel: Path):
    assert wheel.name == f"leukview-{VERSION}-py3-none-any.whl"
    names = {n for n in zipfile.ZipFile(wheel).namelist() if not n.endswith("/")}
    assert {n.split("/")[0] for n in names} == {"leukview", f"leukview-{VERSION}.dist-info"}
    files = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "leukview").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert {n for n in names if n.startswith("leukview/")} == files
    assert "leukview/py.typed" in files
    assert resources_dir() == ROOT / "leukview" / "resources"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_that_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True, symlinks=True)
    python = environment / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--disable-pip-version-check", wheel]
    subprocess.run([str(word) for word in install], env=CLEAN_ENVIRONMENT, check=True, capture_output=True)
    packages = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    # The dependencies come from this environment: .pth files in there (editable installations) are not read.
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    assert not (environment / "share" / "leukview").exists()
    slide = write_demo_export(
        tmp_path / "demo",
        slides=1,
        cells=12,
        seed=5,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=null_reporter,
    )[0]

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(environment / "bin" / "leukview"), *arguments],
            cwd=tmp_path,
            env={**CLEAN_ENVIRONMENT, HOME_VARIABLE: str(tmp_path / "data"), KEYS_VARIABLE: str(tmp_path / "keys")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert run("--version").strip() == f"LeukView {VERSION}"
    place = subprocess.run(
        [str(python), "-c", "import leukview; print(leukview.__file__)"],
        cwd=tmp_path,
        env=CLEAN_ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert place.startswith(packages)
    assert "BAD" not in run("doctor")
    assert "12 cells" in run("analyze", str(slide), "--output", str(tmp_path / "out"))
    assert list((tmp_path / "out").rglob("report.pdf"))
