"""``leukview qualify``: checks of this machine, the protocol, and what makes it fail."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from leukview.bootstrap.qualification import EXPECTED, compare_figures
from leukview.cli.main import main
from leukview.core.paths import data_dir, resources_dir


@pytest.fixture
def expected() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((resources_dir() / EXPECTED).read_text(encoding="utf-8"))
    return figures


def test_that_a_sound_machine_passes_and_the_protocol_lists_each_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    protocol = tmp_path / "qualification.pdf"
    assert main(["qualify", "--output", str(protocol)]) == 0
    said = capsys.readouterr().out
    assert "BAD" not in said
    assert "Qualification passed" in said
    text = "\n".join(page.extract_text() for page in PdfReader(protocol).pages)
    assert "For Research Use Only" in text
    assert "Result: passed" in text
    assert "Classes as stored" in text
    assert "24 of 24" in text
    assert "FAILED" not in text
    assert main(["doctor"]) == 0
    assert "holds 0 slides" in capsys.readouterr().out, "the synthetic slide never enters the laboratory's database"


def test_that_a_site_file_that_is_wrong_fails_the_installation(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (data_dir() / "alerts.toml").write_text("nonsense = [", encoding="utf-8")
    protocol = tmp_path / "qualification.pdf"
    assert main(["qualify", "--output", str(protocol)]) == 1
    assert "BAD  IQ" in capsys.readouterr().out
    assert "FAILED" in PdfReader(protocol).pages[0].extract_text()


def test_that_other_figures_fail_each_for_itself(expected: dict[str, Any]):
    assert all(result.passed for result in compare_figures(expected, expected))

    def failed(**changes: object) -> list[str]:
        measured = copy.deepcopy(expected)
        measured["cells"][3] |= changes
        return [result.subject for result in compare_figures(expected, measured) if not result.passed]

    assert failed(**{"class": "blast"}) == ["Classes as stored"]
    assert failed(confidence=expected["cells"][3]["confidence"] - 0.05) == ["Confidences within 0.02"]
    assert failed(area=expected["cells"][3]["area"] * 2) == ["Areas within 2%"]
    shorter = expected | {"cells": expected["cells"][1:]}
    assert "Number of cells" in [r.subject for r in compare_figures(expected, shorter) if not r.passed]
    other = expected | {"bundle_sha256": "0" * 64}
    assert [r.subject for r in compare_figures(expected, other) if not r.passed] == [
        "Model is the one of the stored figures"
    ]
