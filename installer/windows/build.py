"""``make installer-windows``: builds the setup for Windows x64 on any machine.

Needs NSIS, mingw and osslsigncode (Debian: ``nsis gcc-mingw-w64-x86-64 osslsigncode``) and a package index.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from installer.windows.fetch import PYTHON_VERSION, FetchError, fetch_runtime, fetch_wheels, verify_signature
from installer.windows.layout import FORBIDDEN_PACKAGES, ROOT, build_launchers, lay_out

TOOLS = ("makensis", "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres", "osslsigncode")
LARGEST_MB = 150


def project_version() -> str:
    """Version of the project, from ``pyproject.toml``."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return version


def missing_tools() -> list[str]:
    """Programs that the build needs and this machine lacks."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def build(*, version: str, fast: bool) -> Path:
    """Build the setup.

    Args:
        version: Version that setup and launchers carry.
        fast: Do not compress; for tests.

    Returns:
        The setup.

    Raises:
        FetchError: Something cannot be fetched or verified, or the result holds what it must not.
    """
    scratch, program = ROOT / "build" / "windows", ROOT / "build" / "windows" / "LeukView"
    runtime = fetch_runtime(scratch / "runtime")
    signer = verify_signature(runtime / f"python{PYTHON_VERSION.replace('.', '')}.dll")
    sys.stdout.write(f"CPython {PYTHON_VERSION}, signed by {signer}\n")
    wheels = fetch_wheels(scratch / "wheels", ROOT / "constraints.txt")
    manual = ROOT / "build" / "manual"
    if not (manual / "index.html").is_file():
        raise FetchError("The manual is missing: run “make docs” first.")
    lay_out(program, runtime, wheels, version, manual)
    found = sorted({p.name for p in (program / "site-packages").iterdir()} & set(FORBIDDEN_PACKAGES))
    if found:
        raise FetchError(f"The program holds what it must not: {', '.join(found)}.")
    build_launchers(program, version, scratch / "launchers")
    setup = ROOT / "dist" / f"LeukView-{version}-windows-x64-setup.exe"
    setup.parent.mkdir(exist_ok=True)
    options = [f"-DVERSION={version}", f"-DSOURCE={program}", f"-DOUTFILE={setup}", *(["-DFAST"] if fast else [])]
    subprocess.run(["makensis", "-V2", "-WX", *options, str(Path(__file__).with_name("leukview.nsi"))], check=True)
    return setup


def main() -> int:
    """Build and print the size."""
    parser = argparse.ArgumentParser(description="Build the setup for Windows x64.")
    parser.add_argument("--version", default=project_version(), help="version that the setup carries")
    parser.add_argument("--fast", action="store_true", help="do not compress")
    arguments = parser.parse_args()
    missing = missing_tools()
    if missing:
        sys.stderr.write(f"Missing: {', '.join(missing)}. Debian: apt install nsis gcc-mingw-w64-x86-64 osslsigncode\n")
        return 1
    try:
        setup = build(version=arguments.version, fast=arguments.fast)
    except FetchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    size = setup.stat().st_size / 1e6
    sys.stdout.write(f"{setup.relative_to(ROOT)}: {size:.0f} MB\n")
    if size > LARGEST_MB and not arguments.fast:
        sys.stderr.write(f"The setup is larger than {LARGEST_MB} MB.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
