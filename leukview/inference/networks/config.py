"""Network configuration, free of torch so that a bundle can be read without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from leukview.core.errors import ModelError
from leukview.core.messages import Message

Architecture = Literal["shared", "paper"]
Pooling = Literal["frame", "cell"]


@dataclass(frozen=True, slots=True)
class TrunkConfig:
    """Size of a ResNeXt trunk.

    ResNeXt50-32×4d is ``TrunkConfig(64, (256, 512, 1024, 2048), (3, 4, 6, 3), 32, 2)``.

    Attributes:
        stem: Channels after the first convolution.
        widths: Channels after each of the four stages; the last three feed the granularity blocks.
        depths: Blocks of each stage.
        groups: Groups of each 3×3 convolution (the cardinality).
        squeeze: Width of a stage over the width of its 3×3 convolutions.
    """

    stem: int
    widths: tuple[int, int, int, int]
    depths: tuple[int, int, int, int]
    groups: int
    squeeze: int

    def __post_init__(self) -> None:
        sizes = (self.stem, *self.widths, *self.depths, self.groups, self.squeeze)
        if len(self.widths) != 4 or len(self.depths) != 4 or min(sizes) < 1:
            raise ModelError("A trunk needs four widths and four depths, all above zero.")
        if any(width % self.squeeze or width // self.squeeze % self.groups for width in self.widths):
            raise ModelError("The widths of a trunk must be divisible by its groups.")


@dataclass(frozen=True, slots=True)
class EfficientNetLiteConfig:
    """A trunk of fixed size.

    Attributes:
        variant: Name of the network.
    """

    variant: Literal["efficientnet_lite0"]

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """Channels at strides 4, 8, 16 and 32; the last three feed the granularity blocks."""
        return 24, 40, 112, 1280


@dataclass(frozen=True, slots=True)
class NetConfig:
    """Everything needed to build the network.

    Attributes:
        architecture: ``shared`` = one trunk and one set of blocks for all stages; ``paper`` = one network per stage.
        trunk: Kind and size of the trunk.
        block_inner: Channels after a granularity block's 1×1 convolution (512 in the paper).
        block: Channels after its 3×3 convolution (1024 in the paper).
        hidden: Width of a classifier's hidden layer (512 in the paper).
        stages: Trained stages and their trained choices, in output order.
        pooling: Where the maxima are taken: ``frame`` = over the whole frame, as published; ``cell`` = inside the cell
            mask, which is then the input's fourth channel.
    """

    architecture: Architecture
    trunk: TrunkConfig | EfficientNetLiteConfig
    block_inner: int
    block: int
    hidden: int
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    pooling: Pooling = "frame"

    def __post_init__(self) -> None:
        if self.pooling not in {"frame", "cell"}:
            raise ModelError(Message("The model uses the unknown pooling method “{pooling}”.", pooling=self.pooling))
        if self.architecture not in {"shared", "paper"}:
            raise ModelError(
                Message("The model has the unknown architecture “{architecture}”.", architecture=self.architecture)
            )
        if min(self.block_inner, self.block, self.hidden) < 1:
            raise ModelError("The widths of a network must be above zero.")
        if not self.stages or any(len(choices) < 2 for _, choices in self.stages):
            raise ModelError("A network needs at least one stage, and each stage at least two choices.")

    @property
    def input_channels(self) -> int:
        """Number of input channels: RGB, plus the mask for pooling inside the cell."""
        return 4 if self.pooling == "cell" else 3

    @property
    def feature_length(self) -> int:
        """Length of the feature vector."""
        return self.trunk.widths[3] * (1 if self.architecture == "shared" else len(self.stages))
