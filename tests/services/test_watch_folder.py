from pathlib import Path

import pytest

from leukview.core.errors import ExportError
from leukview.core.job_runner import Cancelled, CancelToken
from leukview.services.importing.watch_folder import FolderWatcher, hash_entry_name


def arrived_names(watch: FolderWatcher) -> list[str]:
    return [arrived.path.name for arrived in watch.scan(CancelToken())]


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
    (tmp_path / "day.ZIP").write_bytes(b"zip")
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
    assert hash_entry_name("new") in watch.known_hashes
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
