"""Tiny bundle with random weights, for tests that need any classifier.

It has a few hundred kilobytes. Write it with ``write_tiny_bundle(tmp_path / "tiny", taxonomy)`` and load it with
`leukview.inference.classification.classifier_factory.load_classifier`. Writing needs torch, so do it once per session.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from leukview.domain.findings import FindingLimits
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import (
    BUNDLE_FORMAT,
    MODEL_CARD_FILE,
    BundleManifest,
    BundleNet,
    BundleStage,
    Vocabulary,
    hash_files,
    write_manifest,
)
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.config import Architecture, Pooling, TrunkConfig
from leukview.inference.networks.pmg import PmgNet
from training.bundle.onnx_export import export_network

BUNDLE_NAME = "tiny-random"


def write_tiny_bundle(
    path: Path,
    taxonomy: Taxonomy,
    seed: int = 0,
    architecture: Architecture = "shared",
    pooling: Pooling = "frame",
    vocabulary: Vocabulary = "stages",
    findings: tuple[FindingLimits, ...] = (),
) -> Path:
    """Write a bundle with random weights in which every stage of its vocabulary counts as trained.

    Args:
        path: Folder to create.
        taxonomy: Gives stages and choices.
        seed: Seed of the weights.
        architecture: ``shared`` or ``paper``.
        pooling: ``frame`` or ``cell``; with ``cell`` the background is suppressed too.
        vocabulary: ``stages`` = as the bundles of before the tree of types; ``types`` = the stages of both trees.
        findings: Limits of the bundle's findings.

    Returns:
        `path`.
    """
    path.mkdir(parents=True, exist_ok=True)
    trunk = TrunkConfig(8, (8, 16, 16, 32), (1, 1, 1, 1), 2, 2)
    manifest = BundleManifest(
        format=BUNDLE_FORMAT,
        name=BUNDLE_NAME,
        taxonomy_sha256=taxonomy.sha256,
        net=BundleNet(architecture, trunk, block_inner=8, block=16, hidden=8, pooling=pooling),
        stages=tuple(
            BundleStage(s.key, s.choices, s.choices, dict.fromkeys(s.choices, 0), 1.0, 0.1)
            for s in taxonomy.stages
            if vocabulary == "types" or (s.tree != "type" and s.key != "lymphoid_neoplasm")
        ),
        classes={},
        preprocessing=Preprocessing(
            64, 0.8, None, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), "keep" if pooling == "frame" else "suppress"
        ),
        abstain_below=0.0,
        provenance={"weights": "random", "seed": seed},
        licences={},
        metrics={},
        files={},
        vocabulary=vocabulary,
        findings=findings,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = PmgNet(manifest.net_config)
        _randomise_norms(net)
    export_network(net, manifest.preprocessing.side, path)
    (path / MODEL_CARD_FILE).write_text("# tiny-random\n\nRandom weights, for tests only.\n", encoding="utf-8")
    write_manifest(replace(manifest, files=hash_files(path)), path)
    return path


def _randomise_norms(net: PmgNet) -> None:
    """Randomise BatchNorm statistics and scales.

    With the initial values a test could pass by chance.
    """
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            for tensor, low, high in (
                (module.running_mean, -0.3, 0.3),
                (module.running_var, 0.5, 1.5),
                (module.weight.data, 0.5, 1.5),
                (module.bias.data, -0.3, 0.3),
            ):
                if tensor is not None:
                    tensor.uniform_(low, high)
