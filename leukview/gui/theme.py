"""Light, dark and high-contrast palettes on Qt's Fusion style."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

_ROLES = QPalette.ColorRole

_COLOURS: dict[str, dict[QPalette.ColorRole, str]] = {
    "light": {
        _ROLES.Window: "#f3f4f6",
        _ROLES.WindowText: "#1c2128",
        _ROLES.Base: "#ffffff",
        _ROLES.AlternateBase: "#f3f5f8",
        _ROLES.Text: "#1c2128",
        _ROLES.PlaceholderText: "#6a7380",
        _ROLES.Button: "#e8eaee",
        _ROLES.ButtonText: "#1c2128",
        _ROLES.ToolTipBase: "#1c2128",
        _ROLES.ToolTipText: "#ffffff",
        _ROLES.Highlight: "#1f6feb",
        _ROLES.HighlightedText: "#ffffff",
        _ROLES.Accent: "#1f6feb",
        _ROLES.Link: "#0b57d0",
        _ROLES.Mid: "#c3c8d0",
        _ROLES.Light: "#ffffff",
        _ROLES.Midlight: "#e6e9ee",
        _ROLES.Dark: "#9aa2ad",
    },
    "dark": {
        _ROLES.Window: "#2b3037",  # Fusion draws frames darker: boxes must show against it
        _ROLES.WindowText: "#e4e7eb",
        _ROLES.Base: "#15181c",
        _ROLES.AlternateBase: "#1b1f24",
        _ROLES.Text: "#e4e7eb",
        _ROLES.PlaceholderText: "#98a2ae",
        _ROLES.Button: "#3d444e",
        _ROLES.ButtonText: "#e4e7eb",
        _ROLES.ToolTipBase: "#e4e7eb",
        _ROLES.ToolTipText: "#15181c",
        _ROLES.Highlight: "#3b82f6",
        _ROLES.HighlightedText: "#ffffff",
        _ROLES.Accent: "#3b82f6",
        _ROLES.Link: "#7ab0ff",
        _ROLES.Mid: "#59616d",
        _ROLES.Light: "#4a525d",
        _ROLES.Midlight: "#3f4650",
        _ROLES.Dark: "#0e1013",
    },
    "contrast": {
        _ROLES.Window: "#1c1c1c",  # Fusion draws frames darker than this; on black they could not be seen
        _ROLES.WindowText: "#ffffff",
        _ROLES.Base: "#000000",
        _ROLES.AlternateBase: "#101010",
        _ROLES.Text: "#ffffff",
        _ROLES.PlaceholderText: "#d0d0d0",
        _ROLES.Button: "#101010",
        _ROLES.ButtonText: "#ffffff",
        _ROLES.ToolTipBase: "#ffff00",
        _ROLES.ToolTipText: "#000000",
        _ROLES.Highlight: "#ffff00",
        _ROLES.HighlightedText: "#000000",
        _ROLES.Accent: "#ffff00",
        _ROLES.Link: "#66ccff",
        _ROLES.Mid: "#ffffff",
        _ROLES.Light: "#ffffff",
        _ROLES.Midlight: "#c0c0c0",
        _ROLES.Dark: "#808080",
    },
}


def palette(name: str) -> QPalette:
    """The palette of a theme: ``light``, ``dark`` or ``contrast``."""
    made = QPalette()
    for role, colour in _COLOURS[name].items():
        made.setColor(role, QColor(colour))
    faint = made.color(_ROLES.PlaceholderText)
    for role in (_ROLES.WindowText, _ROLES.Text, _ROLES.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return made


def resolve(theme: str, application: QApplication) -> str:
    """The palette's name for a theme; ``system`` follows the desktop."""
    if theme != "system":
        return theme
    dark = application.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def apply_theme(theme: str, application: QApplication) -> None:
    """Paint the whole application in a theme."""
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(palette(resolve(theme, application)))
