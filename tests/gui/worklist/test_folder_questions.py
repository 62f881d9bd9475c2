"""The preview asks what a folder holds, and tells what is known already."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.core.paths import data_dir
from leukview.gui.main_window import MainWindow
from leukview.gui.session.slide_jobs import UnattendedImport
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.importing.watch_folder import ArrivedEntry
from leukview.services.workbench import Workbench
from tests.gui.conftest import current_view, opened_dialog, press_key
from tests.support.export_examples import image_bytes, write_files

SIZE = (90, 90)


def images(*folders: str, first: int = 0) -> dict[str, bytes]:
    return {
        f"{folder}/{i}{n}.png": image_bytes(first + 10 * i + n, suffix=".png", size=SIZE)
        for i, folder in enumerate(folders)
        for n in range(3)
    }


def preview(qtbot: QtBot, window: MainWindow, root: Path) -> ImportDialog:
    dialog = opened_dialog(qtbot, ImportDialog, lambda: window.open_path(root))
    assert isinstance(dialog, ImportDialog)
    return dialog


def answer(dialog: ImportDialog, row: int, text: str) -> None:
    """Select a folder in question and choose an answer, as a person does."""
    assert dialog.questions is not None
    dialog.questions.table.selectRow(row)
    index = dialog.questions.answer_box.findText(text)
    assert index >= 0
    dialog.questions.answer_box.setCurrentIndex(index)
    dialog.questions.answer_box.activated.emit(index)


def read_again(qtbot: QtBot, dialog: ImportDialog) -> ImportDialog:
    assert dialog.questions is not None
    qtbot.mouseClick(dialog.questions.apply_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in {None, dialog}, timeout=20_000)
    again = QApplication.activeModalWidget()
    assert isinstance(again, ImportDialog)
    return again


def problems(dialog: ImportDialog) -> list[str]:
    model = dialog.problems_view.model()
    return [f"{model.index(row, 1).data()}: {model.index(row, 2).data()}" for row in range(model.rowCount())]


def import_all(qtbot: QtBot, window: MainWindow, dialog: ImportDialog) -> None:
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.tasks.is_busy and window.review.is_idle, timeout=60_000)


def test_that_a_class_is_asked_once_and_kept_and_patients_are_kept_without_their_names(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, tmp_path: Path
):
    root = write_files(tmp_path / "exports", images("Cells/ROE JANE", "Cells/POE EDGAR", "Cells/Zellen"))
    dialog = preview(qtbot, window, root)
    assert not dialog.import_button.isEnabled()
    assert dialog.questions is not None
    assert not dialog.questions.apply_button.isEnabled()
    for row, said in enumerate(("A separate patient", "A separate patient", "Blast")):
        answer(dialog, row, said)
    assert dialog.answers() == {"POE EDGAR": "patient", "ROE JANE": "patient", "Zellen": "blast"}
    again = read_again(qtbot, dialog)
    assert again.questions is None
    assert [(d.patient, d.class_counts()) for d in again.selected_slides()] == [
        ("POE EDGAR", {"": 3}),
        ("ROE JANE", {"": 3}),
        ("exports", {"blast": 3}),
    ]
    import_all(qtbot, window, again)
    assert len({slide.patient for slide in workbench.slides()}) == 3
    kept = (data_dir() / "classes.toml").read_text(encoding="utf-8")
    assert '"Zellen" = "blast"' in kept
    assert "ROE" not in kept
    assert "POE" not in kept
    other = write_files(tmp_path / "later", images("Cells/Zellen", "Cells/ROE JANE", first=100))
    asked = preview(qtbot, window, other)
    assert asked.questions is None, "the site's answers hold"
    asked.reject()


def test_that_a_folder_named_like_a_class_is_asked_for_each_export(qtbot: QtBot, window: MainWindow, tmp_path: Path):
    root = write_files(tmp_path / "exports", images("Smith", "Jones", "Unidentified"))
    dialog = preview(qtbot, window, root)
    assert [d.patient for d in dialog.selected_slides()] == ["Jones", "Smith"]
    told = "Class or patient?: “Unidentified” may be a class or a patient"
    assert any(line.startswith(told) for line in problems(dialog))
    qtbot.mouseClick(dialog.check_all_button, Qt.MouseButton.LeftButton)
    assert [d.patient for d in dialog.selected_slides()] == ["Jones", "Smith"], "what waits for an answer stays out"
    answer(dialog, 0, "Ignore")
    again = read_again(qtbot, dialog)
    assert [d.patient for d in again.selected_slides()] == ["Jones", "Smith"]
    again.reject()
    assert not (data_dir() / "classes.toml").exists()


def test_that_a_watched_folder_imports_nothing_that_waits_for_an_answer(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, tmp_path: Path
):
    root = write_files(tmp_path / "incoming", images("Cells/ROE JANE", "Cells/Lymphocyte"))
    imported: list[UnattendedImport] = []
    entry = ArrivedEntry(root, "mark", frozenset({"Cells"}))
    window.slide_jobs.import_unattended(entry, imported.append, lambda _error: None)
    qtbot.waitUntil(lambda: "may be a class or a patient" in window.notifications.text, timeout=20_000)
    qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
    assert workbench.slides() == []
    assert [result.is_incomplete for result in imported] == [True], "it is looked at again"


def test_that_a_renamed_folder_is_known_by_its_cells_and_may_keep_its_review(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, tmp_path: Path
):
    root = write_files(tmp_path / "Müler", images("Signed slides/Lymphocyte"))
    import_all(qtbot, window, preview(qtbot, window, root))
    slide = current_view(window).slide.id
    press_key(qtbot, window, "B")
    assert current_view(window).reviewed_count == 1
    renamed = Path(shutil.copytree(root, tmp_path / "Müller"))
    dialog = preview(qtbot, window, renamed)
    told = [line for line in problems(dialog) if line.startswith("Cells already imported")]
    words = f"3 of its 3 cells are those of slide {slide}, imported under another name; 1 of them were reviewed there."
    assert told == [f"Cells already imported: {words}"]
    assert dialog.join_box.isVisible()
    assert not dialog.join_box.isChecked(), "nothing is joined by itself"
    dialog.join_box.click()
    import_all(qtbot, window, dialog)
    assert [s.id for s in workbench.slides()] == [slide]
    assert current_view(window).reviewed_count == 1
    again = preview(qtbot, window, renamed)
    assert problems(again) == []
    again.reject()


def test_that_the_same_cells_under_two_patients_a_changed_class_and_a_similar_name_are_told(
    qtbot: QtBot, window: MainWindow, workbench: Workbench, tmp_path: Path
):
    first = write_files(tmp_path / "one" / "Müller", images("Signed slides/Lymphocyte"))
    import_all(qtbot, window, preview(qtbot, window, first))
    (slide,) = workbench.slides()
    changed = write_files(tmp_path / "two" / "Müller", images("Signed slides/Monocyte"))
    dialog = preview(qtbot, window, changed)
    cells = ", ".join(f"“{n}.png” (“Lymphocyte”, now “Monocyte”)" for n in ("00", "01", "02"))
    words = f"3 cells have another class on the analyser than at the import of slide {slide.id}: {cells}."
    assert problems(dialog) == [f"Class changed: {words}"]
    dialog.reject()
    files = images("MÜLLER/Signed slides/Blast", first=50)
    files["Jones/Signed slides/Blast/1.png"] = files["MÜLLER/Signed slides/Blast/00.png"]
    dialog = preview(qtbot, window, write_files(tmp_path / "three", files))
    told = problems(dialog)
    assert "Cells already imported: 1 of its cells are also in “MÜLLER”: the same images under two names." in told
    assert "Cells already imported: 1 of its cells are also in “Jones”: the same images under two names." in told
    assert any(line.startswith("Similar name: “MÜLLER” and the patient “Müller” differ") for line in told)
    dialog.reject()


def test_that_the_preview_tells_which_folders_it_takes_for_classes(qtbot: QtBot, window: MainWindow, tmp_path: Path):
    root = write_files(tmp_path / "p", images("Linfocitos", "Blasts", "01_单核细胞"))
    dialog = preview(qtbot, window, root)
    assert dialog.folders_label.text() == "Read as classes: “Linfocitos” → Lymphocyte; “单核细胞” → Monocyte"
    dialog.reject()
