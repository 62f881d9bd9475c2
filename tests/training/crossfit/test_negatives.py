"""Pictures without a white cell, and joined caches."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from leukview.domain.models.labelled_cells import LabelledCell
from training.crossfit.cache import Joined
from training.crossfit.negatives import KINDS, as_negative, kind_of, mirrored_corner, negatives_of
from training.crossfit.pool import folds_of, read_folds
from training.crossfit.vocabulary import SILENT, read_vocabulary, targets_of


def frames(count: int) -> list[LabelledCell]:
    return [
        LabelledCell("a.zip", f"x_{i}_ab.webp", "hopkins", f"Patient_{i % 7:02}", "AML", "blast", "train", f"{i:05}")
        for i in range(count)
    ]


def picture() -> np.ndarray:
    """Bright glass with a dark cell in the middle."""
    pixels = np.full((120, 120, 3), 230, np.uint8)
    pixels[35:85, 35:85] = 60
    return pixels


def test_that_negatives_stay_in_the_fold_of_their_patient_and_teach_the_type_alone() -> None:
    cells = frames(300)
    negatives = negatives_of(cells, 4)
    origin = {c.sha1: c for c in cells}
    assert 40 < len(negatives) < 110
    assert set(Counter(kind_of(n) for n in negatives)) == set(KINDS)
    own = folds_of([origin[n.sha1.split("#")[0]] for n in negatives], read_folds())
    assert (folds_of(negatives, read_folds()) == own).all()
    vocabulary = read_vocabulary()
    targets = targets_of(negatives, vocabulary)
    assert (targets.admitted.argmax(1) == vocabulary.types.index("artefact")).all()
    assert (targets.heads["malignant"] == SILENT).all()


def test_that_a_real_cell_is_left_as_it_is() -> None:
    assert kind_of(frames(1)[0]) is None
    assert as_negative(picture(), frames(1)[0]) is not None
    assert (as_negative(picture(), frames(1)[0]) == picture()).all()


def test_that_a_corner_without_the_cell_fills_the_frame() -> None:
    for seed in range(8):
        whole = mirrored_corner(picture(), np.random.default_rng(seed))
        assert whole.shape == (120, 120, 3)
        assert whole.min() == 230


@pytest.mark.parametrize("kind", KINDS)
def test_that_each_kind_is_drawn_alike_every_time_and_holds_no_cell(kind: str) -> None:
    cell = next(n for n in negatives_of(frames(400), 2) if kind_of(n) == kind)
    one, other = as_negative(picture(), cell), as_negative(picture(), cell)
    assert one.shape == picture().shape
    assert (one == other).all()
    assert (one[35:85, 35:85].max(2) <= 60).mean() < 0.5
    if kind in {"stain", "fibre"}:
        assert one.min() < 200


def test_that_joined_arrays_give_the_rows_of_each() -> None:
    joined = Joined(np.arange(12, dtype=np.uint8).reshape(4, 3), np.arange(100, 106, dtype=np.uint8).reshape(2, 3))
    assert len(joined) == 6
    assert joined[np.asarray([5, 0, 4])].tolist() == [[103, 104, 105], [0, 1, 2], [100, 101, 102]]
