"""The worklist: searching, states, order, and what a blinded reviewer may not find."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukview.domain.slide import Slide, SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.worklist.model import WorklistModel
from leukview.gui.worklist.panel import WorklistPanel
from leukview.services.ports.worklist import WorklistOrder
from leukview.services.review.worklist import WorklistRow


def make_row(name: str, patient: str, day: int, state: SlideState, *classes: str, alert: str = "") -> WorklistRow:
    slide = Slide(name, patient, "signed tree", f"2026-03-{day:02d}T12:00:00+00:00", 120, 0)
    return WorklistRow(slide, state, 4, (alert,) if alert else (), classes)


@pytest.fixture
def panel(qtbot: QtBot, taxonomy: Taxonomy) -> WorklistPanel:
    model = WorklistModel(taxonomy)
    made = WorklistPanel(model)
    model.setParent(made)
    qtbot.addWidget(made)
    model.show_rows(
        [
            make_row("S-2", "P-B", 9, SlideState.IN_REVIEW, "blast", "lymphocyte", alert="Suspicion of APL"),
            make_row("S-3", "P-A", 11, SlideState.SIGNED, "lymphocyte"),
            make_row("S-1", "P-A", 7, SlideState.AMENDED, "plasma_cell", "smudge_cell"),
            make_row("S-4", "P-C", 10, SlideState.IMPORTED),
        ]
    )
    made.order_combo.setCurrentIndex(made.order_combo.findData(WorklistOrder.NEWEST.value))
    made.show()
    return made


def test_that_slides_come_newest_first_and_in_other_orders(panel: WorklistPanel):
    assert panel.visible_ids() == ["S-3", "S-4", "S-2", "S-1"]
    panel.order_combo.setCurrentIndex(panel.order_combo.findData(WorklistOrder.OLDEST.value))
    assert panel.visible_ids() == ["S-1", "S-2", "S-4", "S-3"]
    panel.order_combo.setCurrentIndex(panel.order_combo.findData(WorklistOrder.PATIENT.value))
    assert panel.visible_ids()[2:] == ["S-2", "S-4"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("s-2", ["S-2"]),
        ("p-a", ["S-3", "S-1"]),
        ("2026-03-10", ["S-4"]),
        ("10.03.2026", ["S-4"]),
        ("Plasma cells", ["S-1"]),
        ("lymphocyte p-b", ["S-2"]),
        ("suspicion apl", ["S-2"]),
        ("nothing of the kind", []),
    ],
)
def test_that_a_search_finds_slide_patient_date_class_and_alert(
    qtbot: QtBot, panel: WorklistPanel, words: str, found: list[str]
):
    qtbot.keyClicks(panel.search_edit, words)
    assert panel.visible_ids() == found
    assert panel._empty_label.isHidden() == bool(found)
    panel.search_edit.clear()
    assert len(panel.visible_ids()) == 4


def test_that_states_narrow_the_list(panel: WorklistPanel):
    names = [panel.state_combo.itemText(i) for i in range(panel.state_combo.count())]
    panel.state_combo.setCurrentIndex(names.index("To review"))
    assert panel.visible_ids() == ["S-4", "S-2"]
    panel.state_combo.setCurrentIndex(names.index("Signed"))
    assert panel.visible_ids() == ["S-3", "S-1"]
    panel.state_combo.setCurrentIndex(names.index("Amended"))
    assert panel.visible_ids() == ["S-1"]


def test_that_a_blinded_reviewer_neither_sees_nor_finds_classes_and_alerts(qtbot: QtBot, panel: WorklistPanel):
    model = panel._model
    assert "⚠" in str(model.index(0).data())
    model.set_blind(blind=True)
    assert "⚠" not in str(model.index(0).data())
    assert "APL" not in str(model.index(0).data(Qt.ItemDataRole.ToolTipRole))
    qtbot.keyClicks(panel.search_edit, "lymphocyte")
    assert panel.visible_ids() == []


def test_that_a_click_chooses_a_slide_and_the_one_on_the_bench_is_marked(qtbot: QtBot, panel: WorklistPanel):
    index = panel.view.model().index(1, 0)
    with qtbot.waitSignal(panel.slide_chosen) as heard:
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.visualRect(index).center())
    assert heard.args == ["S-4"]
    panel.show_current("S-1")
    assert panel.view.currentIndex().row() == 3
