"""The frozen program does the job; it is built here when it is absent or older than the sources."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.synthetic import write_demo_export

ROOT = Path(__file__).resolve().parents[2]
CELLS = 24

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def source_files() -> Iterator[Path]:
    """Everything that the frozen program is made from."""
    yield from (ROOT / "leukview").rglob("*.py")
    yield from (p for p in (ROOT / "leukview" / "resources").rglob("*") if p.is_file())
    yield from (ROOT / "installer").iterdir()
    yield from (ROOT / "pyproject.toml", ROOT / "constraints.txt")


@pytest.fixture(scope="session")
def program() -> Path:
    """The frozen program of these sources."""
    built = ROOT / "dist" / "leukview" / ("leukview.exe" if sys.platform == "win32" else "leukview")
    stamp = ROOT / "dist" / "leukview.stamp"
    if not (built.exists() and stamp.exists()) or stamp.stat().st_mtime < max(
        p.stat().st_mtime for p in source_files()
    ):
        command = [sys.executable, str(ROOT / "installer" / "bundle.py")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return built


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic slide."""
    where = tmp_path_factory.mktemp("demo")
    made = write_demo_export(
        where, slides=1, cells=CELLS, seed=3, taxonomy=load_taxonomy(), token=CancelToken(), reporter=null_reporter
    )
    return made[0]


def run_program(program: Path, *arguments: object) -> str:
    """What the program says; it must end well."""
    command = [str(a) for a in (program, *arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_that_the_frozen_program_holds_no_torch_and_is_small(program: Path):
    folder = program.parent
    program_files = [p for p in folder.rglob("*") if "manual" not in p.relative_to(folder).parts]
    names = {p.name.split("-")[0].split(".")[0] for p in program_files}
    assert names >= {"onnxruntime", "PySide6", "typst", "leukview"}
    assert not names & {"torch", "torchvision", "libtorch_cpu", "cv2", "sklearn", "matplotlib", "training"}
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) < 600e6


def test_that_the_frozen_program_tells_the_version_of_the_project(program: Path):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert run_program(program, "--version").strip() == f"LeukView {settings['project']['version']}"


def test_that_the_frozen_program_finds_itself_sound(program: Path):
    said = run_program(program, "doctor")
    assert "BAD" not in said
    assert "hash chain holds" in said


def test_that_the_frozen_program_qualifies_itself_and_carries_the_licences(program: Path, tmp_path: Path):
    assert "Qualification passed" in run_program(program, "qualify", "--output", tmp_path / "protocol.pdf")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (program.parent / "THIRD-PARTY-TEXTS.txt").read_text(encoding="utf-8")


def test_that_the_frozen_program_analyses_a_slide_and_writes_the_report(program: Path, slide: Path, tmp_path: Path):
    said = run_program(program, "analyze", slide, "--output", tmp_path / "out")
    assert f"{CELLS} cells" in said
    (folder,) = (tmp_path / "out").iterdir()
    assert {p.name for p in folder.iterdir()} == {"cells.csv", "summary.json", "report.pdf", "completed.json"}
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_that_the_frozen_program_starts_worker_processes_of_its_own(program: Path, slide: Path, tmp_path: Path):
    said = run_program(program, "analyze", slide.parent, "--output", tmp_path / "out", "--workers", "2")
    assert f"{CELLS} cells" in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only the offscreen platform says that it shows")
def test_that_the_frozen_program_opens_its_window_and_looks_through_the_folder(
    program: Path, slide: Path, tmp_path: Path
):
    """Without a screen Qt says a line of each window that is shown: the main window, then the preview of the folder."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    said = []
    with subprocess.Popen([program, slide], stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        shown = 0
        while shown < 2 and (line := process.stderr.readline()):
            said.append(line)
            shown += "propagateSizeHints" in line
        assert shown == 2, said
        assert process.poll() is None
        process.kill()
    assert (tmp_path / "home" / "leukview.db").exists()
    log = tmp_path / "home" / "leukview.log"
    assert not log.exists() or log.read_text(encoding="utf-8") == ""
