"""Dialog for a comment with coded phrases and free text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.review.comment_phrases import PhraseGroup, find_phrase_codes
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import heading_label, set_default_button, set_initial_size, wrapping_label
from leukview.gui.widgets.tree_model import TreeModel

_ENTER_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True, slots=True)
class _PhraseNode:
    """Tree node: a phrase, or a group with its phrases."""

    text: str
    children: tuple[_PhraseNode, ...] = ()


class CommentDialog(QDialog):
    """Dialog that asks for a comment.

    Args:
        title: Title, which names what is commented on.
        text: The current comment.
        phrases: Coded phrases by group; the text of a phrase is inserted into the comment unchanged.
        parent: Parent widget.
    """

    def __init__(self, title: str, text: str, *, phrases: Sequence[PhraseGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phrases = [replace(p, text=translate_data(p.text)) for group in phrases for p in group.phrases]
        self.setWindowTitle(self.tr("Comment"))
        self.text_edit = QPlainTextEdit(text)
        self.text_edit.setAccessibleName(self.tr("Comment"))
        self.text_edit.setTabChangesFocus(True)
        self.text_edit.setPlaceholderText(self.tr("Type a comment, or choose phrases from the list"))
        self.text_edit.moveCursor(QTextCursor.MoveOperation.End)
        self.text_edit.installEventFilter(self)
        self.phrase_view = self._build_phrase_view(phrases)
        self.buttons = QDialogButtonBox()
        self.save_button = QPushButton(self.tr("Save comment"))
        self.buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        writing = QVBoxLayout()
        writing.addWidget(self.text_edit, 1)
        writing.addWidget(
            wrapping_label(self.tr("Enter saves; Shift+Enter starts a new line. Do not enter the patient's name."))
        )
        columns = QHBoxLayout()
        columns.addLayout(writing, 3)
        columns.addWidget(self.phrase_view, 2)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(title, 1.2))
        layout.addLayout(columns, 1)
        layout.addWidget(self.buttons)
        set_default_button(self.save_button)
        self.text_edit.setFocus()
        set_initial_size(self, 110, 26)

    def text(self) -> str:
        """Return the comment without surrounding blanks; "" removes an earlier comment."""
        return self.text_edit.toPlainText().strip()

    def codes(self) -> tuple[str, ...]:
        """Return the codes of the phrases contained in the comment."""
        return find_phrase_codes(self._phrases, self.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle Enter: save in the text field, insert the phrase in the list.

        No phrase is selected before the list gets the focus.
        """
        entered = watched is self.phrase_view and event.type() == QEvent.Type.FocusIn
        if entered and not self.phrase_view.currentIndex().isValid():
            model = self.phrase_view.model()
            self.phrase_view.setCurrentIndex(model.index(0, 0, model.index(0, 0)))
            self.phrase_view.scrollToTop()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _ENTER_KEYS:
            if watched is self.phrase_view:
                self._insert_phrase(self.phrase_view.currentIndex())
                return True
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.accept()
                return True
        return super().eventFilter(watched, event)

    def _build_phrase_view(self, groups: Sequence[PhraseGroup]) -> QTreeView:
        bold = self.font()
        bold.setBold(True)

        def read(line: _PhraseNode, _column: int, role: int) -> object:
            if role == Qt.ItemDataRole.FontRole and line.children:
                return bold
            return line.text if role == Qt.ItemDataRole.DisplayRole else None

        model = TreeModel(1, read, self, selectable=lambda line: not line.children)
        model.set_roots(
            [
                _PhraseNode(translate_data(g.name), tuple(_PhraseNode(translate_data(p.text)) for p in g.phrases))
                for g in groups
            ]
        )
        view = QTreeView()
        view.setAccessibleName(self.tr("Phrases; press Enter or click to insert one"))
        view.setModel(model)
        view.setHeaderHidden(True)
        view.setRootIsDecorated(False)
        view.setIndentation(2 * self.fontMetrics().averageCharWidth())
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setUniformRowHeights(True)
        view.expandAll()
        view.setItemsExpandable(False)
        view.installEventFilter(self)
        view.clicked.connect(self._insert_phrase)
        return view

    def _insert_phrase(self, index: QModelIndex) -> None:
        if not index.isValid() or not index.parent().isValid():
            return
        cursor = self.text_edit.textCursor()
        before = self.text_edit.toPlainText()[: cursor.selectionStart()]
        glue = "" if not before or before.endswith("\n") else (" " if before.endswith((";", ",", ".")) else "; ")
        if before.endswith(" "):
            glue = ""
        cursor.insertText(glue + str(index.data()))
        self.text_edit.setTextCursor(cursor)
        self.text_edit.setFocus()  # what is typed next goes into the text, and Enter saves
