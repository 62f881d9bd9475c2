"""Class folders at the command line: asked for with a sentence, answered with an option, never guessed."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.core.paths import data_dir
from tests.support.export_examples import image_bytes, write_files

SIZE = (90, 90)
NAMES = ("ROE JANE", "POE EDGAR", "Smith", "Jones")


def images(*folders: str) -> dict[str, bytes]:
    return {
        f"{folder}/{i}{n}.png": image_bytes(10 * i + n, suffix=".png", size=SIZE)
        for i, folder in enumerate(folders)
        for n in range(2)
    }


def analyse(root: Path, output: Path, *options: str) -> int:
    return main(["analyze", str(root), "--output", str(output), *options])


def stored_labels() -> dict[tuple[str, str | None, str | None], int]:
    """(Slide, class, name) → number of cells in the database."""
    with closing(sqlite3.connect(data_dir() / "leukview.db")) as raw:
        rows = raw.execute("SELECT slide_id, source_class, source_name, COUNT(*) FROM cells GROUP BY 1, 2, 3")
        return {(slide, key, name): count for slide, key, name, count in rows}


def written(folder: Path) -> Iterator[bytes]:
    """Everything written there but the vault, whose purpose are the names."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("identity."):
            yield path.relative_to(folder).as_posix().encode()
            yield path.read_bytes()


def test_that_unknown_folders_fail_their_slide_alone_and_name_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    files = images("Patient_1/Signed slides/Lymphocyte", "Patient_1/Signed slides/Sezary cells", "Patient_2/Monocyte")
    root, output = write_files(tmp_path / "exports", files), tmp_path / "out"
    assert analyse(root, output) == 1
    told = capsys.readouterr().err
    assert "1 of 2 slides could not be analysed" in told
    assert "Patient_1: It is unknown whether “Sezary cells” is a cell class or a patient." in told
    assert "--class “Sezary cells=CLASS”" in told
    assert [key for _, key, _ in stored_labels()] == ["monocyte"]
    assert analyse(root, output, "--class", "Sezary cells=other") == 0
    assert sorted((key, name) for _, key, name in stored_labels()) == [
        ("lymphocyte", "Lymphocyte"),
        ("monocyte", "Monocyte"),
        ("other", "Sezary cells"),
    ]


def test_that_names_of_patients_below_cells_are_never_merged_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    root, output = write_files(tmp_path / "exports", images("Cells/ROE JANE", "Cells/POE EDGAR")), tmp_path / "out"
    assert analyse(root, output) == 1
    assert "“POE EDGAR”, “ROE JANE”" in capsys.readouterr().err
    assert stored_labels() == {}
    assert analyse(root, output, "--class", "ROE JANE=patient", "--class", "POE EDGAR=patient", "--json") == 0
    summaries = json.loads(capsys.readouterr().out)
    assert len({s["patient"] for s in summaries}) == len({s["slide_id"] for s in summaries}) == 2
    assert {(key, name) for _, key, name in stored_labels()} == {(None, None)}
    slide = summaries[0]["slide_id"]
    for form in ("csv", "json", "cells", "fhir", "hl7"):
        assert main(["export", slide, "--format", form, "--output", str(tmp_path / "export")]) == 0
    for place in (output, tmp_path / "export", data_dir()):
        for content in written(place):
            assert not [name for name in ("ROE", "EDGAR") if name.encode() in content]


def test_that_smith_jones_and_unidentified_are_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = write_files(tmp_path / "exports", images("Smith", "Jones", "Unidentified"))
    assert analyse(root, tmp_path / "out") == 1
    assert "Unidentified: It is unknown whether “Unidentified”" in capsys.readouterr().err
    assert len({slide for slide, _, _ in stored_labels()}) == 2
    assert analyse(root, tmp_path / "out", "--class", "Unidentified=patient") == 0
    assert len({slide for slide, _, _ in stored_labels()}) == 3


def test_that_an_answer_is_kept_by_the_site_and_finished_slides_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    files = images("Patient_1/Signed slides/Lymphocyte", "Patient_1/Signed slides/Zellen X", "Patient_2/Monocyte")
    root, output = write_files(tmp_path / "exports", files), tmp_path / "out"
    assert analyse(root, output) == 1
    (data_dir() / "classes.toml").write_text('\ufeff[folders]\n"Zellen X" = "Blast"\n', encoding="utf-8")
    capsys.readouterr()
    assert analyse(root, output) == 0
    assert "1 of 2 slides were finished before" in capsys.readouterr().out
    assert "blast" in {key for _, key, _ in stored_labels()}


def test_that_a_class_of_the_site_is_read_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (data_dir() / "classes.toml").write_text(
        '[[classes]]\nkey = "sezary_cell"\nname = "Sézary cell"\nparent = "lymphocyte"\naliases = ["Sezary cells"]\n',
        encoding="utf-8",
    )
    root = write_files(tmp_path / "Patient_1", images("Signed slides/Lymphocyte", "Signed slides/Sezary cells"))
    assert analyse(root, tmp_path / "out", "--json") == 0
    (summary,) = json.loads(capsys.readouterr().out)
    with (tmp_path / "out" / summary["slide_id"] / "cells.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["source_class"] for row in csv.DictReader(file)} == {"lymphocyte", "sezary_cell"}
    assert main(["export", summary["slide_id"], "--format", "cells", "--output", str(tmp_path / "export")]) == 0
    (cells,) = (tmp_path / "export").glob("*_cells/cells")
    assert {folder.name for folder in cells.iterdir()} == {"LY", "sezary_cell"}
    capsys.readouterr()
    assert main(["inspect", str(cells.parent), "--json"]) == 0
    (again,) = json.loads(capsys.readouterr().out)["slides"]
    assert again["classes"] == {"lymphocyte": 2, "sezary_cell": 2}


def test_that_inspect_asks_and_takes_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = write_files(tmp_path / "exports", images("Cells/ROE JANE", "Cells/Lymphocyte"))
    assert main(["inspect", str(root)]) == 0
    assert "? “ROE JANE” is not a class known to LeukView (2 images)" in capsys.readouterr().out
    assert main(["inspect", str(root), "--json", "--class", "ROE JANE=leave out"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == []
    assert [s["cells"] for s in told["slides"]] == [2]


@pytest.mark.parametrize(
    ("option", "words"),
    [("Zellen", "not of the form"), ("=blast", "not of the form"), ("Zellen=moon", "“moon” is not a class")],
)
def test_that_a_wrong_answer_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, words: str
):
    root = write_files(tmp_path / "exports", images("Lymphocyte"))
    assert analyse(root, tmp_path / "out", "--class", option) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["[[classes", '[folders]\nx = "moon"', '[[classes]]\nkey = "Blast"', "\ufeff[folders]\nx = 1"]
)
def test_that_a_faulty_site_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str):
    (data_dir() / "classes.toml").write_text(text, encoding="utf-8")
    root = write_files(tmp_path / "exports", images("Lymphocyte", "Zellen"))
    assert analyse(root, tmp_path / "out") == 1
    assert "Traceback" not in capsys.readouterr().err


def test_that_known_cells_a_changed_class_and_a_similar_name_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    first = write_files(tmp_path / "a" / "Müller", images("Signed slides/Lymphocyte"))
    assert analyse(first, tmp_path / "out") == 0
    ((slide, _, _),) = stored_labels()
    assert capsys.readouterr().err == ""
    second = write_files(tmp_path / "b" / "MÜLLER", images("Signed slides/Monocyte"))
    assert analyse(second, tmp_path / "out") == 0
    told = capsys.readouterr().err
    assert f"MÜLLER: 2 of its 2 cells are those of slide {slide}, imported under another name" in told
    assert f"MÜLLER: 2 cells have another class on the analyser than at the import of slide {slide}" in told
    assert "MÜLLER: “MÜLLER” and the patient “Müller” differ" in told
    assert len({slide for slide, _, _ in stored_labels()}) == 2, "nothing merges"
