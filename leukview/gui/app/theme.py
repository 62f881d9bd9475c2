"""Light, dark and high-contrast themes: palettes and style sheets for Fusion.

Fusion draws pressed buttons, empty input fields and edges in shades of the window colour, which are indistinguishable
in a dark theme. The style sheet sets separate colours for them: contrast 3:1 for controls and 4.5:1 for text
(WCAG 2.2), 7:1 in high contrast. Style sheets are drawn in C++; a `QStyle` in Python would be called for each primitive
of each frame.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from leukview.core.paths import resources_dir

_ROLE = QPalette.ColorRole

_PALETTES: dict[str, dict[QPalette.ColorRole, str]] = {
    "light": {
        _ROLE.Window: "#f3f4f6",
        _ROLE.WindowText: "#1c2128",
        _ROLE.Base: "#ffffff",
        _ROLE.AlternateBase: "#f3f5f8",
        _ROLE.Text: "#1c2128",
        _ROLE.PlaceholderText: "#6a7380",
        _ROLE.Button: "#e8eaee",
        _ROLE.ButtonText: "#1c2128",
        _ROLE.ToolTipBase: "#1c2128",
        _ROLE.ToolTipText: "#ffffff",
        _ROLE.Highlight: "#1f6feb",
        _ROLE.HighlightedText: "#ffffff",
        _ROLE.Accent: "#1f6feb",
        _ROLE.Link: "#0b57d0",
        _ROLE.Mid: "#c3c8d0",
        _ROLE.Light: "#ffffff",
        _ROLE.Midlight: "#e6e9ee",
        _ROLE.Dark: "#9aa2ad",
    },
    "dark": {
        _ROLE.Window: "#2b3037",  # Fusion draws frames darker than this: input fields must stay visible
        _ROLE.WindowText: "#e4e7eb",
        _ROLE.Base: "#15181c",
        _ROLE.AlternateBase: "#1b1f24",
        _ROLE.Text: "#e4e7eb",
        _ROLE.PlaceholderText: "#98a2ae",
        _ROLE.Button: "#3d444e",
        _ROLE.ButtonText: "#e4e7eb",
        _ROLE.ToolTipBase: "#e4e7eb",
        _ROLE.ToolTipText: "#15181c",
        _ROLE.Highlight: "#1f6feb",
        _ROLE.HighlightedText: "#ffffff",
        _ROLE.Accent: "#3b82f6",
        _ROLE.Link: "#7ab0ff",
        _ROLE.Mid: "#59616d",
        _ROLE.Light: "#4a525d",
        _ROLE.Midlight: "#3f4650",
        _ROLE.Dark: "#0e1013",
    },
    "contrast": {
        _ROLE.Window: "#1c1c1c",  # Fusion draws frames darker than this: on black they would be invisible
        _ROLE.WindowText: "#ffffff",
        _ROLE.Base: "#000000",
        _ROLE.AlternateBase: "#101010",
        _ROLE.Text: "#ffffff",
        _ROLE.PlaceholderText: "#d0d0d0",
        _ROLE.Button: "#101010",
        _ROLE.ButtonText: "#ffffff",
        _ROLE.ToolTipBase: "#ffff00",
        _ROLE.ToolTipText: "#000000",
        _ROLE.Highlight: "#ffff00",
        _ROLE.HighlightedText: "#000000",
        _ROLE.Accent: "#ffff00",
        _ROLE.Link: "#66ccff",
        _ROLE.Mid: "#ffffff",
        _ROLE.Light: "#ffffff",
        _ROLE.Midlight: "#c0c0c0",
        _ROLE.Dark: "#808080",
    },
}


def build_palette(name: str) -> QPalette:
    """The palette of a theme: ``light``, ``dark`` or ``contrast``.

    Raises:
        KeyError: There is no theme of this name.
    """
    made = QPalette()
    for role, colour in _PALETTES[name].items():
        made.setColor(role, QColor(colour))
    faint = made.color(_ROLE.PlaceholderText)
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return made


@dataclass(frozen=True, slots=True)
class _StyleColours:
    """Colours of the style sheet that a palette has no role for.

    Attributes:
        edge: Border of input fields.
        faint: Border of disabled input fields.
        pressed: Background of a checked button. Fusion alone would draw it too pale.
        on_pressed: Text on a checked button.
        on: Colour name of the icons (`resources/icons`) drawn on the selection colour.
        off: Colour name of the icons drawn on a button.
    """

    edge: str
    faint: str
    pressed: str
    on_pressed: str
    on: str = "white"
    off: str = "white"


_STYLE_COLOURS = {
    "light": _StyleColours("#7d8590", "#b9bfc8", "#053690", "#ffffff", off="black"),
    "dark": _StyleColours("#8b96a3", "#59616d", "#6aa5ff", "#0b1420"),
    "contrast": _StyleColours("#ffffff", "#9a9a9a", "#ffff00", "#000000", on="black"),
}

SEVERITY_COLOURS = {"emergency": "#b3261e", "high": "#b35900", "medium": "#7a5c00", "low": "#55606e"}
"""Severity of an alert → colour of its stripe, in every theme."""

_COMMON_STYLE_SHEET = """
QToolButton:checked, QPushButton:checked {{ background: {pressed}; color: {on_pressed}; }}
QToolButton:checked:disabled, QPushButton:checked:disabled {{
    background: transparent; border: 1px solid {edge}; border-radius: 3px; color: {edge};
}}
QToolBar {{ spacing: 2px; padding: 3px; }}
QToolButton#primary {{
    background: palette(highlight); color: palette(highlighted-text); border: none; border-radius: 4px;
    padding: 4px 12px 4px 8px; font-weight: bold;
}}
QToolButton#primary:hover {{ border: 2px solid {edge}; padding: 2px 10px 2px 6px; }}
QToolButton#primary:disabled {{ background: palette(midlight); color: {edge}; }}
QToolButton#none:checked {{ background: palette(base); color: palette(text); }}
QLineEdit, QPlainTextEdit, QAbstractSpinBox {{
    background: palette(base); border: 1px solid {edge}; border-radius: 3px; padding: 1px 2px;
}}
QLineEdit:focus, QPlainTextEdit:focus, QAbstractSpinBox:focus {{ border-color: palette(accent); }}
QLineEdit:disabled, QPlainTextEdit:disabled, QAbstractSpinBox:disabled, QLineEdit:read-only {{
    border-color: {faint}; background: palette(window);
}}
QAbstractSpinBox {{ padding: 2px 18px 2px 4px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 16px; }}
QAbstractSpinBox::up-arrow {{ image: url(icons:up-{off}.svg); width: 9px; height: 9px; }}
QAbstractSpinBox::down-arrow {{ image: url(icons:down-{off}.svg); width: 9px; height: 9px; }}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator, QGroupBox::indicator {{
    width: 13px; height: 13px; border: 1px solid {edge}; border-radius: 3px; background: palette(base);
}}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked, QAbstractItemView::indicator:checked,
QCheckBox::indicator:indeterminate {{ background: palette(highlight); border-color: {edge}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ image: url(icons:tick-{on}.svg); }}
QCheckBox::indicator:indeterminate {{ image: url(icons:partly-{on}.svg); }}
QRadioButton::indicator:checked {{ image: url(icons:dot-{on}.svg); }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{
    border: 2px solid palette(accent); width: 11px; height: 11px;
}}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled, QAbstractItemView::indicator:disabled {{
    border-color: {faint}; background: palette(window);
}}
QTreeView::branch:selected:has-children:closed {{ image: url(icons:right-{on}.svg); }}
QTreeView::branch:selected:has-children:open {{ image: url(icons:down-{on}.svg); }}
QFrame#card {{ border: 1px solid {edge}; border-radius: 4px; background: palette(window); }}
"""

_CONTRAST_STYLE_SHEET = """
QPushButton, QToolButton, QComboBox {{
    background: palette(button); border: 1px solid {edge}; border-radius: 3px;
}}
QPushButton {{ padding: 3px 12px; }}  /* no min-width: Qt would then let the text be cut off */
QToolButton {{ padding: 2px 3px; }}
QToolButton#map {{ padding-right: 20px; }}
QToolButton#fold {{ border: none; padding: 0; }}
QToolButton::menu-button {{
    border: 1px solid {edge}; border-left: none; border-top-right-radius: 3px; border-bottom-right-radius: 3px;
    background: palette(button); width: 15px;
}}
QToolButton::menu-arrow {{ image: url(icons:down-{off}.svg); width: 10px; height: 10px; }}
QToolButton[autoRaise="true"] {{ border-color: transparent; background: transparent; }}
QToolButton[autoRaise="true"]:checked {{ background: {pressed}; }}
QToolBar QToolButton[autoRaise="true"]:hover {{ border-color: {edge}; }}
QComboBox {{ padding: 2px 6px; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QComboBox::down-arrow {{ image: url(icons:down-{off}.svg); width: 10px; height: 10px; }}
QPushButton:default {{ border: 2px solid {edge}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus {{ border: 2px solid palette(highlight); }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{
    border: 1px dashed {faint}; color: {faint};
}}
QToolButton[autoRaise="true"]:disabled {{ border-color: transparent; }}
QToolButton:checked, QPushButton:checked {{ background: {pressed}; color: {on_pressed}; }}
QAbstractItemView, QTextBrowser {{ border: 1px solid {edge}; }}
QHeaderView {{ border: none; }}
QHeaderView::section {{
    background: palette(button); color: palette(button-text);
    border: none; border-right: 1px solid {edge}; border-bottom: 1px solid {edge}; padding: 2px 4px;
}}
QTabBar::tab {{ border: 1px solid {edge}; padding: 4px 10px; background: palette(button); }}
QTabBar::tab:selected {{ background: palette(highlight); color: palette(highlighted-text); }}
QTabBar::tab:focus {{ border: 2px solid palette(link); }}
QTabWidget::pane {{ border: 1px solid {edge}; }}
QGroupBox {{ border: 1px solid {edge}; margin-top: 0.6em; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 8px; }}
QSlider::groove:horizontal {{ height: 3px; background: {edge}; }}
QSlider::sub-page:horizontal {{ background: palette(highlight); }}
QSlider::handle:horizontal {{
    width: 12px; margin: -7px 0; border: 1px solid {edge}; border-radius: 3px; background: palette(base);
}}
QSlider::handle:horizontal:focus {{ background: palette(highlight); }}
QScrollBar:vertical {{ width: 14px; background: palette(base); border-left: 1px solid {faint}; }}
QScrollBar:horizontal {{ height: 14px; background: palette(base); border-top: 1px solid {faint}; }}
QScrollBar::handle {{ background: {edge}; margin: 2px; border-radius: 3px; min-height: 24px; min-width: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QSplitter::handle {{ background: {faint}; margin: 2px; }}
QProgressBar {{ border: 1px solid {edge}; }}
QMenu {{ border: 1px solid {edge}; }}
"""


def build_style_sheet(name: str) -> str:
    """The application's style sheet of a theme: ``light``, ``dark`` or ``contrast``."""
    colours = _STYLE_COLOURS[name]
    sheet = _COMMON_STYLE_SHEET + (_CONTRAST_STYLE_SHEET if name == "contrast" else "")
    return sheet.format(**asdict(colours))


def resolve_theme(theme: str, application: QApplication) -> str:
    """Palette name of a theme setting; ``system`` becomes the desktop's light or dark."""
    if theme != "system":
        return theme
    dark = application.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def application_icon() -> QIcon:
    """The icon of the window and, through it, of all dialogs."""
    return QIcon(str(resources_dir() / "icons" / "leukview.png"))


def apply_theme(theme: str, application: QApplication) -> None:
    """Apply style, palette, icons and style sheet of a theme to the application."""
    name = resolve_theme(theme, application)
    # The style has no name while a style sheet is set.
    if not application.styleSheet() and application.style().name() != "fusion":
        application.setStyle("Fusion")
    QDir.setSearchPaths("icons", [str(resources_dir() / "icons")])
    application.setPalette(build_palette(name))
    application.setStyleSheet(build_style_sheet(name))
