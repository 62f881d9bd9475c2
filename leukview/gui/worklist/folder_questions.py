"""Questions of the import preview: folders that may be a class or a patient."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leukview.domain.site_classes import LEAVE_OUT, PATIENT
from leukview.domain.slide import FolderQuestion
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.widgets.dialog_helpers import fit_columns, heading_label, read_only_table, wrapping_label
from leukview.gui.widgets.text_table_model import TextTableModel


class FolderQuestionsPanel(QWidget):
    """Lists the folders in question by name, and takes one answer for each.

    Args:
        questions: The folders.
        taxonomy: Classes to choose from.
    """

    apply_requested = Signal()

    def __init__(self, questions: Sequence[FolderQuestion], taxonomy: Taxonomy) -> None:
        super().__init__()
        self._taxonomy = taxonomy
        self._questions: dict[str, list[FolderQuestion]] = {}
        for question in questions:
            self._questions.setdefault(question.name, []).append(question)
        self._answers: dict[str, str] = {}
        self.table = read_only_table(self.tr("Folders to decide on"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        headings = (self.tr("Folder"), self.tr("Place"), self.tr("Images"), self.tr("Similar to"), self.tr("Answer"))
        self._model = TextTableModel(headings, self, {2})
        self.table.setModel(self._model)
        self.answer_box = QComboBox()
        self.answer_box.setAccessibleName(self.tr("Answer for the selected folders"))
        self.answer_box.addItem(self.tr("Choose…"), "")
        self.answer_box.addItem(self.tr("A separate patient"), PATIENT)
        self.answer_box.addItem(self.tr("Ignore"), LEAVE_OUT)
        self.answer_box.insertSeparator(self.answer_box.count())
        for cell_class in taxonomy.classes:
            if not cell_class.retired:
                self.answer_box.addItem(cell_class.name, cell_class.key)
        self.answer_box.activated.connect(self._on_answer)
        self.apply_button = QPushButton(self.tr("Read again with these answers"))
        self.apply_button.setAutoDefault(False)
        self.apply_button.clicked.connect(self.apply_requested)
        label = QLabel(self.tr("The selected folders are:"))
        label.setBuddy(self.answer_box)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.answer_box, 1)
        row.addWidget(self.apply_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(heading_label(self.tr("Are these folders cell classes or patients?")))
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "A slide with such a folder is not imported before you answer, so that two "
                    "patients are never joined by mistake. Answers about unknown names are stored "
                    "for this site; patients' names are not stored."
                )
            )
        )
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        self._show_answers()
        self.table.selectAll() if len(self._questions) == 1 else self.table.selectRow(0)

    def answers(self) -> dict[str, str]:
        """Return folder name → class key, ``patient`` or ``leave out``, of the folders answered."""
        return dict(self._answers)

    def _on_answer(self, index: int) -> None:
        answer = str(self.answer_box.itemData(index) or "")
        names = list(self._questions)
        selected = {place.row() for place in self.table.selectionModel().selectedRows()}
        for row in selected:
            if answer:
                self._answers[names[row]] = answer
            else:
                self._answers.pop(names[row], None)
        self._show_answers()
        remaining = [row for row, name in enumerate(names) if name not in self._answers]
        self.table.selectRow(remaining[0] if remaining else min(selected, default=0))
        self.answer_box.setCurrentIndex(0)

    def _show_answers(self) -> None:
        rows = [
            (
                name,
                self._places(its),
                f"{sum(q.count for q in its):,}",
                self._named_like(its[0]),
                self._answer_text(name),
            )
            for name, its in self._questions.items()
        ]
        self._model.set_rows(rows)
        fit_columns(self.table)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.apply_button.setEnabled(bool(self._answers))

    def _places(self, found: Sequence[FolderQuestion]) -> str:
        return found[0].folder if len(found) == 1 else self.tr("{0} folders").format(len(found))

    def _named_like(self, question: FolderQuestion) -> str:
        return self._taxonomy.cell_class(question.class_key).name if question.class_key else "–"

    def _answer_text(self, name: str) -> str:
        index = self.answer_box.findData(self._answers.get(name, ""), Qt.ItemDataRole.UserRole)
        return self.answer_box.itemText(index) if self._answers.get(name) else self.tr("Not answered")
