"""Out-of-fold figures, each with an interval over patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from training.crossfit.negatives import KINDS, LABEL, kind_of
from training.crossfit.pool import group_of
from training.crossfit.scores import Floats, OutOfFold
from training.crossfit.vocabulary import Targets, Vocabulary
from training.evaluation.metrics import Estimate, IntArray, accuracy, auc, bootstrap, f1_scores, macro_f1
from training.evaluation.metrics import confusion_matrix as confusion_table

Rows = NDArray[np.int64]
FIVE = ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil")
MERGED = {"abnormal_promyelocyte": "promyelocyte", "giant_platelet": "platelet", "platelet_clump": "platelet"}
"""The types as the laboratories' labels divide them: 16 classes."""
PROMYELOCYTES = ("promyelocyte", "abnormal_promyelocyte")
MALIGNANT_TYPES = ("blast", "promonocyte", *PROMYELOCYTES)
CELLS_A_PATIENT = 30
"""Of each Lyon patient, drawn by a fixed seed: the number of pictures alone gives an AUC of 0.80 there."""
DRAWS = 300


def groups_of(found: OutOfFold, rows: Rows) -> list[str]:
    """Patient of each row; a cell without one is its own group."""
    return [f"{found.cells[r].source}/{group_of(found.cells[r])}" for r in rows]


def rows_where(found: OutOfFold, source: str, labels: Sequence[str] = (), diagnosis: str = "") -> Rows:
    """Cells of a source, of some labels and a diagnosis where these are given."""
    return np.asarray(
        [
            i
            for i, cell in enumerate(found.cells)
            if cell.source == source
            and (cell.cell_class in labels if labels else cell.cell_class != LABEL)
            and (not diagnosis or cell.diagnosis == diagnosis)
        ],
        np.int64,
    )


def shares(found: OutOfFold, vocabulary: Vocabulary, groups: Mapping[str, Sequence[str]]) -> Floats:
    """Probability of each group of types, N×groups."""
    p = found.p_types
    columns = [[vocabulary.types.index(leaf) for leaf in leaves] for leaves in groups.values()]
    return np.stack([p[:, own].sum(1) for own in columns], 1)


def classes_of(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The 16 classes of the laboratories → their types."""
    found: dict[str, tuple[str, ...]] = {}
    for leaf in vocabulary.types:
        if leaf == LABEL:
            continue
        name = MERGED.get(leaf, leaf)
        found[name] = (*found.get(name, ()), leaf)
    return found


def rate(hit: NDArray[np.bool_], groups: Sequence[str]) -> Estimate:
    """Part of the rows that are true, over patients; NaN without rows."""
    return _over_patients(lambda rows: float(hit[rows].mean()), groups)


def area(truth: IntArray, score: Floats, groups: Sequence[str]) -> Estimate:
    """Area under the ROC curve, over patients; NaN without rows."""
    return _over_patients(lambda rows: auc(truth[rows], score[rows]), groups)


def _over_patients(value: Callable[[IntArray], float], groups: Sequence[str]) -> Estimate:
    nothing = float("nan")
    return bootstrap(value, groups, DRAWS) if groups else Estimate(nothing, nothing, nothing)


def _both(truth: IntArray, guess: IntArray, size: int, groups: Sequence[str], name: str) -> dict[str, Estimate]:
    return {
        f"{name}: accuracy": _over_patients(lambda r: accuracy(truth[r], guess[r]), groups),
        f"{name}: macro F1": _over_patients(lambda r: macro_f1(truth[r], guess[r], size), groups),
    }


def type_figures(found: OutOfFold, vocabulary: Vocabulary) -> dict[str, Estimate]:
    """The full vocabulary, 16 classes, by source and together; and promyelocytes."""
    classes = classes_of(vocabulary)
    names = list(classes)
    guess = shares(found, vocabulary, classes).argmax(1)
    labels = [MERGED.get(c.cell_class, c.cell_class) for c in found.cells]
    result: dict[str, Estimate] = {}
    for source in ("hopkins", "barcelona", ""):
        kept = [
            i
            for i, cell in enumerate(found.cells)
            if labels[i] in classes and cell.source in {"hopkins", "barcelona"} and source in {"", cell.source}
        ]
        rows = np.asarray(kept, np.int64)
        truth = np.asarray([names.index(labels[i]) for i in kept], np.int64)
        where = source or "hopkins and barcelona"
        result |= _both(truth, guess[rows], len(names), groups_of(found, rows), f"16 classes, {where}")
    rows = rows_where(found, "hopkins", ["promyelocyte"])
    groups = groups_of(found, rows)
    named = np.asarray([names[g] for g in guess[rows]])
    hidden = ~np.isin(named, [*MALIGNANT_TYPES]) & (found.p("malignant")[rows] < 0.5)
    result["Hopkins' promyelocytes named promyelocyte"] = rate(named == "promyelocyte", groups)
    result["Hopkins' promyelocytes named blast or promonocyte"] = rate(np.isin(named, ["blast", "promonocyte"]), groups)
    result["Hopkins' promyelocytes named another type and benign"] = rate(hidden, groups)
    return result


def class_table(found: OutOfFold, vocabulary: Vocabulary, source: str) -> list[tuple[str, int, float, float, float]]:
    """(class, cells, precision, recall, F1) of the 16 classes of a source."""
    classes = classes_of(vocabulary)
    names = list(classes)
    labels = [MERGED.get(c.cell_class, c.cell_class) for c in found.cells]
    kept = np.asarray([i for i, c in enumerate(found.cells) if c.source == source and labels[i] in classes], np.int64)
    truth = np.asarray([names.index(labels[i]) for i in kept], np.int64)
    guess = shares(found, vocabulary, classes)[kept].argmax(1)
    table = confusion_table(truth, guess, len(names))
    f1 = f1_scores(table)
    rows = []
    for i, name in enumerate(names):
        cells, called = int(table[i].sum()), int(table[:, i].sum())
        if cells:
            precision = table[i, i] / called if called else float("nan")
            rows.append((name, cells, float(precision), float(table[i, i] / cells), float(f1[i])))
    return rows


def five_figures(found: OutOfFold, vocabulary: Vocabulary, source: str) -> dict[str, Estimate]:
    """The five normal types of a source: among themselves (2B), and against all types."""
    groups = {"neutrophil": ("band_neutrophil", "segmented_neutrophil")} | {name: (name,) for name in FIVE[1:]}
    groups["lymphocyte"] = ("lymphocyte", "variant_lymphocyte")
    folded = {"band_neutrophil": "neutrophil", "segmented_neutrophil": "neutrophil"}
    labels = [folded.get(c.cell_class, c.cell_class) for c in found.cells]
    rows = np.asarray([i for i, c in enumerate(found.cells) if c.source == source and labels[i] in FIVE], np.int64)
    truth = np.asarray([FIVE.index(labels[i]) for i in rows], np.int64)
    p = shares(found, vocabulary, groups)[rows]
    patients = groups_of(found, rows)
    result = _both(truth, p.argmax(1), 5, patients, f"five normal types, {source}")
    rest = 1 - p.sum(1)
    open_guess = np.where(found.p_types[rows].max(1) > p.max(1), np.where(rest > p.max(1), 5, p.argmax(1)), p.argmax(1))
    result[f"five normal types against all, {source}: accuracy"] = rate(open_guess == truth, patients)
    return result


def gate_figures(found: OutOfFold, vocabulary: Vocabulary) -> dict[str, Estimate]:
    """F1 of the gate's choices on Hopkins, and malignant cells lost there."""
    inside = tuple(leaf for leaves in vocabulary.lineages.values() for leaf in leaves)
    choices = {"leukocyte": inside, **vocabulary.gate}
    names = list(choices)
    real = {leaf for leaf in vocabulary.types if leaf != LABEL}
    of_leaf = {leaf: name for name, leaves in choices.items() for leaf in leaves}
    rows = np.asarray([i for i, c in enumerate(found.cells) if c.source == "hopkins" and c.cell_class in real], int)
    truth = np.asarray([names.index(of_leaf[found.cells[i].cell_class]) for i in rows], np.int64)
    guess = shares(found, vocabulary, choices)[rows].argmax(1)
    patients = groups_of(found, rows)
    result = {
        f"gate F1, {name}": _over_patients(
            lambda r, i=i: float(f1_scores(confusion_table(truth[r], guess[r], len(names)))[i]),  # type: ignore[misc]
            patients,
        )
        for i, name in enumerate(names)
        if i and name != LABEL
    }
    blasts = np.asarray([found.cells[i].cell_class in MALIGNANT_TYPES for i in rows])
    own = [p for p, blast in zip(patients, blasts, strict=True) if blast]
    result["blasts and equivalents lost at the gate"] = rate(guess[blasts] != 0, own)
    return result


def negative_figures(found: OutOfFold, vocabulary: Vocabulary) -> dict[str, Estimate]:
    """Pictures without a white cell that are recognised, by kind, and real cells taken for such."""
    best = np.asarray(vocabulary.types)[found.types.argmax(1)]
    kinds = np.asarray([kind_of(cell) or "" for cell in found.cells])
    result: dict[str, Estimate] = {}
    for kind in KINDS:
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            result[f"without a white cell, found: {kind}"] = rate(best[rows] == LABEL, groups_of(found, rows))
    if result:
        real = np.flatnonzero(kinds == "")
        result["cells taken for a picture without one"] = rate(best[real] == LABEL, groups_of(found, real))
    return result


def head_figures(found: OutOfFold, targets: Targets) -> dict[str, Estimate]:
    """Stage 1, APL and lymphoid, within a site wherever a site has both sides."""
    result: dict[str, Estimate] = {}
    sources = np.asarray([c.source for c in found.cells])
    for head, source, name in (
        ("malignant", "hopkins", "stage 1, Hopkins"),
        ("apl", "hopkins", "APL against other AML, cells"),
        ("malignant", "cnmc", "ALL blasts against normal precursors, C-NMC"),
    ):
        rows = np.flatnonzero((sources == source) & (targets.heads[head] >= 0))
        truth, patients = targets.heads[head][rows], groups_of(found, rows)
        if len(np.unique(truth)) < 2:  # both sides
            continue
        result[f"{name}: AUC"] = area(truth, found.odds[head][rows], patients)
        result[f"{name}: accuracy"] = rate((found.odds[head][rows] > 0) == (truth == 1), patients)
    for source in ("barcelona", "raabin"):
        rows = np.flatnonzero((sources == source) & (targets.heads["malignant"] == 0))
        result[f"healthy cells called malignant, {source}"] = rate(
            found.odds["malignant"][rows] > 0, groups_of(found, rows)
        )
    for source in ("barcelona", "raabin", "hopkins"):
        rows = rows_where(found, source, ["lymphocyte"])
        result[f"lymphocytes called lymphoid neoplasm, {source}"] = rate(
            found.odds["lymphoid"][rows] > 0, groups_of(found, rows)
        )
    return result


def patient_means(found: OutOfFold, score: Floats, rows: Rows, most: int = CELLS_A_PATIENT) -> dict[str, float]:
    """Mean of a score over a fixed number of each patient's cells, drawn by a fixed seed."""
    rng = np.random.default_rng(0)
    by_patient: dict[str, list[int]] = {}
    for row in rows:
        by_patient.setdefault(found.cells[row].patient, []).append(int(row))
    return {
        patient: float(score[rng.permutation(np.asarray(own))[:most]].mean())
        for patient, own in sorted(by_patient.items())
    }


def patient_figures(found: OutOfFold) -> dict[str, Estimate]:
    """Lymphoproliferative against reactive, and APL against other AML, by patient."""
    result: dict[str, Estimate] = {}

    def by_patient(rows: Rows, score: Floats, positive: str) -> Estimate:
        means = patient_means(found, score, rows)
        diagnoses = {found.cells[r].patient: found.cells[r].diagnosis for r in rows}
        truth = np.asarray([int(diagnoses[p] == positive) for p in means], np.int64)
        values = np.asarray(list(means.values()))
        return area(truth, values, list(means))

    result["lymphoproliferative against reactive, patients: AUC"] = by_patient(
        rows_where(found, "lyon"), found.odds["lymphoid"], "lymphoproliferative"
    )
    labelled = rows_where(found, "hopkins", ["blast", "promyelocyte", "promonocyte"])
    result["APL, patients, labelled malignant cells: AUC"] = by_patient(labelled, found.odds["apl"], "APL")
    counts: dict[str, int] = {}
    for row in labelled:
        counts[found.cells[row].patient] = counts.get(found.cells[row].patient, 0) + 1
    rich = np.asarray([r for r in labelled if counts[found.cells[r].patient] >= 10], np.int64)
    result["APL, patients with ten labelled malignant cells: AUC"] = by_patient(rich, found.odds["apl"], "APL")
    return result
