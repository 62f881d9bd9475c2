import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from segment_anything import sam_model_registry

from leukview.inference.bundles.sam_checkpoints import OFFICIAL_SAM, install_checkpoint
from leukview.inference.networks.unet import UNet
from leukview.inference.segmentation.mask_postprocessing import connected_components
from leukview.inference.segmentation.segmenter_onnx import EmbeddedSegmenter, read_segmenter_manifest, upsample_mask
from tests.support.small_sam import small_sam
from training.segmenter import evaluate as evaluate_module
from training.segmenter import train as trainer
from training.segmenter.augmentation import IGNORE_INDEX, augment_batch, paste_neighbour_cells
from training.segmenter.bundle import write_segmenter_bundle
from training.segmenter.dataset import MASK_SOURCES, ImageMaskPair, read_pairs, split_of
from training.segmenter.evaluate import (
    boundary_f1,
    dice,
    evaluate_segmenter,
    iou,
    score_mask,
    score_table,
    summarise_scores,
)
from training.segmenter.train import SegmenterRecipe, segmentation_loss, to_tensors, train_segmenter

MASKS = hnp.arrays(np.bool_, (12, 14))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def make_mask(side: int, centres: Sequence[tuple[float, float]], radius: float, seed: int = 0):
    """A field with stained cells and its mask."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:side, 0:side]
    image, mask = np.full((side, side, 3), (250, 228, 205.0)), np.zeros((side, side), np.uint8)
    for y, x in centres:
        away = np.hypot(rows - y, columns - x)
        image[away < radius], mask[away < radius] = (175, 165, 215), 1
        image[away < 0.6 * radius], mask[away < 0.6 * radius] = (95, 55, 150), 2
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8), mask


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mask archives in the form of the real ones, of drawn cells; each BCCD field holds two."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "masks").mkdir()
    for source in MASK_SOURCES:
        with zipfile.ZipFile(folder / "masks" / f"{source}.zip", "w") as archive:
            for number in range(11):
                field = source == "bccd"
                centres = [(120, 110), (120, 240)] if field else [(60, 60)]
                image, mask = make_mask(360 if field else 120, centres, 40 if field else 30, number)
                archive.writestr(f"images/{source}_{number:03d}.png", encode_png(image))
                archive.writestr(f"masks/{source}_{number:03d}.png", encode_png(mask))
    return folder


@pytest.fixture
def here(data: Path, monkeypatch) -> Path:
    monkeypatch.setenv("LEUKVIEW_DATA", str(data))
    return data


def make_pair(image, mask, source="cellavision", name="a", others=None) -> ImageMaskPair:
    return ImageMaskPair(source, name, image, mask, np.zeros(mask.shape, bool) if others is None else others, "train")


def test_that_every_fifth_image_is_held_and_the_parts_share_no_image(data: Path):
    pairs = read_pairs(data / "masks")
    parts = {p: {(q.source, q.name) for q in pairs if q.split == p} for p in ("train", "validation", "held")}
    assert len(parts["held"]) == 3 * 3
    assert all(int(name[-3:]) % 5 == 0 for _, name in parts["held"])
    assert not parts["train"] & parts["validation"]
    assert not parts["held"] & (parts["train"] | parts["validation"])
    assert split_of(1) == "validation"
    assert split_of(10) == "held"


def test_that_a_field_is_cut_around_each_cell_and_the_other_one_is_no_background(data: Path):
    cuts = [p for p in read_pairs(data / "masks") if p.source == "bccd" and p.name == "bccd_001"]
    assert len(cuts) == 2
    for cut in cuts:
        assert cut.image.shape == (240, 240, 3)
        assert len(connected_components(cut.mask > 0)) == 1
        assert cut.other_cells.any()
        assert not (cut.other_cells & (cut.mask > 0)).any()
    _, y = to_tensors(cuts)
    assert set(y.unique().tolist()) == {IGNORE_INDEX, 0, 1, 2}


def test_that_scoring_leaves_out_what_is_unscored():
    logits = torch.zeros(1, 3, 8, 8)
    logits[:, 0] = 9.0
    y = torch.zeros(1, 16, 16, dtype=torch.int64)
    wrong = y.clone()
    wrong[:, 8:] = 2
    left_out = y.clone()
    left_out[:, 8:] = IGNORE_INDEX
    assert float(segmentation_loss(logits, left_out)) < 0.05
    assert float(segmentation_loss(logits, wrong)) > 1.0


def test_that_augmentation_moves_picture_and_target_together():
    image, mask = make_mask(96, [(48, 48)], 26)
    x, y = to_tensors([make_pair(image, mask)] * 12, 96)
    bright, target = augment_batch(x.float() / 127.5 - 1.0, y, 64, torch.Generator().manual_seed(3))
    assert bright.shape == (12, 3, 64, 64)
    assert float(bright.min()) >= -1.0
    assert float(bright.max()) <= 1.0
    assert set(target.unique().tolist()) == {IGNORE_INDEX, 0, 1, 2}
    green = bright[:, 1]
    for one, its in zip(green, target, strict=True):
        assert float(one[its == 2].mean()) < float(one[its == 1].mean()) < float(one[its == 0].mean())


def test_that_a_neighbour_is_laid_beside_the_cell_and_never_over_it():
    image, mask = make_mask(96, [(48, 48)], 20)
    x, y = to_tensors([make_pair(image, mask)] * 40, 96)
    before = x.float() / 127.5 - 1.0
    after = paste_neighbour_cells(before, y, (before, y), torch.Generator().manual_seed(0))
    changed = (after != before).any(1)
    pictures = changed.flatten(1).any(1)
    assert 2 <= int(pictures.sum()) <= 20
    assert not (changed & (y > 0)).any()
    assert int(changed[pictures].flatten(1).sum(1).min()) > 100


def test_that_the_network_gives_scores_of_half_the_side_that_are_enlarged_to_the_image():
    net = UNet(8).eval()
    with torch.no_grad():
        assert net(torch.zeros(2, 3, 96, 96)).shape == (2, 3, 48, 48)
    scores = np.full((3, 48, 48), -4.0, np.float32)
    rows, columns = np.mgrid[0:48, 0:48]
    away = np.hypot(rows - 23.5, columns - 23.5)
    scores[0], scores[1] = away - 12, 12 - away
    scores[2] = 2 * (6 - away) + 6
    cell = away < 12
    mask = upsample_mask(scores, cell, (363, 360))
    y, x = np.mgrid[0:360, 0:363]
    truth = np.hypot((y + 0.5) / 360 - 0.5, (x + 0.5) / 363 - 0.5) < 0.25
    assert mask.shape == (360, 363)
    assert dice(mask > 0, truth) > 0.99
    assert (mask == 2).any()


@given(MASKS, MASKS)
def test_that_the_measures_are_symmetric_and_one_for_equals(a, b):
    for measure in (dice, iou, boundary_f1):
        assert measure(a, a) == 1.0
        assert measure(a, b) == pytest.approx(measure(b, a))
        assert 0.0 <= measure(a, b) <= 1.0
    assert iou(a, b) == pytest.approx(dice(a, b) / (2 - dice(a, b)))


@given(st.integers(2, 9))
def test_that_the_boundary_is_right_within_the_tolerance_only(shift: int):
    a, b = np.zeros((200, 200), bool), np.zeros((200, 200), bool)
    a[50:150, 50:150] = True
    b[50 - shift : 150 + shift, 50 - shift : 150 + shift] = True
    reach = 0.0075 * np.hypot(200, 200)
    assert (boundary_f1(a, b) > 0.9) == (shift <= reach)


class FixedSegmenter:
    """A segmenter that answers what it is told."""

    identity = "fixed:0"

    def __init__(self, masks: dict[int, NDArray[np.uint8]]) -> None:
        self._masks = masks

    def segment(self, images):
        return [self._masks[int(i[0, 0, 0])] for i in images]


def test_that_a_missed_cell_is_counted_and_all_of_an_image_is_resampled_together():
    image, mask = make_mask(60, [(30, 30)], 14)
    images = [image.copy() for _ in range(3)]
    for number, one in enumerate(images):
        one[0, 0, 0] = number
    pairs = [make_pair(one, mask, name="ab"[number % 2]) for number, one in enumerate(images)]
    figures = evaluate_segmenter(FixedSegmenter({0: mask, 1: mask, 2: np.zeros_like(mask)}), pairs)
    found = figures["cellavision"]
    assert (found["pairs"], found["images"], found["missed"], found["worst_cell"]) == (3, 2, 1, 0.0)
    assert found["cell_dice"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["cell_dice_interval"] == [0.5, 1.0]
    assert figures["seconds_a_cell"] >= 0
    assert summarise_scores([score_mask(pairs[0], mask)])["nucleus_boundary_f1"] == 1.0
    assert "| embedded | cellavision | 3 | 0.667 (0.500–1.000) |" in "\n".join(score_table({"embedded": figures}))


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some steps on drawn cells."""
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEUKVIEW_DATA", str(data))
        patch.setattr(trainer, "SIDE", 64)
        patch.setattr(trainer, "SMALL_SIDE", 32)
        train_segmenter(folder, SegmenterRecipe(minutes=0.05, batch_size=6, paste_neighbours=True))
    return folder


def test_that_training_goes_on_from_its_checkpoint(here: Path, run: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(trainer, "SIDE", 32)
    monkeypatch.setattr(trainer, "SMALL_SIDE", 32)
    content = (run / "checkpoint.pt").read_bytes()
    (tmp_path / "checkpoint.pt").write_bytes(content)
    first = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    train_segmenter(tmp_path, SegmenterRecipe(minutes=(first["spent"] + 0.5) / 60, batch_size=6))
    second = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"] > 0
    assert second["spent"] > first["spent"]
    train_segmenter(tmp_path, SegmenterRecipe(minutes=first["spent"] / 60, batch_size=6))
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == second["step"]


def test_that_the_bundle_is_read_by_the_engine_and_its_card_holds_what_was_measured(
    here: Path, run: Path, tmp_path: Path
):
    figures = write_segmenter_bundle(run / "checkpoint.pt", tmp_path / "segmenter", 64)
    manifest = read_segmenter_manifest(tmp_path / "segmenter")
    assert manifest.side == 64
    assert manifest.metrics == json.loads(json.dumps(figures))
    text = (tmp_path / "segmenter" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "For Research Use Only. Not for use in diagnostic procedures." in text
    for source in MASK_SOURCES:
        assert f"| embedded | {source} | {figures[source]['pairs']} | {figures[source]['cell_dice']:.3f}" in text
    net = UNet().eval()
    net.load_state_dict(load_file(tmp_path / "segmenter" / "segmenter.safetensors"))
    image, _ = make_mask(64, [(32, 32)], 16)
    (mask,) = EmbeddedSegmenter(tmp_path / "segmenter", threads=1).segment([image])
    assert mask.shape == (64, 64)


def test_that_segment_anything_is_measured_by_the_same_figures_on_small_random_weights(
    here: Path, tmp_path: Path, monkeypatch, capsys
):
    raw = tmp_path / "weights"
    torch.save(small_sam(confident=True).state_dict(), raw)
    digest = hashlib.sha256(raw.read_bytes()).hexdigest()
    monkeypatch.setitem(OFFICIAL_SAM, "sam_vit_b", f"sam_vit_b_{digest[:6]}.pth")
    monkeypatch.setitem(sam_model_registry, "vit_b", small_sam)
    install_checkpoint(raw.rename(tmp_path / OFFICIAL_SAM["sam_vit_b"]), tmp_path / "models")
    words = ["--sam", "sam_vit_b", "--models", str(tmp_path / "models"), "--device", "cpu", "--each", "1"]
    monkeypatch.setattr(sys, "argv", ["segmenter_score", *words, "--json", str(tmp_path / "figures.json")])
    assert evaluate_module.main() == 0
    printed = capsys.readouterr().out
    found = json.loads((tmp_path / "figures.json").read_text())
    assert set(found) == {"embedded", "sam_vit_b, prompted"}
    for name, figures in found.items():
        for source in MASK_SOURCES:
            assert f"| {name} | {source} | 1 |" in printed
            assert {"cell_dice", "cell_iou", "cell_boundary_f1", "missed"} <= set(figures[source])
        assert figures["seconds_a_cell"] > 0


def test_that_a_checkpoint_that_is_not_installed_is_one_sentence(here: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(
        sys, "argv", ["segmenter_score", "--sam", "sam_vit_l", "--models", str(tmp_path), "--each", "1"]
    )
    assert evaluate_module.main() == 1
    assert "The weights of sam_vit_l are not installed" in capsys.readouterr().err
