"""Tool bar below the cell image: outline, map, display adjustment and zoom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from leukview.gui.imaging.image_view import ImageView
from leukview.gui.imaging.overlays import DisplayAdjustment

_INITIAL_OPACITY_PERCENT = 70
_SPACING = 3  # px between the controls


class ImageToolbar(QWidget):
    """Controls of an `ImageView`; the panel connects the outline and map buttons.

    Clicks do not take the keyboard focus (it stays with the gallery); Tab reaches each control.

    Signals:
        adjusted: Brightness, contrast or gamma of the display changed.
        method_chosen: Another method of class-activation maps was chosen.
    """

    adjusted = Signal()
    method_chosen = Signal(str)  # name of the method; "" = the model's own Grad-CAM

    def __init__(self, image_view: ImageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image_view = image_view
        self.outline_button = self._tool_button(
            self.tr("Outline"), self.tr("Outline of cell and nucleus"), checkable=True
        )
        self.repair_button = self._tool_button(self.tr("Repair"), self.tr("Repair the outline with brush or clicks"))
        self.map_button = self._tool_button(
            self.tr("Map"),
            self.tr("Class-activation map: parts of the image that influenced the model"),
            checkable=True,
        )
        self.map_button.setObjectName("map")  # selector in the style sheet, which reserves space for its menu arrow
        self.opacity_slider = self._slider(0, 100, self.tr("Opacity of the map"))
        self.opacity_slider.setMinimumWidth(6 * self.fontMetrics().averageCharWidth())
        self.opacity_slider.setMaximumWidth(36 * self.fontMetrics().averageCharWidth())
        policy = self.opacity_slider.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the buttons beside it must not move
        self.opacity_slider.setSizePolicy(policy)
        self.opacity_slider.setVisible(False)
        self.adjust_button = self._tool_button(
            self.tr("Adjust"), self.tr("Brightness, contrast and gamma"), checkable=True
        )
        self.minus_button = self._tool_button("−", self.tr("Zoom out"))
        self.zoom_button = self._tool_button("", self.tr("Fit the image into the view"))
        self.plus_button = self._tool_button("+", self.tr("Zoom in"))
        self._zoom_buttons = self.minus_button, self.zoom_button, self.plus_button
        self.zoom_button.setMinimumWidth(self.fontMetrics().horizontalAdvance("3200 %") + 12)
        self.brightness_slider = self._slider(-100, 100, self.tr("Brightness"))
        self.contrast_slider = self._slider(-100, 100, self.tr("Contrast"))
        self.gamma_slider = self._slider(-100, 100, self.tr("Gamma"))
        self.reset_button = QPushButton(self.tr("Reset"))
        self.reset_button.setToolTip(self.tr("Show the image as stored."))
        self.reset_button.installEventFilter(self)
        self._adjustment_panel = self._build_adjustment_panel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._build_button_row())
        layout.addWidget(self._adjustment_panel)
        self._connect()
        self.opacity_slider.setValue(_INITIAL_OPACITY_PERCENT)

    def _build_button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(_SPACING)
        row.addWidget(self.outline_button)
        row.addWidget(self.repair_button)
        row.addWidget(self.map_button)
        row.addWidget(self.opacity_slider, 1000)  # takes the free width up to its maximum, the stretch the rest
        row.addStretch(1)
        for button in (self.adjust_button, self.minus_button, self.zoom_button, self.plus_button):
            row.addWidget(button)
        return row

    def _build_adjustment_panel(self) -> QWidget:
        part = QWidget()
        form = QFormLayout(part)
        form.setContentsMargins(0, 0, 0, 0)
        last = QHBoxLayout()
        last.addWidget(self.gamma_slider, 1)
        last.addWidget(self.reset_button)
        form.addRow(self.brightness_slider.accessibleName(), self.brightness_slider)
        form.addRow(self.contrast_slider.accessibleName(), self.contrast_slider)
        form.addRow(self.gamma_slider.accessibleName(), last)
        self._screen_only_label = QLabel(self.tr("Changes the display only, not the stored image."))
        form.addRow(self._screen_only_label)
        part.setVisible(False)
        return part

    @override
    def minimumSizeHint(self) -> QSize:
        """Size without the zoom buttons, which are hidden in a narrow panel.

        The mouse wheel and the keys zoom as well.
        """
        full = super().minimumSizeHint()
        return QSize(full.width() - self._total_width(b for b in self._zoom_buttons if not b.isHidden()), full.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the zoom buttons that fit."""
        super().resizeEvent(event)
        available = event.size().width() - self.minimumSizeHint().width()
        self.zoom_button.setVisible(available >= self._total_width([self.zoom_button]))
        for button in (self.minus_button, self.plus_button):
            button.setVisible(available >= self._total_width(self._zoom_buttons))

    @staticmethod
    def _total_width(buttons: Iterable[QToolButton]) -> int:
        return sum(max(b.sizeHint().width(), b.minimumWidth()) + _SPACING for b in buttons)

    def set_compact(self, *, compact: bool) -> None:
        """Hide explanatory text, to leave more space for the image."""
        self._screen_only_label.setHidden(compact)

    def _connect(self) -> None:
        self.opacity_slider.valueChanged.connect(self._set_opacity)
        self.adjust_button.toggled.connect(self._adjustment_panel.setVisible)
        self.minus_button.clicked.connect(self._image_view.zoom_out)
        self.plus_button.clicked.connect(self._image_view.zoom_in)
        self.zoom_button.clicked.connect(self._image_view.zoom_fit)
        self.reset_button.clicked.connect(self.reset)
        self._image_view.zoom_changed.connect(self._show_zoom)
        for slider in self._sliders():
            slider.valueChanged.connect(self._apply_adjustment)

    def set_overlays_available(self, *, available: bool) -> None:
        """Show or hide the buttons for overlays; hidden while an outline is edited."""
        for button in (self.outline_button, self.repair_button, self.map_button):
            button.setVisible(available)
            button.setEnabled(available)

    def set_cam_methods(self, names: Sequence[str]) -> None:
        """Offer other methods of class-activation maps in a menu of the map button.

        Args:
            names: Names of the methods; none = no menu.
        """
        if not names:
            return
        menu, group = QMenu(self.map_button), QActionGroup(self)
        for name in ("", *names):
            action = menu.addAction(name or self.tr("Grad-CAM, computed by the model"))
            action.setCheckable(True)
            action.setChecked(not name)
            action.setData(name)
            group.addAction(action)
        group.triggered.connect(self._on_method_chosen)
        self.map_button.setMenu(menu)
        self.map_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def _on_method_chosen(self, action: QAction) -> None:
        self.method_chosen.emit(action.data())

    @property
    def is_neutral(self) -> bool:
        """Whether the image is displayed as stored."""
        return not any(slider.value() for slider in self._sliders())

    def reset(self) -> None:
        """Display the image as stored."""
        for slider in self._sliders():
            slider.setValue(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Space press the focused button, although it is a shortcut of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and isinstance(watched, QAbstractButton)
        ):
            event.accept()
        return super().eventFilter(watched, event)

    def _tool_button(self, text: str, tip: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self)
        return button

    def _slider(self, low: int, high: int, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(low, high)
        slider.setAccessibleName(name)
        slider.setToolTip(name)
        slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return slider

    def _sliders(self) -> tuple[QSlider, QSlider, QSlider]:
        return self.brightness_slider, self.contrast_slider, self.gamma_slider

    def _show_zoom(self, zoom: float) -> None:
        self.zoom_button.setText(self.tr("{percent:.0f} %").format(percent=100 * zoom))

    def _set_opacity(self, percent: int) -> None:
        self._image_view.set_heatmap_opacity(percent / 100)

    def _apply_adjustment(self) -> None:
        brightness, contrast, gamma = (slider.value() / 100 for slider in self._sliders())
        self._image_view.set_adjustment(DisplayAdjustment(0.5 * brightness, 4.0**contrast, 3.0**gamma))
        self.adjusted.emit()
