import numpy as np
import pytest
import torch

from leukview.inference.classification.preprocess import Preprocessing
from training.data.dataset import LabelledCell
from training.evaluation.ood import STAIN_PERTURBATIONS, other_site_metrics, perturb_stain

HOW = Preprocessing(32, 0.8, None, (0.5,) * 3, (0.25,) * 3, "keep")


@pytest.mark.parametrize("name", STAIN_PERTURBATIONS)
def test_that_a_strange_stain_changes_the_picture_and_stays_in_range(name):
    picture = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 4 - 2
    kept = picture.clone()
    found = perturb_stain(picture, STAIN_PERTURBATIONS[name], HOW)
    assert torch.equal(picture, kept)
    assert found.shape == picture.shape
    assert -2.001 <= found.min() <= found.max() <= 2.001
    assert (found - picture).abs().mean() > 0.05


def test_that_half_the_density_is_paler_and_a_white_background_stays_white():
    white = torch.full((1, 3, 8, 8), 2.0)
    pale = next(change for name, change in STAIN_PERTURBATIONS.items() if name.startswith("pale"))
    torch.testing.assert_close(perturb_stain(white, pale, HOW), white)
    dark = torch.full((1, 3, 8, 8), -1.0)
    assert (perturb_stain(dark, pale, HOW) > dark).all()


def test_that_another_site_lies_farther_off_and_too_small_a_site_is_left_out():
    rng = np.random.default_rng(0)
    names = ["one"] * 300 + ["other"] * 300 + ["tiny"] * 4
    cells = [LabelledCell("", "", s, f"{s}{i % 7}", "", "", "", str(i)) for i, s in enumerate(names)]
    features = rng.normal(size=(604, 5)).astype(np.float32)
    features[300:600] += 4.0
    aside = np.arange(604)[np.arange(604) % 3 == 0]
    train = np.setdiff1d(np.arange(604), aside)
    found = other_site_metrics(features, cells, train, aside)
    assert set(found) == {"one", "other"}
    assert found["one"]["auc"].value > 0.95
    assert found["one"]["own"] == 100
