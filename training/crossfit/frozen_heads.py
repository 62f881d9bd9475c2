"""Cross-fit new stages on a frozen trunk: ``python -m training.crossfit.frozen_heads --features FILE --run DIR``.

Each stage has the four classifiers of a PMG network and learns from the cached maxima of the trunk's blocks
(`training.crossfit.trunk_features`), so that a network costs a minute. The run has the layout of
`training.crossfit.fit`; its tables are printed by `training.crossfit.report`.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.taxonomy import Step, Taxonomy, Tree
from leukview.inference.networks.pmg import GRANULARITY_COUNT, PmgClassifier
from training.crossfit.fit import SCORES, CrossfitRecipe, Draws, write_scores
from training.crossfit.negatives import negatives_of
from training.crossfit.pool import FOLDS, folds_of, read_folds, read_pool
from training.crossfit.teacher import TYPES, admitted_loss, bag_loss, head_loss
from training.crossfit.trunk_features import TrunkFeatures, cells_with_features, read_features
from training.crossfit.vocabulary import Vocabulary, read_vocabulary, targets_of
from training.data.dataset import data_folder, read_taxonomy

logger = logging.getLogger(__name__)

HEADS = {"malignant": "stage1", "apl": "apl", "lymphoid": "lymphoid_neoplasm"}
"""Head of the vocabulary → stage of the taxonomy."""
RECIPE = CrossfitRecipe(
    pictures=80_000, ordinary=192, bag=16, pair=16, rate=2e-3, new_factor=1.0, weight_decay=0.02, seed=21
)
"""Fixed before the first run; no patient of a fold takes part in choosing it."""
WEIGHTS = "heads.safetensors"
FOLD_NAMES = (*(f"fold{k}" for k in range(FOLDS)), "all")
NOISE = 0.1
"""Standard deviation of the noise on the standardised vectors."""
NEVER = -30.0


class StageClassifiers(nn.Module):
    """The four PMG classifiers of each stage, on the pooled maxima of three blocks.

    Args:
        stages: Stage → its choices.
        block: Length of the vector of one block.
        hidden: Width of the hidden layer.
    """

    def __init__(self, stages: Mapping[str, Sequence[str]], block: int, hidden: int) -> None:
        super().__init__()
        self.block = block
        sizes = (block,) * GRANULARITY_COUNT + (block * GRANULARITY_COUNT,)
        self.classifiers = nn.ModuleDict(
            {key: nn.ModuleList(PmgClassifier(n, hidden, len(own)) for n in sizes) for key, own in stages.items()}
        )

    def forward(self, pooled: Tensor) -> dict[str, Tensor]:
        """Combined logits of each stage from B×(3·block)."""
        parts = (*torch.split(pooled, self.block, 1), pooled)
        return {
            key: torch.stack([head(part) for head, part in zip(heads, parts, strict=True)]).sum(0)
            for key, heads in self.classifiers.items()
            if isinstance(heads, nn.ModuleList)
        }


def trained_stages(taxonomy: Taxonomy, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The stages to learn with the choices that the vocabulary has types for, in taxonomy order."""
    leaves = {leaf: taxonomy.cell_class(leaf).type_path for leaf in vocabulary.types}
    steps = {step for path in leaves.values() for step in path}
    found = {}
    for stage in taxonomy.stages:
        if stage.is_in("type"):
            found[stage.key] = tuple(c for c in stage.choices if Step(stage.key, c) in steps)
        elif stage.key in HEADS.values():
            found[stage.key] = stage.choices
    return found


def leaf_log_probabilities(
    logits: Mapping[str, Tensor], stages: Mapping[str, Sequence[str]], taxonomy: Taxonomy, types: Sequence[str]
) -> Tensor:
    """Logarithm of the probability of each type, B×T: the sum over the steps of its path."""
    logp = {key: values.float().log_softmax(1) for key, values in logits.items()}
    tree: Tree = "type"
    columns = []
    for leaf in types:
        path = taxonomy.cell_class(leaf).path_in(tree)
        columns.append(torch.stack([logp[s.stage][:, stages[s.stage].index(s.choice)] for s in path]).sum(0))
    return torch.stack(columns, 1)


def fit_heads(
    cells: Sequence[LabelledCell],
    pooled: Tensor,
    rows: NDArray[np.int64],
    taxonomy: Taxonomy,
    vocabulary: Vocabulary,
    recipe: CrossfitRecipe = RECIPE,
    hidden: int = 96,
) -> StageClassifiers:
    """Train the classifiers on some rows.

    Args:
        cells: All cells.
        pooled: N×(3·block) of all cells, standardised.
        rows: Those to learn from.
        taxonomy: Stages.
        vocabulary: What each label determines.
        recipe: Sizes, rates and seed.
        hidden: Width of the hidden layers, as in the network that takes the classifiers.
    """
    torch.manual_seed(recipe.seed)
    stages = trained_stages(taxonomy, vocabulary)
    net = StageClassifiers(stages, pooled.shape[1] // GRANULARITY_COUNT, hidden)
    targets = targets_of(cells, vocabulary)
    draws = Draws(list(cells), targets, rows, recipe, np.random.default_rng(recipe.seed))
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.weight_decay)
    steps = math.ceil(recipe.pictures / recipe.batch)
    net.train()
    for step in range(steps):
        progress = step / steps
        rate = recipe.rate * min(1.0, progress / 0.05 + 0.02) * 0.5 * (1 + math.cos(math.pi * progress))
        for group in optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        drawn, bags = draws.batch()
        vectors = pooled[torch.from_numpy(drawn)]
        logits = net(vectors + NOISE * torch.randn_like(vectors))
        types = leaf_log_probabilities(logits, stages, taxonomy, vocabulary.types)
        loss = admitted_loss(types, torch.from_numpy(targets.admitted[drawn]), smoothing=0.0)
        for head, weight in recipe.weights:
            if head in HEADS:
                own = torch.from_numpy(targets.heads[head][drawn])
                loss = loss + weight * head_loss(logits[HEADS[head]], own)
        for head, weight in recipe.bag_weights:
            loss = loss + weight * bag_loss(logits[HEADS[head]], torch.from_numpy(bags), {1: True, 0: False})
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's stub
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        if step % 100 == 0:
            logger.info("step %d of %d, loss %.3f", step, steps, float(loss.detach()))
    return net.eval()


def standardisation(features: TrunkFeatures) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of each of the pooled maxima; labels play no part in them."""
    return features.pooled.mean(0), features.pooled.std(0) + np.float32(1e-3)


@torch.no_grad()
def stage_logits(net: StageClassifiers, pooled: Tensor, batch: int = 1024) -> dict[str, NDArray[np.float32]]:
    """Combined logits of each stage for all rows."""
    parts = [net(part) for part in torch.split(pooled, batch)]
    return {key: torch.cat([part[key] for part in parts]).numpy() for key in parts[0]}


def scores_of(
    logits: Mapping[str, NDArray[np.float32]],
    stages: Mapping[str, Sequence[str]],
    taxonomy: Taxonomy,
    vocabulary: Vocabulary,
) -> dict[str, NDArray[np.float32]]:
    """The scores as `training.crossfit.fit` writes them: of the types and of each head of the vocabulary.

    A head of the vocabulary that no stage answers has even odds.
    """
    tensors = {key: torch.from_numpy(values) for key, values in logits.items()}
    count = len(next(iter(logits.values())))
    types = leaf_log_probabilities(tensors, stages, taxonomy, vocabulary.types).clamp(min=NEVER).numpy()
    heads = {
        head: logits[HEADS[head]] if head in HEADS else np.zeros((count, 2), np.float32) for head in vocabulary.heads
    }
    return {TYPES: types, **heads}


def main() -> None:
    """Train and score the folds, then the network that learns from everyone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path, action="append", required=True, help="may be repeated")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--negatives", type=int, default=12, help="as the features were made with")
    parser.add_argument("--fold", action="append", choices=FOLD_NAMES, default=[], help="this one only; repeatable")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    taxonomy, vocabulary = read_taxonomy(), read_vocabulary()
    pool = read_pool(data_folder())
    features = read_features(args.features)
    cells = cells_with_features([*pool, *negatives_of(pool, args.negatives)], features)
    order = features.rows_of(cells)
    mean, scale = standardisation(features)
    pooled = torch.from_numpy((features.pooled[order] - mean) / scale)
    folds, stages = folds_of(cells, read_folds()), trained_stages(taxonomy, vocabulary)
    for number, name in enumerate(FOLD_NAMES):
        run = args.run / name
        if (run / SCORES).exists() or (args.fold and name not in args.fold):
            continue
        run.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        whole = name == "all"
        rows = np.arange(len(cells)) if whole else np.flatnonzero(folds != number)
        net = fit_heads(cells, pooled, rows, taxonomy, vocabulary)
        aside = rows if whole else np.flatnonzero(folds == number)
        logits = stage_logits(net, pooled[torch.from_numpy(aside)])
        safetensors.torch.save_file(net.state_dict(), run / WEIGHTS)
        (run / "recipe.json").write_text(json.dumps(asdict(RECIPE), indent=1), encoding="utf-8")
        np.savez(run / "logits.npz", allow_pickle=False, rows=aside, **logits)
        found = scores_of(logits, stages, taxonomy, vocabulary) | {"features": features.features[order][aside]}
        write_scores(run / SCORES, cells, aside, found)
        logger.info("%s done after %.0f s", name, time.monotonic() - started)


if __name__ == "__main__":
    main()
