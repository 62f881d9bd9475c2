"""Teachers of a run: what finished runs say of each training image, mean of their calibrated answers.

Networks that learned from the same cells with other seeds or sizes err differently on new patients; their mean is
better than each, and one network can learn it (Hinton et al. 2015). It also softens labels that are wrong.
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
"""The combined logits are a sum of four; trained networks calibrate at 2.6 to 3."""
TEACHER_LOSS_WEIGHT = 0.6
"""Part of the loss that asks for the teachers' answer; the rest asks for the label."""


class TeacherEnsemble(nn.Module):
    """Finished networks of the same stages.

    Args:
        nets: In evaluation mode; they see what the student sees.
    """

    def __init__(self, nets: Sequence[PmgNet]) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)

    @torch.no_grad()
    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Normalised B×C×s×s → probabilities B×choices of every stage."""
        found = [net.combined_logits(images) for net in self.nets if isinstance(net, PmgNet)]
        return {
            key: torch.stack([(one[key].float() / TEACHER_TEMPERATURE).softmax(1) for one in found]).mean(0)
            for key in found[0]
        }


def load_teachers(runs: Sequence[tuple[Path, Path]], config: TrainConfig, student: NetConfig) -> TeacherEnsemble:
    """Read finished runs.

    Args:
        runs: Configuration and folder of each.
        config: Of the student.
        student: The student's network.

    Raises:
        LeukViewError: A run is not finished, has other stages, or another input than the student.
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
