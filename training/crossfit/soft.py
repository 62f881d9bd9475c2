"""Soft targets for the network that ships: the mean of the five folds' networks on every cell.

``python -m training.crossfit.soft --cache DIR --run DIR --output FILE.npz``. The student learns from a file, without
running its teachers: a step costs no more than one from labels.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.inference.classification.preprocess import Preprocessing
from training.crossfit.cache import build_joined, view
from training.crossfit.fit import FINAL, score
from training.crossfit.pool import FOLDS, read_pool
from training.crossfit.teacher import TYPES, Teacher
from training.crossfit.vocabulary import Vocabulary, read_vocabulary
from training.data.dataset import data_folder

logger = logging.getLogger(__name__)

Floats = NDArray[np.float64]


def project(p_types: Floats, leaves: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
    """A flat distribution over types seen by one stage of a tree.

    Args:
        p_types: N×T, summing to one.
        leaves: For each of the stage's choices the columns of the types below it.

    Returns:
        N×C probabilities given that the stage is reached (even where it is never), and N probabilities of reaching it.
    """
    parts = np.stack([p_types[:, list(own)].sum(1) for own in leaves], 1)
    reached = parts.sum(1)
    even = np.full_like(parts, 1 / parts.shape[1])
    given = np.divide(parts, reached[:, None], out=even, where=reached[:, None] > 0)
    return given, reached


def mean_answers(answers: Sequence[Mapping[str, NDArray[np.float32]]]) -> dict[str, NDArray[np.float32]]:
    """Mean probabilities of several networks, for the types and each head.

    Raises:
        LeukViewError: There are no networks.
    """
    if not answers:
        raise LeukViewError("Soft targets need at least one finished fold.")
    found = {}
    for key in answers[0]:
        if key == "features":
            continue
        logits = np.stack([one[key].astype(np.float64) for one in answers])
        powers = np.exp(logits - logits.max(2, keepdims=True))
        found[key] = (powers / powers.sum(2, keepdims=True)).mean(0).astype(np.float32)
    return found


def load_teacher(run: Path, vocabulary: Vocabulary) -> Teacher:
    """The finished network of a fold, in evaluation mode.

    Raises:
        LeukViewError: The run is not finished.
    """
    if not (run / FINAL).exists():
        raise LeukViewError(f"The run {run.name} is not finished.", "Let training.crossfit.fit end first.")
    net = Teacher(len(vocabulary.types), tuple(vocabulary.heads), pretrained=False)
    net.load_state_dict(torch.load(run / FINAL, map_location="cpu", weights_only=True), strict=True)
    return net.eval().to(memory_format=torch.channels_last)


def main() -> None:
    """Score every cell by every fold's network and write the mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="holds fold0 to fold4, finished")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    vocabulary, folder = read_vocabulary(), data_folder()
    cells = read_pool(folder)
    answers = []
    for fold in range(FOLDS):
        run = args.run / f"fold{fold}"
        net = load_teacher(run, vocabulary)
        recipe = json.loads((run / "recipe.json").read_text(encoding="utf-8"))
        side, field, margin = recipe["side"], recipe["field"], recipe["margin"]
        crops, masks = build_joined(cells, (), folder, args.cache, view(side, field, margin))
        how = Preprocessing(side, field, None, (0.5,) * 3, (0.5,) * 3, "suppress")
        answers.append(score(net, crops, masks, np.arange(len(cells)), how))
        logger.info("fold %d scored %d cells", fold, len(cells))
    kept = mean_answers(answers)
    np.savez(
        args.output,
        allow_pickle=False,
        sha1=np.asarray([c.sha1 for c in cells]),
        types=kept[TYPES],
        **{head: kept[head] for head in vocabulary.heads},
    )


if __name__ == "__main__":
    main()
