import shutil
import subprocess
import sys
from pathlib import Path

from leukview import __version__

ROOT = Path(__file__).parents[2]


def version_of(root: Path) -> str:
    code = "from leukview.core.code_version import code_version; print(code_version())"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=root, capture_output=True, text=True)
    return done.stdout.strip()


def test_that_changed_code_is_another_version_and_a_changed_window_is_not(tmp_path: Path):
    shutil.copytree(ROOT / "leukview", tmp_path / "leukview", ignore=shutil.ignore_patterns("__pycache__"))
    first = version_of(tmp_path)
    assert first.startswith(f"{__version__}+")
    with (tmp_path / "leukview" / "gui" / "main_window.py").open("a") as stream:
        stream.write("\n")
    assert version_of(tmp_path) == first
    with (tmp_path / "leukview" / "domain" / "binomial.py").open("a") as stream:
        stream.write("\n")
    assert version_of(tmp_path) != first
