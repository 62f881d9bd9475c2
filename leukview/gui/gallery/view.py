"""Item view of the gallery: a grid of tiles in groups with sticky headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget
from typing_extensions import override

from leukview.gui.gallery.drag_drop import DragDropView
from leukview.gui.gallery.layout import MARGIN, GalleryLayout, GroupBand
from leukview.gui.gallery.model import CellGroup, GalleryModel, Index
from leukview.gui.gallery.painting import contiguous_ranges, paint_group_header


class GalleryView(DragDropView):
    """Shows a `GalleryModel` as tiles of equal size; paints only visible tiles.

    Signals:
        visible_changed: Other rows may be visible, after scrolling or a new layout.
    """

    visible_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts: dict[str, str] = {}
        self._tile_size = QSize(120, 138)
        self._layout = GalleryLayout((), 1, (1, 1), 1)
        self._anchor_row = 0
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @override
    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if isinstance(model, GalleryModel):
            model.groups_changed.connect(self._on_groups_changed)

    def set_tile_size(self, size: QSize) -> None:
        """Set the size of a tile with its caption, in logical pixels.

        The current cell stays at its position if it is visible, else the first visible one.
        """
        anchor = self._scroll_anchor()
        self._tile_size = size
        self._update_layout()
        self._restore_scroll_anchor(anchor)

    def _header_height(self) -> int:
        return self.fontMetrics().height() + 14

    def _update_layout(self) -> None:
        self._layout = self._make_layout()
        page = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setSingleStep(max(1, self._tile_size.height() // 3))
        bar.setRange(0, max(0, self._layout.height - page))
        self.viewport().update()
        self.visible_changed.emit()

    def _make_layout(self) -> GalleryLayout:
        groups = self.gallery_model().groups if self.model() else ()
        tile = self._tile_size.width(), self._tile_size.height()
        return GalleryLayout(groups, self.viewport().width(), tile, self._header_height())

    def _scroll_anchor(self) -> tuple[str, int] | None:
        """Id and top of the cell to keep in place: the current one, or first visible one.

        The current cell is used if it is visible. None when no cell is visible.
        """
        current = self.currentIndex()
        seen = self.viewport().rect()
        rows = self.visible_rows()
        row = current.row() if current.isValid() and seen.intersects(self.visualRect(current)) else -1
        if row < 0 and rows:
            row = rows[0]
        cell = self.gallery_model().cell_at(row) if row >= 0 and self.model() else None
        return (cell.cell.id, self.visualRect(self.gallery_model().index(row)).top()) if cell else None

    def _restore_scroll_anchor(self, anchor: tuple[str, int] | None) -> None:
        row = self.gallery_model().row_of(anchor[0]) if anchor else None
        if anchor is None or row is None:
            return
        moved = self.visualRect(self.gallery_model().index(row)).top() - anchor[1]
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)

    def preserve_position(self, change: Callable[[], None]) -> None:
        """Call `change()`, then restore scroll position, selection and current cell by id.

        They are restored only if the change reset the model.
        """
        anchor = self._scroll_anchor()
        model, selection = self.gallery_model(), self.selectionModel()
        cell = model.cell_at(self.currentIndex().row())
        rows, chosen = model.rows(), self.selected_rows()
        change()
        if selection.currentIndex().isValid() or not (cell or chosen):
            return
        self._restore_scroll_anchor(anchor)
        self.select_cells([rows[row].cell.id for row in chosen], current=cell.cell.id if cell else None)

    def select_cells(self, cells: list[str], current: str | None = None) -> None:
        """Select cells by id; those not shown are ignored.

        Args:
            cells: Ids.
            current: Id of the cell that becomes the current one; None = leave it.
        """
        model, selection = self.gallery_model(), QItemSelection()
        for first, last in contiguous_ranges(row for row in (model.row_of(c) for c in cells) if row is not None):
            selection.select(model.index(first), model.index(last))
        row = model.row_of(current) if current else None
        flags = QItemSelectionModel.SelectionFlag
        if row is not None:
            self.selectionModel().setCurrentIndex(model.index(row), flags.NoUpdate)
            self._anchor_row = row
        self.selectionModel().select(selection, flags.ClearAndSelect)

    def go_to(self, cell_id: str) -> None:
        """Select one cell only, make it current and scroll to it."""
        row = self.gallery_model().row_of(cell_id)
        if row is not None:
            index = self.gallery_model().index(row)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._anchor_row = row
            self.scrollTo(index)

    def selected_ids(self) -> list[str]:
        """Ids of the selected cells in display order; without a selection the current one."""
        rows = self.selected_rows()
        if not rows and self.currentIndex().isValid():
            rows = [self.currentIndex().row()]
        return [v.cell.id for v in (self.gallery_model().cell_at(r) for r in rows) if v]

    def select_group(self, key: str) -> None:
        """Select all cells of a group; its first cell becomes the current one."""
        group = next((g for g in self.gallery_model().groups if g.key == key and g.count), None)
        if group is None:
            return
        model = self.gallery_model()
        chosen = QItemSelection(model.index(group.start), model.index(group.start + group.count - 1))
        self.selectionModel().setCurrentIndex(model.index(group.start), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def scroll_to_group(self, key: str) -> None:
        """Scroll a group's header to the top."""
        band = next((b for b in self._layout.bands if b.group.key == key), None)
        if band:
            self.verticalScrollBar().setValue(band.header_top)

    def visible_rows(self) -> list[int]:
        """Rows that are visible now, ascending."""
        top = self.verticalOffset()
        return self._layout.rows_between(top, top + self.viewport().height())

    # ---- QAbstractItemView
    @override
    def visualRect(self, index: Index) -> QRect:
        if not index.isValid() or index.row() >= self.gallery_model().rowCount():
            return QRect()
        x, y = self._layout.tile_position(index.row())
        return QRect(QPoint(x, y - self.verticalOffset()), self._tile_size)

    @override
    def indexAt(self, point: QPoint) -> QModelIndex:
        row = (
            None
            if self._is_sticky_header_at(point)
            else self._layout.row_at(point.x(), point.y() + self.verticalOffset())
        )
        return QModelIndex() if row is None else self.gallery_model().index(row)

    @override
    def header_at(self, point: QPoint) -> CellGroup | None:
        """The group whose header, sticky or not, is at a viewport position."""
        band = self._layout.band_at(point.y() + self.verticalOffset())
        if band is None or not band.group.key:
            return None
        in_place = point.y() + self.verticalOffset() < band.tiles_top
        return band.group if in_place or self._is_sticky_header_at(point) else None

    def _is_sticky_header_at(self, point: QPoint) -> bool:
        top = self._layout.band_at(self.verticalOffset())
        return top is not None and bool(top.group.key) and point.y() < self._sticky_header_rect(top).bottom()

    def _sticky_header_rect(self, band: GroupBand) -> QRect:
        height = self._header_height()
        y = min(0, band.bottom - self.verticalOffset() - height)
        return QRect(0, max(y, band.header_top - self.verticalOffset()), self.viewport().width(), height)

    @override
    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        rect = self.visualRect(index)
        bar, header = self.verticalScrollBar(), self._header_height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - self.viewport().height() // 2)
        elif rect.top() < header:
            bar.setValue(bar.value() + rect.top() - header)
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + MARGIN)

    @override
    def horizontalOffset(self) -> int:
        return 0

    @override
    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    @override
    def isIndexHidden(self, index: Index) -> bool:
        return False

    @override
    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        actions = QAbstractItemView.CursorAction
        row, count = self.currentIndex().row(), self.gallery_model().rowCount()
        if count == 0:
            return QModelIndex()
        if row < 0:
            return self.gallery_model().index(0)
        lines = max(1, self.viewport().height() // self._tile_size.height())
        match cursorAction:
            case actions.MoveLeft | actions.MovePrevious:
                row -= 1
            case actions.MoveRight | actions.MoveNext:
                row += 1
            case actions.MoveUp | actions.MovePageUp:
                for _ in range(lines if cursorAction == actions.MovePageUp else 1):
                    row = self._layout.row_above_or_below(row, -1)
            case actions.MoveDown | actions.MovePageDown:
                for _ in range(lines if cursorAction == actions.MovePageDown else 1):
                    row = self._layout.row_above_or_below(row, 1)
            case actions.MoveHome:
                row = 0
            case _:
                row = count - 1
        return self.gallery_model().index(min(count - 1, max(0, row)))

    @override
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        model = self.gallery_model()
        rect = rect.normalized()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            rows = [r for r in self.visible_rows() if self.visualRect(model.index(r)).intersects(rect)]
        else:
            at = self.indexAt(rect.topLeft()).row()
            current = self.currentIndex().row()
            rows = [r for r in (at,) if r >= 0]
            if command & QItemSelectionModel.SelectionFlag.Current and current >= 0:  # Shift: a range of cells
                low, high = sorted((self._anchor_row, current))
                rows = list(range(low, high + 1))
            elif current >= 0 and rect.contains(self.visualRect(self.currentIndex()).center()):
                rows = [current]
        chosen = QItemSelection()
        for first, last in contiguous_ranges(rows):
            chosen.select(model.index(first), model.index(last))
        self.selectionModel().select(chosen, command)

    @override
    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        seen = self.viewport().rect()
        for row in self.visible_rows():
            index = self.gallery_model().index(row)
            if selection.contains(index):
                region += QRegion(self.visualRect(index).intersected(seen))
        return region

    @override
    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are labelling shortcuts here, not a search."""

    @override
    def reset(self) -> None:
        super().reset()
        self._update_layout()

    @override
    def dataChanged(self, topLeft: Index, bottomRight: Index, roles: Sequence[int] = ()) -> None:
        if topLeft == bottomRight:
            super().dataChanged(topLeft, bottomRight, list(roles))
        else:  # Qt would call `visualRect` for every row
            self.viewport().update()

    def _on_groups_changed(self) -> None:
        """Repaint the headers: titles or counts changed, no row moved."""
        self._layout = self._make_layout()
        for _, rect in self._visible_headers():
            self.viewport().update(rect)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        anchor = self._scroll_anchor() if self.model() else None
        super().resizeEvent(event)
        if self.model():
            self._update_layout()
            self._restore_scroll_anchor(anchor)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.visible_changed.emit()

    def _on_scrolled(self, _value: int) -> None:
        self.viewport().update()
        self.visible_changed.emit()

    @override
    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        for index in (previous, current):
            self.viewport().update(self.visualRect(index))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        group = self.header_at(event.position().toPoint())
        if group and event.button() == Qt.MouseButton.LeftButton:
            if event.position().x() < 28:
                self.toggle_group(group.key)
            else:
                self.select_group(group.key)
            return
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            row = self.indexAt(event.position().toPoint()).row()
            self._anchor_row = row if row >= 0 else self._anchor_row
        super().mousePressEvent(event)

    def toggle_group(self, key: str) -> None:
        """Collapse or expand a group."""
        model = self.gallery_model()
        model.collapsed ^= {key}
        self.preserve_position(model.rearrange)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if not self._layout.bands:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.accessibleDescription())
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        states, current = QStyle.StateFlag, self.currentIndex()
        plain, focused = option.state, self.hasFocus()
        for row in self.visible_rows():
            index = self.gallery_model().index(row)
            option.rect = self.visualRect(index)
            if not event.region().intersects(option.rect):
                continue
            state = plain
            if self.selectionModel().isSelected(index):
                state |= states.State_Selected
            if index == current:
                state |= states.State_HasFocus if focused else states.State_MouseOver
            option.state = state
            self.itemDelegate().paint(painter, option, index)
        for band, rect in self._visible_headers():
            if event.region().intersects(rect):
                self._paint_header(painter, band, rect)

    def _visible_headers(self) -> list[tuple[GroupBand, QRect]]:
        """Visible headers with their rectangles; the sticky one last, painted on top."""
        seen, width, height = self.viewport().rect(), self.viewport().width(), self._header_height()
        named = [band for band in self._layout.bands if band.group.key]
        headers = [(band, QRect(0, band.header_top - self.verticalOffset(), width, height)) for band in named]
        top = self._layout.band_at(self.verticalOffset())
        if top is not None and top.group.key:
            headers.append((top, self._sticky_header_rect(top)))
        return [(band, rect) for band, rect in headers if rect.intersects(seen)]

    def _paint_header(self, painter: QPainter, band: GroupBand, rect: QRect) -> None:
        is_target = band.group.key == self._drop_target_key
        note = self.tr("drop to label") if is_target else self.tr("{0} reviewed").format(band.group.reviewed)
        key = self._shortcuts.get(band.group.key, "")
        paint_group_header(painter, band.group, rect, self.palette(), note, key, highlighted=is_target)

    def set_shortcuts(self, shortcuts: Mapping[str, str]) -> None:
        """Set the labelling shortcuts by class key; they are shown on the group headers."""
        self._shortcuts = dict(shortcuts)
        self.viewport().update()
