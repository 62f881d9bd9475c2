from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukview.gui.widgets.decimal_spin_box import DecimalSpinBox


@pytest.fixture(params=["en_US", "de_DE", "zh_CN", "fr_FR"])
def locale(request: pytest.FixtureRequest):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.mark.usefixtures("locale")
@pytest.mark.parametrize(
    ("typed", "value"), [("7,2", 7.2), ("7.2", 7.2), ("0,55", 0.55), ("120", 120.0), ("12,", 12.0)]
)
def test_that_a_comma_is_a_decimal_sign_in_every_locale(qtbot: QtBot, typed: str, value: float):
    spin = DecimalSpinBox()
    spin.setRange(0.0, 2000.0)
    spin.setSuffix(" ×10⁹/l")
    qtbot.addWidget(spin)
    spin.lineEdit().clear()
    qtbot.keyClicks(spin.lineEdit(), typed)
    spin.interpretText()
    assert spin.value() == pytest.approx(value)


@pytest.mark.usefixtures("locale")
def test_that_a_second_separator_is_not_taken(qtbot: QtBot):
    spin = DecimalSpinBox()
    spin.setRange(0.0, 2000.0)
    qtbot.addWidget(spin)
    spin.lineEdit().clear()
    qtbot.keyClicks(spin.lineEdit(), "1,200.5")
    spin.interpretText()
    assert spin.value() == pytest.approx(1.2)


def test_that_the_wheel_over_a_field_without_focus_changes_nothing(qtbot: QtBot):
    spin = DecimalSpinBox()
    spin.setValue(5.0)
    qtbot.addWidget(spin)
    spin.show()
    spin.clearFocus()
    turn = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 120), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(spin, turn)
    assert spin.value() == 5.0
