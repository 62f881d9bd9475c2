import io
import sys

import numpy as np
import pytest
from PIL import Image

from leukview.core.errors import LeukViewError
from leukview.synthetic import iterate_synthetic_cells
from tests.training.data.test_dataset import make_cell, write_archive
from training.data import leakage
from training.data.dataset import MANIFEST_COLUMNS, TEST, TRAIN, VAL, decode_images, load_labelled_cells
from training.data.leakage import (
    MIN_CORRELATION,
    NearDuplicate,
    best_shift_correlation,
    check_dataset,
    check_thumbnails,
    cluster_ids,
    near_duplicates,
    thumbnail,
)


@pytest.fixture(scope="module")
def drawn():
    """Twelve synthetic cells, 200 px square, no two the same."""
    from training.data.dataset import read_taxonomy

    classes = ["blast", "lymphocyte", "segmented_neutrophil", "eosinophil"]
    return [c.image for c in iterate_synthetic_cells(classes, 12, 3, read_taxonomy(), side=200)]


def recompress(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=50)
    with Image.open(stream) as picture:
        return np.asarray(picture.convert("RGB"))


def test_that_different_cells_are_not_alike(drawn):
    assert near_duplicates(np.stack([thumbnail(p) for p in drawn])) == ()


@pytest.mark.parametrize(
    "copy",
    [
        recompress,
        lambda p: np.asarray(Image.fromarray(p).resize((120, 120))),
        lambda p: np.roll(p, (3, -2), (0, 1)),
        lambda p: np.clip(p * 1.1 + 6, 0, 255).astype(np.uint8),
        np.rot90,
        lambda p: p[:, ::-1],
        lambda p: np.rot90(p[::-1], 3),
    ],
    ids=["JPEG", "smaller", "off centre", "brighter", "turned", "mirrored", "turned and mirrored"],
)
def test_that_a_copy_of_a_cell_is_found_whatever_was_done_to_its_file(drawn, copy):
    pictures = [*drawn, np.ascontiguousarray(copy(drawn[5]))]
    found = near_duplicates(np.stack([thumbnail(p) for p in pictures]))
    assert [(p.first, p.second) for p in found] == [(5, 12)]
    assert found[0].correlation >= MIN_CORRELATION


def test_that_turned_copies_are_looked_for_only_when_asked(drawn):
    thumbs = np.stack([thumbnail(drawn[0]), thumbnail(np.rot90(drawn[0]))])
    assert near_duplicates(thumbs, all_orientations=False) == ()
    assert len(near_duplicates(thumbs, all_orientations=True)) == 1


def test_that_pairs_within_a_group_do_not_count_where_groups_are_given(drawn):
    thumbs = np.stack([thumbnail(p) for p in (drawn[0], drawn[0], drawn[1], drawn[1])])
    assert [(p.first, p.second) for p in near_duplicates(thumbs)] == [(0, 1), (2, 3)]
    assert [(p.first, p.second) for p in near_duplicates(thumbs, ["a", "a", "a", "b"])] == [(2, 3)]


def test_that_flat_pictures_are_like_nothing():
    flat = np.full((3, leakage.THUMBNAIL_SIDE, leakage.THUMBNAIL_SIDE), 200, np.uint8)
    assert near_duplicates(flat) == ()
    assert best_shift_correlation(flat[:1], flat[:1]).tolist() == [0.0]


def test_that_alike_rows_share_a_cluster_through_others():
    assert cluster_ids(5, [NearDuplicate(1, 3, 1.0), NearDuplicate(3, 4, 0.99)]) == [0, 1, 2, 1, 1]


def test_that_a_near_duplicate_across_splits_fails_the_run_and_names_both_files(drawn):
    cells = [make_cell(1, split=TRAIN), make_cell(2, split=VAL), make_cell(3, split=TEST)]
    check_thumbnails(cells, np.stack([thumbnail(p) for p in drawn[:3]]))
    pictures = [drawn[0], drawn[1], recompress(drawn[0])]
    with pytest.raises(LeukViewError, match=r"1 pairs .* first 1\.webp \(train\) and 3\.webp \(test\)"):
        check_thumbnails(cells, np.stack([thumbnail(p) for p in pictures]))


def test_that_a_run_is_checked_on_its_decoded_squares(drawn):
    squares = np.stack([drawn[0], drawn[1], recompress(drawn[0])])
    apart = [make_cell(1, split=TRAIN), make_cell(2, split=TEST), make_cell(3, split=TRAIN)]
    check_dataset(apart, squares, 1.0)
    with pytest.raises(LeukViewError, match="nearly equal"):
        check_dataset([make_cell(1, split=TRAIN), make_cell(2, split=TEST), make_cell(3, split=VAL)], squares, 1.0)
    with pytest.raises(LeukViewError, match="patient site/P"):
        check_dataset(
            [make_cell(1, "P", split=TRAIN), make_cell(2, "P", split=TEST), make_cell(3, split=TRAIN)], squares, 1.0
        )


def test_that_the_command_says_which_pictures_leak_and_fails(drawn, tmp_path, monkeypatch, capsys):
    rows = [
        dict(zip(MANIFEST_COLUMNS, (f"{i}.webp", "site", "", "normal", "lymphocyte", split, f"{i:040}"), strict=True))
        for i, split in enumerate(("train", "val"))
    ]
    write_archive(tmp_path, rows, drawn[0])
    monkeypatch.setattr(sys, "argv", ["leaks", "--data", str(tmp_path)])
    assert leakage.main() == 1
    told = capsys.readouterr().out
    assert "cells-a.zip/0.webp (train) cells-a.zip/1.webp (val)" in told
    write_archive(tmp_path, rows[:1], drawn[0])
    assert leakage.main() == 0
    assert "0 pairs" in capsys.readouterr().out


def test_that_the_measurement_finds_copies_and_no_stranger(drawn, tmp_path, monkeypatch, capsys):
    rows = [dict(zip(MANIFEST_COLUMNS, ("0.webp", "site", "", "normal", "lymphocyte", "train", "0" * 40), strict=True))]
    write_archive(tmp_path, rows, drawn[0])
    monkeypatch.setattr(sys, "argv", ["leaks", "--data", str(tmp_path), "--measure", "--plain"])
    assert leakage.main() == 0
    told = capsys.readouterr().out
    assert "copies, JPEG of quality 50: 100.0% found" in told
    assert f"pairs above {MIN_CORRELATION} in all, in one split or two: 0" in told


@pytest.mark.data
def test_that_real_cells_are_told_apart_and_stored_again_are_found(data_dir):
    cells = load_labelled_cells(data_dir)
    some = [cells[i] for i in range(0, len(cells), len(cells) // 300)]
    seen = list(decode_images(some, data_dir, "test"))
    thumbs = [thumbnail(p) for p in seen]
    assert near_duplicates(np.stack(thumbs)) == ()
    copies = [thumbnail(recompress(p)) for p in seen[:40]]
    found = near_duplicates(np.stack([*thumbs[:40], *copies]), all_orientations=False)
    assert {(p.first, p.second) for p in found} == {(i, i + 40) for i in range(40)}
