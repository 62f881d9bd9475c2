"""Score a trained run: ``python -m training.evaluation.evaluate --config C --run DIR``.

Calibration and the abstention threshold come from the validation cells; the figures from the test patients (Hopkins)
and, named apart, from Barcelona's validation cells, whose source names no patients.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from leukview.domain.models.labelled_cells import determined_class
from leukview.domain.prediction import StageProbabilities, class_probabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.classification.classifier import softmax
from leukview.inference.classification.ood import OodDetector
from leukview.inference.networks.config import NetConfig
from leukview.inference.networks.pmg import PmgNet
from training.classifier.predict import NetworkOutputs, load_net, predict
from training.config import TrainConfig, read_config
from training.data.dataset import TEST, TRAIN, VAL, LabelledCell, read_taxonomy
from training.data.splits import prepare_data
from training.evaluation.calibration import calibrate
from training.evaluation.conformal import (
    MIN_CALIBRATION_CELLS,
    conformal_threshold,
    set_metrics,
    source_balanced_weights,
)
from training.evaluation.error_analysis import most_common_errors
from training.evaluation.metrics import (
    Estimate,
    accuracy,
    auc,
    bootstrap,
    confusion_matrix,
    expected_calibration_error,
    f1_scores,
    group_means,
    macro_f1,
    reliability_bins,
)
from training.evaluation.negative_controls import APL_HEAD, negative_controls
from training.evaluation.ood import evaluate_ood
from training.reports.plots import write_plots

RESULT_FILE = "evaluation.json"
MAX_MISSED_BLASTS = 0.03
"""Largest fraction of the validation blasts that may be misclassified without abstention."""
MAX_ABSTAINED = 0.15
"""Largest fraction of the validation cells that may be left unidentified."""
MIN_PATIENT_CELLS = 20
"""Cells below which the accuracy of a single patient is not reported."""
BLAST_CLASSES = ("blast", "promyelocyte", "promonocyte")
"""Classes that must not be lost at the gate."""


def stage_metrics(
    outputs: NetworkOutputs,
    net_config: NetConfig,
    cells: Sequence[LabelledCell],
    rows: NDArray[np.int64],
    temperature: dict[str, float],
    train_rows: NDArray[np.int64],
    set_thresholds_by_stage: Mapping[str, float | None],
) -> dict[str, Any]:
    """Metrics of each stage on some cells.

    Accuracy, macro F1, AUC (binary stages), calibration error, prediction sets and confusion matrix; intervals are
    bootstrapped over patients.

    Args:
        outputs: Predictions of at least `rows`.
        net_config: Gives stages and choices.
        cells: All cells.
        rows: Rows to score; for each stage only those whose label determines it.
        temperature: Temperature by stage.
        train_rows: Training rows, which determine the majority choice.
        set_thresholds_by_stage: Threshold of the prediction sets by stage; None for a stage without sets.
    """
    result: dict[str, Any] = {}
    for column, (key, choices) in enumerate(net_config.stages):
        known = rows[outputs.targets[rows, column] >= 0]
        if not len(known):
            continue
        truth = outputs.targets[known, column]
        p = softmax(outputs.logits[key][known].astype(np.float32), temperature[key])
        predicted = p.argmax(1)
        groups = [cells[i].patient or cells[i].sha1 for i in known]
        train_targets = outputs.targets[train_rows, column]
        majority = int(np.bincount(train_targets[train_targets >= 0]).argmax())
        table = confusion_matrix(truth, predicted, len(choices))
        size = len(choices)
        entry: dict[str, Any] = {
            "cells": len(known),
            "patients": len({cells[i].patient for i in known if cells[i].patient}),
            "accuracy": bootstrap(_accuracy(truth, predicted), groups),
            "majority_accuracy": accuracy(truth, np.full_like(truth, majority)),
            "majority_macro_f1": macro_f1(truth, np.full_like(truth, majority), size),
            "macro_f1": bootstrap(_macro_f1(truth, predicted, size), groups),
            "f1": dict(zip(choices, f1_scores(table).tolist(), strict=True)),
            "calibration_error": expected_calibration_error(truth, p),
            "reliability": reliability_bins(truth, p),
            "confusion": table.tolist(),
            "choices": list(choices),
        }
        threshold = set_thresholds_by_stage.get(key)
        if threshold is not None:
            entry["sets"] = set_metrics(truth, p, threshold, groups)
        if size == 2:
            entry["auc"] = bootstrap(_auc(truth, p[:, 1]), groups)
        if key == "gate":
            blasts = np.asarray([cells[i].cell_class in BLAST_CLASSES for i in known])
            entry["blasts_lost"] = float((predicted[blasts] != truth[blasts]).mean()) if blasts.any() else None
        if key == "stage1":
            benign = truth == choices.index("benign")
            entry["benign_called_malignant"] = (
                float((predicted[benign] != truth[benign]).mean()) if benign.any() else None
            )
        if all(cells[i].patient for i in known):
            entry["errors"] = most_common_errors(truth, predicted, choices, [cells[i] for i in known])
        if key == "apl" and all(cells[i].patient for i in known):
            entry["by_patient"] = patient_metrics(truth, p[:, 1], [cells[i].patient for i in known])
        result[key] = entry
    return result


def _accuracy(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> Any:
    return lambda rows: accuracy(truth[rows], predicted[rows])


def _macro_f1(truth: NDArray[np.int64], predicted: NDArray[np.int64], size: int) -> Any:
    return lambda rows: macro_f1(truth[rows], predicted[rows], size)


def _auc(truth: NDArray[np.int64], scores: NDArray[np.float64]) -> Any:
    return lambda rows: auc(truth[rows], scores[rows])


def patient_metrics(truth: NDArray[np.int64], scores: NDArray[np.float64], patients: Sequence[str]) -> dict[str, Any]:
    """AUC over patients of their mean scores, with an interval over patients.

    Args:
        truth: 0 or 1 for each cell, equal for all cells of a patient.
        scores: Score of each cell.
        patients: Patient of each cell.

    Returns:
        ``auc``, ``patients``, ``positive`` (patients with truth 1) and ``fewest_cells`` (of a patient).
    """
    means = group_means(scores, patients)
    positive = {name: int(value > 0.5) for name, value in group_means(truth.astype(np.float64), patients).items()}
    y, x = np.asarray(list(positive.values())), np.asarray(list(means.values()))
    return {
        "auc": bootstrap(_auc(y, x), list(means)),
        "patients": len(means),
        "positive": int(y.sum()),
        "fewest_cells": min(Counter(patients).values()),
    }


def set_thresholds(
    outputs: NetworkOutputs,
    net_config: NetConfig,
    cells: Sequence[LabelledCell],
    rows: NDArray[np.int64],
    temperature: Mapping[str, float],
) -> dict[str, float | None]:
    """Threshold of the 95 % prediction sets of each stage from the validation rows.

    Returns:
        Stage → threshold; None for a stage that fewer than `MIN_CALIBRATION_CELLS` rows determine.
    """
    result: dict[str, float | None] = {}
    for column, (key, _) in enumerate(net_config.stages):
        known = rows[outputs.targets[rows, column] >= 0]
        if len(known) < MIN_CALIBRATION_CELLS:
            result[key] = None
            continue
        p = softmax(outputs.logits[key][known].astype(np.float32), temperature[key])
        result[key] = conformal_threshold(outputs.targets[known, column], p, source_balanced_weights(cells, known))
    return result


def compose_classes(
    outputs: NetworkOutputs,
    net_config: NetConfig,
    taxonomy: Taxonomy,
    rows: NDArray[np.int64],
    temperature: dict[str, float],
) -> tuple[list[str], NDArray[np.float64]]:
    """Most probable class and its composed probability for each of some rows."""
    p = {k: softmax(outputs.logits[k][rows].astype(np.float32), temperature[k]) for k, _ in net_config.stages}
    names, confidence = [], np.zeros(len(rows))
    for i in range(len(rows)):
        stages = [StageProbabilities(k, choices, tuple(p[k][i].tolist())) for k, choices in net_config.stages]
        classes = class_probabilities(taxonomy, stages)
        name = max(classes, key=classes.__getitem__)
        names.append(name)
        confidence[i] = classes[name]
    return names, confidence


def true_classes(cells: Sequence[LabelledCell], net_config: NetConfig, taxonomy: Taxonomy) -> list[str]:
    """Class that the trained stages can determine from each label.

    Returns:
        A class key per cell; "" where the label does not determine it.
    """
    trained = [key for key, _ in net_config.stages]
    return [determined_class(taxonomy, cell.cell_class, cell.diagnosis, trained) for cell in cells]


def choose_abstention_threshold(
    truth: Sequence[str], predicted: Sequence[str], confidence: NDArray[np.float64]
) -> float:
    """Choose the confidence below which a cell is shown as unidentified.

    It is the lowest threshold at which at most `MAX_MISSED_BLASTS` of the blasts are misclassified with higher
    confidence, limited so that at most `MAX_ABSTAINED` of the cells fall below it.
    """
    blast = np.asarray([t == "blast" for t in truth])
    missed = blast & np.asarray([g != "blast" for g in predicted])
    highest = float(np.quantile(confidence, MAX_ABSTAINED))
    for threshold in np.arange(0.0, 0.9, 0.01):
        if threshold > highest:
            return round(float(highest), 2)
        if (missed & (confidence >= threshold)).sum() <= MAX_MISSED_BLASTS * blast.sum():
            return round(float(threshold), 2)
    return round(float(highest), 2)


def class_metrics(
    truth: Sequence[str],
    predicted: Sequence[str],
    confidence: NDArray[np.float64],
    abstain_below: float,
    groups: Sequence[str],
) -> dict[str, Any]:
    """Metrics over classes: accuracy, per-class scores, abstention and missed blasts."""
    keys = sorted(set(truth) | set(predicted))
    t = np.asarray([keys.index(x) for x in truth], np.int64)
    g = np.asarray([keys.index(x) for x in predicted], np.int64)
    table = confusion_matrix(t, g, len(keys))
    scores = f1_scores(table)
    kept = confidence >= abstain_below
    missed = [i for i, key in enumerate(truth) if key == "blast"]
    blasts = {
        "cells": len(missed),
        "named": sum(bool(kept[i]) and predicted[i] == "blast" for i in missed),
        "unidentified": sum(not kept[i] for i in missed),
        "missed": sum(bool(kept[i]) and predicted[i] != "blast" for i in missed),
    }
    classes = {
        key: {
            "cells": int(table[i].sum()),
            "precision": float(table[i, i] / table[:, i].sum()) if table[:, i].sum() else None,
            "recall": float(table[i, i] / table[i].sum()) if table[i].sum() else None,
            "f1": float(scores[i]) if np.isfinite(scores[i]) else None,
        }
        for i, key in enumerate(keys)
    }
    return {
        "cells": len(truth),
        "accuracy": bootstrap(_accuracy(t, g), groups),
        "macro_f1": bootstrap(_macro_f1(t, g, len(keys)), groups),
        "abstained": float((~kept).mean()),
        "accuracy_where_named": accuracy(t[kept], g[kept]),
        "blasts": blasts,
        "by_group": accuracy_range(t == g, groups),
        "classes": classes,
        "confusion": table.tolist(),
        "keys": keys,
    }


def accuracy_range(correct: NDArray[np.bool_], groups: Sequence[str]) -> dict[str, float] | None:
    """Lowest, median and highest accuracy among the patients.

    Patients with fewer than `MIN_PATIENT_CELLS` cells are left out.

    Returns:
        ``groups``, ``least``, ``median`` and ``greatest``; None if no patient has enough cells.
    """
    counts = Counter(groups)
    values = [
        v for name, v in group_means(correct.astype(np.float64), groups).items() if counts[name] >= MIN_PATIENT_CELLS
    ]
    if not values:
        return None
    return {"groups": len(values), "least": min(values), "median": float(np.median(values)), "greatest": max(values)}


@dataclass(frozen=True)
class Evaluation:
    """Evaluation of a run.

    Attributes:
        result: All metrics, as written to ``evaluation.json``.
        net: Calibrated network.
        feature_ood: Out-of-distribution detector on the network features.
        stain_ood: Out-of-distribution detector on the stain; None without masks.
    """

    result: dict[str, Any]
    net: PmgNet
    feature_ood: OodDetector
    stain_ood: OodDetector | None


def evaluate_run(
    config: TrainConfig, run_folder: Path, cache_folder: Path, device: str, leave_out: str = ""
) -> Evaluation:
    """Calibrate a run on the validation cells and evaluate it on the test cells.

    Args:
        config: Configuration of the run.
        run_folder: Folder of the run.
        cache_folder: Folder of the cached crops and masks.
        device: Device to compute on.
        leave_out: Source that was left out of the training, as in `training.data.splits.prepare_data`.
    """
    cells, net_config, splits = prepare_data(config, cache_folder, leave_out=leave_out)
    taxonomy = read_taxonomy()
    net = load_net(net_config, run_folder)
    predicted_rows = np.concatenate([splits[VAL].rows, splits[TEST].rows])
    outputs = predict(net, config, splits[VAL], predicted_rows, device)
    temperature = calibrate(outputs, net, cells, splits[VAL].rows)
    thresholds = set_thresholds(outputs, net_config, cells, splits[VAL].rows, temperature)
    truth = true_classes(cells, net_config, taxonomy)

    def named(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows[[bool(truth[i]) for i in rows]]

    val_rows = named(splits[VAL].rows)
    val_predicted, val_confidence = compose_classes(outputs, net_config, taxonomy, val_rows, temperature)
    abstain_below = choose_abstention_threshold([truth[i] for i in val_rows], val_predicted, val_confidence)
    barcelona = np.asarray([i for i in splits[VAL].rows if not cells[i].patient], np.int64)
    result: dict[str, Any] = {"temperature": temperature, "set_from": thresholds, "abstain_below": abstain_below}
    result["sources"] = sorted({c.source for c in cells})
    for name, rows in (("test_patients", splits[TEST].rows), ("barcelona_validation", barcelona)):
        if not len(rows):
            continue  # no Barcelona-like cells if every cell names its patient
        chosen = named(rows)
        predicted, confidence = compose_classes(outputs, net_config, taxonomy, chosen, temperature)
        groups = [cells[i].patient or cells[i].sha1 for i in chosen]
        result[name] = {
            "stages": stage_metrics(outputs, net_config, cells, rows, temperature, splits[TRAIN].rows, thresholds),
            "classes": class_metrics([truth[i] for i in chosen], predicted, confidence, abstain_below, groups),
        }
    result["test_patients"]["controls"] = negative_controls(
        net, config, cells, splits, outputs, temperature.get(APL_HEAD, 1.0), device
    )
    if len(barcelona):
        both = np.concatenate([splits[TEST].rows, barcelona])
        gate = stage_metrics(outputs, net_config, cells, both, temperature, splits[TRAIN].rows, thresholds)["gate"]
        result["both_sites"] = {"stages": {"gate": gate}}
    feature_ood, stain_ood, result["unlikeness"] = evaluate_ood(net, config, cells, splits, outputs, device)
    return Evaluation(to_jsonable(result), net, feature_ood, stain_ood)


def write_result(run_folder: Path, result: Mapping[str, Any]) -> None:
    """Write the metrics to the run folder, as JSON and as plots."""
    (run_folder / RESULT_FILE).write_text(json.dumps(result, indent=1), encoding="utf-8")
    write_plots(run_folder, result)


def to_jsonable(value: Any) -> Any:
    """Convert figures and numpy numbers to JSON values; NaN becomes None."""
    if isinstance(value, Estimate):
        return to_jsonable(asdict(value))
    if isinstance(value, dict):
        return {key: to_jsonable(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_jsonable(v) for v in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 5) if np.isfinite(value) else None
    return value


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--leave-out", default="", metavar="SOURCE", help="as in the training of the run")
    parser.add_argument("--cache", type=Path, help="folder of the decoded cells (default: the run's)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cache = options.cache or options.run
    result = evaluate_run(read_config(options.config), options.run, cache, options.device, options.leave_out).result
    write_result(options.run, result)
    print("sources:", ", ".join(result["sources"]))
    for part in [name for name in ("test_patients", "barcelona_validation") if name in result]:
        for key, entry in result[part]["stages"].items():
            print(part, key, entry["cells"], entry["accuracy"], entry["macro_f1"], entry["majority_accuracy"])
        print(part, "classes", result[part]["classes"]["accuracy"], result[part]["classes"]["macro_f1"])


if __name__ == "__main__":
    main()
