"""Archives that are damaged, hostile or locked: each gets a sentence, and nothing outside is touched."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leukview.core.errors import ExportError
from leukview.domain.slide import ProblemKind
from leukview.domain.taxonomy import Taxonomy
from leukview.importers import file_sources
from tests.support.export_examples import (
    image_bytes,
    only_problem,
    read_error,
    read_export,
    read_slide,
    signed_tree,
    write_zip,
)


@pytest.mark.parametrize(
    "evil", ["../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "C:\\evil.jpg", "..\\evil.jpg", "\\\\host\\evil.jpg"]
)
def test_that_an_entry_that_leads_out_is_refused_and_the_others_are_kept(tmp_path: Path, taxonomy: Taxonomy, evil: str):
    archive = write_zip(tmp_path / "inner" / "p.zip", signed_tree("p/") | {evil: image_bytes(99)})
    preview = read_export(taxonomy, archive)
    (slide,) = preview.slides
    assert len(slide.cells) == 4
    (problem,) = preview.problems
    assert problem.kind is ProblemKind.UNSAFE_ARCHIVE_ENTRY
    assert problem.message == "The archive's entry “evil.jpg” was refused: its path points outside the archive."
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["inner", "p.zip"]


def test_that_a_bomb_is_refused_and_the_others_are_kept(tmp_path: Path, taxonomy: Taxonomy):
    preview = read_export(
        taxonomy, write_zip(tmp_path / "p.zip", {"BL_1.jpg": image_bytes(1), "BL_2.bmp": bytes(3_000_000)})
    )
    assert len(preview.slides[0].cells) == 1
    (problem,) = preview.problems
    assert problem.message == "The archive's entry “BL_2.bmp” was refused: it unpacks to far more than its own size."


@pytest.mark.parametrize(("limit", "value"), [("MAX_ENTRIES", 3), ("MAX_TOTAL_BYTES", 2000)])
def test_that_an_archive_of_too_much_is_refused(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
):
    monkeypatch.setattr(file_sources, limit, value)
    assert "more than" in read_error(taxonomy, write_zip(tmp_path / "p.zip", signed_tree())).message


def _with_flag(archive: Path, name: str, flag: int) -> None:
    """Set a general-purpose flag of one entry, in its local and in its central header."""
    data = bytearray(archive.read_bytes())
    for magic, flags, fixed, length in ((b"PK\x03\x04", 6, 30, 26), (b"PK\x01\x02", 8, 46, 28)):
        at = data.find(magic)
        while at >= 0:
            size = int.from_bytes(data[at + length : at + length + 2], "little")
            if data[at + fixed : at + fixed + size] == name.encode():
                data[at + flags] |= flag
            at = data.find(magic, at + 4)
    archive.write_bytes(bytes(data))


def test_that_an_encrypted_entry_is_refused_and_the_others_are_kept(tmp_path: Path, taxonomy: Taxonomy):
    archive = write_zip(tmp_path / "p.zip", {"BL_1.jpg": image_bytes(1), "BL_2.jpg": image_bytes(2)})
    _with_flag(archive, "BL_2.jpg", 0x1)
    preview = read_export(taxonomy, archive)
    assert [c.path for c in preview.slides[0].cells] == ["BL_1.jpg"]
    (problem,) = preview.problems
    assert problem.message == "The archive's entry “BL_2.jpg” was refused: it is protected by a password."


def test_that_a_nested_archive_is_told_and_not_opened(tmp_path: Path, taxonomy: Taxonomy):
    inner = write_zip(tmp_path / "inner.zip", {"BL_9.jpg": image_bytes(9)}).read_bytes()
    preview = read_export(
        taxonomy, write_zip(tmp_path / "p.zip", {"BL_1.jpg": image_bytes(1), "Patient_02.zip": inner})
    )
    assert [c.path for s in preview.slides for c in s.cells] == ["BL_1.jpg"]
    (problem,) = preview.problems
    assert problem.message == "“Patient_02.zip” is not an image and was skipped."


def test_that_a_link_in_an_archive_is_refused(tmp_path: Path, taxonomy: Taxonomy):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("BL_1.jpg", image_bytes(1))
        link = zipfile.ZipInfo("BL_2.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    preview = read_export(taxonomy, tmp_path / "p.zip")
    assert len(preview.slides[0].cells) == 1
    assert preview.problems[0].message == "The archive's entry “BL_2.jpg” was refused: it is a link."


def test_that_a_damaged_entry_is_told_and_the_others_are_kept(tmp_path: Path, taxonomy: Taxonomy):
    archive = tmp_path / "p.zip"
    write_zip(archive, {"BL_1.bmp": image_bytes(1, suffix=".bmp"), "BL_2.bmp": image_bytes(2, suffix=".bmp")})
    with zipfile.ZipFile(archive) as source:
        start = source.getinfo("BL_1.bmp").header_offset + 30 + len("BL_1.bmp")
    data = bytearray(archive.read_bytes())
    data[start : start + 200] = b"\xff" * 200
    archive.write_bytes(bytes(data))
    slide = read_slide(taxonomy, archive)
    assert [c.path for c in slide.cells] == ["BL_2.bmp"]
    problem = only_problem(slide)
    assert (problem.kind, problem.message) == (ProblemKind.UNDECODABLE, "“BL_1.bmp” cannot be read from the archive.")


def test_that_an_archive_cut_off_is_refused(tmp_path: Path, taxonomy: Taxonomy):
    archive = write_zip(tmp_path / "p.zip", signed_tree())
    archive.write_bytes(archive.read_bytes()[:-200])
    assert "p.zip" in read_error(taxonomy, archive).message


def test_that_an_empty_archive_is_told(tmp_path: Path, taxonomy: Taxonomy):
    assert "contains no cell images" in read_error(taxonomy, write_zip(tmp_path / "p.zip", {})).message


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_that_no_damage_to_an_archive_ever_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, data: st.DataObject
):
    archive = tmp_path_factory.mktemp("zip") / "p.zip"
    content = bytearray(
        write_zip(
            archive, {"p/LY_1.jpg": image_bytes(1), "p/Monocyte/2.png": image_bytes(2, suffix=".png")}
        ).read_bytes()
    )
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    archive.write_bytes(bytes(content))
    try:
        told, cells = "", [c for s in read_export(taxonomy, archive).slides for c in s.cells]
    except ExportError as error:
        told, cells = error.message, []
    assert told.endswith(".") or 1 <= len(cells) <= 2
