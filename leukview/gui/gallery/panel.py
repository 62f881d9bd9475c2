"""Gallery panel: sort and filter controls, gallery view and shortcut bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.core.settings import THUMBNAIL_SIDES, Settings
from leukview.domain.review.events import SECOND_READING
from leukview.domain.slide import Cell, SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.action_table import LABEL_PREFIX, ActionSpec
from leukview.gui.app.shortcut_bar import ShortcutBar
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.gallery.delegate import GalleryDelegate
from leukview.gui.gallery.model import CellFilter, GalleryModel, SortKey
from leukview.gui.gallery.sorting import MODEL_FILTERS
from leukview.gui.gallery.thumbnail_cache import ThumbnailCache
from leukview.gui.gallery.view import GalleryView
from leukview.services.review.cell_crop import crop_side
from leukview.services.review.session import SlideView

_COMPACT_LINES = 40  # panel height in text lines up to which the shortcut bar is hidden
_COMBO_ARROW_PX = 36  # arrow of a combo box, with margins
CLASS_PREFIX = "class:"


class GalleryPanel(QWidget):
    """Shows the cells of the open slide with controls for order, filter and size."""

    current_changed = Signal(str)  # cell id; "" = none
    selection_changed = Signal(int)  # number of selected cells
    menu_requested = Signal(QPoint)  # global position
    activated = Signal()  # a cell was double-clicked
    title_changed = Signal(str, bool)  # the open slide in words, "" = none; whether it is synthetic

    def __init__(
        self,
        load_image: Callable[[Cell], NDArray[np.uint8]],
        tasks: TaskRunner,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = GalleryModel(self)
        self.thumbnails = ThumbnailCache(load_image, tasks, self)
        self.model.set_thumbnail_source(self.thumbnails.get, self.thumbnails.problem)
        self.thumbnails.thumbnail_loaded.connect(self.model.update_thumbnail)
        self.view = GalleryView()
        self.view.setAccessibleName(self.tr("Cells of the slide"))
        self.show_waiting(0)
        self._delegate = GalleryDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.visible_changed.connect(self._request_visible_thumbnails)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        self.view.doubleClicked.connect(self.activated)
        self._restoring = self._whole_images = False
        self._title_texts = ("", "")  # full text, and a short one
        self.sort_combo = QComboBox()
        self.sort_combo.setAccessibleName(self.tr("Order of the cells"))
        for key, text in (
            (SortKey.UNCERTAIN, self.tr("Least certain first")),
            (SortKey.MALIGNANT, self.tr("Most malignant first")),
            (SortKey.NC_RATIO, self.tr("Highest N:C ratio first")),
            (SortKey.ATYPICAL, self.tr("Least typical first")),
            (SortKey.TYPICAL, self.tr("Most typical first")),
            (SortKey.SIMILAR, self.tr("Most similar to this cell first")),
            (SortKey.INFORMATION, self.tr("Most useful for training first")),
            (SortKey.NUMBER, self.tr("By number")),
        ):
            self.sort_combo.addItem(text, key.value)
        for key, tip in (
            (SortKey.ATYPICAL, self.tr("Differs most from the other cells of its class, by the model's features.")),
            (SortKey.TYPICAL, self.tr("Similar to the other cells of its class, by the model's features.")),
            (
                SortKey.SIMILAR,
                self.tr(
                    "Similar to the current cell, by the model's features. Choose this order again for another cell."
                ),
            ),
            (
                SortKey.INFORMATION,
                self.tr(
                    "Cells most useful for training the next model: uncertain, with differing "
                    "classes, and of a class with few labelled cells."
                ),
            ),
        ):
            self.sort_combo.setItemData(self.sort_combo.findData(key.value), tip, Qt.ItemDataRole.ToolTipRole)
        self.note_label = QLabel()
        self.note_label.setTextFormat(Qt.TextFormat.PlainText)
        self.filter_combo = QComboBox()
        self.filter_combo.setAccessibleName(self.tr("Cells shown"))
        self._set_filters((), None)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(*THUMBNAIL_SIDES)
        self.size_slider.setPageStep(24)
        self.size_slider.setMinimumWidth(32)
        self.size_slider.setMaximumWidth(110)
        # On a scaled desktop the combo boxes may become narrower than their longer items, not than their first one.
        for combo in (self.sort_combo, self.filter_combo):
            combo.setMinimumWidth(self.fontMetrics().horizontalAdvance(combo.itemText(0)) + _COMBO_ARROW_PX)
        self.size_slider.setAccessibleName(self.tr("Size of the thumbnails"))
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 6)
        bar.setSpacing(6)
        bar.addWidget(self.sort_combo)
        bar.addWidget(self.filter_combo)
        bar.addWidget(self.note_label)
        bar.addStretch(1)
        bar.addWidget(self.size_slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)
        self.shortcut_bar = ShortcutBar()
        layout.addWidget(self.shortcut_bar)
        self.setMinimumWidth(300)  # two columns of thumbnails of the usual size
        self._apply_settings(settings)
        self.sort_combo.currentIndexChanged.connect(self._on_order_changed)
        self.filter_combo.currentIndexChanged.connect(self._on_order_changed)
        self.size_slider.valueChanged.connect(self._on_size_changed)

    def show_waiting(self, count: int) -> None:
        """Say what to do while no slide is open, given how many slides the worklist shows."""
        some = self.tr("Choose a slide in the worklist, open a folder, or drop one here.")
        none = self.tr("Open a folder, or drop one here.")
        self.view.setAccessibleDescription(some if count else none)
        self.view.viewport().update()

    def show_shortcuts(self, table: tuple[ActionSpec, ...], *, bar_enabled: bool) -> None:
        """Show the labelling shortcuts on the group headers and in the shortcut bar.

        Args:
            table: Actions with their shortcuts.
            bar_enabled: Whether the user wants the shortcut bar.
        """
        self.shortcut_bar.set_action_table(table)
        found = {s.key.removeprefix(LABEL_PREFIX): s.shortcut for s in table if s.key.startswith(LABEL_PREFIX)}
        self.view.set_shortcuts(found)
        self.set_shortcut_bar_enabled(bar_enabled)

    @handles("key_strip")
    def set_shortcut_bar_enabled(self, enabled: bool) -> None:
        """Show or hide the shortcut bar; it stays hidden in a low window."""
        self.shortcut_bar.shown_by_user = enabled
        self._update_shortcut_bar()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the shortcut bar in a low window."""
        super().resizeEvent(event)
        self._update_shortcut_bar()

    def _update_shortcut_bar(self) -> None:
        roomy = self.height() > _COMPACT_LINES * self.fontMetrics().lineSpacing()
        self.shortcut_bar.setVisible(self.shortcut_bar.shown_by_user and roomy and self.model.slide_view is not None)

    def _apply_settings(self, settings: Settings) -> None:
        at = self.sort_combo.findData(settings.sort)
        self.sort_combo.setCurrentIndex(max(0, at))
        self.model.sort_key = SortKey(self.sort_combo.currentData())
        self.model.grouped = settings.grouped
        self.model.collapsed = set(settings.collapsed)
        self.size_slider.setValue(settings.thumbnail_px)
        self._on_size_changed(settings.thumbnail_px)

    def show_slide(self, view: SlideView | None) -> None:
        """Show the current state of a slide; selection and scroll position are kept."""
        shown = self.model.slide_view
        self._update_crop(view, is_new=shown is None or view is None or shown.slide.id != view.slide.id)
        if self.model.listed and (view is None or shown is None or shown.slide.id != view.slide.id):
            self._forget_listed()
        self._preserve_selection(partial(self.model.set_slide_view, view))
        # In an event-loop turn of its own: the first layout of the shortcut bar takes long.
        QTimer.singleShot(1, self._update_shortcut_bar)
        if view is None:
            self._set_title("", "", synthetic=False)
            return
        states = {
            SlideState.IMPORTED: self.tr("imported"),
            SlideState.ANALYSING: self.tr("{0} not analysed yet").format(view.pending_count),
            SlideState.IN_REVIEW: self.tr("in review"),
            SlideState.SIGNED: self.tr("signed, read-only"),
            SlideState.AMENDED: self.tr("amended and signed, read-only"),
        }
        cells, state = len(view.cells), states[view.state]
        if view.late_cells:
            later = self.tr("{0} cells were added after the signature and are not shown").format(len(view.late_cells))
            state = f"{state} · {later}"
        if view.unavailable_signed_cells:
            absent = self.tr("{0} signed cells are missing: the signature is not valid")
            state = f"{state} · {absent.format(len(view.unavailable_signed_cells))}"
        full = self.tr("{0} · patient {1} · {2} cells · {3}").format(view.slide.id, view.slide.patient, cells, state)
        reading = self.tr("second reading, blinded") if view.reading == SECOND_READING else ""
        short = self.tr("{0} · {1} cells · {2}").format(view.slide.id, cells, reading or state)
        full = f"{full} · {reading}" if reading else full
        self._set_title(full, short, synthetic=view.slide.synthetic)
        self._update_class_filters(view)

    def _set_title(self, full: str, short: str, *, synthetic: bool) -> None:
        if self._title_texts != (full, short):
            self._title_texts = full, short
            self.title_changed.emit(full, synthetic)

    def _update_crop(self, view: SlideView | None, *, is_new: bool) -> None:
        """Crop the thumbnails of a slide once all of its cells are measured, or at once if they are."""
        if view is None or self._whole_images:
            self.thumbnails.set_crop(None)
        elif is_new or (self.thumbnails.crop_px is None and not view.pending_count):
            self.thumbnails.set_crop(crop_side(view))

    @handles("whole_images")
    def set_whole_images(self, whole: bool) -> None:
        """Show whole images in the thumbnails, or crop them to the cells."""
        self._whole_images = whole
        self._update_crop(self.model.slide_view, is_new=True)
        self._request_visible_thumbnails()
        self.view.viewport().update()

    def _forget_listed(self) -> None:
        """Remove the filter of listed cells, which belong to another slide."""
        self.model.listed = frozenset()
        at = self.filter_combo.findData(CellFilter.LISTED.value)
        if at == self.filter_combo.currentIndex():
            self.filter_combo.setCurrentIndex(self.filter_combo.findData(CellFilter.ALL.value))
        if at >= 0:
            self.filter_combo.removeItem(at)

    def _update_class_filters(self, view: SlideView) -> None:
        """Offer a filter per class present; blinded, only classes of reviewed cells."""
        found = (
            {v.label for v in view.cells if v.reviewed} if self.model.blind else set(view.shown_tally.counts_by_class())
        )
        self._set_filters(tuple(sorted(found, key=view.taxonomy.position)), view.taxonomy)

    def _set_filters(self, classes: tuple[str, ...], taxonomy: Taxonomy | None) -> None:
        chosen = str(self.filter_combo.currentData() or CellFilter.ALL.value)
        wanted = [
            (CellFilter.ALL.value, self.tr("All cells")),
            (CellFilter.UNREVIEWED.value, self.tr("Not reviewed")),
            (CellFilter.UNSEEN.value, self.tr("Not opened")),
            (CellFilter.DISAGREEMENT.value, self.tr("Classes differ")),
            (CellFilter.FLAGGED.value, self.tr("Flagged")),
            (CellFilter.COMMENTED.value, self.tr("With a comment")),
        ]
        if self.model.listed:
            wanted.insert(1, (CellFilter.LISTED.value, self.tr("Listed cells ({0})").format(len(self.model.listed))))
        if self.model.blind:
            wanted = [(key, text) for key, text in wanted if CellFilter(key) not in MODEL_FILTERS]
        kept = chosen.removeprefix(CLASS_PREFIX) if chosen.startswith(CLASS_PREFIX) else ""
        if taxonomy is not None:
            keys = dict.fromkeys((*classes, *((kept,) if kept and not self.model.blind else ())))
            wanted += [(CLASS_PREFIX + key, taxonomy.cell_class(key).plural) for key in keys]
        if wanted == [
            (self.filter_combo.itemData(at), self.filter_combo.itemText(at)) for at in range(self.filter_combo.count())
        ]:
            return
        with QSignalBlocker(self.filter_combo):
            self.filter_combo.clear()
            for key, text in wanted:
                self.filter_combo.addItem(text, key)
            self.filter_combo.setCurrentIndex(max(0, self.filter_combo.findData(chosen)))
        if self.filter_combo.currentData() != chosen:
            self._on_order_changed()

    def show_listed(self, cells: Iterable[str]) -> None:
        """Show only these cells, by id, until another filter is chosen."""
        self.model.listed = frozenset(cells)
        if self.model.slide_view is not None:
            self._update_class_filters(self.model.slide_view)  # offers the filter
        with QSignalBlocker(self.filter_combo):
            self.filter_combo.setCurrentIndex(self.filter_combo.findData(CellFilter.LISTED.value))
        self._on_order_changed()

    def set_blind(self, *, blind: bool) -> None:
        """Hide or show the model's predictions."""
        self.model.blind = blind
        self.sort_combo.setDisabled(blind)
        self._preserve_selection(self.model.rearrange)
        if self.model.slide_view is not None:
            self._update_class_filters(self.model.slide_view)

    @handles("grouped")
    def set_grouped(self, grouped: bool) -> None:
        """Switch grouping by class on or off."""
        self.model.grouped = grouped
        self._preserve_selection(self.model.rearrange)

    @handles("select_all")
    def select_all(self) -> None:
        """Select all cells shown."""
        self.view.selectAll()

    @handles("larger", 16)
    @handles("smaller", -16)
    def resize_thumbnails(self, delta_px: int) -> None:
        """Change the thumbnail size by `delta_px` logical pixels."""
        self.size_slider.setValue(self.size_slider.value() + delta_px)

    @property
    def current_cell_id(self) -> str:
        """Id of the current cell; "" when there is none."""
        cell = self.model.cell_at(self.view.currentIndex().row())
        return cell.cell.id if cell else ""

    def _preserve_selection(self, change: Callable[[], None]) -> None:
        before = self.current_cell_id
        self._restoring = True
        try:
            self.view.preserve_position(change)
        finally:
            self._restoring = False
        if self.current_cell_id != before:
            self.current_changed.emit(self.current_cell_id)
        self._request_visible_thumbnails()

    def _on_order_changed(self) -> None:
        self.model.sort_key = SortKey(self.sort_combo.currentData())
        chosen = str(self.filter_combo.currentData())
        by_class = chosen.startswith(CLASS_PREFIX)
        self.model.filter_key = CellFilter.CLASS if by_class else CellFilter(chosen)
        self.model.filter_class = chosen.removeprefix(CLASS_PREFIX) if by_class else ""
        self.rearrange()

    def rearrange(self) -> None:
        """Sort, group and filter again; selection and scroll position are kept."""
        self._preserve_selection(self.model.rearrange)

    def _on_size_changed(self, side: int) -> None:
        self.view.set_tile_size(self._delegate.tile_size(side, self.view.fontMetrics().height()))

    def _request_visible_thumbnails(self) -> None:
        cells = (self.model.cell_at(row) for row in self.view.visible_rows())
        self.thumbnails.request([v.cell for v in cells if v])

    def _on_current_changed(self) -> None:
        if not self._restoring:
            self.current_changed.emit(self.current_cell_id)

    def _on_selection_changed(self) -> None:
        self.selection_changed.emit(len(self.view.selected_rows()))

    def _on_menu_requested(self, point: QPoint) -> None:
        index = self.view.indexAt(point)
        if index.isValid() and not self.view.selectionModel().isSelected(index):
            cell = self.model.cell_at(index.row())
            if cell:
                self.view.go_to(cell.cell.id)
        if index.isValid():
            self.menu_requested.emit(self.view.viewport().mapToGlobal(point))
