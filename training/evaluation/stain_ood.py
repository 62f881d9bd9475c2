"""The colours of the training cells' stain, and how well a strange film is told by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from leukview.domain.alerts import AlertCondition
from leukview.inference.classification.ood import OodDetector, measure_stain
from training.data.dataset import TEST, TRAIN, VAL, LabelledCell
from training.data.splits import CellDataset
from training.evaluation.metrics import auc, bootstrap

STAIN_CHANNELS = 6
"""Red, green and blue of nucleus and of cytoplasm."""
MAX_TRAINING_CELLS = 6000
MIN_STAIN_CELLS = 500
"""Cells with both parts, of training and of validation, below which there is no check."""


def stain_features(
    cells: CellDataset, rows: NDArray[np.int64], transform: Callable[[Tensor], Tensor] | None = None
) -> NDArray[np.float32]:
    """Colours of some cells, M×6; NaN where nucleus or cytoplasm is missing.

    Args:
        cells: With masks.
        rows: Of the squares.
        transform: Of B×3×h×w RGB, 0..1.
    """
    found = np.full((len(rows), STAIN_CHANNELS), np.nan, np.float32)
    for place, row in enumerate(rows):
        images, _, masks = cells.load_rows(np.asarray([row], np.int64))
        if masks is None:
            continue
        if transform:
            shown = transform(images.permute(0, 3, 1, 2).float() / 255).clamp(0, 1)
            images = (255 * shown).round().to(torch.uint8).permute(0, 2, 3, 1)
        stain = measure_stain(images[0].cpu().numpy(), masks[0].cpu().numpy())
        if stain is not None:
            found[place] = stain
    return found


def finite_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows without NaN."""
    return vectors[np.isfinite(vectors).all(1)]


def evaluate_stain_ood(
    fit: Callable[[NDArray[np.float32], NDArray[np.float32]], OodDetector],
    cells: Sequence[LabelledCell],
    splits: Mapping[str, CellDataset],
    test_rows: NDArray[np.int64],
    perturbations: Mapping[str, Callable[[Tensor], Tensor]],
    rule: AlertCondition,
) -> tuple[OodDetector, dict[str, Any]] | None:
    """The fitted check of the stain, and how it did on films kept aside.

    Args:
        fit: Training and validation vectors → the check.
        cells: All.
        splits: By name.
        test_rows: Rows of the test cells to ask.
        perturbations: Changes of the stain, by name.
        rule: What warns of a film, as in the application.

    Returns:
        The check, and for ``as_they_are`` and each of ``perturbations`` the films warned of and the cells' area under the
        curve; None where there are no masks, or too few cells.
    """
    draws = np.random.default_rng(0)
    train = splits[TRAIN]
    weights = train.weights if len(train.weights) else None
    rows = draws.choice(train.rows, min(MAX_TRAINING_CELLS, len(train.rows)), replace=False, p=weights)
    known, checked = (
        finite_rows(stain_features(train, rows)),
        finite_rows(stain_features(splits[VAL], splits[VAL].rows)),
    )
    if min(len(known), len(checked)) < MIN_STAIN_CELLS:
        return None
    check = fit(known, checked)
    patients = np.asarray([cells[i].patient or cells[i].sha1 for i in test_rows])
    plain = stain_features(splits[TEST], test_rows)
    result: dict[str, Any] = {
        "warned_from": rule.threshold,
        "as_they_are": _warning_metrics(check, plain, patients, rule),
        "strange": {},
    }
    for name, change in perturbations.items():
        changed = stain_features(splits[TEST], test_rows, change)
        both = np.isfinite(plain).all(1) & np.isfinite(changed).all(1)
        far = check.distances(np.concatenate([plain[both], changed[both]])).astype(np.float64)
        truth = np.repeat(np.asarray([0, 1], np.int64), both.sum())
        groups = [*patients[both], *patients[both]]
        area = bootstrap(lambda r, t=truth, f=far: auc(t[r], f[r]), groups, resamples=200)  # type: ignore[misc]  # of this round
        result["strange"][name] = {"auc": area} | _warning_metrics(check, changed, patients, rule)
    return check, result


def _warning_metrics(
    detector: OodDetector, vectors: NDArray[np.float32], patients: NDArray[np.str_], rule: AlertCondition
) -> dict[str, Any]:
    """Films whose median percentile reaches the rule's, of those with enough cells."""
    both = np.isfinite(vectors).all(1)
    far = detector.percentiles(vectors[both])
    films = [far[patients[both] == name] for name in sorted(set(patients[both].tolist()))]
    large = [film for film in films if len(film) >= rule.min_cells]
    return {
        "patients": len(large),
        "patients_warned": sum(bool(np.median(film) >= rule.threshold) for film in large),
        "median": float(np.median(far)) if len(far) else None,
    }
