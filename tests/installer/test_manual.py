"""The manual: pages made from the program, names of tests in the risk file, pictures, navigation."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scripts.manual_pages import PAGE, shortcuts_page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RISKS = (DOCS / "quality" / "risks.md").read_text(encoding="utf-8")
MKDOCS = Path(sys.executable).with_name("mkdocs")


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_that_the_shortcuts_of_the_manual_are_those_of_the_program():
    assert PAGE.read_text(encoding="utf-8") == shortcuts_page()


def test_that_each_risk_names_a_test_that_exists():
    rows = re.findall(r"^\| (R\d+) \| (high|medium|low) \|.*\| `([\w/.]+)::(\w+)` \|$", RISKS, re.MULTILINE)
    assert [identifier for identifier, *_ in rows] == [f"R{n}" for n in range(1, len(rows) + 1)]
    assert len(rows) == len(re.findall(r"^\| R\d+ \|", RISKS, re.MULTILINE)) >= 15
    for identifier, _, file, name in rows:
        assert name in functions_of(ROOT / file), identifier


def test_that_each_requirement_names_a_test_that_exists():
    text = (DOCS / "quality" / "requirements.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (Q\d+) \|.*\| `([\w/.]+)::(\w+)` \|$", text, re.MULTILINE)
    assert [identifier for identifier, *_ in rows] == [f"Q{n}" for n in range(1, len(rows) + 1)]
    assert len(rows) == len(re.findall(r"^\| Q\d+ \|", text, re.MULTILINE)) >= 16
    for identifier, file, name in rows:
        assert name in functions_of(ROOT / file), identifier


def test_that_each_laboratory_paper_says_research_use():
    for page in (DOCS / "quality").glob("*.md"):
        assert "For Research Use Only" in page.read_text(encoding="utf-8"), page.name


def test_that_every_page_is_in_the_navigation_and_every_link_leads_to_a_page():
    named = set(re.findall(r"(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")}
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_that_pictures_are_small():
    pictures = list((DOCS / "pictures").glob("*.png"))
    assert len(pictures) >= 3
    for picture in pictures:
        assert picture.stat().st_size < 150_000, picture.name
        with Image.open(picture) as image:
            image.verify()


@pytest.mark.skipif(not MKDOCS.exists(), reason="MkDocs is not installed")
def test_that_the_manual_builds_without_warnings(tmp_path: Path):
    command = [str(MKDOCS), "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "manual")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "manual").rglob("*.html"))
    assert len(pages) > 15
    assert "https://fonts." not in pages[0].read_text(encoding="utf-8")
    shutil.rmtree(tmp_path / "manual")


def test_that_the_readme_is_short_and_begins_with_the_two_commands():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert [line.split()[:2] for line in lines if line.startswith("make ")][:2] == [["make", "run"], ["make", "test"]]
    assert len(re.findall(r"!\[[^]]+\]\(docs/pictures/", "\n".join(lines))) == 3
