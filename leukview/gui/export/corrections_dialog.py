"""Exporting corrections: where to, under which name, with which diagnoses; how far it is, and what was packed."""

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
from leukview.gui.app.i18n import data_text, error_text
from leukview.gui.widgets.dialog_helpers import (
    PathLine,
    beside,
    calm_table,
    fit_columns,
    grow,
    heading,
    open_at,
    wrapped,
)
from leukview.gui.widgets.file_dialogs import folder_dialog, open_dialog
from leukview.gui.widgets.text_table_model import Lines
from leukview.services.corrections.exporter import NONE_ASIDE, SPLITS, Gathered


class CorrectionsDialog(QDialog):
    """Asks what is exported, shows how far the export is and, when it is done, what lies in it.

    Signals:
        wanted: The export is to be made.
        stop_wanted: It is to be cancelled.

    Args:
        folder: Of the export, unless another one is chosen.
        site: Its name, unless another one is typed.
        parent: The window.
    """

    wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, folder: str, site: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export corrections"))
        self.folder = PathLine(folder, self.tr("Folder"))
        self.site = QLineEdit(site)
        self.site.setAccessibleName(self.tr("Name of the site"))
        self.site.setPlaceholderText(self.tr("letters, digits and hyphens"))
        self.patients = PathLine("", self.tr("Table of diagnoses"))
        self.patients.setPlaceholderText(self.tr("none, or a CSV file: patient, diagnosis"))
        self.synthetic = QCheckBox(self.tr("Cells of the &demo slides instead of real ones"))
        self.outcome = wrapped("")
        self.outcome.setAccessibleName(self.tr("Outcome"))
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Progress"))
        self.bar.setTextVisible(False)
        self.lines = Lines(
            [self.tr("Class"), self.tr("To train on"), self.tr("To choose by"), self.tr("Kept aside")], self, (1, 2, 3)
        )
        self.table = calm_table(self.tr("Cells by class"))
        self.table.setModel(self.lines)
        self.table.setMinimumHeight(5 * self.table.verticalHeader().defaultSectionSize())
        self.table.hide()
        self._lay_out()
        for line in (self.folder, self.site, self.patients):
            line.textChanged.connect(self._check)
        self._running = False
        self._check()
        open_at(self, 96, 30)

    def _lay_out(self) -> None:
        choose_folder, choose_table = QPushButton(self.tr("Choose…")), QPushButton(self.tr("Choose…"))
        choose_folder.setAccessibleName(self.tr("Choose the folder"))
        choose_table.setAccessibleName(self.tr("Choose the table of diagnoses"))
        choose_folder.clicked.connect(self._choose_folder)
        choose_table.clicked.connect(self._choose_table)
        form = QFormLayout()
        form.addRow(self.tr("&Into the folder"), beside(self.folder, choose_folder))
        form.addRow(self.tr("&Name of the site"), self.site)
        form.addRow(self.tr("Dia&gnoses of patients"), beside(self.patients, choose_table))
        form.addRow("", self.synthetic)
        self._asked = (self.folder, self.site, self.patients, self.synthetic, choose_folder, choose_table)
        buttons = QDialogButtonBox()
        self.export_button = QPushButton(self.tr("&Export"))
        self.stop_button = QPushButton(self.tr("Cancel"))
        self.close_button = QPushButton(self.tr("Close"))
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.stop_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.export_button.clicked.connect(self.wanted)
        self.stop_button.clicked.connect(self.stop_wanted)
        buttons.rejected.connect(self.reject)
        self._keep_room(keep=True)
        layout = QVBoxLayout(self)
        layout.addWidget(heading(self.tr("Reviewed cells, as material for the next model"), 1.2))
        layout.addWidget(
            wrapped(
                self.tr(
                    "The cells that people reviewed on signed slides go into one archive, under pseudonyms. What two "
                    "readers dispute stays out, and one patient in five is kept aside to compare models on."
                )
            )
        )
        layout.addLayout(form)
        layout.addWidget(self.outcome)
        layout.addWidget(self.bar)
        layout.addWidget(self.table, 100)
        layout.addStretch(1)
        layout.addWidget(wrapped(data_text(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.export_button.setDefault(True)

    def _keep_room(self, *, keep: bool) -> None:
        """Whether the bar takes its room while it is hidden, so that the dialog does not jump when it comes."""
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(keep)
        self.bar.setSizePolicy(policy)

    # ---- what was chosen
    def where(self) -> Path:
        """The folder of the export."""
        return Path(self.folder.text().strip()).expanduser()

    def diagnoses(self) -> Path | None:
        """The table of diagnoses; None = none."""
        text = self.patients.text().strip()
        return Path(text).expanduser() if text else None

    # ---- how it goes
    def wait(self) -> None:
        """The export is being made."""
        self._running = True
        self._keep_room(keep=True)
        self.table.hide()
        self.outcome.clear()
        self.bar.setRange(0, 0)
        self._check()

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._running:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            counted = f" {progress.done}/{progress.total}" if progress.total else ""
            self.outcome.setText(data_text(progress.message) + counted)

    def show_result(self, path: Path, gathered: Gathered, taxonomy: Taxonomy) -> None:
        """Show what was packed; `taxonomy` names the classes in the window's language."""
        patients, counts = gathered.patients, gathered.by_class
        changed, spoken = gathered.contradicted(taxonomy)
        said = [
            self.tr("Written: {0}").format(QDir.toNativeSeparators(str(path))),
            self.tr("{0} cells. Patients: {1} to train on, {2} to choose by, {3} kept aside.").format(
                len(gathered.cells), *(patients[split] for split in SPLITS)
            ),
            self.tr("Readers overruled the model on {0} of {1}.").format(changed, spoken),
        ]
        said += [self.tr("Left out: {0} {1}.").format(n, data_text(why)) for why, n in gathered.left_out.items()]
        if not patients[SPLITS[-1]]:
            said.append(data_text(NONE_ASIDE))
        self._stop("\n".join(said))
        keys = sorted({label for label, _ in counts}, key=taxonomy.order)
        self.lines.show_lines(
            [(taxonomy.cell_class(key).name, *(str(counts[key, split]) for split in SPLITS)) for key in keys]
        )
        fit_columns(self.table)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._keep_room(keep=False)
        self.table.show()
        grow(self)

    def show_trouble(self, error: Exception) -> None:
        """Say why nothing was written."""
        self._stop(error_text(error))

    def show_stopped(self) -> None:
        """It was cancelled."""
        self._stop(self.tr("Cancelled; nothing was written."))

    def _stop(self, words: str) -> None:
        self._running = False
        self.outcome.setText(words)
        self._check()

    def _check(self) -> None:
        for part in self._asked:
            part.setEnabled(not self._running)
        named = bool(self.folder.text().strip()) and bool(self.site.text().strip())
        self.export_button.setEnabled(named and not self._running)
        self.stop_button.setEnabled(self._running)
        self.bar.setVisible(self._running)

    # ---- files
    def _choose_folder(self) -> None:
        dialog = folder_dialog(self, self.tr("Export into a folder"), self.folder.text(), writes=True)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _choose_table(self) -> None:
        begin = self.patients.text() or self.folder.text()
        dialog = open_dialog(self, self.tr("Table of diagnoses"), begin, self.tr("Tables (*.csv)"))
        dialog.fileSelected.connect(self.patients.setText)
        dialog.open()
