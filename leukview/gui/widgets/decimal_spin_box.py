"""A number field that reads a comma and a point alike as the decimal sign."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget
from typing_extensions import override


class DecimalSpinBox(QDoubleSpinBox):
    """Spin box for measured values: ``7,2`` and ``7.2`` are the same number in every locale.

    Group separators are neither shown nor accepted, so that a comma can never be dropped from a typed number. The mouse
    wheel changes the value only while the field has the focus.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        locale = QLocale.c()
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator | QLocale.NumberOption.RejectGroupSeparator)
        self.setLocale(locale)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state, _, position = super().validate(text.replace(",", "."), position)
        return state, text, position

    @override
    def valueFromText(self, text: str) -> float:
        return super().valueFromText(text.replace(",", "."))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
