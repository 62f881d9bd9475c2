"""Out-of-fold scores of all cells, as probabilities of both questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import LabelledCell
from training.crossfit.fit import SCORES
from training.crossfit.losses import TYPES
from training.crossfit.pool import FOLDS
from training.crossfit.vocabulary import Targets, Vocabulary

Floats = NDArray[np.float64]
NEVER = -30.0
"""Logit of a type that a run did not know."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Answers for the cells whose fold has been scored.

    Attributes:
        cells: N cells.
        fold: N.
        types: N×T logits of the types.
        odds: Head → N log odds of its positive choice.
    """

    cells: tuple[LabelledCell, ...]
    fold: NDArray[np.int64]
    types: Floats
    odds: Mapping[str, Floats]

    @property
    def p_types(self) -> Floats:
        """N×T, summing to one."""
        powers = np.exp(self.types - self.types.max(1, keepdims=True))
        return np.asarray(powers / powers.sum(1, keepdims=True), np.float64)

    def p(self, head: str) -> Floats:
        """N probabilities of a head's positive choice."""
        return np.asarray(1 / (1 + np.exp(-self.odds[head])), np.float64)


def read_scores(run: Path, cells: Sequence[LabelledCell], vocabulary: Vocabulary) -> OutOfFold:
    """Join the folds that are finished.

    Args:
        run: Holds ``fold0`` to ``fold4``; one without scores is left out.
        cells: All cells, as the folds were trained with.
        vocabulary: Of the training.

    Raises:
        LeukViewError: No fold is finished, or scores are of other cells.
    """
    rows, folds, types = [], [], []
    odds: dict[str, list[Floats]] = {head: [] for head in vocabulary.heads}
    for fold in range(FOLDS):
        path = run / f"fold{fold}" / SCORES
        if not path.exists():
            continue
        with np.load(path) as found:
            own = found["rows"]
            if [cells[r].sha1 for r in own] != found["sha1"].tolist():
                raise LeukViewError(f"The scores of fold {fold} are of other cells.", "Train the fold anew.")
            rows.append(own)
            folds.append(np.full(len(own), fold, np.int64))
            types.append(_grown(found[TYPES].astype(np.float64), len(vocabulary.types)))
            for head, parts in odds.items():
                parts.append(np.asarray(found[head][:, 1] - found[head][:, 0], np.float64))
    if not rows:
        raise LeukViewError("No fold has been scored yet.", "Run training.crossfit.fit first.")
    joined = np.concatenate(rows)
    return OutOfFold(
        tuple(cells[r] for r in joined),
        np.concatenate(folds),
        np.concatenate(types),
        {head: np.concatenate(parts) for head, parts in odds.items()},
    )


def _grown(logits: Floats, types: int) -> Floats:
    """Logits of a run that did not know the last types yet: these are never named."""
    return np.pad(logits, ((0, 0), (0, types - logits.shape[1])), constant_values=NEVER)


def mean_scores(runs: Sequence[OutOfFold]) -> OutOfFold:
    """Mean logits of several runs over the cells that all of them have scored.

    Raises:
        LeukViewError: There are none.
    """
    numbered = [{cell.sha1: i for i, cell in enumerate(run.cells)} for run in runs]
    shared = [sha1 for sha1 in numbered[0] if all(sha1 in table for table in numbered[1:])] if runs else []
    if not shared:
        raise LeukViewError("The runs share no scored cells.")
    places = [np.asarray([table[sha1] for sha1 in shared]) for table in numbered]
    first = runs[0]
    return OutOfFold(
        tuple(first.cells[i] for i in places[0]),
        first.fold[places[0]],
        np.mean([run.types[p] for run, p in zip(runs, places, strict=True)], axis=0),
        {h: np.mean([run.odds[h][p] for run, p in zip(runs, places, strict=True)], axis=0) for h in first.odds},
    )


def label_counts(targets: Targets, vocabulary: Vocabulary) -> dict[str, int]:
    """Cells whose label names exactly one type, for each type."""
    sure = targets.admitted.sum(1) == 1
    counts = targets.admitted[sure].sum(0)
    return {leaf: int(n) for leaf, n in zip(vocabulary.types, counts, strict=True)}
