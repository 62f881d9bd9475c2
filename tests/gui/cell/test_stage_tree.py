"""The model's answer as a tree."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QImage, QPalette

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
from leukview.gui.cell.stage_tree import (
    ItemRole,
    RowKind,
    StageRow,
    StageTree,
    choice_text,
    probability_text,
    stage_rows,
)
from tests.services.test_findings import typed_prediction


def make_prediction(malignant: float, *, apl: float | None = None, best: str = "") -> Prediction:
    stages = [
        StageProbabilities("gate", ("leukocyte", "erythroblast", "platelet", "smudge_cell"), (0.97, 0.01, 0.0, 0.02)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
        StageProbabilities(
            "stage2b", ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil"), (0.02, 0.9, 0.06, 0.01, 0.01)
        ),
    ]
    if apl is not None:
        stages.append(StageProbabilities("apl", ("other_aml", "apl"), (1 - apl, apl)))
    best = best or ("blast" if malignant > 0.5 else "lymphocyte")
    confidence = 0.97 * malignant if best == "blast" else 0.97 * (1 - malignant) * 0.9
    return Prediction("b" * 64, "fake:0", tuple(stages), best, best, confidence, None, Measurement(900, 500))


def flatten_rows(rows: tuple[StageRow, ...]) -> list[StageRow]:
    return [r for row in rows for r in (row, *flatten_rows(row.children))]


@pytest.fixture
def tree(qtbot):
    widget = StageTree()
    qtbot.addWidget(widget)
    widget.resize(380, 460)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def index_of(tree: StageTree, stage: str, choice: str = "") -> QModelIndex:
    model = tree.view.model()
    found: list[QModelIndex] = []

    def walk(parent: QModelIndex) -> None:
        for i in range(model.rowCount(parent)):
            index = model.index(i, 0, parent)
            row = index.data(ItemRole.ROW)
            if (row.stage, row.choice) == (stage, choice):
                found.append(index)
            walk(index)

    walk(QModelIndex())
    assert len(found) == 1
    return found[0]


def test_that_each_stage_of_the_taxonomy_is_listed_once(taxonomy):
    rows = flatten_rows(stage_rows(taxonomy, make_prediction(0.9), str))
    old = [s.key for s in taxonomy.stages if s.tree != "type" and s.key != "lymphoid_neoplasm"]
    assert sorted(r.stage for r in rows if r.kind is RowKind.STAGE) == sorted(old)
    typed = typed_prediction(taxonomy, "immature_granulocyte", 0.9, 0.9, 0.1)
    rows = flatten_rows(stage_rows(taxonomy, typed, str))
    assert sorted(r.stage for r in rows if r.kind is RowKind.STAGE) == sorted(s.key for s in taxonomy.stages)


def test_that_the_types_are_the_path_and_malignancy_stands_beside_it(taxonomy):
    typed = typed_prediction(taxonomy, "immature_granulocyte", 0.1, 0.9, 0.1)
    rows = flatten_rows(stage_rows(taxonomy, typed, str))
    on_path = {(r.stage, r.choice) for r in rows if r.kind is RowKind.CHOICE and r.on_path}
    assert {
        ("gate", "leukocyte"),
        ("lineage", "immature_granulocyte"),
        ("granulopoiesis", "abnormal_promyelocyte"),
        ("stage1", "benign"),
    } == on_path


def test_that_an_untrained_stage_says_so_and_carries_no_number(taxonomy):
    rows = {
        r.stage: r for r in flatten_rows(stage_rows(taxonomy, make_prediction(0.9), str)) if r.kind is RowKind.STAGE
    }
    for key in ("stage2t", "stage3m", "stage3l", "apl", "ph"):
        assert rows[key].note == "not assessed by this model"
        assert not [r for r in flatten_rows(rows[key].children) if r.probability is not None]
    assert rows["maturity"].note == "not assessed by this model; assumed: Mature"


def test_that_an_untrained_choice_of_a_trained_stage_carries_no_number(taxonomy):
    rows = {(r.stage, r.choice): r for r in flatten_rows(stage_rows(taxonomy, make_prediction(0.9), str))}
    artefact = rows["gate", "artefact"]
    assert artefact.probability is None
    assert artefact.note == "not assessed by this model"


def test_that_what_is_marked_is_what_is_most_probable(taxonomy):
    """A reader must not find 40 % in bold beside 60 %, also where the class is that of the smaller branch."""
    mixed = make_prediction(0.4, best="blast")
    taken = {
        (r.stage, r.choice)
        for r in flatten_rows(stage_rows(taxonomy, mixed, str))
        if r.kind is RowKind.CHOICE and r.on_path
    }
    assert taken == {("gate", "leukocyte"), ("stage1", "benign")}


def test_that_the_tree_shows_the_calibrated_probabilities(tree, taxonomy):
    tree.show_prediction(taxonomy, make_prediction(0.873))
    malignant = index_of(tree, "stage1", "malignant")
    assert malignant.siblingAtColumn(1).data() == "87.3 %"
    assert "87.3 %" in malignant.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "on the path" in malignant.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "on the path" not in index_of(tree, "stage1", "benign").data(Qt.ItemDataRole.AccessibleTextRole)


def test_that_the_branch_taken_is_open_and_the_other_closed(tree, taxonomy):
    tree.show_prediction(taxonomy, make_prediction(0.9))
    assert tree.view.isExpanded(index_of(tree, "stage1", "malignant"))
    assert not tree.view.isExpanded(index_of(tree, "stage1", "benign"))


def test_that_class_runner_up_and_margin_are_named(tree, taxonomy):
    tree.show_prediction(taxonomy, make_prediction(0.6))
    assert tree.summary.text() == "Blast 58.2 %"
    assert tree.runner_up.text() == "Second: Lymphocyte 34.9 % · difference 23 points"


def test_that_an_abstention_says_what_was_most_probable(tree, taxonomy):
    tree.show_prediction(taxonomy, replace(make_prediction(0.5, best="blast"), label="unidentified"))
    assert tree.summary.text() == "Unidentified: the model is not certain enough. Most probable: Blast 48.5 %"


def test_that_no_verdict_on_a_lineage_stands_beside_a_cell(taxonomy):
    """An APL score is shown for malignant cells alone, and never as the verdict that it is another AML."""

    def heads(prediction: Prediction) -> list[tuple[str, str, bool]]:
        rows = flatten_rows(stage_rows(taxonomy, prediction, str))
        return [(r.stage, r.choice, r.on_path) for r in rows if r.kind is RowKind.CHOICE and r.stage == "apl"]

    assert heads(make_prediction(0.1, apl=0.8)) == []
    assert heads(make_prediction(0.9, apl=0.8)) == [("apl", "apl", False)]
    assert heads(make_prediction(0.9, apl=0.1)) == [("apl", "apl", False)]


def with_sets(found: Prediction, **sets: tuple[str, ...]) -> Prediction:
    return replace(found, stages=tuple(replace(s, prediction_set_95=sets.get(s.stage, ())) for s in found.stages))


def test_that_a_stage_that_was_asked_names_its_prediction_set(tree, taxonomy):
    sets = {"gate": ("leukocyte",), "stage1": ("malignant", "benign"), "stage2b": ("lymphocyte",), "apl": ("apl",)}
    tree.show_prediction(taxonomy, with_sets(make_prediction(0.6, apl=0.8), **sets))
    stage1 = index_of(tree, "stage1")
    assert stage1.data(ItemRole.ROW).note == "95 % set: Malignant, Benign"
    assert "95 of 100 validation cells" in stage1.data(Qt.ItemDataRole.ToolTipRole)
    assert "95 % set: Malignant, Benign" in stage1.data(Qt.ItemDataRole.AccessibleTextRole)
    assert index_of(tree, "apl").data(ItemRole.ROW).note == "95 % set: APL"
    assert "95" not in index_of(tree, "stage2b").data(ItemRole.ROW).note  # it is asked of benign cells
    tree.show_prediction(taxonomy, make_prediction(0.6, apl=0.8))
    assert index_of(tree, "stage1").data(ItemRole.ROW).note == ""


def test_that_a_click_asks_for_the_map_of_a_choice(tree, taxonomy, qtbot):
    tree.show_prediction(taxonomy, make_prediction(0.9))
    where = tree.view.visualRect(index_of(tree, "stage1", "benign")).center()
    with qtbot.waitSignal(tree.choice_activated) as asked:
        qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert asked.args == ["stage1", "benign"]


def test_that_enter_asks_once_for_the_map_of_a_choice(tree, taxonomy, qtbot):
    tree.show_prediction(taxonomy, make_prediction(0.9))
    tree.select_choice("gate", "erythroblast")
    asked: list[tuple[str, str]] = []
    tree.choice_activated.connect(lambda stage, choice: asked.append((stage, choice)))
    qtbot.keyClick(tree.view, Qt.Key.Key_Return)
    assert asked == [("gate", "erythroblast")]


def test_that_nothing_without_a_number_can_be_asked_for(tree, taxonomy, qtbot):
    tree.show_prediction(taxonomy, make_prediction(0.9))
    for stage, choice in (("gate", "artefact"), ("stage1", ""), ("ph", "")):
        tree.view.setCurrentIndex(index_of(tree, stage, choice))
        with qtbot.assertNotEmitted(tree.choice_activated):
            qtbot.keyClick(tree.view, Qt.Key.Key_Return)


def test_that_a_cell_without_prediction_shows_no_tree(tree, taxonomy):
    tree.show_prediction(taxonomy, make_prediction(0.1, apl=0.8))
    tree.show_prediction(taxonomy, None)
    assert tree.view.model().rowCount() == 0
    assert tree.summary.text() == "The model has not analysed this cell yet."
    assert not tree.runner_up.isVisible()


def bar_length(tree: StageTree, image: QImage, stage: str, choice: str) -> int:
    """Pixels from the left end of a bar to where the empty track begins."""
    area = tree.view.visualRect(index_of(tree, stage, choice).siblingAtColumn(1))
    y, left = area.center().y() + 1, area.left() + 4
    empty = tree.view.palette().base().color()
    return next(x - left for x in range(left, area.right()) if image.pixelColor(x, y) == empty)


def test_that_the_bars_are_as_long_as_the_probabilities(tree, taxonomy):
    tree.show_prediction(taxonomy, make_prediction(0.8))
    tree.clear_selection()
    picture = tree.view.viewport().grab().toImage()
    long, short = (bar_length(tree, picture, "stage1", choice) for choice in ("malignant", "benign"))
    assert long > 20
    assert short + 2 == pytest.approx((long + 2) / 4, abs=2)


@pytest.mark.parametrize(
    ("p", "words"), [(0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.5, "50.0 %"), (0.9996, ">99.9 %"), (1.0, "100.0 %")]
)
def test_that_a_percentage_never_claims_certainty_it_has_not(p, words):
    assert probability_text(p) == words


def test_that_choices_read_as_words():
    assert [choice_text(c) for c in ("other_aml", "ph_positive", "smudge_cell", "cmml")] == [
        "Other AML",
        "Ph positive",
        "Smudge cell",
        "CMML",
    ]


def frame_end(tree: StageTree, stage: str, choice: str) -> int:
    """Right end of a choice's bar with its frame, px within the column."""
    area = tree.view.visualRect(index_of(tree, stage, choice).siblingAtColumn(1))
    image = tree.view.viewport().grab(area).toImage()
    scale = image.devicePixelRatio()
    ground = image.pixelColor(1, 1)
    line = image.height() // 2
    inked = [x for x in range(image.width()) if image.pixelColor(x, line) != ground]
    gap = next(i for i, (a, b) in enumerate(pairwise(inked)) if b - a > 3 * scale)  # between the bar and its number
    return round(inked[gap] / scale)


@pytest.mark.parametrize("width", [380, 200])
def test_that_the_bars_of_bold_and_plain_rows_end_in_one_line(tree, taxonomy, qtbot, width):
    tree.resize(width, 460)
    qtbot.waitUntil(lambda: tree.view.width() <= width)
    full = replace(make_prediction(0.9999), stages=(StageProbabilities("gate", ("leukocyte", "platelet"), (1.0, 1.0)),))
    tree.show_prediction(taxonomy, full)
    assert frame_end(tree, "gate", "leukocyte") == frame_end(tree, "gate", "platelet") > 10


def test_that_a_narrow_tree_says_what_was_not_assessed_before_all_of_a_name(tree, taxonomy, qtbot):
    colours = tree.view.palette()
    colours.setColor(QPalette.ColorRole.PlaceholderText, QColor("red"))
    tree.view.setPalette(colours)
    tree.show_prediction(taxonomy, make_prediction(0.9))
    tree.resize(210, 460)
    qtbot.waitUntil(lambda: tree.view.width() <= 210)
    image = tree.view.viewport().grab(tree.view.visualRect(index_of(tree, "stage3l"))).toImage()
    right = [(x, y) for x in range(image.width() // 2, image.width()) for y in range(image.height())]
    # The note alone is painted in the palette's faint colour.
    assert any(colour.red() > colour.green() + 60 for colour in (image.pixelColor(x, y) for x, y in right))
