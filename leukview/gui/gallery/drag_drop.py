"""Drag and drop of gallery cells onto the header of a class."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget
from typing_extensions import override

from leukview.gui.gallery.model import PENDING, CellGroup, GalleryModel, dragged_cell_ids
from leukview.gui.gallery.painting import drag_pixmap


class DragDropView(QAbstractItemView):
    """Base class of the gallery view: drag and drop of the selected cells.

    Escape cancels a drag without effect.
    """

    cells_dropped = Signal(object, str)  # ids of cells, class key of the header they were dropped on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drop_target_key = ""  # key of the group whose header a drag is over
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)

    def gallery_model(self) -> GalleryModel:
        """The model of the view.

        Raises:
            TypeError: The view has another kind of model, or none.
        """
        model = self.model()
        if not isinstance(model, GalleryModel):
            raise TypeError("A gallery view needs a gallery model.")
        return model

    def header_at(self, point: QPoint) -> CellGroup | None:  # noqa: ARG002 - used by the override
        """The group whose header is at a viewport position; None here, to be overridden."""
        return None

    def selected_rows(self) -> list[int]:
        """Rows of the selected cells, ascending."""
        if self.selectionModel() is None:
            return []
        found: list[int] = []
        chosen = self.selectionModel().selection()
        for part in (chosen.at(i) for i in range(chosen.count())):
            found.extend(range(part.top(), part.bottom() + 1))
        return sorted(set(found))

    @override
    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        drag = self.make_selection_drag()
        if drag is not None:
            drag.exec(Qt.DropAction.CopyAction)
        self._set_drop_target("")

    def make_selection_drag(self) -> QDrag | None:
        """Create the drag of the selected cells, with a pixmap that shows their number.

        Returns:
            None when nothing is selected or the slide is signed.
        """
        model = self.gallery_model()
        indexes = [model.index(row) for row in self.selected_rows()]
        if not indexes or not model.flags(indexes[0]) & Qt.ItemFlag.ItemIsDragEnabled:
            return None
        drag = QDrag(self)
        drag.setMimeData(model.mimeData(indexes))
        text = self.tr("{0} cells").format(len(indexes)) if len(indexes) > 1 else str(indexes[0].data()).split(" · ")[0]
        drag.setPixmap(drag_pixmap(text, self))
        return drag

    def _set_drop_target(self, key: str) -> None:
        if key != self._drop_target_key:
            self._drop_target_key = key
            self.viewport().update()

    def _class_key_under(self, event: QDropEvent) -> str:
        """Key of the class whose header is under a drag; "" when none or not allowed."""
        shown = self.gallery_model().slide_view
        group = self.header_at(event.position().toPoint())
        if shown is None or shown.review.signature or group is None or group.key == PENDING:
            return ""
        return group.key if dragged_cell_ids(event.mimeData()) else ""

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(bool(dragged_cell_ids(event.mimeData())))

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls when the pointer nears an edge
        self._set_drop_target(self._class_key_under(event))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(bool(self._drop_target_key))

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._set_drop_target("")

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        key = self._class_key_under(event)
        self._set_drop_target("")
        self.stopAutoScroll()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(bool(key))
        if key:
            self.cells_dropped.emit(dragged_cell_ids(event.mimeData()), key)
