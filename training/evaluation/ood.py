"""Fit and evaluate the out-of-distribution (OOD) detector on network features.

It is tested on cells of other sites and on perturbed stains. The latter are test cells with changed optical density
(Beer–Lambert). They represent unknown films in general, not a particular stain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from leukview.core.paths import resources_dir
from leukview.domain.alerts import parse_alert_rules
from leukview.inference.classification.ood import OodDetector
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.pmg import PmgNet
from leukview.services.analysis.pipeline import OOD_FLAG_PERCENTILE
from training.classifier.predict import NetworkOutputs, predict
from training.config import TrainConfig
from training.data.dataset import TEST, TRAIN, VAL, LabelledCell, read_taxonomy
from training.data.splits import CellDataset
from training.evaluation.metrics import auc, bootstrap
from training.evaluation.stain_ood import evaluate_stain_ood

OOD_COMPONENTS = 32
"""Principal components of the features in which the distance is measured."""
OOD_FIT_CELLS = 3000
PERTURBED_CELLS = 1000
"""Test cells that are predicted again under each stain perturbation."""
MIN_SITE_CELLS = 50
"""Cells below which a site is not compared with others."""
OOD_RULE, STAIN_RULE = "unlike_training", "strange_stain"


def _scale_density(rgb: Tensor, factors: tuple[float, float, float]) -> Tensor:
    density = -torch.log(rgb.clamp(1 / 255, 1.0))
    return torch.exp(-density * torch.tensor(factors).to(rgb)[None, :, None, None])


def _blur(rgb: Tensor) -> Tensor:
    wide = F.pad(rgb, (4, 4, 4, 4), mode="replicate")
    return F.avg_pool2d(F.avg_pool2d(wide, 5, 1), 5, 1)


STAIN_PERTURBATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "pale (half the density)": partial(_scale_density, factors=(0.5, 0.5, 0.5)),
    "deep (1.6 times the density)": partial(_scale_density, factors=(1.6, 1.6, 1.6)),
    "redder (acid buffer)": partial(_scale_density, factors=(0.7, 1.15, 1.3)),
    "bluer (alkaline buffer)": partial(_scale_density, factors=(1.3, 1.05, 0.6)),
    "out of focus": _blur,
    "another dye (red and blue exchanged)": partial(torch.flip, dims=(1,)),
}
"""Name → transform of RGB images, B×3×s×s of 0..1."""


def perturb_stain(normalised: Tensor, transform: Callable[[Tensor], Tensor], preprocessing: Preprocessing) -> Tensor:
    """Apply a colour transform to normalised network input.

    Args:
        normalised: B×C×s×s; a mask in the fourth channel is not changed.
        transform: Transform of RGB images of 0..1.
        preprocessing: Gives the normalisation.
    """
    colours, mask = normalised[:, :3], normalised[:, 3:]
    mean, std = (torch.tensor(v).to(colours)[None, :, None, None] for v in (preprocessing.mean, preprocessing.std))
    changed = (transform((colours * std + mean).clamp(0, 1)).clamp(0, 1) - mean) / std
    return torch.cat([changed, mask], 1)


def fit_ood_detector(train: NDArray[np.float32], validation: NDArray[np.float32]) -> OodDetector:
    """Fit whitened principal components and the quantiles of validation distances.

    Args:
        train: Training features, N×F.
        validation: Validation features, M×F.
    """
    mean = train.mean(0)
    _, sizes, directions = np.linalg.svd(train - mean, full_matrices=False)
    keep = min(OOD_COMPONENTS, int((sizes > 1e-6 * sizes[0]).sum()))
    whiten = directions[:keep] / (sizes[:keep, None] / np.sqrt(len(train) - 1))
    bare = OodDetector(mean, np.asarray(whiten, np.float32), np.zeros(1, np.float32))
    quantiles = np.quantile(bare.distances(validation), np.linspace(0, 1, 101))
    return OodDetector(mean, np.asarray(whiten, np.float32), np.asarray(quantiles, np.float32))


def _warning_metrics(percentiles: NDArray[np.float64], patients: Sequence[str], min_share: float) -> dict[str, Any]:
    """Fraction of cells flagged, and number of patients with a warning."""
    flagged = percentiles >= OOD_FLAG_PERCENTILE
    cells = Counter(patients)
    hits = Counter(p for p, hit in zip(patients, flagged, strict=True) if hit)
    warned = sum(hits[p] >= min_share * n for p, n in cells.items())
    return {"flagged": float(flagged.mean()), "patients_warned": warned, "patients": len(cells)}


def other_site_metrics(
    features: NDArray[np.float32],
    cells: Sequence[LabelledCell],
    train_rows: NDArray[np.int64],
    held_out_rows: NDArray[np.int64],
) -> dict[str, Any]:
    """AUC of the detector between each site's own held-out cells and other sites'.

    The detector is fitted on one site only, but the network was trained on all of them. The result is therefore
    optimistic for a site that the network has never seen.

    Args:
        features: Features of all cells, N×F.
        cells: All cells.
        train_rows: Training rows with features.
        held_out_rows: Rows of the validation and test cells.

    Returns:
        Site → ``own`` and ``other`` (numbers of cells) and ``auc``.
    """
    found = {}
    source = np.asarray([c.source for c in cells])
    for name in sorted(set(source[train_rows].tolist())):
        own, own_held_out, others = (
            train_rows[source[train_rows] == name],
            held_out_rows[source[held_out_rows] == name],
            held_out_rows[source[held_out_rows] != name],
        )
        if min(len(own), len(own_held_out), len(others)) < MIN_SITE_CELLS:
            continue
        detector = fit_ood_detector(features[own], features[own_held_out])
        rows = np.concatenate([own_held_out, others])
        distances = detector.distances(features[rows]).astype(np.float64)
        truth = np.asarray([0] * len(own_held_out) + [1] * len(others), np.int64)
        groups = [cells[i].patient or cells[i].sha1 for i in rows]
        found[name] = {"own": len(own_held_out), "other": len(others), "auc": _auc(truth, distances, groups)}
    return found


def _auc(truth: NDArray[np.int64], distances: NDArray[np.float64], groups: Sequence[str]) -> Any:
    return bootstrap(lambda r: auc(truth[r], distances[r]), groups, resamples=200)


def evaluate_ood(
    net: PmgNet,
    config: TrainConfig,
    cells: Sequence[LabelledCell],
    splits: Mapping[str, CellDataset],
    outputs: NetworkOutputs,
    device: str,
) -> tuple[OodDetector, OodDetector | None, dict[str, Any]]:
    """Fit the detectors of features and stain and evaluate them on the test cells.

    Args:
        net: Network that gives the features.
        config: Configuration of its training.
        cells: All cells.
        splits: Datasets by split.
        outputs: Predictions of the validation and test cells.
        device: Device to compute on.

    Returns:
        The feature detector; the stain detector, None without masks; and the metrics ``as_they_are`` (unchanged
        cells), ``strange`` (by stain perturbation), ``other_sites`` (by site) and ``stain`` (see
        `training.evaluation.stain_ood`).
    """
    draws = np.random.default_rng(0)
    rows = splits[TRAIN].rows
    train = draws.choice(rows, min(OOD_FIT_CELLS, len(rows)), replace=False)
    features = outputs.features.copy()
    features[train] = predict(net, config, splits[TRAIN], train, device).features[train]
    detector = fit_ood_detector(features[train], features[splits[VAL].rows])
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), read_taxonomy())
    feature_condition, stain_condition = (
        next(r.conditions[0] for r in rules if r.key == key) for key in (OOD_RULE, STAIN_RULE)
    )
    test = splits[TEST].rows
    perturbed_rows = np.sort(draws.choice(test, min(PERTURBED_CELLS, len(test)), replace=False))
    patients = [cells[i].patient or cells[i].sha1 for i in perturbed_rows]
    plain_distances = detector.distances(features[perturbed_rows]).astype(np.float64)
    result: dict[str, Any] = {
        "cells": len(perturbed_rows),
        "warned_from": feature_condition.threshold,
        "as_they_are": _warning_metrics(
            detector.percentiles(features[perturbed_rows]), patients, feature_condition.threshold
        ),
        "strange": {},
        "other_sites": other_site_metrics(
            features, cells, np.sort(train), np.concatenate([splits[VAL].rows, splits[TEST].rows])
        ),
    }
    truth = np.repeat(np.asarray([0, 1], np.int64), len(perturbed_rows))
    for name, change in STAIN_PERTURBATIONS.items():
        altered = partial(perturb_stain, transform=change, preprocessing=config.preprocessing)
        perturbed_features = predict(net, config, splits[TEST], perturbed_rows, device, altered).features[
            perturbed_rows
        ]
        distances = np.concatenate([plain_distances, detector.distances(perturbed_features).astype(np.float64)])
        result["strange"][name] = {"auc": _auc(truth, distances, patients * 2)} | _warning_metrics(
            detector.percentiles(perturbed_features), patients, feature_condition.threshold
        )
    stain = evaluate_stain_ood(fit_ood_detector, cells, splits, perturbed_rows, STAIN_PERTURBATIONS, stain_condition)
    if stain is None:
        return detector, None, result
    return detector, stain[0], result | {"stain": stain[1]}
