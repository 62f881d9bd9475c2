"""Small widgets and size helpers that the dialogs share."""

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
    """A bold label, `scale` times the normal font size."""
    label = wrapping_label(text)
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(scale * font.pointSizeF())
    label.setFont(font)
    return label


def wrapping_label(text: str) -> QLabel:
    """A plain-text label that wraps and whose text can be selected."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def icon_row(icon: QStyle.StandardPixmap, label: QLabel) -> QWidget:
    """A label with one of the style's standard icons before it."""
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
    """A line edit with a button after it, as one widget.

    The line edit is its focus proxy, so that the mnemonic of a buddy label focuses it.
    """
    both = QWidget()
    layout = QHBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(edit, 1)
    layout.addWidget(button)
    both.setFocusProxy(edit)
    return both


def set_default_button(button: QPushButton) -> None:
    """Let Return press this button of a dialog wherever the focus is, except on another button.

    Call it when the button is in the dialog's layout. A button that is made the default before is not registered by the
    dialog, which then falls back on whichever button had the focus last, for instance Cancel.
    """
    button.setDefault(False)
    button.setDefault(True)


class PathEdit(QLineEdit):
    """A line edit for a path; shows its start after editing, the tool tip all of it."""

    def __init__(self, path: str, name: str) -> None:
        """Create the line edit.

        Args:
            path: Initial path.
            name: Accessible name, for screen readers.
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
    """A read-only table without grid, selected by rows, with compact row height.

    Args:
        accessible_name: Name for screen readers.
    """
    table = QTableView()
    table.setAccessibleName(accessible_name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)  # Tab leaves the table; arrow keys move inside it
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(round(1.6 * table.fontMetrics().height()))
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setResizeContentsPrecision(200)  # rows measured; thousands would take seconds
    return table


def fit_columns(table: QTableView, max_width_em: int = 60) -> None:
    """Fit each column to its contents plus a margin, up to `max_width_em` characters."""
    em = table.fontMetrics().averageCharWidth()
    table.resizeColumnsToContents()
    header = table.horizontalHeader()
    for column in range(header.count()):
        header.resizeSection(column, min(header.sectionSize(column) + em, max_width_em * em))


def set_initial_size(dialog: QDialog, width_em: int, lines: int) -> None:
    """Set a dialog's initial size in characters and lines, limited to the screen.

    Args:
        dialog: The dialog; made scrollable if its contents do not fit the screen.
        width_em: Width in average characters; at most 95 % of the screen.
        lines: Height in lines of text; at most 90 % of the screen.
    """
    metrics, screen_size = dialog.fontMetrics(), dialog.screen().availableSize()
    make_scrollable(dialog, screen_size)
    dialog.resize(
        min(width_em * metrics.averageCharWidth(), round(0.95 * screen_size.width())),
        min(lines * metrics.lineSpacing(), round(0.9 * screen_size.height())),
    )


def fit_height(dialog: QDialog) -> None:
    """Grow a dialog to the height of its contents, at most 90 % of the screen.

    It scrolls when the contents do not fit the screen.
    """
    screen_size = dialog.screen().availableSize()
    make_scrollable(dialog, screen_size)
    layout = dialog.layout()
    if layout is None:
        return
    layout.activate()
    needed = layout.totalHeightForWidth(dialog.width()) if layout.hasHeightForWidth() else dialog.sizeHint().height()
    dialog.resize(dialog.width(), min(max(dialog.height(), needed), round(0.9 * screen_size.height())))


def scrolling_area(body: QWidget) -> QScrollArea:
    """A scroll area for a dialog's body, for small screens and large fonts."""
    area = QScrollArea()
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def make_scrollable(dialog: QDialog, available: QSize) -> None:
    """Put a dialog's contents into a scroll area if they need more than `available`.

    This happens on small screens and on desktops scaled to 300 %.
    """
    layout, needed = dialog.layout(), dialog.minimumSizeHint()
    if layout is None or (needed.width() <= available.width() and needed.height() <= available.height()):
        return
    body = QWidget()
    body.setLayout(layout)  # moves the layout and its widgets out of the dialog
    area = scrolling_area(body)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    outer = QVBoxLayout(dialog)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)


def fit_to_body(dialog: QDialog, area: QScrollArea, body: QWidget, width_em: int) -> None:
    """Set a dialog's width in characters and the height its body then needs.

    The height is computed for the width beside a vertical scroll bar: a scroll area that shows one removes it only
    when the body fits at that width.

    Args:
        dialog: The dialog; at most 95 % of the screen wide and 90 % high.
        area: Scroll area that holds `body`.
        body: Widget with height-for-width.
        width_em: Width in average characters.
    """
    screen_size = dialog.screen().availableSize()
    width = min(width_em * dialog.fontMetrics().averageCharWidth(), round(0.95 * screen_size.width()))
    around = dialog.sizeHint() - area.sizeHint()
    bar = dialog.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    needed = body.heightForWidth(width - around.width() - bar) + around.height()
    dialog.resize(width, min(needed, round(0.9 * screen_size.height())))
