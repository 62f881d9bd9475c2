import os
import time
import zipfile
from pathlib import Path

import pytest

from leukview.core.errors import ExportError
from leukview.core.job_runner import Cancelled, CancelToken
from leukview.services.importing.watch_folder import FolderWatcher, hash_entry_name


def arrived_names(watch: FolderWatcher) -> list[str]:
    """Names of what a poll reports, all of it imported at once."""
    arrived = watch.scan(CancelToken())
    for entry in arrived:
        watch.mark_imported(entry)
    return [entry.path.name for entry in arrived]


def test_that_a_slide_is_told_of_once_and_only_when_it_has_stopped_growing(tmp_path: Path):
    watch = FolderWatcher(tmp_path)
    slide = tmp_path / "Synthetic_01"
    slide.mkdir()
    assert arrived_names(watch) == []
    (slide / "a.jpg").write_bytes(b"1")
    assert arrived_names(watch) == []
    (slide / "b.jpg").write_bytes(b"2")
    assert arrived_names(watch) == [], "it is still growing"
    assert arrived_names(watch) == ["Synthetic_01"]
    assert arrived_names(watch) == []


def test_that_an_empty_folder_a_text_and_a_hidden_folder_are_left_alone(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    hidden = tmp_path / ".copying"
    hidden.mkdir()
    (hidden / "a.jpg").write_bytes(b"1")
    (tmp_path / "$RECYCLE.BIN").mkdir()
    (tmp_path / "$RECYCLE.BIN" / "a.jpg").write_bytes(b"1")
    with zipfile.ZipFile(tmp_path / "day.ZIP", "w") as archive:
        archive.writestr("a.jpg", b"1")
    watch = FolderWatcher(tmp_path)
    assert arrived_names(watch) == []
    assert arrived_names(watch) == ["day.ZIP"]


def test_that_what_was_there_or_known_before_is_not_told_of(tmp_path: Path):
    for name in ("old", "known", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(b"1")
    watch = FolderWatcher(tmp_path, {hash_entry_name("known"), hash_entry_name("old")})
    arrived_names(watch)
    assert arrived_names(watch) == ["new"]
    again = FolderWatcher(tmp_path, watch.known_hashes)
    assert arrived_names(again) == arrived_names(again) == []
    (tmp_path / "old" / "b.jpg").write_bytes(b"2")
    assert arrived_names(again) == []
    assert arrived_names(again) == ["old"], "an entry whose name alone was stored has taken its extent"
    fresh = FolderWatcher(tmp_path)
    fresh.mark_existing_known(CancelToken())
    assert arrived_names(fresh) == arrived_names(fresh) == []
    assert not any("old" in mark for mark in fresh.known_hashes), "names are not kept"


def test_that_a_folder_that_is_gone_gets_a_sentence_and_a_cancel_stops_the_look(tmp_path: Path):
    with pytest.raises(ExportError, match="watched folder"):
        FolderWatcher(tmp_path / "gone").scan(CancelToken())
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        FolderWatcher(tmp_path).scan(token)


def slide_with(tmp_path: Path, *names: str) -> Path:
    slide = tmp_path / "P"
    slide.mkdir(exist_ok=True)
    for name in names:
        (slide / name).write_bytes(b"1")
    return slide


def test_that_it_is_known_with_the_extent_of_the_poll_that_reported_it(tmp_path: Path):
    slide_with(tmp_path, "a.jpg")
    watch = FolderWatcher(tmp_path)
    assert watch.scan(CancelToken()) == []
    (entry,) = watch.scan(CancelToken())
    slide_with(tmp_path, "b.jpg")  # arrives while the import runs
    assert watch.scan(CancelToken()) == [], "it is being imported"
    watch.mark_imported(entry)
    assert arrived_names(watch) == []
    assert arrived_names(watch) == ["P"]


@pytest.mark.parametrize("change", ["size", "time", "one file gone"])
def test_that_each_change_of_the_extent_counts(tmp_path: Path, change: str):
    slide = slide_with(tmp_path, "a.jpg", "b.jpg")
    watch = FolderWatcher(tmp_path)
    assert (arrived_names(watch), arrived_names(watch)) == ([], ["P"])
    if change == "size":
        stamp = (slide / "a.jpg").stat()
        (slide / "a.jpg").write_bytes(b"123")
        os.utime(slide / "a.jpg", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    elif change == "time":
        os.utime(slide / "a.jpg", ns=(0, 10**18))
    else:
        (slide / "b.jpg").unlink()
    assert (arrived_names(watch), arrived_names(watch)) == ([], ["P"])
    assert arrived_names(watch) == []


def test_that_the_pause_before_another_attempt_doubles_and_a_change_ends_it(tmp_path: Path):
    slide_with(tmp_path, "a.jpg")
    watch, attempts = FolderWatcher(tmp_path), []
    for number in range(20):
        for entry in watch.scan(CancelToken()):
            attempts.append(number)
            assert entry.is_retry == (len(attempts) > 1)
            watch.mark_failed(entry)
    assert attempts == [1, 2, 4, 8, 16]
    slide_with(tmp_path, "b.jpg")
    assert (arrived_names(watch), arrived_names(watch)) == ([], ["P"])


def test_that_known_entries_are_looked_at_in_turn_where_the_folder_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number in range(6):
        (tmp_path / f"P{number}").mkdir()
        (tmp_path / f"P{number}" / "a.jpg").write_bytes(b"1")
    watch = FolderWatcher(tmp_path)
    watch.mark_existing_known(CancelToken())
    monkeypatch.setattr("leukview.services.importing.watch_folder.KNOWN_BUDGET_S", -1.0)
    (tmp_path / "P4" / "b.jpg").write_bytes(b"1")
    started = time.monotonic()
    polls = 0
    while not arrived_names(watch):
        polls += 1
        assert polls < 8
    assert time.monotonic() - started < 5
    assert 4 <= polls <= 6
