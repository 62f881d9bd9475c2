"""The models that dialogs and the stage tree lay out, held to Qt's own rules for models."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from leukview.gui.comparison.dialog import CellStripModel, ComparisonCell
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.gui.widgets.tree_model import TreeModel


@dataclass(frozen=True, slots=True)
class TextNode:
    """A word with words beneath."""

    text: str
    children: tuple[TextNode, ...] = ()


def make_tree_model(parent: QObject) -> TreeModel:
    def read(node: TextNode, column: int, role: int) -> object:
        return f"{node.text}{column}" if role == Qt.ItemDataRole.DisplayRole else None

    return TreeModel(2, read, parent, selectable=lambda node: not node.children)


def test_that_a_tree_is_laid_out_as_it_was_given(qtmodeltester: ModelTester, qapp: QObject):
    model = make_tree_model(qapp)
    model.set_roots([TextNode("a", (TextNode("b", (TextNode("c"),)), TextNode("d"))), TextNode("e")])
    qtmodeltester.check(model)
    assert [index.data() for index in model.indexes()] == ["a0", "b0", "c0", "d0", "e0"]
    first = model.index(0, 0)
    deepest = model.index(0, 1, model.index(0, 0, first))
    assert deepest.data() == "c1"
    assert deepest.parent().data() == "b0"
    assert (model.rowCount(first), model.rowCount(deepest)) == (2, 0)
    assert not first.flags() & Qt.ItemFlag.ItemIsSelectable
    assert model.index(1, 0).flags() & Qt.ItemFlag.ItemIsSelectable
    assert not model.index(2, 0).isValid()


def test_that_another_tree_takes_the_place_of_the_first(qtmodeltester: ModelTester, qapp: QObject):
    model = make_tree_model(qapp)
    model.set_roots([TextNode("a", (TextNode("b"),))])
    model.set_roots([])
    assert model.rowCount() == 0
    model.set_roots([TextNode("x"), TextNode("y")])
    qtmodeltester.check(model)
    assert [model.index(row, 1).data() for row in range(model.rowCount())] == ["x1", "y1"]
    assert model.parent(model.index(1, 0)) == QModelIndex()


def test_that_lines_are_muted_slanted_and_explained(qtmodeltester: ModelTester, qtbot: QtBot):
    parent = QWidget()
    qtbot.addWidget(parent)
    model = TextTableModel(("Name", "Cells"), parent, numeric_columns=(1,))
    model.set_rows([("Ada", "3"), ("Bo", "4")], muted=(1,), italic=(0,), tool_tips={1: "Before: Bob"})
    qtmodeltester.check(model)
    role = Qt.ItemDataRole
    assert model.index(0, 0).data(role.FontRole).italic()
    assert model.index(1, 0).data(role.FontRole) is None
    assert model.index(0, 0).data(role.ForegroundRole) is None
    assert model.index(1, 1).data(role.ForegroundRole) is not None
    assert [model.index(1, c).data(role.ToolTipRole) for c in (0, 1)] == ["Before: Bob", None]
    model.set_headings(("First", "Second"))
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in (0, 1)] == ["First", "Second"]


def test_that_a_strip_of_cells_counts_those_from_elsewhere(qtmodeltester: ModelTester, qapp: QObject):
    model = CellStripModel(QColor("#888888"), qapp)
    model.show_cells([ComparisonCell("a", "Blast", ("confirmed",), number=7), ComparisonCell("b", "Blast", ())])
    qtmodeltester.check(model)
    assert [model.index(row).data() for row in (0, 1)] == ["7", "2"]
    assert model.cell(2) is None
