import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from leukview import RESEARCH_USE_LINE
from leukview.bootstrap.site_config import load_taxonomy
from leukview.cli.main import command_names, main
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.gui.app.action_table import LABEL_PREFIX, action_table
from leukview.synthetic import write_demo_export


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic slide of 40 cells."""
    (folder,) = write_demo_export(
        tmp_path_factory.mktemp("demo"),
        slides=1,
        cells=40,
        seed=3,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=null_reporter,
    )
    return folder


def single_folder(output: Path) -> Path:
    (folder,) = output.iterdir()
    return folder


def test_that_inspect_prints_what_the_demo_holds(demo: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["inspect", str(demo), "--json"]) == 0
    (slide,) = json.loads(capsys.readouterr().out)["slides"]
    assert slide["cells"] == 40
    assert 0 < slide["labelled"] <= 40
    assert {"overviews", "undecodable", "conflicts", "duplicates"} <= set(slide)
    assert main(["inspect", str(demo)]) == 0
    assert "40" in capsys.readouterr().out


def test_that_analyze_does_the_whole_job(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    options = ("--save-masks", "--json", "--with-names")
    assert main(["analyze", str(demo), "--output", str(tmp_path / "out"), *options]) == 0
    (summary,) = json.loads(capsys.readouterr().out)
    folder = single_folder(tmp_path / "out")
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8")) == summary
    assert summary["slide_id"] == folder.name
    assert summary["cells"] == summary["analysed"] == 40
    assert summary["synthetic"] is True
    with (folder / "cells.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 40
    known = {c.key for c in load_taxonomy().classes}
    for row in rows:
        assert row["class"] in known
        assert row["gate"] in {"leukocyte", "erythroblast", "platelet", "smudge_cell", "artefact"}
        composed = [
            float(v)
            for k, v in row.items()
            if v and k.startswith("p_") and k not in {"p_malignant", "p_apl", "p_lymphoid"}
        ]
        assert sum(composed) == pytest.approx(1.0, abs=1e-3)
        assert 0.0 <= float(row["p_malignant"]) <= 1.0
        assert (demo / row["file"]).is_file()
        assert row["mask"] == f"masks/{row['cell_id']}.png"
        assert (folder / row["mask"]).is_file()
    counts = summary["differential"]["classes"] | summary["differential"]["outside_denominator"]
    assert sum(c["count"] for c in counts.values()) == 40
    pages = [page.extract_text() for page in PdfReader(folder / "report.pdf").pages]
    assert all(RESEARCH_USE_LINE in " ".join(page.split()) for page in pages)
    assert any("DRAFT" in page for page in pages)


def test_that_bad_input_gets_one_sentence_and_a_nonzero_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["analyze", str(empty), "--output", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert main(["inspect", str(tmp_path / "nowhere")]) == 1
    assert main(["analyze", str(empty), "--output", str(tmp_path / "out"), "--bundle", str(empty)]) == 1


def test_that_a_model_that_is_not_there_is_never_replaced(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    wanted = ["analyze", str(demo), "--output", str(tmp_path / "out"), "--segmenter", "sam_vit_b"]
    assert main(wanted) == 1
    assert "install" in capsys.readouterr().err
    assert main(["analyze", str(demo), "--output", str(tmp_path / "out"), "--bundle", str(tmp_path)]) == 1


def test_that_the_shipped_models_verify(capsys: pytest.CaptureFixture[str]):
    assert main(["models", "verify"]) == 0
    assert "classifier" in capsys.readouterr().out


def test_that_doctor_finds_a_sound_installation(capsys: pytest.CaptureFixture[str]):
    assert main(["doctor"]) == 0
    assert "hash chain holds" in capsys.readouterr().out


def test_that_an_error_of_the_program_is_located_without_its_words(demo: Path, tmp_path: Path):
    code = (
        "from leukview.services.analysis.pipeline import AnalysisPipeline\n"
        "def fail(*_args, **_more): raise RuntimeError('Mrs Smith, /data/Name_1950/x.jpg')\n"
        "AnalysisPipeline.analyse = fail\n"
        "from leukview.cli.main import main\n"
        f"raise SystemExit(main(['analyze', {str(demo)!r}, '--output', {str(tmp_path / 'out')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "RuntimeError at runner.py:" in done.stderr
    assert "Smith" not in done.stderr + done.stdout
    assert "Name_1950" not in done.stderr + done.stdout


def test_that_the_base_install_never_imports_torch(demo: Path, tmp_path: Path):
    code = (
        "import sys; from leukview.cli.main import main; "
        f"status = main(['analyze', {str(demo)!r}, '--output', {str(tmp_path / 'out')!r}]); "
        "sys.exit(status or int('torch' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.data
def test_that_a_real_export_gives_its_cells_tally_and_report(data_dir: Path, tmp_path: Path):
    assert main(["analyze", str(data_dir / "exports" / "Patient_60"), "--output", str(tmp_path / "out")]) == 0
    folder = single_folder(tmp_path / "out")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["cells"], summary["labelled"], summary["overviews"]) == (263, 125, 2)
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(folder / "report.pdf").pages)
    for row in summary["differential"]["classes"].values():
        assert f"{row['percent']:.1f}" in text
    assert "Patient_60" not in text
    assert "2018-12-16" not in text


@pytest.fixture(scope="module")
def readme() -> str:
    return (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def test_that_the_readme_names_keys_as_the_program_has_them(readme: str):
    table = action_table(load_taxonomy())
    by_shortcut = {spec.shortcut: spec for spec in table if spec.shortcut}
    section = readme.split("## Keyboard")[1].split("\n## ", maxsplit=1)[0]
    rows = re.findall(r"^\| `(\S+)` \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) > 15
    assert {key: by_shortcut[key].text for key, _ in rows} == dict(rows)
    labels = re.findall(r"`(\w|Shift\+\w)` ([^|`]+?) +\|", section)
    named = {s.shortcut: s.text for s in table if s.key.startswith(LABEL_PREFIX) and s.shortcut}
    assert dict(labels) == named


def test_that_readme_and_manual_name_commands_and_files_that_are_there(readme: str):
    root = Path(__file__).resolve().parents[2]
    windows_named = set(re.findall(r"`\.\\make\.ps1 ([a-z]+)", readme))
    readme += "".join(page.read_text(encoding="utf-8") for page in sorted((root / "docs").rglob("*.md")))
    assert set(re.findall(r"^leukview (\w+)", readme, re.MULTILINE)) <= command_names()
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    windows = set(re.findall(r'^  "([a-z]+)" \{', (root / "make.ps1").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", readme)) <= targets
    assert windows_named == windows
    for module in re.findall(r"python -m (training\.[\w.]*\w)", readme):
        assert (root / f"{module.replace('.', '/')}.py").is_file()
    for place in re.findall(r"[(`]((?:leukview|training|installer|docs)/[\w/.]+)[)`]", readme):
        assert (root / place).exists(), place
