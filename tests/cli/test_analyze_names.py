"""`analyze` writes no name of patient, order or source file, wherever one looks, unless it is asked to."""

from __future__ import annotations

import csv
import io
import json
import logging
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from leukview.bootstrap import batch
from leukview.cli.main import main
from leukview.core.logging_setup import log_file as written_log
from leukview.core.paths import data_dir
from leukview.services.batch.runner import SlideTask
from tests.support.export_examples import image_bytes, write_files, write_zip

FAMILY_NAME, GIVEN_NAME, ORDER, FAILING_ORDER, CELL_NUMBER = "ŻYWICKA", "Łucja", "77553311", "66442200", "88774411"
PLANTED = (FAMILY_NAME, "ywicka", GIVEN_NAME, "ucja-1950", ORDER, FAILING_ORDER, CELL_NUMBER)
VAULT = ("identity.db", "identity.key")

pytestmark = pytest.mark.timeout(600)


def drawn_cell(number: int) -> bytes:
    """A purple disc on a light ground, which the segmenter finds."""
    y, x = np.mgrid[0:120, 0:120]
    pixels = np.full((120, 120, 3), (236, 220, 224), np.uint8)
    pixels[(y - 60) ** 2 + (x - 60 + number) ** 2 < 40**2] = (205, 190, 225)
    pixels[(y - 60) ** 2 + (x - 58 + number) ** 2 < 25**2] = (110, 60, 150)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two orders of a patient, one of which makes the program fail, and an archive; one image is cut off."""
    patient, slide = f"Patient {FAMILY_NAME} {GIVEN_NAME}-1950", {
        f"Signed slides/Lymphocyte/LY_{CELL_NUMBER}.png": drawn_cell(0),
        "Signed slides/Lymphocyte/ZYWICKA_1001.png": drawn_cell(1),
        f"Signed slides/Monocyte/MO_{CELL_NUMBER}.png": drawn_cell(2),
        f"Signed slides/Monocyte/{CELL_NUMBER}2.jpg": image_bytes(3)[:200],
        f"Unsigned slides/{ORDER}_001.png": drawn_cell(3),
    }  # fmt: skip
    write_files(tmp_path / "tree", {f"{patient}/{ORDER}_p/{name}": data for name, data in slide.items()})
    failing = {f"{patient}/{FAILING_ORDER}_p/Signed slides/Lymphocyte/LY_{CELL_NUMBER}.png": drawn_cell(5)}
    write_files(tmp_path / "tree", failing)
    packed = {f"{ORDER}_p/Signed slides/Monocyte/MO_{CELL_NUMBER}7.png": drawn_cell(7)}
    write_zip(tmp_path / "tree" / f"{FAMILY_NAME}.zip", packed)
    return tmp_path / "tree"


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, in which nothing is ever deleted."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(tempfile.TemporaryDirectory, "cleanup", lambda self: self._finalizer.detach())
    return folder


@pytest.fixture
def log_file() -> Iterator[Path]:
    """The window's log, and another handler, which caches its text in the records."""
    root = logging.getLogger()
    before = list(root.handlers)
    plain = logging.StreamHandler(io.StringIO())
    root.addHandler(plain)
    with written_log(data_dir):
        yield data_dir() / "leukview.log"
    for handler in [h for h in root.handlers if h not in before]:
        root.removeHandler(handler)
        handler.close()


def analyse_with_error(monkeypatch: pytest.MonkeyPatch, tree: Path, output: Path, *options: str) -> int:
    """Run the command; a bug whose message holds the path stops the slide of `FAILING_ORDER`."""
    analyse = batch.SlideWorker.analyse

    def fail(self: batch.SlideWorker, task: SlideTask, /) -> object:
        if FAILING_ORDER in task.draft.root:
            logging.getLogger("PIL.Image").error("cannot open %s", task.draft.root)
            raise RuntimeError(f"unexpected in {task.draft.root}")
        return analyse(self, task)

    monkeypatch.setattr(batch.SlideWorker, "analyse", fail)
    return main(["analyze", str(tree), "--output", str(output), *options])


def readable_content(data: bytes, name: str) -> bytes:
    """The bytes of a file, also of what is packed in it."""
    found = [data]
    if name.endswith(".pdf"):
        reader = PdfReader(io.BytesIO(data))
        found += ["".join(page.extract_text() for page in reader.pages).encode(), str(reader.metadata).encode()]
        for attached, contents in reader.attachments.items():
            found += [attached.encode(), *contents]
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [part for entry in archive.infolist() for part in (entry.filename.encode(), archive.read(entry))]
    return b"\0".join(found)


def planted_places(folder: Path) -> list[str]:
    """Files, by name or content, in which a planted word is found."""
    words = {form for word in PLANTED for form in (word.casefold(), json.dumps(word)[1:-1].casefold())}
    needles = {word.encode(code) for word in words for code in ("utf-8", "utf-16-le")}
    hits = []
    for path in folder.rglob("*"):
        inner = path.relative_to(folder).as_posix()
        if path.name.startswith(VAULT) or not path.exists():
            continue
        data = readable_content(path.read_bytes(), path.name) if path.is_file() else b""
        text = data.decode("utf-8", "replace").casefold().encode() + data.lower() + inner.casefold().encode()
        hits += [f"{inner}: {needle.decode('utf-8', 'replace')}" for needle in needles if needle in text]
    return hits


def cell_rows(output: Path) -> list[dict[str, str]]:
    found = []
    for path in sorted(output.glob("*/cells.csv")):
        found += list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    return found


def test_that_no_name_is_in_anything_that_is_written(
    tree: Path, tmp_path: Path, temporary_folder: Path, log_file: Path, monkeypatch: pytest.MonkeyPatch
):
    output = tmp_path / "out"
    assert analyse_with_error(monkeypatch, tree, output, "--save-masks") == 1
    rows = cell_rows(output)
    assert len(rows) == 5
    assert {row["file"] for row in rows} == {""}
    assert {row["source_code"] for row in rows} == {"LY", "MO", ""}
    log = log_file.read_text(encoding="utf-8")
    assert "RuntimeError at " in log
    assert "test_analyze_names.py" in log
    assert list((data_dir() / "tmp").rglob("cells.csv")), "what passed through the temporary folder is looked at too"
    assert len(list(data_dir().glob("cache/**/*.npz"))) == 5
    for place in (output, data_dir(), temporary_folder):
        assert planted_places(place) == [], place
    assert planted_places(tree), "the search finds what is there"


def test_that_names_are_written_when_they_are_asked_for_and_taken_away_again(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    output = tmp_path / "out"
    archive = tree / f"{FAMILY_NAME}.zip"
    assert main(["analyze", str(archive), "--output", str(output), "--with-names"]) == 0
    (row,) = cell_rows(output)
    assert row["file"] == f"Signed slides/Monocyte/MO_{CELL_NUMBER}7.png"
    summary = json.loads(next(output.glob("*/summary.json")).read_text(encoding="utf-8"))
    assert summary["identity"] == {"patient": FAMILY_NAME, "order": f"{ORDER}_p"}
    assert main(["analyze", str(archive), "--output", str(output)]) == 0
    assert "finished before" not in capsys.readouterr().out
    assert planted_places(output) == []


def test_that_results_of_an_earlier_version_are_made_anew_without_its_files_named_by_orders(tree: Path, tmp_path: Path):
    output, archive = tmp_path / "out", tree / f"{FAMILY_NAME}.zip"
    assert main(["analyze", str(archive), "--output", str(output)]) == 0
    mark = next(output.glob("*/completed.json"))
    body = json.loads(mark.read_text(encoding="utf-8"))
    old = f"masks/MO_{CELL_NUMBER}7.png"
    body |= {"format": 1, "files": [*body["files"], old, "../outside.png"]}
    body.pop("named")
    mark.write_text(json.dumps(body), encoding="utf-8")
    write_files(mark.parent, {old: b"mask", "notes.txt": b"a reader's own"})
    (output / "outside.png").write_bytes(b"kept")
    assert main(["analyze", str(archive), "--output", str(output)]) == 0
    assert planted_places(output) == []
    assert (mark.parent / "notes.txt").exists()
    assert (output / "outside.png").exists()


def test_that_the_same_file_name_in_four_class_folders_gives_four_masks(tmp_path: Path):
    classes = ("Lymphocyte", "Monocyte", "Eosinophil", "Basophil")
    files = {f"Signed slides/{name}/cell_0001.png": drawn_cell(number) for number, name in enumerate(classes)}
    tree = write_files(tmp_path / "Patient_07", files)
    output = tmp_path / "out"
    assert main(["analyze", str(tree), "--output", str(output), "--save-masks"]) == 0
    (folder,) = output.iterdir()
    rows = cell_rows(output)
    assert sorted(row["mask"] for row in rows) == sorted(f"masks/{row['cell_id']}.png" for row in rows)
    assert {path.name for path in (folder / "masks").iterdir()} == {f"{row['cell_id']}.png" for row in rows}
    sums = {zlib.crc32((folder / row["mask"]).read_bytes()) for row in rows}
    assert len(rows) == len(sums) == 4
    assert main(["analyze", str(tree), "--output", str(tmp_path / "without")]) == 0
    assert {row["mask"] for row in cell_rows(tmp_path / "without")} == {""}
