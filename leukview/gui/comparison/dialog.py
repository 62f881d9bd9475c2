"""One cell beside others: the laboratory's reference atlas, or further cells of the slide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.gui.imaging.image_view import PictureView
from leukview.gui.imaging.overlays import to_qimage
from leukview.gui.widgets.dialog_helpers import heading, open_at, wrapped

STRIP_PX = 72

Index = QModelIndex | QPersistentModelIndex

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Beside:
    """A cell that can stand beside the one on the bench.

    Attributes:
        id: Of the cell.
        title: Its class, or its number.
        facts: Where it comes from, and who said what it is, one line each.
        number: Of a cell of this slide; 0 = it comes from elsewhere and is numbered by its place.
    """

    id: str
    title: str
    facts: tuple[str, ...]
    number: int = 0


def _icon(pixmap: QPixmap) -> QIcon:
    """An icon that keeps its colours when it is selected: the stain is what one looks at."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


class CellStrip(QAbstractListModel):
    """The cells to compare with, each with its small picture once it has come."""

    def __init__(self, blank: QColor, parent: QObject) -> None:
        super().__init__(parent)
        pixmap = QPixmap(STRIP_PX, STRIP_PX)
        pixmap.fill(blank)
        self._blank = _icon(pixmap)
        self._others: list[Beside] = []
        self._icons: dict[str, QIcon] = {}

    def show_cells(self, others: Sequence[Beside]) -> None:
        """Show these; their pictures follow."""
        self.beginResetModel()
        self._others, self._icons = list(others), {}
        self.endResetModel()

    def cell(self, row: int) -> Beside | None:
        """The cell of a row."""
        return self._others[row] if 0 <= row < len(self._others) else None

    def set_icon(self, cell_id: str, icon: QIcon) -> None:
        """The small picture of a cell has come."""
        self._icons[cell_id] = icon
        for row in (at for at, other in enumerate(self._others) if other.id == cell_id):
            self.dataChanged.emit(self.index(row), self.index(row))

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._others)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        other = self._others[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(other.number or index.row() + 1)
            case Qt.ItemDataRole.DecorationRole:
                return self._icons.get(other.id, self._blank)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join((other.title, *other.facts))
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join((other.title, *other.facts))
        return None


class _Side(QWidget):
    """A picture under its title, with lines below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = heading("", 1.15)
        self.picture = PictureView()
        self.picture.setAccessibleName(name)
        self.facts = wrapped("")
        self.facts.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.facts)


class CompareDialog(QDialog):
    """Two cells at one zoom. ← → walk through those on the right, ↑ ↓ through the slide.

    Signals:
        asked: The source (``atlas`` or ``slide``) and class key chosen: answer with `show_others`.
        stepped: −1 or 1: the cell before or after on the bench; answer with `show_cell`.
        picture_wanted: Id of the cell on the right: answer with `set_other_picture`.
    """

    asked = Signal(str, str)
    stepped = Signal(int)
    picture_wanted = Signal(str)

    def __init__(self, classes: Sequence[tuple[str, str]], *, several: bool, parent: QWidget | None = None) -> None:
        """`classes`: keys and names, in order. `several`: cells of the slide are selected to compare with."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare"))
        self.left = _Side(self.tr("Picture of the cell on the bench"))
        self.right = _Side(self.tr("Picture of the cell beside it"))
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("What the cell is compared with"))
        self.source.addItem(self.tr("Reference atlas of this laboratory"), "atlas")
        if several:
            self.source.addItem(self.tr("Other selected cells"), "slide")
        self.of_class = QComboBox()
        self.of_class.setAccessibleName(self.tr("Class of the reference cells"))
        for key, name in classes:
            self.of_class.addItem(name, key)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.strip = QListView()
        self.cells = CellStrip(self.palette().midlight().color(), self)
        self.strip.setModel(self.cells)
        self.strip.setAccessibleName(self.tr("Cells to compare with"))
        self.strip.setViewMode(QListView.ViewMode.IconMode)
        self.strip.setFlow(QListView.Flow.LeftToRight)
        self.strip.setWrapping(False)
        self.strip.setMovement(QListView.Movement.Static)
        self.strip.setIconSize(QSize(STRIP_PX, STRIP_PX))
        self.strip.setUniformItemSizes(True)
        self.strip.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        bar = self.strip.horizontalScrollBar().sizeHint().height()
        self.strip.setFixedHeight(STRIP_PX + self.fontMetrics().height() + bar + 14)
        self.strip.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows walk wherever the focus is
        self._shown = ""
        self._syncing = False
        self._lay_out()
        self.source.currentIndexChanged.connect(self._ask)
        self.of_class.currentIndexChanged.connect(self._ask)
        self.strip.selectionModel().currentChanged.connect(self._on_other)
        self.left.picture.zoomed.connect(self._follow_left)
        self.right.picture.zoomed.connect(self._follow_right)
        open_at(self, 160, 52)

    def _lay_out(self) -> None:
        chosen = QHBoxLayout()
        chosen.addWidget(self.source)
        chosen.addWidget(self.of_class)
        chosen.addStretch(1)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(self.left, 1)
        pair.addWidget(self.right, 1)
        keys = QLabel(self.tr("← → other cell   ↑ ↓ cell of the slide   + − 0 zoom   Esc close"))
        keys.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(keys, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(chosen)
        layout.addLayout(pair, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.strip)
        layout.addLayout(foot)

    # ---- what is compared
    @property
    def wanted(self) -> tuple[str, str]:
        """Source and class key chosen."""
        return str(self.source.currentData()), str(self.of_class.currentData() or "")

    def choose(self, source: str, class_key: str) -> None:
        """Choose what is compared, and ask for it."""
        with QSignalBlocker(self.source), QSignalBlocker(self.of_class):
            self.source.setCurrentIndex(max(0, self.source.findData(source)))
            self.of_class.setCurrentIndex(max(0, self.of_class.findData(class_key)))
        self._ask()

    def _ask(self) -> None:
        source, key = self.wanted
        self.of_class.setVisible(source == "atlas")
        self.asked.emit(source, key)

    def show_cell(self, cell: Beside) -> None:
        """The cell on the left; its picture follows."""
        self.left.title.setText(cell.title)
        self.left.facts.setText("\n".join(cell.facts))
        self.left.picture.set_pixels(None)

    def set_picture(self, image: Image | None, message: str = "") -> None:
        """The picture on the left, or why there is none."""
        self.left.picture.set_pixels(image, message)
        self._fit()

    def show_others(self, others: Sequence[Beside], note: str) -> None:
        """The cells on the right, the first one shown; `note` says how they are ordered, or why there is none."""
        self._shown = ""
        self.note.setText(note)
        self.cells.show_cells(others)
        self.strip.setVisible(bool(others))
        self.right.title.setText("" if others else self.tr("No cell to compare with"))
        self.right.facts.clear()
        self.right.picture.set_pixels(None, "" if others else note)
        if others:
            self._go_to(0)

    def set_thumbnail(self, cell_id: str, image: Image | None) -> None:
        """The small picture of a cell on the right, None when it cannot be read."""
        if image is not None:
            smooth = Qt.TransformationMode.SmoothTransformation
            side = round(STRIP_PX * self.devicePixelRatioF())
            small = to_qimage(image).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, smooth)
            self.cells.set_icon(cell_id, _icon(QPixmap.fromImage(small)))

    def set_other_picture(self, cell_id: str, image: Image | None, message: str = "") -> None:
        """The picture on the right, if it is still the cell that is shown there."""
        if cell_id == self._shown:
            self.right.picture.set_pixels(image, message)
            self._fit()

    @property
    def other(self) -> str:
        """Id of the cell on the right; "" when there is none."""
        return self._shown

    def _go_to(self, row: int) -> None:
        self.strip.setCurrentIndex(self.cells.index(min(self.cells.rowCount() - 1, max(0, row))))

    def _on_other(self, index: QModelIndex, _previous: object = None) -> None:
        other = self.cells.cell(index.row())
        if other is None:
            return
        self._shown = other.id
        self.right.title.setText(other.title)
        self.right.facts.setText("\n".join(other.facts))
        self.right.picture.set_pixels(None)
        self.picture_wanted.emit(other.id)

    # ---- one zoom for both
    def _fit(self) -> None:
        """Both at the zoom at which the larger one fits, unless the user chose a zoom."""
        pictures = [p for p in (self.left.picture, self.right.picture) if p.pixels is not None]
        if not pictures or self._syncing:
            return
        self._syncing = True
        try:
            for picture in pictures:
                picture.zoom_fit()
            zoom = min(p.zoom for p in pictures)
            for picture in pictures:
                picture.show_at(zoom)
        finally:
            self._syncing = False

    def _follow_left(self, zoom: float) -> None:
        self._follow(self.right.picture, zoom)

    def _follow_right(self, zoom: float) -> None:
        self._follow(self.left.picture, zoom)

    def _follow(self, other: PictureView, zoom: float) -> None:
        if not self._syncing:
            self._syncing = True
            try:
                other.show_at(zoom)
            finally:
                self._syncing = False

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        match event.key():
            case keys.Key_Left | keys.Key_Right:
                step = 1 if event.key() == keys.Key_Right else -1
                self._go_to(self.strip.currentIndex().row() + step)
            case keys.Key_Up | keys.Key_Down:
                self.stepped.emit(1 if event.key() == keys.Key_Down else -1)
            case keys.Key_Plus | keys.Key_Equal:
                self.left.picture.zoom_in()
            case keys.Key_Minus:
                self.left.picture.zoom_out()
            case keys.Key_0:
                self._fit()
            case _:
                super().keyPressEvent(event)
