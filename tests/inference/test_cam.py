import numpy as np
import pytest
import torch

from leukview.core.errors import ModelError
from leukview.core.heatmap import resize_bilinear
from leukview.inference.classification.cam_maps import sum_block_maps
from leukview.inference.classification.cam_methods import GradCamPackageMaps, compute_package_cam
from leukview.inference.classification.classifier_factory import load_classifier
from tests.support.tiny_bundle import write_tiny_bundle

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module", params=[("shared", "frame"), ("paper", "frame"), ("shared", "cell")])
def classifier(request, tmp_path_factory, taxonomy):
    torch.set_num_threads(1)
    folder = write_tiny_bundle(tmp_path_factory.mktemp("cam") / "tiny", taxonomy, 5, *request.param)
    return load_classifier(folder, "torch", "cpu")


@pytest.fixture(scope="module")
def cell():
    image = np.random.default_rng(1).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    return image, np.zeros((100, 100), np.uint8)


def test_that_the_maps_of_the_graph_equal_those_of_the_grad_cam_package(classifier, cell):
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    batch, _ = classifier.preprocess([cell[0]], [cell[1]], None)
    compared = 0
    for stage, choices in classifier.bundle.manifest.net_config.stages:
        ours = classifier.block_maps([cell[0]], [cell[1]], stage)
        for block, layer in enumerate(classifier.granularity_blocks(stage)):
            with GradCAM(model=classifier.stage_module(stage), target_layers=[layer]) as cam:
                for choice in range(len(choices)):
                    target = [ClassifierOutputTarget(choice)]
                    cam(input_tensor=classifier.to_tensor(batch), targets=target)
                    kept = cam.activations_and_grads
                    theirs = cam.get_cam_image(
                        classifier.to_tensor(batch),
                        layer,
                        target,
                        kept.activations[0].cpu().numpy(),
                        kept.gradients[0].cpu().numpy(),
                    )
                    theirs = np.maximum(theirs[0], 0)  # the package applies its ReLU after weighting
                    scale = max(float(theirs.max()), 1e-3)
                    np.testing.assert_allclose(ours[block][0, choice] / scale, theirs / scale, atol=1e-4)
                    compared += int(theirs.max() > 0)
    assert compared > 20


def test_that_the_shown_map_is_the_sum_of_the_blocks_on_the_finest_grid(classifier, cell):
    shown = classifier.classify([cell[0]], [cell[1]])[0].maps[0]
    blocks = classifier.block_maps([cell[0]], [cell[1]], shown.stage)
    assert [b.shape[-1] for b in blocks] == [8, 4, 2]
    expected = sum(
        torch.nn.functional.interpolate(torch.from_numpy(b), (8, 8), mode="bilinear", align_corners=False).numpy()[0]
        for b in blocks
    )
    if classifier.bundle.manifest.net.pooling == "cell":
        expected = resize_bilinear(expected, 16, 16)  # the mask is empty here, and so covers all
    np.testing.assert_allclose(shown.maps, expected, atol=1e-6)


@pytest.mark.parametrize("size", [(7, 7), (14, 10), (28, 28)])
def test_that_resizing_agrees_with_torch(size):
    maps = np.random.default_rng(0).random((2, 3, 7, 4), dtype=np.float32)
    theirs = torch.nn.functional.interpolate(torch.from_numpy(maps), size, mode="bilinear", align_corners=False).numpy()
    np.testing.assert_allclose(resize_bilinear(maps, *size), theirs, atol=1e-6)


def test_that_maps_of_one_grid_are_simply_added():
    one = np.ones((1, 4, 4), np.float32)
    np.testing.assert_array_equal(sum_block_maps([one, 2 * one]), 3 * one)


@pytest.mark.parametrize("method", ["gradcam", "hirescam", "gradcam++"])
def test_that_other_methods_come_from_the_package_on_demand(classifier, cell, method):
    found = compute_package_cam(method, classifier, cell[0], cell[1], "stage1", "malignant")
    assert found.shape == (64, 64)
    assert found.min() >= 0
    assert 0 < found.max() <= 1


def test_that_an_unknown_method_or_choice_is_refused(classifier, cell):
    with pytest.raises(ModelError, match="tea-leaves"):
        compute_package_cam("tea-leaves", classifier, cell[0], cell[1], "stage1", "malignant")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="stage1:angry"):
        compute_package_cam("gradcam", classifier, cell[0], cell[1], "stage1", "angry")
    with pytest.raises(ModelError, match="stage9:malignant"):
        compute_package_cam("gradcam", classifier, cell[0], cell[1], "stage9", "malignant")


def test_that_the_window_s_other_maps_come_from_the_package(classifier, cell):
    assert GradCamPackageMaps.is_available()
    maps, (image, mask) = GradCamPackageMaps(lambda: classifier), cell
    for name in maps.methods:
        heat = maps.compute_map(name, image, mask, "stage1", "malignant", None)
        assert heat.dtype == np.float32
        assert 0.0 <= heat.min() <= heat.max() <= 1.0
    with pytest.raises(ModelError, match="no class-activation method"):
        maps.compute_map("Score-CAM", image, mask, "stage1", "malignant", None)
    with pytest.raises(ModelError, match="not trained"):
        maps.compute_map("HiResCAM", image, mask, "stage1", "chartreuse", None)
