"""Third-party notices are those of the installed set."""

from __future__ import annotations

import re
from pathlib import Path

from installer.third_party import NOTICES, installed_set, licence_texts, notices

ROOT = Path(__file__).resolve().parents[2]


def test_that_the_notices_are_up_to_date():
    """`make third-party` writes them anew; other platforms and interpreters have other backports."""
    written = set(re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \|", NOTICES.read_text(encoding="utf-8"), re.MULTILINE)) - {
        ("library", "version")
    }
    pinned = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if "==" in line:
            name, version = line.split(";")[0].strip().split("==")
            pinned[re.sub(r"[-_.]+", "-", name).lower()] = version
    assert {"numpy", "onnxruntime", "pyside6-essentials", "sqlalchemy"} <= {name for name, _ in written}
    assert {(name, pinned[name]) for name, _ in written} == written
    assert {"torch", "pytest"}.isdisjoint(installed_set())


def test_that_every_library_has_a_licence_and_its_text_travels():
    unnamed = [line for line in notices().splitlines() if line.endswith("see its licence text |")]
    assert unnamed == []
    texts = licence_texts()
    for name in installed_set():
        assert f"==== {name} " in texts
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts
    assert "MIT License" in texts
