"""Dialog of the keyboard shortcuts: look up, change, export as a card."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QMarginsF, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukview.gui.app.action_table import ActionCategory, ActionSpec, shortcut_owner, with_shortcut
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import fit_columns, read_only_table, set_initial_size, wrapping_label
from leukview.gui.widgets.file_dialogs import save_dialog

Index = QModelIndex | QPersistentModelIndex


def native_shortcut(shortcut: str) -> str:
    """Return a shortcut in the platform's native notation."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def shortcuts_html(table: Sequence[ActionSpec]) -> str:
    """Return the shortcut card as HTML.

    The shortcuts of labels are in one column, all others in the other, in the order of the action table.
    """
    with_key = [s for s in table if s.shortcut]
    columns = []
    for labels in (True, False):
        parts = []
        for group, members in groupby(
            (s for s in with_key if (s.category is ActionCategory.LABEL) == labels), lambda s: s.category
        ):
            lines = "".join(
                f"<tr><td width='90'><b>{escape(native_shortcut(s.shortcut))}</b></td>"
                f"<td>{escape(translate_data(s.text if labels else s.tool_tip or s.text))}</td></tr>"
                for s in members
            )
            parts.append(f"<h3>{escape(translate_data(group.value))}</h3><table cellspacing='3'>{lines}</table>")
        columns.append(f"<td valign='top'>{''.join(parts)}</td>")
    return f"<table width='100%'><tr>{''.join(columns)}</tr></table>"


def write_shortcuts_pdf(table: Sequence[ActionSpec], output: Path) -> None:
    """Write the shortcut card as an A4 PDF.

    Raises:
        OSError: The file cannot be written.
    """
    with output.open("ab"):  # QPdfWriter does not report a missing write permission
        pass
    writer = QPdfWriter(str(output))
    writer.setTitle(translate_data("LeukView: keys"))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(18, 15, 18, 15), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setHtml(f"<h2>{escape(translate_data('LeukView: keys'))}</h2>{shortcuts_html(table)}")
    document.print_(writer)


class ShortcutsModel(QAbstractTableModel):
    """Table model of the shortcuts, one row per action."""

    def __init__(self, table: tuple[ActionSpec, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.table = table

    def set_table(self, table: tuple[ActionSpec, ...]) -> None:
        """Replace the shortcuts; `table` has the same actions."""
        self.table = table
        self.dataChanged.emit(self.index(0, 0), self.index(len(table) - 1, 3))

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of actions."""
        return 0 if parent is not None and parent.isValid() else len(self.table)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the heading of a column."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Key"), self.tr("Menu"), self.tr("Action"), self.tr("Description"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of one field for a role."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        spec = self.table[index.row()]
        return (native_shortcut(spec.shortcut), *map(translate_data, (spec.category.value, spec.text, spec.tool_tip)))[
            index.column()
        ]


class ShortcutsDialog(QDialog):
    """Shows all shortcuts; the shortcut of the selected action can be changed."""

    shortcuts_changed = Signal(object)  # the whole table

    def __init__(
        self, table: tuple[ActionSpec, ...], defaults: tuple[ActionSpec, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self._default_shortcuts = {s.key: s.shortcut for s in defaults}
        self.model = ShortcutsModel(table, self)
        self.view = read_only_table(self.tr("Actions and their keys"))
        self.view.setModel(self.model)
        fit_columns(self.view, 44)
        self.view.horizontalHeader().setStretchLastSection(True)
        self.shortcut_edit = QKeySequenceEdit()
        self.shortcut_edit.setMaximumSequenceLength(1)
        self.shortcut_edit.setAccessibleName(self.tr("New key: press it here"))
        self.set_button = QPushButton(self.tr("&Set"))
        self.default_button = QPushButton(self.tr("S&tandard"))
        self.card_button = QPushButton(self.tr("Save as &card…"))
        self.message_label = wrapping_label("")
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Key for the chosen action:")))
        row.addWidget(self.shortcut_edit, 1)
        row.addWidget(self.set_button)
        row.addWidget(self.default_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.card_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        for button in (*buttons.buttons(), self.set_button, self.default_button):
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)  # Enter may be the shortcut that the user wants to assign
        self.set_button.clicked.connect(self._assign_typed)
        self.default_button.clicked.connect(self._assign_default)
        self.card_button.clicked.connect(self._choose_card_file)
        self.view.selectionModel().currentRowChanged.connect(self._show_current)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addLayout(row)
        layout.addWidget(self.message_label)
        layout.addWidget(buttons)
        self.view.selectRow(0)
        set_initial_size(self, 150, 36)

    def _current_action(self) -> ActionSpec:
        return self.model.table[max(0, self.view.currentIndex().row())]

    def _show_current(self) -> None:
        self.shortcut_edit.setKeySequence(QKeySequence(self._current_action().shortcut))
        self.message_label.setText("")

    def _assign_typed(self) -> None:
        self._assign(self.shortcut_edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText))

    def _assign_default(self) -> None:
        self._assign(self._default_shortcuts[self._current_action().key])
        self._show_current()

    def _assign(self, shortcut: str) -> None:
        spec = self._current_action()
        taken = shortcut_owner(self.model.table, spec.key, shortcut)
        if taken:
            self.message_label.setText(
                self.tr("{0} is already used for “{1}”. Assign another key to that action first.").format(
                    native_shortcut(shortcut), translate_data(taken.text)
                )
            )
            return
        self.model.set_table(with_shortcut(self.model.table, spec.key, shortcut))
        self.message_label.setText(
            self.tr("The key for “{0}” is now {1}.").format(translate_data(spec.text), native_shortcut(shortcut))
            if shortcut
            else self.tr("“{0}” has no key now.").format(translate_data(spec.text))
        )
        self.shortcuts_changed.emit(self.model.table)

    def _choose_card_file(self) -> None:
        dialog = save_dialog(self, self.tr("Save as card"), "", self.tr("PDF (*.pdf)"), "leukview-keys.pdf")
        dialog.fileSelected.connect(self.save_card)
        dialog.open()

    def save_card(self, path: str) -> None:
        """Write the card, and show its path or why it could not be written."""
        try:
            write_shortcuts_pdf(self.model.table, Path(path))
        except OSError as error:
            self.message_label.setText(self.tr("The key card cannot be saved: {0}.").format(error.strerror))
        else:
            self.message_label.setText(self.tr("The key card was saved: {0}").format(path))
