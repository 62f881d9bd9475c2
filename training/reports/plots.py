"""Plots of a run as PNG files: loss and learning rate, calibration, confusion.

The plots show figures only, no cell images.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

LOSS_PLOT, CALIBRATION_PLOT, CONFUSION_PLOT = "loss.png", "calibration.png", "confusion.png"
PHASES: Mapping[str, tuple[str, str]] = {
    "plain": ("#7a6bb0", "trunk with plain heads"),
    "progressive": ("#3b2a73", "progressive multi-granularity (whole image, counted twice)"),
}
RATE_COLOUR, CHANCE_COLOUR = "#d1495b", "#999999"
SUBSET_LABELS: Mapping[str, str] = {
    "test_patients": "held-out patients",
    "barcelona_validation": "Barcelona, validation cells",
}
SUBSET_COLOURS = ("#3b2a73", "#d98324")
DPI = 120


def write_loss(log: Path, path: Path) -> bool:
    """Plot smoothed training loss and learning rate over the iterations.

    Args:
        log: ``log.csv`` of a run.
        path: PNG to write.

    Returns:
        False, without a file, if the log is empty.
    """
    with log.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row]
    if not rows:
        return False
    mpl.use("Agg")
    figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
    rates = axes.twinx()
    mark = "o" if len(rows) < 15 else ""
    for phase, (colour, label) in PHASES.items():
        points = [(int(row[2]), float(row[4]), float(row[5])) for row in rows if row[1] == phase]
        if points:
            steps, losses, learning_rates = zip(*points, strict=True)
            axes.plot(steps, losses, color=colour, lw=1.6, marker=mark, ms=3, label=f"loss: {label}")
            rates.plot(steps, learning_rates, color=RATE_COLOUR, lw=0.9, ls=":", marker=mark, ms=2)
    axes.plot([], [], color=RATE_COLOUR, lw=0.9, ls=":", label="learning rate")
    axes.set_xlabel(f"iteration ({float(rows[-1][0]) / 60:.0f} minutes, {int(rows[-1][3]):,} images in all)")
    axes.set_ylabel("training loss, running mean")
    axes.set_ylim(bottom=0)
    rates.set_ylabel("learning rate", color=RATE_COLOUR)
    rates.tick_params(axis="y", colors=RATE_COLOUR)
    rates.set_ylim(bottom=0)
    figure.legend(loc="outside upper center", ncols=3, fontsize=8, frameon=False)
    for one in (axes, rates):
        one.spines["top"].set_visible(False)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
    return True


def _axes_grid(count: int, width: float, height: float) -> tuple[Any, list[Axes]]:
    mpl.use("Agg")
    columns = min(3, max(1, count))
    lines = math.ceil(count / columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(width * columns, height * lines), layout="constrained", squeeze=False
    )
    flat = list(axes.flat)
    for unused in flat[count:]:
        unused.set_visible(False)
    return figure, flat


def write_calibration(result: Mapping[str, Any], path: Path) -> bool:
    """Plot a reliability diagram of each stage: accuracy against confidence.

    Args:
        result: Content of ``evaluation.json``.
        path: PNG to write.

    Returns:
        False, without a file, if there are no results.
    """
    shown = {part: result[part]["stages"] for part in SUBSET_LABELS if part in result}
    stages = list(dict.fromkeys(key for stage in shown.values() for key in stage))
    if not stages:
        return False
    figure, axes = _axes_grid(len(stages), 3.5, 3.3)
    for axis, key in zip(axes, stages, strict=False):
        axis.plot([0, 1], [0, 1], color=CHANCE_COLOUR, lw=0.8)
        notes = []
        for colour, (part, found) in zip(SUBSET_COLOURS, shown.items(), strict=False):
            if key not in found:
                continue
            bins = found[key]["reliability"]
            confidences, accuracies, cells = (np.asarray(column) for column in zip(*bins, strict=True))
            axis.plot(confidences, accuracies, color=colour, lw=1, alpha=0.7)
            axis.scatter(confidences, accuracies, s=8 + 160 * cells / cells.sum(), color=colour, alpha=0.7, lw=0)
            notes.append(f"{SUBSET_LABELS[part].split(',')[0]}: ECE {found[key]['calibration_error']:.3f}")
        axis.set_title(key, fontsize=10)
        axis.text(0.03, 0.97, "\n".join(notes), transform=axis.transAxes, va="top", fontsize=7)
        axis.set_xlim(0, 1.02)
        axis.set_ylim(0, 1.02)
        axis.set_aspect("equal")
        axis.set_xlabel("probability given to the best choice", fontsize=8)
        axis.set_ylabel("part that was right", fontsize=8)
        axis.tick_params(labelsize=7)
    for colour, part in zip(SUBSET_COLOURS, shown, strict=False):
        axes[0].scatter([], [], color=colour, label=SUBSET_LABELS[part])
    figure.legend(loc="outside upper center", ncols=2, fontsize=8, frameon=False, title="area of a mark: its cells")
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
    return True


def _draw_confusion(axes: Axes, counts_by_label: Sequence[Sequence[int]], names: Sequence[str], title: str) -> None:
    counts = np.asarray(counts_by_label)
    total = counts.sum(1, keepdims=True)
    parts = np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
    axes.imshow(parts, cmap="Purples", vmin=0, vmax=1)
    small = 8 if len(names) < 7 else 6
    for (row, column), value in np.ndenumerate(counts):
        if value:
            colour = "white" if parts[row, column] > 0.55 else "black"
            axes.text(column, row, str(value), ha="center", va="center", fontsize=small, color=colour)
    labels = [name.replace("_", " ") for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=40, ha="right", fontsize=small)
    axes.set_yticks(range(len(names)), labels, fontsize=small)
    axes.set_title(title, fontsize=9)
    axes.set_xlabel("model", fontsize=8)
    axes.set_ylabel("label", fontsize=8)


def write_confusion(result: Mapping[str, Any], path: Path) -> bool:
    """Plot the confusion matrix of each stage and of the classes.

    They are of the held-out patients, or of the Barcelona validation cells if there are none. The colour is the
    fraction of the cells with the same label.

    Args:
        result: Content of ``evaluation.json``.
        path: PNG to write.

    Returns:
        False, without a file, if there are no results.
    """
    part = next((name for name in SUBSET_LABELS if name in result), None)
    if part is None:
        return False
    stages, classes = result[part]["stages"], result[part]["classes"]
    figure, axes = _axes_grid(len(stages) + 1, 4.3, 4.1)
    for axis, (key, entry) in zip(axes, stages.items(), strict=False):
        _draw_confusion(axis, entry["confusion"], entry["choices"], f"{key}, {entry['cells']:,} cells")
    _draw_confusion(axes[len(stages)], classes["confusion"], classes["keys"], f"classes, {classes['cells']:,} cells")
    figure.suptitle(f"Cells of {SUBSET_LABELS[part]}" if part == "test_patients" else SUBSET_LABELS[part], fontsize=10)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
    return True


def write_plots(run: Path, result: Mapping[str, Any] | None = None) -> tuple[Path, ...]:
    """Write all plots for which the run has data; return their paths.

    Args:
        run: Folder of the run.
        result: Content of ``evaluation.json``; None if the run was not evaluated.
    """
    written = [path for path in (run / LOSS_PLOT,) if (run / "log.csv").exists() and write_loss(run / "log.csv", path)]
    if result is not None:
        written += [p for p in (run / CALIBRATION_PLOT,) if write_calibration(result, p)]
        written += [p for p in (run / CONFUSION_PLOT,) if write_confusion(result, p)]
    return tuple(written)
