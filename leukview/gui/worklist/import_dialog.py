"""Import dialog: preview of the slides found in a folder or archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.class_names import fold_name
from leukview.domain.slide import ExportPreview, ProblemKind, SlideDraft
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    heading_label,
    read_only_table,
    set_default_button,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.worklist.folder_questions import FolderQuestionsPanel

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
READ_AGAIN = 2
"""Result code of the dialog: the person answered questions, and the folder is to be read again."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("PreviewDialog", text)


def problem_text(kind: ProblemKind) -> str:
    """Return the display name of a kind of problem."""
    return {
        ProblemKind.UNDECODABLE: _tr("Not readable"),
        ProblemKind.TOO_LARGE: _tr("Too large"),
        ProblemKind.NOT_AN_IMAGE: _tr("Not an image"),
        ProblemKind.NO_PERMISSION: _tr("No permission"),
        ProblemKind.VANISHED: _tr("File missing"),
        ProblemKind.UNSAFE_ARCHIVE_ENTRY: _tr("Unsafe archive entry"),
        ProblemKind.CODE_DISAGREES: _tr("Code differs from folder"),
        ProblemKind.CONFLICT: _tr("Two classes"),
        ProblemKind.EMPTY: _tr("Empty"),
        ProblemKind.CHANGED: _tr("Changed after its export"),
        ProblemKind.PATIENT_OR_ORDER: _tr("Patient or order?"),
        ProblemKind.SIGNED: _tr("Already signed"),
        ProblemKind.IMAGES_GONE: _tr("Images missing or changed"),
        ProblemKind.HELPER: _tr("System file"),
        ProblemKind.LINK: _tr("Link"),
        ProblemKind.PLACEHOLDER: _tr("Not on this computer"),
        ProblemKind.UNFINISHED: _tr("Not complete"),
        ProblemKind.HIDDEN: _tr("Hidden file name"),
        ProblemKind.REPEATED_NAME: _tr("Duplicate name"),
        ProblemKind.NAME_ENCODING: _tr("Encoding of names"),
        ProblemKind.OWN_RESULTS: _tr("Results of LeukView"),
        ProblemKind.PARTLY_READ: _tr("Partly read"),
        ProblemKind.BLANK: _tr("Blank image"),
        ProblemKind.UNKNOWN_FOLDER: _tr("Class or patient?"),
        ProblemKind.SAME_CELLS: _tr("Cells already imported"),
        ProblemKind.CLASS_CHANGED: _tr("Class changed"),
        ProblemKind.SIMILAR_NAME: _tr("Similar name"),
    }[kind]


def encoding_text(encoding: str) -> str:
    """Return the display name of an encoding of names."""
    scripts = {
        "cp932": _tr("Japanese"),
        "gbk": _tr("Chinese, simplified"),
        "big5": _tr("Chinese, traditional"),
        "cp949": _tr("Korean"),
        "cp437": _tr("DOS, American"),
        "cp850": _tr("DOS, Western European"),
        "cp866": _tr("DOS, Cyrillic"),
        "cp1251": _tr("Windows, Cyrillic"),
        "cp1252": _tr("Windows, Western European"),
    }
    return f"{scripts[encoding]} ({encoding})" if encoding in scripts else encoding


def slide_text(draft: SlideDraft) -> str:
    """Return patient and order as named by the folder."""
    return " / ".join(part for part in (draft.patient, draft.order) if part)


class StaticTableModel(QAbstractTableModel):
    """Read-only table model of fixed values; integers are aligned to the right."""

    def __init__(self, headers: Sequence[str], rows: Sequence[Sequence[str | int]], parent: QWidget) -> None:
        super().__init__(parent)
        self._headers, self._rows = tuple(headers), tuple(tuple(row) for row in rows)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text or the alignment of one field."""
        value = self._rows[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return f"{value:,}" if isinstance(value, int) else value
            case Qt.ItemDataRole.TextAlignmentRole if isinstance(value, int):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the heading of a column, or its alignment."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and self._rows and isinstance(self._rows[0][section], int):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self._headers[section] if role == Qt.ItemDataRole.DisplayRole else None


class ImportSlidesModel(StaticTableModel):
    """The slides found, with check boxes.

    A slide without cells, or with a folder that waits for an answer, cannot be checked.
    """

    def __init__(self, drafts: Sequence[SlideDraft], parent: QWidget) -> None:
        headers = (
            _tr("Patient"),
            _tr("Order"),
            _tr("Folder layout"),
            _tr("Cells"),
            _tr("Labelled"),
            _tr("Overviews"),
            _tr("Duplicates"),
            _tr("Not readable"),
            _tr("Two classes"),
        )
        rows = [
            (
                d.patient,
                d.order or "–",
                translate_data(d.layout),
                len(d.cells),
                d.labelled_count,
                len(d.overviews),
                d.duplicate_count,
                d.undecodable_count,
                d.conflict_count,
            )
            for d in drafts
        ]
        super().__init__(headers, rows, parent)
        self._drafts = tuple(drafts)
        self._checked = [_can_import(d) for d in drafts]

    def checked_slides(self) -> tuple[SlideDraft, ...]:
        """Return the checked slides."""
        return tuple(d for d, checked in zip(self._drafts, self._checked, strict=True) if checked)

    def set_all_checked(self, *, checked: bool) -> None:
        """Check all slides that can be imported, or uncheck all."""
        self._checked = [checked and _can_import(d) for d in self._drafts]
        if self._drafts:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._drafts) - 1, 0))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Make the first column checkable if the slide can be imported."""
        item_flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() == 0 and _can_import(self._drafts[index.row()]):
            item_flags |= Qt.ItemFlag.ItemIsUserCheckable
        return item_flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the data of `StaticTableModel` and the check state."""
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return Qt.CheckState.Checked if self._checked[index.row()] else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Set the check state of a slide."""
        if role != Qt.ItemDataRole.CheckStateRole or not self.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        self._checked[index.row()] = value in {Qt.CheckState.Checked, Qt.CheckState.Checked.value}
        self.dataChanged.emit(index, index)
        return True


def _can_import(draft: SlideDraft) -> bool:
    return bool(draft.cells) and not draft.open_questions


def _place(draft: SlideDraft) -> tuple[str, str]:
    return draft.root, draft.archive_folder


def _class_counts(draft: SlideDraft, taxonomy: Taxonomy) -> list[tuple[str, int]]:
    """Return the cell count per analyser class in taxonomy order, unlabelled last."""
    counts = draft.class_counts()
    named = [(taxonomy.cell_class(k).plural, counts[k]) for k in sorted(counts, key=taxonomy.position) if k]
    return [*named, *([(_tr("Not labelled"), counts[""])] if counts.get("") else [])]


def _folders_as_classes(draft: SlideDraft, taxonomy: Taxonomy) -> str:
    """Return the folders of another name than the class that they are taken for, each with it."""
    named = {
        (cell.source.name, taxonomy.cell_class(cell.source.class_key))
        for cell in draft.cells
        if cell.source and cell.source.name
    }
    differing = {name: c.name for name, c in named if fold_name(name) not in {fold_name(c.name), fold_name(c.plural)}}
    return "; ".join(f"“{name}” → {class_name}" for name, class_name in sorted(differing.items()))


class ImportDialog(QDialog):
    """Shows the slides and problems found and asks which slides to import.

    Args:
        preview: Contents of the folder or archive.
        taxonomy: Class names.
        parent: Parent widget.

    Signals:
        encoding_chosen: Encoding in which the archive's names are to be read; the dialog closes.
    """

    encoding_chosen = Signal(str)

    def __init__(self, preview: ExportPreview, taxonomy: Taxonomy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taxonomy, self._drafts = taxonomy, preview.slides
        self._joining: frozenset[tuple[str, str]] = frozenset()
        self.setWindowTitle(self.tr("Import slides"))
        self._slides_model = ImportSlidesModel(preview.slides, self)
        self._total_label = QLabel()
        self._total_label.setAccessibleName(self.tr("Selected"))
        self.buttons = QDialogButtonBox()
        self.import_button = QPushButton(self.tr("Import and analyse"))
        self.buttons.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(self.tr("Cancel")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self._title_text(preview), 1.2))
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "Names of patients and orders are shown because this is your own folder. They "
                    "are replaced by pseudonyms on import. The folder itself is only read."
                )
            )
        )
        if preview.name_encodings:
            layout.addLayout(self._build_encoding_row(preview))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        self._previous_answers = dict(preview.answers)
        self.questions = FolderQuestionsPanel(preview.questions, taxonomy) if preview.questions else None
        if self.questions:
            self.questions.apply_requested.connect(self._read_again)
            splitter.addWidget(self.questions)
        splitter.addWidget(self._build_slides_panel())
        splitter.addWidget(self._build_details_panel(preview))
        splitter.setSizes([200, 240, 240] if self.questions else [300, 260])
        layout.addWidget(splitter, 1)
        layout.addWidget(self.buttons)
        set_default_button(self.import_button)

        self._slides_model.dataChanged.connect(self._update_total)
        self.slides_view.selectionModel().currentRowChanged.connect(self._show_counts)
        self._update_total()
        if preview.slides:
            self.slides_view.setCurrentIndex(self._slides_model.index(0, 0))
        self.slides_view.setFocus()
        set_initial_size(self, 160, 44)

    def selected_slides(self) -> tuple[SlideDraft, ...]:
        """Return the checked slides, in the order of the preview, with the answer about known cells."""
        return tuple(
            replace(draft, joins_known=_place(draft) in self._joining and bool(draft.known_slide))
            for draft in self._slides_model.checked_slides()
        )

    def answers(self) -> dict[str, str]:
        """Return the answers about folders, those of the preview included (name → class, patient, leave out)."""
        return {**self._previous_answers, **(self.questions.answers() if self.questions else {})}

    def _read_again(self) -> None:
        self.done(READ_AGAIN)

    def _on_join_toggled(self, joined: bool) -> None:
        draft = self._drafts[self.slides_view.currentIndex().row()]
        self._joining = (self._joining | {_place(draft)}) if joined else (self._joining - {_place(draft)})

    def _title_text(self, preview: ExportPreview) -> str:
        name = Path(preview.root).name
        if not preview.slides:
            return self.tr("No slides were found in “{name}”.").format(name=name)
        if len(preview.slides) == 1:
            return self.tr("One slide was found in “{name}”.").format(name=name)
        return self.tr("{count} slides were found in “{name}”.").format(count=len(preview.slides), name=name)

    def _build_encoding_row(self, preview: ExportPreview) -> QHBoxLayout:
        self.encoding_box = QComboBox()
        for encoding in preview.name_encodings:
            self.encoding_box.addItem(encoding_text(encoding), encoding)
        self.encoding_box.setCurrentIndex(preview.name_encodings.index(preview.name_encoding))
        self.encoding_box.activated.connect(self._choose_encoding)
        label = QLabel(self.tr("The archive does not state the encoding of its file names. Read them as"))
        label.setBuddy(self.encoding_box)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.encoding_box)
        row.addStretch(1)
        return row

    def _choose_encoding(self, _index: int) -> None:
        self.encoding_chosen.emit(self.encoding_box.currentData())
        self.reject()

    def _build_slides_panel(self) -> QWidget:
        self.slides_view = read_only_table(self.tr("Slides found; press Space to select a slide"))
        self.slides_view.setModel(self._slides_model)
        fit_columns(self.slides_view)
        self.slides_view.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.check_all_button, self.check_none_button = (
            QPushButton(self.tr("Select all")),
            QPushButton(self.tr("Select none")),
        )
        for button, on in ((self.check_all_button, True), (self.check_none_button, False)):
            button.setAutoDefault(False)
            button.setEnabled(bool(self._drafts))
            button.clicked.connect(self._check_all if on else self._check_none)
        row = QHBoxLayout()
        row.addWidget(self.check_all_button)
        row.addWidget(self.check_none_button)
        row.addWidget(self._total_label, 1)
        self.join_box = QCheckBox()
        self.join_box.toggled.connect(self._on_join_toggled)
        self.join_box.setVisible(any(d.known_slide for d in self._drafts))
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slides_view, 1)
        layout.addWidget(self.join_box)
        layout.addLayout(row)
        return part

    def _build_details_panel(self, preview: ExportPreview) -> QWidget:
        self.counts_view = read_only_table(self.tr("Cells of the selected slide by the analyser's class"))
        self.counts_heading = heading_label("")
        self.folders_label = wrapping_label("")
        problems = [("", p) for p in preview.problems]
        problems += [(slide_text(d), p) for d in preview.slides for p in d.problems]
        self.problems_view = read_only_table(self.tr("Problems found"))
        self.problems_view.setModel(
            StaticTableModel(
                (self.tr("Slide"), self.tr("Problem"), self.tr("What it means"), self.tr("File")),
                [
                    (slide, problem_text(p.kind), translate_data(p.message), p.path)
                    for slide, p in (*problems, *(("", notice) for notice in preview.notices))
                ],
                self,
            )
        )
        fit_columns(self.problems_view, max_width_em=80)
        self.problems_view.horizontalHeader().setStretchLastSection(True)
        title = {0: self.tr("No problems were found"), 1: self.tr("One problem; the rest can be imported")}.get(
            len(problems), self.tr("{count:,} problems; the rest can be imported").format(count=len(problems))
        )
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        for label, view in ((self.counts_heading, self.counts_view), (heading_label(title), self.problems_view)):
            part = QWidget()
            layout = QVBoxLayout(part)
            layout.setContentsMargins(0, 4, 0, 0)
            label.setMinimumHeight(
                2 * label.fontMetrics().ascent()
            )  # same height in both columns, whatever script a name is written in
            layout.addWidget(label)
            layout.addWidget(view, 1)
            if view is self.counts_view:
                layout.addWidget(self.folders_label)
            splitter.addWidget(part)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([280, 640])
        return splitter

    def _check_all(self) -> None:
        self._slides_model.set_all_checked(checked=True)

    def _check_none(self) -> None:
        self._slides_model.set_all_checked(checked=False)

    def _update_total(self) -> None:
        ticked = self._slides_model.checked_slides()
        cells = sum(len(d.cells) for d in ticked)
        self._total_label.setText(
            self.tr("{ticked} of {all} selected, {cells:,} cells").format(
                ticked=len(ticked), all=len(self._drafts), cells=cells
            )
        )
        self.import_button.setEnabled(bool(ticked))

    def _show_counts(self, current: QModelIndex) -> None:
        draft = self._drafts[current.row()]
        self.join_box.setEnabled(bool(draft.known_slide))
        text = self.tr("It is slide {0}, already imported: keep that slide with its review")
        self.join_box.setText(text.format(draft.known_slide or "–"))
        with QSignalBlocker(self.join_box):
            self.join_box.setChecked(_place(draft) in self._joining)
        self.counts_heading.setText(slide_text(draft))
        taken = _folders_as_classes(draft, self._taxonomy)
        self.folders_label.setText(self.tr("Read as classes: {0}").format(taken))
        self.folders_label.setVisible(bool(taken))
        old = self.counts_view.model()
        self.counts_view.setModel(
            StaticTableModel((self.tr("Class"), self.tr("Cells")), _class_counts(draft, self._taxonomy), self)
        )
        if old is not None:
            old.deleteLater()
        header = self.counts_view.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
