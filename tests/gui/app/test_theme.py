"""What a theme has to be told apart by, in the pixels that are painted (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from leukview.core.paths import resources_dir
from leukview.gui.app.theme import apply_theme, build_palette, build_style_sheet
from leukview.gui.main_window import MainWindow

THEMES = ("light", "dark", "contrast")
MIN_GRAPHIC_CONTRAST, MIN_TEXT_CONTRAST = 3.0, 4.5


def luminance(colour: QColor) -> float:
    def linear(c: float) -> float:
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def dominant_colour(image: QImage) -> QColor:
    """The colour most of a picture has."""
    counts = Counter(image.pixel(x, y) for x in range(image.width()) for y in range(image.height()))
    return QColor(counts.most_common(1)[0][0])


def max_contrast(image: QImage, other: QColor) -> float:
    """The greatest contrast of any pixel to a colour."""
    pixels = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    return max(contrast(QColor(p), other) for p in pixels)


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    before, sheet = qapp.palette(), qapp.styleSheet()
    apply_theme(request.param, qapp)
    yield request.param
    qapp.setStyleSheet(sheet)
    qapp.setPalette(before)


@pytest.fixture
def placed(qtbot: QtBot) -> Callable[[QWidget], QWidget]:
    pages = []

    def place(widget: QWidget) -> QWidget:
        page = QWidget()
        pages.append(page)
        QVBoxLayout(page).addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        widget.setParent(page)
        qtbot.addWidget(page)
        with qtbot.waitExposed(page):
            page.show()
        page.setFocus()
        return widget

    return place


def grab_image(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.mark.parametrize("kind", [QToolButton, QPushButton])
def test_that_a_pressed_button_is_told_from_one_that_is_not(theme: str, placed, kind: type[QAbstractButton]):
    button = placed(kind())
    button.setText("Outline of the cell")
    button.setCheckable(True)
    button.resize(button.sizeHint())
    up = dominant_colour(grab_image(button))
    size = button.sizeHint()
    button.setChecked(True)
    down = grab_image(button)
    assert contrast(dominant_colour(down), up) >= MIN_GRAPHIC_CONTRAST
    assert max_contrast(down, dominant_colour(down)) >= MIN_TEXT_CONTRAST
    assert button.sizeHint() == size, "a press moves nothing"


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_that_a_box_is_seen_empty_and_told_from_a_full_one(theme: str, placed, kind: type[QAbstractButton]):
    box = placed(kind())
    box.setFixedSize(box.sizeHint())
    window = build_palette(theme).color(QPalette.ColorRole.Window)
    empty = grab_image(box)
    assert max_contrast(empty, window) >= MIN_GRAPHIC_CONTRAST
    box.setChecked(True)
    full = grab_image(box)
    middle = empty.rect().center()
    near = [QPoint(middle.x() + x, middle.y() + y) for x in range(-3, 4) for y in range(-3, 4)]
    assert max(contrast(full.pixelColor(p), empty.pixelColor(p)) for p in near) >= MIN_GRAPHIC_CONTRAST


@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox])
def test_that_a_field_has_an_edge(theme: str, placed, kind: type[QWidget]):
    field = placed(kind())
    image, window = grab_image(field), build_palette(theme).color(QPalette.ColorRole.Window)
    line = image.pixelColor(image.width() // 2, 0)
    assert contrast(line, window) >= MIN_GRAPHIC_CONTRAST


def test_that_words_on_the_selection_can_be_read(theme: str):
    colours = build_palette(theme)
    ground_, words = (colours.color(r) for r in (QPalette.ColorRole.Highlight, QPalette.ColorRole.HighlightedText))
    assert contrast(ground_, words) >= MIN_TEXT_CONTRAST
    assert contrast(ground_, colours.color(QPalette.ColorRole.Base)) >= MIN_GRAPHIC_CONTRAST


def test_that_the_arrow_of_a_selected_branch_is_seen(theme: str, placed):
    tree = placed(QTreeView())
    model = QStandardItemModel(tree)
    item = QStandardItem("Leukocyte")
    item.appendRow(QStandardItem("Benign"))
    model.appendRow(item)
    tree.setModel(model)
    tree.setHeaderHidden(True)
    tree.setCurrentIndex(item.index())
    row = tree.visualRect(item.index())
    for opened in (False, True):
        tree.setExpanded(item.index(), opened)
        branch = tree.viewport().grab(row.adjusted(-row.left(), 0, row.left() - row.right(), 0)).toImage()
        assert max_contrast(branch, build_palette(theme).color(QPalette.ColorRole.Highlight)) >= MIN_GRAPHIC_CONTRAST


def test_that_disabled_words_are_told_from_others(theme: str):
    colours = build_palette(theme)
    role = QPalette.ColorRole.ButtonText
    off, on = (colours.color(g, role) for g in (QPalette.ColorGroup.Disabled, QPalette.ColorGroup.Active))
    assert off != on
    assert contrast(off, colours.color(QPalette.ColorRole.Button)) >= MIN_GRAPHIC_CONTRAST


def test_that_every_picture_a_sheet_names_is_there():
    for name in THEMES:
        for part in build_style_sheet(name).split("url(icons:")[1:]:
            assert (resources_dir() / "icons" / part.split(")")[0]).is_file()


def test_that_the_icons_of_the_tool_bar_follow_the_theme(opened: MainWindow):
    def lightness(key: str) -> int:
        image = opened.action_manager.by_key[key].icon().pixmap(20, 20).toImage()
        points = [image.pixelColor(x, y) for x in range(20) for y in range(20)]
        return max((c.alpha(), c.lightness()) for c in points)[1]

    for theme, plain, primary in (("contrast", True, False), ("light", False, True), ("dark", True, True)):
        opened.action_manager.by_key[f"theme_{theme}"].trigger()
        assert (lightness("comment") > 128, lightness("sign") > 128) == (plain, primary), theme


def test_that_a_theme_is_left_behind_when_another_comes(qapp: QApplication, placed):
    before, sheet = qapp.palette(), qapp.styleSheet()
    field = placed(QLineEdit())
    seen = []
    for name in ("light", "contrast", "light"):
        apply_theme(name, qapp)
        seen.append(dominant_colour(grab_image(field)))
    qapp.setStyleSheet(sheet)
    qapp.setPalette(before)
    assert seen[0] == seen[2] != seen[1]
