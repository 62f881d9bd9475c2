"""Lets the keys of the gallery work wherever the keyboard focus is, except where they are needed otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_TEXT_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QKeySequenceEdit)
_SPACE_USERS = (QAbstractButton, QComboBox)  # Space presses or opens them


class _Scope(Enum):
    REVIEW_AREA = auto()  # the shortcuts work in gallery and cell panel only
    ALL_BUT_SPACE = auto()  # they work in the whole window, except Space
    ALL = auto()


class ShortcutScope(QObject):
    """Sets where the shortcuts of the review area work, by the widget that has the keyboard focus.

    Shortcuts that type a character (letters, digits, Space …) work in the whole window while a side panel has the
    focus, for instance after a click in the worklist. They do not work in text fields and over the panels (lock screen,
    tour), and Space not on a button. All others, such as Return, belong to the focused widget.

    Args:
        panels: Widget that holds all panels of the window.
        review_area: Gallery and cell panel, where all the actions work anyway.
        actions: Actions of the review area.
        parent: Parent object.
    """

    def __init__(
        self, panels: QWidget, review_area: QWidget, actions: Iterable[QAction], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._panels, self._review_area, self._actions = panels, review_area, tuple(actions)
        self._scope = _Scope.REVIEW_AREA
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def refresh(self) -> None:
        """Apply the scope again after shortcuts changed."""
        self._apply(self._scope)

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        scope = self._scope_of(now)
        if scope is not self._scope:
            self._scope = scope
            self._apply(scope)

    def _scope_of(self, focused: QWidget | None) -> _Scope:
        if focused is None:  # nothing in the window takes the key
            return _Scope.ALL
        if self._review_area.isAncestorOf(focused) or not self._panels.isAncestorOf(focused):
            return _Scope.REVIEW_AREA
        if isinstance(focused, _TEXT_FIELDS) or (isinstance(focused, QComboBox) and focused.isEditable()):
            return _Scope.REVIEW_AREA
        return _Scope.ALL_BUT_SPACE if isinstance(focused, _SPACE_USERS) else _Scope.ALL

    def _apply(self, scope: _Scope) -> None:
        contexts = Qt.ShortcutContext
        for action in self._actions:
            wide = scope is not _Scope.REVIEW_AREA and _types_character(action.shortcut())
            if scope is _Scope.ALL_BUT_SPACE and action.shortcut() == QKeySequence(Qt.Key.Key_Space):
                wide = False
            action.setShortcutContext(contexts.WindowShortcut if wide else contexts.WidgetWithChildrenShortcut)


def _types_character(shortcut: QKeySequence) -> bool:
    """Whether a shortcut is one key that types a character."""
    key = shortcut.toString().removeprefix("Shift+")
    return shortcut.count() == 1 and (len(key) == 1 or key == "Space")
