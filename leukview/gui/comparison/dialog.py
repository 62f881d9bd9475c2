"""Dialog that shows a cell beside atlas cells or other cells of the slide."""

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

from leukview.gui.imaging.image_view import ImageView
from leukview.gui.imaging.overlays import to_qimage
from leukview.gui.widgets.dialog_helpers import heading_label, set_initial_size, wrapping_label

STRIP_THUMBNAIL_PX = 72

Index = QModelIndex | QPersistentModelIndex

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ComparisonCell:
    """Texts of a cell in the comparison dialog.

    Attributes:
        id: Cell id.
        title: Its class or its number.
        facts: Its origin and its labels, one line each.
        number: Number of a cell of the open slide; 0 = atlas cell, shown with its position in the list.
    """

    id: str
    title: str
    facts: tuple[str, ...]
    number: int = 0


def _icon(pixmap: QPixmap) -> QIcon:
    """Return an icon whose stain colours are not altered by the selection."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


class CellStripModel(QAbstractListModel):
    """List model of the cells to compare with; thumbnails are set when loaded."""

    def __init__(self, blank: QColor, parent: QObject) -> None:
        super().__init__(parent)
        pixmap = QPixmap(STRIP_THUMBNAIL_PX, STRIP_THUMBNAIL_PX)
        pixmap.fill(blank)
        self._placeholder_icon = _icon(pixmap)
        self._cells: list[ComparisonCell] = []
        self._icons: dict[str, QIcon] = {}

    def show_cells(self, others: Sequence[ComparisonCell]) -> None:
        """Replace the cells; their thumbnails are set later."""
        self.beginResetModel()
        self._cells, self._icons = list(others), {}
        self.endResetModel()

    def cell(self, row: int) -> ComparisonCell | None:
        """Return the cell of a row; None if there is no such row."""
        return self._cells[row] if 0 <= row < len(self._cells) else None

    def set_icon(self, cell_id: str, icon: QIcon) -> None:
        """Set the thumbnail of a cell."""
        self._icons[cell_id] = icon
        for row in (at for at, other in enumerate(self._cells) if other.id == cell_id):
            self.dataChanged.emit(self.index(row), self.index(row))

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._cells)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        other = self._cells[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(other.number or index.row() + 1)
            case Qt.ItemDataRole.DecorationRole:
                return self._icons.get(other.id, self._placeholder_icon)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join((other.title, *other.facts))
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join((other.title, *other.facts))
        return None


class _CellPane(QWidget):
    """Image of a cell with a title above and facts below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title_label = heading_label("", 1.15)
        self.image_view = ImageView()
        self.image_view.setAccessibleName(name)
        self.facts_label = wrapping_label("")
        self.facts_label.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.facts_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.title_label)
        layout.addWidget(self.image_view, 1)
        layout.addWidget(self.facts_label)


class CellComparisonDialog(QDialog):
    """Shows two cells at the same zoom.

    ← → step through the cells on the right, ↑ ↓ through the slide.

    Signals:
        cells_requested: Source (``atlas`` or ``slide``) and class key; the receiver calls `show_other_cells`.
        step_requested: −1 or 1 for the previous or next cell of the slide; the receiver calls `show_cell`.
        image_requested: Id of the cell on the right; the receiver calls `set_other_image`.
    """

    cells_requested = Signal(str, str)
    step_requested = Signal(int)
    image_requested = Signal(str)

    def __init__(
        self, classes: Sequence[tuple[str, str]], *, has_selected_cells: bool, parent: QWidget | None = None
    ) -> None:
        """Create the dialog.

        Args:
            classes: Class keys and names, in display order.
            has_selected_cells: Whether other cells of the slide are selected, so that they can be compared.
            parent: Parent widget.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare"))
        self.left = _CellPane(self.tr("Image of the current cell"))
        self.right = _CellPane(self.tr("Image of the comparison cell"))
        self.source_combo = QComboBox()
        self.source_combo.setAccessibleName(self.tr("Compare with"))
        self.source_combo.addItem(self.tr("Reference atlas of this laboratory"), "atlas")
        if has_selected_cells:
            self.source_combo.addItem(self.tr("Other selected cells"), "slide")
        self.class_combo = QComboBox()
        self.class_combo.setAccessibleName(self.tr("Class of the reference cells"))
        for key, name in classes:
            self.class_combo.addItem(name, key)
        self.note_label = QLabel()
        self.note_label.setTextFormat(Qt.TextFormat.PlainText)
        self.note_label.setWordWrap(True)
        self.strip_view = QListView()
        self.strip_model = CellStripModel(self.palette().midlight().color(), self)
        self.strip_view.setModel(self.strip_model)
        self.strip_view.setAccessibleName(self.tr("Cells to compare with"))
        self.strip_view.setViewMode(QListView.ViewMode.IconMode)
        self.strip_view.setFlow(QListView.Flow.LeftToRight)
        self.strip_view.setWrapping(False)
        self.strip_view.setMovement(QListView.Movement.Static)
        self.strip_view.setIconSize(QSize(STRIP_THUMBNAIL_PX, STRIP_THUMBNAIL_PX))
        self.strip_view.setUniformItemSizes(True)
        self.strip_view.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        bar = self.strip_view.horizontalScrollBar().sizeHint().height()
        self.strip_view.setFixedHeight(STRIP_THUMBNAIL_PX + self.fontMetrics().height() + bar + 14)
        self.strip_view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys work wherever the focus is
        self._other_cell_id = ""
        self._syncing = False
        self._build_layout()
        self.source_combo.currentIndexChanged.connect(self._request_cells)
        self.class_combo.currentIndexChanged.connect(self._request_cells)
        self.strip_view.selectionModel().currentChanged.connect(self._on_other_selected)
        self.left.image_view.zoom_changed.connect(self._sync_from_left)
        self.right.image_view.zoom_changed.connect(self._sync_from_right)
        set_initial_size(self, 160, 52)

    def _build_layout(self) -> None:
        chosen = QHBoxLayout()
        chosen.addWidget(self.source_combo)
        chosen.addWidget(self.class_combo)
        chosen.addStretch(1)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(self.left, 1)
        pair.addWidget(self.right, 1)
        keys = QLabel(self.tr("← → change comparison cell   ↑ ↓ change slide cell   + − 0 zoom   Esc close"))
        keys.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(keys, 1)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addLayout(chosen)
        layout.addLayout(pair, 1)
        layout.addWidget(self.note_label)
        layout.addWidget(self.strip_view)
        layout.addLayout(foot)

    # ---- cells to compare
    @property
    def selection(self) -> tuple[str, str]:
        """Selected source and class key."""
        return str(self.source_combo.currentData()), str(self.class_combo.currentData() or "")

    def select_source(self, source: str, class_key: str) -> None:
        """Select source and class, and request the cells."""
        with QSignalBlocker(self.source_combo), QSignalBlocker(self.class_combo):
            self.source_combo.setCurrentIndex(max(0, self.source_combo.findData(source)))
            self.class_combo.setCurrentIndex(max(0, self.class_combo.findData(class_key)))
        self._request_cells()

    def _request_cells(self) -> None:
        source, key = self.selection
        self.class_combo.setVisible(source == "atlas")
        self.cells_requested.emit(source, key)

    def show_cell(self, cell: ComparisonCell) -> None:
        """Show a cell on the left; its image is set later."""
        self.left.title_label.setText(cell.title)
        self.left.facts_label.setText("\n".join(cell.facts))
        self.left.image_view.set_pixels(None)

    def set_image(self, image: Image | None, message: str = "") -> None:
        """Show the image on the left, or `message` if it cannot be loaded."""
        self.left.image_view.set_pixels(image, message)
        self._fit_both()

    def show_other_cells(self, others: Sequence[ComparisonCell], note: str) -> None:
        """Set the cells on the right and show the first one.

        Args:
            others: The cells; may be empty.
            note: How they are ordered, or why there are none.
        """
        self._other_cell_id = ""
        self.note_label.setText(note)
        self.strip_model.show_cells(others)
        self.strip_view.setVisible(bool(others))
        self.right.title_label.setText("" if others else self.tr("No cell to compare with"))
        self.right.facts_label.clear()
        self.right.image_view.set_pixels(None, "" if others else note)
        if others:
            self._select_other(0)

    def set_thumbnail(self, cell_id: str, image: Image | None) -> None:
        """Set the thumbnail of a cell on the right; None if it cannot be read."""
        if image is not None:
            smooth = Qt.TransformationMode.SmoothTransformation
            side = round(STRIP_THUMBNAIL_PX * self.devicePixelRatioF())
            small = to_qimage(image).scaled(side, side, Qt.AspectRatioMode.KeepAspectRatioByExpanding, smooth)
            self.strip_model.set_icon(cell_id, _icon(QPixmap.fromImage(small)))

    def set_other_image(self, cell_id: str, image: Image | None, message: str = "") -> None:
        """Show the image on the right; ignored if another cell is shown there by now."""
        if cell_id == self._other_cell_id:
            self.right.image_view.set_pixels(image, message)
            self._fit_both()

    @property
    def other_cell_id(self) -> str:
        """Id of the cell on the right; "" if none."""
        return self._other_cell_id

    def _select_other(self, row: int) -> None:
        self.strip_view.setCurrentIndex(self.strip_model.index(min(self.strip_model.rowCount() - 1, max(0, row))))

    def _on_other_selected(self, index: QModelIndex, _previous: object = None) -> None:
        other = self.strip_model.cell(index.row())
        if other is None:
            return
        self._other_cell_id = other.id
        self.right.title_label.setText(other.title)
        self.right.facts_label.setText("\n".join(other.facts))
        self.right.image_view.set_pixels(None)
        self.image_requested.emit(other.id)

    # ---- common zoom
    def _fit_both(self) -> None:
        """Show both images at the zoom at which the larger one fits."""
        views = [v for v in (self.left.image_view, self.right.image_view) if v.pixels is not None]
        if not views or self._syncing:
            return
        self._syncing = True
        try:
            for view in views:
                view.zoom_fit()
            zoom = min(v.zoom for v in views)
            for view in views:
                view.set_zoom(zoom)
        finally:
            self._syncing = False

    def _sync_from_left(self, zoom: float) -> None:
        self._sync_zoom(self.right.image_view, zoom)

    def _sync_from_right(self, zoom: float) -> None:
        self._sync_zoom(self.left.image_view, zoom)

    def _sync_zoom(self, other: ImageView, zoom: float) -> None:
        if not self._syncing:
            self._syncing = True
            try:
                other.set_zoom(zoom)
            finally:
                self._syncing = False

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_both()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        match event.key():
            case keys.Key_Left | keys.Key_Right:
                step = 1 if event.key() == keys.Key_Right else -1
                self._select_other(self.strip_view.currentIndex().row() + step)
            case keys.Key_Up | keys.Key_Down:
                self.step_requested.emit(1 if event.key() == keys.Key_Down else -1)
            case keys.Key_Plus | keys.Key_Equal:
                self.left.image_view.zoom_in()
            case keys.Key_Minus:
                self.left.image_view.zoom_out()
            case keys.Key_0:
                self._fit_both()
            case _:
                super().keyPressEvent(event)
