"""The dialogs, worked as a person works them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from leukview import RESEARCH_USE_LINE
from leukview.bootstrap.site_config import load_comment_phrases
from leukview.core.paths import resources_dir
from leukview.domain.alerts import Alert, AlertRule, parse_alert_rules
from leukview.domain.slide import CellDraft, ExportPreview, OverviewImage, Problem, ProblemKind, SlideDraft, SourceLabel
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.alerts.acknowledge_dialog import EMERGENCY, AcknowledgeAlertDialog
from leukview.gui.app.theme import apply_theme
from leukview.gui.help.about_dialog import AboutDialog
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.widgets.dialog_helpers import PathEdit
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.gui.worklist.import_dialog import ImportDialog, problem_text
from leukview.services.report.report_data import ModelInfo
from leukview.services.review.session import ReviewSession
from leukview.services.review.sign_obstacles import SignObstacle
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction

PHRASES = load_comment_phrases()


def make_draft(number: int, cells: int = 3, problems: tuple[Problem, ...] = ()) -> SlideDraft:
    blast, lymphocyte = SourceLabel("blast", "Blast", "BL"), SourceLabel("lymphocyte", "Lymphocyte", "LY")
    sources = (blast, lymphocyte, None)
    found = tuple(
        CellDraft(
            f"{number:032x}{i:032x}",
            f"{i}.jpg",
            ("copy.jpg",) if i == 0 else (),
            90,
            90,
            sources[i % 3],
            (lymphocyte,) if i == 0 else (),
        )
        for i in range(cells)
    )
    overviews = (OverviewImage("f" * 64, "field.jpg", 2900, 2900),)
    return SlideDraft(
        "/exports", "", f"Patient_{number:02d}", f"100{number}", "signed tree", found, overviews, problems
    )


def make_preview(*drafts: SlideDraft) -> ExportPreview:
    return ExportPreview("/exports", drafts, (Problem(ProblemKind.NO_PERMISSION, "locked", "The folder is locked."),))


def label_texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def row_texts(view, row: int) -> list[str]:
    model = view.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def click_tick(qtbot, dialog: ImportDialog, row: int) -> None:
    area = dialog.slides_view.visualRect(dialog.slides_view.model().index(row, 0))
    where = QPoint(area.left() + 10, area.center().y())
    qtbot.mouseClick(dialog.slides_view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def assert_labels_fit(dialog: QDialog) -> None:
    """No label is given less height than its words need at its width."""
    for label in dialog.findChildren(QLabel):
        if label.isVisible() and label.text():
            need = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= need, label.text()


# ---- preview ---------------------------------------------------------------------------------------------------------
def test_that_the_preview_tells_what_was_found(shown, taxonomy):
    unreadable = Problem(ProblemKind.UNDECODABLE, "bad.jpg", "“bad.jpg” is not an image.")
    dialog = shown(ImportDialog(make_preview(make_draft(1, problems=(unreadable,)), make_draft(2, cells=1)), taxonomy))
    assert row_texts(dialog.slides_view, 0) == ["Patient_01", "1001", "signed tree", "3", "2", "1", "1", "1", "1"]
    assert row_texts(dialog.counts_view, 0) == ["Blasts", "1"]
    assert row_texts(dialog.counts_view, 2) == ["Not labelled", "1"]
    assert row_texts(dialog.problems_view, 0) == ["", "No permission", "The folder is locked.", "locked"]
    assert row_texts(dialog.problems_view, 1)[:2] == ["Patient_01 / 1001", "Not readable"]
    assert "replaced by pseudonyms" in label_texts(dialog)
    assert "2 of 2 selected, 4 cells" in label_texts(dialog)


def test_that_every_kind_of_problem_has_words():
    assert len({problem_text(kind) for kind in ProblemKind}) == len(ProblemKind)


def test_that_a_click_unticks_a_slide_and_import_takes_the_rest(shown, taxonomy, qtbot):
    dialog = shown(ImportDialog(make_preview(make_draft(1), make_draft(2), make_draft(3)), taxonomy))
    click_tick(qtbot, dialog, 1)
    assert "2 of 3 selected, 6 cells" in label_texts(dialog)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert [d.patient for d in dialog.selected_slides()] == ["Patient_01", "Patient_03"]


def test_that_the_keyboard_alone_ticks_and_imports(shown, taxonomy, qtbot):
    dialog = shown(ImportDialog(make_preview(make_draft(1), make_draft(2)), taxonomy))
    assert dialog.focusWidget() is dialog.slides_view
    qtbot.keyClick(dialog.slides_view, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.slides_view, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.slides_view, Qt.Key.Key_Return)
    assert [d.patient for d in dialog.selected_slides()] == ["Patient_01"]


def test_that_nothing_ticked_means_nothing_to_import(shown, taxonomy, qtbot):
    dialog = shown(ImportDialog(make_preview(make_draft(1), make_draft(2)), taxonomy))
    qtbot.mouseClick(dialog.check_none_button, Qt.MouseButton.LeftButton)
    assert not dialog.import_button.isEnabled()
    assert dialog.selected_slides() == ()
    qtbot.mouseClick(dialog.check_all_button, Qt.MouseButton.LeftButton)
    assert dialog.import_button.isEnabled()
    assert len(dialog.selected_slides()) == 2


def test_that_a_slide_without_cells_cannot_be_ticked(shown, taxonomy, qtbot):
    dialog = shown(ImportDialog(make_preview(make_draft(1, cells=0)), taxonomy))
    click_tick(qtbot, dialog, 0)
    qtbot.mouseClick(dialog.check_all_button, Qt.MouseButton.LeftButton)
    assert dialog.selected_slides() == ()
    assert not dialog.import_button.isEnabled()


def test_that_the_counts_follow_the_selected_slide(shown, taxonomy):
    dialog = shown(ImportDialog(make_preview(make_draft(1), make_draft(2, cells=1)), taxonomy))
    dialog.slides_view.selectRow(1)
    assert dialog.counts_heading.text() == "Patient_02 / 1002"
    assert dialog.counts_view.model().rowCount() == 1


def test_that_escape_imports_nothing(shown, taxonomy, qtbot):
    dialog = shown(ImportDialog(make_preview(make_draft(1)), taxonomy))
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_that_a_folder_without_slides_says_so(shown, taxonomy):
    dialog = shown(ImportDialog(ExportPreview("/photos", (), ()), taxonomy))
    assert "No slides were found in “photos”." in label_texts(dialog)
    assert not dialog.import_button.isEnabled()


def test_that_two_hundred_slides_and_two_thousand_problems_make_no_widget_each(shown, taxonomy):
    problems = tuple(Problem(ProblemKind.UNDECODABLE, f"{i}.jpg", f"“{i}.jpg” is no image.") for i in range(2000))
    many = [make_draft(i) for i in range(1, 200)]
    dialog = shown(ImportDialog(make_preview(make_draft(0, problems=problems), *many), taxonomy))
    assert dialog.slides_view.model().rowCount() == 200
    assert dialog.problems_view.model().rowCount() == 2001
    assert len(dialog.findChildren(QWidget)) < 150


# ---- signing ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def session(taxonomy: Taxonomy) -> ReviewSession:
    cells = make_cells(50)
    slides = MemorySlideStore(cells)
    for i, cell in enumerate(cells):
        blast = i < 10
        slides.saved_predictions[cell.id] = make_prediction("blast" if blast else "lymphocyte", 0.9 if blast else 0.1)
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    return ReviewSession(slides, MemoryReviewLog(), taxonomy, rules, "S-TEST", "Dr Miller")


def test_that_what_is_signed_is_summed_up(shown, session):
    session.accept([c.cell.id for c in session.view.cells[:20]])
    session.acknowledge_alert("blasts", called_person="Dr Ito")
    dialog = shown(SignDialog(session.view, ()))
    assert row_texts(dialog.differential_table, 0) == ["Blasts", "10", "20.0", "10.0–33.7"]
    assert "20 of 50 cells reviewed" in label_texts(dialog)
    assert "together 10 of 50 leukocytes: 20.0 % (95 % interval 10.0–33.7 %" in dialog.blasts_label.text()
    assert "The interval includes 20 %." in dialog.blasts_label.text()
    assert "Blasts or blast equivalents (acknowledged by Dr Miller, called: Dr Ito)" in dialog.alerts_label.text()
    assert "Too few cells (for information)" in dialog.alerts_label.text()
    assert RESEARCH_USE_LINE in label_texts(dialog)


def test_that_cells_outside_the_denominator_are_signed_per_100_wbc(shown, session):
    session.override([session.view.cells[-1].cell.id], "erythroblast")
    dialog = shown(SignDialog(session.view, ()))
    rows = dialog.differential_table.model().rowCount()
    assert row_texts(dialog.differential_table, rows - 2) == ["Not counted as leukocytes", "", "", "per 100 WBC"]
    assert row_texts(dialog.differential_table, rows - 1) == ["Erythroblasts (NRBC)", "1", "", "2.0"]


def test_that_a_name_makes_a_slide_signable_by_keyboard(shown, session, qtbot):
    dialog = shown(SignDialog(session.view, ()))
    name = dialog.findChild(QLineEdit)
    assert not dialog.sign_button.isEnabled()
    qtbot.keyClicks(dialog.focusWidget(), "  Dr Anna Miller ")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(name, Qt.Key.Key_Return)
    assert dialog.name() == "Dr Anna Miller"
    assert dialog.meaning() == "Review of the differential by a person"


def test_that_the_meaning_is_chosen_or_written_freely_but_never_empty(shown, session, qtbot):
    dialog = shown(SignDialog(session.view, ()))
    qtbot.keyClicks(dialog.focusWidget(), "Dr Miller")
    dialog._meaning_combo.setFocus()
    qtbot.keyClick(dialog._meaning_combo, Qt.Key.Key_Down)
    assert dialog.meaning() == "Reviewed and released for research use"
    dialog._meaning_combo.lineEdit().selectAll()
    qtbot.keyClick(dialog._meaning_combo.lineEdit(), Qt.Key.Key_Delete)
    assert not dialog.sign_button.isEnabled()
    qtbot.keyClicks(dialog._meaning_combo.lineEdit(), "Second reading")
    assert dialog.sign_button.isEnabled()
    assert dialog.meaning() == "Second reading"


def test_that_obstacles_are_listed_and_forbid_signing(shown, session, qtbot):
    obstacles = session.sign_obstacles()
    dialog = shown(SignDialog(session.view, obstacles))
    assert obstacles
    for obstacle in obstacles:
        assert obstacle.text in label_texts(dialog)
    assert not dialog.findChild(QLineEdit).isEnabled()
    assert not dialog.sign_button.isEnabled()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


# ---- alerts ----------------------------------------------------------------------------------------------------------
def make_alert(severity: str) -> Alert:
    rule = AlertRule("apl", "Features raising suspicion of APL", "", severity, True, ())
    return Alert(rule, "Mean APL score 0.90 over 30 malignant-looking cells.", tuple(str(i) for i in range(30)))


def test_that_an_emergency_needs_the_name_of_who_was_called(shown, qtbot):
    dialog = shown(AcknowledgeAlertDialog(make_alert(EMERGENCY)))
    assert "Mean APL score 0.90" in dialog.message_label.text()
    assert "30 cells triggered this alert." in label_texts(dialog)
    assert not dialog.acknowledge_button.isEnabled()
    qtbot.keyClicks(dialog.focusWidget(), "   ")
    assert not dialog.acknowledge_button.isEnabled()
    qtbot.keyClicks(dialog.focusWidget(), "Dr Ito, ward 5 ")
    assert not dialog.acknowledge_button.isEnabled()
    qtbot.keyClicks(dialog._note_edit, "ATRA discussed")
    qtbot.keyClick(dialog._read_back_box, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.acknowledge_button, Qt.MouseButton.LeftButton)
    assert dialog.called_person() == "Dr Ito, ward 5"
    assert dialog.note() == "ATRA discussed"
    assert dialog.is_read_back()
    assert re.fullmatch(r"\d\d:\d\d", dialog.called_at())


def test_that_an_emergency_that_is_not_confirmed_needs_a_reason_and_no_call(shown, qtbot):
    dialog = shown(AcknowledgeAlertDialog(make_alert(EMERGENCY)))
    dialog._not_confirmed_button.click()
    assert not dialog.acknowledge_button.isEnabled()
    assert not dialog._called_edit.isEnabled()
    qtbot.keyClicks(dialog._note_edit, "normal promyelocytes, no Auer rods")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.acknowledge_button, Qt.MouseButton.LeftButton)
    assert dialog.is_not_confirmed()
    assert (dialog.called_person(), dialog.called_at()) == ("", "")


def test_that_a_lesser_alert_needs_no_call(shown, qtbot):
    dialog = shown(AcknowledgeAlertDialog(make_alert("high")))
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.called_person() == ""


def test_that_enter_does_not_slip_past_an_emergency(shown, qtbot):
    dialog = shown(AcknowledgeAlertDialog(make_alert(EMERGENCY)))
    with qtbot.assertNotEmitted(dialog.accepted):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_that_the_emergency_is_the_severity_of_the_apl_rule(taxonomy):
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    assert {r.key for r in rules if r.severity == EMERGENCY} == {"apl", "apl_suspicious", "abnormal_promyelocytes"}


# ---- about -----------------------------------------------------------------------------------------------------------
MODEL = ModelInfo(
    "embedded-1",
    "ab" * 32,
    "embedded:1a2b",
    ("Cell or not",),
    ("3M · Myeloid disease",),
    "10 cells <of> 2",
    ("A limit.",),
    (),
)


def test_that_about_names_the_model_what_it_knows_and_what_it_does_not(shown, qtbot):
    dialog = shown(AboutDialog(MODEL))
    words = dialog.browser.toPlainText()
    for part in ("embedded-1", "ab" * 32, "Cell or not", "3M · Myeloid disease", "10 cells <of> 2", "A limit."):
        assert part in words
    assert "not a medical device" in words
    assert RESEARCH_USE_LINE in label_texts(dialog)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)


def test_that_about_works_without_a_model(shown, qtbot):
    dialog = shown(AboutDialog(None))
    assert "No model is loaded." in dialog.browser.toPlainText()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


# ---- all of them -----------------------------------------------------------------------------------------------------
@pytest.fixture
def large_letters():
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    before = application.font()
    larger = application.font()
    larger.setPointSizeF(1.8 * before.pointSizeF())
    application.setFont(larger)
    yield
    application.setFont(before)


@pytest.mark.usefixtures("large_letters")
def test_that_no_words_are_cut_with_large_letters(shown, taxonomy, session):
    long = replace(make_alert(EMERGENCY), message="A sentence that is rather long and breaks into several lines. " * 6)
    for dialog in (
        ImportDialog(make_preview(make_draft(1)), taxonomy),
        SignDialog(session.view, session.sign_obstacles()),
        CommentDialog("Comment on cell 17", "", phrases=PHRASES),
        AcknowledgeAlertDialog(long),
        AboutDialog(MODEL),
    ):
        shown(dialog)
        assert_labels_fit(dialog)
        room = dialog.screen().availableSize()
        assert dialog.width() <= room.width()
        assert dialog.height() <= room.height()


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[None]:
    before, sheet = qapp.palette(), qapp.styleSheet()
    apply_theme("dark", qapp)
    yield
    qapp.setStyleSheet(sheet)
    qapp.setPalette(before)


@pytest.mark.usefixtures("dark")
def test_that_dialogs_follow_the_theme(shown, taxonomy, session):
    for dialog in (SignDialog(session.view, ()), AcknowledgeAlertDialog(make_alert("high")), AboutDialog(MODEL)):
        shown(dialog)
        picture = dialog.grab().toImage()
        assert picture.pixelColor(2, 2).lightness() < 60
        for area in dialog.findChildren(QScrollArea):
            assert picture.pixelColor(area.geometry().topRight()).lightness() < 60


def test_that_a_path_is_seen_from_its_beginning_and_told_whole_by_the_tooltip(shown, qtbot):
    dialog = QDialog()
    line = PathEdit("/archive/" + "very_long_folder/" * 12 + "S-1.pdf", "File")
    QVBoxLayout(dialog).addWidget(line)
    shown(dialog)
    assert line.cursorPosition() == 0
    assert line.toolTip() == line.text()
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_End)
    qtbot.keyClicks(line, "x")
    assert line.text().endswith("S-1.pdfx")
    assert line.toolTip() == line.text()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.cursorPosition() == 0


def test_that_headings_stand_above_their_numbers(shown):
    dialog = shown(QDialog())
    lines = TextTableModel(("Class", "Cells"), dialog, (1,))
    lines.set_rows([("Blasts", "12")])
    horizontal, alignment = Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
    assert lines.headerData(1, horizontal, alignment) == int(
        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    )
    assert lines.headerData(1, horizontal, alignment) == lines.index(0, 1).data(alignment)
    assert lines.headerData(0, horizontal, alignment) is None


def test_that_a_dialog_that_fits_the_screen_does_not_scroll(shown, session, qtbot):
    session.accept([c.cell.id for c in session.view.cells])
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(
            alert.rule.key, called_person="Dr Weiss, 3 North, and the physician on call of the ward"
        )
    for letters in range(0, 120, 9):
        dialog = SignDialog(session.view, (SignObstacle("x" * 5 + " " + "word " * letters),))
        shown(dialog)
        assert dialog.findChildren(QScrollArea)[0].verticalScrollBar().maximum() == 0
        dialog.close()
