"""Train one fold's network and score the fold: ``python -m training.crossfit.fit --cache DIR --run DIR --fold K``.

The run goes on after a kill. It ends after a fixed number of pictures, chosen beforehand: no patient of the fold takes
part in choosing anything. ``--fold -1`` learns from everyone.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.config import NetConfig
from leukview.inference.networks.efficientnet_lite import EfficientNetLiteTrunk
from leukview.inference.networks.pmg import GRANULARITY_COUNT, PmgBranch, PmgNet
from training.config import AugmentationConfig
from training.crossfit.cache import Joined, build_joined, view
from training.crossfit.losses import admitted_loss, bag_loss, head_loss
from training.crossfit.negatives import LABEL, negatives_of
from training.crossfit.network import (
    HEADS,
    NORMAL_TYPE,
    crossfit_network,
    leaf_log_probabilities,
    network_config,
    scores_of,
    stage_truth,
)
from training.crossfit.pool import folds_of, read_folds, read_pool
from training.crossfit.vocabulary import Targets, Vocabulary, read_vocabulary, targets_of
from training.data.augmentation import augment_images, inference_input
from training.data.dataset import data_folder, read_taxonomy, sampling_weights

logger = logging.getLogger(__name__)

CHECKPOINT, FINAL, SCORES, LOGITS = "checkpoint.pt", "final.pt", "scores.npz", "logits.npz"
CHECKPOINT_SECONDS = 120.0
LARGEST_GRADIENT = 5.0
NORM_BATCHES = 30


@dataclass(frozen=True, slots=True)
class CrossfitRecipe:
    """How a fold's network is trained.

    Attributes:
        side: Of the input in pixels.
        field: Part of the frame that it shows.
        margin: Pixels of the cache around it.
        pictures: To learn from, augment_images; the schedule's length.
        ordinary: Cells of a batch drawn by class, diagnosis and patient.
        bag: Cells of each of the two Lyon patients of a batch, one lymphoproliferative, one reactive.
        pair: Malignant cells of each of two Hopkins patients of a batch, one with APL, one with another AML.
        rate: Highest learning rate of AdamW.
        new_factor: By how much the classifiers learn faster than the trunk.
        weight_decay: Of AdamW.
        average: Decay of the running average of the weights.
        weights: Part of each head in the loss; the types have 1.
        bag_weights: Part of the multiple-instance loss for each head.
        normal_type: Part of the published stage of the normal types in the loss.
        granular: Part of the mean loss of the four classifiers beside that of their sum.
        frozen: Leading parts of the trunk that keep their weights and statistics; most of the cost lies there.
        seed: Of all random numbers.
    """

    side: int = 112
    field: float = 0.68
    margin: int = 12
    pictures: int = 40_000
    ordinary: int = 40
    bag: int = 8
    pair: int = 4
    rate: float = 1e-3
    new_factor: float = 3.0
    weight_decay: float = 0.02
    average: float = 0.995
    weights: tuple[tuple[str, float], ...] = (("malignant", 0.7), ("line", 0.2), ("apl", 0.5), ("lymphoid", 0.5))
    bag_weights: tuple[tuple[str, float], ...] = (("lymphoid", 0.5), ("malignant", 0.25))
    normal_type: float = 0.3
    granular: float = 0.3
    frozen: int = 0
    seed: int = 11

    @property
    def batch(self) -> int:
        """Cells of a batch."""
        return self.ordinary + 2 * self.bag + 2 * self.pair


AUGMENT = AugmentationConfig(
    margin=12, angle=45.0, scale=0.15, shift=4.0, stain=0.12, hue=0.25, brightness=0.08, blur=0.8, background=0.0
)


class Draws:
    """Rows of each batch.

    Args:
        cells: All cells.
        targets: Of all cells.
        rows: Those to learn from.
        recipe: Sizes.
        rng: Source of random numbers.
    """

    def __init__(
        self,
        cells: list[LabelledCell],
        targets: Targets,
        rows: NDArray[np.int64],
        recipe: CrossfitRecipe,
        rng: np.random.Generator,
    ) -> None:
        self.recipe, self.rng = recipe, rng
        self.ordinary = np.asarray([r for r in rows if cells[r].source != "lyon" or cells[r].cell_class == LABEL])
        self.chances = sampling_weights([cells[r] for r in self.ordinary])
        self.by_patient: dict[str, list[NDArray[np.int64]]] = {}
        groups: dict[tuple[str, str], list[int]] = {}
        for r in rows:
            cell = cells[r]
            if cell.cell_class == LABEL:
                continue
            if cell.source == "lyon" or targets.heads["apl"][r] >= 0:
                groups.setdefault((cell.diagnosis, cell.patient), []).append(int(r))
        for (diagnosis, _), members in groups.items():
            self.by_patient.setdefault(diagnosis, []).append(np.asarray(members))

    def _of_patient(self, diagnosis: str, count: int) -> NDArray[np.int64]:
        patients = self.by_patient[diagnosis]
        members = patients[int(self.rng.integers(len(patients)))]
        return self.rng.choice(members, count, replace=len(members) < count)

    def batch(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows, and the number of the Lyon patient of each: 1 lymphoproliferative, 0 reactive, −1 none."""
        size = self.recipe
        parts = [
            self.rng.choice(self.ordinary, size.ordinary, replace=False, p=self.chances),
            self._of_patient("lymphoproliferative", size.bag),
            self._of_patient("reactive", size.bag),
            self._of_patient("APL", size.pair),
            self._of_patient("AML", size.pair),
        ]
        bags = np.full(size.batch, -1, np.int64)
        bags[size.ordinary : size.ordinary + size.bag] = 1
        bags[size.ordinary + size.bag : size.ordinary + 2 * size.bag] = 0
        return np.concatenate(parts), bags


class FoldRun:
    """Training of one network, with everything a resume needs in its checkpoint."""

    def __init__(
        self,
        recipe: CrossfitRecipe,
        taxonomy: Taxonomy,
        vocabulary: Vocabulary,
        cells: list[LabelledCell],
        crops: Joined,
        masks: Joined,
        rows: NDArray[np.int64],
        run: Path,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.taxonomy, self.vocabulary, self.run = recipe, taxonomy, vocabulary, run
        self.crops, self.masks = crops, masks
        self.targets = targets_of(cells, vocabulary)
        self.config: NetConfig = network_config(taxonomy, vocabulary)
        self.stages = dict(self.config.stages)
        self.normal_types = stage_truth(cells, taxonomy, NORMAL_TYPE, self.stages[NORMAL_TYPE])
        self.net = crossfit_network(self.config).to(memory_format=torch.channels_last)
        for weight in self._frozen(self.net).parameters():
            weight.requires_grad = False
        self.average = torch.optim.swa_utils.AveragedModel(self.net, avg_fn=self._followed)
        learning = [(name, p) for name, p in self.net.named_parameters() if p.requires_grad]
        new = [p for name, p in learning if ".trunk." not in name]
        trunk = [p for name, p in learning if ".trunk." in name]
        groups = [{"params": trunk, "factor": 1.0}, {"params": new, "factor": recipe.new_factor}]
        self.optimiser = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.weight_decay)
        self.rng = np.random.default_rng(recipe.seed)
        self.generator = torch.Generator().manual_seed(recipe.seed)
        self.draws = Draws(cells, self.targets, rows, recipe, self.rng)
        self.how = Preprocessing(recipe.side, recipe.field, None, (0.5,) * 3, (0.5,) * 3, "suppress")
        self.step, self.seconds = 0, 0.0

    def _followed(self, average: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        """The running average starts as short as the run is young: the first weights are soon forgotten."""
        decay = min(self.recipe.average, (1 + int(count)) / (10 + int(count)))
        return torch.lerp(current, average, decay)

    def _frozen(self, net: PmgNet) -> nn.Module:
        trunk = self.branch(net).trunk
        assert isinstance(trunk, EfficientNetLiteTrunk)  # noqa: S101  # what network_config asks for
        return trunk.features[: self.recipe.frozen]

    def start_from(self, path: Path) -> None:
        """Begin with the finished network of an earlier run of the same fold."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.net.load_state_dict(state, strict=True)
        self.average.module.load_state_dict(state, strict=True)

    @property
    def steps(self) -> int:
        """Of the whole schedule."""
        return math.ceil(self.recipe.pictures / self.recipe.batch)

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "draws": json.dumps(self.rng.bit_generator.state),
            "step": self.step,
            "seconds": self.seconds,
        }
        part = self.run / (CHECKPOINT + ".part")
        torch.save(state, part)
        part.replace(self.run / CHECKPOINT)

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        path = self.run / CHECKPOINT
        if not path.exists():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"])
        self.rng.bit_generator.state = json.loads(state["draws"])
        self.step, self.seconds = state["step"], state["seconds"]

    def _images(self, rows: NDArray[np.int64]) -> Tensor:
        order = np.argsort(rows, kind="stable")
        back = np.argsort(order, kind="stable")
        crops = torch.from_numpy(self.crops[rows[order]])[back]
        masks = torch.from_numpy(self.masks[rows[order]])[back]
        images = augment_images(crops, masks, self.how, AUGMENT, self.generator, pooling=self.config.pooling)
        return images.contiguous(memory_format=torch.channels_last)

    def loss(self, parts: list[dict[str, Tensor]], rows: NDArray[np.int64], bags: Tensor) -> Tensor:
        """Of one batch: that of the summed logits, and a part of the mean of the single classifiers'."""
        whole = {key: torch.stack([part[key] for part in parts]).sum(0) for key in parts[0]}
        single = torch.stack([self._loss(part, rows, bags) for part in parts]).mean()
        return self._loss(whole, rows, bags) + self.recipe.granular * single

    def _loss(self, logits: dict[str, Tensor], rows: NDArray[np.int64], bags: Tensor) -> Tensor:
        types = leaf_log_probabilities(logits, self.stages, self.taxonomy, self.vocabulary.types)
        total = admitted_loss(types, torch.from_numpy(self.targets.admitted[rows]))
        normal = torch.from_numpy(self.normal_types[rows])
        total = total + self.recipe.normal_type * head_loss(logits[NORMAL_TYPE], normal)
        for head, weight in self.recipe.weights:
            own = torch.from_numpy(self.targets.heads[head][rows])
            total = total + weight * head_loss(logits[HEADS[head]], own)
        for head, weight in self.recipe.bag_weights:
            total = total + weight * bag_loss(logits[HEADS[head]], bags, {1: True, 0: False})
        return total

    def go(self) -> None:
        """Train to the end of the schedule."""
        self.net.train()
        self._frozen(self.net).eval()
        started, saved, before, smooth = time.monotonic(), time.monotonic(), self.seconds, float("nan")
        while self.step < self.steps:
            progress = self.step / self.steps
            rate = self.recipe.rate * min(1.0, progress / 0.05 + 0.02) * 0.5 * (1 + math.cos(math.pi * progress))
            for group in self.optimiser.param_groups:
                group["lr"] = max(rate, 1e-6) * group["factor"]
            rows, bags = self.draws.batch()
            parts = self.branch(self.net).logits_of_granularities(self._images(rows))
            loss = self.loss(parts, rows, torch.from_numpy(bags))
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's stub
            learning = [p for p in self.net.parameters() if p.grad is not None]
            if torch.isfinite(nn.utils.clip_grad_norm_(learning, LARGEST_GRADIENT)):
                self.optimiser.step()
                self.average.update_parameters(self.net)
            value = float(loss.detach())
            smooth = value if math.isnan(smooth) else 0.97 * smooth + 0.03 * value
            self.step += 1
            self.seconds = before + time.monotonic() - started
            if self.step % 25 == 0:
                speed = self.step * self.recipe.batch / self.seconds
                logger.info("step %d of %d, loss %.3f, %.0f pictures/s", self.step, self.steps, smooth, speed)
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self.save()
                saved = time.monotonic()
        self.save()

    def branch(self, net: PmgNet) -> PmgBranch:
        """The one branch of a network whose stages share a trunk."""
        return net.branch_for_stage(NORMAL_TYPE)

    @torch.no_grad()
    def finished(self) -> PmgNet:
        """The averaged network, its normalisation statistics taken anew."""
        net = self.average.module
        assert isinstance(net, PmgNet)  # noqa: S101  # what AveragedModel copied
        net.train()
        kept = set(self._frozen(net).modules())
        norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d | nn.BatchNorm1d) and m not in kept]
        for module in kept:
            module.eval()
        momenta = [m.momentum for m in norms]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean over the batches
        for _ in range(NORM_BATCHES):
            self.branch(net).logits_of_granularities(self._images(self.draws.batch()[0]))
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        return net.eval()


@torch.no_grad()
def stage_logits(
    net: PmgNet, crops: Joined, masks: Joined, rows: NDArray[np.int64], how: Preprocessing
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    """Combined logits of each stage and the trunk's features of some cells, as the application computes them."""
    found: dict[str, list[NDArray[np.float32]]] = {key: [] for key, _ in net.config.stages}
    features = []
    for start in range(0, len(rows), 64):
        part = rows[start : start + 64]
        crop, mask = torch.from_numpy(crops[part]), torch.from_numpy(masks[part])
        flat = net(inference_input(crop, mask, how, net.config.pooling))
        features.append(flat[0].numpy())
        for number, (key, _) in enumerate(net.config.stages):
            found[key].append(flat[1 + number * (1 + GRANULARITY_COUNT)].numpy())
    return {key: np.concatenate(parts) for key, parts in found.items()}, np.concatenate(features)


def write_scores(
    path: Path, cells: list[LabelledCell], rows: NDArray[np.int64], scores: dict[str, NDArray[np.float32]]
) -> None:
    """Keep the scores of some cells with their rows and images; features in half precision."""
    kept: dict[str, NDArray[Any]] = {key: values for key, values in scores.items() if key != "features"}
    kept["features"] = scores["features"].astype(np.float16)
    kept |= {"rows": rows, "sha1": np.asarray([cells[r].sha1 for r in rows])}
    part = path.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, **kept)
    part.replace(path)


def write_logits(path: Path, rows: NDArray[np.int64], logits: dict[str, NDArray[np.float32]]) -> None:
    """Keep the logits of each stage of some cells."""
    part = path.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, rows=rows, **logits)
    part.replace(path)


def main() -> None:
    """Train and score a fold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--fold", type=int, required=True)
    parser.add_argument("--pictures", type=int, default=40_000)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--negatives", type=int, default=12, help="every so many frames give one; 0 = none")
    parser.add_argument("--frozen", type=int, default=0, help="leading parts of the trunk that do not learn")
    parser.add_argument("--start", type=Path, help="run that has finished the same fold; its network is the beginning")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    recipe = CrossfitRecipe(pictures=args.pictures, rate=args.rate, frozen=args.frozen, seed=args.seed)
    name = f"fold{args.fold}" if args.fold >= 0 else "all"
    run = args.run / name
    run.mkdir(parents=True, exist_ok=True)
    folder = data_folder()
    cells = list(read_pool(folder))
    negatives = negatives_of(cells, args.negatives) if args.negatives else ()
    how = view(recipe.side, recipe.field, recipe.margin)
    crops, masks = build_joined(cells, negatives, folder, args.cache, how)
    cells += negatives
    folds = folds_of(cells, read_folds())
    taxonomy, vocabulary = read_taxonomy(), read_vocabulary()
    learning = np.flatnonzero(folds != args.fold)
    training = FoldRun(recipe, taxonomy, vocabulary, cells, crops, masks, learning, run)
    (run / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    if args.start:
        training.start_from(args.start / name / FINAL)
    training.resume()
    training.go()
    net = training.finished()
    torch.save(net.state_dict(), run / FINAL)
    rows = np.flatnonzero(folds == args.fold) if args.fold >= 0 else np.arange(len(cells))
    logits, features = stage_logits(net, crops, masks, rows, training.how)
    write_logits(run / LOGITS, rows, logits)
    scores = scores_of(logits, training.stages, taxonomy, vocabulary) | {"features": features}
    write_scores(run / SCORES, cells, rows, scores)
    logger.info("fold %d done after %.0f s", args.fold, training.seconds)


if __name__ == "__main__":
    main()
