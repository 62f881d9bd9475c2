"""The dialog of a comment: words, coded phrases, the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt

from leukview.bootstrap.site_config import load_comment_phrases
from leukview.gui.review.comment_dialog import CommentDialog

PHRASES = load_comment_phrases()


# ---- comment ---------------------------------------------------------------------------------------------------------
def test_that_a_comment_is_typed_and_saved_with_enter(shown, qtbot):
    dialog = shown(CommentDialog("Comment on cell 17", "", phrases=PHRASES))
    qtbot.keyClicks(dialog.focusWidget(), "Two nucleoli")
    qtbot.keyClick(dialog.text_edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(dialog.text_edit, "seen")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.text_edit, Qt.Key.Key_Return)
    assert dialog.text() == "Two nucleoli\nseen"


def test_that_a_click_inserts_a_phrase_behind_what_is_there(shown, qtbot):
    dialog = shown(CommentDialog("Comment on cell 17", "Small cell", phrases=PHRASES))
    model = dialog.phrase_view.model()
    for row in (0, 5):
        where = dialog.phrase_view.visualRect(model.index(row, 0, model.index(0, 0))).center()
        qtbot.mouseClick(dialog.phrase_view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert dialog.text() == "Small cell; Auer rods seen; Vacuolated blast"


def test_that_the_keyboard_alone_inserts_a_phrase(shown, qtbot):
    dialog = shown(CommentDialog("Comment on cell 17", "", phrases=PHRASES))
    assert not dialog.phrase_view.selectedIndexes(), "no phrase looks chosen as long as the keys go to the text"
    qtbot.keyClick(dialog.text_edit, Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.phrase_view
    assert dialog.phrase_view.currentIndex().data() == PHRASES[0].phrases[0].text
    qtbot.keyClick(dialog.phrase_view, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.phrase_view, Qt.Key.Key_Return)
    assert dialog.text() == PHRASES[0].phrases[1].text
    assert dialog.isVisible()


def test_that_a_heading_of_phrases_is_not_inserted(shown, qtbot):
    dialog = shown(CommentDialog("Comment on cell 17", "", phrases=PHRASES))
    where = dialog.phrase_view.visualRect(dialog.phrase_view.model().index(0, 0)).center()
    qtbot.mouseClick(dialog.phrase_view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert dialog.text() == ""


def test_that_escape_drops_a_comment(shown, qtbot):
    dialog = shown(CommentDialog("Comment on cell 17", "old", phrases=PHRASES))
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.text_edit, Qt.Key.Key_Escape)


def test_that_a_comment_tells_the_codes_of_its_phrases(shown):
    text = "Auer rods seen; nucleus smudged, cannot identify\nno left shift"
    dialog = shown(CommentDialog("Comment on cell 17", text, phrases=PHRASES))
    assert dialog.codes() == ("auer_rods_seen", "nucleus_smudged_cannot_identify")
    dialog.text_edit.clear()
    assert dialog.codes() == ()


def test_that_no_phrase_comes_twice_and_none_is_a_diagnosis():
    phrases = [p.text for group in PHRASES for p in group.phrases]
    assert len(set(phrases)) == len(phrases) >= 25
    assert not [p for p in phrases if "leukaemia" in p.casefold() or "leukemia" in p.casefold()]
