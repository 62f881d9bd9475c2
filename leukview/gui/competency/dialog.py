"""Dialog of the training: sets, rounds, one round, its result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.competency.grading import PASS_SHARE, Answer, is_asked
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import format_datetime
from leukview.gui.competency.quiz_page import QuizPage
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    heading_label,
    read_only_table,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.competency.service import RoundRecord
from leukview.services.ports.competency import CompetencySet

DEFAULT_CELLS = 50


class CompetencyDialog(QDialog):
    """Sets on top, rounds below; a round takes the whole dialog until it ends.

    Args:
        taxonomy: Names the classes.
        may_make_sets: Whether the viewer may make sets from the signed slides.
        parent: Parent widget.

    Signals:
        begin_requested: Number of the set.
        set_requested: Name of a new set, and the number of its cells.
        export_requested: The user wants the rounds as a table.
    """

    begin_requested = Signal(int)
    set_requested = Signal(str, int)
    export_requested = Signal()

    def __init__(self, taxonomy: Taxonomy, *, may_make_sets: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Training"))
        self._taxonomy, self._sets = taxonomy, tuple[CompetencySet, ...]()
        self.stack = QStackedWidget()
        self.quiz = QuizPage([c for c in taxonomy.classes if is_asked(c)])
        self.stack.addWidget(self._overview(may_make_sets=may_make_sets))
        self.stack.addWidget(self.quiz)
        self.stack.addWidget(self._result_page())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.stack, 1)
        layout.addWidget(buttons)
        set_initial_size(self, 130, 36)

    def _overview(self, *, may_make_sets: bool) -> QWidget:
        page = QWidget()
        note = self.tr(
            "Classify the cells of a set without their labels. The key is the label of the signed slide; the result is "
            "told after the last cell. A round is passed with {0} % correct answers and no blast taken for another "
            "cell or the reverse."
        ).format(round(100 * PASS_SHARE))
        self.set_table = read_only_table(self.tr("Sets"))
        self.set_model = TextTableModel(
            [self.tr("Set"), self.tr("Cells"), self.tr("Made by"), self.tr("Made on")], self.set_table, {1}
        )
        self.set_table.setModel(self.set_model)
        self.begin_button = QPushButton(self.tr("Begin or continue"))
        self.begin_button.setDefault(True)
        self.name_edit, self.count_spin = QLineEdit(), QSpinBox()
        self.name_edit.setPlaceholderText(self.tr("Name of a new set"))
        self.name_edit.setAccessibleName(self.tr("Name of a new set"))
        self.count_spin.setRange(10, 500)
        self.count_spin.setValue(DEFAULT_CELLS)
        self.count_spin.setSuffix(self.tr(" cells"))
        self.make_button = QPushButton(self.tr("Make from signed slides"))
        self.make_button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.begin_button)
        row.addStretch(1)
        for widget in (self.name_edit, self.count_spin, self.make_button):
            row.addWidget(widget)
            widget.setVisible(may_make_sets)
        self.round_table = read_only_table(self.tr("Rounds"))
        headings = [
            self.tr("Set"),
            self.tr("Person"),
            self.tr("Round"),
            self.tr("Last answer"),
            self.tr("Correct"),
            self.tr("95 % interval"),
            self.tr("Critical"),
            self.tr("Result"),
        ]
        self.round_model = TextTableModel(headings, self.round_table, {2, 6})
        self.round_table.setModel(self.round_model)
        self.export_button = QPushButton(self.tr("Export rounds…"))
        self.export_button.setAutoDefault(False)
        self.message_label = wrapping_label("")
        foot = QHBoxLayout()
        foot.addWidget(self.message_label, 1)
        foot.addWidget(self.export_button)
        layout = QVBoxLayout(page)
        layout.addWidget(wrapping_label(note))
        layout.addWidget(self.set_table, 1)
        layout.addLayout(row)
        layout.addWidget(heading_label(self.tr("Rounds")))
        layout.addWidget(self.round_table, 1)
        layout.addLayout(foot)
        self.set_table.selectionModel().selectionChanged.connect(self._update)
        self.begin_button.clicked.connect(self._begin)
        self.set_table.doubleClicked.connect(self._begin)
        self.make_button.clicked.connect(
            lambda: self.set_requested.emit(self.name_edit.text(), self.count_spin.value())
        )
        self.export_button.clicked.connect(self.export_requested)
        return page

    def _result_page(self) -> QWidget:
        page = QWidget()
        self.result_label = heading_label("", 1.2)
        self.class_table = read_only_table(self.tr("Classes"))
        self.class_model = TextTableModel(
            [self.tr("Class"), self.tr("Cells"), self.tr("Correct"), self.tr("95 % interval")], self.class_table, {1, 2}
        )
        self.class_table.setModel(self.class_model)
        self.wrong_table = read_only_table(self.tr("Wrong answers"))
        self.wrong_model = TextTableModel([self.tr("Cell"), self.tr("Key"), self.tr("Answer")], self.wrong_table)
        self.wrong_table.setModel(self.wrong_model)
        self.back_button = QPushButton(self.tr("Back to the sets"))
        self.back_button.clicked.connect(lambda: self.stack.setCurrentIndex(0))
        layout = QVBoxLayout(page)
        layout.addWidget(self.result_label)
        layout.addWidget(self.class_table, 1)
        layout.addWidget(heading_label(self.tr("Wrong answers")))
        layout.addWidget(self.wrong_table, 1)
        layout.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        return page

    def show_lists(self, sets: Sequence[CompetencySet], records: Sequence[RoundRecord]) -> None:
        """Show sets and rounds; the result of a round is told only when it is complete."""
        self._sets = tuple(sets)
        self.set_model.set_rows([(s.name, str(s.cell_count), s.made_by, _time_text(s.made_at)) for s in sets])
        fit_columns(self.set_table)
        self.round_model.set_rows([self._round_row(record) for record in records])
        fit_columns(self.round_table)
        self.export_button.setEnabled(any(record.is_complete for record in records))
        if sets and not self.set_table.selectionModel().hasSelection():
            self.set_table.selectRow(0)
        self._update()

    def _round_row(self, record: RoundRecord) -> tuple[str, ...]:
        head = (record.set_name, record.person, str(record.number), _time_text(record.at))
        result = record.result
        if not record.is_complete:
            return (*head, self.tr("{0} answered").format(result.answered), "", "", self.tr("open"))
        verdict = self.tr("passed") if result.is_passed else self.tr("not passed")
        share = self.tr("{0} of {1}").format(result.correct, result.answered)
        interval = f"{100 * result.interval.low:.1f}–{100 * result.interval.high:.1f} %"
        return (*head, share, interval, str(result.critical), verdict)

    def show_result(self, record: RoundRecord, wrong: Sequence[Answer]) -> None:
        """Show the result of a round that is complete."""
        result = record.result
        verdict = self.tr("Passed") if result.is_passed else self.tr("Not passed")
        text = self.tr("{0}: {1} of {2} correct ({3} %), {4} critical").format(
            verdict, result.correct, result.answered, f"{100 * result.share:.1f}", result.critical
        )
        self.result_label.setText(text)
        rows = [
            (
                self._taxonomy.cell_class(score.key).name,
                str(score.cells),
                str(score.correct),
                f"{100 * score.interval.low:.1f}–{100 * score.interval.high:.1f} %",
            )
            for score in result.classes
        ]
        self.class_model.set_rows(rows)
        names = [tuple(self._taxonomy.cell_class(key).name for key in (a.key, a.label)) for a in wrong]
        self.wrong_model.set_rows([(a.cell_id, *pair) for a, pair in zip(wrong, names, strict=True)])
        for table in (self.class_table, self.wrong_table):
            fit_columns(table)
        self.stack.setCurrentIndex(2)

    def show_message(self, text: str) -> None:
        """Tell what was done, or why it was not."""
        self.message_label.setText(text)

    def _begin(self) -> None:
        rows = self.set_table.selectionModel().selectedRows()
        if rows and rows[0].row() < len(self._sets):
            self.begin_requested.emit(self._sets[rows[0].row()].number)

    def _update(self) -> None:
        self.begin_button.setEnabled(self.set_table.selectionModel().hasSelection())


def _time_text(iso: str) -> str:
    return format_datetime(datetime.fromisoformat(iso).astimezone())
