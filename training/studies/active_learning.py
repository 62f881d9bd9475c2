"""Labels saved by labelling informative cells first: ``python -m training.studies.active_learning --run RUN …``.

A simulation on real cells. The network of a run that never saw the site (``train --leave-out SITE``) gives
each of the site's cells its features; a logistic regression on them stands for the model that is trained anew after
each batch of labels. The cells to be labelled next are drawn by chance, or taken by the order that the application
offers (`leukview.domain.models.label_value`), or by its uncertainty. The score is the macro F1 on patients none of
whose cells can be drawn. The second opinion, the analyser's in the application, is here that of the nearest labelled
neighbours.
"""

from __future__ import annotations

import argparse
import csv
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from leukview.core.errors import LeukViewError
from leukview.domain.models.label_value import class_weights, expected_information
from training.classifier.predict import load_net, predict
from training.config import read_config
from training.data.dataset import TEST, TRAIN, data_folder, load_labelled_cells, read_taxonomy, support, trained_stages
from training.data.splits import net_config, prepare_data
from training.evaluation.evaluate import true_classes
from training.evaluation.metrics import macro_f1
from training.progress import progress_bar

Strategy = Literal["random", "uncertainty", "information"]
STRATEGIES: tuple[Strategy, ...] = ("random", "uncertainty", "information")
PCA_COMPONENTS = 96
"""Principal components of the features that are kept."""
KNN_NEIGHBOURS = 5


@dataclass(frozen=True)
class SiteCells:
    """Cells of one site, divided into a pool to label and a test set.

    Attributes:
        features: Features of all cells, N×F.
        truth: Index of the class in `names`, N.
        names: Class keys.
        pool: Rows that may be labelled.
        test: Rows of the test cells, of other patients than the pool.
    """

    features: NDArray[np.float64]
    truth: NDArray[np.int64]
    names: tuple[str, ...]
    pool: NDArray[np.int64]
    test: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Macro F1 of a strategy after a number of labels."""

    strategy: Strategy
    repeat: int
    labels: int
    f1: float


def reduce_with_pca(site: SiteCells) -> SiteCells:
    """Reduce the features to principal components fitted on the pool, without labels."""
    count = min(PCA_COMPONENTS, len(site.pool), site.features.shape[1])
    steps: Any = make_pipeline(StandardScaler(), PCA(count, random_state=0), StandardScaler())
    steps.fit(site.features[site.pool])
    return SiteCells(steps.transform(site.features), site.truth, site.names, site.pool, site.test)


def fit_classifier(site: SiteCells, rows: NDArray[np.int64]) -> LogisticRegression:
    """Fit a logistic regression on the labelled rows."""
    model = LogisticRegression(C=0.05, max_iter=200, class_weight="balanced")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the curve does not need full convergence
        model.fit(site.features[rows], site.truth[rows])
    return model


def acquisition_scores(
    site: SiteCells, model: LogisticRegression, labelled: NDArray[np.int64], rows: NDArray[np.int64], strategy: Strategy
) -> NDArray[np.float64]:
    """Acquisition scores of unlabelled cells; the highest is labelled first.

    Args:
        site: Cells of the site.
        model: Model trained on the labelled rows.
        labelled: Labelled rows.
        rows: Rows to score.
        strategy: ``uncertainty`` or ``information``.
    """
    p = model.predict_proba(site.features[rows])
    if strategy == "uncertainty":
        return np.asarray([expected_information(row, sources_disagree=False, class_weight=1.0) for row in p.tolist()])
    predicted = model.classes_[p.argmax(1)]
    neighbours: Any = KNeighborsClassifier(min(KNN_NEIGHBOURS, len(labelled)))
    neighbours.fit(site.features[labelled], site.truth[labelled])
    differs = neighbours.predict(site.features[rows]) != predicted
    counts = Counter(site.names[i] for i in site.truth[labelled].tolist())
    need = class_weights(dict(counts))
    return np.asarray(
        [
            expected_information(row, sources_disagree=bool(d), class_weight=need[site.names[g]])
            for row, d, g in zip(p.tolist(), differs, predicted.tolist(), strict=True)
        ]
    )


def simulate_labelling(
    site: SiteCells, strategy: Strategy, repeat: int, initial_labels: int, batch_size: int, max_labels: int
) -> list[CurvePoint]:
    """Simulate rounds of labelling, training and scoring.

    Args:
        site: Site with reduced features.
        strategy: Strategy by which the next cells are chosen.
        repeat: Seed of the initial cells, which are random and the same for each strategy.
        initial_labels: Number of initial labels.
        batch_size: Labels per round.
        max_labels: Largest number of labels.

    Returns:
        One point per round.
    """
    rng = np.random.default_rng(repeat)
    left = rng.permutation(site.pool)
    labelled, left = left[:initial_labels], left[initial_labels:]
    points = []
    while True:
        model = fit_classifier(site, labelled)
        guess = model.predict(site.features[site.test])
        points.append(
            CurvePoint(strategy, repeat, len(labelled), macro_f1(site.truth[site.test], guess, len(site.names)))
        )
        if len(labelled) + batch_size > max_labels or len(left) < batch_size:
            return points
        if strategy != "random":
            left = left[np.argsort(-acquisition_scores(site, model, labelled, left, strategy), kind="stable")]
        labelled, left = np.concatenate([labelled, left[:batch_size]]), left[batch_size:]


def labels_to_reach(points: Sequence[CurvePoint], strategy: Strategy, f1: float) -> int | None:
    """Labels at which the mean curve of a strategy first reaches a score, or None."""
    for labels, mean in mean_curve(points, strategy):
        if mean >= f1:
            return labels
    return None


def mean_curve(points: Sequence[CurvePoint], strategy: Strategy) -> list[tuple[int, float]]:
    """Number of labels and mean score over the repeats, in ascending order."""
    found: dict[int, list[float]] = {}
    for p in points:
        if p.strategy == strategy:
            found.setdefault(p.labels, []).append(p.f1)
    return [(labels, float(np.mean(values))) for labels, values in sorted(found.items())]


def labels_needed_markdown(points: Sequence[CurvePoint], names: Sequence[str], test_cell_count: int) -> str:
    """Markdown table of the labels that each strategy needs for a score."""
    top = max(mean_curve(points, "random")[-1][1], 0.0)
    marks = [round(part * top, 3) for part in (0.8, 0.9, 0.95, 1.0)]
    lines = [f"{len(names)} classes, {test_cell_count} cells of patients kept aside; means over the repeats.", ""]
    lines += ["| macro F1 | " + " | ".join(STRATEGIES) + " |", "|---" * (1 + len(STRATEGIES)) + "|"]
    for mark in marks:
        needed = [labels_to_reach(points, s, mark) for s in STRATEGIES]
        lines.append(f"| {mark:.3f} | " + " | ".join("not reached" if n is None else f"{n:,}" for n in needed) + " |")
    return "\n".join(lines) + "\n"


def plot_curves(points: Sequence[CurvePoint], path: Path) -> None:
    """Plot the mean curve of each strategy with the range over the repeats."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for strategy, colour in zip(STRATEGIES, ("#767676", "#2a6fbb", "#b3401f"), strict=True):
        labels, means = zip(*mean_curve(points, strategy), strict=True)
        each = [[p.f1 for p in points if p.strategy == strategy and p.labels == n] for n in labels]
        axes.plot(labels, means, color=colour, label=strategy)
        axes.fill_between(labels, [min(e) for e in each], [max(e) for e in each], color=colour, alpha=0.15, lw=0)
    axes.set_xlabel("labelled cells")
    axes.set_ylabel("macro F1 on patients kept aside")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def load_site_cells(run: Path, config_path: Path, cache: Path, source: str) -> SiteCells:
    """Load the cells of a source with features of a run that left it out.

    Args:
        run: Folder of the run.
        config_path: Configuration of the run.
        cache: Folder of the cached crops and masks.
        source: Source that the run left out.

    Raises:
        LeukViewError: The source does not exist, or has no test patients.
    """
    config = read_config(config_path)
    _, own_net_config, splits = prepare_data(config, cache, leave_out=source)
    original = load_labelled_cells(data_folder())
    taxonomy = read_taxonomy()
    own = np.asarray([i for i, c in enumerate(original) if c.source == source])
    pool = [i for i in own if original[i].split == TRAIN]
    stages = trained_stages(support((original[i] for i in pool), taxonomy), taxonomy, config.least_support)
    truth = true_classes(original, net_config(config, stages), taxonomy)
    counts = Counter(truth[i] for i in pool)
    names = tuple(sorted((n for n in counts if n and counts[n] >= config.least_support), key=taxonomy.position))
    kept = [i for i in own if truth[i] in names]
    rows = {s: np.asarray([i for i in kept if original[i].split == s], np.int64) for s in (TRAIN, TEST)}
    if not len(rows[TEST]):
        raise LeukViewError(f"No patients of the source “{source}” are kept aside.")
    outputs = predict(
        load_net(own_net_config, run), config, splits[TEST], np.concatenate([rows[TRAIN], rows[TEST]]), "cpu"
    )
    index = {n: i for i, n in enumerate(names)}
    classes = np.asarray([index.get(t, -1) for t in truth], np.int64)
    return SiteCells(np.nan_to_num(outputs.features.astype(np.float64)), classes, names, rows[TRAIN], rows[TEST])


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="of a training with --leave-out SOURCE")
    parser.add_argument("--cache", type=Path, help="folder of the decoded cells (default: the run's)")
    parser.add_argument("--source", required=True, help="the site that the run left out")
    parser.add_argument("--output", type=Path, required=True, help="folder of curve.csv, curve.png and table.md")
    parser.add_argument("--start", type=int, default=100)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--most", type=int, default=2500, help="labels")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        site = reduce_with_pca(
            load_site_cells(options.run, options.config, options.cache or options.run, options.source)
        )
    except LeukViewError as error:
        print(error)
        return 1
    points: list[CurvePoint] = []
    for repeat in progress_bar(range(options.repeats), desc="repeats"):
        for strategy in STRATEGIES:
            points += simulate_labelling(site, strategy, repeat, options.start, options.batch, options.most)
    options.output.mkdir(parents=True, exist_ok=True)
    with (options.output / "curve.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["strategy", "repeat", "labels", "macro_f1"])
        writer.writerows([p.strategy, p.repeat, p.labels, f"{p.f1:.5f}"] for p in points)
    plot_curves(points, options.output / "curve.png")
    table = labels_needed_markdown(points, site.names, len(site.test))
    (options.output / "table.md").write_text(table, encoding="utf-8")
    print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
