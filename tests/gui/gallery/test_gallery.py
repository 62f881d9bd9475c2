"""Model and view of the gallery, without a window around them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
from leukview.domain.repaired_mask import REVIEWER_PREFIX
from leukview.domain.review.events import CellReview, ReviewState
from leukview.domain.slide import Slide
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.gallery.delegate import GalleryDelegate
from leukview.gui.gallery.model import PENDING, CellFilter, GalleryModel, SortKey
from leukview.gui.gallery.sorting import expected_label_value
from leukview.gui.gallery.view import GalleryView
from leukview.services.review.session import CellView, SlideView
from tests.support.fakes import make_cells

LABELS = ("blast", "neutrophil", "lymphocyte", "smudge_cell")


def make_prediction(label: str, confidence: float) -> Prediction:
    malignant = confidence if label == "blast" else 1 - confidence
    stages = (
        StageProbabilities("gate", ("leukocyte", "platelet"), (1.0, 0.0)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
    )
    measurement = Measurement(1000, int(1000 * confidence))
    flags = ("uncertain",) if confidence < 0.5 else ()
    return Prediction("b" * 64, "fake:0", stages, label, label, confidence, None, measurement, flags)


def make_slide_view(taxonomy: Taxonomy, count: int, *, pending: int = 0) -> SlideView:
    views = []
    for number, cell in enumerate(make_cells(count)):
        label = LABELS[number % len(LABELS)]
        said = None if number >= count - pending else make_prediction(label, (number * 37 % 101) / 100)
        review = CellReview()
        views.append(CellView(cell, said, review, label if said else "unidentified", said is None))
    made = Slide("S-TEST", "P-TEST", "signed tree", "2026-01-01T00:00:00+00:00", count, 0)
    return SlideView(made, tuple(views), ReviewState(), taxonomy, ())


def with_review(view: SlideView, number: int, label: str, comment: str = "") -> SlideView:
    cells = list(view.cells)
    review = CellReview(label=label, reviewer="r", comment=comment)
    cells[number] = replace(cells[number], review=review, label=label, pending=False)
    return replace(view, cells=tuple(cells))


@pytest.fixture
def view(qtbot: QtBot) -> GalleryView:
    made = GalleryView()
    delegate = GalleryDelegate(made)
    made.setItemDelegate(delegate)
    made.setModel(GalleryModel(made))
    made.set_tile_size(QSize(80, 96))
    made.resize(500, 400)
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_groups_follow_the_taxonomy_and_count_live(taxonomy: Taxonomy):
    model = GalleryModel()
    shown = make_slide_view(taxonomy, 20, pending=4)
    model.set_slide_view(shown)
    assert [g.key for g in model.groups] == ["blast", "neutrophil", "lymphocyte", "smudge_cell", PENDING]
    assert [g.total for g in model.groups] == [4] * 5
    model.set_slide_view(with_review(shown, 0, "monocyte"))
    counts = {g.key: (g.total, g.reviewed) for g in model.groups}
    assert counts["blast"] == (3, 0)
    assert counts["monocyte"] == (1, 1)
    assert [v.cell.id for v in model.rows()] == [
        model.index(r).data(Qt.ItemDataRole.UserRole + 1).cell.id for r in range(20)
    ]


def test_that_orders_and_filters_do_what_they_say(taxonomy: Taxonomy):
    model = GalleryModel()
    model.grouped = False
    shown = with_review(with_review(make_slide_view(taxonomy, 40), 3, "blast", "look"), 5, "neutrophil")
    model.set_slide_view(shown)
    confidences = [v.label_confidence for v in model.rows()]
    assert confidences[-1] is None, "the model's confidence in its own class says nothing of the reviewer's"
    assert model.rows()[-1].cell.number == 4
    assert confidences[:-1] == sorted(c for c in confidences if c is not None)
    model.sort_key = SortKey.NUMBER
    model.rearrange()
    assert [v.cell.number for v in model.rows()] == list(range(1, 41))
    model.sort_key = SortKey.MALIGNANT
    model.rearrange()
    first = model.rows()[0].prediction
    assert first is not None
    assert first.probability("stage1", "malignant") == max(
        p for v in shown.cells if v.prediction and (p := v.prediction.probability("stage1", "malignant")) is not None
    )
    need = {"blast": 2.0, "neutrophil": 0.5}
    model.sort_key = SortKey.INFORMATION
    model.label_values = {v.cell.id: expected_label_value(v, taxonomy, need) for v in shown.cells}
    model.rearrange()
    worth = [0.0 if v.reviewed else expected_label_value(v, taxonomy, need) for v in model.rows()]
    assert worth == sorted(worth, reverse=True)
    assert worth[0] > 0
    assert any(model.label_values[v.cell.id] > 0 for v in shown.cells if v.reviewed)  # else the line above says nothing
    expected = {
        CellFilter.UNREVIEWED: 38,
        CellFilter.COMMENTED: 1,
        CellFilter.FLAGGED: sum(bool(v.prediction and v.prediction.flags) for v in shown.cells),
        CellFilter.ALL: 40,
    }
    for chosen, count in expected.items():
        model.filter_key = chosen
        model.rearrange()
        assert model.rowCount() == count
    model.filter_key = CellFilter.DISAGREEMENT
    model.rearrange()
    assert all(v.cell.source and v.label != v.cell.source.class_key for v in model.rows() if v.label != "lymphocyte")
    assert 0 < model.rowCount() < 40


def test_that_a_blinded_order_tells_nothing(taxonomy: Taxonomy):
    model = GalleryModel()
    model.blind = True
    model.set_slide_view(make_slide_view(taxonomy, 12))
    assert [v.cell.number for v in model.rows()] == list(range(1, 13))
    assert [g.key for g in model.groups] == [PENDING]
    assert "%" not in str(model.index(0).data())


def test_that_the_next_unreviewed_cell_is_found_around_the_end(taxonomy: Taxonomy):
    model = GalleryModel()
    model.sort_key, model.grouped = SortKey.NUMBER, False
    shown = make_slide_view(taxonomy, 4)
    for number in (1, 2, 3):
        shown = with_review(shown, number, "blast")
    model.set_slide_view(shown)
    assert model.next_unreviewed(1) == model.next_unreviewed(2, -1) == shown.cells[0].cell.id
    assert model.next_unreviewed(1, excluded=frozenset({shown.cells[0].cell.id})) is None


def test_that_arrows_and_clicks_reach_every_cell(qtbot: QtBot, view: GalleryView, taxonomy: Taxonomy):
    view.gallery_model().set_slide_view(make_slide_view(taxonomy, 30))
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    seen = [view.currentIndex().row()]
    for _ in range(29):
        qtbot.keyClick(view, Qt.Key.Key_Right)
        seen.append(view.currentIndex().row())
    assert seen == list(range(30))
    qtbot.keyClick(view, Qt.Key.Key_Home)
    rows = {view.currentIndex().row()}
    for _ in range(20):
        qtbot.keyClick(view, Qt.Key.Key_Down)
        rows.add(view.currentIndex().row())
        assert view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
    assert max(rows) >= 24
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == 29


def test_that_shift_and_control_extend_the_selection(qtbot: QtBot, view: GalleryView, taxonomy: Taxonomy):
    view.gallery_model().set_slide_view(make_slide_view(taxonomy, 30))

    def click(row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        place = view.visualRect(view.gallery_model().index(row)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    click(1)
    click(9, Qt.KeyboardModifier.ShiftModifier)
    assert len(view.selected_ids()) == 9
    click(12, Qt.KeyboardModifier.ControlModifier)
    assert len(view.selected_ids()) == 10
    click(2)
    assert len(view.selected_ids()) == 1


def test_that_a_rubber_band_selects_what_it_covers(qtbot: QtBot, view: GalleryView, taxonomy: Taxonomy):
    view.gallery_model().grouped = False
    view.gallery_model().set_slide_view(make_slide_view(taxonomy, 12))
    first = view.visualRect(view.gallery_model().index(0))
    start, end = QPoint(2, 2), view.visualRect(view.gallery_model().index(8)).center()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view.viewport(), first.center())
    qtbot.mouseMove(view.viewport(), end)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    covered = [
        r
        for r in range(12)
        if view.visualRect(view.gallery_model().index(r)).intersects(QRect(start, end).normalized())
    ]
    assert len(view.selected_ids()) == len(covered) > 1


def test_that_a_header_selects_its_group_and_its_arrow_folds_it(qtbot: QtBot, view: GalleryView, taxonomy: Taxonomy):
    view.gallery_model().set_slide_view(make_slide_view(taxonomy, 16))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(80, 8))
    assert len(view.selected_ids()) == 4
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 8))
    assert view.gallery_model().rowCount() == 12
    assert view.gallery_model().groups[0].total == 4
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 8))
    assert view.gallery_model().rowCount() == 16


def test_that_headers_count_a_review_that_moves_no_cell(view: GalleryView, taxonomy: Taxonomy):
    shown = make_slide_view(taxonomy, 16)
    view.gallery_model().set_slide_view(shown)
    blank = view.grab().toImage()
    view.gallery_model().set_slide_view(with_review(shown, 0, "blast"))
    assert view.header_at(QPoint(80, 8)) == view.gallery_model().groups[0]
    assert view.gallery_model().groups[0].reviewed == 1
    band = QRect(0, 0, view.width(), 20)
    assert view.grab().toImage().copy(band) != blank.copy(band)


def test_that_selection_and_place_survive_cells_that_move(view: GalleryView, taxonomy: Taxonomy):
    shown = make_slide_view(taxonomy, 200)
    view.gallery_model().set_slide_view(shown)
    chosen = [view.gallery_model().rows()[r].cell.id for r in (90, 91, 95)]
    view.go_to(chosen[0])
    view.select_cells(chosen, current=chosen[0])
    before = view.visualRect(view.currentIndex())
    moved = with_review(with_review(shown, 0, "promyelocyte"), 1, "promyelocyte")
    view.preserve_position(lambda: view.gallery_model().set_slide_view(moved))
    assert set(view.selected_ids()) == set(chosen)
    assert view.visualRect(view.currentIndex()).top() == before.top()
    cell = view.gallery_model().cell_at(view.currentIndex().row())
    assert cell is not None
    assert cell.cell.id == chosen[0]


@pytest.mark.parametrize(("label", "figured"), [("blast", True), ("monocyte", False)])
def test_that_a_figure_below_a_cell_is_of_the_class_that_is_shown(
    view: GalleryView, taxonomy: Taxonomy, label: str, figured: bool
):
    shown = make_slide_view(taxonomy, 1)
    said = replace(
        make_prediction("blast", 0.87), segmenter=f"{REVIEWER_PREFIX}0a1b2c3d"
    )  # after a repair of the outline
    cell = replace(shown.cells[0], prediction=said, segmenter_prediction=make_prediction("lymphocyte", 0.6))
    view.gallery_model().set_slide_view(with_review(replace(shown, cells=(cell,)), 0, label))
    image = view.grab().toImage()
    tile = view.visualRect(view.gallery_model().index(0))
    words = QRect(tile.center().x(), tile.bottom() - 13, tile.width() // 2 - 6, 12)
    inks = {image.pixel(x, y) for x in range(words.left(), words.right()) for y in range(words.top(), words.bottom())}
    assert (len(inks) > 1) is figured
    told = str(view.gallery_model().index(0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "model, with the repaired outline: Blast, 87 %" in told


def test_that_what_the_model_left_unidentified_has_no_figure_but_names_the_most_probable_class(taxonomy: Taxonomy):
    model, shown = GalleryModel(), make_slide_view(taxonomy, 2)
    cell = replace(shown.cells[0], prediction=replace(make_prediction("blast", 0.4), label="unidentified"))
    cell = replace(cell, label="unidentified")
    model.set_slide_view(replace(shown, cells=(cell, shown.cells[1])))
    assert cell.label_confidence is None
    told = str(model.index(model.row_of(cell.cell.id) or 0).data(Qt.ItemDataRole.ToolTipRole))
    assert "model: Unidentified, most probable Blast, 40 %" in told


def test_that_ten_thousand_cells_ask_only_for_the_thumbnails_that_show(
    qtbot: QtBot, view: GalleryView, taxonomy: Taxonomy
):
    asked: set[str] = set()

    def thumbnail(cell: CellView) -> QPixmap:
        asked.add(cell.cell.id)
        return QPixmap(8, 8)

    view.gallery_model().set_thumbnail_source(thumbnail)
    view.gallery_model().set_slide_view(make_slide_view(taxonomy, 10_000))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.grab()
    assert 0 < len(asked) < 200


def test_that_tiles_show_picture_tick_and_selection(view: GalleryView, taxonomy: Taxonomy):
    pixmap = QPixmap(20, 20)
    pixmap.fill(QColor("#00aa55"))
    view.gallery_model().set_thumbnail_source(lambda _: pixmap)
    view.gallery_model().set_slide_view(with_review(make_slide_view(taxonomy, 4), 0, "blast"))
    view.go_to(view.gallery_model().rows()[0].cell.id)
    picture = view.grab().toImage()
    rect = view.visualRect(view.gallery_model().index(0))
    ratio = picture.devicePixelRatio()
    assert picture.pixelColor(rect.center() * ratio).name() == "#00aa55"
    inside = [
        picture.pixelColor(x, y).name()
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.top() + 30)
    ]
    assert "#1a7f37" in inside, "a reviewed cell carries a green tick"
    assert view.palette().highlight().color().name() in inside


@pytest.mark.parametrize(("given", "told"), [("blast", True), ("monocyte", False)])
def test_that_a_confidence_stands_only_under_the_class_it_belongs_to(
    view: GalleryView, taxonomy: Taxonomy, given: str, told: bool
):
    shown = with_review(make_slide_view(taxonomy, 1), 0, given)
    assert shown.cells[0].prediction is not None
    assert shown.cells[0].prediction.best == "blast"
    view.gallery_model().set_slide_view(shown)
    picture, rect = view.grab().toImage(), view.visualRect(view.gallery_model().index(0))
    line = range(rect.bottom() - 12, rect.bottom())
    ground = picture.pixelColor(rect.right() + 4, rect.bottom() - 6)
    right = [picture.pixelColor(x, y) for x in range(rect.center().x(), rect.right() - 4) for y in line]
    assert any(colour != ground for colour in right) is told


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize("blind", [True, False])
@pytest.mark.parametrize("chosen", list(CellFilter))
def test_that_rearranging_after_each_change_is_arranging_anew(
    taxonomy: Taxonomy, chosen: CellFilter, *, blind: bool, grouped: bool
):
    kept, shown = GalleryModel(), make_slide_view(taxonomy, 30, pending=3)
    changes = [(3, "blast", "look"), (4, "neutrophil", ""), (29, "monocyte", ""), (3, "lymphocyte", "")]
    for sort in (
        SortKey.MALIGNANT,
        SortKey.NUMBER,
        SortKey.UNCERTAIN,
        SortKey.MALIGNANT,
        SortKey.UNCERTAIN,
    ):  # and back again
        for number, label, comment in changes:
            shown = with_review(shown, number, label, comment)
            fresh = GalleryModel()
            for model in (kept, fresh):
                model.sort_key, model.filter_key, model.filter_class = sort, chosen, "blast"
                model.blind, model.grouped, model.collapsed = blind, grouped, {"lymphocyte"}
                model.set_slide_view(shown)
            assert [v.cell.id for v in kept.rows()] == [v.cell.id for v in fresh.rows()]
            assert kept.groups == fresh.groups
            rows = {v.cell.id: row for row, v in enumerate(kept.rows())}
            assert [kept.row_of(v.cell.id) for v in shown.cells] == [rows.get(v.cell.id) for v in shown.cells]
    assert kept.row_of("a cell of another slide") is None
    kept.filter_key, kept.filter_class = CellFilter.CLASS, "basophil"
    kept.rearrange()
    assert kept.rowCount() == 0
    assert kept.groups == ()


def test_that_only_the_cell_that_changed_is_painted_anew(taxonomy: Taxonomy):
    model, told = GalleryModel(), []
    shown = make_slide_view(taxonomy, 20)
    model.set_slide_view(shown)
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    groups = QSignalSpy(model.groups_changed)
    model.set_slide_view(replace(shown))
    assert (told, groups.count()) == ([], 0)
    after = with_review(shown, 4, shown.cells[4].label)
    model.set_slide_view(after)
    row = model.row_of(shown.cells[4].cell.id)
    assert (told, groups.count()) == ([(row, row)], 1)  # and the header counts one more reviewed
    told.clear()
    model.rearrange()  # something else than the slide changed, which every tile may show
    assert told == [(row, row) for row in range(20)]
