"""How far cells lie from the training cells, fitted and scored: other sites, strange stains, slides warned of.

Strange stains are made of the cells kept aside by changing their optical density (Beer–Lambert): they stand for films
that no archive here holds, not for any one stain.
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
"""Principal directions of the features in which likeness is measured."""
OOD_FIT_CELLS = 3000
PERTURBED_CELLS = 1000
"""Cells kept aside that are asked again under each strange stain."""
MIN_SITE_CELLS = 50
"""Cells below which a site is not compared."""
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
"""Name → change of B×3×s×s RGB, 0..1."""


def perturb_stain(normalised: Tensor, transform: Callable[[Tensor], Tensor], preprocessing: Preprocessing) -> Tensor:
    """Network input B×C×s×s with its colours changed; a mask behind them stays."""
    colours, mask = normalised[:, :3], normalised[:, 3:]
    mean, std = (torch.tensor(v).to(colours)[None, :, None, None] for v in (preprocessing.mean, preprocessing.std))
    changed = (transform((colours * std + mean).clamp(0, 1)).clamp(0, 1) - mean) / std
    return torch.cat([changed, mask], 1)


def fit_ood_detector(train: NDArray[np.float32], validation: NDArray[np.float32]) -> OodDetector:
    """Whitened main directions of the training features, and how far the validation cells lie.

    Args:
        train: N×F.
        validation: M×F.
    """
    mean = train.mean(0)
    _, sizes, directions = np.linalg.svd(train - mean, full_matrices=False)
    keep = min(OOD_COMPONENTS, int((sizes > 1e-6 * sizes[0]).sum()))
    whiten = directions[:keep] / (sizes[:keep, None] / np.sqrt(len(train) - 1))
    bare = OodDetector(mean, np.asarray(whiten, np.float32), np.zeros(1, np.float32))
    quantiles = np.quantile(bare.distances(validation), np.linspace(0, 1, 101))
    return OodDetector(mean, np.asarray(whiten, np.float32), np.asarray(quantiles, np.float32))


def _warning_metrics(percentiles: NDArray[np.float64], patients: Sequence[str], min_share: float) -> dict[str, Any]:
    """Cells flagged, and patients whose film would carry the warning."""
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
    """For each site: how well the distance to its own training cells tells other sites' cells from its own, kept aside.

    The network itself has seen all of them, so that this flatters the distance: a site it never saw is another matter.
    """
    found = {}
    source = np.asarray([c.source for c in cells])
    for name in sorted(set(source[train_rows].tolist())):
        own, mine, others = (
            train_rows[source[train_rows] == name],
            held_out_rows[source[held_out_rows] == name],
            held_out_rows[source[held_out_rows] != name],
        )
        if min(len(own), len(mine), len(others)) < MIN_SITE_CELLS:
            continue
        fitted = fit_ood_detector(features[own], features[mine])
        rows = np.concatenate([mine, others])
        far = fitted.distances(features[rows]).astype(np.float64)
        truth = np.asarray([0] * len(mine) + [1] * len(others), np.int64)
        groups = [cells[i].patient or cells[i].sha1 for i in rows]
        found[name] = {"own": len(mine), "other": len(others), "auc": _auc(truth, far, groups)}
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
    """The fitted checks of features and of stain, and how they did on cells kept aside.

    Args:
        net: Whose features they are.
        config: Of its training.
        cells: All.
        splits: By name.
        outputs: Answers on the validation and test cells.
        device: To compute on.

    Returns:
        The checks, and ``as_they_are``, ``strange`` (by name), ``other_sites`` (by site) and ``stain`` (see
        `training.evaluation.stain_ood`; without masks there is no check of the stain).
    """
    draws = np.random.default_rng(0)
    rows = splits[TRAIN].rows
    train = draws.choice(rows, min(OOD_FIT_CELLS, len(rows)), replace=False)
    features = outputs.features.copy()
    features[train] = predict(net, config, splits[TRAIN], train, device).features[train]
    fitted = fit_ood_detector(features[train], features[splits[VAL].rows])
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), read_taxonomy())
    share, film = (next(r.conditions[0] for r in rules if r.key == key) for key in (OOD_RULE, STAIN_RULE))
    test = splits[TEST].rows
    asked = np.sort(draws.choice(test, min(PERTURBED_CELLS, len(test)), replace=False))
    patients = [cells[i].patient or cells[i].sha1 for i in asked]
    plain = fitted.distances(features[asked]).astype(np.float64)
    result: dict[str, Any] = {
        "cells": len(asked),
        "warned_from": share.threshold,
        "as_they_are": _warning_metrics(fitted.percentiles(features[asked]), patients, share.threshold),
        "strange": {},
        "other_sites": other_site_metrics(
            features, cells, np.sort(train), np.concatenate([splits[VAL].rows, splits[TEST].rows])
        ),
    }
    truth = np.repeat(np.asarray([0, 1], np.int64), len(asked))
    for name, change in STAIN_PERTURBATIONS.items():
        altered = partial(perturb_stain, transform=change, preprocessing=config.preprocessing)
        seen = predict(net, config, splits[TEST], asked, device, altered).features[asked]
        far = np.concatenate([plain, fitted.distances(seen).astype(np.float64)])
        result["strange"][name] = {"auc": _auc(truth, far, patients * 2)} | _warning_metrics(
            fitted.percentiles(seen), patients, share.threshold
        )
    colours = evaluate_stain_ood(fit_ood_detector, cells, splits, asked, STAIN_PERTURBATIONS, film)
    if colours is None:
        return fitted, None, result
    return fitted, colours[0], result | {"stain": colours[1]}
