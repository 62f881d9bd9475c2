"""Builds ``dist/leukview``, the frozen program for the platform that this runs on, and says how large it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
BUILD_STAMP = DIST / "leukview.stamp"
FORBIDDEN_PACKAGES = ("torch", "torchvision", "cv2", "sklearn", "matplotlib", "training", "tests")


def main() -> int:
    """Build, look for what must not be inside, print the size."""
    beginning = DIST / "leukview.begun"
    DIST.mkdir(exist_ok=True)
    beginning.touch()  # what is edited while the build runs is newer than the program
    BUILD_STAMP.unlink(missing_ok=True)
    places = ["--distpath", str(DIST), "--workpath", str(ROOT / "build" / "pyinstaller")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places]
    spec = Path(__file__).with_name("leukview.spec")
    if subprocess.run([*command, str(spec)], cwd=ROOT, check=False).returncode:
        return 1
    program = DIST / "leukview"
    inside = {p.name for p in (program / "_internal").iterdir()}
    found = sorted(inside & set(FORBIDDEN_PACKAGES))
    if found:
        shutil.rmtree(program)
        sys.stderr.write(f"The frozen program holds what it must not: {', '.join(found)}.\n")
        return 1
    size = sum(p.stat().st_size for p in program.rglob("*") if p.is_file() and not p.is_symlink())
    beginning.replace(BUILD_STAMP)
    sys.stdout.write(f"{program.relative_to(ROOT)}: {size / 1e6:.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
