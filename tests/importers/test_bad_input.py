"""Whatever is wrong with an export: one sentence, the good cells kept, no traceback."""

import errno
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, Progress
from leukview.domain.slide import ProblemKind
from leukview.domain.taxonomy import Taxonomy
from leukview.importers import file_sources
from leukview.importers.export_reader import READ_AHEAD_THREADS, AnalyserExportReader
from leukview.importers.file_sources import FolderSource, open_source
from tests.support.export_examples import (
    image_bytes,
    only_problem,
    overview_bytes,
    read_error,
    read_export,
    read_slide,
    write_files,
    write_zip,
)

# ---- what was opened ---------------------------------------------------------------------------------------------


def test_that_an_empty_folder_is_told(tmp_path: Path, taxonomy: Taxonomy):
    folder = tmp_path / "Patient_07"
    folder.mkdir()
    error = read_error(taxonomy, folder)
    assert error.message == "“Patient_07” contains no cell images."
    assert error.hint == "Choose the folder that the analyser exported, or the folder of one patient in it."


def test_that_empty_class_folders_are_told(tmp_path: Path, taxonomy: Taxonomy):
    (tmp_path / "p" / "Signed slides" / "Lymphocyte").mkdir(parents=True)
    assert "contains no cell images" in read_error(taxonomy, tmp_path / "p").message


def test_that_a_folder_without_images_names_what_it_holds(tmp_path: Path, taxonomy: Taxonomy):
    with pytest.raises(ExportError) as caught:
        read_export(taxonomy, write_files(tmp_path / "p", {"report.docx": b"x"}))
    assert caught.value.message == "“p” contains no cell images. “report.docx” is not an image and was skipped."


def test_that_a_folder_of_microscope_fields_only_is_one_sentence(tmp_path: Path, taxonomy: Taxonomy):
    files = {f"field_{n}.jpg": overview_bytes(n) for n in range(2)}
    with pytest.raises(ExportError) as caught:
        read_export(taxonomy, write_files(tmp_path / "p", files))
    assert caught.value.message == "None of the images in “p” can be used. It contains only images larger than a cell."


def test_that_cells_are_numbered_in_the_natural_order_of_their_names(tmp_path: Path, taxonomy: Taxonomy):
    names = [f"Unsigned slides/17_{n}.jpg" for n in (1, 2, 10, 11, 100)]
    files = {name: image_bytes(number) for number, name in reversed(list(enumerate(names)))}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert [cell.path for cell in slide.cells] == names


def test_that_a_path_that_is_not_there_is_told(tmp_path: Path, taxonomy: Taxonomy):
    assert read_error(taxonomy, tmp_path / "gone").message == "“gone” does not exist."


@pytest.mark.parametrize("data", [image_bytes(1), b"", b"hello"], ids=["an image", "nothing", "text"])
def test_that_a_file_instead_of_a_folder_is_told(tmp_path: Path, taxonomy: Taxonomy, data: bytes):
    file = write_files(tmp_path, {"BL_1.jpg": data}) / "BL_1.jpg"
    assert read_error(taxonomy, file).message == "“BL_1.jpg” is neither a folder nor a ZIP archive."


@pytest.mark.parametrize("name", ["a" * 300, "/".join(["d" * 200] * 25)], ids=["name", "path"])
def test_that_a_name_longer_than_the_system_allows_is_told(tmp_path: Path, taxonomy: Taxonomy, name: str):
    error = read_error(taxonomy, tmp_path / name)
    assert "cannot be opened: its name is too long." in error.message or "is not there" in error.message
    assert len(error.message) < 300


def test_that_a_name_that_is_no_text_is_told(tmp_path: Path, taxonomy: Taxonomy):
    assert read_error(taxonomy, tmp_path / "caf\udce9").message == "The folder's name is not readable text."


def test_that_a_path_behind_a_locked_door_is_told(tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch):
    def locked(self: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "is_dir", locked)
    assert read_error(taxonomy, tmp_path / "p").message == "“p” cannot be opened: no permission."


# ---- files that cannot be read -----------------------------------------------------------------------------------


def test_that_a_file_without_permission_is_told_and_the_others_are_kept(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "BL_2.jpg": image_bytes(2)})
    whole = Path.read_bytes

    def partly_locked(self: Path) -> bytes:
        if self.name == "BL_1.jpg":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return whole(self)

    monkeypatch.setattr(Path, "read_bytes", partly_locked)
    slide = read_slide(taxonomy, root)
    assert [c.path for c in slide.cells] == ["BL_2.jpg"]
    problem = only_problem(slide)
    assert (problem.kind, problem.path) == (ProblemKind.NO_PERMISSION, "BL_1.jpg")
    assert problem.message == "“BL_1.jpg” cannot be read: no permission."


def test_that_a_folder_without_permission_is_told_and_the_others_are_kept(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    root = write_files(tmp_path / "p", {"Lymphocyte/LY_1.jpg": image_bytes(1), "Monocyte/MO_1.jpg": image_bytes(2)})
    listing = os.scandir

    def partly_locked(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("Monocyte"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", partly_locked)
    preview = read_export(taxonomy, root)
    assert [c.path for c in preview.slides[0].cells] == ["Lymphocyte/LY_1.jpg"]
    (problem,) = preview.problems
    assert (problem.kind, problem.message) == (
        ProblemKind.NO_PERMISSION,
        "The folder “Monocyte” cannot be read: no permission.",
    )


def test_that_a_disk_that_fails_is_told_in_its_own_words(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})

    def broken(self: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error", str(self))

    monkeypatch.setattr(Path, "read_bytes", broken)
    with pytest.raises(ExportError, match=r"“BL_1\.jpg” cannot be read: Input/output error\.$"):
        read_export(taxonomy, root)


def test_that_a_folder_that_vanishes_while_it_is_read_keeps_what_was_read(tmp_path: Path, taxonomy: Taxonomy):
    files = {f"Unsigned slides/90_{n:03d}.jpg": image_bytes(n) for n in range(40)}
    root = write_files(tmp_path / "p", files)

    def pull_the_stick(progress: Progress) -> None:
        if progress.done == 16:
            shutil.rmtree(root)

    (slide,) = AnalyserExportReader(taxonomy).read(root, CancelToken(), pull_the_stick).slides
    read = len(slide.cells)
    assert 16 <= read <= 16 + READ_AHEAD_THREADS + 1  # a few are read ahead of the one that is reported
    assert {p.kind for p in slide.problems} == {ProblemKind.VANISHED}
    assert len(slide.problems) == 40 - read
    assert slide.problems[-1].message == "“90_039.jpg” cannot be read: it no longer exists."


def test_that_a_folder_that_vanishes_at_once_is_refused(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", {"a.jpg": image_bytes(1), "b.jpg": image_bytes(2)})

    def pull_the_stick(progress: Progress) -> None:
        shutil.rmtree(root, ignore_errors=True)

    with pytest.raises(ExportError, match="None of the images in “p” can be used"):
        AnalyserExportReader(taxonomy).read(root, CancelToken(), pull_the_stick)


def test_that_a_cell_that_is_gone_when_it_is_looked_at_is_told(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)}))
    (tmp_path / "p" / "BL_1.jpg").unlink()
    with pytest.raises(ExportError, match=r"“BL_1\.jpg” cannot be read: it no longer exists"):
        AnalyserExportReader(taxonomy).read_bytes(Path(slide.root), slide.archive_folder, "BL_1.jpg")


def test_that_what_is_no_plain_file_is_never_read(tmp_path: Path):
    (tmp_path / "pipe.jpg").mkdir()
    with pytest.raises(ExportError, match="it is not a plain file"):
        FolderSource(tmp_path).read("pipe.jpg")


def test_that_a_huge_file_is_told_without_being_read(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(file_sources, "MAX_FILE_BYTES", 5000)
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "BL_2.jpg": bytes(6000)}))
    problem = only_problem(slide)
    assert (problem.kind, problem.message) == (
        ProblemKind.TOO_LARGE,
        "“BL_2.jpg” was not read: it is larger than 256 MB.",
    )


# ---- images that are none ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".jpg", ".png", ".bmp", ".tif", ".webp"])
def test_that_a_truncated_image_is_told_and_the_others_are_kept(tmp_path: Path, taxonomy: Taxonomy, ending: str):
    whole = image_bytes(1, suffix=ending)
    files = {f"BL_1{ending}": whole[: len(whole) // 2], "BL_2.jpg": image_bytes(2)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert [c.path for c in slide.cells] == ["BL_2.jpg"]
    assert (only_problem(slide).kind, slide.undecodable_count) == (ProblemKind.UNDECODABLE, 1)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"<html>", bytes(2000)], ids=["empty", "head", "html", "zeros"])
def test_that_a_file_that_only_claims_to_be_an_image_is_told(tmp_path: Path, taxonomy: Taxonomy, data: bytes):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "BL_2.jpg": data}))
    problem = only_problem(slide)
    assert (problem.kind, problem.path) == (ProblemKind.UNDECODABLE, "BL_2.jpg")


def test_that_a_damaged_cell_filed_twice_is_told_once(tmp_path: Path, taxonomy: Taxonomy):
    broken = image_bytes(1)[:300]
    files = {"Signed slides/Lymphocyte/LY_1.jpg": broken, "Unsigned slides/90_001.jpg": broken}
    files["Unsigned slides/90_002.jpg"] = image_bytes(2)
    assert read_slide(taxonomy, write_files(tmp_path / "p", files)).undecodable_count == 1


def test_that_an_image_of_100_megapixels_is_told_and_the_others_are_kept(tmp_path: Path, taxonomy: Taxonomy):
    stream = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(stream, format="PNG")
    slide = read_slide(
        taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "BL_2.png": stream.getvalue()})
    )
    problem = only_problem(slide)
    assert problem.kind is ProblemKind.TOO_LARGE
    assert problem.message == "“BL_2.png”: the image has 100 megapixels, too many for one cell."
    assert len(slide.cells) == 1


def test_that_an_image_that_claims_a_billion_pixels_is_told(tmp_path: Path, taxonomy: Taxonomy):
    stream = io.BytesIO()
    Image.new("1", (8, 8)).save(stream, format="BMP")
    head = bytearray(stream.getvalue())
    head[18:26] = (40_000).to_bytes(4, "little") * 2
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "BL_2.bmp": bytes(head)}))
    assert only_problem(slide).kind is ProblemKind.TOO_LARGE


def test_that_a_folder_of_damaged_images_only_is_refused(tmp_path: Path, taxonomy: Taxonomy):
    with pytest.raises(ExportError) as caught:
        read_export(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": b"x", "BL_2.jpg": b"y"}))
    assert caught.value.message.startswith("None of the images in “p” can be used.")


# ---- archives ----------------------------------------------------------------------------------------------------


# ---- names -------------------------------------------------------------------------------------------------------

NAMES = [
    "患者/中文/细胞.jpg",
    "🩸/🔬 cell.jpg",
    "Mu\u0308ller/Cafe\u0301.jpg",
    "Пациент/клетка 1.jpg",
    "שלום/תא.jpg",
    "a b/ c .jpg",
]


@pytest.mark.parametrize("name", NAMES)
def test_that_a_name_in_any_script_is_kept_letter_by_letter(tmp_path: Path, taxonomy: Taxonomy, name: str):
    folder, _, file = name.partition("/")
    for opened in (
        write_files(tmp_path / "exports", {name: image_bytes(1)}),
        write_zip(tmp_path / "exports.zip", {name: image_bytes(1)}),
    ):
        slide = read_slide(taxonomy, opened)
        found = f"{slide.archive_folder}/{slide.cells[0].path}" if slide.archive_folder else slide.cells[0].path
        assert found.endswith(file.split("/")[-1])
        assert folder in f"{slide.root}/{slide.archive_folder}"
        reader = AnalyserExportReader(taxonomy)
        assert reader.read_bytes(Path(slide.root), slide.archive_folder, slide.cells[0].path) == image_bytes(1)


def test_that_a_file_name_that_is_no_text_is_told_and_the_others_are_kept(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})

    def old_disk(top: Path, **_options: object) -> Iterator[tuple[str, list[str], list[str]]]:
        yield str(top), [], ["BL_1.jpg", "caf\udce9.jpg"]

    monkeypatch.setattr(os, "walk", old_disk)
    preview = read_export(taxonomy, root)
    assert len(preview.slides[0].cells) == 1
    (problem,) = preview.problems
    assert problem.message == (
        "The name of the file “caf?.jpg” is not readable text, so the file was skipped; rename it."
    )
    assert problem.message.encode()


def test_that_an_archive_entry_with_a_very_long_name_is_read(tmp_path: Path, taxonomy: Taxonomy):
    name = "/".join(["d" * 200] * 25) + "/BL_1.jpg"
    slide = read_slide(taxonomy, write_zip(tmp_path / "p.zip", {name: image_bytes(1)}))
    assert AnalyserExportReader(taxonomy).read_bytes(
        Path(slide.root), slide.archive_folder, slide.cells[0].path
    ) == image_bytes(1)


def test_that_a_tree_deeper_than_the_system_can_name_is_told_and_the_rest_is_kept(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "deep/BL_2.jpg": image_bytes(2)})
    listing = os.scandir

    def too_deep(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("deep"):
            raise OSError(errno.ENAMETOOLONG, "File name too long", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", too_deep)
    preview = read_export(taxonomy, root)
    assert [c.path for c in preview.slides[0].cells] == ["BL_1.jpg"]
    assert preview.problems[0].message == "The folder “deep” cannot be read: its name is too long."


# ---- links -------------------------------------------------------------------------------------------------------


def make_symlink(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this system does not let the user make links")


def test_that_a_loop_of_folders_ends(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})
    make_symlink(root / "again", root)
    assert len(read_slide(taxonomy, root).cells) == 1


def test_that_a_link_to_itself_is_passed_over(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})
    make_symlink(root / "BL_2.jpg", root / "BL_2.jpg")
    slide = read_slide(taxonomy, root)
    assert [c.path for c in slide.cells] == ["BL_1.jpg"]
    assert all(p.message.endswith(".") for p in slide.problems)


def test_that_a_link_out_of_the_export_is_not_followed(tmp_path: Path, taxonomy: Taxonomy):
    write_files(tmp_path / "elsewhere", {"BL_2.jpg": image_bytes(2)})
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})
    make_symlink(root / "BL_2.jpg", tmp_path / "elsewhere" / "BL_2.jpg")
    make_symlink(root / "more", tmp_path / "elsewhere")
    assert [c.path for c in read_slide(taxonomy, root).cells] == ["BL_1.jpg"]


def test_that_a_link_within_the_export_is_a_duplicate(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})
    make_symlink(root / "BL_2.jpg", root / "BL_1.jpg")
    slide = read_slide(taxonomy, root)
    assert (len(slide.cells), slide.duplicate_count) == (1, 1)


def test_that_an_export_opened_through_a_link_is_read(tmp_path: Path, taxonomy: Taxonomy):
    write_files(tmp_path / "real", {"BL_1.jpg": image_bytes(1)})
    make_symlink(tmp_path / "shortcut", tmp_path / "real")
    assert len(read_slide(taxonomy, tmp_path / "shortcut").cells) == 1


@pytest.mark.parametrize("opened", ["p", "p.zip"])
def test_that_an_error_of_the_caller_is_not_taken_for_one_of_the_disk(tmp_path: Path, opened: str):
    write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1)})
    write_zip(tmp_path / "p.zip", {"BL_1.jpg": image_bytes(1)})

    def use() -> None:
        with open_source(tmp_path / opened) as source:
            assert source.list_files(CancelToken()) == ["BL_1.jpg"]
            raise OSError("mine")

    with pytest.raises(OSError, match="mine"):
        use()
