"""Train a multistage PMG classifier: ``python -m training.train --config C --run DIR --minutes N``.

Two phases share the wall clock: first the trunk alone with plain linear heads (cheap: one step an image), then PMG with
four updates an iteration (Du et al. 2020). The schedule follows the time used, which survives a resume, so that a run
ends when it was told to; the random numbers are seeded, but the number of iterations depends on the machine.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from leukview.core.errors import LeukViewError
from leukview.inference.nets.config import NetConfig
from leukview.inference.nets.pmg import CONCATENATED, JIGSAW, PmgNet, jigsaw
from training.augment import augmented, centred, needs_cover
from training.config import Recipe, TrainConfig, read_config
from training.data import (
    TEST,
    TRAIN,
    VAL,
    LabelledCell,
    cached_squares,
    data_folder,
    load_cells,
    read_taxonomy,
    sampling_weights,
    stage_targets,
    support,
    trained_stages,
)
from training.leaks import check_run
from training.masks import cached_masks, embedded_segmenter

CHECKPOINT = "checkpoint.pt"
FINAL = "final.pt"
PLAIN, PROGRESSIVE = "plain", "progressive"
CHECKPOINT_SECONDS = 60.0
LARGEST_GRADIENT = 5.0
"""Norm to which gradients are cut."""
MOST_BROKEN = 10
"""Updates in a row that may be left out for a gradient that is no number."""
NORM_BATCHES = 40
"""Batches of whole images from which the normalisation statistics are taken anew at the end."""


class PlainHeads(nn.Module):
    """Linear classifiers on the trunk's pooled features, used in the first phase and thrown away."""

    def __init__(self, features: int, stages: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({key: nn.Linear(features, len(choices)) for key, choices in stages})

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """B×F → logits of every stage."""
        return {key: head(features) for key, head in self.heads.items()}


@dataclass
class Cells:
    """The cells of one split.

    Attributes:
        squares: N×S×S×3, of all splits.
        rows: Which of them are this split's.
        targets: One row a row of `squares`, one column a stage; −1 = the label is silent.
        weights: Chance of each of `rows` to be drawn.
        masks: N×S×S where the input depends on them.
    """

    squares: NDArray[np.uint8]
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    masks: NDArray[np.uint8] | None = None

    def pick(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor | None]:
        """uint8 images, targets and, where there are any, masks, in ascending order of the rows."""
        rows = np.sort(rows)
        masks = None if self.masks is None else torch.from_numpy(self.masks[rows])
        return torch.from_numpy(self.squares[rows]), torch.from_numpy(self.targets[rows]), masks


def path_loss(logits: dict[str, Tensor], targets: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Negative log-likelihood of the determined path, mean over the batch.

    Args:
        logits: B×C of every stage, in the order of the columns of `targets`.
        targets: B×S, −1 where the label is silent.
        weights: B×S, how often a step is counted (1 = the path once).
        smoothing: Label smoothing.
    """
    total = torch.zeros((), device=targets.device)
    for column, values in enumerate(logits.values()):
        losses = F.cross_entropy(
            values.float(), targets[:, column], ignore_index=-1, reduction="none", label_smoothing=smoothing
        )
        total = total + (losses * weights[:, column]).sum()
    return total / targets.shape[0]


def step_weights(targets: Tensor, coupling: str) -> Tensor:
    """B×S: 1, or with ``ancestors`` the number of path prefixes that hold the step (stages run from the root down)."""
    known = (targets >= 0).float()
    if coupling == "path":
        return known
    return known.flip(1).cumsum(1).flip(1) * known


def rate_at(recipe: Recipe, progress: float) -> float:
    """Learning rate at a part (0..1) of the phase: linear rise, then a cosine to zero."""
    progress = min(max(progress, 0.0), 1.0)
    if progress < recipe.warmup:
        return recipe.rate * max(progress / recipe.warmup, 0.01)
    return recipe.rate * 0.5 * (1 + math.cos(math.pi * (progress - recipe.warmup) / (1 - recipe.warmup)))


def side_at(sides: tuple[int, ...], progress: float) -> int:
    """Image side at a part (0..1) of the phase: each of `sides` for an equal span."""
    return sides[min(int(max(progress, 0.0) * len(sides)), len(sides) - 1)]


def optimiser_for(recipe: Recipe, trunk: list[nn.Parameter], new: list[nn.Parameter]) -> torch.optim.Optimizer:
    """Two groups, the trunk's first, each with its `factor` of the rate."""
    groups = [{"params": trunk, "factor": recipe.trunk_factor}, {"params": new, "factor": 1.0}]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=recipe.rate, momentum=0.9, weight_decay=recipe.weight_decay)
    return torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.weight_decay)


class Trainer:
    """One run; everything that a resume needs is in `state`."""

    def __init__(self, config: TrainConfig, net: PmgNet, train: Cells, val: Cells, run: Path, device: str) -> None:
        torch.manual_seed(config.seed)
        self.config, self.train, self.val, self.run = config, train, val, run
        self.device = torch.device(device)
        self.net = net.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # stub lacks it
        self.heads = PlainHeads(config.trunk.widths[3], net.config.stages).to(self.device)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.draws = np.random.default_rng(config.seed)
        self.phase, self.used, self.iteration, self.images = PLAIN, 0.0, 0, 0
        self.side, self.broken = config.preprocessing.side, 0
        self.average = copy.deepcopy(self.net)
        self.optimiser = self._optimiser()

    @property
    def recipe(self) -> Recipe:
        """Of the phase."""
        return self.config.plain if self.phase == PLAIN else self.config.progressive

    def _optimiser(self) -> torch.optim.Optimizer:
        trunk = [p for name, p in self.net.named_parameters() if ".trunk." in name]
        if self.phase == PLAIN:
            return optimiser_for(self.config.plain, trunk, list(self.heads.parameters()))
        new = [p for name, p in self.net.named_parameters() if ".trunk." not in name]
        return optimiser_for(self.config.progressive, trunk, new)

    def start_from(self, path: Path) -> None:
        """Begin with the weights that another run ended with."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state, strict=True)
        self.average.load_state_dict(state, strict=True)

    def save(self) -> None:
        """Write the checkpoint whole or not at all."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "heads": self.heads.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "phase": self.phase,
            "used": self.used,
            "iteration": self.iteration,
            "images": self.images,
            "generator": self.generator.get_state(),
        }
        part = self.run / (CHECKPOINT + ".part")
        torch.save(state, part)
        part.replace(self.run / CHECKPOINT)

    def resume(self) -> bool:
        """Go on from the checkpoint if there is one."""
        path = self.run / CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.phase, self.used = state["phase"], state["used"]
        self.iteration, self.images = state["iteration"], state["images"]
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.heads.load_state_dict(state["heads"])
        self.optimiser = self._optimiser()
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"].cpu())
        self.draws = np.random.default_rng((self.config.seed, self.iteration))
        return True

    def _batch(self) -> tuple[Tensor, Tensor]:
        rows = self.draws.choice(self.train.rows, self.recipe.batch, replace=False, p=self.train.weights)
        images, targets, masks = self.train.pick(rows)
        how, augment = self.config.preprocessing, self.config.augment
        ready = augmented(images, masks, how, augment, self.generator, self.side, self.config.pooling)
        return ready.to(self.device), targets.to(self.device)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bfloat16")

    def _update(self, images: Tensor, targets: Tensor, granularity: int | None) -> float:
        with self._autocast():
            if granularity is None:
                logits = self.heads(self.net.pooled_features(images))
            else:
                logits = self.net.granularity_logits(images, granularity)
        weights = step_weights(targets, self.config.coupling)
        loss = path_loss(logits, targets, weights, self.config.label_smoothing)
        if granularity == CONCATENATED:
            loss = loss * 2  # as published
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's stub
        parameters = [p for group in self.optimiser.param_groups for p in group["params"]]
        if torch.isfinite(nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)):
            self.optimiser.step()
            self.broken = 0
        else:  # the CPU's bfloat16 convolutions have been seen to give one; a row of them is a fault of the run
            self.broken += 1
            self._mend_norms()
            if self.broken > MOST_BROKEN:
                raise LeukViewError("The training has come to gradients that are no numbers.", "Lower the rates.")
        return float(loss.detach())

    def _mend_norms(self) -> None:
        """Take the running statistics from the average: those of a pass without numbers are lost."""
        kept = dict(self.average.named_buffers())
        with torch.no_grad():
            for name, buffer in self.net.named_buffers():
                if not torch.isfinite(buffer).all():
                    buffer.copy_(kept[name])

    def _iterate(self) -> float:
        images, targets = self._batch()
        if self.phase == PLAIN:
            return self._update(images, targets, None)
        losses = [
            self._update(jigsaw(images, patches, self.generator), targets, granularity)
            for granularity, patches in enumerate(JIGSAW)
        ]
        return losses[-1]

    def _add_to_average(self) -> None:
        # The average starts as short as the run is young, so that the random start is soon forgotten.
        decay = min(self.config.average, (1 + self.iteration) / (10 + self.iteration))
        with torch.no_grad():
            for mine, new in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
                if mine.is_floating_point():
                    mine.lerp_(new, 1 - decay)
                else:
                    mine.copy_(new)

    def go(self, minutes: float) -> None:
        """Train until `minutes` of wall clock are used up, over all resumes together."""
        limit = minutes * 60
        plain_end = limit * self.config.plain_part
        started, before, saved = time.monotonic(), self.used, time.monotonic()
        smooth = float("nan")
        with (self.run / "log.csv").open("a", newline="", encoding="utf-8") as file, tqdm(unit="it") as bar:
            log = csv.writer(file)
            while self.used < limit:
                if self.phase == PLAIN and self.used >= plain_end:
                    self.phase = PROGRESSIVE
                    self.optimiser = self._optimiser()
                    smooth = float("nan")
                plain = self.phase == PLAIN
                recipe = self.recipe
                progress = self.used / plain_end if plain else (self.used - plain_end) / (limit - plain_end)
                rate = rate_at(recipe, progress)
                self.side = side_at(self.config.plain_sides, progress) if plain else self.config.preprocessing.side
                for group in self.optimiser.param_groups:
                    group["lr"] = rate * group["factor"]
                self.net.train()
                loss = self._iterate()
                self._add_to_average()
                smooth = loss if math.isnan(smooth) else 0.98 * smooth + 0.02 * loss
                self.iteration += 1
                self.images += self.recipe.batch
                self.used = before + time.monotonic() - started
                bar.update()
                if self.iteration % 50 == 0 or self.used >= limit:
                    log.writerow(
                        [f"{self.used:.0f}", self.phase, self.iteration, self.images, f"{smooth:.4f}", f"{rate:.2e}"]
                    )
                    file.flush()
                    bar.set_postfix(phase=self.phase, loss=f"{smooth:.3f}")
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self.save()
                    saved = time.monotonic()
        self.save()

    def renew_norms(self) -> None:
        """Take the normalisation statistics from whole images: the jigsaws of training are never seen later."""
        norms = [m for m in self.net.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain average over the batches
        self.net.train()
        with torch.no_grad():
            for _ in range(NORM_BATCHES):
                self.net.combined_logits(self._batch()[0])
        for norm in norms:
            norm.momentum = 0.1
        self.net.eval()

    def finish(self) -> None:
        """Write the averaged network, with the norms of training or with new ones: what suits the validation cells.

        The two are compared by the sum of the stages' balanced accuracies.
        """
        self.side = self.config.preprocessing.side
        self.net.load_state_dict(self.average.state_dict())
        before = self.accuracy()
        print(f"validation with the norms of training: {before}")
        self.renew_norms()
        after = self.accuracy()
        print(f"validation with new norms: {after}")
        if sum(after.values()) < sum(before.values()):
            self.net.load_state_dict(self.average.state_dict())
        torch.save(self.net.state_dict(), self.run / FINAL)

    def accuracy(self) -> dict[str, float]:
        """Balanced accuracy of each stage on the validation cells, for the log."""
        self.net.eval()
        found: dict[str, float] = {}
        logits: dict[str, list[Tensor]] = {}
        with torch.no_grad(), self._autocast():
            for start in range(0, len(self.val.rows), 128):
                images, _, masks = self.val.pick(self.val.rows[start : start + 128])
                seen = centred(images, masks, self.config.preprocessing, self.config.pooling)
                for key, values in self.net.combined_logits(seen.to(self.device)).items():
                    logits.setdefault(key, []).append(values.float().cpu())
        for column, (key, parts) in enumerate(logits.items()):
            truth = self.val.targets[self.val.rows, column]
            guess = torch.cat(parts).argmax(1).numpy()
            found[key] = float(np.mean([(guess[truth == c] == c).mean() for c in np.unique(truth[truth >= 0])]))
        return found


def net_config(config: TrainConfig, stages: tuple[tuple[str, tuple[str, ...]], ...]) -> NetConfig:
    """The network of a run."""
    return NetConfig(
        config.architecture,
        config.trunk,
        config.pmg.block_inner,
        config.pmg.block,
        config.pmg.hidden,
        stages,
        config.pooling,
    )


def prepare(
    config: TrainConfig, cache: Path, training: bool = False, leave_out: str = ""
) -> tuple[tuple[LabelledCell, ...], NetConfig, dict[str, Cells]]:
    """Cells, network and splits of a run.

    Args:
        config: Of the run.
        cache: Folder of the decoded cells and their masks.
        training: Check for leaks, and make the masks that the augmentation needs.
        leave_out: A source all of whose cells are kept aside, to see what a site that was never seen would get.

    Raises:
        LeukViewError: The splits leak, or no cell is of the source to be left out.
    """
    folder = data_folder()
    cells = load_cells(folder)
    if leave_out:
        if leave_out not in {c.source for c in cells}:
            raise LeukViewError(f"There are no cells of the source “{leave_out}” to leave out.")
        cells = tuple(replace(c, split=TEST) if c.source == leave_out else c for c in cells)
    taxonomy = read_taxonomy()
    counts = support((c for c in cells if c.split == TRAIN), taxonomy)
    stages = trained_stages(counts, taxonomy, config.least_support)
    how, augment = config.preprocessing, config.augment
    masks = None
    if needs_cover(how, config.pooling) or (training and augment.background > 0):
        masks = cached_masks(cells, folder, cache, how, augment.margin, embedded_segmenter())
    squares = cached_squares(cells, folder, cache, how, augment.margin)
    if training:
        check_run(cells, squares, how.field * squares.shape[1] / how.side)
    targets = stage_targets(cells, taxonomy, stages)
    split_names = np.asarray([c.split for c in cells])
    splits = {}
    for name in sorted(set(split_names.tolist())):
        rows = np.flatnonzero(split_names == name)
        weights = sampling_weights([cells[i] for i in rows])
        splits[name] = Cells(squares, rows, targets, weights, masks)
    return cells, net_config(config, stages), splits


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoint, the log and the result")
    parser.add_argument("--cache", type=Path, help="folder of the decoded cells (default: the run's)")
    parser.add_argument("--start", type=Path, help="final weights of another run of the same shape to begin with")
    parser.add_argument("--leave-out", default="", metavar="SOURCE", help="train without the cells of this source")
    parser.add_argument("--minutes", type=float, required=True, help="wall clock of the whole run, resumes included")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = read_config(options.config)
    options.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    _, shape, splits = prepare(config, options.cache or options.run, training=True, leave_out=options.leave_out)
    trainer = Trainer(config, PmgNet(shape), splits[TRAIN], splits[VAL], options.run, options.device)
    if trainer.resume():
        print(f"resumed after {trainer.used:.0f} s, iteration {trainer.iteration}")
    elif options.start:
        trainer.start_from(options.start)
    trainer.go(options.minutes)
    trainer.finish()


if __name__ == "__main__":
    main()
