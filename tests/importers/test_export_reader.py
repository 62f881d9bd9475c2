import hashlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Progress, null_reporter
from leukview.core.system_files import is_helper_folder
from leukview.domain.class_names import fold_name
from leukview.domain.slide import ProblemKind
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.cell_labels import CellLabels
from leukview.importers.export_reader import AnalyserExportReader
from leukview.importers.folder_names import GROUND_TRUTH_FOLDER
from leukview.importers.preview_text import preview_to_json, preview_to_text
from tests.support.export_examples import (
    classes_by_file,
    image_bytes,
    overview_bytes,
    read_export,
    read_slide,
    signed_tree,
    write_files,
    write_zip,
)

IN_THE_SIGNED_TREE = Counter({"blast": 2, "lymphocyte": 1, "": 1})


def test_that_a_signed_tree_gives_its_cells_labels_duplicates_and_overview(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "Patient_07", signed_tree()))
    assert slide.class_counts() == IN_THE_SIGNED_TREE
    assert (slide.labelled_count, slide.duplicate_count, len(slide.overviews)) == (3, 3, 1)
    assert (slide.undecodable_count, slide.conflict_count, slide.ignored_count, slide.problems) == (0, 0, 1, ())
    assert (slide.patient, slide.order, slide.layout) == ("Patient_07", "", "signed tree")
    assert slide.root == str((tmp_path / "Patient_07").resolve())
    (field,) = slide.overviews
    assert (field.width_px, field.height_px) == (1100, 1200)


def test_that_a_labelled_copy_stands_for_the_cell_and_keeps_code_size_and_digest(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", signed_tree()))
    cell = next(c for c in slide.cells if c.path.endswith("BL_10000001.jpg"))
    assert cell.path == "Signed slides/Blast, no lineage spec/BL_10000001.jpg"
    assert cell.duplicate_paths == ("Unsigned slides/9000000001_002.jpg",)
    assert cell.source is not None
    assert (cell.source.name, cell.source.code) == ("Blast, no lineage spec", "BL")
    assert (cell.width_px, cell.height_px) == (20, 24)
    data = AnalyserExportReader(taxonomy).read_bytes(Path(slide.root), slide.archive_folder, cell.path)
    assert hashlib.sha256(data).hexdigest() == cell.sha256


def test_that_an_unsigned_folder_gives_unlabelled_cells(tmp_path: Path, taxonomy: Taxonomy):
    files = {f"Unsigned slides/9000000001_{n:03d}.jpg": image_bytes(n) for n in range(5)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert slide.class_counts() == {"": 5}
    assert slide.layout == "unsigned"


@pytest.mark.parametrize("level", ["10027006113", "10027006113_p", "2018-12-16_2346"])
def test_that_an_order_or_date_level_becomes_the_order(tmp_path: Path, taxonomy: Taxonomy, level: str):
    slide = read_slide(taxonomy, write_files(tmp_path / "Patient_60", signed_tree(f"{level}/")))
    assert (slide.patient, slide.order) == ("Patient_60", level)
    assert slide.root == str((tmp_path / "Patient_60" / level).resolve())
    assert all(not c.path.startswith(level) for c in slide.cells)
    assert slide.class_counts() == IN_THE_SIGNED_TREE


def test_that_an_order_folder_opened_by_itself_keeps_its_patient(tmp_path: Path, taxonomy: Taxonomy):
    write_files(tmp_path / "Patient_60", signed_tree("10027006113/"))
    slide = read_slide(taxonomy, tmp_path / "Patient_60" / "10027006113")
    assert (slide.patient, slide.order) == ("Patient_60", "10027006113")


def test_that_two_orders_of_a_patient_are_two_slides(tmp_path: Path, taxonomy: Taxonomy):
    files = signed_tree("10027006113/") | signed_tree("10027135108/", first=10)
    preview = read_export(taxonomy, write_files(tmp_path / "Patient_73", files))
    assert [(s.patient, s.order) for s in preview.slides] == [
        ("Patient_73", "10027006113"),
        ("Patient_73", "10027135108"),
    ]
    assert all(s.class_counts() == IN_THE_SIGNED_TREE for s in preview.slides)


def test_that_an_order_without_images_is_told_and_makes_no_slide(tmp_path: Path, taxonomy: Taxonomy):
    files = signed_tree("10027006113/") | {"10027135108/Signed slides/Blast, no lineage spec/Thumbs.db": b"x"}
    preview = read_export(taxonomy, write_files(tmp_path / "Patient_73", files))
    assert [s.order for s in preview.slides] == ["10027006113"]
    (problem,) = preview.problems
    assert problem.kind is ProblemKind.EMPTY
    assert problem.message == "“10027135108” contains no images."


def test_that_class_folders_alone_give_labels(tmp_path: Path, taxonomy: Taxonomy):
    files = {
        "Segmented neutrophils/1.jpg": image_bytes(1),
        "Eosinophils/2.jpg": image_bytes(2),
        "Arifact/3.jpg": image_bytes(3),
        "VLY/4.jpg": image_bytes(4),
    }
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert slide.layout == "class folders"
    assert classes_by_file(slide) == {
        "1.jpg": "segmented_neutrophil",
        "2.jpg": "eosinophil",
        "3.jpg": "artefact",
        "4.jpg": "variant_lymphocyte",
    }


def test_that_flat_coded_files_give_labels_by_code(tmp_path: Path, taxonomy: Taxonomy):
    files = {"BL_16532102.jpg": image_bytes(1), "sne_16532103.jpg": image_bytes(2), "cell_7.jpg": image_bytes(3)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert slide.layout == "coded files"
    assert classes_by_file(slide) == {
        "BL_16532102.jpg": "blast",
        "sne_16532103.jpg": "segmented_neutrophil",
        "cell_7.jpg": "",
    }


def test_that_flat_files_without_a_code_are_unlabelled(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"a.jpg": image_bytes(1), "b.jpg": image_bytes(2)}))
    assert slide.layout == "unlabelled files"
    assert slide.class_counts() == {"": 2}


def test_that_the_canonical_layout_is_read(tmp_path: Path, taxonomy: Taxonomy):
    files = {
        "slide.json": b'{"version": 1}',
        "cells/BL/BL_1.png": image_bytes(1, suffix=".png"),
        "cells/LY/LY_2.png": image_bytes(2, suffix=".png"),
    }
    slide = read_slide(taxonomy, write_files(tmp_path / "S-1", files))
    assert slide.layout == "canonical"
    assert slide.class_counts() == {"blast": 1, "lymphocyte": 1}
    assert slide.problems == ()


def test_that_a_parent_folder_gives_every_patient_as_a_slide(tmp_path: Path, taxonomy: Taxonomy):
    files = signed_tree("Patient_01/") | signed_tree("Patient_02/10027006113/", first=10)
    files |= {"Patient_03/a.jpg": image_bytes(20), "Patient_04/BL_100.jpg": image_bytes(21), "README.txt": b"hello"}
    preview = read_export(taxonomy, write_files(tmp_path / "exports", files))
    assert [(s.patient, s.order, s.layout) for s in preview.slides] == [
        ("Patient_01", "", "signed tree"),
        ("Patient_02", "10027006113", "signed tree"),
        ("Patient_03", "", "unlabelled files"),
        ("Patient_04", "", "coded files"),
    ]
    assert preview.problems == ()


def test_that_a_patient_whose_initials_are_a_code_stays_a_patient(tmp_path: Path, taxonomy: Taxonomy):
    files = {f"{who}/{n}.jpg": image_bytes(10 * i + n) for i, who in enumerate(("AB", "MO", "XK")) for n in range(2)}
    preview = read_export(taxonomy, write_files(tmp_path / "exports", files))
    assert [s.patient for s in preview.slides] == ["AB", "MO", "XK"]
    assert all(s.labelled_count == 0 for s in preview.slides)


@pytest.mark.parametrize(
    "files",
    [
        signed_tree(),
        signed_tree("Patient_60/"),
        signed_tree("Patient_60/2018-12-16_2346/"),
        signed_tree("./Patient_60/"),
        {name.replace("/", "\\"): data for name, data in signed_tree("Patient_60/").items()},
    ],
    ids=["bare", "patient", "patient and date", "leading dot", "backslashes"],
)
def test_that_an_archive_reads_like_the_folder(tmp_path: Path, taxonomy: Taxonomy, files: dict[str, bytes]):
    archive = write_zip(tmp_path / "Patient_60.zip", files)
    slide = read_slide(taxonomy, archive)
    assert slide.class_counts() == IN_THE_SIGNED_TREE
    assert (slide.patient, slide.duplicate_count, len(slide.overviews), slide.ignored_count) == ("Patient_60", 3, 1, 1)
    reader = AnalyserExportReader(taxonomy)
    for cell in slide.cells:
        data = reader.read_bytes(Path(slide.root), slide.archive_folder, cell.path)
        assert hashlib.sha256(data).hexdigest() == cell.sha256


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({f"Unsigned slides/90_{n:03d}.jpg": image_bytes(n) for n in range(3)}, {"": 3}),
        ({"Monocyte/1.jpg": image_bytes(1), "Basophil/2.jpg": image_bytes(2)}, {"monocyte": 1, "basophil": 1}),
        ({"MO_1.jpg": image_bytes(1), "BA_2.jpg": image_bytes(2)}, {"monocyte": 1, "basophil": 1}),
        ({"1.jpg": image_bytes(1), "2.jpg": image_bytes(2)}, {"": 2}),
        ({"slide.json": b"{}", "cells/ERB/1.png": image_bytes(1, suffix=".png")}, {"erythroblast": 1}),
    ],
    ids=["unsigned", "class folders", "coded files", "unlabelled files", "canonical"],
)
def test_that_every_layout_may_be_zipped(
    tmp_path: Path, taxonomy: Taxonomy, files: dict[str, bytes], counts: dict[str, int]
):
    assert read_slide(taxonomy, write_zip(tmp_path / "p.zip", files)).class_counts() == counts


def test_that_an_archive_of_many_patients_gives_many_slides(tmp_path: Path, taxonomy: Taxonomy):
    files = signed_tree("Patient_01/") | signed_tree("Patient_02/", first=10)
    preview = read_export(taxonomy, write_zip(tmp_path / "all.zip", files))
    assert [(s.patient, s.archive_folder) for s in preview.slides] == [
        ("Patient_01", "Patient_01"),
        ("Patient_02", "Patient_02"),
    ]


def test_that_the_folder_is_trusted_when_the_code_says_otherwise(tmp_path: Path, taxonomy: Taxonomy):
    files = {"Signed slides/Monocyte/LY_1.jpg": image_bytes(1)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    (cell,) = slide.cells
    assert cell.source is not None
    assert (cell.source.class_key, cell.source.code) == ("monocyte", "LY")
    (problem,) = slide.problems
    assert problem.kind is ProblemKind.CODE_DISAGREES
    assert problem.message == "“LY_1.jpg” has the code LY but is in the folder “Monocyte”; the folder is used."


def test_that_a_cell_under_two_classes_is_one_cell_with_a_conflict(tmp_path: Path, taxonomy: Taxonomy):
    same = image_bytes(1)
    files = {"Signed slides/Lymphocyte/LY_1.jpg": same, "Signed slides/Blast, no lineage spec/BL_1.jpg": same}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    (cell,) = slide.cells
    assert cell.source is not None
    assert {cell.source.class_key, *(c.class_key for c in cell.conflicts)} == {"lymphocyte", "blast"}
    assert slide.conflict_count == 1
    assert [p.kind for p in slide.problems] == [ProblemKind.CONFLICT]


def test_that_a_cell_twice_under_one_class_is_a_duplicate_without_a_conflict(tmp_path: Path, taxonomy: Taxonomy):
    files = {"Lymphocyte/LY_1.jpg": image_bytes(1), "Lymphocyte/LY_2.jpg": image_bytes(1)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert (len(slide.cells), slide.duplicate_count, slide.conflict_count) == (1, 1, 0)


@pytest.mark.parametrize(
    "name",
    [
        "Signed slides/Sezary cells/USRWBC2_1.jpg",
        "cells/Sezary cells/USRWBC2_1.jpg",
        "Sezary cells/USRWBC2_1.jpg",
    ],
)
def test_that_an_unknown_class_is_asked_for_and_keeps_its_name_when_it_is_other(
    tmp_path: Path, taxonomy: Taxonomy, name: str
):
    beside = name.replace("Sezary cells", "Lymphocyte").replace("USRWBC2_1", "LY_2")
    root = write_files(tmp_path / "p", {name: image_bytes(1), beside: image_bytes(2)})
    asked = read_export(taxonomy, root)
    assert [(q.name, q.folder, q.count) for q in asked.questions] == [("Sezary cells", name.rpartition("/")[0], 1)]
    assert classes_by_file(asked.slides[0]) == {"LY_2.jpg": "lymphocyte"}
    assert asked.slides[0].open_questions == asked.questions
    slide = read_slide(taxonomy, root, {"Sezary cells": "other"})
    assert classes_by_file(slide) == {"USRWBC2_1.jpg": "other", "LY_2.jpg": "lymphocyte"}
    (cell,) = (c for c in slide.cells if c.path.endswith("USRWBC2_1.jpg"))
    assert cell.source is not None
    assert (cell.source.name, cell.source.code) == ("Sezary cells", "USRWBC2")
    assert not slide.open_questions


def test_that_a_flat_file_with_a_user_class_code_becomes_other(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(
        taxonomy, write_files(tmp_path / "p", {"USRWBC2_1.jpg": image_bytes(1), "LY_2.jpg": image_bytes(2)})
    )
    assert classes_by_file(slide) == {"USRWBC2_1.jpg": "other", "LY_2.jpg": "lymphocyte"}


def test_that_a_folder_named_other_is_no_known_class(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"Signed slides/Other/XY_1.jpg": image_bytes(1)}))
    (cell,) = slide.cells
    assert cell.source is not None
    assert (cell.source.class_key, cell.source.name) == ("other", "Other")


@pytest.mark.parametrize("opened", ["Signed slides", "Signed slides/Lymphocyte", "Unsigned slides"])
def test_that_a_folder_inside_the_export_may_be_opened(tmp_path: Path, taxonomy: Taxonomy, opened: str):
    write_files(tmp_path / "Patient_07", signed_tree())
    slide = read_slide(taxonomy, tmp_path / "Patient_07" / opened)
    labels = {"Signed slides": {"blast": 2, "lymphocyte": 1}, "Signed slides/Lymphocyte": {"lymphocyte": 1}}
    assert slide.class_counts() == labels.get(opened, {"": 4})


@pytest.mark.parametrize("ending", [".jpg", ".JPG", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"])
def test_that_every_format_is_read(tmp_path: Path, taxonomy: Taxonomy, ending: str):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {f"BL_1{ending}": image_bytes(1, suffix=ending)}))
    (cell,) = slide.cells
    assert (cell.width_px, cell.height_px) == (20, 24)
    data = AnalyserExportReader(taxonomy).read_bytes(Path(slide.root), "", cell.path)
    assert AnalyserExportReader(taxonomy).decode(data).shape == (24, 20, 3)


@pytest.mark.parametrize("name", ["Thumbs.db", "thumbs.DB", ".DS_Store", "desktop.ini", "._BL_1.jpg"])
def test_that_what_systems_leave_behind_is_passed_over_silently(tmp_path: Path, taxonomy: Taxonomy, name: str):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), name: b"junk"}))
    assert (len(slide.cells), slide.ignored_count, slide.problems) == (1, 1, ())


@pytest.mark.parametrize("folder", [".Synthetic_01.part", ".Trashes", "__MACOSX", "p/.AppleDouble"])
def test_that_hidden_folders_and_those_of_the_system_are_no_slides(tmp_path: Path, taxonomy: Taxonomy, folder: str):
    files = {
        "p/BL_1.jpg": image_bytes(1),
        f"{folder}/Unsigned slides/9_1.jpg": image_bytes(2),
        f"{folder}/._a.jpg": b"x",
    }
    preview = read_export(taxonomy, write_files(tmp_path / "exports", files))
    assert [(s.patient, len(s.cells)) for s in preview.slides] == [("p", 1)]
    assert preview.problems == ()


def test_that_another_kind_of_file_is_told_by_name(tmp_path: Path, taxonomy: Taxonomy):
    preview = read_export(taxonomy, write_files(tmp_path / "p", {"BL_1.jpg": image_bytes(1), "notes.docx": b"x"}))
    (problem,) = preview.problems
    assert problem.kind is ProblemKind.NOT_AN_IMAGE
    assert problem.message == "“notes.docx” is not an image and was skipped."


def test_that_the_truth_beside_synthetic_slides_is_no_slide(tmp_path: Path, taxonomy: Taxonomy):
    files = signed_tree("Synthetic_01/") | {
        f"{GROUND_TRUTH_FOLDER}/Synthetic_01/masks/a.png": image_bytes(50, suffix=".png")
    }
    preview = read_export(taxonomy, write_files(tmp_path / "demo", files))
    assert [s.patient for s in preview.slides] == ["Synthetic_01"]
    assert preview.problems == ()


def test_that_crops_of_any_usual_size_are_cells_and_only_large_fields_are_overviews(tmp_path: Path, taxonomy: Taxonomy):
    sizes = [(360, 363), (360, 365), (472, 365), (250, 250)]
    files = {f"{n}.jpg": image_bytes(n, size=size) for n, size in enumerate(sizes)} | {"field.png": overview_bytes()}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert sorted((c.width_px, c.height_px) for c in slide.cells) == sorted(sizes)
    assert len(slide.overviews) == 1


def test_that_a_cancelled_reading_gives_nothing(tmp_path: Path, taxonomy: Taxonomy):
    token = CancelToken()

    def stop(progress: Progress) -> None:
        token.cancel()

    with pytest.raises(Cancelled):
        AnalyserExportReader(taxonomy).read(write_files(tmp_path / "p", signed_tree()), token, stop)


def test_that_progress_never_runs_backwards_and_ends_complete(tmp_path: Path, taxonomy: Taxonomy):
    seen: list[Progress] = []
    files = signed_tree("a/") | signed_tree("b/", first=10)
    AnalyserExportReader(taxonomy).read(write_files(tmp_path / "p", files), CancelToken(), seen.append)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert seen[-1].done == seen[-1].total == 16


def test_that_reading_leaves_the_source_as_it_was(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", signed_tree())
    before = {p: p.stat().st_mtime_ns for p in sorted(root.rglob("*"))}
    read_export(taxonomy, root)
    assert {p: p.stat().st_mtime_ns for p in sorted(root.rglob("*"))} == before


def test_that_the_preview_speaks_the_same_numbers_to_people_and_programs(tmp_path: Path, taxonomy: Taxonomy):
    preview = read_export(taxonomy, write_files(tmp_path / "Patient_07", signed_tree("10027006113/")))
    slides = preview_to_json(preview)["slides"]
    assert isinstance(slides, list)
    assert slides[0]["name"] == "Patient_07 / 10027006113"
    assert slides[0]["classes"] == dict(IN_THE_SIGNED_TREE)
    text = preview_to_text(preview)
    assert "Patient_07 / 10027006113: 4 cells, 3 labelled by the laboratory (signed tree)" in text
    assert "1 overviews, 3 duplicates" in text


# ---- names and codes by chance ----------------------------------------------------------------------------------

_CHARACTERS = st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='/\\:*?"<>|')
_NAMES = st.text(_CHARACTERS, min_size=1, max_size=24).filter(lambda s: s.strip(". ") != "" and not s.startswith("."))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(folder=_NAMES, stem=_NAMES)
def test_that_any_folder_under_signed_slides_is_a_known_class_or_asked_for_and_then_kept_with_its_name(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, folder: str, stem: str
):
    assume(not is_helper_folder(folder))  # told as such, see `test_every_file_is_told`
    root = tmp_path_factory.mktemp("export")
    write_files(root, {f"Signed slides/{folder}/{stem}.jpg": image_bytes(1)})
    preview = read_export(taxonomy, root)
    if taxonomy.class_by_folder(folder) is None:
        patient = [s for s in preview.slides if s.patient == folder]
        assert [q.name for q in preview.questions] == [folder] or patient or taxonomy.class_by_folder_code(folder)
    answers = {folder: "other"} if fold_name(folder) else {}
    for slide in read_export(taxonomy, root, answers).slides if answers else ():
        (cell,) = slide.cells
        assert cell.source is not None
        assert (cell.source.class_key, cell.source.name) == ("other", Path(cell.path).parent.name)
        data = AnalyserExportReader(taxonomy).read_bytes(Path(slide.root), slide.archive_folder, cell.path)
        assert data == image_bytes(1)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), number=st.integers(0, 10**8))
def test_that_every_code_of_the_taxonomy_is_understood_in_a_file_name(
    taxonomy: Taxonomy, data: st.DataObject, number: int
):
    code, key = data.draw(st.sampled_from([(code, c.key) for c in taxonomy.classes for code in c.codes]))
    label = CellLabels(taxonomy, {}).label("", f"{data.draw(st.sampled_from([code, code.lower()]))}_{number}.jpg")
    assert label is not None
    assert (label.class_key, label.code.upper()) == (key, code)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stem=_NAMES)
def test_that_a_file_name_alone_never_makes_a_class_that_the_taxonomy_lacks(taxonomy: Taxonomy, stem: str):
    label = CellLabels(taxonomy, {}).label("", f"{stem}.jpg")
    assert label is None or taxonomy.cell_class(label.class_key)


def test_that_reading_the_same_folder_twice_gives_the_same_draft(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "p", signed_tree())
    assert read_export(taxonomy, root) == AnalyserExportReader(taxonomy).read(root, CancelToken(), null_reporter)


def test_that_two_record_numbers_side_by_side_are_two_patients(tmp_path: Path, taxonomy: Taxonomy):
    files = signed_tree("10023457/") | signed_tree("10098812/", first=50)
    folder = write_files(tmp_path / "Exports", files)
    preview = read_export(taxonomy, folder)
    assert [(s.patient, s.order) for s in preview.slides] == [("10023457", ""), ("10098812", "")]
    for slide in preview.slides:
        (problem,) = [p for p in slide.problems if p.kind is ProblemKind.PATIENT_OR_ORDER]
        assert "“Exports”" in problem.message
    alone = read_slide(taxonomy, folder / "10098812")
    assert (alone.patient, alone.order) == ("10098812", "")


@pytest.mark.parametrize("parent", ["Week 12", "Exports", "2026"])
def test_that_a_number_below_a_folder_of_any_name_is_no_order(tmp_path: Path, taxonomy: Taxonomy, parent: str):
    slide = read_slide(taxonomy, write_files(tmp_path / parent / "10293847", signed_tree()))
    assert (slide.patient, slide.order) == ("10293847", "")


def test_that_a_class_folder_opened_by_itself_belongs_to_the_patient_above(tmp_path: Path, taxonomy: Taxonomy):
    write_files(tmp_path / "Patient_26", {"Signed slides/Lymphocyte/LY_1.jpg": image_bytes(1)})
    write_files(tmp_path / "Patient_27", {"Signed slides/Lymphocyte/LY_2.jpg": image_bytes(2)})
    for patient in ("Patient_26", "Patient_27"):
        slide = read_slide(taxonomy, tmp_path / patient / "Signed slides" / "Lymphocyte")
        assert (slide.patient, slide.order) == (patient, "")


@pytest.mark.parametrize("parent", ["Patient_60", "Müller^Anna", "Smith, John", "患者 12", "patient 7"])
def test_that_a_number_below_a_patient_is_an_order(tmp_path: Path, taxonomy: Taxonomy, parent: str):
    slide = read_slide(taxonomy, write_files(tmp_path / parent / "10293847", signed_tree()))
    assert (slide.patient, slide.order) == (parent, "10293847")
    assert not [p for p in slide.problems if p.kind is ProblemKind.PATIENT_OR_ORDER]
