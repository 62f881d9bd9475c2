"""Seals of the review log, on SQLite and on PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from leukview.domain.review.events import EventKind
from leukview.storage.database import Database, open_database
from leukview.storage.key_store import KeyStore
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.seal_verifier import SqlSeals
from leukview.storage.sealing import make_main_sealer
from leukview.storage.seals import SEAL_KEY_BYTES, SEAL_KEY_NAME, SealKey
from leukview.storage.slide_store import SqlSlideStore
from tests.support.databases import TargetDatabase
from tests.support.storage_examples import make_draft

_UNGUARD = {
    False: ("DROP TRIGGER review_events_no_update", "DROP TRIGGER review_events_no_delete"),
    True: ("ALTER TABLE review_events DISABLE TRIGGER USER",),
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DELETE FROM review_events WHERE seq = {last}", "entries {last} to {last} are missing"),
        ("UPDATE review_events SET hash = '" + "a" * 64 + "' WHERE seq = {last}", "entry {last}"),
    ],
)
def test_that_seals_find_what_another_program_changed_in_the_log(
    place: TargetDatabase, database: Database, store: SqlSlideStore, tmp_path: Path, change: str, said: str
):
    key_store = KeyStore()
    key = SealKey(lambda: key_store.get_or_create(SEAL_KEY_NAME, SEAL_KEY_BYTES))
    with closing(make_main_sealer(database, key)) as sealer:
        log, slide = SqlReviewLog(database), store.add_slide(make_draft(), synthetic=True).slide
        for number in range(3):
            last = log.append(slide.id, EventKind.COMMENT, reviewer="A", payload={"text": str(number)}).seq
        seals = SqlSeals(lambda: [sealer], key_store, lambda: False)
        report = seals.verify()
        assert report.findings == ()
        assert any("all entries are sealed" in note for note in report.notes)
        with (
            closing(open_database(place.url, backup_dir=tmp_path / "other")) as other,
            other.write_transaction() as connection,
        ):
            for statement in (*_UNGUARD[database.is_shared_server], change.format(last=last)):
                connection.exec_driver_sql(statement)
        assert any(said.format(last=last) in finding for finding in seals.verify().findings)
