"""Which folders are classes, which are patients, and which are asked about; nothing merges by a guess."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from leukview.core.errors import LeukViewError
from leukview.domain.slide import ExportPreview, ProblemKind
from leukview.domain.taxonomy import Taxonomy
from tests.support.export_examples import (
    classes_by_file,
    image_bytes,
    read_export,
    read_slide,
    signed_tree,
    write_files,
    write_zip,
)


def images(*folders: str, stem: str = "{n}") -> dict[str, bytes]:
    """Two images in each folder; `stem` names them, with the folder's own name and a number."""
    files = {}
    for i, folder in enumerate(folders):
        for n in range(2):
            name = stem.format(n=f"{i}{n}", folder=folder.rpartition("/")[2])
            files[f"{folder}/{name}.jpg"] = image_bytes(100 + 2 * i + n)
    return files


def found(preview: ExportPreview) -> dict[str, dict[str, int]]:
    """Patient → cells by class, of each slide."""
    return {s.patient: s.class_counts() for s in preview.slides}


def asked(preview: ExportPreview) -> list[str]:
    return [q.name for q in preview.questions]


def test_that_patients_beside_one_that_is_named_like_a_class_stay_three(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "exports", images("Smith", "Jones", "Unidentified"))
    preview = read_export(taxonomy, root)
    assert found(preview) == {"Jones": {"": 2}, "Smith": {"": 2}, "Unidentified": {"": 2}}
    assert asked(preview) == ["Unidentified"]
    assert [bool(s.open_questions) for s in preview.slides] == [False, False, True]


@pytest.mark.parametrize("names", [("LY", "HK"), ("LY", "MO"), ("ly", "hk")])
def test_that_patients_whose_initials_are_codes_are_asked_about(
    tmp_path: Path, taxonomy: Taxonomy, names: tuple[str, ...]
):
    preview = read_export(taxonomy, write_files(tmp_path / "exports", images(*names)))
    assert sorted(found(preview)) == sorted(names)
    assert all(s.labelled_count == 0 for s in preview.slides)
    assert asked(preview) == sorted(n for n in names if taxonomy.class_by_code(n))


@pytest.mark.parametrize("marker", ["Cells", "cells", "Signed slides", "Unsigned slides"])
def test_that_names_of_patients_below_a_folder_of_classes_are_asked_about(
    tmp_path: Path, taxonomy: Taxonomy, marker: str
):
    root = write_files(tmp_path / "exports", images(f"{marker}/ROE JANE", f"{marker}/POE EDGAR"))
    preview = read_export(taxonomy, root)
    assert preview.slides == ()
    assert asked(preview) == ["POE EDGAR", "ROE JANE"]
    answered = read_export(taxonomy, root, {"ROE JANE": "patient", "poe edgar": "patient"})
    assert found(answered) == {"POE EDGAR": {"": 2}, "ROE JANE": {"": 2}}
    assert asked(answered) == []


@pytest.mark.parametrize("opened", ["Signed slides", "Cells"])
def test_that_a_folder_of_classes_opened_by_itself_asks_about_the_names_below(
    tmp_path: Path, taxonomy: Taxonomy, opened: str
):
    write_files(tmp_path / "exports", images(f"{opened}/ROE JANE", f"{opened}/Lymphocyte"))
    preview = read_export(taxonomy, tmp_path / "exports" / opened)
    assert asked(preview) == ["ROE JANE"]
    assert all(s.open_questions for s in preview.slides)
    assert all(not any(c.path.startswith("ROE") for c in s.cells) for s in preview.slides)


def test_that_signed_slides_above_patients_with_classes_give_each_patient(tmp_path: Path, taxonomy: Taxonomy):
    files = images("Signed slides/ROE JANE/Lymphocyte", "Signed slides/POE EDGAR/Monocyte")
    root = write_files(tmp_path / "exports", files)
    assert asked(read_export(taxonomy, root)) == ["POE EDGAR", "ROE JANE"]
    answered = read_export(taxonomy, root, {"ROE JANE": "patient", "POE EDGAR": "patient"})
    assert found(answered) == {"POE EDGAR": {"monocyte": 2}, "ROE JANE": {"lymphocyte": 2}}


def test_that_patients_below_a_class_are_asked_about(tmp_path: Path, taxonomy: Taxonomy):
    files = images("Signed slides/Lymphocyte/ROE JANE", "Signed slides/Lymphocyte/POE EDGAR")
    preview = read_export(taxonomy, write_files(tmp_path / "exports", files))
    assert (preview.slides, asked(preview)) == ((), ["POE EDGAR", "ROE JANE"])


def test_that_patients_named_as_such_need_no_answer(tmp_path: Path, taxonomy: Taxonomy):
    files = images("Cells/Patient 7", "Cells/Müller^Anna") | signed_tree("Cells/ROE JANE/", first=50)
    preview = read_export(taxonomy, write_files(tmp_path / "exports", files))
    assert sorted(found(preview)) == ["Müller^Anna", "Patient 7", "ROE JANE"]
    assert asked(preview) == []


def test_that_an_unknown_folder_beside_classes_is_in_no_slide_until_answered(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "Smith", images("Lymphocyte", "Monocyte", "Zellen, komische", "SNE_x"))
    preview = read_export(taxonomy, root)
    assert found(preview) == {"Smith": {"lymphocyte": 2, "monocyte": 2}}
    assert asked(preview) == ["SNE_x", "Zellen, komische"]
    (slide,) = preview.slides
    assert slide.open_questions == preview.questions
    told = [p for p in slide.problems if p.kind is ProblemKind.UNKNOWN_FOLDER]
    assert [(p.path, p.count) for p in told] == [("SNE_x", 2), ("Zellen, komische", 2)]
    done = read_export(taxonomy, root, {"SNE_x": "leave out", "Zellen, komische": "other"})
    assert found(done) == {"Smith": {"lymphocyte": 2, "monocyte": 2, "other": 2}}
    (slide,) = done.slides
    assert slide.open_questions == ()
    assert {c.source.name for c in slide.cells if c.source} == {"Lymphocyte", "Monocyte", "Zellen, komische"}


def test_that_an_answer_of_a_patient_takes_the_folder_out_of_the_slide(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "Smith", images("Lymphocyte", "Jones"))
    assert found(read_export(taxonomy, root, {"Jones": "patient"})) == {"Smith": {"lymphocyte": 2}, "Jones": {"": 2}}


def test_that_a_folder_named_all_holds_no_class(tmp_path: Path, taxonomy: Taxonomy):
    preview = read_export(taxonomy, write_files(tmp_path / "Smith", images("Lymphocyte", "all")))
    assert asked(preview) == ["all"]
    alone = read_export(taxonomy, write_files(tmp_path / "Jones", images("all")))
    assert found(alone) == {"all": {"": 2}}
    assert all(s.labelled_count == 0 for s in alone.slides)


@pytest.mark.parametrize("disease", ["AML", "ALL", "aml", "APL", "CMML"])
def test_that_a_disease_is_no_class_folder(tmp_path: Path, taxonomy: Taxonomy, disease: str):
    preview = read_export(taxonomy, write_files(tmp_path / "exports", images(f"Signed slides/{disease}")))
    assert (preview.slides, asked(preview)) == ((), [disease])


def test_that_spanish_class_folders_give_labels(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", images("Linfocitos", "Blastos", "Otros")))
    assert slide.class_counts() == {"lymphocyte": 2, "blast": 2, "other": 2}


def test_that_chinese_class_folders_give_labels_and_patients_stay_apart(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", images("01_淋巴细胞", "原始细胞 (12)", "未识别")))
    assert slide.class_counts() == {"lymphocyte": 2, "blast": 2, "unidentified": 2}
    assert {c.source.name for c in slide.cells if c.source} == {"淋巴细胞", "原始细胞", "未识别"}
    patients = read_export(taxonomy, write_files(tmp_path / "exports", images("张三", "李四", "王伟")))
    assert sorted(found(patients)) == sorted(["张三", "李四", "王伟"])
    assert asked(patients) == []


@pytest.mark.parametrize("prefix", ["", "Signed slides/"])
def test_that_the_munich_data_set_is_one_slide_with_its_own_meaning_of_codes(
    tmp_path: Path, taxonomy: Taxonomy, prefix: str
):
    codes = ["BAS", "EBO", "EOS", "KSC", "LYA", "LYT", "MMZ", "MOB", "MON", "MYB", "MYO", "NGB", "NGS", "PMB", "PMO"]
    files = images(*(f"{prefix}{code}" for code in codes), stem="{folder}_00{n}")
    slide = read_slide(taxonomy, write_files(tmp_path / "AML-Cytomorphology_LMU", files))
    assert slide.class_counts()["promyelocyte"] == 4
    assert slide.class_counts()["blast"] == 4
    assert sum(slide.class_counts().values()) == slide.labelled_count == 30
    assert slide.problems == ()


def test_that_codes_confirmed_by_their_files_are_classes(tmp_path: Path, taxonomy: Taxonomy):
    slide = read_slide(taxonomy, write_files(tmp_path / "p", images("LY", "MO", stem="{folder}_10{n}")))
    assert slide.class_counts() == {"lymphocyte": 2, "monocyte": 2}


@pytest.mark.parametrize("opened", ["Lymphocyte", "Unknown"])
def test_that_a_class_folder_opened_alone_asks_whose_it_is(tmp_path: Path, taxonomy: Taxonomy, opened: str):
    write_files(tmp_path / "Patient_26", images(opened))
    root = tmp_path / "Patient_26" / opened
    preview = read_export(taxonomy, root)
    assert asked(preview) == [opened]
    as_class = read_slide(taxonomy, root, {opened: opened.casefold() if opened == "Lymphocyte" else "unidentified"})
    assert as_class.patient == "Patient_26"
    assert as_class.labelled_count == 2
    as_patient = read_slide(taxonomy, root, {opened: "patient"})
    assert (as_patient.patient, as_patient.labelled_count) == (opened, 0)


def test_that_a_patient_whose_initials_are_a_code_may_be_opened_alone(tmp_path: Path, taxonomy: Taxonomy):
    write_files(tmp_path / "exports", images("LY"))
    slide = read_slide(taxonomy, tmp_path / "exports" / "LY")
    assert (slide.patient, slide.labelled_count, slide.open_questions) == ("LY", 0, ())


def test_that_an_archive_asks_like_the_folder(tmp_path: Path, taxonomy: Taxonomy):
    files = images("Cells/ROE JANE", "Cells/POE EDGAR")
    archive = write_zip(tmp_path / "exports.zip", files)
    assert asked(read_export(taxonomy, archive)) == ["POE EDGAR", "ROE JANE"]
    assert found(read_export(taxonomy, archive, {"ROE JANE": "patient", "POE EDGAR": "leave out"})) == {
        "ROE JANE": {"": 2}
    }


def test_that_everything_left_out_is_told(tmp_path: Path, taxonomy: Taxonomy):
    root = write_files(tmp_path / "exports", images("Cells/ROE JANE"))
    with pytest.raises(LeukViewError, match="contains no cell images"):
        read_export(taxonomy, root, {"ROE JANE": "leave out"})


# ---- a code finer than its folder -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "code", "key"),
    [
        ("ig", "MMY", "metamyelocyte"),
        ("ig", "MY", "myelocyte"),
        ("Neutrophils", "BNE", "band_neutrophil"),
        ("Neutrophils", "SNE", "segmented_neutrophil"),
        ("Platelets", "GT", "giant_platelet"),
        ("Segmented neutrophils", "NE", "segmented_neutrophil"),
    ],
)
def test_that_the_finer_of_folder_and_code_is_meant(
    tmp_path: Path, taxonomy: Taxonomy, folder: str, code: str, key: str
):
    files = {f"{folder}/{code}_{n}.jpg": image_bytes(n) for n in range(40)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert slide.class_counts() == {key: 40}
    assert slide.problems == ()


def test_that_one_cell_under_a_class_and_a_part_of_it_has_no_conflict(tmp_path: Path, taxonomy: Taxonomy):
    files = {"Neutrophils/1.jpg": image_bytes(1), "Band neutrophils/1.jpg": image_bytes(1)}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", files))
    assert (slide.class_counts(), slide.conflict_count, slide.problems) == ({"band_neutrophil": 1}, 0, ())


def test_that_warnings_are_counted_by_kind_with_examples(tmp_path: Path, taxonomy: Taxonomy):
    files = {f"Monocyte/LY_{n:04d}.jpg": image_bytes(n) for n in range(60)}
    files |= {f"Monocyte/note_{n:04d}.txt": b"x" for n in range(60)}
    preview = read_export(taxonomy, write_files(tmp_path / "p", files))
    (slide,) = preview.slides
    (told,) = slide.problems
    assert (told.kind, told.count) == (ProblemKind.CODE_DISAGREES, 60)
    assert told.message == (
        "The code of 60 files differs from their folder; the folder is used, for example "
        "“LY_0000.jpg”, “LY_0001.jpg”, “LY_0002.jpg”."
    )
    (other,) = preview.problems
    assert (other.kind, other.count) == (ProblemKind.NOT_AN_IMAGE, 60)


def test_that_the_labels_stay_known_by_file(tmp_path: Path, taxonomy: Taxonomy):
    answers: Mapping[str, str] = {"Zellen": "blast"}
    slide = read_slide(taxonomy, write_files(tmp_path / "p", images("Lymphocyte", "Zellen")), answers)
    assert set(classes_by_file(slide).values()) == {"lymphocyte", "blast"}
