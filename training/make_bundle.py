"""Evaluate a run, write its bundle: ``python -m training.make_bundle --config C --run DIR --output DIR --name N``."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from leukview.inference.bundle import (
    CARD,
    FORMAT,
    LIKENESS,
    BundleNet,
    BundleStage,
    Manifest,
    hash_files,
    load_bundle,
    write_manifest,
)
from leukview.inference.classifier import Likeness
from leukview.inference.loading import load_classifier
from leukview.inference.nets.export import export
from training.answers import Answers, answers
from training.card import PARTS, model_card
from training.config import TrainConfig, read_config
from training.data import SPLIT_SEED, TEST, TRAIN, VAL, read_taxonomy, support
from training.evaluate import RESULT, evaluate
from training.items import SYNTHETIC
from training.published import PUBLISHED
from training.train import Cells, prepare

DIRECTIONS = 32
"""Principal directions of the features in which likeness is measured."""
LIKENESS_CELLS = 3000
SOURCES = {
    **{published.source: published.citation for published in PUBLISHED.values()},
    SYNTHETIC: "SYNTHETIC CELLS, drawn by LeukView: they prove that the machinery trains and say nothing about blood.",
    "barcelona": "Acevedo et al., Data in Brief 2020, doi 10.1016/j.dib.2020.105474 (CellaVision DM96, "
    "May-Grünwald-Giemsa, Hospital Clínic de Barcelona); published under CC BY 4.0 as far as is known.",
    "hopkins": "Sidhom et al., npj Precision Oncology 2021 (DeepAPL, discovery cohort); published to replicate the "
    "paper without a licence text: research use, the images are not redistributed.",
}


def likeness(train: NDArray[np.float32], validation: NDArray[np.float32]) -> Likeness:
    """Whitened main directions of the training features, and how far the validation cells lie.

    Args:
        train: N×F.
        validation: M×F.
    """
    mean = train.mean(0)
    _, sizes, directions = np.linalg.svd(train - mean, full_matrices=False)
    keep = min(DIRECTIONS, int((sizes > 1e-6 * sizes[0]).sum()))
    whiten = directions[:keep] / (sizes[:keep, None] / np.sqrt(len(train) - 1))
    bare = Likeness(mean, np.asarray(whiten, np.float32), np.zeros(1, np.float32))
    quantiles = np.quantile(bare.distances(validation), np.linspace(0, 1, 101))
    return Likeness(mean, np.asarray(whiten, np.float32), np.asarray(quantiles, np.float32))


def _training_story(run: Path) -> dict[str, Any]:
    with (run / "log.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {"seconds": float(rows[-1][0]), "iterations": int(rows[-1][2]), "images": int(rows[-1][3])}


def _add_likeness(
    config: TrainConfig, splits: dict[str, Cells], net: Any, found: Answers, folder: Path, device: str
) -> None:
    rows = splits[TRAIN].rows
    chosen = np.random.default_rng(0).choice(rows, min(LIKENESS_CELLS, len(rows)), replace=False)
    train = answers(net, config, splits[TRAIN], chosen, device).features[chosen]
    fitted = likeness(train, found.features[splits[VAL].rows])
    np.savez(folder / LIKENESS, mean=fitted.mean, whiten=fitted.whiten, quantiles=fitted.quantiles)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="folder of the decoded cells (default: the run's)")
    parser.add_argument("--output", type=Path, required=True, help="the bundle's folder; replaced")
    parser.add_argument("--name", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = read_config(options.config)
    cache = options.cache or options.run
    result, found, net = evaluate(config, options.run, cache, options.device)
    (options.run / RESULT).write_text(json.dumps(result, indent=1), encoding="utf-8")
    cells, shape, splits = prepare(config, cache)
    taxonomy = read_taxonomy()
    trained = dict(shape.stages)
    train_cells = [c for c in cells if c.split == TRAIN]
    counts = support(train_cells, taxonomy)

    folder = options.output.with_name(options.output.name + ".part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _add_likeness(config, splits, net, found, folder, options.device)
    export(net, config.preprocessing.side, folder)
    manifest = Manifest(
        format=FORMAT,
        name=options.name,
        taxonomy_sha256=taxonomy.sha256,
        net=BundleNet(
            config.architecture,
            config.trunk,
            config.pmg.block_inner,
            config.pmg.block,
            config.pmg.hidden,
            config.pooling,
        ),
        stages=tuple(
            BundleStage(s.key, s.choices, trained.get(s.key, ()), counts[s.key], result["temperature"].get(s.key, 1.0))
            for s in taxonomy.stages
        ),
        classes=dict(sorted(Counter(c.cell_class for c in train_cells).items())),
        preprocessing=config.preprocessing,
        abstain_below=result["abstain_below"],
        provenance={
            "trained": datetime.now(UTC).date().isoformat(),
            "training": _training_story(options.run) | {"seed": config.seed, "config": options.config.name},
            "split_seed": SPLIT_SEED,
            "cells": dict(sorted(Counter(f"{c.source}/{c.split}" for c in cells).items())),
            "test_patients": sorted({c.patient for c in cells if c.split == TEST}),
            "validation_patients": sorted({c.patient for c in cells if c.split == VAL and c.patient}),
            "torch": torch.__version__,
        },
        licences={source: SOURCES.get(source, "not stated") for source in sorted({c.source for c in cells})},
        metrics={key: result[key] for key in PARTS if key in result},
        files={},
    )
    (folder / CARD).write_text(model_card(manifest), encoding="utf-8")
    sha256 = write_manifest(
        Manifest(**{f: getattr(manifest, f) for f in manifest.__slots__} | {"files": hash_files(folder)}), folder
    )
    load_bundle(folder, taxonomy)
    load_classifier(folder, "onnx", taxonomy=taxonomy)
    shutil.rmtree(options.output, ignore_errors=True)
    folder.rename(options.output)
    size = sum(p.stat().st_size for p in options.output.iterdir()) / 2**20
    print(f"{options.output} {size:.1f} MiB {sha256}")


if __name__ == "__main__":
    main()
