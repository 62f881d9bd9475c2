"""Every file of a folder ends as a cell, an overview, or in a line that says why not."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.domain.slide import ExportPreview, Problem, ProblemKind
from leukview.domain.taxonomy import Taxonomy
from tests.support.export_examples import (
    assert_sentence,
    classes_by_file,
    image_bytes,
    overview_bytes,
    read_export,
    read_slide,
    write_files,
    write_zip,
)

HELPER_FOLDERS = (
    "$RECYCLE.BIN", "$Recycle.Bin", "RECYCLER", "System Volume Information", "FOUND.000", "$WINDOWS.~BT", "MSOCache",
    "#recycle", "#snapshot", "@eaDir", "@tmp", "@Recycle", "@Recently-Snapshot", ".@__thumb", "@sharesnap",
    ".snapshot", ".snapshots", "~snapshot", ".zfs", "lost+found", "LOST.DIR", ".Trash-1000", ".Trash", ".recycle",
    ".Trashes", ".Spotlight-V100", ".fseventsd", ".DocumentRevisions-V100", ".TemporaryItems", ".AppleDouble",
    "__MACOSX", "Network Trash Folder", "Temporary Items", ".dropbox.cache", ".stversions", ".sync", "Recycle Bin",
    ".thumbnails", "TheVolumeSettingsFolder", "trashbox",
)  # fmt: skip
HELPER_FILES = (
    "Thumbs.db", "ehthumbs.db", "desktop.ini", ".DS_Store", "._LY_1.jpg", "Icon\r", ".localized", ".apdisk",
    "autorun.inf", "SYNOFILE_THUMB_M.jpg", "LY_1.jpg@SynoEAStream", "LY_1.jpg:Zone.Identifier", ".directory",
    "~$notes.docx", ".~lock.notes.odt#", ".fuse_hidden0001", ".nfs00000000012af0", "Picasa.ini", ".nomedia",
)  # fmt: skip


def lines(preview: ExportPreview) -> list[Problem]:
    found = [*preview.problems, *preview.notices, *(p for slide in preview.slides for p in slide.problems)]
    for problem in found:
        assert_sentence(problem.message)
    return found


def patients(preview: ExportPreview) -> list[str]:
    return [slide.patient for slide in preview.slides]


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
@pytest.mark.parametrize("folder", HELPER_FOLDERS)
def test_that_a_folder_of_the_system_is_no_patient_and_told_once(
    tmp_path: Path, taxonomy: Taxonomy, folder: str, packed: bool
):
    files = {"Patient_07/Unsigned slides/1.jpg": image_bytes(1)}
    files |= {f"{folder}/S-1-5-21/deleted {number}.jpg": image_bytes(10 + number) for number in range(9)}
    files |= {f"Patient_07/{folder}/2.jpg": image_bytes(30)}
    path = write_zip(tmp_path / "stick.zip", files) if packed else write_files(tmp_path / "stick", files)
    preview = read_export(taxonomy, path)
    assert patients(preview) == ["Patient_07"]
    assert preview.problems == ()
    (notice,) = lines(preview)
    assert notice.kind is ProblemKind.HELPER
    assert f"“{folder}”" in notice.message


@pytest.mark.parametrize("name", HELPER_FILES)
def test_that_a_file_of_the_system_is_told_once(tmp_path: Path, taxonomy: Taxonomy, name: str):
    folders = [f"Patient_07/Signed slides/{folder}" for folder in ("Lymphocyte", "Monocyte", "Blast")]
    files = {f"{folder}/{number}.jpg": image_bytes(number) for number, folder in enumerate(folders)}
    preview = read_export(taxonomy, write_files(tmp_path / "stick", files | {f"{f}/{name}": b"x" for f in folders}))
    assert len(preview.slides[0].cells) == 3
    assert preview.slides[0].ignored_count == 3
    assert preview.problems == preview.slides[0].problems == ()
    (notice,) = lines(preview)
    assert f"“{name.strip()}" in notice.message
    assert "2 more" in notice.message


def test_that_a_patient_is_no_helper_folder(tmp_path: Path, taxonomy: Taxonomy):
    names = ["Recycle, Anna", "Found 7", "Snapshot", "Trash Metal", "#12 Smith", "lost"]
    files = {f"{name}/Unsigned slides/{number}.jpg": image_bytes(number) for number, name in enumerate(names)}
    preview = read_export(taxonomy, write_files(tmp_path / "stick", files))
    assert sorted(patients(preview)) == sorted(names)
    assert lines(preview) == []


@pytest.mark.parametrize("name", [".LY_2.jpg.icloud", "LY_2.jpg.nextcloud", "LY_2.jpg.owncloud", "LY_2.jpg.cloud"])
def test_that_a_placeholder_of_a_cloud_is_told(tmp_path: Path, taxonomy: Taxonomy, name: str):
    preview = read_export(taxonomy, write_files(tmp_path / "p", {"LY_1.jpg": image_bytes(1), name: b"bplist00"}))
    (problem,) = lines(preview)
    assert problem.kind is ProblemKind.PLACEHOLDER
    assert f"“{name}”" in problem.message
    assert preview.problems == (problem,)


def test_that_an_empty_file_names_the_cloud_as_a_cause(tmp_path: Path, taxonomy: Taxonomy):
    preview = read_export(taxonomy, write_files(tmp_path / "p", {"LY_1.jpg": image_bytes(1), "LY_2.jpg": b""}))
    (problem,) = lines(preview)
    assert problem.message == "“LY_2.jpg”: the file is empty; it may have to be downloaded from the cloud first."


@pytest.mark.parametrize("name", ["LY_2.jpg.part", "LY_2.jpg.filepart", "LY_2.crdownload", ".LY_2.jpg.a1B2c3"])
def test_that_a_copy_that_has_not_ended_is_told(tmp_path: Path, taxonomy: Taxonomy, name: str):
    preview = read_export(taxonomy, write_files(tmp_path / "p", {"LY_1.jpg": image_bytes(1), name: b"half"}))
    (problem,) = lines(preview)
    assert problem.kind is ProblemKind.UNFINISHED


def test_that_links_are_told_and_read_where_they_stay_inside(tmp_path: Path, taxonomy: Taxonomy):
    outside = write_files(tmp_path / "outside", {"LY_9.jpg": image_bytes(9), "more/LY_8.jpg": image_bytes(8)})
    root = write_files(tmp_path / "p", {"LY_1.jpg": image_bytes(1), ".store/LY_2": image_bytes(2)})
    try:
        (root / "LY_2.jpg").symlink_to(root / ".store" / "LY_2")
        (root / "LY_9.jpg").symlink_to(outside / "LY_9.jpg")
        (root / "more").symlink_to(outside / "more", target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    preview = read_export(taxonomy, root)
    assert classes_by_file(preview.slides[0]) == {"LY_1.jpg": "lymphocyte", "LY_2.jpg": "lymphocyte"}
    (link,) = [p for p in lines(preview) if p.kind is ProblemKind.LINK]
    assert "“LY_9.jpg”" in link.message
    assert "“more”" in link.message


def test_that_a_link_that_leads_nowhere_is_told(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", {"LY_1.jpg": image_bytes(1)})
    try:
        (root / "LY_2.jpg").symlink_to(root / "gone.jpg")
    except OSError:
        pytest.skip("this system makes no links")
    (problem,) = lines(read_export(taxonomy, root))
    assert "“LY_2.jpg”" in problem.message


def test_that_pictures_with_hidden_names_are_read_and_told(tmp_path: Path, taxonomy: Taxonomy):
    files = {"LY_1.jpg": image_bytes(1), ".LY_2.jpg": image_bytes(2), ".MO_3.jpg": image_bytes(3)}
    preview = read_export(taxonomy, write_files(tmp_path / "p", files))
    assert classes_by_file(preview.slides[0]) == {
        "LY_1.jpg": "lymphocyte", ".LY_2.jpg": "lymphocyte", ".MO_3.jpg": "monocyte",
    }  # fmt: skip
    (problem,) = lines(preview)
    assert problem.kind is ProblemKind.HIDDEN


COPIES = (
    "LY_1001 (1).jpg", "LY_1001(2).jpg", "LY_1001 - Copy.jpg", "LY_1001 - Copy (2).jpg", "LY_1001 copy.jpg",
    "LY_1001 copy 2.jpg", "LY_1001 2.jpg", "LY_1001 - Kopie.jpg", "LY_1001 - コピー.jpg", "LY_1001 - 副本.jpg",
    "LY_1001（1）.jpg", "LY_1001~1.jpg", "LY_1001-1.jpg", "LY_1001.jpg.jpg", "LY_1001.JPG", "LY_1001.jfif",
    "LY_1001.jpe", "LY_1001.JFIF", "LY_1001.jif",
)  # fmt: skip


@pytest.mark.parametrize("name", COPIES)
def test_that_a_copy_keeps_its_label(tmp_path: Path, taxonomy: Taxonomy, name: str):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {name: image_bytes(1)}))
    assert classes_by_file(slide) == {name: "lymphocyte"}
    assert slide.problems == ()


@pytest.mark.parametrize("name", ["LY_1001_x.jpg", "LY_1001x.jpg", "XLY_1001.jpg", "Smith_1001 (1).jpg"])
def test_that_another_name_gets_no_label(tmp_path: Path, taxonomy: Taxonomy, name: str):
    assert classes_by_file(read_slide(taxonomy, write_files(tmp_path / "p", {name: image_bytes(1)}))) == {name: ""}


def test_that_every_file_is_accounted_for(tmp_path: Path, taxonomy: Taxonomy):
    files = {f"{number}.jpg": image_bytes(number) for number in range(5)}
    files |= {"again.jpg": image_bytes(0), "field.png": overview_bytes(), "cut.jpg": image_bytes(9)[:50]}
    files |= {"notes.txt": b"x", "LY_1": image_bytes(8), "a.heic": b"x", "Thumbs.db": b"x", ".b.jpg.icloud": b"x"}
    preview = read_export(taxonomy, write_files(tmp_path / "p", files))
    (slide,) = preview.slides
    cells = {path for cell in slide.cells for path in (cell.path, *cell.duplicate_paths)}
    overviews = {overview.path for overview in slide.overviews}
    told = {name for name in files for line in lines(preview) if f"“{name}”" in line.message}
    assert cells | overviews | told == set(files)
    assert not cells & told


# ---- LeukView's own results --------------------------------------------------------------------------------------


@pytest.fixture
def analysed(tmp_path: Path) -> Path:
    """A tree with the results of its own analysis inside, and masks among them."""
    files = {f"Patient_07/Unsigned slides/{n}.jpg": image_bytes(n, size=(64, 64)) for n in range(3)}
    tree = write_files(tmp_path / "tree", files)
    assert main(["analyze", str(tree), "--output", str(tree / "results"), "--save-masks"]) == 0
    return tree


def test_that_own_results_are_not_analysed_again_and_told(
    analysed: Path, taxonomy: Taxonomy, capsys: pytest.CaptureFixture[str]
):
    capsys.readouterr()
    assert main(["analyze", str(analysed), "--output", str(analysed / "results"), "--save-masks"]) == 0
    said = capsys.readouterr()
    assert "1 of 1 slides were finished before" in said.out
    assert "Results of LeukView itself were ignored: “S-" in said.err
    preview = read_export(taxonomy, analysed)
    assert patients(preview) == ["Patient_07"]
    (problem,) = lines(preview)
    assert problem.kind is ProblemKind.OWN_RESULTS


@pytest.mark.parametrize("left", [{"summary.json"}, {"completed.json"}])
def test_that_results_of_a_killed_or_older_analysis_are_known_too(analysed: Path, taxonomy: Taxonomy, left: set[str]):
    (folder,) = (analysed / "results").iterdir()
    for name in {"summary.json", "completed.json", "cells.csv", "report.pdf"} - left:
        (folder / name).unlink()
    assert patients(read_export(taxonomy, analysed)) == ["Patient_07"]


def test_that_results_in_an_archive_and_opened_alone_are_told(analysed: Path, taxonomy: Taxonomy, tmp_path: Path):
    packed = Path(shutil.make_archive(str(tmp_path / "tree"), "zip", analysed))
    assert patients(read_export(taxonomy, packed)) == ["Patient_07"]
    with pytest.raises(Exception, match="contains no cell images") as caught:
        read_export(taxonomy, analysed / "results")
    assert "Results of LeukView itself were ignored" in str(caught.value)


def test_that_annotated_and_corrected_cells_of_leukview_are_left_out(
    analysed: Path, taxonomy: Taxonomy, capsys: pytest.CaptureFixture[str]
):
    (slide,) = [path.name for path in (analysed / "results").iterdir()]
    assert main(["export", slide, "--format", "coco", "--output", str(analysed / "annotated")]) == 0
    columns = "file,source,patient,diagnosis,cell_class,split,sha1_of_original\n"
    with zipfile.ZipFile(analysed / "cells-site.zip", "w") as archive:
        archive.writestr("manifest.csv", columns)
        archive.writestr("cells/000001.jpg", image_bytes(7))
    assert patients(read_export(taxonomy, analysed)) == ["Patient_07"]
    capsys.readouterr()
    assert main(["analyze", str(analysed), "--output", str(analysed / "results")]) == 0
    said = capsys.readouterr()
    assert said.out.count("Slide S-") == 1
    assert "“cells-site.zip”" in said.err


def test_that_exported_cells_are_no_results_and_files_of_others_neither(analysed: Path, taxonomy: Taxonomy):
    (slide,) = [path.name for path in (analysed / "results").iterdir()]
    assert main(["export", slide, "--format", "cells", "--output", str(analysed / "exported")]) == 0
    assert len(read_export(taxonomy, analysed / "exported").slides[0].cells) == 3
    other = {
        "summary.json": json.dumps({"cells": 3}).encode(),
        "completed.json": b"[1]",
        "manifest.csv": b"file,label\n",
    }
    folder = write_files(analysed.parent / "other", other | {"1.jpg": image_bytes(1)})
    assert len(read_export(taxonomy, folder).slides[0].cells) == 1


def test_that_the_data_folder_inside_a_tree_is_left_out(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    tree = write_files(tmp_path / "tree", {"Patient_07/Unsigned slides/1.jpg": image_bytes(1, size=(64, 64))})
    monkeypatch.setitem(os.environ, "LEUKVIEW_HOME", str(tree / "home"))
    assert main(["analyze", str(tree / "Patient_07"), "--output", str(tmp_path / "out")]) == 0
    write_files(tree / "home" / "demo", {"LY_1.jpg": image_bytes(5)})
    assert patients(read_export(taxonomy, tree)) == ["Patient_07"]
