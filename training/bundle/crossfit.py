"""Bundle of a cross-fitted network: ``python -m training.bundle.crossfit --run DIR --cache DIR --output DIR``.

The network learned from all patients; temperatures, prediction sets, abstention and the limits of the findings are set
on the scores of the five networks that never saw the patient (`training.crossfit`).
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from leukview.core.atomic_files import atomic_directory
from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.film_evidence import LEAST_PROBABILITY
from leukview.domain.findings import FINDINGS, FindingLimits
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.taxonomy import Taxonomy
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
from leukview.inference.classification.classifier_factory import load_classifier, shipped_bundle_in
from leukview.inference.classification.ood import OodDetector, ood_detector_arrays, read_ood_detectors
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.pmg import PmgNet
from training.bundle.build import SOURCE_LICENCES
from training.bundle.crossfit_card import crossfit_card
from training.bundle.onnx_export import export_network
from training.crossfit.figures import DRAWS, groups_of, head_figures, rate, type_figures
from training.crossfit.findings import film_scores
from training.crossfit.fit import FINAL, LOGITS, SCORES
from training.crossfit.losses import TYPES
from training.crossfit.negatives import LABEL, negatives_of
from training.crossfit.network import HEADS, network_config, scores_of, stage_truth
from training.crossfit.operating import finding_limits
from training.crossfit.pool import FOLDS, folds_of, read_folds, read_pool
from training.crossfit.report import films_of, finding_cases
from training.crossfit.scores import OutOfFold
from training.crossfit.vocabulary import Vocabulary, read_vocabulary, targets_of
from training.data.dataset import data_folder, read_taxonomy
from training.evaluation.conformal import conformal_threshold, source_balanced_weights
from training.evaluation.metrics import Estimate, accuracy, bootstrap, confusion_matrix, macro_f1
from training.evaluation.ood import OOD_FIT_CELLS, fit_ood_detector

logger = logging.getLogger(__name__)

Logits = Mapping[str, NDArray[np.float32]]
RESEARCH_USE = "research use, the images are not redistributed."
LICENCES = {
    "lyon": "Sahasrabudhe et al. 2021, hal-03032875 (CellaVision DM-96, Lyon-Sud); as given to a course, without a "
    f"licence text: {RESEARCH_USE}",
    "raabin": f"Kouzehkanan et al., Scientific Reports 2022 (Raabin-WBC): {RESEARCH_USE}",
    "cnmc": f"Gupta et al., TCIA 2019 (C-NMC): {RESEARCH_USE}",
    **SOURCE_LICENCES,
}
UNIDENTIFIED_SHARE = 0.08
"""Part of the Hopkins cells, out of fold, that the abstention may leave unidentified."""
LARGEST_TEMPERATURE = 10.0


def lymphoid_truth(cells: list[LabelledCell]) -> NDArray[np.int64]:
    """The lymphoid head's truth: the diagnosis at Lyon, other elsewhere; −1 for ALL and pictures without a cell."""
    silent = [c.source == "cnmc" or c.diagnosis == "ALL" or c.cell_class == LABEL for c in cells]
    ill = [int(c.diagnosis == "lymphoproliferative") for c in cells]
    return np.where(silent, -1, ill).astype(np.int64)


def fit_temperature(truth: NDArray[np.int64], logits: NDArray[np.float32], weights: NDArray[np.float64]) -> float:
    """Temperature that minimises the weighted log loss (Guo et al., ICML 2017)."""

    def loss(log_t: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_t)
        top = scaled.max(1, keepdims=True)
        logp = scaled - top - np.log(np.exp(scaled - top).sum(1, keepdims=True))
        return float(-(weights * logp[np.arange(len(truth)), truth]).mean())

    bound = float(np.log(LARGEST_TEMPERATURE))
    return float(np.exp(minimize_scalar(loss, bounds=(-bound, bound), method="bounded").x))


def read_logits(run: Path, count: int) -> dict[str, NDArray[np.float32]]:
    """Out-of-fold logits of all cells, in the cells' order."""
    joined: dict[str, NDArray[np.float32]] = {}
    for fold in range(FOLDS):
        with np.load(run / f"fold{fold}" / LOGITS, allow_pickle=False) as file:
            for key in file.files:
                if key != "rows":
                    joined.setdefault(key, np.zeros((count, file[key].shape[1]), np.float32))[file["rows"]] = file[key]
    return joined


def calibrated_scores(
    cells: list[LabelledCell],
    logits: Logits,
    temperatures: Mapping[str, float],
    stages: Mapping[str, tuple[str, ...]],
    taxonomy: Taxonomy,
    vocabulary: Vocabulary,
) -> OutOfFold:
    """Out-of-fold scores as the application computes them: calibrated, log odds bounded."""
    scaled = {key: (values / temperatures[key]).astype(np.float32) for key, values in logits.items()}
    scores = scores_of(scaled, stages, taxonomy, vocabulary)
    bound = float(np.log((1 - LEAST_PROBABILITY) / LEAST_PROBABILITY))
    odds = {
        head: np.clip(np.diff(scores[head].astype(np.float64), axis=1)[:, 0], -bound, bound)
        for head in vocabulary.heads
    }
    folds = folds_of(cells, read_folds())
    return OutOfFold(tuple(cells), folds, scores[TYPES].astype(np.float64), odds)


def findings_of(found: OutOfFold, vocabulary: Vocabulary) -> tuple[FindingLimits, ...]:
    """Limits of each finding on all films, with the rates of limits chosen without a film's fold."""
    films = films_of(found)
    scores = {film: film_scores(found, rows, vocabulary) for film, rows in films.items()}
    limits = []
    for key in FINDINGS:
        kept, ill = finding_cases(found, key)
        able = np.asarray([scores[film][key].assessable for film in kept])
        values = np.asarray([scores[film][key].score for film in kept])
        folds = np.asarray([int(found.fold[films[film][0]]) for film in kept])
        limits.append(finding_limits(key, values[able], ill[able], folds[able]))
    return tuple(limits)


def feature_detector(run: Path, cells: list[LabelledCell]) -> OodDetector:
    """Distance to the training cells in the features of the network that ships.

    The cells of one fold's patients give the quantiles, the others the statistics. The network has seen both, so that
    its distances are a little too small.
    """
    with np.load(run / "all" / SCORES, allow_pickle=False) as file:
        features = file["features"].astype(np.float32)
    folds = folds_of(cells, read_folds())
    real = np.asarray([cell.cell_class != LABEL for cell in cells])
    rng = np.random.default_rng(0)
    parts = [rng.permutation(np.flatnonzero(real & kept))[:OOD_FIT_CELLS] for kept in (folds != 0, folds == 0)]
    return fit_ood_detector(features[parts[0]], features[parts[1]])


def calibrate(
    cells: list[LabelledCell], logits: Logits, taxonomy: Taxonomy, stages: Mapping[str, tuple[str, ...]]
) -> tuple[BundleStage, ...]:
    """Temperature, prediction set and support of each trained stage, sites weighing alike.

    Raises:
        LeukViewError: A trained stage has no cells.
    """
    found = []
    for stage in taxonomy.stages:
        if stage.key not in stages:
            labelled = Counter(stage_truth(cells, taxonomy, stage.key, stage.choices).tolist())
            support = {choice: labelled[i] for i, choice in enumerate(stage.choices)}
            found.append(BundleStage(stage.key, stage.choices, (), support, 1.0, None))
            continue
        own = stages[stage.key]
        lymphoid = stage.key == HEADS["lymphoid"]
        truth = lymphoid_truth(cells) if lymphoid else stage_truth(cells, taxonomy, stage.key, own)
        rows = np.flatnonzero(truth >= 0)
        if not len(rows):
            raise LeukViewError(f"No cell determines the stage “{stage.key}”.")
        weights = source_balanced_weights(cells, rows)
        temperature = round(fit_temperature(truth[rows], logits[stage.key][rows], weights), 5)
        scaled = logits[stage.key][rows].astype(np.float64) / temperature
        p = np.exp(scaled - scaled.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        counts = Counter(truth[rows].tolist())
        support = dict.fromkeys(stage.choices, 0) | {choice: counts[i] for i, choice in enumerate(own)}
        set_from = round(conformal_threshold(truth[rows], p, weights), 5)
        found.append(BundleStage(stage.key, stage.choices, own, support, temperature, set_from))
    return tuple(found)


def out_of_fold_metrics(found: OutOfFold, vocabulary: Vocabulary) -> dict[str, Any]:
    """Figures of Hopkins' patients, in the form in which `training.evaluation` writes those of patients kept aside.

    The 16 classes, blasts found by the likeliest type, and stage 1 and the APL head beside the majority's guess.
    """
    targets = targets_of(found.cells, vocabulary)
    areas = head_figures(found, targets)
    hopkins = np.asarray([c.source == "hopkins" for c in found.cells])
    best = np.asarray(vocabulary.types)[found.types.argmax(1)]
    blasts = hopkins & np.asarray([c.cell_class == "blast" for c in found.cells])
    stages: dict[str, Any] = {}
    for head, name in (("malignant", "stage 1, Hopkins"), ("apl", "APL against other AML, cells")):
        truth, guess = targets.heads[head], (found.odds[head] > 0).astype(np.int64)
        rows = np.flatnonzero(hopkins & (truth >= 0))
        own, patients = truth[rows], groups_of(found, rows)
        majority = np.full_like(own, np.bincount(own).argmax())
        stages[HEADS[head]] = {
            "cells": len(rows),
            "confusion": confusion_matrix(own, guess[rows], 2).tolist(),
            "accuracy": _rounded(rate(own == guess[rows], patients)),
            "majority_accuracy": round(accuracy(own, majority), 5),
            "macro_f1": _rounded(macro_f1_over_patients(own, guess[rows], patients)),
            "majority_macro_f1": round(macro_f1(own, majority, 2), 5),
            "auc": _rounded(areas[f"{name}: AUC"]),
        }
    recall = float((best[blasts] == "blast").mean())
    types = type_figures(found, vocabulary)
    classes = {
        "classes": {"blast": {"cells": int(blasts.sum()), "recall": round(recall, 5)}},
        "accuracy": _rounded(types["16 classes, hopkins: accuracy"]),
        "macro_f1": _rounded(types["16 classes, hopkins: macro F1"]),
    }
    return {"test_patients": {"classes": classes, "stages": stages}}


def macro_f1_over_patients(truth: NDArray[np.int64], guess: NDArray[np.int64], patients: list[str]) -> Estimate:
    """Macro F1 of two choices with an interval over patients."""
    return bootstrap(lambda rows: macro_f1(truth[rows], guess[rows], 2), patients, DRAWS)


def _rounded(figure: Estimate) -> dict[str, float]:
    return {"value": round(figure.value, 5), "low": round(figure.low, 5), "high": round(figure.high, 5)}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="holds fold0 to fold4 and all, finished")
    parser.add_argument("--output", type=Path, required=True, help="the bundle's folder; replaced")
    parser.add_argument("--name", default="embedded-5")
    parser.add_argument("--negatives", type=int, default=12, help="as the run was trained with")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    taxonomy, vocabulary = read_taxonomy(), read_vocabulary()
    pool = read_pool(data_folder())
    cells = [*pool, *negatives_of(pool, args.negatives)]
    config = network_config(taxonomy, vocabulary)
    stages, logits = dict(config.stages), read_logits(args.run, len(cells))
    bundle_stages = calibrate(cells, logits, taxonomy, stages)
    temperatures = {s.key: s.temperature for s in bundle_stages}
    found = calibrated_scores(cells, logits, temperatures, stages, taxonomy, vocabulary)
    hopkins = np.asarray([c.source == "hopkins" and c.cell_class != LABEL for c in cells])
    abstain_below = round(float(np.quantile(found.p_types.max(1)[hopkins], UNIDENTIFIED_SHARE)), 4)
    known = {c.key for c in taxonomy.classes}
    recipe = json.loads((args.run / "all" / "recipe.json").read_text(encoding="utf-8"))
    manifest = BundleManifest(
        format=BUNDLE_FORMAT,
        name=args.name,
        taxonomy_sha256=taxonomy.sha256,
        net=BundleNet(
            config.architecture, config.trunk, config.block_inner, config.block, config.hidden, config.pooling
        ),
        stages=bundle_stages,
        classes=dict(sorted(Counter(c.cell_class for c in cells if c.cell_class in known).items())),
        preprocessing=Preprocessing(recipe["side"], recipe["field"], None, (0.5,) * 3, (0.5,) * 3, "suppress"),
        abstain_below=abstain_below,
        provenance=_provenance(cells, recipe),
        licences={s: LICENCES.get(s, "not stated") for s in sorted({c.source for c in cells})},
        metrics=out_of_fold_metrics(found, vocabulary),
        files={},
        vocabulary="types",
        findings=findings_of(found, vocabulary),
    )
    net = PmgNet(config)
    net.load_state_dict(torch.load(args.run / "all" / FINAL, map_location="cpu", weights_only=True), strict=True)
    stain = read_ood_detectors(load_bundle(shipped_bundle_in(resources_dir()), taxonomy).file_contents[OOD_FILE])[1]
    if stain is None:
        raise ValueError("the bundle that ships has no stain detector")
    with atomic_directory(args.output, replace=True) as folder:
        np.savez(folder / OOD_FILE, allow_pickle=False, **ood_detector_arrays(feature_detector(args.run, cells), stain))
        export_network(net, recipe["side"], folder, half=True)
        card = crossfit_card(manifest, found, vocabulary)
        (folder / MODEL_CARD_FILE).write_text(card, encoding="utf-8")
        sha256 = write_manifest(replace(manifest, files=hash_files(folder)), folder)
        load_classifier(folder, "onnx", taxonomy=taxonomy)
    size = sum(p.stat().st_size for p in args.output.iterdir()) / 2**20
    logger.info("%s %.1f MiB %s", args.output.name, size, sha256)
    logger.info(card)


def _provenance(cells: list[LabelledCell], recipe: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "trained": datetime.now(UTC).date().isoformat(),
        "from_bundle": None,
        "trunk": "EfficientNet-Lite0, ImageNet (Apache-2.0)",
        "training": {"images": recipe["pictures"], "seed": recipe["seed"]},
        "cells": dict(sorted(Counter(f"{c.source}/train" for c in cells).items())),
        "training_patients": sorted({c.patient for c in cells if c.patient}),
        "validation_patients": [],
        "test_patients": [],
        "split_seed": "leukview-crossfit-1",
        "torch": torch.__version__,
    }


if __name__ == "__main__":
    main()
