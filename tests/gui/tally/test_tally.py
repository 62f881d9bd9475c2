from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from leukview.domain.taxonomy import Taxonomy
from leukview.gui.tally.finding_strip import FindingScale
from leukview.gui.tally.model import TallyColumn, TallyModel, tally_rows
from leukview.gui.tally.panel import TallyPanel
from leukview.services.review.patient_tally import count_slide
from leukview.services.review.session import SlideView
from tests.gui.gallery.test_gallery import make_prediction, make_slide_view, with_review
from tests.services.test_findings import open_film


def with_labels(taxonomy: Taxonomy, labels: dict[str, int]) -> SlideView:
    shown = make_slide_view(taxonomy, sum(labels.values()))
    keys = [key for key, count in labels.items() for _ in range(count)]
    cells = (replace(v, label=k, prediction=make_prediction(k, 0.9)) for v, k in zip(shown.cells, keys, strict=True))
    return replace(shown, cells=tuple(cells))


def cell_text(panel: TallyPanel, row: int, column: TallyColumn) -> str:
    return str(panel.model.index(row, column).data())


def test_that_the_table_shows_rumkes_figures(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.show_slide(with_labels(taxonomy, {"blast": 40, "neutrophil": 150, "eosinophil": 10, "smudge_cell": 30}))
    lines = {cell_text(panel, r, TallyColumn.NAME): r for r in range(panel.model.rowCount())}
    assert cell_text(panel, lines["Blasts"], TallyColumn.INTERVAL) == "14.7–26.2"
    assert cell_text(panel, lines["Eosinophils"], TallyColumn.INTERVAL) == "2.4–9.0"
    assert cell_text(panel, lines["Blasts and equivalents"], TallyColumn.COUNT) == "40"
    assert cell_text(panel, lines["Smudge cells"], TallyColumn.PERCENT) == ""
    assert cell_text(panel, lines["Smudge cells"], TallyColumn.INTERVAL) == "15.0"
    assert "includes 20 %" in panel._warnings_label.text()
    assert "Fewer than 200" not in panel._warnings_label.text()
    assert "200 leukocytes" in panel._headline_label.text()
    assert "200 more to 400" in panel._headline_label.text()


def test_that_small_counts_are_warned_of(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.show_slide(with_labels(taxonomy, {"neutrophil": 50}))
    assert "Fewer than 200" in panel._warnings_label.text()
    assert "50 more to 100" in panel._headline_label.text()


def test_that_a_class_only_the_model_named_keeps_its_line(taxonomy: Taxonomy):
    shown = make_slide_view(taxonomy, 4)
    shown = with_review(shown, 0, "monocyte")
    lines = {r.key: (r.model_count, r.count) for r in tally_rows(shown)}
    assert lines["blast"] == (1, 0)
    assert lines["monocyte"] == (0, 1)


def test_that_a_click_on_a_line_names_its_class(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.resize(480, 300)
    panel.show()
    panel.show_slide(with_labels(taxonomy, {"neutrophil": 50, "smudge_cell": 3}))
    place = panel.table.visualRect(panel.model.index(3, TallyColumn.NAME)).center()
    with qtbot.waitSignal(panel.class_chosen) as caught:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == ["smudge_cell"]


def test_that_a_tally_without_leukocytes_shows_no_percent(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.show_slide(with_labels(taxonomy, {"smudge_cell": 3}))
    assert cell_text(panel, 1, TallyColumn.COUNT) == "3"
    assert cell_text(panel, 1, TallyColumn.PERCENT) == cell_text(panel, 1, TallyColumn.INTERVAL) == ""


def test_that_absolute_counts_stand_beside_the_percentages_once_the_white_cell_count_is_given(
    qtbot: QtBot, taxonomy: Taxonomy
):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.show()
    shown = with_labels(taxonomy, {"blast": 30, "abnormal_promyelocyte": 10, "neutrophil": 60, "smudge_cell": 5})
    panel.show_slide(shown)
    assert panel.table.isColumnHidden(TallyColumn.ABSOLUTE)
    panel.show_slide(replace(shown, slide=replace(shown.slide, wbc_per_nl=12.5)))
    assert not panel.table.isColumnHidden(TallyColumn.ABSOLUTE)
    lines = {cell_text(panel, r, TallyColumn.NAME): r for r in range(panel.model.rowCount())}
    assert cell_text(panel, lines["Blasts"], TallyColumn.ABSOLUTE) == "3.75"
    assert cell_text(panel, lines["Blasts and equivalents"], TallyColumn.ABSOLUTE) == "5.00"
    assert cell_text(panel, lines["Neutrophils"], TallyColumn.ABSOLUTE) == "7.50"
    assert cell_text(panel, lines["Smudge cells"], TallyColumn.ABSOLUTE) == ""


def test_that_in_a_narrow_panel_the_class_keeps_its_name_beside_absolute_counts(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.resize(48 * panel.fontMetrics().averageCharWidth(), 300)
    panel.show()
    shown = with_labels(taxonomy, {"blast": 30, "neutrophil": 60})
    panel.show_slide(replace(shown, slide=replace(shown.slide, wbc_per_nl=12.5)))
    assert panel.table.isColumnHidden(TallyColumn.MODEL)
    assert "Model: 30" in str(panel.model.index(0, TallyColumn.NAME).data(Qt.ItemDataRole.ToolTipRole))
    panel.resize(80 * panel.fontMetrics().averageCharWidth(), 300)
    assert not panel.table.isColumnHidden(TallyColumn.MODEL)


def test_that_only_the_lines_that_changed_are_painted_anew(taxonomy: Taxonomy):
    model, told = TallyModel(), []
    shown = make_slide_view(taxonomy, 20)
    model.show_rows(tally_rows(shown), blind=False)
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row(), last.column())))
    model.show_rows(tally_rows(with_review(shown, 0, shown.cells[0].label)), blind=False)
    assert told == []
    lines = [r.key for r in model.rows]
    model.show_rows(tally_rows(with_review(shown, 3, "lymphocyte")), blind=False)
    assert lines[-1] == "smudge_cell"
    assert (len(lines) - 1, len(lines) - 1, TallyColumn.INTERVAL) in told
    told.clear()
    model.show_rows(list(model.rows), blind=True)
    assert [first for first, _, _ in told] == list(range(len(lines)))


def test_that_the_names_keep_their_room_when_the_models_column_comes_back(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.resize(460, 400)
    panel.show()
    shown = with_labels(taxonomy, {"immature_granulocyte": 12, "blast": 30, "neutrophil": 20, "erythroblast": 4})
    shown = replace(shown, slide=replace(shown.slide, wbc_per_nl=12.5))
    panel.show_slide(shown)
    whole = [panel.table.columnWidth(column) for column in TallyColumn]
    panel.show_slide(shown, blind=True)
    panel.show_slide(shown)
    assert [panel.table.columnWidth(column) for column in TallyColumn] == whole
    names = [
        panel.table.sizeHintForIndex(panel.model.index(row, TallyColumn.NAME)) for row in range(len(panel.model.rows))
    ]
    assert panel.table.columnWidth(TallyColumn.NAME) >= max(size.width() for size in names)


def test_that_the_strip_shows_each_finding_on_its_scale_and_nothing_to_a_blinded_reader(
    qtbot: QtBot, taxonomy: Taxonomy
):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    panel.resize(500, 400)
    panel.show()
    session = open_film(taxonomy, apl=0.5)
    panel.show_slide(session.view)
    strip = panel.finding_strip
    assert strip.isVisible()
    assert [text.split(":")[0] for text in strip.texts] == ["Acute leukaemia", "APL", "Mature lymphoid neoplasm"]
    assert "suspicious" in strip.texts[0]
    assert "not excluded" in strip.texts[1]
    assert "limits -1.00 and 1.00" in strip.texts[1]
    assert "9 cells" in strip.texts[1]
    tip = strip.findChildren(FindingScale)[1].toolTip()
    assert "reached by 95 % (77–100) of patients" in tip
    panel.show_slide(session.view, blind=True)
    assert not strip.isVisible()
    panel.show_slide(make_slide_view(taxonomy, 4))  # of a model without findings
    assert not strip.isVisible()


def test_that_the_strip_pools_the_films_when_the_tally_joins_them(qtbot: QtBot, taxonomy: Taxonomy):
    panel = TallyPanel()
    qtbot.addWidget(panel)
    lean, other = open_film(taxonomy, blasts=1, slide="S-ONE"), open_film(taxonomy, blasts=20, slide="S-TWO")
    panel.show_slide(lean.view)
    assert "not assessable" in panel.finding_strip.texts[1]
    panel.set_other_slides((count_slide(other.view),))
    panel.all_slides_checkbox.setChecked(True)
    assert "suspicious" in panel.finding_strip.texts[1]
    panel.all_slides_checkbox.setChecked(False)
    assert "not assessable" in panel.finding_strip.texts[1]


def test_that_a_score_is_drawn_where_its_scale_says(qtbot: QtBot, taxonomy: Taxonomy):
    scale = FindingScale()
    qtbot.addWidget(scale)
    scale.resize(240, 20)
    finding = open_film(taxonomy).view.findings[1].finding
    scale.show_finding(finding)
    image = scale.grab().toImage()
    at = round(scale.position(finding.score.score) * image.width())
    assert image.pixelColor(at, 1) == scale.palette().color(QPalette.ColorRole.Text)
    assert image.pixelColor(image.width() - 2, image.height() // 2).red() > 150, "above the upper limit"
    assert scale.position(-99.0) == 0.0
    assert scale.position(99.0) == 1.0
