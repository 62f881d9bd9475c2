"""Negative controls of the APL head, which ignore the structure of the cell.

The diagnosis belongs to the patient, and each patient's film has its own stain, so the head could learn to recognise
the film. Its AUC on the test patients must be compared with the AUC of these controls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from leukview.inference.classification.classifier import softmax
from leukview.inference.networks.pmg import PmgNet
from training.classifier.predict import NetworkOutputs, predict
from training.config import TrainConfig
from training.data.dataset import TEST, TRAIN, LabelledCell
from training.data.splits import CellDataset
from training.evaluation.metrics import auc, group_means

APL_HEAD = "apl"
OCCLUSION_RADIUS = 0.35
"""Radius, as a fraction of the image side, of the disc that covers the cell."""
CHUNK_ROWS = 500


def colour_statistics(crops: NDArray[np.uint8], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean and standard deviation of each channel of some crops.

    They describe the stain and, roughly, the size of the cell.

    Args:
        crops: N×S×S×3.
        rows: The B rows to describe.

    Returns:
        B×6.
    """
    found = []
    for start in range(0, len(rows), CHUNK_ROWS):
        pixels = (
            crops[rows[start : start + CHUNK_ROWS]]
            .reshape(len(rows[start : start + CHUNK_ROWS]), -1, 3)
            .astype(np.float32)
        )
        found.append(np.concatenate([pixels.mean(1), pixels.std(1)], 1))
    return np.concatenate(found).astype(np.float64)


def occlude_cell(images: Tensor) -> Tensor:
    """Replace a central disc of each image by the mean colour around it.

    Args:
        images: Network input, B×C×s×s; a mask in the fourth channel is not changed.
    """
    images, mask = images[:, :3], images[:, 3:]
    side = images.shape[-1]
    position = (torch.arange(side) + 0.5) / side - 0.5
    disc = (position[:, None].square() + position[None].square() < OCCLUSION_RADIUS**2).to(images)[None, None]
    level = (images * (1 - disc)).sum((2, 3), keepdim=True) / (1 - disc).sum((2, 3), keepdim=True)
    return torch.cat((images * (1 - disc) + level * disc, mask), 1)


def _auc_by_cell_and_patient(
    truth: NDArray[np.int64], score: NDArray[np.float64], patients: Sequence[str]
) -> dict[str, float]:
    means = group_means(score, patients)
    positive = group_means(truth.astype(np.float64), patients)
    by_patient = auc(np.asarray([int(v > 0.5) for v in positive.values()]), np.asarray(list(means.values())))
    return {"cell_auc": auc(truth, score), "patient_auc": by_patient}


def negative_controls(
    net: PmgNet,
    config: TrainConfig,
    cells: Sequence[LabelledCell],
    splits: dict[str, CellDataset],
    outputs: NetworkOutputs,
    temperature: float,
    device: str,
) -> dict[str, dict[str, float]]:
    """AUC on the test patients of the APL head and of its negative controls.

    The controls are a logistic regression on mean colours, and the head with the cell occluded.

    Args:
        net: Network with the APL head.
        config: Configuration of its training.
        cells: All cells.
        splits: Datasets by split.
        outputs: Predictions of the test cells.
        temperature: Temperature of the APL head.
        device: Device to compute on.

    Returns:
        Name → ``cell_auc`` and ``patient_auc``; empty if the head was not trained.
    """
    keys = [key for key, _ in net.config.stages]
    if APL_HEAD not in keys:
        return {}
    column = keys.index(APL_HEAD)
    train, test = (splits[s].rows[splits[s].targets[splits[s].rows, column] >= 0] for s in (TRAIN, TEST))
    truth, patients = outputs.targets[test, column], [cells[i].patient for i in test]
    crops = np.asarray(splits[TRAIN].crops)
    by_colour: Any = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight="balanced"))
    by_colour.fit(colour_statistics(crops, train), outputs.targets[train, column])
    occluded = softmax(
        predict(net, config, splits[TEST], test, device, occlude_cell).logits[APL_HEAD][test].astype(np.float32),
        temperature,
    )
    own = softmax(outputs.logits[APL_HEAD][test].astype(np.float32), temperature)
    return {
        "the head": _auc_by_cell_and_patient(truth, own[:, 1], patients),
        "mean colours alone": _auc_by_cell_and_patient(
            truth, by_colour.decision_function(colour_statistics(crops, test)), patients
        ),
        "the head, cell hidden": _auc_by_cell_and_patient(truth, occluded[:, 1], patients),
    }
