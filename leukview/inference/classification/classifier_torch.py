"""The torch engine, for GPUs, other class-activation methods and training.

Imports torch: import this module only where it is needed.
"""

from __future__ import annotations

import numpy as np
import safetensors
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import WEIGHTS_FILE, Bundle
from leukview.inference.classification.classifier import BATCH_SIZE, BundleClassifier
from leukview.inference.networks.pmg import PmgNet


class _StageLogits(nn.Module):
    """Combined logits of one stage, as a module for the ``grad-cam`` package."""

    def __init__(self, net: PmgNet, stage: str) -> None:
        super().__init__()
        self.branch, self.stage = net.branch_for_stage(stage), stage

    def forward(self, x: Tensor) -> Tensor:
        """Map network input to logits B×C."""
        return self.branch.forward_all(x)[0][self.stage][0]


class TorchClassifier(BundleClassifier):
    """Runs a bundle on torch.

    Args:
        bundle: A checked bundle.
        device: ``cpu``, ``cuda``, ``mps``, or ``auto`` = the first available of cuda, mps, cpu.
        batch_size: Images per run.
        taxonomy: See `BundleClassifier`.

    Raises:
        ModelError: The weights do not fit the description, or the device is unavailable.
    """

    def __init__(
        self,
        bundle: Bundle,
        device: str = "auto",
        batch_size: int = BATCH_SIZE,
        taxonomy: Taxonomy | None = None,
    ) -> None:
        super().__init__(bundle, batch_size, taxonomy)
        self.device = resolve_device(device)
        self.net = PmgNet(bundle.manifest.net_config)
        try:
            self.net.load_state_dict(safetensors.torch.load(bundle.file_contents[WEIGHTS_FILE]), strict=True)
        except (RuntimeError, safetensors.SafetensorError) as error:
            raise ModelError(
                Message("The weights of the model “{manifest}” do not fit.", manifest=bundle.manifest.name)
            ) from error
        self.net.eval().to(self.device)

    @property
    def engine_name(self) -> str:
        """See `BundleClassifier.engine_name`: ``torch-`` and the device type."""
        return f"torch-{self.device.type}"

    def to_tensor(self, batch: NDArray[np.float32]) -> Tensor:
        """Copy a batch to the device."""
        return torch.from_numpy(batch).to(self.device)

    def stage_module(self, stage: str) -> nn.Module:
        """Module from B×C×s×s to the combined logits of one stage (`KeyError`: untrained)."""
        return _StageLogits(self.net, stage).eval()

    def granularity_blocks(self, stage: str) -> list[nn.Module]:
        """The three granularity blocks used by a stage."""
        return list(self.net.branch_for_stage(stage).blocks)

    def _run_network(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        with torch.inference_mode():
            return [output.float().cpu().numpy() for output in self.net(self.to_tensor(batch))]


def resolve_device(name: str) -> torch.device:
    """Device by name; ``auto`` = the first available of cuda, mps, cpu.

    Raises:
        ModelError: It is unknown or unavailable.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, usable in available.items() if usable)
    if not available.get(name, False):
        raise ModelError(Message("The device “{name}” is not available.", name=name), "Choose another, or auto.")
    return torch.device(name)
