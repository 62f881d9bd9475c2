from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukview.bootstrap.site_config import load_grading_form
from leukview.core.errors import ReviewError
from leukview.core.paths import resources_dir
from leukview.domain.alerts import parse_alert_rules
from leukview.domain.review.events import EventKind
from leukview.domain.slide import SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.services.export.slide_record import SlideRecord
from leukview.services.report.report_data import ModelInfo, build_report_data, choose_key_cells
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction


@pytest.fixture
def slides() -> MemorySlideStore:
    slides = MemorySlideStore(make_cells(120))
    for number, cell in enumerate(slides.cells("S-TEST")):
        blast = number < 12
        slides.saved_predictions[cell.id] = make_prediction("blast", 0.95, 0.8) if blast else make_prediction()
    return slides


@pytest.fixture
def log() -> MemoryReviewLog:
    return MemoryReviewLog()


@pytest.fixture
def session(taxonomy: Taxonomy, slides: MemorySlideStore, log: MemoryReviewLog) -> ReviewSession:
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    return ReviewSession(slides, log, taxonomy, rules, "S-TEST", "reviewer")


def test_that_no_opinion_overwrites_another(session: ReviewSession):
    cell = session.view.cells[0]
    view = session.override([cell.cell.id], "promyelocyte").by_id[cell.cell.id]
    assert view.label == "promyelocyte"
    assert view.is_override(session.view.taxonomy)
    assert view.prediction is not None
    assert view.prediction.label == "blast"
    assert view.cell.source is not None
    assert view.cell.source.class_key == "lymphocyte"


def test_that_the_tally_follows_the_reviewer_and_undo(session: ReviewSession):
    ids = [v.cell.id for v in session.view.cells[12:22]]
    assert session.view.shown_tally.count("lymphocyte") == 108
    assert session.override(ids, "monocyte").shown_tally.count("monocyte") == 10
    assert session.view.model_tally.count("lymphocyte") == 108
    assert session.undo().shown_tally.count("monocyte") == 0
    assert session.redo().shown_tally.count("monocyte") == 10


def test_that_alerts_name_their_cells_and_apl_is_an_emergency(session: ReviewSession):
    alerts = {a.rule.key: a for a in session.view.alerts}
    assert set(alerts) == {"blasts", "apl"}
    assert len(alerts["apl"].cell_ids) == 12
    assert alerts["apl"].rule.severity == "emergency"
    assert "0.80" in alerts["apl"].message


def test_that_fewer_than_ten_malignant_cells_give_no_apl_score_but_an_alert_that_was_raised_stays(
    session: ReviewSession,
):
    ids = [v.cell.id for v in session.view.cells[:3]]
    alerts = {a.rule.key: a for a in session.override(ids, "lymphocyte").alerts}
    assert set(alerts) == {"blasts", "apl_not_assessable", "apl"}
    assert "(was 0.80)" in alerts["apl"].message
    assert len(alerts["apl"].cell_ids) == 9
    assert alerts["apl_not_assessable"].message.startswith("Malignant-looking cells: 9. At least 10 are needed")
    assert len(alerts["apl_not_assessable"].cell_ids) == 9
    assert not alerts["apl_not_assessable"].rule.must_acknowledge


def test_that_an_apl_alert_stays_when_a_reviewer_finds_no_malignant_cell(session: ReviewSession):
    ids = [v.cell.id for v in session.view.cells[:12]]
    alerts = {a.rule.key: a for a in session.override(ids, "lymphocyte").alerts}
    assert "– (was 0.80)" in alerts["apl"].message
    assert set(alerts["apl"].cell_ids) == set(ids)
    assert alerts["apl"] in session.view.unacknowledged_alerts


def test_that_a_slide_is_signed_only_after_blasts_were_opened_and_alerts_acknowledged(session: ReviewSession):
    with pytest.raises(ReviewError, match="cannot be signed"):
        session.sign("A. Nyone", "Reviewed")
    for blast in session.view.unopened_blasts:
        session.record_opened(blast)
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr X, 14:05")
    assert session.unmet_requirements() == ()
    view = session.sign("A. Nyone", "Reviewed")
    assert view.state is SlideState.SIGNED
    with pytest.raises(ReviewError, match="read-only"):
        session.override([view.cells[0].cell.id], "monocyte")
    with pytest.raises(ReviewError, match="reason"):
        session.reopen("  ")
    assert session.reopen("one cell was missed").state is SlideState.IN_REVIEW
    assert session.sign("A. Nyone", "Reviewed").state is SlideState.AMENDED


def test_that_a_cell_stays_unidentified_only_with_a_reason(session: ReviewSession):
    for blast in session.view.unopened_blasts:
        session.record_opened(blast)
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key)
    cells = [v.cell.id for v in session.view.cells[-2:]]
    view = session.override(cells, "unidentified")
    assert view.unidentified_without_comment == tuple(cells)
    assert [obstacle.cells for obstacle in session.sign_obstacles()] == [tuple(cells)]
    assert session.unmet_requirements() == ("Cells left unidentified without a comment that says why: 2.",)
    session.comment(cells[:1], "Nucleus smudged, cannot identify")
    assert session.view.unidentified_without_comment == tuple(cells[1:])
    session.override(cells[1:], "smudge_cell")
    assert session.unmet_requirements() == ()


def test_that_a_restart_shows_every_action(session: ReviewSession, slides: MemorySlideStore, log: MemoryReviewLog):
    session.override([session.view.cells[5].cell.id], "basophil")
    session.comment([session.view.cells[5].cell.id], "coarse granules")
    again = ReviewSession(slides, log, session.view.taxonomy, session.view.rules, "S-TEST", "another")
    assert [(v.label, v.review) for v in again.view.cells] == [(v.label, v.review) for v in session.view.cells]
    assert again.undo().by_id[session.view.cells[5].cell.id].review.comment == ""


def test_that_looking_at_a_cell_is_recorded_once(session: ReviewSession, log: MemoryReviewLog):
    cell = session.view.cells[0].cell.id
    session.record_opened(cell)
    session.record_opened(cell)
    session.record_map_shown(cell, "stage1", "malignant")
    session.record_map_shown(cell, "stage1", "malignant")
    assert [e.kind for e in log.rows] == [EventKind.OPEN, EventKind.MAP_SHOWN]


def test_that_the_report_counts_what_was_reviewed(session: ReviewSession):
    ids = [v.cell.id for v in session.view.cells]
    session.accept(ids[:8])
    session.override(ids[8:10], "monocyte")
    info = ModelInfo("m", "b" * 64, "fake:0", (), (), "", (), ())
    record = SlideRecord(session.view, session.events, (0, ""), "2026-01-01T00:00:00+00:00")
    data = build_report_data(record, info, (), report_id="R-1", duration_s=3.0)
    assert (data.status, data.reviewed_count) == ("DRAFT", 10)
    assert data.override_rate == pytest.approx(0.2)
    assert data.confusions == (("blast", "monocyte", 2),)


def test_that_key_cells_show_blasts_first_and_every_class(session: ReviewSession):
    session.override([session.view.cells[60].cell.id], "basophil")
    chosen = choose_key_cells(session.view, 12)
    labels = [session.view.by_id[c].label for c in chosen]
    assert labels[:8] == ["blast"] * 8
    assert {"lymphocyte", "basophil"} <= set(labels)
    assert len(set(chosen)) == 12


def test_that_a_lone_abnormal_promyelocyte_is_shown_among_many_blasts(session: ReviewSession):
    rare = session.view.cells[60].cell.id
    session.override([v.cell.id for v in session.view.cells[12:23]], "blast")
    session.override([rare], "abnormal_promyelocyte")
    assert rare in choose_key_cells(session.view, 12)


def test_that_slide_details_are_events_and_must_be_positive(session: ReviewSession, log: MemoryReviewLog):
    session.set_slide_details(wbc_per_nl=12.5, um_per_px=None)
    assert log.rows[-1].kind is EventKind.SET_SLIDE
    assert log.rows[-1].payload == {"wbc_per_nl": 12.5, "um_per_px": None}
    for bad in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ReviewError, match="positive"):
            session.set_slide_details(wbc_per_nl=bad, um_per_px=None)


def test_that_half_a_character_in_a_comment_cannot_stop_the_review(session: ReviewSession):
    cell = session.view.cells[0].cell.id
    assert session.comment([cell], "Auer rod \ud83d").by_id[cell].review.comment == "Auer rod ?"


def test_that_grades_are_events_without_repetition_and_can_be_undone(session: ReviewSession, log: MemoryReviewLog):
    form = load_grading_form()
    session.grade(form, {"target_cells": "2+", "schistocytes": ""})
    assert log.rows[-1].kind is EventKind.GRADE
    assert log.rows[-1].payload == {"grades": {"target_cells": "2+"}}
    session.grade(form, {"target_cells": "2+"})
    assert len(log.rows) == 1
    assert session.undo().review.grades == {}
    assert session.redo().review.grades["target_cells"].grade == "2+"
    for unknown in ({"target_cells": "9+"}, {"no_such_cell": "0"}):
        with pytest.raises(ReviewError, match="does not know"):
            session.grade(form, unknown)


ACTS = st.tuples(
    st.sampled_from(["accept", "override", "opened", "comment", "undo", "redo", "sign", "reopen", "predicted"]),
    st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
    st.sampled_from(["blast", "monocyte"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ACTS, max_size=25))
def test_that_a_view_walked_action_by_action_is_the_one_read_from_the_log(
    taxonomy: Taxonomy, acts: list[tuple[str, list[int], str]]
):
    slides, log = MemorySlideStore(make_cells(6)), MemoryReviewLog()
    session = ReviewSession(slides, log, taxonomy, (), "S-TEST", "r")
    for kind, numbers, label in acts:
        ids = [session.view.cells[n].cell.id for n in numbers]
        arrived = {i: make_prediction(label) for i in ids}
        try:
            match kind:
                case "accept" | "comment":
                    session.accept(ids) if kind == "accept" else session.comment(ids, label)
                case "override":
                    session.override(ids, label)
                case "opened":
                    session.record_opened(ids[0])
                case "undo" | "redo":
                    session.undo() if kind == "undo" else session.redo()
                case "sign":
                    session.sign("A. Nyone", "Reviewed")
                case "reopen":
                    session.reopen("one was missed")
                case _:
                    slides.saved_predictions.update(arrived)
                    session.apply_predictions(arrived)
        except ReviewError:
            continue
        fresh = ReviewSession(slides, log, taxonomy, (), "S-TEST", "r").view
        assert session.view == fresh
        assert session.view.by_id == fresh.by_id
        assert (session.view.pending_count, session.view.reviewed_count) == (fresh.pending_count, fresh.reviewed_count)
        assert session.view.shown_tally == fresh.shown_tally


def test_that_reopening_shows_the_cells_that_came_after_the_signature(taxonomy: Taxonomy):
    slides, log = MemorySlideStore(make_cells(100)), MemoryReviewLog()
    slides.saved_predictions = {cell.id: make_prediction() for cell in make_cells(102)}
    session = ReviewSession(slides, log, taxonomy, (), "S-TEST", "r")
    session.accept([v.cell.id for v in session.view.cells])
    session.sign("A. Nyone", "Reviewed")
    added = make_cells(102)[100:]
    slides._cells.extend(added)
    log.append("S-TEST", EventKind.CELLS_ADDED, reviewer="r", cells=tuple(cell.id for cell in added), payload={})
    view = session.apply_new_events()
    assert (len(view.cells), view.late_cells) == (100, tuple(cell.id for cell in added))
    view = session.reopen("two more cells")
    assert (len(view.cells), view.late_cells) == (102, ())
    assert view == ReviewSession(slides, log, taxonomy, (), "S-TEST", "r").view


def test_that_a_comment_keeps_the_codes_of_its_phrases(session: ReviewSession, log: MemoryReviewLog):
    cell = session.view.cells[0].cell.id
    session.comment([cell], "Auer rods seen", ["auer_rods_seen"])
    assert log.rows[-1].payload == {"text": "Auer rods seen", "codes": ["auer_rods_seen"]}
    session.comment([cell], "pale")
    assert log.rows[-1].payload == {"text": "pale"}


def test_that_undoing_leaves_the_cells_it_does_not_concern_the_same_objects(session: ReviewSession):
    first, second = (v.cell.id for v in session.view.cells[:2])
    before = session.override([first], "monocyte")
    session.override([second], "monocyte")
    after = session.undo()
    assert all(a is b for a, b in zip(before.cells, after.cells, strict=True) if a.cell.id != second)
    assert after.by_id[second] == before.by_id[second]


def test_that_naming_promyelocytes_never_lowers_the_suspicion_of_apl(
    taxonomy: Taxonomy, slides: MemorySlideStore, session: ReviewSession
):
    ids = [v.cell.id for v in session.view.cells[12:60]]
    for cell in ids:
        slides.saved_predictions[cell] = make_prediction("neutrophil", 0.01, 0.05)
    session.reload()
    before = {a.rule.key: a for a in session.view.alerts}
    after = {a.rule.key: a for a in session.override(ids, "abnormal_promyelocyte").alerts}
    assert "Mean APL score 0.80" in before["apl"].message
    assert "Mean APL score 0.80" in after["apl"].message
    assert after["abnormal_promyelocytes"].cell_ids == tuple(ids)
    assert after["abnormal_promyelocytes"].rule.must_acknowledge


def test_that_unidentified_cells_whose_likeliest_class_is_blast_are_an_alert(
    taxonomy: Taxonomy, slides: MemorySlideStore, session: ReviewSession
):
    cell = session.view.cells[50].cell.id
    slides.saved_predictions[cell] = replace(make_prediction("unidentified", 0.6), best="blast")
    session.reload()
    alert = next(a for a in session.view.alerts if a.rule.key == "unidentified_blasts")
    assert alert.cell_ids == (cell,)
    assert "unidentified_blasts" not in {a.rule.key for a in session.override([cell], "lymphocyte").alerts}
