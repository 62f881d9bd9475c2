"""Knowledge distillation from an ensemble of finished runs.

The soft target of a training image is the mean of the teachers' probabilities at a fixed temperature.

Networks trained on the same cells with other seeds or sizes make different errors on new patients. Their mean is better
than each of them, and a single network can learn it (Hinton et al. 2015). It also softens wrong labels. Command:
``python -m training.classifier.train --teacher CONFIG RUN [--teacher CONFIG RUN …]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from leukview.core.errors import LeukViewError
from leukview.inference.networks.config import NetConfig
from leukview.inference.networks.pmg import PmgNet
from training.config import FINAL_WEIGHTS, TrainConfig, read_config

TEACHER_TEMPERATURE = 3.0
"""Softmax temperature. The combined logits are a sum of four; calibration of trained networks gives 2.6 to 3."""
TEACHER_LOSS_WEIGHT = 0.6
"""Weight of the distillation loss; the loss against the label has the remaining weight."""


class TeacherEnsemble(nn.Module):
    """Ensemble of trained networks with the same stages.

    Args:
        nets: Networks in evaluation mode; they get the same input as the student.
    """

    def __init__(self, nets: Sequence[PmgNet]) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)

    @torch.no_grad()
    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Compute the mean probabilities (B×choices) of each stage.

        Args:
            images: Normalised network input, B×C×s×s.
        """
        found = [net.combined_logits(images) for net in self.nets if isinstance(net, PmgNet)]
        return {
            key: torch.stack([(one[key].float() / TEACHER_TEMPERATURE).softmax(1) for one in found]).mean(0)
            for key in found[0]
        }


def load_teachers(runs: Sequence[tuple[Path, Path]], config: TrainConfig, student: NetConfig) -> TeacherEnsemble:
    """Load the final networks of finished runs as teachers.

    Args:
        runs: Configuration file and run folder of each teacher.
        config: Configuration of the student.
        student: Network configuration of the student.

    Raises:
        LeukViewError: A run is not finished, or its stages or its input differ from the student's.
    """
    nets = []
    for path, run in runs:
        own = read_config(path)
        if own.preprocessing != config.preprocessing or own.pooling != config.pooling:
            raise LeukViewError(f"The teacher {run.name} sees its cells otherwise than the student does.")
        size = own.pmg
        shape = NetConfig(
            own.architecture, own.trunk, size.block_inner, size.block, size.hidden, student.stages, own.pooling
        )
        net = PmgNet(shape)
        try:
            net.load_state_dict(torch.load(run / FINAL_WEIGHTS, map_location="cpu", weights_only=True), strict=True)
        except (OSError, RuntimeError) as error:
            raise LeukViewError(f"The teacher {run.name} is not a finished run of these stages.") from error
        nets.append(net.eval().requires_grad_(requires_grad=False))
    return TeacherEnsemble(nets)
