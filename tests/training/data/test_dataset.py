import csv
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import LeukViewError
from leukview.inference.classification.preprocess import (
    Preprocessing,
    append_coverage_channel,
    cell_coverage,
    crop_box,
    crop_to_square,
    normalise,
)
from training.data.augmentation import inference_input
from training.data.dataset import (
    MANIFEST_COLUMNS,
    TEST,
    TRAIN,
    VAL,
    LabelledCell,
    assign_splits,
    cached_crops,
    check_leakage,
    load_labelled_cells,
    read_manifests,
    sampling_weights,
    stage_targets,
    support,
    trained_stages,
    without_duplicates,
)
from training.data.mask_cache import cached_masks


def make_cell(
    number: int,
    patient: str = "",
    diagnosis: str = "normal",
    cell_class: str = "lymphocyte",
    split: str = "train",
    source: str = "site",
) -> LabelledCell:
    return LabelledCell(
        "cells-a.zip", f"{number}.webp", source, patient, diagnosis, cell_class, split, f"{number:040x}"
    )


@pytest.fixture
def cohort():
    return tuple(
        make_cell(100 * p + i, f"P{p:02}", "APL" if p % 3 == 0 else "AML", "blast", "discovery")
        for p in range(60)
        for i in range(p % 7 + 1)
    )


def test_that_patients_are_split_as_a_whole_and_in_each_diagnosis(cohort):
    splits = defaultdict(set)
    for c in assign_splits(cohort):
        splits[c.patient].add(c.split)
    assert all(len(s) == 1 for s in splits.values())
    diagnosis = {c.patient: c.diagnosis for c in cohort}
    counts = Counter((diagnosis[p], next(iter(s))) for p, s in splits.items())
    assert counts == {
        ("APL", TEST): 4,
        ("APL", VAL): 2,
        ("APL", TRAIN): 14,
        ("AML", TEST): 8,
        ("AML", VAL): 4,
        ("AML", TRAIN): 28,
    }


def test_that_the_split_depends_on_names_alone_and_not_on_order(cohort):
    one = {c.file: c.split for c in assign_splits(cohort)}
    assert one == {c.file: c.split for c in assign_splits(cohort[::-1])}


def test_that_cells_without_a_patient_keep_their_split_and_a_class_without_validation_gives_some():
    given = [make_cell(i, split="val" if i % 2 else "train") for i in range(200)]
    lonely = [make_cell(1000 + i, cell_class="platelet") for i in range(400)]
    found = assign_splits(given + lonely)
    assert [c.split for c in found[:200]] == [c.split for c in given]
    assert 20 <= sum(c.split == VAL for c in found[200:]) <= 60


def test_that_an_unknown_split_without_a_patient_is_refused():
    with pytest.raises(LeukViewError, match="neither"):
        assign_splits([make_cell(1, split="discovery")])


def test_that_a_patient_in_two_splits_fails_the_run(cohort):
    cells = list(assign_splits(cohort))
    check_leakage(cells)
    at = next(i for i, c in enumerate(cells) if c.patient == "P06")
    cells[at] = replace(cells[at], split={TRAIN: TEST, TEST: VAL, VAL: TRAIN}[cells[at].split])
    with pytest.raises(LeukViewError, match="patient site/P06"):
        check_leakage(cells)


def test_that_an_image_in_two_splits_fails_the_run():
    with pytest.raises(LeukViewError, match="image"):
        check_leakage([make_cell(1, split=TRAIN), replace(make_cell(1, split=TEST), file="copy.webp")])


def test_that_a_doubled_image_is_kept_once_and_dropped_when_its_labels_differ():
    same = [make_cell(1), replace(make_cell(1), file="copy.webp")]
    torn = [make_cell(2), replace(make_cell(2), cell_class="monocyte")]
    assert without_duplicates([*same, *torn, make_cell(3)]) == (same[0], make_cell(3))


def test_that_a_diagnosis_labels_blasts_and_no_lymphocytes(taxonomy):
    stages = [(s.key, s.choices) for s in taxonomy.stages]
    cells = [
        make_cell(1, "P", "APL", "promyelocyte"),
        make_cell(2, "P", "APL", "lymphocyte"),
        make_cell(3, "", "normal", "promyelocyte"),
        make_cell(4, "P", "AML", "smudge_cell"),
    ]
    targets = stage_targets(cells, taxonomy, stages)
    column = {key: targets[:, i].tolist() for i, (key, _) in enumerate(stages)}
    assert column["gate"] == [0, 0, 0, 3]
    assert column["stage1"] == [1, 0, -1, -1]
    assert column["apl"] == [1, -1, -1, -1]
    assert column["maturity"] == [-1, 0, -1, -1]
    assert column["stage2b"] == [-1, 1, -1, -1]


def test_that_a_choice_without_cells_is_not_trained_and_a_stage_with_one_choice_is_absent(taxonomy):
    cells = [make_cell(i, "P", "AML", "blast") for i in range(40)] + [make_cell(100 + i) for i in range(40)]
    cells += [make_cell(200 + i, cell_class="platelet") for i in range(5)]
    counts = support(cells, taxonomy)
    assert counts["gate"] == {"leukocyte": 80, "erythroblast": 0, "platelet": 5, "smudge_cell": 0, "artefact": 0}
    assert trained_stages(counts, taxonomy, min_cells=30) == (
        ("stage1", ("benign", "malignant")),
        ("lineage", ("blast", "lymphoid")),
    )
    assert trained_stages(counts, taxonomy, min_cells=5)[0] == ("gate", ("leukocyte", "platelet"))


def test_that_classes_are_drawn_by_the_square_root_of_their_frequency():
    cells = [make_cell(i) for i in range(100)] + [make_cell(200 + i, cell_class="basophil") for i in range(4)]
    weights = sampling_weights(cells)
    assert weights.sum() == pytest.approx(1)
    assert weights[:100].sum() / weights[100:].sum() == pytest.approx(10 / 2)


def write_archive(
    folder: Path, rows: list[dict[str, str]], pixels: NDArray[np.uint8], columns: Sequence[str] = MANIFEST_COLUMNS
) -> None:
    (folder / "cells").mkdir(exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    with zipfile.ZipFile(folder / "cells" / "cells-a.zip", "w") as archive:
        for row in rows:
            writer.writerow({k: v for k, v in row.items() if k in columns})
            image = io.BytesIO()
            Image.fromarray(pixels).save(image, "WEBP", lossless=True)
            archive.writestr(row["file"], image.getvalue())
        archive.writestr("manifest.csv", text.getvalue())


@pytest.fixture
def row():
    values = ("a/1.webp", "site", "", "normal", "lymphocyte", "train", "0" * 40)
    return dict(zip(MANIFEST_COLUMNS, values, strict=True))


def test_that_the_cache_shows_what_the_classifier_will_see(tmp_path, row):
    ramp = np.linspace(0, 255, 250).astype(np.uint8)
    pixels = np.stack([np.tile(ramp, (250, 1)), np.tile(ramp[:, None], (1, 250)), np.full((250, 250), 90, np.uint8)], 2)
    write_archive(tmp_path, [row], pixels)
    how = Preprocessing(112, 0.8, None, (0.5,) * 3, (0.25,) * 3, "keep")
    cells = load_labelled_cells(tmp_path)
    cached = cached_crops(cells, tmp_path, tmp_path / "run", how, margin=8)
    seen = crop_to_square(pixels, None, how, crop_box(250, 250, how))
    assert cached.shape == (1, 128, 128, 3)
    assert np.abs(cached[0, 8:-8, 8:-8].astype(int) - seen.astype(int)).max() <= 3
    again = cached_crops(cells, tmp_path, tmp_path / "run", how, margin=8)
    np.testing.assert_array_equal(cached, again)


class CentralThirdSegmenter:
    """Calls the middle third of every frame a cell."""

    identity = "centre:1"

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        masks = [np.zeros(image.shape[:2], np.uint8) for image in images]
        for mask in masks:
            third = len(mask) // 3
            mask[third : 2 * third, third : 2 * third] = 1
        return masks


def test_that_cached_masks_lie_on_the_cells_and_treat_the_background(tmp_path, row):
    pixels = np.full((240, 240, 3), 120, np.uint8)
    write_archive(tmp_path, [row], pixels)
    how = Preprocessing(64, 0.8, None, (0.5,) * 3, (0.25,) * 3, "suppress")
    cells = load_labelled_cells(tmp_path)
    masks = cached_masks(cells, tmp_path, tmp_path / "run", how, 8, CentralThirdSegmenter())
    assert masks.size == 80 * 80
    columns = np.flatnonzero((masks > 0).any((0, 1)))
    np.testing.assert_allclose([columns.min(), columns.max()], [26.7, 52.3], atol=1)
    squares = cached_crops(cells, tmp_path, tmp_path / "run", how, 8)
    seen = inference_input(torch.from_numpy(np.array(squares)), torch.from_numpy(np.array(masks)), how, "cell")
    box = crop_box(240, 240, how)
    (mask,) = CentralThirdSegmenter().segment([pixels])
    expected = append_coverage_channel(
        normalise(crop_to_square(pixels, mask, how, box)[None], how), [cell_coverage(mask, how, box)]
    )
    differ = np.abs(seen.numpy() - expected) > 0.02
    assert differ.mean() < 0.02  # the mask's edge was cut at another resolution
    assert seen[0, 3].mean() == pytest.approx(expected[0, 3].mean(), rel=0.1)


def test_that_a_manifest_that_lacks_a_column_or_a_file_is_refused(tmp_path, row):
    pixels = np.zeros((8, 8, 3), np.uint8)
    write_archive(tmp_path, [row], pixels, [c for c in MANIFEST_COLUMNS if c != "patient"])
    with pytest.raises(LeukViewError, match="patient"):
        read_manifests(tmp_path / "cells")
    write_archive(tmp_path, [row], pixels)
    assert len(read_manifests(tmp_path / "cells")) == 1
    with zipfile.ZipFile(tmp_path / "cells" / "cells-b.zip", "w") as archive:
        archive.writestr("manifest.csv", ",".join(MANIFEST_COLUMNS) + "\nmissing.webp,s,,normal,lymphocyte,train,1\n")
    with pytest.raises(LeukViewError, match=r"missing\.webp"):
        read_manifests(tmp_path / "cells")


@pytest.mark.data
def test_that_the_real_cells_split_without_leaks_into_the_expected_numbers(data_dir):
    cells = load_labelled_cells(data_dir)
    assert len(cells) == 12_101 + 12_625
    patients = {c.patient: c.split for c in cells if c.patient}
    assert Counter(patients.values()) == {TRAIN: 58, VAL: 8, TEST: 16}
    assert {c.source for c in cells if c.split == TEST} == {"hopkins"}
