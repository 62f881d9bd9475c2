"""The installer for Windows: its parts, and (slow) the setup under Wine."""

from __future__ import annotations

import ast
import csv
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from installer.windows.build import build, missing_tools, project_version
from installer.windows.fetch import Wheel, base_requirements, holds_on_windows
from installer.windows.layout import FORBIDDEN_PACKAGES, QT_MODULES, ROOT, build_launchers, lay_out
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.synthetic import write_demo_export
from tests.installer.wine import Windows, wine_is_available

NSI = ROOT / "installer" / "windows" / "leukview.nsi"
needs_tools = pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}")


def write_wheel(folder: Path, name: str, files: dict[str, str], requires: tuple[str, ...] = ()) -> Wheel:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {r}" for r in requires)]
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**files, f"{name}-1.0.dist-info/METADATA": "\n".join(lines)}.items():
            archive.writestr(member, text)
    return Wheel(name, path)


def test_that_markers_are_those_of_windows():
    assert holds_on_windows(Requirement("pywin32-ctypes; sys_platform == 'win32'"))
    assert not holds_on_windows(Requirement("SecretStorage; sys_platform == 'linux'"))
    assert not holds_on_windows(Requirement("torch; extra == 'torch'"))
    names = {r.name for r in base_requirements()}
    assert {"numpy", "onnxruntime", "PySide6_Essentials"} <= names
    assert not names & set(FORBIDDEN_PACKAGES)


def test_that_the_requirements_are_those_of_the_project_file(tmp_path: Path):
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\ndependencies = ["added-today>=1", "uvloop; sys_platform != \'win32\'"]\n')
    assert [r.name for r in base_requirements(project)] == ["added-today"]
    assert "hl7" in {r.name for r in base_requirements()}


def test_that_requirements_come_from_the_wheel(tmp_path: Path):
    requires = (
        "numpy>=1",
        "colorama; sys_platform == 'win32'",
        "uvloop; sys_platform != 'win32'",
        "pytest; extra == 'dev'",
    )
    wheel = write_wheel(tmp_path, "thing", {"thing/__init__.py": ""}, requires)
    assert [r.name for r in wheel.requirements()] == ["numpy", "colorama"]


def test_that_the_program_holds_what_it_needs_and_nothing_else(tmp_path: Path):
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / "python.exe").write_bytes(b"MZ")
    plain = ("thing/__init__.py", "thing/tests/test_it.py", "thing-1.0.data/scripts/x")
    qt = ("QtCore.pyd", "QtQml.pyd", "plugins/platforms/qwindows.dll", "designer.exe")
    msvc = ("MSVCP140.dll", "mfc140.dll")
    wheels = [
        write_wheel(tmp_path, "thing", dict.fromkeys(plain, "")),
        write_wheel(tmp_path, "pyside6-essentials", {f"PySide6/{name}": "" for name in qt}),
        write_wheel(tmp_path, "msvc-runtime", {f"msvc_runtime-1.0.data/data/{name}": "" for name in msvc}),
    ]
    folder = tmp_path / "LeukView"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "stale.py").write_text("")
    manual = tmp_path / "manual"
    manual.mkdir()
    (manual / "index.html").write_text("<p>manual</p>")
    lay_out(folder, runtime, wheels, "1.2.3", manual)
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {
        "python/python.exe",
        "python/msvcp140.dll",
        "site-packages/thing/__init__.py",
        "site-packages/PySide6/QtCore.pyd",
        "site-packages/PySide6/plugins/platforms/qwindows.dll",
        "app/leukview/__main__.py",
        "app/leukview/resources/taxonomy.toml",
        "app/leukview/resources/manual/index.html",
        "app/leukview-1.2.3.dist-info/METADATA",
        "LICENSE",
        "THIRD-PARTY.md",
        "VERSION",
    } <= files
    assert not [f for f in files if "test_it" in f or "QtQml" in f or "designer" in f or "stale" in f or "mfc140" in f]
    assert not [f for f in files if f.startswith(("app/training", "app/tests"))]
    path = (folder / "python" / "python312._pth").read_text().split()
    assert path == ["python312.zip", ".", "..\\app", "..\\site-packages"]


def test_that_the_qt_modules_kept_are_those_imported():
    imported = set()
    for source in (ROOT / "leukview").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("PySide6."):
                imported.add(node.module.removeprefix("PySide6."))
    assert imported <= set(QT_MODULES)


@needs_tools
def test_that_launchers_and_setup_compile(tmp_path: Path):
    program = tmp_path / "LeukView"
    program.mkdir()
    build_launchers(program, "1.2.3", tmp_path / "scratch")
    for name in ("LeukView.exe", "leukview-cli.exe"):
        assert (program / name).read_bytes()[:2] == b"MZ"
    assert len({p.name.casefold() for p in program.iterdir()}) == 2
    options = ["-DVERSION=1.2.3", f"-DSOURCE={program}", f"-DOUTFILE={tmp_path / 'LeukView-1.2.3.exe'}", "-DFAST"]
    subprocess.run(["makensis", "-V2", "-WX", *options, str(NSI)], check=True, capture_output=True)
    assert (tmp_path / "LeukView-1.2.3.exe").stat().st_size > 50_000


# ---- under Wine
@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    if not os.environ.get("LEUKVIEW_WINE"):
        pytest.skip("LEUKVIEW_WINE is not set: the setup for Windows is not tried (make test-windows).")
    if not wine_is_available() or missing_tools():
        pytest.skip("Wine, NSIS or mingw is not installed: the setup for Windows is not tried.")
    prefix = Windows(tmp_path_factory.mktemp("wine"))
    yield prefix
    prefix.stop()


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    name = ":97"
    server = subprocess.Popen(
        ["Xvfb", name, "-screen", "0", "1366x768x24"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    socket = Path("/tmp/.X11-unix/X97")  # noqa: S108  # where X servers listen
    for _ in range(200):
        if socket.exists():
            break
        time.sleep(0.05)
    yield name
    server.terminate()
    server.wait()


def rows(folder: Path) -> list[list[str]]:
    (table,) = folder.rglob("cells.csv")
    return list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_that_the_setup_installs_works_upgrades_and_goes(windows: Windows, display: str, tmp_path: Path):
    def cli(*arguments: str) -> str:
        done = windows.run(str(program / "leukview-cli.exe"), *arguments, display=display)
        assert done.returncode == 0, done.stdout[-2000:]
        return done.stdout

    setup = build(version="0.0.1", fast=True)
    program, data = windows.local_app_data / "Programs" / "LeukView", windows.local_app_data / "LeukView"
    assert windows.run(str(setup), "/S", timeout=1200).returncode == 0
    assert "hash chain holds" in cli("doctor")
    # The same figures as on this machine.
    write_demo_export(
        tmp_path / "demo",
        slides=1,
        cells=12,
        seed=8,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=null_reporter,
    )
    cli("analyze", str(tmp_path / "demo"), "--output", str(tmp_path / "windows"))
    environment = {**os.environ, "LEUKVIEW_HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    shutil.copy2(data / "identity.key", tmp_path / "home" / "identity.key")
    command = [sys.executable, "-m", "leukview", "analyze", str(tmp_path / "demo"), "--output", str(tmp_path / "linux")]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, capture_output=True)
    assert_same(rows(tmp_path / "windows"), rows(tmp_path / "linux"))
    # The window opens on the slides and closes with exit code 0.
    window = windows.start(str(program / "LeukView.exe"), "open", str(tmp_path / "demo"), display=display)
    title = ["xdotool", "search", "--sync", "--name", "LeukView"]
    desktop = {**os.environ, "DISPLAY": display}
    found = subprocess.run(title, env=desktop, capture_output=True, text=True, timeout=300, check=True)
    for identifier in found.stdout.split()[:1]:
        subprocess.run(["xdotool", "windowclose", identifier], env=desktop, check=True)
    window.wait(timeout=300)
    # An upgrade removes stale files, keeps the data and finds them again.
    (program / "app" / "leukview" / "stale.py").write_text("")
    newer = build(version=project_version(), fast=True)
    assert windows.run(str(newer), "/S", timeout=1200).returncode == 0
    assert not (program / "app" / "leukview" / "stale.py").exists()
    assert (program / "VERSION").read_text().strip() == project_version()
    assert cli("--version").strip() == f"LeukView {project_version()}"
    assert "holds 1 slides" in cli("doctor")
    # The program goes, the data stay.
    assert windows.run(str(program / "Uninstall.exe"), "/S", timeout=600).returncode == 0
    for _ in range(600):
        if not (program / "app").exists():
            break
        time.sleep(0.5)
    assert not (program / "app").exists()
    assert (data / "leukview.db").exists()


def assert_same(ours: list[list[str]], theirs: list[list[str]]) -> None:
    """Equal tables; numbers may differ in the last digits."""
    assert ours[0] == theirs[0]
    assert len(ours) == len(theirs)
    for left, right in zip(ours[1:], theirs[1:], strict=True):
        for name, a, b in zip(ours[0], left, right, strict=True):
            try:
                assert float(a) == pytest.approx(float(b), rel=1e-3, abs=2e-3), name
            except ValueError:
                assert a == b, name
