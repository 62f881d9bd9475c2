"""Scores out of fold, figures, findings and their table, on invented answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from leukview.core.errors import LeukViewError
from leukview.domain.models.labelled_cells import LabelledCell
from training.crossfit.figures import (
    classes_of,
    five_figures,
    gate_figures,
    head_figures,
    patient_figures,
    patient_means,
    rows_where,
    type_figures,
)
from training.crossfit.findings import film_scores
from training.crossfit.fit import SCORES, write_scores
from training.crossfit.report import finding_cases, report
from training.crossfit.scores import OutOfFold, mean_scores, read_scores
from training.crossfit.vocabulary import read_vocabulary, targets_of

VOCABULARY = read_vocabulary()
FILMS = {
    ("hopkins", "AML"): (
        *("blast",) * 9,
        "promyelocyte",
        "lymphocyte",
        "segmented_neutrophil",
        "smudge_cell",
        "erythroblast",
        "giant_platelet",
    ),
    ("hopkins", "APL"): (
        *("promyelocyte",) * 9,
        "blast",
        "lymphocyte",
        "segmented_neutrophil",
        "smudge_cell",
        "monocyte",
    ),
    ("lyon", "lymphoproliferative"): ("lymphocyte",) * 6,
    ("lyon", "reactive"): ("lymphocyte",) * 6,
    ("raabin", "normal"): ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil"),
}


def answers(skill: float = 1.0, patients: int = 6, seed: int = 0) -> OutOfFold:
    """Answers as right as `skill` makes them (1 = always, 0 = chance)."""
    rng = np.random.default_rng(seed)
    cells = [
        LabelledCell("a.zip", f"{label}_1_ab.webp", source, f"{diagnosis}{i}", diagnosis, label, "train", f"{n}")
        for i in range(patients)
        for n, (source, diagnosis, label) in enumerate((s, d, c) for (s, d), labels in FILMS.items() for c in labels)
    ]
    cells += [
        LabelledCell("b.zip", f"{label}_{i}_ab.webp", "barcelona", "", "normal", label, "train", f"b{label}{i}")
        for i in range(patients)
        for label in ("promyelocyte", "band_neutrophil", "lymphocyte", "eosinophil", "basophil", "monocyte", "platelet")
    ]
    targets = targets_of(cells, VOCABULARY)
    types = rng.normal(size=(len(cells), len(VOCABULARY.types))) + 9 * skill * targets.admitted
    odds = {}
    for head in VOCABULARY.heads:
        truth = np.where(targets.heads[head] > 0, 1.0, -1.0)
        if head == "lymphoid":
            truth = np.where([c.diagnosis == "lymphoproliferative" for c in cells], 1.0, -1.0)
        odds[head] = rng.normal(size=len(cells)) + 9 * skill * truth
    names = sorted({c.patient for c in cells})
    fold = np.asarray([(names.index(c.patient) if c.patient else i) % 5 for i, c in enumerate(cells)])
    return OutOfFold(tuple(cells), fold, types, odds)


def test_that_perfect_answers_score_perfectly() -> None:
    found = answers()
    targets = targets_of(found.cells, VOCABULARY)
    figures = {**head_figures(found, targets), **patient_figures(found), **type_figures(found, VOCABULARY)}
    figures |= gate_figures(found, VOCABULARY) | five_figures(found, VOCABULARY, "raabin")
    for name, figure in figures.items():
        bad = "called" in name or "lost" in name or "another" in name or "or promonocyte" in name
        assert figure.value == pytest.approx(0.0 if bad else 1.0), name


def test_that_answers_by_chance_score_as_chance() -> None:
    found = answers(skill=0.0, patients=40)
    figures = head_figures(found, targets_of(found.cells, VOCABULARY)) | patient_figures(found)
    assert 0.4 < figures["stage 1, Hopkins: AUC"].value < 0.6
    assert 0.3 < figures["lymphoproliferative against reactive, patients: AUC"].value < 0.7
    assert type_figures(found, VOCABULARY)["16 classes, hopkins: accuracy"].value < 0.25


def test_that_the_laboratories_classes_are_sixteen_and_cover_every_type_once() -> None:
    classes = classes_of(VOCABULARY)
    assert len(classes) == 16
    covered = [leaf for leaves in classes.values() for leaf in leaves]
    assert sorted([*covered, "artefact"]) == sorted(VOCABULARY.types)


def test_that_a_patients_mean_is_of_a_fixed_number_of_cells() -> None:
    found = answers()
    rows = rows_where(found, "lyon", diagnosis="reactive")
    score = np.arange(len(found.cells), dtype=np.float64)
    all_cells, three = patient_means(found, score, rows), patient_means(found, score, rows, most=3)
    assert all_cells.keys() == three.keys()
    assert all_cells != three
    assert three == patient_means(found, score, rows, most=3)


def test_that_a_film_without_malignant_looking_cells_is_not_assessable_for_apl() -> None:
    found = answers()
    lymphocytes = rows_where(found, "hopkins", ["lymphocyte"], "APL")[:1]
    ill = rows_where(found, "hopkins", ["promyelocyte", "blast"], "APL")[:4]
    assert not film_scores(found, lymphocytes, VOCABULARY)["apl"].assessable
    assert film_scores(found, ill, VOCABULARY)["apl"].assessable
    assert film_scores(found, ill, VOCABULARY)["apl"].score > 0


def test_that_a_film_of_few_typical_cells_rings_and_one_of_fewer_less() -> None:
    found = answers()
    ill = rows_where(found, "hopkins", ["promyelocyte"], "APL")
    scores = [film_scores(found, ill[:n], VOCABULARY)["apl"].score for n in (1, 2, 5)]
    assert 0 < scores[0] < scores[1] < scores[2]


def test_that_apl_is_judged_among_leukaemias_and_lymphoid_neoplasm_among_all() -> None:
    found = answers()
    apl, ill = finding_cases(found, "apl")
    assert {source for source, _ in apl} == {"hopkins"}
    assert ill.sum() == 6
    everyone, lymphoid = finding_cases(found, "lymphoid_neoplasm")
    assert {source for source, _ in everyone} == {"hopkins", "lyon", "raabin"}
    assert lymphoid.sum() == 6


def test_that_the_table_names_every_finding_at_both_limits() -> None:
    text = report(answers(), VOCABULARY)
    for key in ("acute_leukaemia", "apl", "lymphoid_neoplasm"):
        assert f"| {key} |" in text
    assert text.count("| suspicious |") == 3
    assert "6 of 6 | 1.00 (0.54–1.00)" in text  # Clopper–Pearson of six of six


def test_that_scores_come_back_as_they_were_written_and_other_cells_are_refused(tmp_path: Path) -> None:
    found = answers()
    rows = np.asarray([3, 5, 8])
    scores = {"types": found.types[rows].astype(np.float32), "features": np.ones((3, 4), np.float32)}
    for head in VOCABULARY.heads:
        scores[head] = np.stack([np.zeros(3), found.odds[head][rows]], 1).astype(np.float32)
    (tmp_path / "fold2").mkdir()
    write_scores(tmp_path / "fold2" / SCORES, list(found.cells), rows, scores)
    read = read_scores(tmp_path, found.cells, VOCABULARY)
    assert read.cells == tuple(found.cells[r] for r in rows)
    assert set(read.fold.tolist()) == {2}
    np.testing.assert_allclose(read.types, found.types[rows], rtol=1e-6)
    np.testing.assert_allclose(read.odds["apl"], found.odds["apl"][rows], rtol=1e-6)
    with pytest.raises(LeukViewError, match="other cells"):
        read_scores(tmp_path, found.cells[::-1], VOCABULARY)
    with pytest.raises(LeukViewError, match="No fold"):
        read_scores(tmp_path / "fold2", found.cells, VOCABULARY)


def test_that_the_mean_of_runs_is_over_the_cells_they_share() -> None:
    cells = tuple(
        LabelledCell("a.zip", f"{i}.webp", "hopkins", "P", "AML", "blast", "train", f"s{i}") for i in range(3)
    )
    types, odds = np.zeros((3, len(VOCABULARY.types))), dict.fromkeys(VOCABULARY.heads, np.asarray([0.0, 1.0, 2.0]))
    one = OutOfFold(cells, np.zeros(3, np.int64), types, odds)
    other = OutOfFold(cells[1:], np.zeros(2, np.int64), types[1:] + 2, {h: v[1:] + 4 for h, v in odds.items()})
    mean = mean_scores([one, other])
    assert [c.sha1 for c in mean.cells] == ["s1", "s2"]
    assert (mean.types == 1).all()
    assert mean.odds["apl"].tolist() == [3.0, 4.0]
