"""The check of the stain: fitted on drawn nuclei and cytoplasm, tried on films of other colours."""

from __future__ import annotations

import numpy as np

from leukview.domain.alerts import AlertCondition
from leukview.inference.classification.ood import OodDetector, measure_stain, ood_detector_arrays, read_ood_detectors
from training.data.dataset import TEST, TRAIN, VAL, LabelledCell
from training.data.splits import CellDataset
from training.evaluation.ood import STAIN_PERTURBATIONS, fit_ood_detector
from training.evaluation.stain_ood import evaluate_stain_ood, stain_features

NUCLEUS, CYTOPLASM = (110, 60, 140), (200, 170, 205)
SIDE = 40


def make_stain_cells(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells of one stain that varies a little, with their masks."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((count, SIDE, SIDE), np.uint8)
    masks[:, 8:32, 8:32] = 1
    masks[:, 14:26, 14:26] = 2
    colours = np.asarray([(240, 235, 225), CYTOPLASM, NUCLEUS], float)
    strength = np.exp(rng.normal(0, 0.1, (count, 1, 1, 3)))
    density = -np.log(colours[masks] / 255) * strength
    noise = rng.normal(0, 3, (count, SIDE, SIDE, 3))
    return np.clip(255 * np.exp(-density) + noise, 0, 255).astype(np.uint8), masks


def make_splits() -> tuple[list[LabelledCell], dict[str, CellDataset]]:
    squares, masks = make_stain_cells(1360, 0)
    parts = {TRAIN: np.arange(0, 700), VAL: np.arange(700, 1300), TEST: np.arange(1300, 1360)}
    cells = [LabelledCell("", "", "drawn", f"film{i % 2}", "", "", "", str(i)) for i in range(1360)]
    targets = np.zeros((1360, 1), np.int64)
    return cells, {name: CellDataset(squares, rows, targets, masks=masks) for name, rows in parts.items()}


def test_that_a_stronger_stain_shifts_the_logarithm_of_the_density():
    squares, masks = make_stain_cells(1, 1)
    plain = measure_stain(squares[0], masks[0])
    assert plain is not None
    stronger = (256 * ((squares[0].astype(float) + 1) / 256) ** 1.5 - 1).round().astype(np.uint8)
    found = measure_stain(stronger, masks[0])
    assert found is not None
    np.testing.assert_allclose(found - plain, np.log(1.5), atol=0.06)


def test_that_a_cell_without_nucleus_or_cytoplasm_has_no_stain():
    squares, masks = make_stain_cells(1, 2)
    assert measure_stain(squares[0], np.minimum(masks[0], 1)) is None
    assert measure_stain(squares[0], masks[0] * 0) is None


def test_that_films_of_strange_stains_are_warned_of_and_ordinary_ones_are_not():
    cells, parts = make_splits()
    rule = AlertCondition("median_stain_unlikeness", 0.93, min_cells=20)
    scored = evaluate_stain_ood(fit_ood_detector, cells, parts, parts[TEST].rows, STAIN_PERTURBATIONS, rule)
    assert scored is not None
    _, found = scored
    assert found["as_they_are"]["patients_warned"] == 0
    assert found["as_they_are"]["patients"] == 2
    for name in ("pale (half the density)", "bluer (alkaline buffer)"):
        assert found["strange"][name]["patients_warned"] == 2
        assert found["strange"][name]["auc"].value > 0.95


def test_that_a_film_without_masks_has_no_check():
    cells, parts = make_splits()
    bare = {name: CellDataset(c.crops, c.rows, c.targets) for name, c in parts.items()}
    assert np.isnan(stain_features(bare[TEST], bare[TEST].rows[:3])).all()
    assert (
        evaluate_stain_ood(
            fit_ood_detector, cells, bare, bare[TEST].rows, STAIN_PERTURBATIONS, AlertCondition("", 0.93)
        )
        is None
    )


def test_that_both_checks_survive_their_file_and_an_older_file_has_only_the_first(tmp_path):
    rng = np.random.default_rng(0)
    pair = [fit_ood_detector(*(rng.normal(size=(300, n)).astype(np.float32) for _ in range(2))) for n in (40, 6)]
    for stain in (pair[1], None):
        np.savez(tmp_path / "likeness.npz", allow_pickle=False, **ood_detector_arrays(pair[0], stain))
        features, colours = read_ood_detectors((tmp_path / "likeness.npz").read_bytes())
        assert isinstance(features, OodDetector)
        np.testing.assert_array_equal(features.whitening, pair[0].whitening)
        assert (colours is None) == (stain is None)
    np.testing.assert_array_equal(pair[1].quantiles.shape, (101,))
