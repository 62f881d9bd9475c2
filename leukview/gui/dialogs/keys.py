"""The page of keys, printed from the action table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from leukview.gui.actions import ActionSpec, help_rows


def keys_page(table: Sequence[ActionSpec]) -> str:
    """The page as HTML: groups in the table's order, two keys a line."""
    parts = []
    rows = sorted(help_rows(table), key=lambda r: [s.group.value for s in table].index(r[0]))
    for group, members in groupby(rows, key=lambda r: r[0]):
        parts.append(f"<h3>{escape(group)}</h3><table cellspacing='6'>")
        for _, key, words in members:
            shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            parts.append(f"<tr><td><b>{escape(shown)}</b></td><td>{escape(words)}</td></tr>")
        parts.append("</table>")
    return "".join(parts)


class KeysDialog(QDialog):
    """Shows every key."""

    def __init__(self, table: Sequence[ActionSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        page = QTextBrowser()
        page.setHtml(keys_page(table))
        page.setAccessibleName(self.tr("Keys and what they do"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(page)
        layout.addWidget(buttons)
        self.resize(560, 680)
