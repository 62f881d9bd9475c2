"""The gallery with its controls: order, filter, size, and what slide it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget
from typing_extensions import override

from leukview.core.settings import THUMBNAIL_SIDES, Settings
from leukview.domain.review.events import SECOND
from leukview.domain.slide import Cell, SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.action_table import LABEL_PREFIX, ActionSpec
from leukview.gui.app.shortcut_bar import ShortcutBar
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.gallery.delegate import GalleryDelegate
from leukview.gui.gallery.model import Filter, GalleryModel, Sort
from leukview.gui.gallery.sorting import BY_MODEL
from leukview.gui.gallery.thumbnail_cache import ThumbnailCache
from leukview.gui.gallery.view import GalleryView
from leukview.services.review.session import SlideView

_LOW = 40  # lines of text a gallery is high up to which every line counts
_ARROW_PX = 36  # of a combo box, with its margins
_AROUND_TITLE_PX = 24  # margins, and the gap before the badge
_FAR = 10_000  # px, more than any words are high
CLASS_PREFIX = "class:"


class GalleryPanel(QWidget):
    """Shows the cells of the slide on the bench."""

    current_changed = Signal(str)  # cell id, "" when none
    selection_changed = Signal(int)  # cells
    menu_wanted = Signal(QPoint)  # in global coordinates
    activated = Signal()

    def __init__(
        self,
        image: Callable[[Cell], NDArray[np.uint8]],
        jobs: TaskRunner,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = GalleryModel(self)
        self.thumbnails = ThumbnailCache(image, jobs, self)
        self.model.set_thumbnails(self.thumbnails.get)
        self.thumbnails.thumbnail_loaded.connect(self.model.thumbnail_arrived)
        self.view = GalleryView()
        self.view.setAccessibleName(self.tr("Cells of the slide"))
        self.view.setAccessibleDescription(self.tr("Open a folder, or drop one here."))
        self._delegate = GalleryDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.visible_changed.connect(self._on_visible)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.view.doubleClicked.connect(self.activated)
        self._restoring = False
        self._titles = ("", "")  # in full, and for a narrow panel
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._badge = QLabel(self.tr("SYNTHETIC"))
        self._badge.setStyleSheet("background: #6f42c1; color: white; padding: 1px 6px; font-weight: bold;")
        self._badge.setToolTip(self.tr("Drawn by the demo renderer; not a patient's cells."))
        self._badge.hide()
        self.sort = QComboBox()
        self.sort.setAccessibleName(self.tr("Order of the cells"))
        for key, words in (
            (Sort.UNCERTAIN, self.tr("Least certain first")),
            (Sort.MALIGNANT, self.tr("Most malignant first")),
            (Sort.NC_RATIO, self.tr("Highest N:C ratio first")),
            (Sort.ATYPICAL, self.tr("Least typical first")),
            (Sort.TYPICAL, self.tr("Most typical first")),
            (Sort.LIKE, self.tr("Most like this cell first")),
            (Sort.INFORMATION, self.tr("Most instructive first")),
            (Sort.NUMBER, self.tr("By number")),
        ):
            self.sort.addItem(words, key.value)
        for key, tip in (
            (Sort.ATYPICAL, self.tr("Far from the other cells of its class, as the model sees them.")),
            (Sort.TYPICAL, self.tr("Near the other cells of its class, as the model sees them.")),
            (Sort.LIKE, self.tr("Near the current cell, as the model sees them. Choose it again for another cell.")),
            (
                Sort.INFORMATION,
                self.tr(
                    "What teaches the next model most: uncertain, disputed, and of a class with few labelled cells."
                ),
            ),
        ):
            self.sort.setItemData(self.sort.findData(key.value), tip, Qt.ItemDataRole.ToolTipRole)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.filter = QComboBox()
        self.filter.setAccessibleName(self.tr("Which cells are shown"))
        self._offer_filters((), None)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(*THUMBNAIL_SIDES)
        self.size_slider.setPageStep(24)
        self.size_slider.setMinimumWidth(32)
        self.size_slider.setMaximumWidth(110)
        for combo in (self.sort, self.filter):  # on an enlarged desktop they may become narrower than other choices
            combo.setMinimumWidth(self.fontMetrics().horizontalAdvance(combo.itemText(0)) + _ARROW_PX)
        self.size_slider.setAccessibleName(self.tr("Size of the thumbnails"))
        title, bar = QHBoxLayout(), QHBoxLayout()
        title.setContentsMargins(8, 6, 8, 0)
        title.addWidget(self._title)
        title.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        bar.setContentsMargins(8, 4, 8, 6)
        title.setSpacing(6)
        bar.setSpacing(6)
        bar.addWidget(self.sort)
        bar.addWidget(self.filter)
        bar.addWidget(self.note)
        bar.addStretch(1)
        bar.addWidget(self.size_slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(title)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)
        self.keys = ShortcutBar()
        layout.addWidget(self.keys)
        self.setMinimumWidth(300)  # two columns of thumbnails of the usual size
        self._adopt(settings)
        self.sort.currentIndexChanged.connect(self._on_order)
        self.filter.currentIndexChanged.connect(self._on_order)
        self.size_slider.valueChanged.connect(self._on_size)

    def show_keys(self, table: tuple[ActionSpec, ...], *, wanted: bool) -> None:
        """Write out the keys that label: each on its group's header and, if `wanted`, all of them below the gallery."""
        self.keys.show_table(table)
        found = {s.key.removeprefix(LABEL_PREFIX): s.shortcut for s in table if s.key.startswith(LABEL_PREFIX)}
        self.view.set_keys(found)
        self.set_keys_wanted(wanted)

    def set_keys_wanted(self, wanted: bool) -> None:
        """Write the keys below the gallery, or not."""
        self.keys.wanted = wanted
        self._make_room()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the cells need the room of the keys, in a narrow one that of a third line."""
        super().resizeEvent(event)
        self._make_room()
        self._write_title()

    def _write_title(self) -> None:
        full, short = self._titles
        badge = self._badge.sizeHint().width() if not self._badge.isHidden() else 0
        room = self.width() - badge - _AROUND_TITLE_PX
        metrics, wrap = self._title.fontMetrics(), Qt.TextFlag.TextWordWrap
        high, line = (metrics.boundingRect(QRect(0, 0, w, _FAR), wrap, full).height() for w in (max(1, room), _FAR))
        self._title.setText(full if high < 2.5 * line else short)

    def _make_room(self) -> None:
        roomy = self.height() > _LOW * self.fontMetrics().lineSpacing()
        self.keys.setVisible(self.keys.wanted and roomy and self.model.slide_view is not None)

    def _adopt(self, settings: Settings) -> None:
        at = self.sort.findData(settings.sort)
        self.sort.setCurrentIndex(max(0, at))
        self.model.sort_key = Sort(self.sort.currentData())
        self.model.grouped = settings.grouped
        self.model.collapsed = set(settings.collapsed)
        self.size_slider.setValue(settings.thumbnail_px)
        self._on_size(settings.thumbnail_px)

    def show_slide(self, view: SlideView | None) -> None:
        """Show a slide as it stands; selection and place are kept."""
        self._changing(partial(self.model.set_slide_view, view))
        QTimer.singleShot(1, self._make_room)  # to lay out the keys for the first time takes a turn of its own
        if view is None:
            self._titles = ("", "")
            self._write_title()
            self._badge.hide()
            return
        states = {
            SlideState.IMPORTED: self.tr("imported"),
            SlideState.ANALYSING: self.tr("{0} not analysed yet").format(view.pending),
            SlideState.IN_REVIEW: self.tr("in review"),
            SlideState.SIGNED: self.tr("signed, read-only"),
            SlideState.AMENDED: self.tr("amended and signed, read-only"),
        }
        cells, state = len(view.cells), states[view.state]
        full = self.tr("{0} · patient {1} · {2} cells · {3}").format(view.slide.id, view.slide.patient, cells, state)
        reading = self.tr("second reading, blinded") if view.reading == SECOND else ""
        short = self.tr("{0} · {1} cells · {2}").format(view.slide.id, cells, reading or state)
        full = f"{full} · {reading}" if reading else full
        # Lines break between the parts, not in a pseudonym.
        full, short = (words.replace("-", "\u2060-\u2060") for words in (full, short))
        self._titles = full, short
        self._title.setToolTip(full)
        self._badge.setVisible(view.slide.synthetic)
        self._write_title()
        self._offer_classes(view)

    def _offer_classes(self, view: SlideView) -> None:
        """Let the filter name the classes present; to a blinded reviewer those that a person named."""
        found = {v.label for v in view.cells if v.reviewed} if self.model.blind else set(view.shown.counts())
        self._offer_filters(tuple(sorted(found, key=view.taxonomy.order)), view.taxonomy)

    def _offer_filters(self, classes: tuple[str, ...], taxonomy: Taxonomy | None) -> None:
        chosen = str(self.filter.currentData() or Filter.ALL.value)
        wanted = [
            (Filter.ALL.value, self.tr("All cells")),
            (Filter.UNREVIEWED.value, self.tr("Not reviewed")),
            (Filter.UNSEEN.value, self.tr("Not opened")),
            (Filter.DISAGREEMENT.value, self.tr("Opinions differ")),
            (Filter.FLAGGED.value, self.tr("Flagged")),
            (Filter.COMMENTED.value, self.tr("With a comment")),
        ]
        if self.model.blind:
            wanted = [(key, words) for key, words in wanted if Filter(key) not in BY_MODEL]
        kept = chosen.removeprefix(CLASS_PREFIX) if chosen.startswith(CLASS_PREFIX) else ""
        if taxonomy is not None:
            keys = dict.fromkeys((*classes, *((kept,) if kept and not self.model.blind else ())))
            wanted += [(CLASS_PREFIX + key, taxonomy.cell_class(key).plural) for key in keys]
        if wanted == [(self.filter.itemData(at), self.filter.itemText(at)) for at in range(self.filter.count())]:
            return
        with QSignalBlocker(self.filter):
            self.filter.clear()
            for key, words in wanted:
                self.filter.addItem(words, key)
            self.filter.setCurrentIndex(max(0, self.filter.findData(chosen)))
        if self.filter.currentData() != chosen:
            self._on_order()

    def set_blind(self, *, blind: bool) -> None:
        """Hide or show the model's opinion."""
        self.model.blind = blind
        self.sort.setDisabled(blind)
        self._changing(self.model.rearrange)
        if self.model.slide_view is not None:
            self._offer_classes(self.model.slide_view)

    def set_grouped(self, *, grouped: bool) -> None:
        """Group by class, or one run of cells."""
        self.model.grouped = grouped
        self._changing(self.model.rearrange)

    @property
    def current(self) -> str:
        """Id of the current cell; "" when there is none."""
        cell = self.model.cell_at(self.view.currentIndex().row())
        return cell.cell.id if cell else ""

    def _changing(self, change: Callable[[], None]) -> None:
        before = self.current
        self._restoring = True
        try:
            self.view.show_view_of(change)
        finally:
            self._restoring = False
        if self.current != before:
            self.current_changed.emit(self.current)
        self._on_visible()

    def _on_order(self) -> None:
        self.model.sort_key = Sort(self.sort.currentData())
        chosen = str(self.filter.currentData())
        by_class = chosen.startswith(CLASS_PREFIX)
        self.model.filter_key = Filter.CLASS if by_class else Filter(chosen)
        self.model.filter_class = chosen.removeprefix(CLASS_PREFIX) if by_class else ""
        self.rearrange()

    def rearrange(self) -> None:
        """Order anew; selection and place are kept."""
        self._changing(self.model.rearrange)

    def _on_size(self, side: int) -> None:
        self.view.set_tile(self._delegate.tile(side, self.view.fontMetrics().height()))

    def _on_visible(self) -> None:
        cells = (self.model.cell_at(row) for row in self.view.visible_rows())
        self.thumbnails.request([v.cell for v in cells if v])

    def _on_current(self) -> None:
        if not self._restoring:
            self.current_changed.emit(self.current)

    def _on_selection(self) -> None:
        self.selection_changed.emit(len(self.view.selected_rows()))

    def _on_menu(self, point: QPoint) -> None:
        index = self.view.indexAt(point)
        if index.isValid() and not self.view.selectionModel().isSelected(index):
            cell = self.model.cell_at(index.row())
            if cell:
                self.view.go_to(cell.cell.id)
        if index.isValid():
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(point))
