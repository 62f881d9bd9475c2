"""The alerts beside the cells: gravest first, what is settled folded away, what waits in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from leukview.bootstrap.site_config import load_grading_form
from leukview.core.paths import resources_dir
from leukview.domain.alerts import SEVERITIES, parse_alert_rules
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.alerts.panel import AlertsPanel
from leukview.services.review.event_text import EventNames, event_text
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction


@pytest.fixture
def session(taxonomy: Taxonomy) -> ReviewSession:
    return make_session(taxonomy)


def make_session(taxonomy: Taxonomy, apl: float | None = None) -> ReviewSession:
    """50 cells: ten blasts, with an APL score or not, and two erythroblasts."""
    cells = make_cells(50)
    slides = MemorySlideStore(cells)
    for i, cell in enumerate(cells):
        blast = i < 10
        slides.saved_predictions[cell.id] = make_prediction(
            "blast" if blast else "lymphocyte", 0.9 if blast else 0.1, apl
        )
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    made = ReviewSession(slides, MemoryReviewLog(), taxonomy, rules, "S-TEST", "Dr Miller")
    made.override([cell.id for cell in cells[-2:]], "erythroblast")
    return made


@pytest.fixture
def panel(qtbot: QtBot, session: ReviewSession) -> AlertsPanel:
    widget = AlertsPanel()
    qtbot.addWidget(widget)
    widget.resize(420, 400)
    widget.show_slide(session.view, blind=False)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def alert_card(panel: AlertsPanel, key: str) -> QWidget:
    found = [c for c in panel.findChildren(QWidget, f"alert-{key}") if not c.isHidden()]
    assert len(found) == 1
    return found[0]


def is_expanded(panel: AlertsPanel, key: str) -> bool:
    return any(
        b.isVisible() for b in alert_card(panel, key).findChildren(QLabel) if "<b>" not in b.text() and b.wordWrap()
    )


def shown_alert_keys(panel: AlertsPanel) -> list[str]:
    cards = [w for w in panel.findChildren(QWidget) if w.objectName().startswith("alert-") and not w.isHidden()]
    return [w.objectName().removeprefix("alert-") for w in sorted(cards, key=lambda w: w.y())]


def test_that_the_gravest_alert_stands_first_and_the_heading_counts(panel: AlertsPanel, session: ReviewSession):
    rules = {a.rule.key: a.rule for a in session.view.alerts}
    shown = shown_alert_keys(panel)
    assert sorted(shown) == sorted(rules)
    ranks = [SEVERITIES.index(rules[key].severity) for key in shown]
    assert ranks == sorted(ranks)
    waiting = sum(rule.must_acknowledge for rule in rules.values())
    assert panel.heading_label.text() == f"<b>Alerts: {len(rules)}</b> · {waiting} to acknowledge"


def test_that_an_acknowledged_alert_is_folded_to_a_line_and_opens_again(
    panel: AlertsPanel, session: ReviewSession, qtbot: QtBot
):
    assert is_expanded(panel, "blasts")
    session.acknowledge_alert("blasts", called_person="Dr Ito")
    panel.show_slide(session.view, blind=False)
    qtbot.waitUntil(lambda: not is_expanded(panel, "blasts"))
    assert "acknowledge" not in panel.heading_label.text()
    assert any("acknowledged" in label.text() for label in alert_card(panel, "blasts").findChildren(QLabel))
    qtbot.mouseClick(alert_card(panel, "blasts").findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert is_expanded(panel, "blasts")
    assert any("called: Dr Ito" in label.text() for label in alert_card(panel, "blasts").findChildren(QLabel))
    panel.show_slide(session.view, blind=False)
    assert is_expanded(panel, "blasts")


def test_that_a_low_panel_unfolds_the_first_alert_that_waits_alone(panel: AlertsPanel, qtbot: QtBot):
    assert is_expanded(panel, "nrbc")
    panel.resize(420, 130)
    qtbot.waitUntil(lambda: not is_expanded(panel, "nrbc"))
    assert is_expanded(panel, "blasts")
    panel.resize(420, 400)
    qtbot.waitUntil(lambda: is_expanded(panel, "nrbc"))


def test_that_its_buttons_name_the_alert_they_stand_below(panel: AlertsPanel, session: ReviewSession, qtbot: QtBot):
    alert = next(a for a in session.view.alerts if a.rule.key == "nrbc")
    with qtbot.waitSignal(panel.show_cells_requested) as shown:
        alert_card(panel, "nrbc").findChildren(QPushButton)[0].click()
    assert shown.args == [alert.cell_ids]
    with qtbot.waitSignal(panel.acknowledgement_requested) as asked:
        next(b for b in alert_card(panel, "blasts").findChildren(QPushButton) if "Acknowledge" in b.text()).click()
    assert asked.args[0].rule.key == "blasts"


def test_that_a_blinded_reviewer_sees_no_alert(panel: AlertsPanel, session: ReviewSession):
    panel.show_slide(session.view, blind=True)
    assert panel.isHidden()


def test_that_in_a_low_panel_the_alert_that_waits_is_seen_from_its_title_to_its_buttons(
    taxonomy: Taxonomy, qtbot: QtBot
):
    session = make_session(taxonomy, apl=0.8)
    session.acknowledge_alert("apl", called_person="Dr Ito")
    panel = AlertsPanel()
    qtbot.addWidget(panel)
    panel.resize(420, 108)
    panel.show_slide(session.view, blind=False)
    with qtbot.waitExposed(panel):
        panel.show()
    assert shown_alert_keys(panel)[:2] == ["apl", "blasts"]
    button = next(b for b in alert_card(panel, "blasts").findChildren(QPushButton) if "Acknowledge" in b.text())
    seen = panel._scroll_area.viewport()
    qtbot.waitUntil(lambda: seen.rect().contains(button.mapTo(seen, button.rect().bottomRight())))


def test_that_many_erythroblasts_and_named_abnormal_promyelocytes_wait_for_an_acknowledgement(
    panel: AlertsPanel, session: ReviewSession, qtbot: QtBot
):
    cells = [v.cell.id for v in session.view.cells]
    assert "nrbc_high" not in shown_alert_keys(panel)
    session.override(cells[-6:], "erythroblast")
    session.override(cells[10:12], "abnormal_promyelocyte")
    panel.show_slide(session.view, blind=False)
    qtbot.waitUntil(lambda: "nrbc_high" in shown_alert_keys(panel))
    shown = shown_alert_keys(panel)
    assert shown[0] == "abnormal_promyelocytes"
    assert {"nrbc_high", "blasts"} <= set(shown)
    assert "nrbc" not in shown
    for key in ("abnormal_promyelocytes", "nrbc_high"):
        assert any("Acknowledge" in b.text() for b in alert_card(panel, key).findChildren(QPushButton))


@pytest.mark.parametrize(
    ("answer", "words", "sentence"),
    [
        (
            AlertAnswer("Dr Ito", "", "12:03", read_back=True),
            "called: Dr Ito at 12:03, read back",
            "called: Dr Ito at 12:03, read back.",
        ),
        (
            AlertAnswer(note="no Auer rods", not_confirmed=True),
            "checked, not confirmed: no Auer rods",
            "Checked the alert “Features raising suspicion of APL”, not confirmed: no Auer rods.",
        ),
    ],
)
def test_that_the_answer_to_an_emergency_is_shown_and_logged(
    taxonomy: Taxonomy, qtbot: QtBot, answer: AlertAnswer, words: str, sentence: str
):
    session = make_session(taxonomy, apl=0.8)
    view = session.answer_alert("apl", answer)
    event = view.review.acknowledged["apl"]
    assert AlertAnswer.from_payload(event.payload) == answer
    assert sentence in event_text(event, EventNames(taxonomy, view.rules, load_grading_form(), {}), {})
    panel = AlertsPanel()
    qtbot.addWidget(panel)
    panel.resize(420, 700)
    panel.show_slide(view, blind=False)
    with qtbot.waitExposed(panel):
        panel.show()
    if not is_expanded(panel, "apl"):
        qtbot.mouseClick(alert_card(panel, "apl").findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert any(words in label.text() for label in alert_card(panel, "apl").findChildren(QLabel))
