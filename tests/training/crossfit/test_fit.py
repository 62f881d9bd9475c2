"""Folds, what labels determine, multiple instances, and limits of findings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import LabelledCell
from training.crossfit.losses import admitted_loss, bag_loss, head_loss
from training.crossfit.operating import choose_limits, honest_rates, rates_at
from training.crossfit.pool import FOLDS, deal_folds, folds_of, group_of, read_folds, write_folds
from training.crossfit.vocabulary import SILENT, read_vocabulary, targets_of


def cell(
    cell_class: str, diagnosis: str, source: str = "hopkins", patient: str = "P1", number: int = 1
) -> LabelledCell:
    file = f"{source}/{patient}/{cell_class}/XX_{number}_abcdef.webp"
    return LabelledCell("cells/a.zip", file, source, patient, diagnosis, cell_class, "train", f"{source}{number}")


def patients(count: int, diagnosis: str, source: str) -> list[LabelledCell]:
    return [cell("blast", diagnosis, source, f"{diagnosis}{i}", i) for i in range(count)]


def test_that_every_fold_gets_its_part_of_each_diagnosis() -> None:
    cells = [*patients(60, "AML", "hopkins"), *patients(22, "APL", "hopkins")]
    folds = folds_of(cells, deal_folds(cells))
    for diagnosis, least in (("AML", 12), ("APL", 4)):
        rows = [i for i, c in enumerate(cells) if c.diagnosis == diagnosis]
        assert np.bincount(folds[rows], minlength=FOLDS).min() == least


def test_that_folds_do_not_depend_on_the_order_of_cells() -> None:
    cells = [*patients(30, "AML", "hopkins"), *patients(9, "APL", "hopkins")]
    assert deal_folds(cells) == deal_folds(cells[::-1])


def test_that_the_committed_table_is_what_the_hash_deals() -> None:
    table = read_folds()
    named = {source for source, _ in table}
    assert named == {"hopkins", "lyon", "raabin", "cnmc"}
    for source, count in (("hopkins", 82), ("lyon", 114), ("raabin", 41), ("cnmc", 40)):
        assert sum(1 for key in table if key[0] == source) == count


def test_that_a_patient_outside_the_table_is_refused() -> None:
    with pytest.raises(LeukViewError, match="lacks a patient"):
        folds_of([cell("blast", "AML", patient="nobody")], read_folds())


def test_that_pictures_of_one_number_share_a_fold_where_no_patient_is_named() -> None:
    twins = [cell("basophil", "normal", "barcelona", "", 79939), cell("eosinophil", "normal", "barcelona", "", 79939)]
    assert group_of(twins[0]) == "79939"
    assert len(set(folds_of(twins, {}).tolist())) == 1


def test_that_folds_survive_the_file(tmp_path: Path) -> None:
    folds = deal_folds(patients(7, "AML", "hopkins"))
    write_folds(folds, tmp_path / "folds.csv")
    assert read_folds(tmp_path / "folds.csv") == folds


def test_that_a_normal_promyelocyte_names_its_type_and_is_silent_on_malignancy() -> None:
    vocabulary = read_vocabulary()
    found = targets_of([cell("promyelocyte", "normal", "barcelona", "")], vocabulary)
    assert [vocabulary.types[i] for i in np.flatnonzero(found.admitted[0])] == ["promyelocyte"]
    assert found.heads["malignant"][0] == SILENT
    assert found.heads["apl"][0] == SILENT


def test_that_a_diagnosis_labels_blasts_and_their_equivalents_alone() -> None:
    vocabulary = read_vocabulary()
    found = targets_of([cell("promyelocyte", "APL"), cell("myelocyte", "APL"), cell("lymphocyte", "APL")], vocabulary)
    assert vocabulary.types[int(found.admitted[0].argmax())] == "abnormal_promyelocyte"
    assert found.heads["malignant"].tolist() == [1, SILENT, 0]
    assert found.heads["apl"].tolist() == [1, SILENT, SILENT]


def test_that_coarse_labels_admit_exactly_their_leaves() -> None:
    vocabulary = read_vocabulary()
    found = targets_of([cell("immature_granulocyte", "normal"), cell("neutrophil", "normal")], vocabulary)
    named = [{vocabulary.types[i] for i in np.flatnonzero(row)} for row in found.admitted]
    assert named == [{"promyelocyte", "myelocyte", "metamyelocyte"}, {"band_neutrophil", "segmented_neutrophil"}]


def test_that_lymphocytes_of_other_patients_are_negatives_and_those_of_lymphoid_neoplasms_only_a_bag() -> None:
    vocabulary = read_vocabulary()
    cells = [
        cell("lymphocyte", "AML"),
        cell("lymphocyte", "normal", "barcelona", ""),
        cell("lymphocyte", "reactive", "lyon", "L1"),
        cell("lymphocyte", "lymphoproliferative", "lyon", "L2"),
    ]
    found = targets_of(cells, vocabulary)
    assert found.heads["lymphoid"].tolist() == [0, 0, 0, SILENT]
    assert found.heads["malignant"].tolist() == [0, 0, 0, SILENT]
    assert found.bag.tolist() == [SILENT, SILENT, SILENT, 0]


def test_that_a_partial_label_is_content_with_any_admitted_leaf() -> None:
    admitted = torch.tensor([[True, True, False]])
    one = admitted_loss(torch.tensor([[9.0, -9.0, -9.0]]), admitted, smoothing=0.0)
    other = admitted_loss(torch.tensor([[-9.0, 9.0, -9.0]]), admitted, smoothing=0.0)
    wrong = admitted_loss(torch.tensor([[-9.0, -9.0, 9.0]]), admitted, smoothing=0.0)
    assert float(one) == pytest.approx(float(other)) == pytest.approx(0.0, abs=1e-6)
    assert float(wrong) > 10


def test_that_silent_rows_have_no_gradient() -> None:
    logits = torch.zeros(2, 3, requires_grad=True)
    admitted_loss(logits, torch.tensor([[False, False, False], [True, False, False]])).backward()
    assert logits.grad is not None
    assert logits.grad[0].abs().sum() == 0
    assert logits.grad[1].abs().sum() > 0
    heads = torch.zeros(2, 2, requires_grad=True)
    head_loss(heads, torch.tensor([SILENT, SILENT])).backward()
    assert heads.grad is not None
    assert heads.grad.abs().sum() == 0


def test_that_a_bag_pulls_its_own_cells_alone_and_to_its_patients_side() -> None:
    logits = torch.zeros(6, 2, requires_grad=True)
    bag_loss(logits, torch.tensor([1, 1, 0, 0, -1, -1]), {1: True, 0: False}).backward()
    assert logits.grad is not None
    assert (logits.grad[:2, 1] < 0).all()
    assert (logits.grad[2:4, 1] > 0).all()
    assert (logits.grad[4:] == 0).all()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=60))
def test_that_limits_keep_their_promise_on_the_patients_they_were_chosen_on(rows: list[tuple[float, bool]]) -> None:
    scores = np.asarray([s for s, _ in rows])
    ill = np.asarray([i for _, i in rows])
    if not ill.any() or ill.all():
        with pytest.raises(LeukViewError):
            choose_limits(scores, ill)
        return
    limits = choose_limits(scores, ill)
    assert limits.grey <= limits.suspicious
    grey, upper = rates_at(scores, ill, limits.grey), rates_at(scores, ill, limits.suspicious)
    assert grey.found >= 0.95 * grey.ill - 1e-9
    assert upper.false <= 0.05 * upper.well + 1e-9


def test_that_honest_rates_never_use_a_patients_own_fold() -> None:
    # Fold 1's patients lie lower than fold 0's: the limit between fold 0's patients (0.5) misses one of fold 1's.
    scores = np.asarray([0.9, 0.8, 0.1, 0.2, 0.5, 0.4, 0.0, 0.05])
    ill = np.asarray([True, True, False, False, True, True, False, False])
    grey, upper = honest_rates(scores, ill, np.asarray([0, 0, 0, 0, 1, 1, 1, 1]))
    assert (grey.found, grey.ill, grey.false, grey.well) == (3, 4, 0, 4)
    assert (upper.found, upper.false) == (3, 0)
    assert rates_at(scores, ill, choose_limits(scores, ill).grey).found == 4
    assert 0 < upper.sensitivity.low < 0.75 < upper.sensitivity.high < 1
