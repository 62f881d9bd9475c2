"""The worklist's index: pages, search, filter, what a second reader may see, and that it follows each write."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukview.bootstrap.site_config import load_alert_rules
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.review.events import SECOND_READING, EventKind
from leukview.domain.slide import SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.services.ports.worklist import (
    UNKNOWN_URGENCY,
    IndexReader,
    PageKey,
    SearchTerm,
    WorklistOrder,
    WorklistQuery,
)
from leukview.services.review.reading_access import Viewer, withheld_slides
from leukview.services.review.worklist import WorklistPage, WorklistService, summary_basis
from leukview.storage.database import open_database
from leukview.storage.migrations import MIGRATIONS
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.worklist_index import SqlWorklistIndex
from tests.support.databases import SqliteTarget
from tests.support.storage_examples import make_draft, make_prediction

EVERYBODY = IndexReader()


@pytest.fixture
def worklist(database, store: SqlSlideStore, log: SqlReviewLog, taxonomy: Taxonomy) -> WorklistService:
    return WorklistService(store, log, SqlWorklistIndex(database), taxonomy, load_alert_rules(taxonomy))


@pytest.fixture
def slide_ids(store: SqlSlideStore) -> list[str]:
    """Twelve slides of four cells, of four patients, in order of import."""
    return [
        store.add_slide(
            make_draft([f"{n}/{i}" for i in range(4)], patient=f"Patient {n % 4}", order=f"order {n}", root=f"/{n}"),
            synthetic=False,
        ).slide.id
        for n in range(12)
    ]


def all_ids(worklist: WorklistService, query: WorklistQuery, limit: int, reader: IndexReader = EVERYBODY) -> list[str]:
    """Ids of all pages."""
    found: list[str] = []
    after: PageKey | None = None
    while True:
        page: WorklistPage = worklist.page(query, reader, after, limit)
        assert len(page.rows) <= limit
        found += [row.slide.id for row in page.rows]
        after = page.next_key
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 5, 12, 50])
def test_that_pages_hold_every_slide_once_in_order(
    worklist: WorklistService, slide_ids: list[str], store: SqlSlideStore, limit: int
):
    newest = WorklistQuery(order=WorklistOrder.NEWEST)
    assert all_ids(worklist, newest, limit) == slide_ids[::-1] == [s.id for s in store.slides()]
    assert all_ids(worklist, WorklistQuery(order=WorklistOrder.OLDEST), limit) == slide_ids
    by_patient = all_ids(worklist, WorklistQuery(order=WorklistOrder.PATIENT), limit)
    assert by_patient == sorted(slide_ids, key=lambda key: (store.slide(key).patient, key))


@pytest.mark.parametrize("limit", [1, 5, 50])
def test_that_the_most_urgent_slide_comes_first_and_a_blinded_reader_learns_nothing(
    worklist: WorklistService, slide_ids: list[str], store: SqlSlideStore, log: SqlReviewLog, limit: int
):
    def label(number: int, label: str) -> None:
        cells = [c.id for c in store.cells(slide_ids[number])]
        log.append(slide_ids[number], EventKind.OVERRIDE, reviewer="Dr. A", cells=cells, payload={"label": label})

    label(3, "blast")
    label(7, "abnormal_promyelocyte")
    label(9, "lymphocyte")
    found = all_ids(worklist, WorklistQuery(), limit)
    assert found[:2] == [slide_ids[7], slide_ids[3]]
    rest = [key for number, key in enumerate(slide_ids) if number not in {3, 7, 9}]
    assert [key for key in found[2:] if key != slide_ids[9]] == rest, "those that wait longest first"
    (row,) = [row for row in worklist.page(WorklistQuery(), EVERYBODY, None, 50).rows if row.slide.id == slide_ids[7]]
    assert row.headline is not None
    assert (row.headline.title, row.headline.severity) == ("Abnormal promyelocytes", "emergency")
    assert row.reviewers == ("Dr. A",)
    assert all_ids(worklist, WorklistQuery(is_blind=True), limit) == slide_ids
    second = IndexReader(frozenset({"Dr. B"}), is_second_reader=True)
    hidden = worklist.page(WorklistQuery(), second, None, 50).rows
    assert {row.headline for row in hidden} == {None}
    assert {row.urgency[0] for row in hidden} == {UNKNOWN_URGENCY}


def test_that_rows_are_those_of_the_slides_themselves(
    worklist: WorklistService, slide_ids: list[str], store: SqlSlideStore, log: SqlReviewLog
):
    for number, slide_id in enumerate(slide_ids[:8]):
        cells = store.cells(slide_id)
        store.save_predictions({c.id: make_prediction() for c in cells[: number % 5]})
        log.append(slide_id, EventKind.OVERRIDE, reviewer="Dr. A", cells=[cells[0].id], payload={"label": "monocyte"})
    rows = worklist.rows(EVERYBODY, CancelToken(), null_reporter)
    again = worklist.page(WorklistQuery(order=WorklistOrder.NEWEST), EVERYBODY, None, 50).rows
    assert list(again) == rows
    by_id = {row.slide.id: row for row in rows}
    assert by_id[slide_ids[0]].state is SlideState.ANALYSING
    assert by_id[slide_ids[4]].state is SlideState.IN_REVIEW
    assert by_id[slide_ids[4]].reviewed_count == 1
    assert set(by_id[slide_ids[4]].class_keys) == {"monocyte", "blast"}
    assert by_id[slide_ids[4]].unacknowledged_alerts
    assert by_id[slide_ids[11]].state is SlideState.IMPORTED


def test_that_each_write_is_seen_at_once(
    worklist: WorklistService, slide_ids: list[str], store: SqlSlideStore, log: SqlReviewLog
):
    slide, cells = slide_ids[3], store.cells(slide_ids[3])

    def found(query: WorklistQuery) -> list[str]:
        return all_ids(worklist, query, 50)

    class_query = WorklistQuery((SearchTerm(("basophil",)),))
    assert found(class_query) == []
    log.append(slide, EventKind.OVERRIDE, reviewer="Dr. A", cells=[cells[0].id], payload={"label": "basophil"})
    assert found(class_query) == [slide]
    assert found(WorklistQuery((SearchTerm(("no such word",), ("basophil",)),))) == [slide], "in another language"
    assert found(WorklistQuery(class_query.terms, is_blind=True)) == []
    log.append(slide, EventKind.SIGN, reviewer="Dr. A", payload={"name": "Dr. A", "meaning": "Reviewed"})
    assert found(WorklistQuery(states=frozenset({SlideState.SIGNED}))) == [slide]
    log.append(slide, EventKind.WITHDRAW, reviewer="Dr. A", payload={"reason": "wrong film"})
    assert slide not in found(WorklistQuery())
    assert found(WorklistQuery(is_withdrawn=True)) == [slide]
    patient = store.slide(slide).patient
    terms = (SearchTerm((patient.casefold(),)), SearchTerm((slide_ids[7].casefold(),)))
    assert found(WorklistQuery(terms)) == [slide_ids[7]]
    assert found(WorklistQuery((SearchTerm(("100%_",)),))) == [], "no wildcard of the database"


def test_that_a_second_reader_sees_and_finds_only_the_second_reading(
    worklist: WorklistService, slide_ids: list[str], store: SqlSlideStore, log: SqlReviewLog
):
    def label(slide: str, reviewer: str, key: str, reading: int = 1) -> None:
        body: dict[str, object] = {"label": key} | ({"reading": reading} if reading > 1 else {})
        cell = store.cells(slide)[key == "monocyte"].id
        log.append(slide, EventKind.OVERRIDE, reviewer=reviewer, cells=[cell], payload=body)

    for slide in slide_ids:
        label(slide, "Dr. A", "basophil")
    label(slide_ids[0], "Dr. B", "monocyte", SECOND_READING)
    label(slide_ids[1], "Dr. B", "monocyte")
    label(slide_ids[2], "Dr. C", "monocyte", SECOND_READING)
    label(slide_ids[3], "Dr. B", "monocyte", SECOND_READING)
    log.append(
        slide_ids[3], EventKind.SIGN, reviewer="Dr. B", payload={"name": "B", "meaning": "", "reading": SECOND_READING}
    )
    for names, second in ((("Dr. B",), True), (("Dr. B",), False), (("Dr. A",), True), (("Dr. X", "Dr. C"), True)):
        reader = IndexReader(frozenset(names), is_second_reader=second)
        viewer = Viewer(names[0], is_second_reader=second)
        expected = withheld_slides(log.events, slide_ids, viewer, names[1:])
        assert worklist.withheld(reader) == worklist.withheld(reader, slide_ids) == expected
        found = all_ids(worklist, WorklistQuery((SearchTerm(("basophil",)),)), 5, reader)
        assert set(found) == set(slide_ids) - expected
        rows = worklist.page(WorklistQuery(), reader, None, 50).rows
        assert {row.slide.id for row in rows if row.reading == SECOND_READING} == expected
        assert not any("basophil" in row.class_keys for row in rows if row.reading == SECOND_READING)


def test_that_other_rules_make_the_summaries_anew(
    database, store: SqlSlideStore, log: SqlReviewLog, taxonomy: Taxonomy, slide_ids: list[str]
):
    rules, index = load_alert_rules(taxonomy), SqlWorklistIndex(database)
    WorklistService(store, log, index, taxonomy, rules).update_all(CancelToken(), null_reporter)
    assert index.outdated_count(summary_basis(taxonomy, rules)) == 0
    assert summary_basis(taxonomy, rules) == summary_basis(taxonomy, tuple(rules))
    assert index.outdated_count(summary_basis(taxonomy, rules[:-1])) == len(slide_ids)


def test_that_a_database_of_the_version_before_opens_and_is_listed(tmp_path: Path, vault, taxonomy: Taxonomy):
    target = SqliteTarget(tmp_path / "old.db")
    open_database(target.url, backup_dir=tmp_path / "backups", migrations=MIGRATIONS[:5]).close()
    target.insert_slide()
    target.execute(
        "INSERT INTO review_events VALUES (1, 'e', 'S-00000000', 'comment', '[]', '{\"text\": \"old\"}', 'Dr. A', "
        "'2024', 'p', 'h')"
    )
    database = open_database(target.url, backup_dir=tmp_path / "backups")
    store, log = SqlSlideStore(database, vault), SqlReviewLog(database)
    service = WorklistService(store, log, SqlWorklistIndex(database), taxonomy, load_alert_rules(taxonomy))
    (row,) = service.page(WorklistQuery(), EVERYBODY).rows
    assert row.slide.id == "S-00000000"
    assert len(log.events("S-00000000")) == 1
    assert len(database.database_id()) == 32
    assert (tmp_path / "backups").exists()
    database.close()
