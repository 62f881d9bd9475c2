"""Bar below the gallery that lists the labelling shortcuts; each can be clicked."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from leukview.gui.app.action_table import LABEL_PREFIX, ActionSpec
from leukview.gui.app.i18n import translate_data

_LEADING_ACTIONS = ("accept", "next", "undo")


class ShortcutBar(QLabel):
    """One line of shortcuts with the names of their actions, as links.

    Signals:
        action_clicked: Key of the action that was clicked.
    """

    action_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions_shown: tuple[ActionSpec, ...] = ()
        self.shown_by_user = True
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setContentsMargins(8, 4, 8, 4)
        font = self.font()
        font.setPointSizeF(0.92 * font.pointSizeF())
        self.setFont(font)
        self.setAccessibleName(self.tr("Label keys"))
        self.linkActivated.connect(self.action_clicked)

    def set_action_table(self, table: Iterable[ActionSpec]) -> None:
        """Show the shortcuts of an action table; actions without one are left out."""
        by_key = {spec.key: spec for spec in table}
        labels = [spec for spec in by_key.values() if spec.key.startswith(LABEL_PREFIX)]
        self._actions_shown = tuple(spec for spec in (*(by_key[k] for k in _LEADING_ACTIONS), *labels) if spec.shortcut)
        self._update_text()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Rebuild the text when the palette changes: its colours are in the HTML."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._update_text()

    def _update_text(self) -> None:
        colours = self.palette()
        key = colours.color(QPalette.ColorRole.WindowText).name()
        name = colours.color(QPalette.ColorRole.PlaceholderText).name()
        shown = []
        for spec in self._actions_shown:
            native = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            shortcut, text = (_non_breaking_html(plain) for plain in (native, translate_data(spec.text)))
            shown.append(
                f'<a href="{escape(spec.key)}" style="text-decoration:none"><b style="color:{key}">{shortcut}</b>'
                f'&nbsp;<span style="color:{name}">{text}</span></a>'
            )
        self.setText(" &nbsp; ".join(shown))


def _non_breaking_html(text: str) -> str:
    """Escape a text as HTML without line breaks, also between Chinese characters."""
    joined = text if text.isascii() else "\u2060".join(text)
    return escape(joined).replace(" ", "&nbsp;")
