"""Small parts that the dialogs share."""

from __future__ import annotations

from PySide6.QtCore import QDir, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override


def heading_label(text: str, scale: float = 1.0) -> QLabel:
    """A bold line; `scale` times the normal size."""
    label = wrapping_label(text)
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(scale * font.pointSizeF())
    label.setFont(font)
    return label


def wrapping_label(text: str) -> QLabel:
    """Plain text that breaks into lines and can be copied."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def icon_row(icon: QStyle.StandardPixmap, label: QLabel) -> QWidget:
    """A text with one of the style's signs before it."""
    line = QWidget()
    sign = QLabel()
    side = round(1.8 * line.fontMetrics().height())
    sign.setPixmap(line.style().standardIcon(icon).pixmap(side, side))
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(label, 1)
    return line


def with_button(edit: QLineEdit, button: QPushButton) -> QWidget:
    """A line to fill in with a button after it, as one part; a label's key leads to the line."""
    both = QWidget()
    layout = QHBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(edit, 1)
    layout.addWidget(button)
    both.setFocusProxy(edit)
    return both


class PathEdit(QLineEdit):
    """A line with a path: while nobody writes in it, it is seen from its beginning; the tooltip tells all of it."""

    def __init__(self, path: str, name: str) -> None:
        """Make the line.

        Args:
            path: The path to begin with.
            name: What a screen reader calls it.
        """
        super().__init__()
        self.setAccessibleName(name)
        self.textChanged.connect(self.setToolTip)
        self.editingFinished.connect(self._show_beginning)
        self.setText(path)

    @override
    def setText(self, text: str | None) -> None:
        super().setText(QDir.toNativeSeparators(text or ""))
        self._show_beginning()

    def _show_beginning(self) -> None:
        self.setCursorPosition(0)


def read_only_table(accessible_name: str) -> QTableView:
    """A table to read: whole rows, no grid, lines as high as the text needs.

    Args:
        name: What a screen reader calls it.
    """
    table = QTableView()
    table.setAccessibleName(accessible_name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)  # the tabulator leaves the table; the arrows move in it
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(round(1.6 * table.fontMetrics().height()))
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setResizeContentsPrecision(200)  # rows looked at; thousands would take seconds
    return table


def fit_columns(table: QTableView, max_width_em: int = 60) -> None:
    """Make each column as wide as its words, with a margin, up to `widest_em` average characters."""
    em = table.fontMetrics().averageCharWidth()
    table.resizeColumnsToContents()
    header = table.horizontalHeader()
    for column in range(header.count()):
        header.resizeSection(column, min(header.sectionSize(column) + em, max_width_em * em))


def set_initial_size(dialog: QDialog, width_em: int, lines: int) -> None:
    """Give a dialog its first size in characters and lines, never larger than the screen leaves room for."""
    metrics, room = dialog.fontMetrics(), dialog.screen().availableSize()
    make_scrollable(dialog, room)
    dialog.resize(
        min(width_em * metrics.averageCharWidth(), round(0.95 * room.width())),
        min(lines * metrics.lineSpacing(), round(0.9 * room.height())),
    )


def fit_height(dialog: QDialog) -> None:
    """Make a dialog as high as its parts need now, never higher than the screen leaves room for: then it scrolls."""
    room = dialog.screen().availableSize()
    make_scrollable(dialog, room)
    layout = dialog.layout()
    if layout is None:
        return
    layout.activate()
    needed = layout.totalHeightForWidth(dialog.width()) if layout.hasHeightForWidth() else dialog.sizeHint().height()
    dialog.resize(dialog.width(), min(max(dialog.height(), needed), round(0.9 * room.height())))


def scrolling_area(body: QWidget) -> QScrollArea:
    """A dialog's body that scrolls when the screen is too small for it or the letters are large."""
    area = QScrollArea()
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def make_scrollable(dialog: QDialog, available: QSize) -> None:
    """Let a whole dialog scroll whose parts need more than `room`: a small screen, a desktop enlarged thrice."""
    layout, needed = dialog.layout(), dialog.minimumSizeHint()
    if layout is None or (needed.width() <= available.width() and needed.height() <= available.height()):
        return
    body = QWidget()
    body.setLayout(layout)  # takes it, and what lies in it, from the dialog
    area = scrolling_area(body)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    outer = QVBoxLayout(dialog)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)


def fit_to_body(dialog: QDialog, area: QScrollArea, body: QWidget, width_em: int) -> None:
    """Give a dialog the width of so many characters and the height that its body then needs, as far as it fits.

    The height is that beside a scroll bar: an area that has one asks for no less before it goes without.
    """
    room = dialog.screen().availableSize()
    width = min(width_em * dialog.fontMetrics().averageCharWidth(), round(0.95 * room.width()))
    around = dialog.sizeHint() - area.sizeHint()
    bar = dialog.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    needed = body.heightForWidth(width - around.width() - bar) + around.height()
    dialog.resize(width, min(needed, round(0.9 * room.height())))
