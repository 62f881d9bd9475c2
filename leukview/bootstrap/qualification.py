"""Installation and operation qualification: checks of this machine against stored figures.

The operation is tried with the program's own commands in processes of their own and in an empty data folder, so that
the laboratory's database is only read.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leukview.bootstrap.analyse_slide import check_installation
from leukview.core.paths import HOME_VARIABLE, KEYS_VARIABLE, resources_dir
from leukview.core.strict_json import parse_strict_json

EXPECTED = "qualification/expected.json"
"""Path of the stored figures below the resources."""
CELLS, SEED = 24, 0
CONFIDENCE_TOLERANCE = 0.02
"""Largest difference of a confidence; other processors round differently."""
AREA_TOLERANCE = 0.02
"""Largest relative difference of a cell's area."""
TIMEOUT_S = 1800


@dataclass(frozen=True, slots=True)
class Qualification:
    """Result of one check.

    Attributes:
        part: ``IQ`` (installation) or ``OQ`` (operation).
        subject: What was checked.
        found: What was found.
        passed: Whether it is as it must be.
    """

    part: str
    subject: str
    found: str
    passed: bool


def qualify(database_url: str) -> list[Qualification]:
    """Check the installation, then the operation on a synthetic slide.

    Args:
        database_url: Database to check; "" = the configured one.

    Raises:
        OSError: The temporary folder cannot be used.
    """
    results = [
        Qualification("IQ", "Installation check (doctor)", finding.text, finding.passed)
        for finding in check_installation(database_url)
    ]
    with tempfile.TemporaryDirectory(prefix="leukview-qualify-") as folder:
        results += _check_operation(Path(folder))
    return results


def measured_figures(output: Path) -> dict[str, Any]:
    """Figures of the one slide in a folder that ``analyze`` wrote, in the form of the stored ones."""
    (table,) = output.rglob("cells.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    cells = [
        {"class": row["class"], "confidence": float(row["confidence"]), "area": int(row["cell_area_px"])}
        for row in rows
    ]
    return {"bundle_sha256": rows[0]["bundle_sha256"], "cells": cells}


def compare_figures(expected: Mapping[str, Any], measured: Mapping[str, Any]) -> Iterator[Qualification]:
    """Compare measured figures with the stored ones, one result per kind of figure."""
    wanted, got = expected["cells"], measured["cells"]
    same = expected["bundle_sha256"] == measured["bundle_sha256"]
    found = f"SHA-256 begins {str(measured['bundle_sha256'])[:16]}"  # the whole one is wider than the column
    yield Qualification("OQ", "Model is the one of the stored figures", found, same)
    yield Qualification("OQ", "Number of cells", f"{len(got)} of {len(wanted)}", len(got) == len(wanted))
    pairs = list(zip(wanted, got, strict=False))
    classes = sum(a["class"] == b["class"] for a, b in pairs)
    yield Qualification("OQ", "Classes as stored", f"{classes} of {len(wanted)}", classes == len(wanted))
    largest = max((abs(a["confidence"] - b["confidence"]) for a, b in pairs), default=1.0)
    subject = f"Confidences within {CONFIDENCE_TOLERANCE}"
    yield Qualification("OQ", subject, f"largest difference {largest:.4f}", largest <= CONFIDENCE_TOLERANCE)
    largest = max((abs(a["area"] - b["area"]) / a["area"] for a, b in pairs), default=1.0)
    yield Qualification(
        "OQ", f"Areas within {AREA_TOLERANCE:.0%}", f"largest difference {largest:.2%}", largest <= AREA_TOLERANCE
    )


def run_operation(folder: Path) -> list[Qualification]:
    """Write, analyse and verify a synthetic slide below a folder; its results go to ``out`` there."""
    environment = os.environ | {HOME_VARIABLE: str(folder / "home"), KEYS_VARIABLE: str(folder / "keys")}
    environment.pop("LEUKVIEW_DATABASE_URL", None)
    demo, output = str(folder / "demo"), str(folder / "out")
    size = ["--slides", "1", "--cells", str(CELLS), "--seed", str(SEED)]
    steps = (
        ("Synthetic slide is written", ["demo", demo, *size]),
        ("Slide is imported, analysed and reported", ["analyze", demo, "--output", output]),
        ("Review log of the slide is verified", ["audit", "verify"]),
    )
    results = []
    for subject, words in steps:
        try:
            code = _run(words, environment)
        except subprocess.TimeoutExpired:
            results.append(Qualification("OQ", subject, f"not done within {TIMEOUT_S} seconds", passed=False))
            break
        results.append(Qualification("OQ", subject, f"leukview {words[0]}: exit code {code}", code == 0))
        if code:
            break
    return results


def _check_operation(folder: Path) -> list[Qualification]:
    results = run_operation(folder)
    if not all(result.passed for result in results):
        return results
    (report,) = (folder / "out").rglob("report.pdf")
    is_pdf = report.read_bytes().startswith(b"%PDF-")
    results.append(Qualification("OQ", "Report is a PDF", f"{report.stat().st_size} bytes", is_pdf))
    expected: Any = parse_strict_json((resources_dir() / EXPECTED).read_bytes())
    return [*results, *compare_figures(expected, measured_figures(folder / "out"))]


def _run(words: list[str], environment: Mapping[str, str]) -> int:
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "leukview"]
    return subprocess.run(
        [*program, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=TIMEOUT_S,
    ).returncode
