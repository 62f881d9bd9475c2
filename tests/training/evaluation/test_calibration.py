import numpy as np
import pytest
import torch

from leukview.inference.networks.config import NetConfig, TrunkConfig
from leukview.inference.networks.pmg import PmgNet
from training.classifier.predict import NetworkOutputs
from training.data.dataset import LabelledCell
from training.evaluation.calibration import (
    BIAS_CORRECTED,
    TEMPERATURE,
    VECTOR_SCALING,
    calibrate,
    fit_scaling,
    held_out_loss,
    select_method,
)


def draw_logits(count: int, prior: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth from a prior, and the logits of a model that believes all choices equally frequent."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(prior), count, p=prior)
    seen = truth[:, None] == np.arange(len(prior))
    evidence = 2.0 * seen + rng.normal(size=(count, len(prior)))
    return truth, 2.0 * evidence  # log-likelihood ratio of a unit normal shifted by two


def test_that_the_shift_finds_how_rare_a_choice_is():
    prior = np.asarray([0.9, 0.1])
    truth, logits = draw_logits(4000, prior, 0)
    scale, shift = fit_scaling(BIAS_CORRECTED, truth, logits, np.ones(4000))
    assert scale.tolist() == [1.0, 1.0]
    assert shift.sum() == pytest.approx(0)
    assert shift[0] - shift[1] == pytest.approx(np.log(9), abs=0.4)
    groups = [str(i % 20) for i in range(4000)]
    plain, shifted = (
        held_out_loss(kind, truth, logits, np.ones(4000), groups) for kind in (TEMPERATURE, BIAS_CORRECTED)
    )
    assert shifted < plain


def test_that_a_choice_that_is_too_sure_of_itself_is_scaled_alone():
    rng = np.random.default_rng(0)
    honest = 2.0 * rng.normal(size=(2000, 3))
    p = np.exp(honest) / np.exp(honest).sum(1, keepdims=True)
    truth = np.asarray([rng.choice(3, p=row) for row in p])
    loud = honest * np.asarray([3.0, 1.0, 1.0])
    scale, shift = fit_scaling(VECTOR_SCALING, truth, loud, np.ones(2000))
    assert np.prod(scale) == pytest.approx(1)
    assert scale[1] / scale[0] == pytest.approx(3, rel=0.25)
    assert scale[1] / scale[2] == pytest.approx(1, rel=0.2)
    assert np.abs(shift).max() < 0.2
    assert select_method(truth, loud, np.ones(2000), [str(i % 20) for i in range(2000)]) == VECTOR_SCALING


def test_that_a_shift_that_serves_one_patient_alone_does_not_hold_up():
    truth, logits = draw_logits(120, np.asarray([0.5, 0.5]), 1)
    groups = ["odd" if i < 30 else f"p{i % 4}" for i in range(120)]
    truth[:30] = 0
    logits[:30, 1] += 6.0
    assert select_method(truth, logits, np.ones(120), groups) == TEMPERATURE


def test_that_one_patient_is_not_enough_to_fit_anything():
    truth, logits = draw_logits(60, np.asarray([0.5, 0.5]), 1)
    assert select_method(truth, logits, np.ones(60), ["alone"] * 60) == TEMPERATURE


def test_that_the_network_gives_the_shifted_logits_itself():
    torch.manual_seed(0)
    stages = (("gate", ("a", "b")), ("rare", ("c", "d")))
    net = PmgNet(NetConfig("shared", TrunkConfig(8, (8, 16, 16, 16), (1, 1, 1, 1), 2, 2), 8, 8, 8, stages)).eval()
    images = torch.randn(3, 3, 32, 32)
    with torch.no_grad():
        before = {k: v.clone() for k, v in net.combined_logits(images).items()}
    truth, logits = draw_logits(2000, np.asarray([0.9, 0.1]), 2)
    targets = np.stack([truth, np.full(2000, -1)], 1)
    found = NetworkOutputs(
        {"gate": logits.copy(), "rare": np.zeros((2000, 2))}, np.zeros((2000, 1), np.float32), targets
    )
    cells = [LabelledCell("", "", "site", f"p{i % 10}", "", "", "val", "") for i in range(2000)]
    temperature = calibrate(found, net, cells, np.arange(2000))
    moved = found.logits["gate"][0] - logits[0]
    assert moved[0] > 0 > moved[1]
    with torch.no_grad():
        after = net.combined_logits(images)
    scale = (found.logits["gate"] - found.logits["gate"][0])[1:] / (logits - logits[0])[1:]
    np.testing.assert_allclose(scale, np.tile(scale[0], (1999, 1)), rtol=1e-6)
    shift = found.logits["gate"][0] - logits[0] * scale[0]
    np.testing.assert_allclose(after["gate"].numpy(), before["gate"].numpy() * scale[0] + shift, atol=1e-5)
    assert torch.equal(after["rare"], before["rare"])
    assert temperature["rare"] == 1.0
    assert temperature["gate"] == pytest.approx(1.0, abs=0.15)
