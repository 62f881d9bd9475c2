"""The same slides under the same names from a ZIP file as from the folder, whoever wrote its names."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.domain.slide import ExportPreview, ProblemKind
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.export_reader import AnalyserExportReader
from leukview.storage.vault import IdentityVault
from tests.support.export_examples import image_bytes, read_export, write_files

PATIENT = "表示ソ 太郎"
"""In cp932 the second byte of the first and of the third character is 0x5C, a backslash."""
UNICODE_PATH = 0x7075


def write_raw_zip(
    archive: Path,
    files: Mapping[bytes, bytes] | Sequence[tuple[bytes, bytes]],
    *,
    flag: int = 0,
    extras: Mapping[bytes, bytes] = {},
) -> Path:
    """Write a ZIP file of stored entries whose names are these bytes."""
    body, directory = bytearray(), bytearray()
    entries = list(files.items()) if isinstance(files, Mapping) else files
    for name, data in entries:
        extra = extras.get(name, b"")
        common = struct.pack(
            "<HHHHHIIIHH", 20, flag, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), len(extra)
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += name + extra
        body += b"PK\x03\x04" + common + name + extra + data
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(bytes(body + directory) + b"PK\x05\x06" + end)
    return archive


def encoded_files(encoding: str, patient: str = PATIENT, separator: str = "/") -> dict[bytes, bytes]:
    names = [separator.join((patient, "20260101_p", "Unsigned slides", f"{n}.jpg")).encode(encoding) for n in range(3)]
    return {name: image_bytes(number) for number, name in enumerate(names)}


def read_in(taxonomy: Taxonomy, path: Path, encoding: str = "") -> ExportPreview:
    return AnalyserExportReader(taxonomy).read(path, CancelToken(), null_reporter, name_encoding=encoding)


def pseudonyms(preview: ExportPreview) -> list[tuple[str, str]]:
    vault = IdentityVault(data_dir())
    try:
        return [vault.register_slide(slide) for slide in preview.slides]
    finally:
        vault.close()


def check_like_folder(taxonomy: Taxonomy, tmp_path: Path, preview: ExportPreview) -> None:
    data_dir()
    folder = write_files(tmp_path / "as folder", {n.decode(): data for n, data in encoded_files("utf-8").items()})
    from_folder = read_export(taxonomy, folder)
    assert [(s.patient, s.order) for s in preview.slides] == [(PATIENT, "20260101_p")]
    assert [len(s.cells) for s in preview.slides] == [3]
    assert pseudonyms(preview) == pseudonyms(from_folder)


@pytest.mark.parametrize("separator", ["/", "\\"])
def test_that_flagged_and_unflagged_utf8_are_read_as_such(tmp_path: Path, taxonomy: Taxonomy, separator: str):
    for flag in (0x800, 0):
        archive = write_raw_zip(tmp_path / f"{flag}.zip", encoded_files("utf-8", separator=separator), flag=flag)
        preview = read_export(taxonomy, archive)
        assert (preview.name_encoding, preview.name_encodings, preview.problems) == ("", (), ())
        check_like_folder(taxonomy, tmp_path, preview)


def unicode_path_field(raw: bytes, name: str, checked: bytes) -> bytes:
    body = struct.pack("<BI", 1, zlib.crc32(checked)) + name.encode()
    return struct.pack("<HH", 0x5455, 5) + b"\x01" + bytes(4) + struct.pack("<HH", UNICODE_PATH, len(body)) + body


def test_that_the_unicode_path_field_counts_where_it_belongs_to_the_name(tmp_path: Path, taxonomy: Taxonomy):
    files = encoded_files("cp932")
    fields = {raw: unicode_path_field(raw, raw.decode("cp932"), raw) for raw in files}
    preview = read_export(taxonomy, write_raw_zip(tmp_path / "a.zip", files, extras=fields))
    assert (preview.name_encodings, preview.problems) == ((), ())
    check_like_folder(taxonomy, tmp_path, preview)
    stale = {raw: unicode_path_field(raw, "another name.jpg", b"before it was renamed") for raw in files}
    preview = read_export(taxonomy, write_raw_zip(tmp_path / "b.zip", files, extras=stale))
    assert preview.name_encodings[0] == "cp932"


def test_that_a_name_in_a_japanese_code_page_is_split_after_it_is_read(tmp_path: Path, taxonomy: Taxonomy):
    archive = write_raw_zip(tmp_path / "a.zip", encoded_files("cp932", separator="\\"))
    preview = read_in(taxonomy, archive, "cp932")
    check_like_folder(taxonomy, tmp_path, preview)
    assert preview.problems == (), "the person chose"
    guessed = read_export(taxonomy, archive)
    assert (guessed.name_encoding, [p.kind for p in guessed.problems]) == ("cp932", [ProblemKind.NAME_ENCODING])
    slide = guessed.slides[0]
    reader = AnalyserExportReader(taxonomy)
    assert (
        reader.read_bytes(Path(slide.root), slide.archive_folder, slide.cells[0].path)
        in encoded_files("cp932").values()
    )


@pytest.mark.parametrize(
    ("encoding", "patient"),
    [("gbk", "王小明"), ("cp1252", "Müller Ægir"), ("cp437", "Müller"), ("cp932", "田中花子"), ("cp866", "Иванов")],
)
def test_that_each_encoding_can_be_chosen_and_its_pictures_are_found_again(
    tmp_path: Path, taxonomy: Taxonomy, encoding: str, patient: str
):
    archive = write_raw_zip(tmp_path / "a.zip", encoded_files(encoding, patient))
    assert encoding in read_export(taxonomy, archive).name_encodings
    (slide,) = read_in(taxonomy, archive, encoding).slides
    assert slide.patient == patient
    reader = AnalyserExportReader(taxonomy)
    for cell in slide.cells:
        assert reader.read_bytes(Path(slide.root), slide.archive_folder, cell.path)


def test_that_an_encoding_that_does_not_fit_is_refused(tmp_path: Path, taxonomy: Taxonomy):
    archive = write_raw_zip(tmp_path / "a.zip", encoded_files("cp1252", "Jörg Å"))
    with pytest.raises(ExportError, match="cannot be read as cp932") as caught:
        read_in(taxonomy, archive, "cp932")
    assert "cp1252" in caught.value.hint


def test_that_paths_stored_by_an_earlier_version_are_found(tmp_path: Path, taxonomy: Taxonomy):
    archive = write_raw_zip(tmp_path / "a.zip", encoded_files("utf-8"))
    with zipfile.ZipFile(archive) as opened:
        stored = opened.namelist()[0]  # as code page 437, which the archive does not say
    assert AnalyserExportReader(taxonomy).read_bytes(archive, "", stored) == image_bytes(0)


def test_that_a_name_twice_in_an_archive_is_told(tmp_path: Path, taxonomy: Taxonomy):
    names = (b"p/LY_1.jpg", b"p/LY_2.jpg", b"p/LY_1.jpg")
    write_raw_zip(tmp_path / "p.zip", [(name, image_bytes(number)) for number, name in enumerate(names)])
    preview = read_export(taxonomy, tmp_path / "p.zip")
    (problem,) = preview.problems
    assert (problem.kind, problem.path) == (ProblemKind.REPEATED_NAME, "p/LY_1.jpg")
    assert "“LY_1.jpg”" in problem.message


def test_that_the_command_line_asks_for_the_encoding_and_keeps_everything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    tree = write_files(tmp_path / "tree", {f"Patient_07/{n}.jpg": image_bytes(n, size=(64, 64)) for n in range(2)})
    archive = write_raw_zip(tree / "old.zip", encoded_files("cp932"))
    assert main(["analyze", str(tree), "--output", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert "Slide S-" in said.out
    assert "1 of 2 slides could not be analysed" in said.err
    assert f"cp932: “{PATIENT}”" in said.err
    assert "--zip-encoding" in said.err
    assert main(["analyze", str(archive), "--output", str(tmp_path / "out"), "--zip-encoding", "cp932"]) == 0
    assert "3 cells" in capsys.readouterr().out
    assert main(["inspect", str(archive), "--zip-encoding", "cp932"]) == 0
    assert f"{PATIENT} / 20260101_p: 3 cells" in capsys.readouterr().out


def test_that_an_archive_of_thousands_of_pictures_is_opened_once(
    tmp_path: Path, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
):
    count, opened = 3_000, []
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for number in range(count):
            archive.writestr(f"p/{number}.jpg", b"%d" % number)
    parse = zipfile.ZipFile

    def counted(path: Path) -> zipfile.ZipFile:
        opened.append(path)
        return parse(path)

    monkeypatch.setattr(zipfile, "ZipFile", counted)
    reader, began = AnalyserExportReader(taxonomy), time.monotonic()
    for number in range(count):
        assert reader.read_bytes(tmp_path / "p.zip", "p", f"{number}.jpg") == b"%d" % number
    assert len(opened) == 1
    assert time.monotonic() - began < 10, "113 s when each picture read the directory again"


def test_that_an_archive_that_was_replaced_is_read_anew(tmp_path: Path, taxonomy: Taxonomy):
    reader, archive = AnalyserExportReader(taxonomy), tmp_path / "p.zip"
    write_raw_zip(archive, {b"a.jpg": b"one"})
    assert reader.read_bytes(archive, "", "a.jpg") == b"one"
    write_raw_zip(archive, {b"a.jpg": b"two, and longer"})
    assert reader.read_bytes(archive, "", "a.jpg") == b"two, and longer"
    archive.unlink()
    with pytest.raises(ExportError, match="no longer exists"):
        reader.read_bytes(archive, "", "a.jpg")
