"""What arrives late, in pieces, or at a bad moment in a watched folder is imported all the same."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, JobRunner, Reporter
from leukview.core.paths import data_dir
from leukview.domain.slide import Slide, SlideDraft
from leukview.gui.app.notification_bus import NotificationBus
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.services.workbench import Workbench
from tests.gui.conftest import close_window
from tests.importers.test_zip_names import encoded_files, write_raw_zip

RECEIVED = "Patient_99"


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    folder = tmp_path / "incoming"
    folder.mkdir()
    return folder


@pytest.fixture
def watching(qtbot: QtBot, window: MainWindow, incoming: Path) -> MainWindow:
    """The window while it watches the empty folder; the tests poll."""
    window.watch_folder.start(str(incoming))
    qtbot.waitUntil(lambda: window.watch_folder.folder == str(incoming), timeout=20_000)
    window.watch_folder.timer.stop()
    return window


def poll(qtbot: QtBot, window: MainWindow, times: int = 2) -> None:
    for _ in range(times):
        window.watch_folder.poll()
        qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=60_000)


def cell_counts(workbench: Workbench) -> list[int]:
    return sorted(slide.cell_count for slide in workbench.slides())


def images(slide_folder: Path, start: int, stop: int) -> list[Path]:
    """Some cells of the slide; the first picture is its overview."""
    return sorted((slide_folder / "Unsigned slides").glob("*.jpg"))[1 + start : 1 + stop]


def copy_images(found: Sequence[Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for image in found:
        shutil.copy(image, folder)


def test_that_the_rest_of_a_slide_is_added_when_the_copy_paused(
    qtbot: QtBot, watching: MainWindow, workbench: Workbench, incoming: Path, slide_folder: Path
):
    copy_images(images(slide_folder, 0, 3), incoming / RECEIVED / "Unsigned slides")
    poll(qtbot, watching)
    assert cell_counts(workbench) == [3]
    copy_images(images(slide_folder, 3, 10), incoming / RECEIVED / "Unsigned slides")
    poll(qtbot, watching)
    assert cell_counts(workbench) == [10]
    (slide,) = workbench.slides()
    assert workbench.open_session(slide.id, "r").view.pending_count == 0, "the later cells are analysed too"


def test_that_a_half_written_archive_waits_for_its_end(
    qtbot: QtBot, watching: MainWindow, workbench: Workbench, incoming: Path, slide_folder: Path, tmp_path: Path
):
    copy_images(images(slide_folder, 0, 6), tmp_path / "whole" / RECEIVED / "Unsigned slides")
    whole = Path(shutil.make_archive(str(tmp_path / "whole"), "zip", tmp_path / "whole")).read_bytes()
    archive = incoming / f"{RECEIVED}.zip"
    archive.write_bytes(whole[: len(whole) // 2])
    poll(qtbot, watching, 3)
    assert workbench.slides() == []
    archive.write_bytes(whole)
    poll(qtbot, watching)
    assert cell_counts(workbench) == [6]


def test_that_an_archive_that_stays_cut_off_is_told_once(
    qtbot: QtBot, watching: MainWindow, incoming: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("leukview.services.importing.watch_folder.INCOMPLETE_POLLS", 2)
    told: list[str] = []
    bus = watching.findChild(NotificationBus)
    assert bus is not None
    bus.notified.connect(lambda message, _hint: told.append(message))
    (incoming / f"{RECEIVED}.zip").write_bytes(b"PK\x03\x04 and no end")
    poll(qtbot, watching, 5)
    assert told == ["Incomplete archives in the watched folder: 1. LeukView waits for them."]


def test_that_a_later_order_of_a_patient_who_was_there_before_is_imported_alone(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, incoming: Path, slide_folder: Path
):
    copy_images(images(slide_folder, 0, 4), incoming / RECEIVED / "20260101_p" / "Unsigned slides")
    window.watch_folder.start(str(incoming))
    qtbot.waitUntil(lambda: window.watch_folder.folder == str(incoming), timeout=20_000)
    window.watch_folder.timer.stop()
    poll(qtbot, window)
    assert workbench.slides() == []
    copy_images(images(slide_folder, 4, 10), incoming / RECEIVED / "20260215_p" / "Unsigned slides")
    (incoming / RECEIVED / "20260101_p" / "Thumbs.db").write_bytes(b"made by looking into the folder")
    poll(qtbot, window)
    assert cell_counts(workbench) == [6]


@pytest.fixture
def refusing(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Reasons for which the next imports fail; empty it to let them pass."""
    reasons: list[str] = []
    store = workbench.import_slides

    def refuse(drafts: Sequence[SlideDraft], token: CancelToken, reporter: Reporter, **named: object) -> list[Slide]:
        if "busy" in reasons:
            raise StoreError("The database is busy.", "Try again.")
        if "cancel" in reasons:
            token.cancel()
        return store(drafts, token, reporter, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(workbench, "import_slides", refuse)
    return reasons


@pytest.mark.parametrize("reason", ["busy", "cancel"])
def test_that_an_import_that_failed_or_was_cancelled_is_tried_again(
    qtbot: QtBot,
    watching: MainWindow,
    workbench: Workbench,
    incoming: Path,
    slide_folder: Path,
    refusing: list[str],
    reason: str,
):
    refusing.append(reason)
    errors: list[str] = []
    watching.tasks.error_reported.connect(lambda message, _hint: errors.append(message))
    copy_images(images(slide_folder, 0, 4), incoming / RECEIVED / "Unsigned slides")
    poll(qtbot, watching, 8)
    assert workbench.slides() == []
    assert errors == (["The database is busy."] if reason == "busy" else []), "told once"
    refusing.clear()
    poll(qtbot, watching, 8)
    assert cell_counts(workbench) == [4]


@pytest.mark.parametrize("reason", ["busy", "cancel"])
def test_that_what_failed_before_a_restart_is_imported_after_it(
    qtbot: QtBot, workbench: Workbench, incoming: Path, slide_folder: Path, refusing: list[str], reason: str
):
    settings, runner = data_dir() / "settings.json", JobRunner()
    before = build_main_window(workbench, runner, settings, "Dr. Test")
    before.watch_folder.start(str(incoming))
    qtbot.waitUntil(lambda: before.watch_folder.folder == str(incoming), timeout=20_000)
    before.watch_folder.timer.stop()
    copy_images(images(slide_folder, 0, 3), incoming / "Patient_98" / "Unsigned slides")
    poll(qtbot, before)
    assert cell_counts(workbench) == [3]
    refusing.append(reason)
    copy_images(images(slide_folder, 3, 7), incoming / RECEIVED / "Unsigned slides")
    poll(qtbot, before)
    qtbot.waitUntil(lambda: before.review.is_idle, timeout=20_000)
    close_window(qtbot, before)
    refusing.clear()
    copy_images(images(slide_folder, 7, 9), incoming / "Patient_98" / "Unsigned slides")
    again = build_main_window(workbench, runner, settings, "Dr. Test")
    again.watch_folder.timer.stop()
    poll(qtbot, again)
    assert cell_counts(workbench) == [4, 5], "what failed, and what grew while LeukView was closed"
    assert RECEIVED not in settings.read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: again.review.is_idle and not again.tasks.is_busy, timeout=20_000)
    close_window(qtbot, again)
    assert runner.shutdown()
    for window in (before, again):
        window.deleteLater()


def test_that_an_archive_whose_names_are_doubtful_is_told_and_not_imported(
    qtbot: QtBot, watching: MainWindow, workbench: Workbench, incoming: Path
):
    errors: list[str] = []
    watching.tasks.error_reported.connect(lambda message, _hint: errors.append(message))
    write_raw_zip(incoming / "old.zip", encoded_files("cp932"))
    poll(qtbot, watching, 4)
    assert workbench.slides() == []
    assert errors == ["The archive “old.zip” does not state the encoding of its file names, so it was not imported."]
