"""Segment Anything by the real `segment_anything` package, on a small randomly initialised network.

The published weights (375 MB and more) are not fetched by tests: what is tested is that the package is driven rightly,
not how well it segments.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from segment_anything import SamAutomaticMaskGenerator, SamPredictor, sam_model_registry

from leukview.core.errors import ModelError
from leukview.inference.bundles.sam_checkpoints import OFFICIAL_SAM, install_checkpoint
from leukview.inference.segmentation.sam import (
    SamMaskRefiner,
    SamSegmenter,
    add_nucleus,
    choose_central_candidate,
    find_usable_sam,
    load_sam_refiner,
    load_sam_segmenter,
)
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click
from tests.support.small_sam import SIDE, small_sam

SIZES = [(90, 91), (62, 62), (118, 91)]


def make_image(height: int, width: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:height, 0:width]
    away = np.hypot(rows - height / 2, columns - width / 2) / min(height, width)
    image = np.full((height, width, 3), (250, 228, 205))
    image[away < 0.3] = (175, 165, 215)
    image[away < 0.2] = (95, 55, 150)
    noise = np.random.default_rng(0).normal(0, 4, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("size", SIZES)
def test_that_the_prompted_mode_asks_the_real_package_once_at_the_centre_on_a_small_random_network(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    asked = []
    predict = SamPredictor.predict

    def seen(self: SamPredictor, *args: Any, **named: Any) -> Any:
        answer = predict(self, *args, **named)
        asked.append((named, answer))
        return answer

    monkeypatch.setattr(SamPredictor, "predict", seen)
    image = make_image(*size)
    before = image.copy()
    (mask,) = SamSegmenter(small_sam(), "sam_vit_b-prompted:00000000").segment([image])
    assert np.array_equal(image, before)
    assert mask.shape == size
    assert mask.dtype == np.uint8
    ((named, (masks, scores, _)),) = asked
    assert named["point_coords"].tolist() == [[size[1] / 2, size[0] / 2]]
    assert named["point_labels"].tolist() == [1]
    candidates = [(np.asarray(m, bool), float(s)) for m, s in zip(masks, scores, strict=True)]
    assert len(candidates) == 3
    assert np.array_equal(mask > 0, choose_central_candidate(candidates, size))


@pytest.mark.parametrize("size", SIZES)
def test_that_the_automatic_mode_is_the_published_generator_on_a_small_random_network(size: tuple[int, int]):
    model, image = small_sam(confident=True), make_image(*size)
    published = SamAutomaticMaskGenerator(model, points_per_side=4).generate(image)
    assert published
    (mask,) = SamSegmenter(model, "x", "automatic", points_per_side=4).segment([image])
    candidates = [(np.asarray(f["segmentation"], bool), float(f["predicted_iou"])) for f in published]
    chosen = choose_central_candidate(candidates, size)
    assert chosen.any()
    assert mask.shape == size
    assert np.array_equal(mask > 0, chosen)
    assert (mask == 2).any()


def test_that_no_candidate_gives_an_empty_mask_on_a_small_random_network():
    image = make_image(62, 62)
    assert SamAutomaticMaskGenerator(small_sam(), points_per_side=2).generate(image) == []
    (mask,) = SamSegmenter(small_sam(), "x", "automatic", points_per_side=2).segment([image])
    assert not mask.any()


def test_that_images_of_several_sizes_go_in_one_call_on_a_small_random_network():
    images = [make_image(*size) for size in SIZES]
    segmenter = SamSegmenter(small_sam(confident=True), "x")
    together = segmenter.segment(images)
    assert [m.shape for m in together] == SIZES
    for image, mask in zip(images, together, strict=True):
        assert np.array_equal(segmenter.segment([image])[0], mask)


def blob(y: float, x: float, radius: float, side: int = 100) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[0:side, 0:side]
    return np.asarray(np.hypot(rows - y, columns - x) < radius)


def test_that_the_central_candidate_is_chosen():
    middle, beside = blob(50, 50, 20), blob(15, 15, 24)
    frame, speck = np.ones((100, 100), bool), blob(50, 50, 2)
    chosen = choose_central_candidate([(beside, 0.99), (frame, 0.99), (speck, 0.99), (middle, 0.9)], (100, 100))
    assert np.array_equal(chosen, middle)


def test_that_the_whole_cell_is_preferred_to_its_nucleus_when_both_are_as_sure():
    cell, nucleus = blob(50, 50, 25), blob(50, 50, 15)
    assert np.array_equal(choose_central_candidate([(nucleus, 0.95), (cell, 0.95)], (100, 100)), cell)


def test_that_nothing_is_chosen_from_nothing_tiny_or_frame_filling():
    assert not choose_central_candidate([], (100, 100)).any()
    assert not choose_central_candidate([(np.ones((100, 100), bool), 1.0), (blob(50, 50, 2), 1.0)], (100, 100)).any()


def test_that_otsu_finds_the_nucleus_where_the_stain_is_dark():
    image = make_image(200, 200)
    cell = blob(100, 100, 60, 200)
    before = image.copy()
    mask = add_nucleus(image, cell)
    assert np.array_equal(image, before)
    assert np.array_equal(mask > 0, cell)
    truth = blob(100, 100, 40, 200)
    assert ((mask == 2) ^ truth).sum() < 0.01 * truth.sum()


def test_that_a_cell_of_one_colour_or_no_cell_has_no_nucleus():
    flat = np.full((50, 50, 3), 90, np.uint8)
    assert set(np.unique(add_nucleus(flat, blob(25, 25, 10, 50)))) == {0, 1}
    assert not add_nucleus(flat, np.zeros((50, 50), bool)).any()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], tuple[Path, str]]:
    """Installs weights in the place of the published ViT-B checkpoint, whose network becomes the small one."""

    def put(weights: Any) -> tuple[Path, str]:
        raw = tmp_path / "weights"
        torch.save(weights, raw)
        digest = hashlib.sha256(raw.read_bytes()).hexdigest()
        monkeypatch.setitem(OFFICIAL_SAM, "sam_vit_b", f"sam_vit_b_{digest[:6]}.pth")
        monkeypatch.setitem(sam_model_registry, "vit_b", small_sam)
        install_checkpoint(raw.rename(tmp_path / OFFICIAL_SAM["sam_vit_b"]), tmp_path / "models")
        return tmp_path / "models", digest

    return put


def test_that_an_installed_checkpoint_is_loaded_and_named_by_its_hash_on_a_small_random_network(
    installed: Callable[[Any], tuple[Path, str]],
):
    weights = small_sam(confident=True).state_dict()
    folder, digest = installed(weights)
    segmenter = load_sam_segmenter("sam_vit_b", folder, device="cpu")
    assert segmenter.identity == f"sam_vit_b-prompted:{digest[:8]}"
    image = make_image(90, 91)
    expected = SamSegmenter(small_sam(confident=True), "x").segment([image])[0]
    assert np.array_equal(segmenter.segment([image])[0], expected)
    assert load_sam_segmenter("sam_vit_b", folder, mode="automatic").identity == f"sam_vit_b-automatic:{digest[:8]}"


def test_that_a_checkpoint_of_another_network_is_refused(installed: Callable[[Any], tuple[Path, str]]):
    folder, _ = installed({"image_encoder.patch_embed.proj.weight": torch.zeros(3)})
    with pytest.raises(ModelError, match="The weights of sam_vit_b do not fit its network"):
        load_sam_segmenter("sam_vit_b", folder, device="cpu")


class CodeExecutingPickle:
    """Unpickling it would call a function."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("the checkpoint ran code",))


def test_that_a_checkpoint_that_would_run_code_is_refused(
    installed: Callable[[Any], tuple[Path, str]], capsys: pytest.CaptureFixture[str]
):
    folder, _ = installed({"weights": CodeExecutingPickle()})
    with pytest.raises(ModelError, match="do not fit its network"):
        load_sam_segmenter("sam_vit_b", folder, device="cpu")
    assert capsys.readouterr().out == ""


def test_that_a_checkpoint_that_is_not_installed_is_answered_with_the_command(tmp_path: Path):
    with pytest.raises(ModelError, match="The weights of sam_vit_h are not installed") as caught:
        load_sam_segmenter("sam_vit_h", tmp_path)
    assert caught.value.hint == "leukview models install sam_vit_h_4b8939.pth"


def test_that_a_missing_package_is_answered_with_what_to_install(
    installed: Callable[[Any], tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
):
    folder, _ = installed({})
    monkeypatch.setitem(sys.modules, "segment_anything", None)
    with pytest.raises(ModelError, match="Segment Anything is not installed") as caught:
        load_sam_segmenter("sam_vit_b", folder)
    assert caught.value.hint == "Install leukview[torch]."


def test_that_a_device_that_is_not_there_is_one_sentence(
    installed: Callable[[Any], tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
):
    folder, _ = installed(small_sam().state_dict())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match="The device “cuda” is not available"):
        load_sam_segmenter("sam_vit_b", folder, device="cuda")
    with pytest.raises(ModelError, match="The device “tpu” is not available"):
        load_sam_segmenter("sam_vit_b", folder, device="tpu")


# ---- clicks as prompts -----------------------------------------------------------------------------------------------
@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the real package was asked, in order; ``embedded`` counts the images it embedded."""
    calls: list[dict[str, Any]] = []
    predict, embed = SamPredictor.predict, SamPredictor.set_image

    def predicting(self: SamPredictor, **named: Any) -> Any:
        answer = predict(self, **named)
        calls.append({**named, "answer": np.asarray(answer[0][0], bool)})
        return answer

    def embedding(self: SamPredictor, *args: Any) -> None:
        calls.append({"embedded": True})
        embed(self, *args)

    monkeypatch.setattr(SamPredictor, "predict", predicting)
    monkeypatch.setattr(SamPredictor, "set_image", embedding)
    return calls


@pytest.mark.parametrize("size", SIZES)
def test_that_clicks_become_point_prompts_on_one_embedding_on_a_small_random_network(
    size: tuple[int, int], asked: list[dict[str, Any]]
):
    image, mask = make_image(*size), np.zeros(size, np.uint8)
    middle, edge = (size[1] // 2, size[0] // 2), (4, 5)
    refinement = SamMaskRefiner(small_sam(), "sam_vit_b:00000000").start_session(image)
    first = refinement.refine(mask, [Click(*middle, CYTOPLASM)])
    second = refinement.refine(first, [Click(*middle, CYTOPLASM), Click(*edge, BACKGROUND)])
    assert not mask.any()
    assert sum("embedded" in call for call in asked) == 1
    prompts = [call for call in asked if "point_labels" in call]
    assert prompts[0]["point_coords"].tolist() == [[middle[0] + 0.5, middle[1] + 0.5]]
    assert prompts[0]["mask_input"] is None
    assert prompts[1]["point_labels"].tolist() == [1, 0]
    assert prompts[1]["mask_input"].shape == (1, SIDE // 4, SIDE // 4)
    assert second.shape == size
    assert second.dtype == np.uint8
    assert first[middle[1], middle[0]] > BACKGROUND
    assert second[middle[1], middle[0]] > BACKGROUND
    assert second[edge[1], edge[0]] == BACKGROUND


def test_that_a_click_on_the_nucleus_asks_for_the_nucleus_and_leaves_the_cell_on_a_small_random_network(
    asked: list[dict[str, Any]],
):
    image = make_image(90, 91)
    mask = np.zeros((90, 91), np.uint8)
    mask[20:70, 20:70] = CYTOPLASM
    refined = SamMaskRefiner(small_sam(), "x").start_session(image).refine(mask, [Click(45, 45, NUCLEUS)])
    (prompt,) = [call for call in asked if "point_labels" in call]
    assert prompt["point_labels"].tolist() == [1]
    assert refined[45, 45] == NUCLEUS
    assert ((refined > 0) >= (mask > 0)).all()


def test_that_a_click_that_says_what_the_mask_says_asks_nothing_on_a_small_random_network(asked: list[dict[str, Any]]):
    mask = np.zeros((62, 62), np.uint8)
    mask[10:50, 10:50] = CYTOPLASM
    refined = (
        SamMaskRefiner(small_sam(), "x").start_session(make_image(62, 62)).refine(mask, [Click(20, 20, CYTOPLASM)])
    )
    assert np.array_equal(refined > 0, mask > 0)
    assert not [call for call in asked if "point_labels" in call]


def test_that_a_mask_becomes_a_prompt_where_it_lies_on_a_small_random_network():
    wide = np.zeros((60, 120), np.uint8)
    wide[:, :60] = CYTOPLASM
    refinement = SamMaskRefiner(small_sam(), "x").start_session(make_image(60, 120))
    prompt = refinement._mask_prompt(wide > 0)[0]  # the frame lies in the upper half of the padded square
    assert (prompt[:8, :7] > 0).all()
    assert (prompt[:8, 9:] < 0).all()
    assert (prompt[8:] < 0).all()


def test_that_an_installed_checkpoint_follows_clicks_and_is_named_on_a_small_random_network(
    installed: Callable[[Any], tuple[Path, str]], tmp_path: Path
):
    assert find_usable_sam(tmp_path) == ""
    folder, digest = installed(small_sam().state_dict())
    assert find_usable_sam(folder) == find_usable_sam(folder, "sam_vit_h") == "sam_vit_b"
    assert load_sam_refiner("sam_vit_b", folder, device="cpu").identity == f"sam_vit_b:{digest[:8]}"
