from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from leukview.core.errors import LeukViewError, ModelError
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.config import Architecture, NetConfig, TrunkConfig
from leukview.inference.networks.pmg import CONCATENATED_HEAD, PmgNet, jigsaw
from training.classifier.losses import image_size_at, learning_rate_at, path_loss, step_weights
from training.classifier.train import PROGRESSIVE, Trainer
from training.classifier.training_module import MicroBatch
from training.config import FINAL_WEIGHTS, AugmentationConfig, PhaseRecipe, PmgSize, TrainConfig, read_config
from training.data.augmentation import augment_images, inference_input, replace_backgrounds
from training.data.splits import CellDataset

STAGES = (("gate", ("a", "b", "c")), ("stage1", ("d", "e")))
TRUNK = TrunkConfig(8, (8, 16, 16, 16), (1, 1, 1, 1), 2, 2)
RECIPE = PhaseRecipe(16, "adamw", 3e-3, 1.0, 0.0, 0.1)
NO_AUGMENTATION = AugmentationConfig(8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
HOW = Preprocessing(32, 0.8, None, (0.5,) * 3, (0.25,) * 3, "keep")


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


class Clock:
    """Time that passes by being asked for, so that a run has the same iterations on every machine."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 0.02
        return self.now


def make_net(architecture: Architecture = "shared") -> PmgNet:
    torch.manual_seed(0)
    return PmgNet(NetConfig(architecture, TRUNK, 8, 8, 8, STAGES))


def test_that_a_jigsaw_keeps_every_patch_and_shuffles_each_image_its_own_way():
    images = torch.arange(2 * 16, dtype=torch.float32).reshape(2, 1, 4, 4)
    images[1] = images[0]
    found = jigsaw(images.repeat(8, 3, 1, 1), 2, torch.Generator().manual_seed(0))
    patches = found.reshape(16, 3, 2, 2, 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(16, 4, -1)
    whole = jigsaw(images[:1].repeat(1, 3, 1, 1), 1, torch.Generator())
    originals = {tuple(p) for p in whole.reshape(3, 2, 2, 2, 2).permute(1, 3, 0, 2, 4).reshape(4, -1).tolist()}
    orders = set()
    for image in patches.tolist():
        assert {tuple(p) for p in image} == originals
        orders.add(tuple(p[0] for p in image))
    assert len(orders) > 4


def test_that_a_side_that_does_not_divide_is_refused():
    with pytest.raises(ModelError, match="divide"):
        jigsaw(torch.zeros(1, 3, 12, 12), 8, torch.Generator())


@pytest.mark.parametrize("architecture", ["shared", "paper"])
def test_that_the_combined_logits_are_the_sum_of_the_four_classifiers(architecture):
    model = make_net(architecture).eval()
    images = torch.randn(2, 3, 32, 32)
    combined = model.combined_logits(images)
    parts = [model.granularity_logits(images, g) for g in range(CONCATENATED_HEAD + 1)]
    for key, choices in STAGES:
        assert combined[key].shape == (2, len(choices))
        torch.testing.assert_close(combined[key], sum(part[key] for part in parts))


def test_that_the_paper_gives_each_stage_a_network_of_its_own():
    model = make_net("paper")
    torch.autograd.backward(model.granularity_logits(torch.randn(4, 3, 32, 32), 0)["gate"].sum())
    assert all(p.grad is None for p in model.branch_for_stage("stage1").parameters())
    assert any(p.grad is not None for p in model.branch_for_stage("gate").parameters())
    assert make_net("shared").branch_for_stage("gate") is not None


def test_that_a_silent_label_trains_no_stage():
    logits = {"gate": torch.randn(2, 3, requires_grad=True), "stage1": torch.randn(2, 2, requires_grad=True)}
    targets = torch.tensor([[0, -1], [1, 1]])
    torch.autograd.backward(path_loss(logits, targets, step_weights(targets, "path"), 0.0))
    gradient = logits["stage1"].grad
    assert gradient is not None
    assert gradient[0].abs().sum() == 0
    assert gradient[1].abs().sum() > 0


def test_that_the_loss_is_the_likelihood_of_the_path():
    logits = {"gate": torch.tensor([[2.0, 0.0, 1.0]]), "stage1": torch.tensor([[0.5, -0.5]])}
    targets = torch.tensor([[2, 0]])
    p = torch.softmax(logits["gate"], 1)[0, 2] * torch.softmax(logits["stage1"], 1)[0, 0]
    torch.testing.assert_close(path_loss(logits, targets, step_weights(targets, "path"), 0.0), -torch.log(p))


def test_that_ancestors_count_once_for_each_prefix_of_the_path():
    targets = torch.tensor([[0, 1, -1, 2], [1, -1, -1, -1]])
    assert step_weights(targets, "ancestors").tolist() == [[3, 2, 0, 1], [1, 0, 0, 0]]


def test_that_the_rate_rises_then_falls_to_zero():
    rates = [learning_rate_at(RECIPE, p) for p in (0.0, 0.05, 0.1, 0.5, 1.0)]
    assert rates[0] < rates[1] < rates[2] == pytest.approx(RECIPE.rate)
    assert rates[2] > rates[3] > rates[4] == pytest.approx(0)


def test_that_augmenting_keeps_shape_and_scale_and_follows_its_seed():
    batch = torch.randint(0, 256, (6, 48, 48, 3), dtype=torch.uint8)
    augment = AugmentationConfig(8, 45.0, 0.1, 2.0, 0.05, 0.2, 0.05, 0.5, 0.0)
    one, same, other = (augment_images(batch, None, HOW, augment, torch.Generator().manual_seed(s)) for s in (1, 1, 2))
    assert one.shape == (6, 3, 32, 32)
    assert -2.01 <= one.min() <= one.max() <= 2.01
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_that_even_the_sharpest_and_strangest_images_stay_in_range():
    batch = torch.randint(0, 2, (32, 48, 48, 3), dtype=torch.uint8) * 255
    found = augment_images(
        batch,
        None,
        HOW,
        AugmentationConfig(8, 45.0, 0.3, 8.0, 0.5, 0.5, 0.5, 1.0, 0.0),
        torch.Generator().manual_seed(0),
    )
    assert -2.01 <= found.min() <= found.max() <= 2.01


def test_that_without_augmentation_only_flips_and_turns_of_the_centre_remain():
    batch = torch.randint(0, 256, (4, 48, 48, 3), dtype=torch.uint8)
    still = augment_images(batch, None, HOW, NO_AUGMENTATION, torch.Generator().manual_seed(0))
    plain = inference_input(batch, None, HOW)
    for one, other in zip(still, plain, strict=True):
        versions = [torch.rot90(v, k, (1, 2)) for v in (other, other.flip(2)) for k in range(4)]
        assert min((one - v).abs().max().item() for v in versions) < 1e-3


def test_that_only_the_background_of_a_cell_is_changed_and_an_empty_mask_leaves_its_image():
    batch = torch.randint(0, 256, (8, 48, 48, 3), dtype=torch.uint8)
    masks = torch.zeros(8, 48, 48, dtype=torch.uint8)
    masks[1:, 16:32, 16:32] = 1
    pixels = batch.permute(0, 3, 1, 2).float()
    found = replace_backgrounds(pixels, masks, 1.0, torch.Generator().manual_seed(0))
    assert torch.equal(found[0], pixels[0])
    assert torch.equal(found[:, :, 14:34, 14:34], pixels[:, :, 14:34, 14:34])
    outside = found[1:, :, :10].flatten(2).std(2)
    assert (outside < 0.5 * pixels[1:, :, :10].flatten(2).std(2)).all()
    assert torch.equal(replace_backgrounds(pixels, masks, 0.0, torch.Generator().manual_seed(0)), pixels)


def test_that_a_suppressed_background_stays_white_however_the_cell_is_restained():
    batch = torch.randint(0, 200, (6, 48, 48, 3), dtype=torch.uint8)
    masks = torch.zeros(6, 48, 48, dtype=torch.uint8)
    masks[1:, 20:28, 20:28] = 1
    how = replace(HOW, background="suppress")
    augment = AugmentationConfig(8, 45.0, 0.1, 2.0, 0.2, 0.3, 0.2, 0.0, 0.0)
    found = augment_images(batch, masks, how, augment, torch.Generator().manual_seed(0), None, "cell")
    assert found.shape == (6, 4, 32, 32)
    cell = found[:, 3]
    assert set(cell.unique().tolist()) == {0.0, 1.0}
    assert (cell[0] == 1).all()  # no cell was found: all may be evidence
    assert 0.02 < cell[1:].mean() < 0.15
    assert torch.allclose(found[1:, :3, :4], torch.tensor((255 - 127.5) / 63.75))
    spread = found[1:, :3].mean((2, 3)).std(0)
    assert (spread > 0.01).all()  # each cell got a stain of its own


def test_that_small_images_show_the_same_field():
    ramp = torch.arange(48, dtype=torch.uint8)[None, None, :, None].expand(4, 48, 48, 3) * 5
    large, small = (
        augment_images(ramp, None, HOW, NO_AUGMENTATION, torch.Generator().manual_seed(0), side) for side in (32, 16)
    )
    assert small.shape == (4, 3, 16, 16)
    torch.testing.assert_close(small, torch.nn.functional.avg_pool2d(large, 2), atol=0.05, rtol=0)


def test_that_the_sides_of_the_plain_phase_share_its_time():
    assert [image_size_at((96, 112, 128), p) for p in (0.0, 0.3, 0.34, 0.67, 1.0)] == [96, 96, 112, 128, 128]


def colour_trainer(run: Path, accumulate: int = 1) -> Trainer:
    """Cells whose class is their colour, so that a small network learns them in seconds."""
    rng = np.random.default_rng(0)
    squares = rng.integers(90, 160, (60, 48, 48, 3), dtype=np.uint8)
    targets = np.full((60, 2), -1, np.int64)
    targets[:, 0] = np.arange(60) % 3
    for i in range(60):
        squares[i, ..., i % 3] = 250
    targets[targets[:, 0] == 0, 1] = np.arange(20) % 2
    squares[(targets[:, 1] == 1)] //= 2
    rows = np.arange(60)
    cells = CellDataset(squares, rows, targets, np.full(60, 1 / 60))
    config = TrainConfig(
        0,
        "shared",
        0.5,
        (24, 32),
        0.9,
        "frame",
        1,
        "path",
        0.0,
        "float32",
        HOW,
        TRUNK,
        PmgSize(8, 8, 8),
        RECIPE,
        RECIPE,
        NO_AUGMENTATION,
    )
    return Trainer(config, make_net(), cells, cells, run, "cpu", accumulate=accumulate)


@pytest.fixture
def colours(tmp_path, monkeypatch):
    monkeypatch.setattr("training.classifier.train.time", Clock())
    return colour_trainer(tmp_path)


def test_that_training_learns_and_goes_on_where_it_stopped(colours, tmp_path):
    colours.fit(0.015)
    assert colours.iteration > 0
    assert colours.phase == PROGRESSIVE
    again = Trainer(colours.config, make_net(), colours.train_cells, colours.val_cells, tmp_path, "cpu")
    assert again.resume()
    assert (again.iteration, again.elapsed_s, again.phase) == (colours.iteration, colours.elapsed_s, colours.phase)
    for one, other in zip(again.net.parameters(), colours.net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_that_a_run_of_so_many_iterations_ends_alike_whether_it_was_cut_or_not(colours, tmp_path):
    colours.fit(iterations=6)
    for path in ("cut", "again"):
        (tmp_path / path).mkdir(exist_ok=True)
    cut = colour_trainer(tmp_path / "cut")
    stop = cut._update_ema

    def power_cut() -> None:
        stop()
        if cut.iteration == 3:
            raise KeyboardInterrupt

    cut._update_ema = power_cut  # type: ignore[method-assign]  # the cut
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.classifier.train.CHECKPOINT_SECONDS", -1.0)
        with pytest.raises(KeyboardInterrupt):
            cut.fit(iterations=6)
    again = colour_trainer(tmp_path / "cut")
    assert again.resume()
    assert again.iteration == 3
    again.fit(iterations=6)
    assert (again.iteration, again.phase) == (6, PROGRESSIVE)
    for one, other in zip(again.net.state_dict().values(), colours.net.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(LeukViewError, match="minutes or by iterations"):
        again.fit()


def test_that_a_few_updates_of_each_kind_separate_three_colours(colours):
    for _ in range(20):
        colours.net.train()
        colours._train_iteration()
    colours.phase = PROGRESSIVE
    colours.optimiser = colours._build_optimiser()
    for _ in range(25):
        colours.net.train()
        colours._train_iteration()
    colours.recompute_bn_stats()
    assert colours.validation_accuracy()["gate"] > 0.9


def test_that_an_update_without_numbers_is_left_out_and_a_row_of_them_ends_the_run(colours):
    [piece] = colours._next_batch()
    broken = [MicroBatch(piece.images * float("nan"), piece.targets, {}, piece.generator)]
    before = [p.clone() for p in colours.net.parameters()]
    for _ in range(10):
        colours._update(broken, None)
    assert all(torch.equal(a, b) for a, b in zip(before, colours.net.parameters(), strict=True))
    assert all(torch.isfinite(b).all() for b in colours.net.buffers())
    with pytest.raises(LeukViewError, match="no numbers"):
        colours._update(broken, None)


def test_that_the_average_follows_the_weights_slowly(colours):
    start = [p.clone() for p in colours.ema_net.parameters()]
    for _ in range(60):
        colours.net.train()
        colours._train_iteration()
        colours.iteration += 1
        colours._update_ema()
    trunk = [i for i, (name, _) in enumerate(colours.net.named_parameters()) if name.endswith("stem.0.weight")]
    now, mean = (list(m.parameters())[trunk[0]] for m in (colours.net, colours.ema_net))
    assert 0 < (mean - now).norm() < (start[trunk[0]] - now).norm()


def test_that_the_final_weights_are_the_average_with_the_norms_that_suit_validation(colours, tmp_path):
    colours.fit(0.015)
    other = Trainer(colours.config, make_net(), colours.train_cells, colours.val_cells, tmp_path / "other", "cpu")
    other.net.load_state_dict(colours.ema_net.state_dict())
    averaged = sum(other.validation_accuracy().values())
    colours.finish()
    other.load_weights(tmp_path / FINAL_WEIGHTS)
    for one, mean in zip(other.net.parameters(), colours.ema_net.parameters(), strict=True):
        assert torch.equal(one, mean)
    assert sum(other.validation_accuracy().values()) >= averaged


def test_that_new_norms_come_from_whole_images_and_leave_the_weights(colours):
    before = [p.clone() for p in colours.net.parameters()]
    colours.recompute_bn_stats()
    assert all(torch.equal(a, b) for a, b in zip(before, colours.net.parameters(), strict=True))
    assert not colours.net.training


def test_that_the_configuration_of_the_embedded_bundle_reads_and_an_unknown_word_is_refused(tmp_path):
    path = Path(__file__).parents[3] / "training" / "configs" / "embedded.toml"
    config = read_config(path)
    assert config.architecture == "shared"
    assert config.preprocessing.side % 8 == 0
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(path.read_text(encoding="utf-8").replace("seed =", "bunch ="), encoding="utf-8")
    with pytest.raises(LeukViewError, match=r"'seed' is missing.*unknown: bunch"):
        read_config(wrong)
    twice = path.read_text(encoding="utf-8").replace("background = 0.0", "background = 0.5")
    wrong.write_text(twice, encoding="utf-8")
    with pytest.raises(LeukViewError, match="cannot be changed again"):
        read_config(wrong)
