"""Train a multistage PMG classifier: ``python -m training.classifier.train --config C --run DIR --minutes N``.

Two phases share the run: first the trunk alone with plain linear heads (cheap: one step an image), then PMG with four
updates an iteration (Du et al. 2020). With ``--minutes`` the schedule follows the time used, which survives a resume,
so that a run ends when it was told to; random numbers are seeded, but the machine sets the number of iterations.
With ``--iterations`` it follows their number, and a seed gives the same weights again, resumed or not.

``torchrun --nproc-per-node N -m training.classifier.train --config C --run-folder DIR …`` shares each batch among N
processes
(`training.distributed`); ``--accumulate K`` computes a process's share in K pieces, one by one, which takes less
memory. An update is of the recipe's batch either way, and 2 processes do what 1 process does in 2 pieces: batch
normalisation sees a piece.
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.core.atomic_files import atomic_file
from leukview.core.errors import LeukViewError
from leukview.inference.networks.pmg import CONCATENATED_HEAD, JIGSAW_PATCHES, PmgNet, jigsaw
from training.classifier.distillation import TEACHER_LOSS_WEIGHT, TeacherEnsemble, load_teachers
from training.classifier.ema_batchnorm import balanced_accuracies, recompute_bn_stats, repair_bn_stats, update_ema
from training.classifier.finetune import fine_tuning_config, load_bundle_weights
from training.classifier.losses import (
    LinearHeads,
    build_optimiser,
    distillation_loss,
    image_size_at,
    learning_rate_at,
    path_loss,
    step_weights,
)
from training.classifier.training_module import MicroBatch, TrainingModule
from training.config import FINAL_WEIGHTS, PhaseRecipe, TrainConfig, read_config
from training.data.augmentation import augment_images
from training.data.dataset import TRAIN, VAL, read_taxonomy
from training.data.splits import CellDataset, prepare_data
from training.distributed import DistributedContext
from training.progress import progress_bar
from training.reports.plots import write_plots

CHECKPOINT_FILE = "checkpoint.pt"
LOG_FILE = "log.csv"
PLAIN, PROGRESSIVE = "plain", "progressive"
CHECKPOINT_SECONDS = 60.0
MAX_GRADIENT_NORM = 5.0
"""Norm to which gradients are clipped."""
MAX_BAD_UPDATES = 10
"""Consecutive updates that may be skipped because of a non-finite gradient."""
BN_BATCHES = 40
"""Batches of whole images from which the BatchNorm statistics are recomputed at the end."""


class Trainer:
    """Training loop of one run, which can be resumed from its checkpoint.

    Args:
        config: Configuration of the run.
        net: Network with its initial weights.
        train_cells: Cells to train on.
        val_cells: Cells by which the BatchNorm statistics are chosen at the end.
        run_folder: Folder of checkpoint, log and result.
        device: Device to compute on; ignored if `processes` is given.
        processes: Processes that share the run; None = a single process.
        accumulate: Number of micro-batches per process and batch.
        teachers: Teachers for distillation; None = labels only.

    Raises:
        LeukViewError: The batch size is not a multiple of the number of micro-batches.
    """

    def __init__(
        self,
        config: TrainConfig,
        net: PmgNet,
        train_cells: CellDataset,
        val_cells: CellDataset,
        run_folder: Path,
        device: str,
        processes: DistributedContext | None = None,
        accumulate: int = 1,
        teachers: TeacherEnsemble | None = None,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.train_cells, self.val_cells, self.run_folder = config, train_cells, val_cells, run_folder
        self.processes = processes or DistributedContext(device)
        self.device, self.accumulate = self.processes.device, accumulate
        micro_batch_count = self.processes.world_size * accumulate
        if any(recipe.batch % micro_batch_count for recipe in (config.plain, config.progressive)):
            raise LeukViewError(
                f"A batch does not divide into {micro_batch_count} equal pieces.", "Change batch or --accumulate."
            )
        self.net = net.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # stub lacks it
        self.teachers = teachers.to(self.device) if teachers else None
        self.heads = LinearHeads(config.trunk.widths[3], net.config.stages).to(self.device)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.sampling_rng = np.random.default_rng(config.seed)
        self.phase, self.elapsed_s, self.iteration, self.images_drawn = PLAIN, 0.0, 0, 0
        self.image_size, self.bad_updates = config.preprocessing.side, 0
        self.ema_net = copy.deepcopy(self.net)
        self.training_module = self.processes.wrap_for_ddp(TrainingModule(self.net, self.heads))
        self.optimiser = self._build_optimiser()

    @property
    def recipe(self) -> PhaseRecipe:
        """Optimiser settings of the current phase."""
        return self.config.plain if self.phase == PLAIN else self.config.progressive

    def _build_optimiser(self) -> torch.optim.Optimizer:
        trunk = [p for name, p in self.net.named_parameters() if ".trunk." in name]
        if self.phase == PLAIN:
            return build_optimiser(self.config.plain, trunk, list(self.heads.parameters()))
        new = [p for name, p in self.net.named_parameters() if ".trunk." not in name]
        return build_optimiser(self.config.progressive, trunk, new)

    def load_weights(self, path: Path) -> None:
        """Start from the final weights of another run."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state, strict=True)
        self.ema_net.load_state_dict(state, strict=True)

    def save(self) -> None:
        """Write the checkpoint atomically, on rank 0 only."""
        if not self.processes.is_main:
            return
        state = {
            "net": self.net.state_dict(),
            "average": self.ema_net.state_dict(),
            "heads": self.heads.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "phase": self.phase,
            "used": self.elapsed_s,
            "iteration": self.iteration,
            "images": self.images_drawn,
            "generator": self.generator.get_state(),
            "draws": json.dumps(self.sampling_rng.bit_generator.state),
        }
        with atomic_file(self.run_folder / CHECKPOINT_FILE) as temporary:
            torch.save(state, temporary)

    def resume(self) -> bool:
        """Resume from the checkpoint; return False if there is none."""
        path = self.run_folder / CHECKPOINT_FILE
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.phase, self.elapsed_s = state["phase"], state["used"]
        self.iteration, self.images_drawn = state["iteration"], state["images"]
        self.net.load_state_dict(state["net"])
        self.ema_net.load_state_dict(state["average"])
        self.heads.load_state_dict(state["heads"])
        self.optimiser = self._build_optimiser()
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"].cpu())
        if "draws" in state:
            self.sampling_rng.bit_generator.state = json.loads(state["draws"])
        else:  # a checkpoint of an older version
            self.sampling_rng = np.random.default_rng((self.config.seed, self.iteration))
        return True

    def _next_batch(self, own_share_only: bool = True) -> list[MicroBatch]:
        """Draw the next batch and return this process's micro-batches, or all of them.

        If there are several micro-batches, each has its own generator, seeded from run seed, iteration and index, so
        that the result does not depend on the process that computes it.

        Args:
            own_share_only: Leave out the micro-batches of the other processes.
        """
        rows = self.sampling_rng.choice(
            self.train_cells.rows, self.recipe.batch, replace=False, p=self.train_cells.weights
        )
        count, own = self.processes.world_size * self.accumulate, self.processes.rank * self.accumulate
        if count == 1:
            return [self._micro_batch(rows, self.generator)]
        return [
            self._micro_batch(
                rows[i::count], torch.Generator().manual_seed(_combined_seed(self.config.seed, self.iteration, i))
            )
            for i in (range(own, own + self.accumulate) if own_share_only else range(count))
        ]

    def _micro_batch(self, rows: NDArray[np.int64], generator: torch.Generator) -> MicroBatch:
        images, targets, masks = self.train_cells.load_rows(rows)
        preprocessing, augment = self.config.preprocessing, self.config.augment
        network_input = augment_images(
            images, masks, preprocessing, augment, generator, self.image_size, self.config.pooling
        ).to(self.device)
        soft: dict[str, Tensor] = {}
        if self.teachers is not None:
            with self._autocast():
                soft = self.teachers(network_input)
        return MicroBatch(network_input, targets.to(self.device), soft, generator)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bfloat16")

    def _update(self, micro_batches: Sequence[MicroBatch], granularity: int | None) -> float:
        """Update the weights on the mean loss over all micro-batches of all processes.

        Returns:
            The mean loss of this process.
        """
        total = 0.0
        self.optimiser.zero_grad(set_to_none=True)
        for number, micro_batch in enumerate(micro_batches, 1):
            images, targets = micro_batch.images, micro_batch.targets
            if granularity is not None:
                images = jigsaw(images, JIGSAW_PATCHES[granularity], micro_batch.generator)
            with self.processes.gradient_sync(self.training_module, number == len(micro_batches)):
                with self._autocast():
                    logits = self.training_module(images, granularity)
                weights = step_weights(targets, self.config.coupling)
                loss = path_loss(logits, targets, weights, self.config.label_smoothing)
                if micro_batch.teacher_probabilities:
                    loss = torch.lerp(
                        loss, distillation_loss(logits, micro_batch.teacher_probabilities, weights), TEACHER_LOSS_WEIGHT
                    )
                loss = loss / len(micro_batches)
                if granularity == CONCATENATED_HEAD:
                    loss = loss * 2  # as published
                loss.backward()  # type: ignore[no-untyped-call]  # torch's stub
            total += float(loss.detach())
        parameters = [p for group in self.optimiser.param_groups for p in group["params"]]
        if torch.isfinite(nn.utils.clip_grad_norm_(parameters, MAX_GRADIENT_NORM)):
            self.optimiser.step()
            self.bad_updates = 0
        else:  # bfloat16 convolutions on the CPU sometimes give one; many in a row are a fault of the run
            self.bad_updates += 1
            repair_bn_stats(self.net, self.ema_net)
            if self.bad_updates > MAX_BAD_UPDATES:
                raise LeukViewError("The training has come to gradients that are no numbers.", "Lower the rates.")
        return total

    def _train_iteration(self) -> float:
        micro_batches = self._next_batch()
        granularities = [None] if self.phase == PLAIN else list(range(len(JIGSAW_PATCHES)))
        loss = [self._update(micro_batches, granularity) for granularity in granularities][-1]
        self.processes.average_tensors(
            list(self.net.buffers())
        )  # each rank's BatchNorm layers saw only its own micro-batches
        return loss

    def _update_ema(self) -> None:
        # A short average early in the run soon forgets the random initial weights.
        decay = min(self.config.average, (1 + self.iteration) / (10 + self.iteration))
        update_ema(self.ema_net, self.net, decay)

    def fit(self, minutes: float | None = None, iterations: int | None = None) -> None:
        """Train for `minutes` of wall clock or for `iterations`, resumed runs included.

        Raises:
            LeukViewError: Neither or both limits are given, or the gradients stay non-finite.
        """
        if (minutes is None) == (iterations is None):
            raise LeukViewError("A run ends by minutes or by iterations.")
        limit = float(iterations) if iterations is not None else 60 * (minutes or 0.0)
        plain_end = limit * self.config.plain_part
        started, before, saved = time.monotonic(), self.elapsed_s, time.monotonic()
        smoothed_loss = float("nan")
        with self._open_log() as file, progress_bar(unit="it", disable=not self.processes.is_main) as bar:
            log = csv.writer(file)
            while (used := self.elapsed_s if iterations is None else float(self.iteration)) < limit:
                if self.phase == PLAIN and used >= plain_end:
                    self.phase = PROGRESSIVE
                    self.optimiser = self._build_optimiser()
                    smoothed_loss = float("nan")
                plain = self.phase == PLAIN
                recipe = self.recipe
                progress = used / plain_end if plain else (used - plain_end) / (limit - plain_end)
                rate = learning_rate_at(recipe, progress)
                self.image_size = (
                    image_size_at(self.config.plain_sides, progress) if plain else self.config.preprocessing.side
                )
                for group in self.optimiser.param_groups:
                    group["lr"] = rate * group["factor"]
                self.net.train()
                loss = self._train_iteration()
                self._update_ema()
                self.iteration += 1
                self.images_drawn += self.recipe.batch
                # All processes use the same clock, so that they change phase and end together.
                self.elapsed_s, loss = self.processes.mean_values([before + time.monotonic() - started, loss])
                smoothed_loss = loss if math.isnan(smoothed_loss) else 0.98 * smoothed_loss + 0.02 * loss
                bar.update()
                ended = (self.elapsed_s if iterations is None else self.iteration) >= limit
                if self.iteration % 50 == 0 or ended:
                    log.writerow(
                        [
                            f"{self.elapsed_s:.0f}",
                            self.phase,
                            self.iteration,
                            self.images_drawn,
                            f"{smoothed_loss:.4f}",
                            f"{rate:.2e}",
                        ]
                    )
                    file.flush()
                    bar.set_postfix(phase=self.phase, loss=f"{smoothed_loss:.3f}")
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self.save()
                    saved = time.monotonic()
        self.save()

    def _open_log(self) -> TextIO:
        path = self.run_folder / LOG_FILE if self.processes.is_main else Path(os.devnull)
        return path.open("a", newline="", encoding="utf-8")

    def recompute_bn_stats(self) -> None:
        """Recompute the BatchNorm statistics from whole training images."""
        recompute_bn_stats(
            self.net,
            lambda: torch.cat([micro_batch.images for micro_batch in self._next_batch(own_share_only=False)]),
            BN_BATCHES,
        )

    def finish(self) -> None:
        """Write the averaged network with the better of two sets of BatchNorm statistics.

        Those of training and those recomputed from whole batches are compared by the sum of the stages' balanced
        accuracies on the validation cells. Only rank 0 does this; the other processes wait.
        """
        if self.processes.is_main:
            self._finish()
            write_plots(self.run_folder)
        self.processes.barrier()

    def _finish(self) -> None:
        self.image_size = self.config.preprocessing.side
        self.net.load_state_dict(self.ema_net.state_dict())
        before = self.validation_accuracy()
        print(f"validation with the norms of training: {before}")
        self.recompute_bn_stats()
        after = self.validation_accuracy()
        print(f"validation with new norms: {after}")
        if sum(after.values()) < sum(before.values()):
            self.net.load_state_dict(self.ema_net.state_dict())
        torch.save(self.net.state_dict(), self.run_folder / FINAL_WEIGHTS)

    def validation_accuracy(self) -> dict[str, float]:
        """Balanced accuracy of each stage on the validation cells."""
        return balanced_accuracies(self.net, self.val_cells, self.config, self._autocast())


def _combined_seed(*numbers: int) -> int:
    """Derive one seed from several numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    # The second names are for torchrun: on Python 3.11 it takes the first ones for abbreviations of its own options.
    parser.add_argument("--run", "--run-folder", type=Path, required=True, help="of checkpoint, log and result")
    parser.add_argument("--cache", type=Path, help="folder of the decoded cells (default: the run's)")
    parser.add_argument("--start", "--start-from", type=Path, help="final weights of a run of the same shape")
    parser.add_argument("--leave-out", default="", metavar="SOURCE", help="train without the cells of this source")
    parser.add_argument(
        "--from-bundle", type=Path, metavar="BUNDLE", help="go on from a bundle; see training.classifier.finetune"
    )
    parser.add_argument("--teacher", nargs=2, type=Path, action="append", default=[], metavar=("CONFIG", "RUN"))
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, help="wall clock of the whole run, resumes included")
    length.add_argument("--iterations", type=int, help="of the whole run, resumes included: the same on every machine")
    parser.add_argument("--accumulate", type=int, default=1, help="pieces in which a process computes its batch")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = fine_tuning_config(read_config(options.config)) if options.from_bundle else read_config(options.config)
    processes = DistributedContext.launch(options.device)
    options.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    with processes.main_process_first():
        _, shape, splits = prepare_data(
            config,
            options.cache or options.run,
            training=True,
            leave_out=options.leave_out,
            device=str(processes.device),
        )
    net = PmgNet(shape)
    if options.from_bundle:
        print(load_bundle_weights(options.from_bundle, net, config, read_taxonomy(), options.run))
    trainer = Trainer(
        config,
        net,
        splits[TRAIN],
        splits[VAL],
        options.run,
        options.device,
        processes,
        options.accumulate,
        load_teachers(options.teacher, config, shape) if options.teacher else None,
    )
    if trainer.resume():
        print(f"resumed after {trainer.elapsed_s:.0f} s, iteration {trainer.iteration}")
    elif options.start:
        trainer.load_weights(options.start)
    trainer.fit(options.minutes, options.iterations)
    trainer.finish()


if __name__ == "__main__":
    main()
