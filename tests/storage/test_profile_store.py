"""Profiles and PINs in the database."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leukview.core.errors import PinError, ReviewError, StoreError
from leukview.domain.review.pin_wait import ClockReading
from leukview.domain.review.reviewer_profile import MAX_LOCKOUT_S, ReviewerRole, lockout_seconds
from leukview.services.users.profiles import ProfileService, ProfileStore, profile_event_text
from leukview.storage.database import Database, open_database
from leukview.storage.migrations import MIGRATIONS
from leukview.storage.profile_store import SqlProfileStore
from tests.support.databases import TargetDatabase


class ManualClock:
    """The date, which can be set, and the machine's running time, which cannot."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.machine, self.uptime_s = "boot 1", 1000.0

    def __call__(self) -> datetime:
        return self.now

    def reading(self) -> ClockReading:
        return ClockReading(self.machine, self.uptime_s)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.uptime_s += seconds


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(database: Database, clock: ManualClock) -> SqlProfileStore:
    return SqlProfileStore(database, clock, clock.reading)


@pytest.fixture
def profiles(store: SqlProfileStore) -> ProfileService:
    port: ProfileStore = store
    return ProfileService(port)


def test_that_the_pin_itself_is_nowhere_in_the_database(
    profiles: ProfileService, place: TargetDatabase, tmp_path: Path
):
    made = profiles.add("system", "Dr. Ä", ReviewerRole.REVIEWER, "739215")
    assert profiles.all_profiles() == (made,)
    ((hashed,),) = place.execute("SELECT pin_hash FROM reviewers")
    assert str(hashed).startswith("$argon2id$")
    assert "739215" not in repr(place.content())
    assert not any(b"739215" in path.read_bytes() for path in tmp_path.glob("leukview.db*"))


def test_that_a_right_pin_opens_and_a_wrong_one_does_not(profiles: ProfileService):
    made = profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    assert profiles.authenticate(made.id, "1234") == made
    with pytest.raises(PinError, match=r"The PIN is wrong\. Try again\."):
        profiles.authenticate(made.id, "1235")
    profiles.verify_pin("dr. a", "1234")
    profiles.verify_pin("nobody", "")
    with pytest.raises(PinError):
        profiles.verify_pin("Dr. A", "")


def test_that_wrong_pins_cost_ever_longer_waits_and_a_right_one_clears_them(
    profiles: ProfileService, clock: ManualClock
):
    made = profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    waits = []
    for _ in range(6):
        with pytest.raises(PinError) as caught:
            profiles.authenticate(made.id, "0000")
        waits.append(caught.value.retry_after_s)
        clock.wait(caught.value.retry_after_s)
    assert waits == [0, 0, 2, 4, 8, 16]
    profiles.authenticate(made.id, "1234")
    with pytest.raises(PinError) as caught:
        profiles.authenticate(made.id, "0000")
    assert caught.value.retry_after_s == 0
    assert lockout_seconds(1000) == MAX_LOCKOUT_S


def test_that_even_the_right_pin_waits_and_that_a_restart_does_not_help(
    profiles: ProfileService, database: Database, clock: ManualClock
):
    made = profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    for _ in range(3):
        with pytest.raises(PinError, match="wrong"):
            profiles.authenticate(made.id, "0000")
    clock.wait(1)
    with pytest.raises(PinError, match=r"Too many wrong PINs\. Wait 1 seconds\."):
        ProfileService(SqlProfileStore(database, clock, clock.reading)).authenticate(made.id, "1234")
    clock.wait(1)
    assert profiles.authenticate(made.id, "1234") == made


def test_that_setting_the_clock_forward_ends_no_wait(profiles: ProfileService, clock: ManualClock):
    made = profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    for _ in range(3):
        with pytest.raises(PinError, match="wrong"):
            profiles.authenticate(made.id, "0000")
    clock.now += timedelta(days=4000)
    with pytest.raises(PinError, match=r"Too many wrong PINs\. Wait 2 seconds\."):
        profiles.authenticate(made.id, "1234")


def test_that_errors_made_while_the_clock_stood_in_the_future_lock_nobody_out(
    profiles: ProfileService, clock: ManualClock
):
    made = profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "1234")
    clock.now += timedelta(days=4000)
    for _ in range(3):
        with pytest.raises(PinError, match="wrong"):
            profiles.authenticate(made.id, "0000")
    clock.now -= timedelta(days=4000)
    clock.wait(2)
    assert profiles.authenticate(made.id, "1234") == made


@pytest.mark.parametrize(
    "stored", ["2099-01-01T00:00:00.000+00:00", "1e999@boot 1", "nan@boot 1", "-5@boot 1", "5.0@boot 0", "@"]
)
def test_that_a_time_of_another_clock_begins_the_wait_anew_and_never_makes_it_longer(
    profiles: ProfileService, place: TargetDatabase, clock: ManualClock, stored: str
):
    made = profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "1234")
    place.execute(f"UPDATE reviewers SET failures = 1000, failed_at = '{stored}'")  # noqa: S608
    with pytest.raises(PinError, match="Too many") as caught:
        profiles.authenticate(made.id, "1234")
    assert caught.value.retry_after_s == MAX_LOCKOUT_S
    clock.wait(MAX_LOCKOUT_S)
    assert profiles.authenticate(made.id, "1234") == made


def test_that_a_restart_of_the_machine_ends_a_wait_after_its_time(profiles: ProfileService, clock: ManualClock):
    made = profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "1234")
    for _ in range(3):
        with pytest.raises(PinError, match="wrong"):
            profiles.authenticate(made.id, "0000")
    clock.uptime_s = 0.5  # a machine without ids of its runs
    with pytest.raises(PinError, match="Too many") as caught:
        profiles.authenticate(made.id, "1234")
    assert caught.value.retry_after_s == 1.5
    clock.wait(1.5)
    assert profiles.authenticate(made.id, "1234") == made


def test_that_names_are_unique_and_said_as_they_were_given(profiles: ProfileService):
    profiles.add("system", "  Dr.  Åsa ", ReviewerRole.REVIEWER, "")
    assert profiles.all_profiles()[0].name == "Dr. Åsa"
    with pytest.raises(ReviewError, match="already"):
        profiles.add("system", "DR. ÅSA", ReviewerRole.REVIEWER, "")
    with pytest.raises(ReviewError, match="needs a name"):
        profiles.add("system", "  ", ReviewerRole.REVIEWER, "")


def test_that_only_an_administrator_adds_once_there_is_one(profiles: ProfileService):
    with pytest.raises(PinError, match="4 to 64 characters"):
        profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "")
    profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "chief-pin")
    with pytest.raises(ReviewError, match="Only an administrator"):
        profiles.add("system", "Dr. B", ReviewerRole.REVIEWER, "")
    second = profiles.add("Chief", "Dr. B", ReviewerRole.SECOND_READER, "1111")
    with pytest.raises(ReviewError, match="Only an administrator"):
        profiles.set_pin("system", second.id, "1111", "2222")
    with pytest.raises(PinError, match="wrong"):
        profiles.set_pin("Dr. B", second.id, "9999", "2222")
    profiles.set_pin("Dr. B", second.id, "1111", "2222")
    profiles.set_pin("Chief", second.id, "", "3333")
    assert profiles.authenticate(second.id, "3333").role is ReviewerRole.SECOND_READER


def test_that_a_damaged_hash_is_told_and_opens_nothing(profiles: ProfileService, place: TargetDatabase):
    made = profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    place.execute("UPDATE reviewers SET pin_hash = 'rubbish'")
    with pytest.raises(StoreError, match="damaged"):
        profiles.authenticate(made.id, "1234")


def test_that_a_database_of_the_version_before_keeps_its_log_and_gains_reviewers(tmp_path: Path, place: TargetDatabase):
    backups = tmp_path / "backups"
    open_database(place.url, backup_dir=backups, migrations=MIGRATIONS[:1]).close()
    place.insert_slide("S-00000000")
    with contextlib.closing(open_database(place.url, backup_dir=backups)) as database:
        assert SqlProfileStore(database).profiles() == []
        with database.read_transaction() as connection:
            assert connection.exec_driver_sql("SELECT id FROM slides").scalar_one() == "S-00000000"
    copies = [path.suffix for path in backups.iterdir()] if backups.exists() else []
    assert copies == ([".db"] if place.name == "sqlite" else [])


def record_texts(profiles: ProfileService) -> list[tuple[str, str]]:
    return [(event.actor, profile_event_text(event)) for event in profiles.events()]


def test_that_a_renamed_reviewer_keeps_the_old_name_for_what_was_done(profiles: ProfileService, clock: ManualClock):
    made = profiles.add("system", "Dr. Ada Klee", ReviewerRole.REVIEWER, "1234")
    clock.now += timedelta(days=1)
    profiles.rename("Dr. Ada Klee", made.id, "  Dr. Ada  Weiss ")
    (profile,) = profiles.all_profiles()
    assert (profile.name, profile.former_names, profile.has_pin) == ("Dr. Ada Weiss", ("Dr. Ada Klee",), True)
    assert profiles.aliases("Dr. Ada Weiss") == profiles.aliases("Dr. Ada Klee") == profile.all_names
    assert profiles.aliases("nobody") == {"nobody"}
    assert record_texts(profiles) == [
        ("system", "Added Dr. Ada Klee (Reviewer)."),
        ("Dr. Ada Klee", "Renamed Dr. Ada Klee to Dr. Ada Weiss."),
    ]
    assert profiles.events()[1].at.startswith("2026-01-02T00:00:00")
    with pytest.raises(ReviewError, match=r"Another reviewer was formerly called dr\. ada klee"):
        profiles.add("system", "dr. ada klee", ReviewerRole.REVIEWER, "")
    other = profiles.add("system", "Dr. B", ReviewerRole.REVIEWER, "")
    with pytest.raises(ReviewError, match="already"):
        profiles.rename("system", other.id, "Dr. ADA Weiss")
    with pytest.raises(ReviewError, match="needs a name"):
        profiles.rename("system", other.id, " ")
    profiles.rename("system", made.id, "Dr. Ada Klee")
    assert profiles.find_by_name("Dr. Ada Klee") == profiles.all_profiles()[0]
    assert profiles.all_profiles()[0].former_names == ("Dr. Ada Weiss",)
    assert profiles.find_broken_event() is None


def test_that_a_retired_reviewer_cannot_sign_in_and_is_never_deleted(profiles: ProfileService, place: TargetDatabase):
    chief = profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "chief-pin")
    made = profiles.add("Chief", "Dr. A", ReviewerRole.REVIEWER, "1234")
    with pytest.raises(ReviewError, match="Only an administrator"):
        profiles.retire("Dr. A", made.id)
    with pytest.raises(ReviewError, match="last administrator"):
        profiles.retire("Chief", chief.id)
    profiles.retire("Chief", made.id)
    profiles.retire("Chief", made.id)
    assert [p.retired for p in profiles.all_profiles()] == [False, True]
    with pytest.raises(ReviewError, match=r"Dr\. A is retired and cannot sign in\."):
        profiles.authenticate(made.id, "1234")
    with pytest.raises(ReviewError, match="retired"):
        profiles.verify_pin("Dr. A", "1234")
    with pytest.raises(ReviewError, match="already"):
        profiles.add("Chief", "Dr. A", ReviewerRole.REVIEWER, "")
    with pytest.raises(place.rejection_errors, match="retired, never deleted"):
        place.execute("DELETE FROM reviewers")
    with pytest.raises(place.rejection_errors, match="append-only"):
        place.execute("UPDATE profile_events SET actor = 'nobody'")
    profiles.reinstate("Chief", made.id)
    assert profiles.authenticate(made.id, "1234").name == "Dr. A"
    assert [words for _, words in record_texts(profiles)][2:] == ["Retired Dr. A.", "Reinstated Dr. A."]


def test_that_a_retired_administrator_administers_nothing(profiles: ProfileService):
    first = profiles.add("system", "Chief", ReviewerRole.ADMINISTRATOR, "chief-pin")
    profiles.add("Chief", "Second", ReviewerRole.ADMINISTRATOR, "other-pin")
    profiles.retire("Second", first.id)
    with pytest.raises(ReviewError, match="Only an administrator"):
        profiles.add("Chief", "Dr. B", ReviewerRole.REVIEWER, "")


def test_that_a_new_pin_is_recorded_and_a_changed_record_is_found(profiles: ProfileService, place: TargetDatabase):
    made = profiles.add("system", "Dr. A", ReviewerRole.REVIEWER, "1234")
    profiles.set_pin("Dr. A", made.id, "1234", "5678")
    assert record_texts(profiles)[-1] == ("Dr. A", "Set a new PIN for Dr. A.")
    assert profiles.find_broken_event() is None
    place.drop_triggers()
    place.execute("UPDATE profile_events SET actor = 'Dr. B' WHERE seq = 2")
    broken = profiles.find_broken_event()
    assert broken is not None
    assert broken.seq == 2
