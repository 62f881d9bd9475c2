"""What is measured on a finished bundle enters its card."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from leukview.inference.bundles.bundle import MODEL_CARD_FILE, load_bundle
from tests.support.tiny_bundle import write_tiny_bundle
from training.bundle import append_metrics
from training.data.dataset import read_taxonomy

TAXONOMY = read_taxonomy()


def _row(background: str, cell: float, **more: object) -> dict[str, object]:
    row = {"cell_class": "", "stage": "", "background": background, "kind": "as shown", "cells": 7}
    return row | {"cell": cell, "nucleus": 0.6, "cytoplasm": cell - 0.6, "near": 1.0, "area": 0.25} | more


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "bundle", TAXONOMY)


def _evidence(folder: Path, sha256: str) -> Path:
    rows = [
        _row("suppress", 0.97),
        _row("keep", 0.91),
        _row("keep", 0.5, kind="coarse"),
        _row("suppress", 0.9, cell_class="blast", cells=2),
        _row("keep", 0.8, cell_class="blast", cells=2),
    ]
    path = folder.parent / "evidence.json"
    path.write_text(json.dumps({"bundle": sha256, "rows": rows}), encoding="utf-8")
    return path


def _speed(folder: Path, sha256: str) -> Path:
    def timing(engine: str, threads: int, least_ms: float) -> dict[str, object]:
        return {"engine": engine, "threads": threads, "batch": 8, "ms": 9.0, "least_ms": least_ms, "repeats": 3}

    timings = [timing("torch", 1, 6.1), timing("torch", 1, 5.9), timing("torch", 2, 3.3), timing("onnx", 1, 5.0)]
    checks = [{"engine": "onnx", "difference": 1e-5, "changed": 0.0, "accuracy": {}}]
    raw = {"bundle": sha256, "where": "A processor", "timings": timings, "checks": checks, "not_run": []}
    path = folder.parent / "speed.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_evidence_and_speed_enter_the_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_bundle(folder, TAXONOMY)
    files = [str(_evidence(folder, before.sha256)), "--speed", str(_speed(folder, before.sha256))]
    monkeypatch.setattr(sys, "argv", ["amend", "--bundle", str(folder), "--evidence", *files])
    assert append_metrics.main() == 0
    after = load_bundle(folder, TAXONOMY)
    card = after.file_contents[MODEL_CARD_FILE].decode()
    assert "| all | 7 | 25 | 97 (60 / 37) | 91 (60 / 31) |" in card
    assert "| blast | 2 | 25 | 90 (60 / 30) | 80 (60 / 20) |" in card
    assert "| torch | 5.9 | 3.3 | – | – |" in card
    assert "| onnx | 5.0 | – | 1e-05 | 0.00% |" in card
    assert after.sha256 != before.sha256
    changed = {name for name, sha256 in after.manifest.files.items() if before.manifest.files[name] != sha256}
    assert changed == {MODEL_CARD_FILE}


def test_measurements_of_another_bundle_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_bundle(folder, TAXONOMY)
    monkeypatch.setattr(
        sys, "argv", ["amend", "--bundle", str(folder), "--evidence", str(_evidence(folder, "another"))]
    )
    assert append_metrics.main() == 1
    assert "not measured on this bundle" in capsys.readouterr().out
    assert load_bundle(folder, TAXONOMY).sha256 == before.sha256
