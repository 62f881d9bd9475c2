"""Configuration of a training run, parsed strictly from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from leukview.core.errors import LeukViewError
from leukview.core.strict_files import parse_toml, structure
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.config import Architecture, EfficientNetLiteConfig, Pooling, TrunkConfig

FINAL_WEIGHTS = "final.pt"
"""File name, in the run folder, of the weights at the end of the run."""


@dataclass(frozen=True, slots=True)
class PmgSize:
    """Channel widths of the granularity blocks and their classifiers."""

    block_inner: int
    block: int
    hidden: int


@dataclass(frozen=True, slots=True)
class PhaseRecipe:
    """Optimiser settings of one training phase.

    Attributes:
        batch: Images per update.
        optimiser: ``sgd`` (momentum 0.9) or ``adamw``.
        rate: Peak learning rate of the new layers: linear rise over `warmup`, then cosine decay to zero.
        trunk_factor: Learning rate of the trunk, as a multiple of `rate` (0.1 in PMG).
        weight_decay: Weight decay of the optimiser.
        warmup: Fraction of the phase, 0..1, over which the rate rises.
    """

    batch: int
    optimiser: Literal["sgd", "adamw"]
    rate: float
    trunk_factor: float
    weight_decay: float
    warmup: float


@dataclass(frozen=True, slots=True)
class AugmentationConfig:
    """Strength of the random augmentation, beside flips and rotations by 90°.

    Attributes:
        margin: Pixels cached on each side of the network's field of view.
        angle: Largest additional rotation in degrees; 45 allows any angle.
        scale: Largest relative change of scale.
        shift: Largest translation in pixels.
        stain: Standard deviation of gain and offset of each stain (HED space).
        hue: Standard deviation of the log of the factor on each channel's optical density (pink to blue stains).
        brightness: Standard deviation of the offset common to the optical densities of all channels.
        blur: Largest weight of the image's 3×3 mean in a blend with the image; sharpening reaches half as far.
        background: Probability that the pixels outside the cell mask are blurred or replaced by their mean.
    """

    margin: int
    angle: float
    scale: float
    shift: float
    stain: float
    hue: float
    brightness: float
    blur: float
    background: float


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Configuration of a complete run; see ``training/configs``.

    Attributes:
        plain_part: Fraction of the run, 0..1, in which only the trunk with plain linear heads is trained.
        plain_sides: Image sides in pixels, each used for an equal share of that phase; small ones first save time.
        average: Decay of the exponential moving average of the weights, which is what is saved; 0 = no averaging.
        pooling: Max pooling over the whole ``frame``, as published, or inside the ``cell`` mask.
        least_support: Training cells that a choice needs in order to be trained.
        coupling: ``path`` counts each step of the label's path once; ``ancestors`` counts every prefix of the path,
            so that early stages weigh more.
    """

    seed: int
    architecture: Architecture
    plain_part: float
    plain_sides: tuple[int, ...]
    average: float
    pooling: Pooling
    least_support: int
    coupling: Literal["path", "ancestors"]
    label_smoothing: float
    precision: Literal["bfloat16", "float32"]
    preprocessing: Preprocessing
    trunk: TrunkConfig | EfficientNetLiteConfig
    pmg: PmgSize
    plain: PhaseRecipe
    progressive: PhaseRecipe
    augment: AugmentationConfig


def read_config(path: Path) -> TrainConfig:
    """Read the configuration of a run.

    Raises:
        LeukViewError: The file cannot be read, has unknown or missing keys or values, or holds an invalid combination.
    """
    try:
        raw = parse_toml(path.read_text(encoding="utf-8-sig"))
        if isinstance(preprocessing := raw.get("preprocessing"), dict):
            preprocessing.setdefault("field_um", None)  # TOML cannot say "none"
        config = structure(raw, TrainConfig)
    except (OSError, ValueError) as error:
        raise LeukViewError(f"The training configuration cannot be read: {error}.") from error
    if config.architecture == "paper" and config.plain_part > 0:
        raise LeukViewError("The paper's architecture has no common trunk to train plainly: set plain_part = 0.")
    if not config.plain_sides or not 0 <= config.average < 1:
        raise LeukViewError("The training configuration needs plain_sides, and an average from 0 to below 1.")
    if config.preprocessing.background != "keep" and config.augment.background > 0:
        raise LeukViewError("A treated background cannot be changed again: set the augmentation's background to 0.")
    return config
