"""Add figures to a bundle's card: ``python -m training.bundle.append_metrics --bundle B --evidence E --speed S``.

Localisation of the maps (`training.studies.cam_localisation`) and speed (`training.studies.inference_benchmark`) are
measured on the finished bundle,
so that they enter its card afterwards. The network's files stay as they are; manifest and card are written anew, and so
the bundle gets another identity: do it before the bundle is used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from leukview.core.errors import LeukViewError
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import MODEL_CARD_FILE, hash_files, load_bundle, write_manifest
from training.data.dataset import read_taxonomy
from training.reports.model_card import model_card

DISPLAYED_MAP, BACKGROUNDS = "as shown", ("keep", "suppress")


def cam_metrics(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Select the rows of ``evidence.json`` that the model card shows.

    These are the rows of the displayed map, by class ("" = all), with and without background.

    Raises:
        KeyError: The file has another format.
    """
    rows = [r for r in raw["rows"] if r["kind"] == DISPLAYED_MAP and not r["stage"] and r["background"] in BACKGROUNDS]
    keys = ("cell_class", "background", "cells", "cell", "nucleus", "cytoplasm", "area")
    return [{key: row[key] for key in keys} for row in rows]


def speed_metrics(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Extract the speed table of the model card from ``speed.json``.

    For each engine and number of threads it has the lowest time per cell in ms over all batch sizes.

    Raises:
        KeyError: The file has another format.
    """
    best: dict[str, dict[str, float]] = {}
    for timing in raw["timings"]:
        own = best.setdefault(timing["engine"], {})
        threads = str(timing["threads"])
        own[threads] = min(own.get(threads, float("inf")), timing["least_ms"])
    checks = {c["engine"]: {"difference": c["difference"], "changed": c["changed"]} for c in raw["checks"]}
    return {"where": raw["where"], "engines": {name: {"ms": ms, **checks.get(name, {})} for name, ms in best.items()}}


def append_metrics(folder: Path, taxonomy: Taxonomy, metrics: Mapping[str, Any]) -> str:
    """Add metrics to the manifest of a bundle and rewrite manifest and model card.

    Args:
        folder: Folder of the bundle.
        taxonomy: Taxonomy that the bundle must match.
        metrics: Metrics to add; existing ones of the same name are replaced.

    Returns:
        The new SHA-256 of the bundle.

    Raises:
        LeukViewError: The bundle is invalid.
    """
    bundle = load_bundle(folder, taxonomy)
    manifest = replace(bundle.manifest, metrics={**bundle.manifest.metrics, **metrics})
    (folder / MODEL_CARD_FILE).write_text(model_card(manifest), encoding="utf-8")
    return write_manifest(replace(manifest, files=hash_files(folder)), folder)


def _read_measurements(path: Path, sha256: str) -> Mapping[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LeukViewError(f"{path.name} cannot be read.") from error
    if not isinstance(raw, dict) or raw.get("bundle") != sha256:
        raise LeukViewError(f"{path.name} was not measured on this bundle.", "Measure it again.")
    return raw


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--evidence", type=Path, help="evidence.json of this bundle")
    parser.add_argument("--speed", type=Path, help="speed.json of this bundle")
    options = parser.parse_args()
    try:
        taxonomy = read_taxonomy()
        sha256 = load_bundle(options.bundle, taxonomy).sha256
        figures: dict[str, Any] = {}
        if options.evidence:
            figures["evidence"] = cam_metrics(_read_measurements(options.evidence, sha256))
        if options.speed:
            figures["speed"] = speed_metrics(_read_measurements(options.speed, sha256))
        print(options.bundle, append_metrics(options.bundle, taxonomy, figures))
    except (LeukViewError, KeyError) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
