"""Several processes really train, started by torchrun on the CPU (gloo)."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from leukview.core.errors import LeukViewError
from tests.crash.interrupted_training import KILLED_AFTER
from tests.training.classifier.test_train import RECIPE, colour_trainer
from tests.training.evaluation.test_evaluate import CONFIG, write_cohort
from training.classifier.train import CHECKPOINT_FILE, LOG_FILE
from training.config import FINAL_WEIGHTS
from training.distributed import DistributedContext
from training.reports.plots import LOSS_PLOT

TORCHRUN_TWO = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
ITERATIONS = 6


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A configuration, and cells decoded by a first run."""
    folder = tmp_path_factory.mktemp("several")
    write_cohort(folder / "data")
    (folder / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    return folder


def run_training(work: Path, name: str, start: list[str], *more: str) -> subprocess.CompletedProcess[str]:
    """Run a training command to its end."""
    run = ["--config", str(work / "tiny.toml"), "--run-folder", str(work / name), "--cache", str(work / "cache")]
    length = ["--iterations", str(ITERATIONS), "--threads", "1", *more]
    return subprocess.run(
        [sys.executable, *start, *run, *length],
        env=os.environ | {"LEUKVIEW_DATA": str(work / "data"), "OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def load_weights(work: Path, name: str) -> dict[str, torch.Tensor]:
    return torch.load(work / name / FINAL_WEIGHTS, weights_only=True)  # type: ignore[no-any-return]


def largest_difference(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    assert one.keys() == other.keys()
    # What is learnt. Of the two sets of BatchNorm statistics the better one is kept, and rounding may turn a tie.
    compared = [key for key in one if "running_" not in key and not key.endswith("num_batches_tracked")]
    return max(float((one[k].double() - other[k].double()).abs().max()) for k in compared)


@pytest.fixture(scope="module")
def alone(work):
    """One process, a batch in two pieces."""
    found = run_training(work, "alone", ["-m", "training.classifier.train"], "--accumulate", "2")
    assert found.returncode == 0, found.stderr
    return load_weights(work, "alone")


@pytest.fixture(scope="module")
def both(work, alone):
    """Two processes, after the cells were decoded."""
    found = run_training(work, "both", [*TORCHRUN_TWO, "-m", "training.classifier.train"])
    assert found.returncode == 0, found.stderr
    return load_weights(work, "both")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_that_two_processes_learn_what_one_learns_in_two_pieces(work, alone, both):
    assert largest_difference(alone, both) < 1e-4
    with (work / "both" / LOG_FILE).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [(int(row[2]), int(row[3])) for row in rows] == [(ITERATIONS, 16 * ITERATIONS)]  # rank 0 alone wrote it
    assert (work / "both" / LOSS_PLOT).exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("start", "more"), [([], ("--accumulate", "2")), (TORCHRUN_TWO, ())], ids=["alone", "both"])
def test_that_a_run_that_was_killed_goes_on_and_ends_with_the_same_weights(work, alone, both, start, more):
    name = f"killed {len(start)}"
    assert run_training(work, name, [*start, "-m", "tests.crash.interrupted_training"], *more).returncode != 0
    assert not (work / name / FINAL_WEIGHTS).exists()
    assert torch.load(work / name / CHECKPOINT_FILE, weights_only=True)["iteration"] == KILLED_AFTER
    again = run_training(work, name, [*start, "-m", "training.classifier.train"], *more)
    assert again.returncode == 0, again.stderr
    assert f"iteration {KILLED_AFTER}" in again.stdout
    assert largest_difference(both if start else alone, load_weights(work, name)) < 1e-6


def test_that_the_gradient_of_a_batch_is_the_mean_of_its_pieces_gradients(tmp_path, monkeypatch):
    monkeypatch.setattr("training.classifier.train.MAX_GRADIENT_NORM", 1e9)
    trainer = colour_trainer(tmp_path, accumulate=4)
    monkeypatch.setattr(trainer.optimiser, "step", lambda: None)
    trainer.net.train()
    pieces = trainer._next_batch()
    assert [len(p.targets) for p in pieces] == [4] * 4

    def gradient(some) -> torch.Tensor:
        trainer._update(some, None)
        return torch.cat([p.grad.flatten() for p in trainer.heads.parameters() if p.grad is not None])

    each = torch.stack([gradient([piece]) for piece in pieces])
    together = gradient(pieces)
    assert together.norm() > 0
    torch.testing.assert_close(together, each.mean(0))


def test_that_a_batch_that_does_not_divide_is_refused(tmp_path):
    with pytest.raises(LeukViewError, match="3 equal pieces"):
        colour_trainer(tmp_path, accumulate=3)
    assert RECIPE.batch % 3


def test_that_a_device_named_by_number_is_refused_for_several_processes(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(LeukViewError, match="share out"):
        DistributedContext.launch("cuda:1")


def test_that_one_process_needs_no_engine_and_changes_nothing(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    alone = DistributedContext.launch("cpu")
    values = torch.tensor([1.0, 2.0])
    alone.average_tensors([values])
    alone.barrier()
    assert (alone.is_main, alone.world_size, alone.mean_values([3.0]), values.tolist()) == (True, 1, [3.0], [1.0, 2.0])


def test_that_several_processes_without_the_engine_say_what_to_install(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(LeukViewError, match="Lightning Fabric"):
        DistributedContext.launch("cpu")
