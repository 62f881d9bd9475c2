"""The other engine: torch, for GPUs, other class-activation methods and training. Import this module only on demand."""

from __future__ import annotations

import numpy as np
import safetensors
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.inference.bundles.bundle import WEIGHTS_FILE, Bundle
from leukview.inference.classification.classifier import BATCH_SIZE, BundleClassifier
from leukview.inference.networks.pmg import PmgNet


class _StageLogits(nn.Module):
    """Combined logits of one stage, in the form that the ``grad-cam`` package wants."""

    def __init__(self, net: PmgNet, stage: str) -> None:
        super().__init__()
        self.branch, self.stage = net.branch_for_stage(stage), stage

    def forward(self, x: Tensor) -> Tensor:
        """Network input → B×C."""
        return self.branch.forward_all(x)[0][self.stage][0]


class TorchClassifier(BundleClassifier):
    """A bundle on torch.

    Args:
        bundle: Checked.
        device: ``cpu``, ``cuda``, ``mps``, or ``auto`` for the first of cuda, mps, cpu that is there.
        batch: Images a run.

    Raises:
        ModelError: The weights do not fit the description, or the device is not there.
    """

    def __init__(self, bundle: Bundle, device: str = "auto", batch_size: int = BATCH_SIZE) -> None:
        super().__init__(bundle, batch_size)
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
        """``torch-`` and the device."""
        return f"torch-{self.device.type}"

    def to_tensor(self, batch: NDArray[np.float32]) -> Tensor:
        """On the device."""
        return torch.from_numpy(batch).to(self.device)

    def stage_module(self, stage: str) -> nn.Module:
        """B×C×s×s → combined logits of one stage (KeyError: untrained)."""
        return _StageLogits(self.net, stage).eval()

    def granularity_blocks(self, stage: str) -> list[nn.Module]:
        """The three granularity blocks that a stage reads."""
        return list(self.net.branch_for_stage(stage).blocks)

    def _run_network(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        with torch.inference_mode():
            return [output.float().cpu().numpy() for output in self.net(self.to_tensor(batch))]


def resolve_device(name: str) -> torch.device:
    """The device of that name.

    Raises:
        ModelError: It is unknown or not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, usable in there.items() if usable)
    if not there.get(name, False):
        raise ModelError(Message("The device “{name}” is not available.", name=name), "Choose another, or auto.")
    return torch.device(name)
