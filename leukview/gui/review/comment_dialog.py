"""A comment: coded phrases and free text."""

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

from leukview.domain.review.comment_phrases import PhraseGroup, codes_in
from leukview.gui.app.i18n import data_text
from leukview.gui.widgets.dialog_helpers import heading, open_at, wrapped
from leukview.gui.widgets.tree_model import TreeModel

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True, slots=True)
class _Line:
    """A phrase, or the name of a group with the phrases in it."""

    text: str
    children: tuple[_Line, ...] = ()


class CommentDialog(QDialog):
    """Asks for a comment.

    Args:
        title: What is commented on.
        text: The comment so far.
        phrases: The coded phrases, by group; the text of one is written into the comment as it stands.
        parent: The window.
    """

    def __init__(self, title: str, text: str, *, phrases: Sequence[PhraseGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phrases = [replace(p, text=data_text(p.text)) for group in phrases for p in group.phrases]
        self.setWindowTitle(self.tr("Comment"))
        self.edit = QPlainTextEdit(text)
        self.edit.setAccessibleName(self.tr("Comment"))
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(self.tr("Your words, or a phrase from the list"))
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self.edit.installEventFilter(self)
        self.phrases = self._phrases_view(phrases)
        self.buttons = QDialogButtonBox()
        self.save_button = QPushButton(self.tr("Save comment"))
        self.save_button.setDefault(True)
        self.buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        writing = QVBoxLayout()
        writing.addWidget(self.edit, 1)
        writing.addWidget(
            wrapped(self.tr("Enter saves, Shift+Enter starts a new line. A comment must not name the patient."))
        )
        both = QHBoxLayout()
        both.addLayout(writing, 3)
        both.addWidget(self.phrases, 2)
        layout = QVBoxLayout(self)
        layout.addWidget(heading(title, 1.2))
        layout.addLayout(both, 1)
        layout.addWidget(self.buttons)
        self.edit.setFocus()
        open_at(self, 110, 26)

    def text(self) -> str:
        """The comment without blanks around it; "" takes an earlier comment back."""
        return self.edit.toPlainText().strip()

    def codes(self) -> tuple[str, ...]:
        """Codes of the phrases that stand in the comment."""
        return codes_in(self._phrases, self.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter saves from the text, and inserts a phrase from the list; none is marked before the keys go there."""
        entered = watched is self.phrases and event.type() == QEvent.Type.FocusIn
        if entered and not self.phrases.currentIndex().isValid():
            model = self.phrases.model()
            self.phrases.setCurrentIndex(model.index(0, 0, model.index(0, 0)))
            self.phrases.scrollToTop()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            if watched is self.phrases:
                self._insert(self.phrases.currentIndex())
                return True
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.accept()
                return True
        return super().eventFilter(watched, event)

    def _phrases_view(self, groups: Sequence[PhraseGroup]) -> QTreeView:
        bold = self.font()
        bold.setBold(True)

        def read(line: _Line, _column: int, role: int) -> object:
            if role == Qt.ItemDataRole.FontRole and line.children:
                return bold
            return line.text if role == Qt.ItemDataRole.DisplayRole else None

        model = TreeModel(1, read, self, selectable=lambda line: not line.children)
        model.show_tree([_Line(data_text(g.name), tuple(_Line(data_text(p.text)) for p in g.phrases)) for g in groups])
        view = QTreeView()
        view.setAccessibleName(self.tr("Phrases; Enter or a click inserts one"))
        view.setModel(model)
        view.setHeaderHidden(True)
        view.setRootIsDecorated(False)
        view.setIndentation(2 * self.fontMetrics().averageCharWidth())
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setUniformRowHeights(True)
        view.expandAll()
        view.setItemsExpandable(False)
        view.installEventFilter(self)
        view.clicked.connect(self._insert)
        return view

    def _insert(self, index: QModelIndex) -> None:
        if not index.isValid() or not index.parent().isValid():
            return
        cursor = self.edit.textCursor()
        before = self.edit.toPlainText()[: cursor.selectionStart()]
        glue = "" if not before or before.endswith("\n") else (" " if before.endswith((";", ",", ".")) else "; ")
        if before.endswith(" "):
            glue = ""
        cursor.insertText(glue + str(index.data()))
        self.edit.setTextCursor(cursor)
