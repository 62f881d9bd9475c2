from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import (
    TEST,
    TRAIN,
    VAL,
    LabelledCell,
    determined_class,
    merge_corrections,
    prepare_cells,
    site_splits,
)
from leukview.domain.taxonomy import Taxonomy


def base_cell(sha1: str, patient: str, split: str, cell_class: str = "lymphocyte") -> LabelledCell:
    return LabelledCell("cells-a.zip", f"{sha1}.png", "known", patient, "AML", cell_class, split, sha1)


def corrected_cell(sha1: str, patient: str, split: str, cell_class: str = "blast") -> LabelledCell:
    return LabelledCell("cells-s.zip", f"{sha1}.png", "site", patient, "", cell_class, split, sha1, 1.5, 2)


@given(st.integers(0, 60), st.integers(0, 60))
def test_that_nobody_changes_sides_when_more_patients_are_reviewed(some: int, more: int):
    names = [f"P{i}" for i in range(some + more)]
    before, after = site_splits(names[:some]), site_splits(names)
    assert all(after[name] == split for name, split in before.items())


def test_that_a_fifth_of_a_sites_patients_is_kept_aside_and_two_suffice_to_have_one():
    splits = list(site_splits([f"P{i}" for i in range(100)]).values())
    assert (splits.count(TEST), splits.count(VAL)) == (20, 10)
    assert TEST in site_splits(["one", "two"]).values()
    assert site_splits(["one"]) == {"one": TRAIN}


def test_that_a_reviewed_label_replaces_the_one_that_is_trained_on_and_brings_its_weight():
    (joined,) = merge_corrections([base_cell("x", "A", TRAIN)], [corrected_cell("x", "P1", TRAIN)])
    assert (joined.cell_class, joined.weight, joined.reviewers) == ("blast", 1.5, 2)
    assert (joined.patient, joined.archive, joined.diagnosis) == ("A", "cells-a.zip", "AML")


def test_that_a_repaired_outline_brings_the_picture_it_was_drawn_on():
    word = replace(corrected_cell("x", "P1", TRAIN), mask="masks/000001.png")
    (joined,) = merge_corrections([base_cell("x", "A", TRAIN)], [word])
    assert (joined.archive, joined.file, joined.mask) == (word.archive, word.file, word.mask)
    assert (joined.patient, joined.source, joined.split) == ("A", base_cell("x", "A", TRAIN).source, TRAIN)


def test_that_what_models_are_measured_on_does_not_move():
    kept = base_cell("x", "A", TEST)
    assert merge_corrections([kept], [corrected_cell("x", "P1", TRAIN)]) == (kept,)


def test_that_a_person_known_under_two_names_stays_on_one_side():
    joined = merge_corrections(
        [base_cell("x", "A", TEST), base_cell("y", "B", TRAIN)],
        [
            corrected_cell("x", "P1", TRAIN),
            corrected_cell("n1", "P1", TRAIN),
            corrected_cell("n2", "P2", TEST),
            corrected_cell("y", "P2", TEST),
        ],
    )
    assert {c.sha1: c.split for c in joined} == {"x": TEST, "y": TRAIN, "n1": TEST, "n2": TRAIN}


def test_that_corrections_join_the_cells_of_a_folder_with_their_own_splits():
    cells = [base_cell(str(i), f"A{i}", "") for i in range(20)] + [corrected_cell("n", "P1", TEST)]
    joined = prepare_cells(cells)
    assert joined[-1].split == TEST
    assert {c.split for c in joined[:-1]} == {TRAIN, VAL, TEST}
    with pytest.raises(LeukViewError, match="unknown data split"):
        prepare_cells([*cells[:-1], replace(cells[-1], split="aside")])


def test_that_a_perfect_model_names_what_its_stages_reach(taxonomy: Taxonomy):
    known = {"gate", "stage1", "maturity", "stage2b"}
    assert determined_class(taxonomy, "segmented_neutrophil", "", known) == "neutrophil"
    assert determined_class(taxonomy, "blast", "AML", known) == "blast"
    assert determined_class(taxonomy, "blast", "AML", known | {"stage2t", "stage3m"}) == "aml"
    assert determined_class(taxonomy, "promyelocyte", "", known) == "", "without a diagnosis it is left open"
