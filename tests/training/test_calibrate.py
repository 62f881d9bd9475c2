import numpy as np
import pytest
import torch

from leukview.inference.nets.config import NetConfig, TrunkConfig
from leukview.inference.nets.pmg import PmgNet
from training.answers import Answers
from training.calibrate import calibrate, fitted_shift, held_up
from training.data import LabelledCell


def drawn(count: int, prior: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth from a prior, and the logits of a model that believes all choices equally frequent."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(prior), count, p=prior)
    seen = truth[:, None] == np.arange(len(prior))
    evidence = 2.0 * seen + rng.normal(size=(count, len(prior)))
    return truth, 2.0 * evidence  # log-likelihood ratio of a unit normal shifted by two


def test_that_the_shift_finds_how_rare_a_choice_is():
    prior = np.asarray([0.9, 0.1])
    truth, logits = drawn(4000, prior, 0)
    shift = fitted_shift(truth, logits, np.ones(4000))
    assert shift.sum() == pytest.approx(0)
    assert shift[0] - shift[1] == pytest.approx(np.log(9), abs=0.4)
    assert held_up(truth, logits, np.ones(4000), [str(i % 20) for i in range(4000)])


def test_that_a_shift_that_serves_one_patient_alone_does_not_hold_up():
    truth, logits = drawn(120, np.asarray([0.5, 0.5]), 1)
    groups = ["odd" if i < 30 else f"p{i % 4}" for i in range(120)]
    truth[:30] = 0
    logits[:30, 1] += 6.0
    assert not held_up(truth, logits, np.ones(120), groups)


def test_that_the_network_gives_the_shifted_logits_itself():
    torch.manual_seed(0)
    stages = (("gate", ("a", "b")), ("rare", ("c", "d")))
    net = PmgNet(NetConfig("shared", TrunkConfig(8, (8, 16, 16, 16), (1, 1, 1, 1), 2, 2), 8, 8, 8, stages)).eval()
    images = torch.randn(3, 3, 32, 32)
    with torch.no_grad():
        before = {k: v.clone() for k, v in net.combined_logits(images).items()}
    truth, logits = drawn(2000, np.asarray([0.9, 0.1]), 2)
    targets = np.stack([truth, np.full(2000, -1)], 1)
    found = Answers({"gate": logits.copy(), "rare": np.zeros((2000, 2))}, np.zeros((2000, 1), np.float32), targets)
    cells = [LabelledCell("", "", "site", f"p{i % 10}", "", "", "val", "") for i in range(2000)]
    temperature = calibrate(found, net, cells, np.arange(2000))
    moved = found.logits["gate"][0] - logits[0]
    assert moved[0] > 0 > moved[1]
    with torch.no_grad():
        after = net.combined_logits(images)
    np.testing.assert_allclose((after["gate"] - before["gate"]).numpy(), np.tile(moved, (3, 1)), atol=1e-5)
    assert torch.equal(after["rare"], before["rare"])
    assert temperature["rare"] == 1.0
    assert temperature["gate"] == pytest.approx(1.0, abs=0.15)
