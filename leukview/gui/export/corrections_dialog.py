"""Dialog of the corrections export: options, progress and result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukview import RESEARCH_USE_LINE
from leukview.core.job_runner import Progress
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import translate_data, translate_error
from leukview.gui.widgets.dialog_helpers import (
    PathEdit,
    fit_columns,
    fit_height,
    heading_label,
    read_only_table,
    set_default_button,
    set_initial_size,
    with_button,
    wrapping_label,
)
from leukview.gui.widgets.file_dialogs import folder_dialog, open_dialog
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.corrections.exporter import NO_TEST_PATIENTS, SPLITS, CorrectionSet


class CorrectionsDialog(QDialog):
    """Asks for the export options, then shows the progress and the result.

    Signals:
        export_requested: Start the export.
        cancel_requested: Cancel the export.

    Args:
        folder: Initial folder of the export.
        site: Initial name of the site.
        parent: Parent widget.
    """

    export_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, folder: str, site: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export corrections"))
        self.folder_edit = PathEdit(folder, self.tr("Folder"))
        self.site_edit = QLineEdit(site)
        self.site_edit.setAccessibleName(self.tr("Name of the site"))
        self.site_edit.setPlaceholderText(self.tr("letters, digits and hyphens"))
        self.diagnoses_edit = PathEdit("", self.tr("Table of diagnoses"))
        self.diagnoses_edit.setPlaceholderText(self.tr("none, or a CSV file with the columns patient, diagnosis"))
        self.synthetic_checkbox = QCheckBox(self.tr("Cells of the &demo slides instead of real ones"))
        self.outcome_label = wrapping_label("")
        self.outcome_label.setAccessibleName(self.tr("Outcome"))
        self.progress_bar = QProgressBar()
        self.progress_bar.setAccessibleName(self.tr("Progress"))
        self.progress_bar.setTextVisible(False)
        self.counts_model = TextTableModel(
            [self.tr("Class"), self.tr("For training"), self.tr("For model selection"), self.tr("Kept for comparison")],
            self,
            (1, 2, 3),
        )
        self.table = read_only_table(self.tr("Cells by class"))
        self.table.setModel(self.counts_model)
        self.table.setMinimumHeight(5 * self.table.verticalHeader().defaultSectionSize())
        self.table.hide()
        self._build_layout()
        for line in (self.folder_edit, self.site_edit, self.diagnoses_edit):
            line.textChanged.connect(self._update_buttons)
        self._running = False
        self._update_buttons()
        set_initial_size(self, 96, 30)

    def _build_layout(self) -> None:
        choose_folder, choose_table = QPushButton(self.tr("Choose…")), QPushButton(self.tr("Choose…"))
        choose_folder.setAccessibleName(self.tr("Choose the folder"))
        choose_table.setAccessibleName(self.tr("Choose the table of diagnoses"))
        choose_folder.clicked.connect(self._choose_folder)
        choose_table.clicked.connect(self._choose_table)
        form = QFormLayout()
        form.addRow(self.tr("&Into the folder"), with_button(self.folder_edit, choose_folder))
        form.addRow(self.tr("&Name of the site"), self.site_edit)
        form.addRow(self.tr("Dia&gnoses of patients"), with_button(self.diagnoses_edit, choose_table))
        form.addRow("", self.synthetic_checkbox)
        self._inputs = (
            self.folder_edit,
            self.site_edit,
            self.diagnoses_edit,
            self.synthetic_checkbox,
            choose_folder,
            choose_table,
        )
        buttons = QDialogButtonBox()
        self.export_button = QPushButton(self.tr("&Export"))
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.close_button = QPushButton(self.tr("Close"))
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.export_button.clicked.connect(self.export_requested)
        self.cancel_button.clicked.connect(self.cancel_requested)
        buttons.rejected.connect(self.reject)
        self._reserve_bar_space(reserve=True)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(self.tr("Reviewed cells, as training data for the next model"), 1.2))
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "Reviewed cells of signed slides are exported into one archive under pseudonyms. "
                    "Cells on which two readers disagree are not included. One patient in five is "
                    "kept for the comparison of models."
                )
            )
        )
        layout.addLayout(form)
        layout.addWidget(self.outcome_label)
        layout.addWidget(self.progress_bar)
        layout.addWidget(self.table, 100)
        layout.addStretch(1)
        layout.addWidget(wrapping_label(translate_data(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        set_default_button(self.export_button)

    def _reserve_bar_space(self, *, reserve: bool) -> None:
        """Set whether the hidden bar keeps its space, so that the layout is stable."""
        policy = self.progress_bar.sizePolicy()
        policy.setRetainSizeWhenHidden(reserve)
        self.progress_bar.setSizePolicy(policy)

    # ---- options
    def output_folder(self) -> Path:
        """Return the folder of the export."""
        return Path(self.folder_edit.text().strip()).expanduser()

    def diagnoses(self) -> Path | None:
        """Return the path of the table of diagnoses; None if none is given."""
        text = self.diagnoses_edit.text().strip()
        return Path(text).expanduser() if text else None

    # ---- progress and result
    def show_running(self) -> None:
        """Show that the export is running."""
        self._running = True
        self._reserve_bar_space(reserve=True)
        self.table.hide()
        self.outcome_label.clear()
        self.progress_bar.setRange(0, 0)
        self._update_buttons()

    def show_progress(self, progress: Progress) -> None:
        """Show the progress of the export."""
        if self._running:
            self.progress_bar.setRange(0, progress.total)
            self.progress_bar.setValue(progress.done)
            counted = f" {progress.done}/{progress.total}" if progress.total else ""
            self.outcome_label.setText(translate_data(progress.message) + counted)

    def show_result(self, path: Path, gathered: CorrectionSet, taxonomy: Taxonomy) -> None:
        """Show what was exported; `taxonomy` gives the class names in the GUI language."""
        patients, counts = gathered.patients_by_split, gathered.cells_by_class
        changed, spoken = gathered.override_counts(taxonomy)
        lines = [
            self.tr("Exported: {0}").format(QDir.toNativeSeparators(str(path))),
            self.tr("{0} cells. Patients: {1} for training, {2} for model selection, {3} for comparison.").format(
                len(gathered.cells), *(patients[split] for split in SPLITS)
            ),
            self.tr("Reviewers overrode the model on {0} of {1} cells.").format(changed, spoken),
        ]
        lines += [
            self.tr("Not included: {0} {1}.").format(n, translate_data(why)) for why, n in gathered.exclusions.items()
        ]
        if not patients[SPLITS[-1]]:
            lines.append(translate_data(NO_TEST_PATIENTS))
        self._finish("\n".join(lines))
        keys = sorted({label for label, _ in counts}, key=taxonomy.position)
        self.counts_model.set_rows(
            [(taxonomy.cell_class(key).name, *(str(counts[key, split]) for split in SPLITS)) for key in keys]
        )
        fit_columns(self.table)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._reserve_bar_space(reserve=False)
        self.table.show()
        fit_height(self)

    def show_error(self, error: Exception) -> None:
        """Show why nothing was written."""
        self._finish(translate_error(error))

    def show_cancelled(self) -> None:
        """Show that the export was cancelled."""
        self._finish(self.tr("Cancelled; no file was written."))

    def _finish(self, text: str) -> None:
        self._running = False
        self.outcome_label.setText(text)
        self._update_buttons()

    def _update_buttons(self) -> None:
        for part in self._inputs:
            part.setEnabled(not self._running)
        named = bool(self.folder_edit.text().strip()) and bool(self.site_edit.text().strip())
        self.export_button.setEnabled(named and not self._running)
        self.cancel_button.setEnabled(self._running)
        self.progress_bar.setVisible(self._running)

    # ---- files
    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, self.tr("Export into a folder"), self.folder_edit.text(), writable=True)
        dialog.fileSelected.connect(self.folder_edit.setText)
        dialog.open()

    def _choose_table(self) -> None:
        begin = self.diagnoses_edit.text() or self.folder_edit.text()
        dialog = open_dialog(self, self.tr("Table of diagnoses"), begin, self.tr("Tables (*.csv)"))
        dialog.fileSelected.connect(self.diagnoses_edit.setText)
        dialog.open()
