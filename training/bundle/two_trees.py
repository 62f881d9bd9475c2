"""Bundle of a frozen trunk with new stages: ``python -m training.bundle.two_trees --features F --run R --output DIR``.

Trunk and granularity blocks are those of another bundle; the stages come from `training.crossfit.frozen_heads`.
Temperatures, prediction sets, abstention and the limits of the findings are set on out-of-fold scores.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import nn

from leukview.core.atomic_files import atomic_directory
from leukview.core.paths import resources_dir
from leukview.domain.film_evidence import LEAST_PROBABILITY
from leukview.domain.findings import FINDINGS, FindingLimits
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import (
    BUNDLE_FORMAT,
    MODEL_CARD_FILE,
    OOD_FILE,
    WEIGHTS_FILE,
    Bundle,
    BundleStage,
    hash_files,
    load_bundle,
    write_manifest,
)
from leukview.inference.classification.classifier_factory import load_classifier, shipped_bundle_in
from leukview.inference.networks.pmg import PmgClassifier, PmgNet
from training.bundle.build import SOURCE_LICENCES
from training.bundle.onnx_export import export_network
from training.bundle.two_trees_card import two_trees_card
from training.crossfit.findings import film_scores
from training.crossfit.frozen_heads import HEADS, WEIGHTS, scores_of, standardisation, trained_stages
from training.crossfit.negatives import LABEL, negatives_of
from training.crossfit.operating import finding_limits
from training.crossfit.pool import FOLDS, folds_of, read_folds, read_pool
from training.crossfit.report import films_of, finding_cases
from training.crossfit.scores import OutOfFold
from training.crossfit.teacher import TYPES
from training.crossfit.trunk_features import TrunkFeatures, cells_with_features, read_features
from training.crossfit.vocabulary import Vocabulary, read_vocabulary
from training.data.dataset import data_folder, read_taxonomy
from training.evaluation.conformal import conformal_threshold, source_balanced_weights

logger = logging.getLogger(__name__)

Logits = Mapping[str, NDArray[np.float32]]
KEPT_STAGES = ("stage2b",)
"""Stages whose classifiers stay those of the bundle that gives the trunk."""
PATIENT_STAGES = ("stage1", "lymphoid")
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


def stage_truth(
    cells: list[LabelledCell], taxonomy: Taxonomy, stage: str, choices: tuple[str, ...]
) -> NDArray[np.int64]:
    """Index of the choice that each label determines; −1 where it determines none that was trained.

    At Lyon the label is of the patient: it says neither whether a cell is malignant nor which lymphocyte it is. Labels
    that are no class of the taxonomy (normal precursors of B cells) determine nothing.
    """
    known = {c.key for c in taxonomy.classes}
    found = np.full(len(cells), -1, np.int64)
    for row, cell in enumerate(cells):
        if cell.cell_class not in known or (cell.source == "lyon" and stage in PATIENT_STAGES):
            continue
        for step in taxonomy.determined_steps(cell.cell_class, cell.diagnosis):
            if step.stage == stage and step.choice in choices:
                found[row] = choices.index(step.choice)
    return found


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
        with np.load(run / f"fold{fold}" / "logits.npz", allow_pickle=False) as file:
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


def assemble(
    bundle: Bundle,
    weights: dict[str, torch.Tensor],
    features: TrunkFeatures,
    stages: Mapping[str, tuple[str, ...]],
    shape: PmgNet,
) -> PmgNet:
    """Put the new classifiers on the bundle's trunk; their input is standardised in the first normalisation."""
    old = safetensors.torch.load(bundle.file_contents[WEIGHTS_FILE])
    state = shape.state_dict()
    branch = "branches.0."
    new = {f"{branch}{key}": value for key, value in weights.items()}
    for key in state:
        state[key] = new[key] if key in new else old[key]
    shape.load_state_dict(state, strict=True)
    mean, scale = (torch.from_numpy(v) for v in standardisation(features))
    block = len(mean) // 3
    for stage in stages:
        heads = shape.branch_for_stage(stage).classifiers[stage]
        assert isinstance(heads, nn.ModuleList)  # noqa: S101  # what PmgBranch builds
        for number, head in enumerate(heads):
            assert isinstance(head, PmgClassifier)  # noqa: S101  # what PmgBranch builds
            part = slice(number * block, (number + 1) * block) if number < len(heads) - 1 else slice(None)
            _fold_standardisation(head.norm, mean[part], scale[part])
    return shape.eval()


@torch.no_grad()
def _fold_standardisation(norm: nn.BatchNorm1d, mean: torch.Tensor, scale: torch.Tensor) -> None:
    """Make a normalisation of (x − mean) / scale one of x, exactly: γ·((x−m)/s − μ)/√(σ²+ε) + β."""
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError("the normalisation has no statistics")
    deviation = torch.sqrt(norm.running_var + norm.eps)
    norm.running_mean.mul_(scale).add_(mean)
    variance = (deviation * scale) ** 2 - norm.eps
    shrink = torch.ones_like(variance)
    low = variance <= 0  # below ε the statistics cannot say it: the slope does
    shrink[low] = np.sqrt(norm.eps) / (deviation * scale)[low]
    norm.running_var.copy_(variance.clamp(min=0.0))
    norm.weight.mul_(shrink)


def seen_by_trunk(cells: list[LabelledCell], bundle: Bundle) -> NDArray[np.bool_]:
    """Which cells are of patients, or of a site without names, from whom the trunk learned or on whom it was chosen."""
    told = bundle.manifest.provenance
    sources = {key.rpartition("/")[0] for key in told["cells"]}
    aside = set(told["test_patients"])
    return np.asarray([c.source in sources and c.patient not in aside for c in cells])


def mapped_scores(
    cells: list[LabelledCell], bundle: Bundle, features: TrunkFeatures, taxonomy: Taxonomy, vocabulary: Vocabulary
) -> OutOfFold:
    """Scores of the bundle that gave the trunk: its composed classes mapped to the types, its heads as they are.

    A class above several types counts as the commonest of them. Cells that this bundle learned from are in-sample.
    """
    order = features.rows_of(cells)
    trained = {s.key: s for s in bundle.manifest.trained_stages}
    p = {}
    for key, stage in trained.items():
        scaled = features.logits[key][order].astype(np.float64) / stage.temperature
        powers = np.exp(scaled - scaled.max(1, keepdims=True))
        p[key] = powers / powers.sum(1, keepdims=True)
    commonest = {"neutrophil": "segmented_neutrophil", "immature_granulocyte": "myelocyte"}
    columns = {leaf: i for i, leaf in enumerate(vocabulary.types)}
    types = np.full((len(cells), len(columns)), 1e-9)
    for row in range(len(cells)):
        stages = [StageProbabilities(k, s.trained, tuple(p[k][row].tolist())) for k, s in trained.items()]
        for name, value in class_probabilities(taxonomy, stages).items():
            types[row, columns[commonest.get(name, name)]] += value
    odds = {head: np.zeros(len(cells)) for head in vocabulary.heads}
    for head, key in HEADS.items():
        if key in p:
            odds[head] = np.log(np.maximum(p[key][:, 1], 1e-9) / np.maximum(p[key][:, 0], 1e-9))
    return OutOfFold(tuple(cells), folds_of(cells, read_folds()), np.log(types), odds)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path, action="append", required=True, help="may be repeated")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, help="gives the trunk; default: the bundle that ships")
    parser.add_argument("--output", type=Path, required=True, help="the bundle's folder; replaced")
    parser.add_argument("--name", default="embedded-5")
    parser.add_argument("--negatives", type=int, default=12)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    taxonomy, vocabulary = read_taxonomy(), read_vocabulary()
    bundle = load_bundle(args.bundle or shipped_bundle_in(resources_dir()), taxonomy)
    pool = read_pool(data_folder())
    features = read_features(args.features)
    cells = cells_with_features([*pool, *negatives_of(pool, args.negatives)], features)
    stages, logits = trained_stages(taxonomy, vocabulary), read_logits(args.run, len(cells))
    temperatures, sets, support = {}, {}, {}
    for stage, choices in stages.items():
        truth = lymphoid_truth(cells) if stage == HEADS["lymphoid"] else stage_truth(cells, taxonomy, stage, choices)
        rows = np.flatnonzero(truth >= 0)
        weights = source_balanced_weights(cells, rows)
        temperatures[stage] = round(fit_temperature(truth[rows], logits[stage][rows], weights), 5)
        scaled = logits[stage][rows].astype(np.float64) / temperatures[stage]
        p = np.exp(scaled - scaled.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        sets[stage] = round(conformal_threshold(truth[rows], p, weights), 5)
        counts = Counter(truth[rows].tolist())
        support[stage] = {choice: counts[i] for i, choice in enumerate(choices)}
    found = calibrated_scores(cells, logits, temperatures, stages, taxonomy, vocabulary)
    sources = np.asarray([c.source for c in cells])
    surest = found.p_types.max(1)
    hopkins = np.asarray([c.source == "hopkins" and c.cell_class != LABEL for c in cells])
    abstain_below = round(float(np.quantile(surest[hopkins], UNIDENTIFIED_SHARE)), 4)
    seen = seen_by_trunk(cells, bundle)
    old, known = bundle.manifest, {c.key for c in taxonomy.classes}
    bundle_stages = []
    for s in taxonomy.stages:
        if s.key in stages:
            cells_of = {choice: support[s.key].get(choice, 0) for choice in s.choices}
            bundle_stages.append(
                BundleStage(s.key, s.choices, stages[s.key], cells_of, temperatures[s.key], sets[s.key])
            )
        else:
            kept = next((o for o in old.stages if o.key == s.key), None)
            if kept is None or s.key not in KEPT_STAGES:
                kept = BundleStage(s.key, s.choices, (), dict.fromkeys(s.choices, 0), 1.0, None)
            bundle_stages.append(kept)
    before = mapped_scores(cells, bundle, features, taxonomy, vocabulary)
    manifest = replace(
        old,
        format=BUNDLE_FORMAT,
        name=args.name,
        taxonomy_sha256=taxonomy.sha256,
        stages=tuple(bundle_stages),
        classes=dict(sorted(Counter(c.cell_class for c in cells if c.cell_class in known).items())),
        abstain_below=abstain_below,
        provenance=_provenance(old.provenance, bundle, cells),
        licences={s: LICENCES.get(s, "not stated") for s in sorted(set(sources.tolist()))},
        metrics={},
        files={},
        vocabulary="types",
        findings=findings_of(found, vocabulary),
    )
    net = PmgNet(manifest.net_config)
    assemble(bundle, safetensors.torch.load_file(args.run / "all" / WEIGHTS), features, stages, net)
    with atomic_directory(args.output, replace=True) as folder:
        (folder / OOD_FILE).write_bytes(bundle.file_contents[OOD_FILE])
        export_network(net, manifest.preprocessing.side, folder)
        card = two_trees_card(manifest, found, seen, before, vocabulary)
        (folder / MODEL_CARD_FILE).write_text(card, encoding="utf-8")
        sha256 = write_manifest(replace(manifest, files=hash_files(folder)), folder)
        load_classifier(folder, "onnx", taxonomy=taxonomy)
    size = sum(p.stat().st_size for p in args.output.iterdir()) / 2**20
    logger.info("%s %.1f MiB %s", args.output.name, size, sha256)
    logger.info(card)


def _provenance(old: Mapping[str, Any], bundle: Bundle, cells: list[LabelledCell]) -> dict[str, Any]:
    return {
        "trained": datetime.now(UTC).date().isoformat(),
        "from_bundle": {"name": bundle.manifest.name, "sha256": bundle.sha256},
        "trunk": "frozen",
        "trunk_training_patients": old.get("training_patients", []),
        "trunk_validation_patients": old.get("validation_patients", []),
        "cells": dict(sorted(Counter(f"{c.source}/train" for c in cells).items())),
        "training_patients": sorted({c.patient for c in cells if c.patient}),
        "validation_patients": [],
        "test_patients": [],
        "split_seed": "leukview-crossfit-1",
        "torch": torch.__version__,
    }


if __name__ == "__main__":
    main()
