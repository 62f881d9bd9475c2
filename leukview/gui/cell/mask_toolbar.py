"""Tool bar of the mask editor, below the image; shown only while a mask is edited."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukview.gui.cell.mask_editor import MAX_BRUSH_RADIUS, MIN_BRUSH_RADIUS, MaskEditor, MaskTool
from leukview.gui.imaging.overlays import CELL_COLOUR, NUCLEUS_COLOUR
from leukview.services.analysis.pipeline import measure_mask
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS

_SWATCH_PX = 12
_BUTTON_PADDING_PX = 20  # px around icon and text of a button


class MaskToolbar(QFrame):
    """Tool bar that controls a `MaskEditor`.

    Signals:
        undo_requested: Undo the last stroke or click.
        redo_requested: Redo it.
        segmenter_mask_requested: Replace the draft by the segmenter's mask.
        accepted: Save the draft.
        cancelled: Discard the draft.
    """

    undo_requested = Signal()
    redo_requested = Signal()
    segmenter_mask_requested = Signal()
    accepted = Signal()
    cancelled = Signal()

    def __init__(self, editor: MaskEditor, key_filter: QObject, parent: QWidget | None = None) -> None:
        """Create the tool bar.

        Args:
            editor: The editor to control.
            key_filter: An event filter that lets Space press a focused button; see `ImageToolbar`.
            parent: Parent widget.
        """
        super().__init__(parent)
        self._editor, self._key_filter = editor, key_filter
        self.setAccessibleName(self.tr("Repair of the outline"))
        self.tool_buttons = {
            MaskTool.BRUSH: self._tool_button(self.tr("Brush"), self.tr("Paint with the mouse")),
            MaskTool.CLICKS: self._tool_button(self.tr("Clicks"), self.tr("Click where the outline is wrong")),
        }
        self.region_buttons = {
            NUCLEUS: self._tool_button(self.tr("Nucleus"), self.tr("The left button marks nucleus")),
            CYTOPLASM: self._tool_button(self.tr("Cytoplasm"), self.tr("The left button marks cytoplasm")),
            BACKGROUND: self._tool_button(self.tr("Background"), self.tr("The left button marks background")),
        }
        for region, button in self.region_buttons.items():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(_SWATCH_PX, _SWATCH_PX))
            button.setIcon(_swatch_icon(region, self.palette()))
            # With a style sheet, Qt ignores the icon in the minimum width.
            button.setMinimumWidth(
                self.fontMetrics().horizontalAdvance(button.text()) + _SWATCH_PX + _BUTTON_PADDING_PX
            )
        self._button_groups = [
            self._exclusive_group(tuple(group.values())) for group in (self.tool_buttons, self.region_buttons)
        ]
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(MIN_BRUSH_RADIUS, MAX_BRUSH_RADIUS)
        self.size_slider.setAccessibleName(self.tr("Radius of the brush in pixels"))
        self.size_slider.setToolTip(self.tr("Radius of the brush"))
        self.size_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.size_slider.setMaximumWidth(24 * self.fontMetrics().averageCharWidth())
        self.size_label = QLabel()
        self.size_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("80 px"))
        self.undo_button = self._tool_button(self.tr("Undo"), self.tr("Undo the last stroke or click"), checkable=False)
        self.redo_button = self._tool_button(
            self.tr("Redo"), self.tr("Redo the change that was undone"), checkable=False
        )
        self.segmenter_button = self._tool_button(
            self.tr("Segmenter's outline"), self.tr("Start again from the segmenter's outline"), checkable=False
        )
        self.accept_button = self._push_button(
            self.tr("Use this outline"), self.tr("Save the outline and classify the cell with it")
        )
        self.accept_button.setDefault(True)  # highlighted as the default; Space triggers it
        self.cancel_button = self._push_button(self.tr("Cancel"), self.tr("Discard the changes to the outline"))
        self.measures_label, self.status_label = QLabel(), QLabel()
        self.measures_label.setAccessibleName(self.tr("Measured on the outline"))
        self.status_label.setAccessibleName(self.tr("About the tool"))
        self.status_label.setWordWrap(True)
        self.status_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        two_lines = QLabel("\n".join([self.tr("Background")] * 2))  # height depends on the script of the language
        self.status_label.setMinimumHeight(two_lines.sizeHint().height())
        self._build_layout()
        self._connect()
        self._method_text = ""

    # ---- building ------------------------------------------------------------------------------------------------
    def _tool_button(self, text: str, tip: str, *, checkable: bool = True) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text}: {tip}")
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self._key_filter)
        return button

    def _push_button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self._key_filter)
        return button

    def _exclusive_group(self, buttons: tuple[QToolButton, ...]) -> QButtonGroup:
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)
        return group

    def _build_layout(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(3)
        for button in self.tool_buttons.values():
            first.addWidget(button)
        first.addSpacing(10)
        for button in self.region_buttons.values():
            first.addWidget(button)
        first.addStretch(1)
        first.addWidget(self.undo_button)
        first.addWidget(self.redo_button)
        second.addWidget(self.size_slider, 1)
        second.addWidget(self.size_label)
        second.addStretch(1)
        second.addWidget(self.segmenter_button)
        second.addWidget(self.cancel_button)
        second.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(4)
        layout.addWidget(self.measures_label)
        layout.addWidget(self.status_label)
        layout.addLayout(first)
        layout.addLayout(second)

    def _connect(self) -> None:
        for tool, button in self.tool_buttons.items():
            button.setProperty("tool", tool.value)
            button.clicked.connect(self._on_tool_clicked)
        for region, button in self.region_buttons.items():
            button.setProperty("region", region)
            button.clicked.connect(self._on_region_clicked)
        self.size_slider.valueChanged.connect(self._editor.set_brush_radius)
        self.undo_button.clicked.connect(self.undo_requested)
        self.redo_button.clicked.connect(self.redo_requested)
        self.segmenter_button.clicked.connect(self.segmenter_mask_requested)
        self.accept_button.clicked.connect(self.accepted)
        self.cancel_button.clicked.connect(self.cancelled)
        self._editor.changed.connect(self.refresh)

    def _on_tool_clicked(self) -> None:
        self._editor.set_tool(MaskTool(self.sender().property("tool")))

    def _on_region_clicked(self) -> None:
        self._editor.set_region(int(self.sender().property("region")))

    # ---- display -------------------------------------------------------------------------------------------------
    def set_method_text(self, text: str) -> None:
        """Show which method follows the clicks, or why clicks are unavailable."""
        self._method_text = text
        self.refresh()

    def set_tool_tips(self, tips: Mapping[str, str]) -> None:
        """Show the keyboard shortcuts in the tool tips.

        Args:
            tips: Action key → tool tip.
        """
        buttons: dict[str, QWidget] = {
            "region_nucleus": self.region_buttons[NUCLEUS],
            "region_cytoplasm": self.region_buttons[CYTOPLASM],
            "region_background": self.region_buttons[BACKGROUND],
            "repair_leave": self.cancel_button,
        }
        buttons |= {"repair_tool": self.tool_buttons[MaskTool.CLICKS], "brush_larger": self.size_slider}
        for key, widget in buttons.items():
            widget.setToolTip(tips[key])

    def refresh(self) -> None:
        """Update the buttons and the status text."""
        editor, draft = self._editor, self._editor.draft
        if draft is None:
            return
        self.tool_buttons[editor.tool].setChecked(True)
        self.region_buttons[editor.region].setChecked(True)
        brush = editor.tool is MaskTool.BRUSH
        with QSignalBlocker(self.size_slider):
            self.size_slider.setValue(editor.radius)
        self.size_slider.setEnabled(brush)
        self.size_label.setEnabled(brush)
        self.size_label.setText(self.tr("{radius} px").format(radius=editor.radius))
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        figures = measure_mask(draft.mask)
        if figures.nc_ratio is None:
            self.measures_label.setText(self.tr("No cell is outlined"))
        else:
            self.measures_label.setText(
                self.tr("N:C ratio {ratio:.2f} · cell {cell:,} px · nucleus {nucleus:,} px").format(
                    ratio=figures.nc_ratio, cell=figures.cell_area_px, nucleus=figures.nucleus_area_px
                )
            )
        self.status_label.setText(
            self.tr("Left button: the selected region; right button: area outside it. Zoom with the wheel.")
            if brush
            else self._method_text
        )


def _swatch_icon(region: int, palette: QPalette) -> QIcon:
    """Return a swatch in the region's overlay colour; an empty box for the background."""
    pixmap = QPixmap(2 * _SWATCH_PX, 2 * _SWATCH_PX)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 2))
    colour = {NUCLEUS: NUCLEUS_COLOUR, CYTOPLASM: CELL_COLOUR}.get(region)
    painter.setBrush(QColor(colour) if colour else Qt.BrushStyle.NoBrush)
    painter.drawRect(2, 2, 2 * _SWATCH_PX - 4, 2 * _SWATCH_PX - 4)
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)
