"""Train the embedded segmenter on the mask sets: ``python -m training.segmenter.train --run DIR --minutes N``."""

from __future__ import annotations

import argparse
import copy
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from leukview.core.atomic_files import atomic_file
from leukview.inference.networks.unet import UNet
from training.segmenter.augmentation import IGNORE_INDEX, augment_batch, paste_neighbour_cells
from training.segmenter.bundle import write_segmenter_bundle
from training.segmenter.dataset import MASK_SOURCES, ImageMaskPair, mask_data_folder, read_pairs

_log = logging.getLogger(__name__)

STORED_SIDE = 192
"""Side in pixels at which the images are stored in memory."""
SIDE, SMALL_SIDE = 160, 128
"""Image sides in pixels of training; it starts with the small one, which takes two thirds of the time per step."""
SMALL_SIDE_SHARE = 0.6
"""Fraction of the time that is trained at the small side."""
SOURCE_SHARE = {"cellavision": 0.5, "jtsc": 0.25, "bccd": 0.25}
"""Fraction of each source in a batch. CellaVision is the microscope of the exports, and the smallest dataset."""
EMA_DECAY = 0.99
"""Decay of the moving average of the weights, which is exported."""
CHECKPOINT_SECONDS = 30.0
"""Seconds between checkpoints."""


@dataclass(frozen=True, slots=True)
class SegmenterRecipe:
    """Hyperparameters of segmenter training.

    Attributes:
        minutes: Wall clock of the whole run, resumed runs included.
        seed: Seed of the random number generators.
        batch_size: Images per step.
        learning_rate: Peak learning rate; it decays along a half cosine to a hundredth.
        use_validation_pairs: Also train on the validation pairs, in the final run.
        paste_neighbours: Paste neighbouring cells into some images.
    """

    minutes: float = 60.0
    seed: int = 0
    batch_size: int = 24
    learning_rate: float = 2e-3
    use_validation_pairs: bool = False
    paste_neighbours: bool = False


def to_tensors(pairs: Sequence[ImageMaskPair], side: int = STORED_SIDE) -> tuple[Tensor, Tensor]:
    """Resize pairs and stack them to tensors.

    Args:
        pairs: Images with masks.
        side: Side s of the result in pixels.

    Returns:
        Images N×3×s×s (uint8) and targets N×s×s (int8, `IGNORE_INDEX` in other cells).
    """
    size = (side, side)
    images = [np.asarray(Image.fromarray(p.image).resize(size, Image.Resampling.BILINEAR)) for p in pairs]
    # Raised by one, because an 8-bit image has no negative values.
    raised = [np.where(p.other_cells, np.uint8(0), p.mask + np.uint8(1)) for p in pairs]
    small = [np.asarray(Image.fromarray(m).resize(size, Image.Resampling.NEAREST)) for m in raised]
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)
    return x, torch.from_numpy(np.stack(small).astype(np.int8) - np.int8(1))


def segmentation_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy plus (1 − mean soft Dice), without ignored pixels.

    The mean is over the Dice of the cell (cytoplasm or nucleus) and of the nucleus.

    Args:
        logits: N×3×s/2×s/2; interpolated to the side of the targets, as at inference.
        targets: N×s×s, with `IGNORE_INDEX`.
    """
    logits = nn.functional.interpolate(logits, size=targets.shape[-2:], mode="bilinear", align_corners=False)
    scored = targets != IGNORE_INDEX
    p = logits.softmax(1)
    dice = torch.zeros(())
    for mine, true in (((p[:, 1] + p[:, 2]) * scored, targets > 0), (p[:, 2] * scored, targets == 2)):
        dice = dice + (2 * (mine * true).sum((1, 2)) + 1) / (mine.sum((1, 2)) + true.sum((1, 2)) + 1)
    return nn.functional.cross_entropy(logits, targets, ignore_index=IGNORE_INDEX) + (1 - dice / 2).mean()


class BatchSampler:
    """Sampler of augmented batches, with each source in proportion to `SOURCE_SHARE`."""

    def __init__(self, pairs: Sequence[ImageMaskPair], recipe: SegmenterRecipe, generator: torch.Generator) -> None:
        self._images, self._targets = to_tensors(pairs)
        self._sources = torch.tensor([list(MASK_SOURCES).index(p.source) for p in pairs])
        counts = torch.bincount(self._sources, minlength=len(MASK_SOURCES))
        shares = torch.tensor([SOURCE_SHARE[source] for source in MASK_SOURCES])
        self._weights = (shares / counts)[self._sources]
        self._rows = [torch.nonzero(self._sources == s).flatten() for s in range(len(counts))]
        self._recipe, self._generator = recipe, generator

    def sample(self, side: int) -> tuple[Tensor, Tensor]:
        """Draw a batch of images (N×3×side×side of −1..1) and targets (N×side×side)."""
        rows = torch.multinomial(self._weights, self._recipe.batch_size, replacement=True, generator=self._generator)
        x, y = self._images[rows].float() / 127.5 - 1.0, self._targets[rows]
        if self._recipe.paste_neighbours:
            pools = [self._rows[int(self._sources[row])] for row in rows]
            picked = [p[int(torch.randint(len(p), (1,), generator=self._generator))] for p in pools]
            other = torch.stack(picked)
            x = paste_neighbour_cells(
                x, y, (self._images[other].float() / 127.5 - 1.0, self._targets[other]), self._generator
            )
        return augment_batch(x, y, side, self._generator)


def train_segmenter(run_folder: Path, recipe: SegmenterRecipe, initial_weights: Path | None = None) -> Path:
    """Train the segmenter, or resume from a checkpoint in `run_folder`.

    The time used before the resume counts.

    Args:
        run_folder: Folder of the checkpoint.
        recipe: Hyperparameters.
        initial_weights: Weights (``segmenter.safetensors``) to start from; None = random weights.

    Returns:
        Path of the checkpoint.
    """
    from safetensors.torch import load_file

    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    run_folder.mkdir(parents=True, exist_ok=True)
    checkpoint = run_folder / "checkpoint.pt"
    wanted = ("train", "validation") if recipe.use_validation_pairs else ("train",)
    batches = BatchSampler([p for p in read_pairs(mask_data_folder()) if p.split in wanted], recipe, generator)
    net = UNet()
    if initial_weights:
        net.load_state_dict(load_file(initial_weights), strict=True)
    net = net.to(memory_format=torch.channels_last)
    average = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=1e-3)
    spent, step = 0.0, 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(saved["net"], strict=True)
        average.load_state_dict(saved["average"], strict=True)
        optimiser.load_state_dict(saved["optimiser"])
        generator.set_state(saved["generator"])
        spent, step = float(saved["spent"]), int(saved["step"])
    before, whole = spent, 60 * recipe.minutes
    begun = last = time.monotonic()
    while spent < whole:
        falling = 0.5 * (1 + float(np.cos(np.pi * spent / whole)))
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * max(0.01, falling) * min(1.0, (step + 1) / 50)
        x, y = batches.sample(SMALL_SIDE if spent < SMALL_SIDE_SHARE * whole else SIDE)
        loss = segmentation_loss(net(x.contiguous(memory_format=torch.channels_last)), y)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        step += 1
        _update_ema(average, net, min(EMA_DECAY, (1 + step) / (10 + step)))
        spent = before + time.monotonic() - begun
        if time.monotonic() - last > CHECKPOINT_SECONDS or spent >= whole:
            last = time.monotonic()
            state = {
                "net": net.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "generator": generator.get_state(),
                "spent": spent,
                "step": step,
            }
            with atomic_file(checkpoint) as temporary:
                torch.save(state, temporary)
            _log.info("step %d, %.0f s, loss %.4f", step, spent, float(loss.detach()))
    return checkpoint


@torch.no_grad()
def _update_ema(average: nn.Module, net: nn.Module, decay: float) -> None:
    """Update the moving average of weights and statistics in place."""
    for mean, now in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        mean.copy_(torch.lerp(now, mean, decay) if mean.is_floating_point() else now)


def main() -> None:
    """Run the command line: train, then write the bundle if requested."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--everything", action="store_true", help="learn from the validation pairs too")
    parser.add_argument("--neighbours", action="store_true", help="lay other cells beside some")
    parser.add_argument("--start", type=Path, help="a segmenter.safetensors to begin with")
    parser.add_argument("--bundle", type=Path, help="measure on the pairs kept aside and write the bundle here")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    recipe = SegmenterRecipe(
        arguments.minutes,
        arguments.seed,
        arguments.batch,
        arguments.rate,
        arguments.everything,
        arguments.neighbours,
    )
    checkpoint = train_segmenter(arguments.run, recipe, arguments.start)
    if arguments.bundle:
        print(json.dumps(write_segmenter_bundle(checkpoint, arguments.bundle, SIDE), indent=1))


if __name__ == "__main__":
    main()
