"""What a training run does, read from TOML strictly."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from leukview.core.errors import LeukViewError
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.config import Architecture, Pooling, TrunkConfig

T = TypeVar("T")
FINAL_WEIGHTS = "final.pt"
"""In a run's folder: the weights that it ended with."""


@dataclass(frozen=True, slots=True)
class PmgSize:
    """Widths of the granularity blocks and classifiers."""

    block_inner: int
    block: int
    hidden: int


@dataclass(frozen=True, slots=True)
class PhaseRecipe:
    """One phase's optimiser.

    Attributes:
        batch: Images an update.
        optimiser: ``sgd`` (momentum 0.9) or ``adamw``.
        rate: Peak learning rate of the new layers; rises over `warmup`, then falls to zero as a cosine.
        trunk_factor: The trunk's rate over `rate` (0.1 in PMG).
        warmup: Part of the phase.
    """

    batch: int
    optimiser: Literal["sgd", "adamw"]
    rate: float
    trunk_factor: float
    weight_decay: float
    warmup: float


@dataclass(frozen=True, slots=True)
class AugmentationConfig:
    """Random changes of a training image, beside flips and turns by 90°.

    Attributes:
        margin: Cached pixels around what the network sees.
        angle: Largest further turn in degrees; 45 = any angle.
        scale: Largest relative change of size.
        shift: Largest shift in pixels.
        stain: Standard deviation of gain and offset of each stain (HED space).
        hue: Standard deviation of the logarithm of each channel's optical density: from a pink film to a blue one.
        brightness: Standard deviation of the overall gain.
        blur: Largest mixing with the image's 3×3 mean; half as much sharpening.
        background: Chance that what lies outside the cell's mask is blurred or levelled.
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
    """A whole run; see ``training/configs``.

    Attributes:
        plain_part: Part of the run's time given to the trunk alone.
        plain_sides: Image sides of equal spans of that time: small images first cost less.
        average: Decay of the running average of the weights, which is what is kept; 0 = the weights themselves.
        pooling: ``frame`` = maxima anywhere, as published; ``cell`` = inside the cell's mask.
        least_support: Training cells that a choice needs to count as trained.
        coupling: ``path`` scores each step once; ``ancestors`` each prefix of the path (early stages weigh more).
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
    trunk: TrunkConfig
    pmg: PmgSize
    plain: PhaseRecipe
    progressive: PhaseRecipe
    augment: AugmentationConfig


def _parse_section(section_type: type[T], raw: dict[str, Any], section: str, optional: tuple[str, ...] = ()) -> T:
    names = {f.name for f in fields(section_type)}  # type: ignore[arg-type]  # every kind here is a dataclass
    unknown, missing = set(raw) - names, names - set(raw) - set(optional)
    if unknown or missing:
        words = [f"unknown: {', '.join(sorted(unknown))}"] * bool(unknown)
        words += [f"missing: {', '.join(sorted(missing))}"] * bool(missing)
        raise LeukViewError(f"The section {section} of the training configuration does not fit ({'; '.join(words)}).")
    tuples = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return section_type(**tuples, **dict.fromkeys(set(optional) - set(raw)))


def read_config(path: Path) -> TrainConfig:
    """Read a run's configuration.

    Raises:
        LeukViewError: It cannot be read, or names something unknown, or lacks something.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LeukViewError(f"The training configuration cannot be read: {error}.") from error
    for name, kind, optional in (
        ("preprocessing", Preprocessing, ("field_um",)),
        ("trunk", TrunkConfig, ()),
        ("pmg", PmgSize, ()),
        ("plain", PhaseRecipe, ()),
        ("progressive", PhaseRecipe, ()),
        ("augment", AugmentationConfig, ()),
    ):
        raw[name] = _parse_section(kind, raw.get(name, {}), name, optional)
    config = _parse_section(TrainConfig, raw, "top")
    if config.architecture == "paper" and config.plain_part > 0:
        raise LeukViewError("The paper's architecture has no common trunk to train plainly: set plain_part = 0.")
    if config.precision not in {"bfloat16", "float32"}:
        raise LeukViewError(f"The training configuration asks for the unknown precision “{config.precision}”.")
    if not config.plain_sides or not 0 <= config.average < 1:
        raise LeukViewError("The training configuration needs plain_sides, and an average from 0 to below 1.")
    if config.pooling not in {"frame", "cell"}:
        raise LeukViewError(f"The training configuration pools in an unknown way, “{config.pooling}”.")
    if config.preprocessing.background != "keep" and config.augment.background > 0:
        raise LeukViewError("A treated background cannot be changed again: set the augmentation's background to 0.")
    return config
