"""The published comparison on any labelled cells: ``python -m training.studies.baselines --config C --output DIR``.

Five methods learn from the same cells, drawn the same way, as many images each: a vision transformer and a ResNeXt with
one softmax over all classes; the same ResNeXt with progressive multi-granularity (PMG); PMG in stages with one network
a stage, as published; PMG in stages on one trunk, as shipped. All start from random weights. Sizes are configuration.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.core.errors import LeukViewError
from leukview.core.strict_files import parse_toml, structure
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.networks.config import NetConfig, Pooling
from leukview.inference.networks.efficientnet_lite import EfficientNetLiteTrunk
from leukview.inference.networks.pmg import CONCATENATED_HEAD, JIGSAW_PATCHES, PmgNet, build_trunk, jigsaw
from leukview.inference.networks.resnext import ResNeXtTrunk
from training.classifier.ema_batchnorm import recompute_bn_stats
from training.classifier.losses import build_optimiser, learning_rate_at, path_loss, step_weights
from training.config import PhaseRecipe, TrainConfig, read_config
from training.data.augmentation import augment_images, inference_input, needs_masks
from training.data.dataset import (
    TEST,
    TRAIN,
    VAL,
    LabelledCell,
    cached_crops,
    data_folder,
    load_labelled_cells,
    read_taxonomy,
    sampling_weights,
    stage_targets,
    support,
    trained_stages,
)
from training.data.leakage import check_dataset
from training.data.mask_cache import cached_masks, load_embedded_segmenter
from training.data.splits import CellDataset, ImageStore, net_config, to_device
from training.evaluation.evaluate import to_jsonable, true_classes
from training.progress import progress_bar
from training.studies.baseline_report import METHOD_LABELS, MethodResult, comparison_markdown, score_method

FLAT_STAGE = "classes"
"""Name of the single stage of methods without stages."""
MAX_GRADIENT_NORM = 5.0
BN_BATCHES = 20
"""Batches of whole images from which the BatchNorm statistics of PMG are recomputed at the end."""


@dataclass(frozen=True, slots=True)
class VitSize:
    """Size of the vision transformer; ViT-B/16 is ``VitSize(16, 12, 12, 768, 3072)``.

    Attributes:
        patch: Side of a patch in pixels.
        depth: Layers.
        heads: Attention heads per layer.
        hidden: Width of a token.
        mlp: Hidden width of the two-layer perceptron of each layer.
    """

    patch: int
    depth: int
    heads: int
    hidden: int
    mlp: int


@dataclass(frozen=True, slots=True)
class BaselineConfig:
    """Configuration of a comparison; see ``training/configs/baselines.toml``.

    Attributes:
        images: Number of training images drawn for each method.
        cells: Number of cells drawn from the data over all splits; 0 = all.
        methods: Keys of `METHOD_LABELS`, in the order of the table.
        recipe: Optimiser settings of all methods; its `trunk_factor` applies to the PMG methods only.
        vit: Size of the vision transformer.
        base: Training configuration of images, trunk, blocks and augmentation; its phases are not used.
    """

    images: int
    cells: int
    methods: tuple[str, ...]
    recipe: PhaseRecipe
    vit: VitSize
    base: TrainConfig


@dataclass(frozen=True, slots=True)
class _BaselineFile:
    """The contents of a configuration file; `base` names a training configuration."""

    base: str
    images: int
    cells: int
    methods: tuple[str, ...]
    recipe: PhaseRecipe
    vit: VitSize


def read_baseline_config(path: Path) -> BaselineConfig:
    """Read the configuration of a comparison.

    Its key ``base`` names a training configuration in the same folder.

    Raises:
        LeukViewError: The file cannot be read or is invalid.
    """
    try:
        raw = structure(parse_toml(path.read_text(encoding="utf-8-sig")), _BaselineFile)
    except (OSError, ValueError) as error:
        raise LeukViewError(f"The configuration of the comparison does not fit: {error}.") from error
    base = read_config(path.parent / raw.base)
    config = BaselineConfig(raw.images, raw.cells, raw.methods, raw.recipe, raw.vit, base)
    if any(m not in METHOD_LABELS for m in config.methods):
        raise LeukViewError(f"The comparison knows the methods {', '.join(METHOD_LABELS)} and no other settings.")
    if base.preprocessing.side % config.vit.patch:
        raise LeukViewError("The transformer's patches must divide the image side.")
    return config


class FlatNet(nn.Module):
    """Classifier with one softmax over all classes, on a body that returns B×width."""

    def __init__(self, body: nn.Module, width: int, classes: int) -> None:
        super().__init__()
        self.body, self.head = body, nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the logits, B×classes, of images B×3×s×s."""
        return self.head(self.body(x))  # type: ignore[no-any-return]


class PooledTrunk(nn.Module):
    """Trunk with global average pooling."""

    def __init__(self, trunk: ResNeXtTrunk | EfficientNetLiteTrunk) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, x: Tensor) -> Tensor:
        """Compute the pooled features, B×widths[3], of images B×3×s×s."""
        return self.trunk(x)[2].mean((2, 3))  # type: ignore[no-any-return]


def vision_transformer(size: VitSize, side: int) -> nn.Module:
    """Build a vision transformer with random weights: B×3×s×s → B×hidden.

    The implementation is torchvision's (Dosovitskiy et al., ICLR 2021).
    """
    from torchvision.models.vision_transformer import VisionTransformer

    body = VisionTransformer(side, size.patch, size.depth, size.heads, size.hidden, size.mlp)
    body.heads = nn.Identity()
    return body  # type: ignore[no-any-return]


@dataclass(frozen=True)
class BaselineTask:
    """Cells and targets of a comparison.

    Attributes:
        cells: All cells, in the order of the crops.
        crops: uint8, N×S×S×3.
        masks: uint8, N×S×S; None if no input depends on them.
        stages: Trained stages and choices.
        truth: Class key of each cell that the stages can determine; "" where the label does not determine it.
        keys: Class keys with enough training cells, which are the choices of the methods without stages.
        rows: Rows of each split; those of TEST are scored.
    """

    cells: tuple[LabelledCell, ...]
    crops: ImageStore
    masks: ImageStore | None
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    truth: tuple[str, ...]
    keys: tuple[str, ...]
    rows: Mapping[str, NDArray[np.int64]]


def subsample(cells: Sequence[LabelledCell], count: int, seed: int) -> tuple[LabelledCell, ...]:
    """Draw about `count` cells (0 = all) in proportion to the sizes of the splits.

    Within a split the probabilities are those of `sampling_weights`, which favour rare classes.
    """
    if not 0 < count < len(cells):
        return tuple(cells)
    rng = np.random.default_rng(seed)
    kept: list[int] = []
    for split in (TRAIN, VAL, TEST):
        rows = [i for i, c in enumerate(cells) if c.split == split]
        if rows:
            part = max(1, round(count * len(rows) / len(cells)))
            weights = sampling_weights([cells[i] for i in rows])
            kept += rng.choice(rows, min(part, len(rows)), replace=False, p=weights).tolist()
    return tuple(cells[i] for i in sorted(kept))


def prepare_task(config: BaselineConfig, cache_folder: Path, taxonomy: Taxonomy, device: str = "cpu") -> BaselineTask:
    """Load, draw, decode and check the cells of a comparison.

    The scored cells are the test cells, and the validation cells of sources without test cells. The latter are unused
    otherwise, because nothing is selected on validation cells here.

    Raises:
        LeukViewError: There are too few cells, or the splits leak.
    """
    folder = data_folder()
    cells = subsample(load_labelled_cells(folder), config.cells, config.base.seed)
    preprocessing, margin = config.base.preprocessing, config.base.augment.margin
    crops = cached_crops(cells, folder, cache_folder, preprocessing, margin)
    check_dataset(cells, crops, preprocessing.field * crops.shape[1] / preprocessing.side)
    tested = {c.source for c in cells if c.split == TEST}
    split = np.asarray([TEST if c.split == VAL and c.source not in tested else c.split for c in cells])
    counts = support((c for c, s in zip(cells, split, strict=True) if s == TRAIN), taxonomy)
    found = trained_stages(counts, taxonomy, config.base.least_support)
    stages = tuple(stage for stage in found if taxonomy.stage(stage[0]).tree != "type")  # the published stages
    if not stages:
        raise LeukViewError("No stage has enough training cells.", "Lower least_support, or give more cells.")
    truth = true_classes(cells, net_config(config.base, stages), taxonomy)
    trained = [t for t, s in zip(truth, split, strict=True) if t and s == TRAIN]
    keys = tuple(sorted({t for t in trained if trained.count(t) >= config.base.least_support}, key=taxonomy.position))
    rows = {name: np.flatnonzero(split == name) for name in (TRAIN, VAL, TEST)}
    if not any(truth[i] for i in rows[TEST]):
        raise LeukViewError("No cell is kept aside to be scored.")
    masks = None
    if needs_masks(preprocessing, config.base.pooling):
        masks = cached_masks(cells, folder, cache_folder, preprocessing, margin, load_embedded_segmenter())
    crop_store, mask_store = to_device(crops, device), None if masks is None else to_device(masks, device)
    return BaselineTask(cells, crop_store, mask_store, stages, tuple(truth), keys, rows)


@dataclass(frozen=True)
class Learner:
    """Network, targets and loss of one method.

    Attributes:
        module: The network.
        targets: N×S; −1 where the label does not determine the stage.
        training_losses: Yields the losses of one iteration, from images and targets; each needs its own optimiser step
            before the next one is requested.
        predict_logits: Images B×3×s×s → logits of each stage.
    """

    module: nn.Module
    targets: NDArray[np.int64]
    training_losses: Callable[[Tensor, Tensor], Iterator[Tensor]]
    predict_logits: Callable[[Tensor], dict[str, Tensor]]


def build_learner(method: str, task: BaselineTask, config: BaselineConfig, taxonomy: Taxonomy) -> Learner:
    """Build the learner of a method with random weights."""
    base = config.base
    flat = np.asarray([[task.keys.index(t) if t in task.keys else -1] for t in task.truth], np.int64)
    smoothing, coupling = base.label_smoothing, base.coupling
    if method in {"vit", "resnext"}:
        body: nn.Module
        if method == "vit":
            body, width = vision_transformer(config.vit, base.preprocessing.side), config.vit.hidden
        else:
            body, width = PooledTrunk(build_trunk(base.trunk)), base.trunk.widths[3]
        net = FlatNet(body, width, len(task.keys))

        def plainly(images: Tensor, targets: Tensor) -> Iterator[Tensor]:
            yield path_loss({FLAT_STAGE: net(images)}, targets, (targets >= 0).float(), smoothing)

        return Learner(net, flat, plainly, lambda x: {FLAT_STAGE: net(x)})
    stages = ((FLAT_STAGE, task.keys),) if method == "resnext-pmg" else task.stages
    targets = flat if method == "resnext-pmg" else stage_targets(task.cells, taxonomy, task.stages)
    architecture = "paper" if method == "paper" else "shared"
    pmg = PmgNet(
        NetConfig(
            architecture,  # type: ignore[arg-type]  # one of two literals
            base.trunk,
            base.pmg.block_inner,
            base.pmg.block,
            base.pmg.hidden,
            stages,
            base.pooling if method == "shared" else "frame",  # the others as published
        )
    )
    generator = torch.Generator().manual_seed(base.seed)

    def progressively(images: Tensor, targets: Tensor) -> Iterator[Tensor]:
        weights = step_weights(targets, coupling)
        for granularity, patches in enumerate(JIGSAW_PATCHES):
            logits = pmg.granularity_logits(jigsaw(images, patches, generator), granularity)
            loss = path_loss(logits, targets, weights, smoothing)
            yield 2 * loss if granularity == CONCATENATED_HEAD else loss  # as published

    return Learner(pmg, targets, progressively, pmg.combined_logits)


def pooling_of(module: nn.Module) -> Pooling:
    """Pooling of a network, which determines whether the mask is part of its input."""
    return module.config.pooling if isinstance(module, PmgNet) else "frame"


def train_method(
    method: str, task: BaselineTask, config: BaselineConfig, device: str, taxonomy: Taxonomy
) -> tuple[Learner, float]:
    """Train a method; return the learner in evaluation mode and the seconds."""
    base = config.base
    torch.manual_seed(base.seed)
    learner = build_learner(method, task, config, taxonomy)
    module = learner.module.to(device)
    known = task.rows[TRAIN][(learner.targets[task.rows[TRAIN]] >= 0).any(1)]
    cells = CellDataset(
        task.crops, known, learner.targets, sampling_weights([task.cells[i] for i in known]), task.masks
    )
    pooling = pooling_of(module)
    trunk = [p for name, p in module.named_parameters() if "trunk." in name]
    new = [p for name, p in module.named_parameters() if "trunk." not in name]
    recipe = config.recipe if isinstance(module, PmgNet) else replace(config.recipe, trunk_factor=1.0)
    optimiser = build_optimiser(recipe, trunk, new)
    generator, rng = torch.Generator().manual_seed(base.seed), np.random.default_rng(base.seed)

    def batch() -> tuple[Tensor, Tensor]:
        rows = rng.choice(cells.rows, min(recipe.batch, len(cells.rows)), replace=False, p=cells.weights)
        images, targets, masks = cells.load_rows(rows)
        ready = augment_images(images, masks, base.preprocessing, base.augment, generator, None, pooling)
        return ready.to(device), targets.to(device)

    started = time.monotonic()
    iterations = max(1, config.images // recipe.batch)
    module.train()
    kind, use_bfloat16 = torch.device(device).type, base.precision == "bfloat16"
    for number in progress_bar(range(iterations), desc=method, unit="it"):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate_at(recipe, number / iterations) * group["factor"]
        images, targets = batch()
        losses = learner.training_losses(images, targets)
        while True:
            with torch.autocast(kind, torch.bfloat16, enabled=use_bfloat16):
                loss = next(losses, None)  # the forward pass of the next update runs after the previous step
            if loss is None:
                break
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's stub
            nn.utils.clip_grad_norm_(module.parameters(), MAX_GRADIENT_NORM)
            optimiser.step()
    if isinstance(module, PmgNet):
        recompute_bn_stats(module, lambda: batch()[0], BN_BATCHES)
    module.eval()
    return learner, time.monotonic() - started


def predict_probabilities(
    learner: Learner, task: BaselineTask, config: BaselineConfig, device: str
) -> tuple[dict[str, NDArray[np.float64]], float]:
    """Predict the scored cells.

    Returns:
        Probabilities of each stage, and the inference time per cell in milliseconds.
    """
    probabilities: dict[str, list[Tensor]] = {}
    rows, preprocessing = task.rows[TEST], config.base.preprocessing
    cells = CellDataset(task.crops, rows, learner.targets, masks=task.masks)
    started = time.monotonic()
    with torch.inference_mode():
        for start in range(0, len(rows), 64):
            shown, _, masks = cells.load_rows(rows[start : start + 64])
            images = inference_input(shown, masks, preprocessing, pooling_of(learner.module))
            for key, logits in learner.predict_logits(images.to(device)).items():
                probabilities.setdefault(key, []).append(logits.float().softmax(1).cpu())
    ms_per_cell = 1000 * (time.monotonic() - started) / len(rows)
    return {key: torch.cat(parts).numpy().astype(np.float64) for key, parts in probabilities.items()}, ms_per_cell


def compare_methods(
    config: BaselineConfig, cache_folder: Path, device: str
) -> tuple[BaselineTask, tuple[MethodResult, ...]]:
    """Train and score every method of a comparison.

    Raises:
        LeukViewError: See `prepare_task`.
    """
    taxonomy = read_taxonomy()
    task = prepare_task(config, cache_folder, taxonomy, device)
    scored = [task.cells[i] for i in task.rows[TEST]]
    targets = stage_targets(scored, taxonomy, task.stages)
    truth = [task.truth[i] for i in task.rows[TEST]]
    results = []
    for method in config.methods:
        learner, seconds = train_method(method, task, config, device, taxonomy)
        probabilities, ms_per_cell = predict_probabilities(learner, task, config, device)
        size = sum(p.numel() for p in learner.module.parameters())
        results.append(
            score_method(
                method,
                probabilities,
                task.stages,
                task.keys,
                targets,
                truth,
                scored,
                taxonomy,
                (size, seconds, ms_per_cell),
            )
        )
    return task, tuple(results)


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of the table and of the decoded cells")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        config = read_baseline_config(options.config)
        options.output.mkdir(parents=True, exist_ok=True)
        task, results = compare_methods(config, options.output, options.device)
    except LeukViewError as error:
        print(error)
        return 1
    description = (
        f"{config.base.preprocessing.side} px, {config.images} training images a method, random initial weights"
    )
    table = comparison_markdown(results, task.cells, task.rows, description)
    (options.output / "baselines.md").write_text(table, encoding="utf-8")
    raw: Any = [to_jsonable(r.as_json()) for r in results]
    (options.output / "baselines.json").write_text(json.dumps(raw, indent=1), encoding="utf-8")
    print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
