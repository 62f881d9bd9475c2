import json
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from leukview.inference.bundles.bundle import load_bundle
from leukview.inference.classification.classifier_torch import TorchClassifier
from leukview.inference.classification.preprocess import BACKGROUND_MODES, Preprocessing
from tests.support.tiny_bundle import write_tiny_bundle
from tests.training.data.test_dataset import make_cell
from training.data.build_manifest import collect_cells, split_cells, write_archive
from training.data.dataset import TEST, TRAIN, VAL, read_taxonomy
from training.data.importers import synthetic_images
from training.studies import cam_localisation
from training.studies.cam_localisation import (
    MAP_KINDS,
    CamSample,
    argmax_evidence,
    cam_markdown,
    crop_mask,
    decision_agreement,
    explain_cells,
    grid_mass_fractions,
    mass_fractions,
    sample_per_class,
    summarise_samples,
    with_background,
)

TAXONOMY = read_taxonomy()
DISEASE_STAGES = [s.key for s in TAXONOMY.stages if s.tree != "type" and s.key != "lymphoid_neoplasm"]


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return load_bundle(write_tiny_bundle(tmp_path_factory.mktemp("tiny") / "bundle", TAXONOMY), TAXONOMY)


@pytest.fixture
def frame():
    """A dark disc with a darker middle, 80 px square, and its mask."""
    y, x = np.mgrid[0:80, 0:80] - 39.5
    mask = np.zeros((80, 80), np.uint8)
    mask[np.hypot(y, x) < 20] = 1
    mask[np.hypot(y, x) < 10] = 2
    pixels = np.full((80, 80, 3), 220, np.uint8)
    pixels[mask == 1] = (150, 110, 180)
    pixels[mask == 2] = (70, 30, 120)
    return pixels, mask


def test_that_shares_are_those_of_the_masks_areas_for_a_map_without_aim(frame):
    _, mask = frame
    found = mass_fractions(np.ones((4, 4), np.float32), mask, 4)
    assert found is not None
    inside, nucleus, near, area = found
    assert inside == pytest.approx(area) == pytest.approx((mask > 0).mean())
    assert nucleus == pytest.approx((mask == 2).mean())
    assert near > inside


def test_that_a_map_on_the_cell_alone_lies_in_it_and_an_empty_one_says_nothing(frame):
    _, mask = frame
    found = mass_fractions((mask == 2).astype(np.float32), mask, 2)
    assert found is not None
    assert found[:3] == pytest.approx((1, 1, 1))
    assert mass_fractions(np.zeros((4, 4), np.float32), mask, 2) is None
    assert mass_fractions(np.ones((4, 4), np.float32), np.zeros_like(mask), 2) is None


def test_that_an_element_half_on_the_cell_counts_half_and_is_near():
    mask = np.zeros((8, 8), np.uint8)
    mask[:, :2] = 1
    grid = np.zeros((2, 2))
    grid[0, 0] = 3.0
    found = grid_mass_fractions([grid, np.asarray([[0.0, 1.0], [0.0, 0.0]])], mask)
    assert found == pytest.approx((3 * 0.5 / 4, 0, 3 / 4, 0.25))
    assert grid_mass_fractions([np.zeros((2, 2))], mask) is None


@pytest.mark.parametrize("architecture", ["shared", "paper"])
def test_that_the_places_of_the_evidence_are_gradient_times_activation(tmp_path, architecture):
    path = write_tiny_bundle(tmp_path / "bundle", TAXONOMY, architecture=architecture)
    net = TorchClassifier(load_bundle(path), "cpu").net
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    stage, choices = net.config.stages[1]
    with torch.no_grad():
        found = argmax_evidence(net, stage, images, [0, len(choices) - 1])
    branch = net.branch_for_stage(stage)
    with torch.no_grad():
        activations, _ = branch.block_activations(images)
    leaves = [a.clone().requires_grad_() for a in activations]
    pooled = [a.amax((2, 3)) for a in leaves]
    heads = list(branch.classifiers[stage].children())
    logits = sum((h(p) for h, p in zip(heads, pooled, strict=False)), heads[3](torch.cat(pooled, 1)))
    torch.testing.assert_close(logits, net.combined_logits(images)[stage])
    logits[[0, 1], [0, len(choices) - 1]].sum().backward()
    for leaf, grid in zip(leaves, found, strict=True):
        assert leaf.grad is not None
        expected = torch.relu(leaf.grad * leaf).detach().sum(1)
        np.testing.assert_allclose(grid, expected.numpy(), rtol=1e-4, atol=1e-6)


def test_that_every_cell_gives_a_look_for_each_stage_and_map(bundle, frame):
    pixels, mask = frame
    classifier = TorchClassifier(with_background(bundle, "suppress"), "cpu")
    found, shown = explain_cells(classifier, [pixels, pixels[::-1]], [mask, mask[::-1]], 5)
    stages = DISEASE_STAGES
    assert [list(s) for s in shown] == [stages, stages]
    assert {x.cell_index for x in found} == {5, 6}
    assert {x.background for x in found} == {"suppress"}
    assert {x.kind for x in found} == set(MAP_KINDS)
    for x in found:
        assert 0 <= x.nucleus <= x.cell <= x.near + 1e-9 <= 1 + 2e-9
    answer = classifier.classify([pixels], [mask])[0]
    for stage, maps in zip(answer.stages, answer.maps, strict=True):
        choice, whole = shown[0][stage.stage]
        assert choice == stage.best
        np.testing.assert_allclose(whole, maps.maps[stage.choices.index(choice)], rtol=1e-4, atol=1e-6)


def test_that_the_mask_is_seen_where_the_network_sees_the_cell(frame):
    _, mask = frame
    small = crop_mask(mask, Preprocessing(40, 0.5, None, (0.5,) * 3, (0.25,) * 3, "keep"))
    assert small.shape == (40, 40)
    np.testing.assert_array_equal(small, mask[20:60, 20:60])


def test_that_means_weigh_cells_alike_however_many_stages_speak_of_them():
    def look(row, stage, value):
        return CamSample(row, "keep", stage, "x", MAP_KINDS[0], value, value / 2, value, 0.2)

    rows = summarise_samples(
        [look(0, "gate", 1.0), look(0, "stage1", 0.5), look(1, "gate", 0.25)], ["blast", "monocyte"], TAXONOMY
    )
    by = {(r.cell_class, r.stage): r for r in rows}
    assert by["", ""].cell == pytest.approx((0.75 + 0.25) / 2)
    assert by["", ""].cells == 2
    assert by["", "gate"].cell == pytest.approx(0.625)
    assert by["blast", ""].cell == pytest.approx(0.75)
    assert by["blast", ""].cytoplasm == pytest.approx(0.375)
    assert (rows[0].cell_class, rows[-1].cell_class) == ("", "monocyte")


def test_that_decisions_are_compared_with_those_of_the_bundles_own_treatment():
    empty = np.zeros((1, 1), np.float32)
    shown = {"keep": [{"gate": ("a", empty)}, {"gate": ("b", empty)}], "blur": [{"gate": ("a", empty)}] * 2}
    assert decision_agreement(shown, "keep") == {"keep": {"gate": 1.0}, "blur": {"gate": 0.5}}  # type: ignore[arg-type]


def test_that_cells_come_from_those_kept_aside_with_validation_where_a_source_has_no_test():
    cells = [make_cell(i, split=TEST, source="a") for i in range(4)] + [
        make_cell(10 + i, split=VAL, source="b") for i in range(4)
    ]
    cells += [make_cell(20 + i, split=TRAIN, source="b") for i in range(4)] + [make_cell(30, split=VAL, source="a")]
    found = sample_per_class(cells, 100, TAXONOMY)
    assert {(c.source, c.split) for c in found} == {("a", TEST), ("b", VAL)}
    assert len(found) == 8
    assert len(sample_per_class(cells, 3, TAXONOMY)) == 3


def test_that_the_command_writes_tables_and_figures_of_a_bundle(bundle, tmp_path, monkeypatch, capsys):
    write_archive(
        split_cells(collect_cells(synthetic_images(92, 1, TAXONOMY, side=96), TAXONOMY)), tmp_path, "synthetic"
    )
    monkeypatch.setenv("LEUKVIEW_DATA", str(tmp_path))
    command = ["evidence", "--bundle", str(bundle.path), "--output", str(tmp_path / "out"), "--cells", "1"]
    monkeypatch.setattr(sys, "argv", command)
    assert cam_localisation.main() == 0
    told = capsys.readouterr().out
    assert "Where the model “tiny-random” looks" in told
    raw = json.loads((tmp_path / "out" / "evidence.json").read_text(encoding="utf-8"))
    assert raw["bundle"] == bundle.sha256
    whole = [r for r in raw["rows"] if not r["cell_class"] and not r["stage"]]
    assert len(whole) == len(MAP_KINDS) * len(BACKGROUND_MODES)
    assert raw["same"]["keep"] == dict.fromkeys(DISEASE_STAGES, 1.0)
    for name in ("evidence.png", "examples.png"):
        with Image.open(tmp_path / "out" / name) as picture:
            assert len(np.unique(np.asarray(picture.convert("L")))) > 50


def test_that_the_table_says_how_many_cells_were_not_found():
    rows = summarise_samples(
        [CamSample(0, "keep", "gate", "x", k, 0.5, 0.2, 0.6, 0.1) for k in MAP_KINDS], ["blast"], TAXONOMY
    )
    told = cam_markdown(rows, {"keep": {"gate": 1.0}}, "m", 3)
    assert "In 3 further cells no cell was found" in told
    assert "| as shown | background as it is | 50.0 | 20.0 | 30.0 | 60.0 |" in told
    assert "| blast | 1 | 10 | 50 / 20 / 30 |" in told
