"""Evaluate a run, write its bundle: ``python -m training.bundle.build --config C --run DIR --output DIR --name N``."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from leukview.core.atomic_files import atomic_directory
from leukview.inference.bundles.bundle import (
    BUNDLE_FORMAT,
    MODEL_CARD_FILE,
    OOD_FILE,
    BundleManifest,
    BundleNet,
    BundleStage,
    hash_files,
    load_bundle,
    write_manifest,
)
from leukview.inference.classification.classifier_factory import load_classifier
from leukview.inference.classification.ood import ood_detector_arrays
from training.bundle.onnx_export import export_network
from training.classifier.finetune import read_origin
from training.config import read_config
from training.data.dataset import SPLIT_SEED, TEST, TRAIN, VAL, read_taxonomy, support
from training.data.importers import SYNTHETIC
from training.data.public_datasets import PUBLIC_DATASETS
from training.data.splits import prepare_data
from training.evaluation.evaluate import evaluate_run, write_result
from training.reports.model_card import SUBSET_TITLES, model_card

SOURCE_LICENCES = {
    **{published.source: published.citation for published in PUBLIC_DATASETS.values()},
    SYNTHETIC: "SYNTHETIC CELLS, drawn by LeukView: they prove that the machinery trains and say nothing about blood.",
    "barcelona": "Acevedo et al., Data in Brief 2020, doi 10.1016/j.dib.2020.105474 (CellaVision DM96, "
    "May-Grünwald-Giemsa, Hospital Clínic de Barcelona); published under CC BY 4.0 as far as is known.",
    "hopkins": "Sidhom et al., npj Precision Oncology 2021 (DeepAPL, discovery cohort); published to replicate the "
    "paper without a licence text: research use, the images are not redistributed.",
}


def _training_summary(run: Path) -> dict[str, Any]:
    with (run / "log.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {"seconds": float(rows[-1][0]), "iterations": int(rows[-1][2]), "images": int(rows[-1][3])}


def main() -> None:
    """Run the command line."""
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
    scored = evaluate_run(config, options.run, cache, options.device)
    result, net = scored.result, scored.net
    write_result(options.run, result)
    cells, shape, _ = prepare_data(config, cache)
    taxonomy = read_taxonomy()
    trained = dict(shape.stages)
    train_cells = [c for c in cells if c.split == TRAIN]
    counts = support(train_cells, taxonomy)

    with atomic_directory(options.output, replace=True) as folder:
        np.savez(folder / OOD_FILE, allow_pickle=False, **ood_detector_arrays(scored.feature_ood, scored.stain_ood))
        export_network(net, config.preprocessing.side, folder)
        manifest = BundleManifest(
            format=BUNDLE_FORMAT,
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
                BundleStage(
                    s.key,
                    s.choices,
                    trained.get(s.key, ()),
                    counts[s.key],
                    result["temperature"].get(s.key, 1.0),
                    result["set_from"].get(s.key),
                )
                for s in taxonomy.stages
            ),
            classes=dict(sorted(Counter(c.cell_class for c in train_cells).items())),
            preprocessing=config.preprocessing,
            abstain_below=result["abstain_below"],
            provenance={
                "trained": datetime.now(UTC).date().isoformat(),
                "training": _training_summary(options.run) | {"seed": config.seed, "config": options.config.name},
                "from_bundle": read_origin(options.run),
                "split_seed": SPLIT_SEED,
                "cells": dict(sorted(Counter(f"{c.source}/{c.split}" for c in cells).items())),
                "training_patients": sorted({c.patient for c in train_cells if c.patient}),
                "test_patients": sorted({c.patient for c in cells if c.split == TEST}),
                "validation_patients": sorted({c.patient for c in cells if c.split == VAL and c.patient}),
                "torch": torch.__version__,
            },
            licences={
                source: SOURCE_LICENCES.get(source, "not stated") for source in sorted({c.source for c in cells})
            },
            metrics={key: result[key] for key in (*SUBSET_TITLES, "unlikeness") if key in result},
            files={},
            vocabulary="types" if taxonomy.composing_tree(trained) == "type" else "stages",
        )
        (folder / MODEL_CARD_FILE).write_text(model_card(manifest), encoding="utf-8")
        sha256 = write_manifest(
            BundleManifest(**{f: getattr(manifest, f) for f in manifest.__slots__} | {"files": hash_files(folder)}),
            folder,
        )
        load_bundle(folder, taxonomy)
        load_classifier(folder, "onnx", taxonomy=taxonomy)
    size = sum(p.stat().st_size for p in options.output.iterdir()) / 2**20
    print(f"{options.output} {size:.1f} MiB {sha256}")


if __name__ == "__main__":
    main()
