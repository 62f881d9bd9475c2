"""The tools of mask repair beneath the picture; shown only while an outline is repaired."""

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

from leukview.gui.cell.mask_editor import LARGEST, SMALLEST, MaskEditor, Tool
from leukview.gui.imaging.overlays import CELL_COLOUR, NUCLEUS_COLOUR
from leukview.services.analysis.pipeline import measure
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS

_SWATCH = 12
_AROUND = 20  # px beside icon and words of a button


class RepairBar(QFrame):
    """Works a `MaskEditor`.

    Signals:
        undo_wanted: Take back the last stroke or click.
        redo_wanted: Do it again.
        segmenter_wanted: The segmenter's outline in the place of the draft.
        accepted: Keep the draft.
        left: Leave everything as it was.
    """

    undo_wanted = Signal()
    redo_wanted = Signal()
    segmenter_wanted = Signal()
    accepted = Signal()
    left = Signal()

    def __init__(self, editor: MaskEditor, keys: QObject, parent: QWidget | None = None) -> None:
        """Make the bar.

        Args:
            editor: What it works.
            keys: An event filter that lets Space press a focused button; see `PictureControls`.
            parent: Qt's.
        """
        super().__init__(parent)
        self._editor, self._keys = editor, keys
        self.setAccessibleName(self.tr("Repair of the outline"))
        self.tools = {
            Tool.BRUSH: self._tool(self.tr("Brush"), self.tr("Paint with the mouse")),
            Tool.CLICKS: self._tool(self.tr("Clicks"), self.tr("Click on what the outline gets wrong")),
        }
        self.regions = {
            NUCLEUS: self._tool(self.tr("Nucleus"), self.tr("The left button gives nucleus")),
            CYTOPLASM: self._tool(self.tr("Cytoplasm"), self.tr("The left button gives cytoplasm")),
            BACKGROUND: self._tool(self.tr("Background"), self.tr("The left button gives background")),
        }
        for region, button in self.regions.items():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(_SWATCH, _SWATCH))
            button.setIcon(_swatch(region, self.palette()))
            # A style sheet leaves the icon out of the least width.
            button.setMinimumWidth(self.fontMetrics().horizontalAdvance(button.text()) + _SWATCH + _AROUND)
        self._groups = [self._exclusive(tuple(group.values())) for group in (self.tools, self.regions)]
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setAccessibleName(self.tr("Radius of the brush in pixels"))
        self.size_slider.setToolTip(self.tr("Radius of the brush"))
        self.size_slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.size_slider.setMaximumWidth(24 * self.fontMetrics().averageCharWidth())
        self.size_label = QLabel()
        self.size_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("80 px"))
        self.undo_button = self._tool(self.tr("Undo"), self.tr("Take back the last stroke or click"), checkable=False)
        self.redo_button = self._tool(self.tr("Redo"), self.tr("Do again what was taken back"), checkable=False)
        self.segmenter_button = self._tool(
            self.tr("Segmenter's outline"), self.tr("Begin again with the segmenter's outline"), checkable=False
        )
        self.accept_button = self._push(self.tr("Use this outline"), self.tr("Keep it and classify the cell inside it"))
        self.accept_button.setDefault(True)  # painted as the one that is meant; Space is its key
        self.leave_button = self._push(self.tr("Leave"), self.tr("Leave everything as it was"))
        self.measures, self.status = QLabel(), QLabel()
        self.measures.setAccessibleName(self.tr("Measured on the outline"))
        self.status.setAccessibleName(self.tr("What the tool does"))
        self.status.setWordWrap(True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        two_lines = QLabel("\n".join([self.tr("Background")] * 2))  # as high as the language's own letters are
        self.status.setMinimumHeight(two_lines.sizeHint().height())
        self._lay_out()
        self._connect()
        self._method = ""

    # ---- building ------------------------------------------------------------------------------------------------
    def _tool(self, text: str, tip: str, *, checkable: bool = True) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(f"{text}: {tip}")
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self._keys)
        return button

    def _push(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self._keys)
        return button

    def _exclusive(self, buttons: tuple[QToolButton, ...]) -> QButtonGroup:
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)
        return group

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(3)
        for button in self.tools.values():
            first.addWidget(button)
        first.addSpacing(10)
        for button in self.regions.values():
            first.addWidget(button)
        first.addStretch(1)
        first.addWidget(self.undo_button)
        first.addWidget(self.redo_button)
        second.addWidget(self.size_slider, 1)
        second.addWidget(self.size_label)
        second.addStretch(1)
        second.addWidget(self.segmenter_button)
        second.addWidget(self.leave_button)
        second.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(4)
        layout.addWidget(self.measures)
        layout.addWidget(self.status)
        layout.addLayout(first)
        layout.addLayout(second)

    def _connect(self) -> None:
        for tool, button in self.tools.items():
            button.setProperty("tool", tool.value)
            button.clicked.connect(self._on_tool)
        for region, button in self.regions.items():
            button.setProperty("region", region)
            button.clicked.connect(self._on_region)
        self.size_slider.valueChanged.connect(self._editor.resize_brush)
        self.undo_button.clicked.connect(self.undo_wanted)
        self.redo_button.clicked.connect(self.redo_wanted)
        self.segmenter_button.clicked.connect(self.segmenter_wanted)
        self.accept_button.clicked.connect(self.accepted)
        self.leave_button.clicked.connect(self.left)
        self._editor.changed.connect(self.refresh)

    def _on_tool(self) -> None:
        self._editor.use(Tool(self.sender().property("tool")))

    def _on_region(self) -> None:
        self._editor.choose(int(self.sender().property("region")))

    # ---- what is shown -------------------------------------------------------------------------------------------
    def say_method(self, words: str) -> None:
        """What follows the clicks, or why nothing does."""
        self._method = words
        self.refresh()

    def show_tips(self, tips: Mapping[str, str]) -> None:
        """Say the keys in the tool tips.

        Args:
            tips: Tool tip by action of the action table.
        """
        buttons: dict[str, QWidget] = {
            "region_nucleus": self.regions[NUCLEUS],
            "region_cytoplasm": self.regions[CYTOPLASM],
            "region_background": self.regions[BACKGROUND],
            "repair_leave": self.leave_button,
        }
        buttons |= {"repair_tool": self.tools[Tool.CLICKS], "brush_larger": self.size_slider}
        for key, widget in buttons.items():
            widget.setToolTip(tips[key])

    def refresh(self) -> None:
        """Show tool, region, size and figures as they are."""
        editor, draft = self._editor, self._editor.draft
        if draft is None:
            return
        self.tools[editor.tool].setChecked(True)
        self.regions[editor.region].setChecked(True)
        brush = editor.tool is Tool.BRUSH
        with QSignalBlocker(self.size_slider):
            self.size_slider.setValue(editor.radius)
        self.size_slider.setEnabled(brush)
        self.size_label.setEnabled(brush)
        self.size_label.setText(self.tr("{radius} px").format(radius=editor.radius))
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        figures = measure(draft.mask)
        if figures.nc_ratio is None:
            self.measures.setText(self.tr("No cell is outlined"))
        else:
            self.measures.setText(
                self.tr("N:C ratio {ratio:.2f} · cell {cell:,} px · nucleus {nucleus:,} px").format(
                    ratio=figures.nc_ratio, cell=figures.cell_area_px, nucleus=figures.nucleus_area_px
                )
            )
        self.status.setText(
            self.tr("Left button: the region chosen; right button: what lies outside it. The wheel zooms.")
            if brush
            else self._method
        )


def _swatch(region: int, palette: QPalette) -> QIcon:
    """The region's colour as in the picture; the background is an empty box."""
    pixmap = QPixmap(2 * _SWATCH, 2 * _SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 2))
    colour = {NUCLEUS: NUCLEUS_COLOUR, CYTOPLASM: CELL_COLOUR}.get(region)
    painter.setBrush(QColor(colour) if colour else Qt.BrushStyle.NoBrush)
    painter.drawRect(2, 2, 2 * _SWATCH - 4, 2 * _SWATCH - 4)
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)
