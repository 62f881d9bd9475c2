"""The loop of corrections on coloured squares: what the site's reviewers say teaches the model what it did not know."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from leukview.bootstrap import composition, model_loading
from leukview.cli.main import main as leukview
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.importers.training_archive import load_labelled_cells
from tests.manual.corrections_loop import FIRST_READER, import_and_review, use_shipped_bundle
from tests.training.classifier.test_train import Clock
from tests.training.evaluation.test_evaluate import CONFIG
from training.bundle import build
from training.classifier import train
from training.data import merge_datasets
from training.data.dataset import MANIFEST_COLUMNS

KNOWN = {
    "blast": (90, 20, 120),
    "lymphocyte": (40, 60, 160),
    "segmented_neutrophil": (180, 120, 160),
    "smudge_cell": (150, 90, 170),
}
NEW = KNOWN | {"promyelocyte": (60, 150, 90)}
"""The site's patients have cells that look like nothing the champion saw."""
KIND_GUARDS = """
version = 1
[[guards]]
figure = "blast_sensitivity"
margin = 0.05
least_cells = 5
least_patients = 2
required = true
[[guards]]
figure = "recall:lymphocyte"
margin = 0.5
least_cells = 5
least_patients = 2
required = false
"""


def write_colour_archive(
    folder: Path,
    source: str,
    diagnosis: str,
    patients: int,
    colours: Mapping[str, tuple[int, int, int]],
    each: int,
    seed: int,
) -> Path:
    """A data folder of coloured squares."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, ...]] = []
    (folder / "cells").mkdir(parents=True)
    with zipfile.ZipFile(folder / "cells" / f"cells-{source}.zip", "w") as archive:
        for patient in range(patients):
            for name, colour in colours.items():
                for _ in range(each):
                    pixels = rng.normal(colour, 20, (40, 40, 3)).clip(0, 255).astype(np.uint8)
                    content = io.BytesIO()
                    Image.fromarray(pixels).save(content, "PNG")
                    rows.append((f"{len(rows)}.png", source, f"{source} {patient:02}", diagnosis, name, ""))
                    archive.writestr(rows[-1][0], content.getvalue())
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(MANIFEST_COLUMNS)
        for number, row in enumerate(rows):
            table.writerow((*row, f"{source}{number}"))
        archive.writestr("manifest.csv", text.getvalue())
    return folder


def run_module(module: object, monkeypatch: pytest.MonkeyPatch, data: Path, *words: object) -> None:
    monkeypatch.setenv("LEUKVIEW_DATA", str(data))
    monkeypatch.setattr(sys, "argv", ["training", *map(str, words)])
    module.main()  # type: ignore[attr-defined]


@pytest.fixture
def champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The bundle that the workstation works with; it never saw the site's patients."""
    torch.set_num_threads(1)
    monkeypatch.setattr("training.classifier.train.time", Clock())
    data = write_colour_archive(tmp_path / "base", "known", "AML", 10, KNOWN, 6, seed=0)
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    common = ("--config", config, "--run", tmp_path / "run", "--threads", 1)
    run_module(train, monkeypatch, data, *common, "--minutes", 0.05)
    run_module(build, monkeypatch, data, *common, "--output", tmp_path / "champion", "--name", "champion")
    with use_shipped_bundle(tmp_path / "champion"):
        yield tmp_path / "champion"


@pytest.mark.slow
def test_that_what_reviewers_said_becomes_the_next_model_and_can_be_taken_back(
    champion: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    site = write_colour_archive(tmp_path / "site", "site", "APL", 6, NEW, 4, seed=1)
    table, _ = import_and_review(load_labelled_cells(site), site, tmp_path)
    corrections, mixed = tmp_path / "corrections", tmp_path / "mixed"
    assert leukview(["corrections", "export", str(corrections), "--site", "ours", "--patients", str(table)]) == 0
    assert "Left out" in capsys.readouterr().out
    cells = load_labelled_cells(corrections)
    assert {c.diagnosis for c in cells} == {"APL"}
    assert {c.split for c in cells} == {"train", "test"}
    assert not any("site" in field for c in cells for field in (c.patient, c.file, c.source))

    merge_datasets.merge_datasets([tmp_path / "base", corrections], mixed)
    common = ("--config", tmp_path / "config.toml", "--run", tmp_path / "run2", "--threads", 1)
    run_module(train, monkeypatch, mixed, *common, "--from-bundle", champion, "--minutes", 0.1)
    run_module(build, monkeypatch, mixed, *common, "--output", tmp_path / "candidate", "--name", "candidate")
    told = json.loads((tmp_path / "candidate" / "bundle.json").read_text(encoding="utf-8"))
    assert told["provenance"]["from_bundle"]["name"] == "champion"
    apl = next(stage for stage in told["stages"] if stage["key"] == "apl")
    assert apl["trained"] == ["other_aml", "apl"], "the head that the champion lacked has grown"

    compare = ["models", "compare", "in-use", str(tmp_path / "candidate"), "--data", str(tmp_path / "base")]
    compare += ["--data", str(corrections), "--output", str(tmp_path / "comparison")]
    install = ["models", "install", str(tmp_path / "candidate"), "--comparison", str(tmp_path / "comparison.json")]
    assert leukview(compare) == 1, "the shipped guards ask for more patients than these"
    assert leukview([*install, "--reviewer", FIRST_READER]) == 1
    assert "must not be installed" in capsys.readouterr().err
    assert model_loading.active_bundle_path() == champion

    (data_dir() / "guards.toml").write_text(KIND_GUARDS, encoding="utf-8")
    assert leukview(compare) == 0
    found = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    (ours,) = [s for s in found["sets"] if s["name"] == "corrections"]
    blasts = next(f for f in ours["figures"] if f["key"] == "blast_sensitivity")
    assert blasts["candidate"]["value"] > blasts["champion"]["value"] + 0.2
    with composition.open_workbench(model_loading.RuntimeOptions()) as workbench:
        workbench.profiles.add("root", FIRST_READER, ReviewerRole.REVIEWER, "2468")
        slide = workbench.slides()[0]
        before = workbench.open_session(slide.id, FIRST_READER).view
    monkeypatch.setattr(sys, "stdin", io.StringIO("1111\n"))
    assert leukview([*install, "--reviewer", FIRST_READER]) == 1, "a wrong PIN signs nothing"
    monkeypatch.setattr(sys, "stdin", io.StringIO("2468\n"))
    assert leukview([*install, "--reviewer", FIRST_READER, "--reason", "it knows our promyelocytes"]) == 0
    capsys.readouterr()
    assert model_loading.active_bundle_path() != champion

    with composition.open_workbench(model_loading.RuntimeOptions()) as workbench:
        new = workbench.model_info().bundle_sha256
        old = before.cells[0].prediction
        assert old is not None
        assert old.bundle != new
        assert workbench.analyse(slide.id, CancelToken(), null_reporter).kept, (
            "a signed slide keeps its model's opinion"
        )
        session = workbench.open_session(slide.id, FIRST_READER)
        assert [v.prediction for v in session.view.cells] == [v.prediction for v in before.cells]
        assert workbench.model_info_for(session.view).bundle_sha256 == old.bundle
        session.reopen("with the new model")
        assert not workbench.analyse(slide.id, CancelToken(), null_reporter).kept
        both = workbench.audit.cell_history(slide.id, before.cells[0].cell.id, blind=False)
        assert [new[:12] in str(line) for line in both].count(True) == 1
        assert any(old.bundle[:12] in str(line) for line in both)

    monkeypatch.setattr(sys, "stdin", io.StringIO("2468\n"))
    assert leukview(["models", "rollback", "--reviewer", FIRST_READER, "--reason", "a trial"]) == 0
    assert model_loading.active_bundle_path() == champion
    with composition.open_workbench(model_loading.RuntimeOptions()) as workbench:
        workbench.analyse(slide.id, CancelToken(), null_reporter)
        shown = {v.prediction.bundle for v in workbench.open_session(slide.id, "").view.cells if v.prediction}
        assert shown == {old.bundle}
        assert workbench.model_info().bundle_sha256 == old.bundle
    assert leukview(["models", "history"]) == 0
    history = capsys.readouterr().out
    assert "it knows our promyelocytes" in history
    assert "The hash chain of 2 entries is intact." in history
