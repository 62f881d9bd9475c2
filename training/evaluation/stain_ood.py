"""Fit and evaluate the out-of-distribution detector on stain colours."""

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
"""Red, green and blue of the nucleus and of the cytoplasm."""
MAX_TRAINING_CELLS = 6000
MIN_STAIN_CELLS = 500
"""Cells with nucleus and cytoplasm, in training and in validation each, below which there is no detector."""


def stain_features(
    cells: CellDataset, rows: NDArray[np.int64], transform: Callable[[Tensor], Tensor] | None = None
) -> NDArray[np.float32]:
    """Stain colours of some cells.

    Args:
        cells: Dataset with masks.
        rows: The M rows of the crops.
        transform: Applied to RGB images, B×3×h×w of 0..1; None = unchanged.

    Returns:
        M×6; NaN where nucleus or cytoplasm is missing.
    """
    found = np.full((len(rows), STAIN_CHANNELS), np.nan, np.float32)
    for index, row in enumerate(rows):
        images, _, masks = cells.load_rows(np.asarray([row], np.int64))
        if masks is None:
            continue
        if transform:
            transformed = transform(images.permute(0, 3, 1, 2).float() / 255).clamp(0, 1)
            images = (255 * transformed).round().to(torch.uint8).permute(0, 2, 3, 1)
        stain = measure_stain(images[0].cpu().numpy(), masks[0].cpu().numpy())
        if stain is not None:
            found[index] = stain
    return found


def finite_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Select the rows without NaN."""
    return vectors[np.isfinite(vectors).all(1)]


def evaluate_stain_ood(
    fit: Callable[[NDArray[np.float32], NDArray[np.float32]], OodDetector],
    cells: Sequence[LabelledCell],
    splits: Mapping[str, CellDataset],
    test_rows: NDArray[np.int64],
    perturbations: Mapping[str, Callable[[Tensor], Tensor]],
    rule: AlertCondition,
) -> tuple[OodDetector, dict[str, Any]] | None:
    """Fit the stain detector and evaluate it on the test patients.

    Args:
        fit: Function of training and validation vectors that returns the detector.
        cells: All cells.
        splits: Datasets by split.
        test_rows: Rows of the test cells to use.
        perturbations: Stain perturbations by name.
        rule: Condition of the alert on a film, as in the application.

    Returns:
        The detector and its metrics: ``warned_from`` (threshold of the rule), ``as_they_are`` (films with a warning),
        and ``strange`` (the same and the AUC over cells for each perturbation). None without masks or with too few
        cells.
    """
    rng = np.random.default_rng(0)
    train = splits[TRAIN]
    weights = train.weights if len(train.weights) else None
    rows = rng.choice(train.rows, min(MAX_TRAINING_CELLS, len(train.rows)), replace=False, p=weights)
    train_vectors, val_vectors = (
        finite_rows(stain_features(train, rows)),
        finite_rows(stain_features(splits[VAL], splits[VAL].rows)),
    )
    if min(len(train_vectors), len(val_vectors)) < MIN_STAIN_CELLS:
        return None
    detector = fit(train_vectors, val_vectors)
    patients = np.asarray([cells[i].patient or cells[i].sha1 for i in test_rows])
    plain = stain_features(splits[TEST], test_rows)
    result: dict[str, Any] = {
        "warned_from": rule.threshold,
        "as_they_are": _warning_metrics(detector, plain, patients, rule),
        "strange": {},
    }
    for name, change in perturbations.items():
        changed = stain_features(splits[TEST], test_rows, change)
        both = np.isfinite(plain).all(1) & np.isfinite(changed).all(1)
        distances = detector.distances(np.concatenate([plain[both], changed[both]])).astype(np.float64)
        truth = np.repeat(np.asarray([0, 1], np.int64), both.sum())
        groups = [*patients[both], *patients[both]]
        area = bootstrap(lambda r, t=truth, f=distances: auc(t[r], f[r]), groups, resamples=200)  # type: ignore[misc]  # bound in this iteration
        result["strange"][name] = {"auc": area} | _warning_metrics(detector, changed, patients, rule)
    return detector, result


def _warning_metrics(
    detector: OodDetector, vectors: NDArray[np.float32], patients: NDArray[np.str_], rule: AlertCondition
) -> dict[str, Any]:
    """Number of films with a warning: those with enough cells and a high median."""
    finite = np.isfinite(vectors).all(1)
    percentiles = detector.percentiles(vectors[finite])
    films = [percentiles[patients[finite] == name] for name in sorted(set(patients[finite].tolist()))]
    large = [film for film in films if len(film) >= rule.min_cells]
    return {
        "patients": len(large),
        "patients_warned": sum(bool(np.median(film) >= rule.threshold) for film in large),
        "median": float(np.median(percentiles)) if len(percentiles) else None,
    }
