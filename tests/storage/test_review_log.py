"""The log loses nothing, forks nowhere and shows every change."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from pathlib import Path

import pytest

from leukview.core.errors import StoreError
from leukview.domain.review.events import EventKind
from leukview.domain.review.hash_chain import GENESIS_HASH
from leukview.services.ports.storage import ReviewLog
from leukview.storage.database import Database, open_database
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.databases import TargetDatabase
from tests.support.storage_examples import numbered_draft

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def slide(place: TargetDatabase, database: Database) -> str:
    place.insert_slide("S-00000000")
    return "S-00000000"


def _start(task: str, place: TargetDatabase, folder: Path, argument: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.storage_process", task, place.url, str(folder), str(argument)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _kill_after(child: subprocess.Popen[str], lines: int, moment_s: float) -> list[str]:
    """What the child said (complete lines only), killed `moment_s` seconds after it had said `lines` of them."""
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(lines)]
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(moment_s)  # so that the kill meets any phase of a transaction
    child.kill()  # SIGKILL: no handler runs, nothing is flushed
    said += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() != 0
    return [line.strip() for line in said if line.endswith("\n")]


def test_that_events_come_back_in_order_and_the_chain_holds(log: SqlReviewLog, slide: str) -> None:
    port: ReviewLog = log
    first = port.append(slide, EventKind.ACCEPT, reviewer="Dr. Ä", cells=("a", "b"), payload={"labels": {"a": "x"}})
    second = port.append(slide, EventKind.COMMENT, reviewer="Dr. B", payload={"text": "Auer-Stäbchen 有"})
    assert (first.seq, first.previous, second.seq, second.previous) == (1, GENESIS_HASH, 2, first.hash)
    assert port.events() == [first, second]
    assert port.events(slide) == [first, second]
    assert port.events("S-11111111") == []
    assert port.find_broken_event() is None


def test_that_what_json_does_not_know_is_stored_as_it_will_be_read(log: SqlReviewLog, slide: str) -> None:
    event = log.append(slide, EventKind.OPEN, reviewer="Dr. A", payload={"pair": (1, 2.5), "map": {3: None}})
    assert event.payload == {"pair": [1, 2.5], "map": {"3": None}}
    assert log.events() == [event]
    assert log.find_broken_event() is None


def test_that_an_event_of_an_unknown_slide_is_refused(log: SqlReviewLog) -> None:
    with pytest.raises(StoreError):
        log.append("S-11111111", EventKind.OPEN, reviewer="Dr. A")
    assert log.events() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE review_events SET reviewer = 'x' WHERE seq = 2",
        "DELETE FROM review_events WHERE seq = 3",
        "INSERT OR REPLACE INTO review_events SELECT * FROM review_events WHERE seq = 2",  # SQLite's word
        "TRUNCATE review_events",  # PostgreSQL's
        "INSERT INTO review_events SELECT seq + 7, 'new', slide_id, kind, '', '', '', at, '', '' FROM review_events",
    ],
)
def test_that_the_table_takes_nothing_but_the_next_event(
    place: TargetDatabase, log: SqlReviewLog, slide: str, statement: str
) -> None:
    events = [log.append(slide, EventKind.OPEN, reviewer="Dr. A") for _ in range(3)]
    foreign = {"sqlite": "TRUNCATE", "postgresql": "INSERT OR REPLACE"}[place.name]
    words = "syntax error" if statement.startswith(foreign) else "the review log"
    with pytest.raises(place.rejection_errors, match=words):
        place.execute(statement)
    assert log.events() == events


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE review_events SET reviewer = 'Dr. X' WHERE seq = 3", 3),
        ('UPDATE review_events SET payload = \'{"text":"other"}\' WHERE seq = 1', 1),
        ("UPDATE review_events SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 5", 5),
        ("UPDATE review_events SET cells = 'not json' WHERE seq = 4", 4),
        ('UPDATE review_events SET payload = \'{"text":"\\ud800"}\' WHERE seq = 4', 4),
        ("UPDATE review_events SET reviewer = x'00ff' WHERE seq = 3", 3),
        ("UPDATE review_events SET kind = 'unheard of' WHERE seq = 2", 2),
        ("UPDATE review_events SET hash = previous WHERE seq = 2", 2),
        ("DELETE FROM review_events WHERE seq = 2", 3),
        ("DELETE FROM review_events WHERE seq = 1", 2),
    ],
)
def test_that_tampering_is_found_at_the_first_broken_event(
    place: TargetDatabase, log: SqlReviewLog, slide: str, statement: str, broken: int
) -> None:
    if "x'00ff'" in statement and place.name != "sqlite":
        statement = "UPDATE review_events SET reviewer = '' WHERE seq = 3"  # a column of text holds text only
    for number in range(6):
        log.append(slide, EventKind.COMMENT, reviewer="Dr. A", payload={"text": f"{number}"})
    place.drop_triggers()
    place.execute(statement)
    found = log.find_broken_event()
    assert found is not None
    assert found.seq == broken


def test_that_an_unreadable_event_is_a_sentence(place: TargetDatabase, log: SqlReviewLog, slide: str) -> None:
    log.append(slide, EventKind.OPEN, reviewer="Dr. A")
    place.drop_triggers()
    place.execute("UPDATE review_events SET payload = '['")
    with pytest.raises(StoreError, match="changed outside LeukView"):
        log.events()


@pytest.mark.timeout(240)
def test_that_no_acknowledged_event_is_lost_when_the_program_is_killed(
    place: TargetDatabase, tmp_path: Path, log: SqlReviewLog, slide: str
) -> None:
    chance = random.Random(7)
    acknowledged: list[str] = []
    for _ in range(15):
        said = _kill_after(_start("append", place, tmp_path, 10**6), chance.randint(1, 40), chance.uniform(0.0, 0.01))
        assert said[0] == "ready"
        acknowledged += said[1:]
    stored = [e.id for e in log.events()]
    assert len(acknowledged) >= 100
    assert [i for i in acknowledged if i not in set(stored)] == []
    assert len(stored) - len(acknowledged) <= 15  # at most the one in flight each time
    assert log.find_broken_event() is None
    assert log.append(slide, EventKind.OPEN, reviewer="Dr. A").seq == len(stored) + 1


@pytest.mark.timeout(240)
def test_that_an_import_killed_midway_leaves_no_half_slide(place: TargetDatabase, tmp_path: Path) -> None:
    chance = random.Random(11)
    acknowledged: set[str] = set()
    for attempt in range(6):
        said = _kill_after(
            _start("import", place, tmp_path, 1000 * attempt), chance.randint(1, 6), chance.uniform(0.0, 0.05)
        )
        acknowledged |= set(said[1:])
    database = open_database(place.url, backup_dir=tmp_path)
    vault = IdentityVault(tmp_path)
    store = SqlSlideStore(database, vault)
    slides = store.slides()
    assert acknowledged <= {s.id for s in slides}
    for slide in slides:
        assert slide.cell_count == len(store.cells(slide.id)) == len(store.cell_locations(slide.id)) == 200
    again = store.add_slide(numbered_draft(0), synthetic=True)
    assert again.slide.cell_count == 200
    vault.close()
    database.close()


@pytest.mark.timeout(240)
def test_that_two_programs_at_once_write_one_chain(
    place: TargetDatabase, tmp_path: Path, log: SqlReviewLog, slide: str
) -> None:
    children = [_start("append", place, tmp_path, 60) for _ in range(2)]
    said = [child.communicate()[0].split()[1:] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    events = log.events()
    assert [e.seq for e in events] == list(range(1, 121))
    assert {e.id for e in events} == {i for ids in said for i in ids}
    assert log.find_broken_event() is None
