"""Build ``dist/leukview``, the frozen program for this platform."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # this file runs as a script

from installer.third_party import licence_texts  # noqa: E402

DIST = ROOT / "dist"
BUILD_STAMP = DIST / "leukview.stamp"
FORBIDDEN_PACKAGES = ("torch", "torchvision", "cv2", "sklearn", "matplotlib", "training", "tests")


def main() -> int:
    """Build, check for forbidden packages, print the size."""
    started = DIST / "leukview.begun"
    DIST.mkdir(exist_ok=True)
    started.touch()  # sources edited during the build are newer than the stamp
    BUILD_STAMP.unlink(missing_ok=True)
    if not (ROOT / "build" / "manual" / "index.html").is_file():  # this file runs without make, too
        subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"], cwd=ROOT, check=True)
    paths = ["--distpath", str(DIST), "--workpath", str(ROOT / "build" / "pyinstaller")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *paths]
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
    (program / "THIRD-PARTY-TEXTS.txt").write_text(licence_texts(), encoding="utf-8")
    size = sum(p.stat().st_size for p in program.rglob("*") if p.is_file() and not p.is_symlink())
    started.replace(BUILD_STAMP)
    sys.stdout.write(f"{program.relative_to(ROOT)}: {size / 1e6:.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
