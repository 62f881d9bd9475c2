"""Dialog of the model registry: bundles, model cards and the record of changes."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from leukview import RESEARCH_USE_LINE
from leukview.domain.models.model_registry import RegistryChange, RegistryEntry
from leukview.gui.app.i18n import format_datetime, join_sentences, translate_data
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    heading_label,
    read_only_table,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.models.registry import RegisteredBundle, RegistryOverview

_STATE_TEXTS = {"ok": "intact", "damaged": "damaged", "missing": "missing"}


class ModelRegistryDialog(QDialog):
    """Shows bundles, model cards and the registry, and requests changes of them.

    Signals:
        comparison_requested: Compare a candidate with the model in use.
        rollback_requested: Use the previous model again.
        verification_requested: Read and verify everything again.
    """

    comparison_requested = Signal()
    rollback_requested = Signal()
    verification_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self._rows: tuple[RegisteredBundle, ...] = ()
        self.state_label = wrapping_label(self.tr("Checking the models…"))
        self.state_label.setAccessibleName(self.tr("Model in use"))
        self.bundles_model = TextTableModel(
            (
                self.tr("Model"),
                self.tr("Status"),
                self.tr("Files"),
                self.tr("Installed by"),
                self.tr("Time"),
                self.tr("SHA-256"),
            ),
            self,
        )
        self.table = read_only_table(self.tr("Models of this workstation"))
        self.table.setModel(self.bundles_model)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_selected)
        self.card_browser = QTextBrowser()
        self.card_browser.setAccessibleName(self.tr("Model card"))
        self.history_model = TextTableModel(
            (
                "#",
                self.tr("Time"),
                self.tr("Action"),
                self.tr("Model"),
                self.tr("Signed by"),
                self.tr("Meaning"),
                self.tr("Reason"),
                self.tr("Comparison"),
            ),
            self,
        )
        self._history_table = read_only_table(self.tr("Installation history"))
        self._history_table.setModel(self.history_model)
        tabs = QTabWidget()
        tabs.addTab(self.card_browser, self.tr("Model card"))
        tabs.addTab(self._history_table, self.tr("Installation history"))
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(tabs)
        parts.setSizes([160, 480])
        self.compare_button = QPushButton(self.tr("&Compare a candidate…"))
        self.roll_back_button = QPushButton(self.tr("&Roll back…"))
        self.roll_back_button.setToolTip(self.tr("Use the previous model again."))
        self.check_button = QPushButton(self.tr("Check again"))
        for button in (self.compare_button, self.roll_back_button, self.check_button):
            button.setEnabled(False)
            button.setAutoDefault(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        for button in (self.compare_button, self.roll_back_button, self.check_button):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.compare_button.clicked.connect(self.comparison_requested)
        self.roll_back_button.clicked.connect(self.rollback_requested)
        self.check_button.clicked.connect(self.verification_requested)
        layout = QVBoxLayout(self)
        layout.addWidget(self.state_label)
        layout.addWidget(parts, 1)
        layout.addWidget(
            wrapping_label(
                self.tr(
                    "Another model comes into use only when a person signs a comparison in which all "
                    "acceptance criteria are met. Slides keep their predictions; each prediction "
                    "names its model."
                )
            )
        )
        layout.addWidget(heading_label(translate_data(RESEARCH_USE_LINE)))
        layout.addWidget(buttons)
        set_initial_size(self, 150, 44)

    def show_registry(self, registry: RegistryOverview) -> None:
        """Show the registry."""
        self._rows = registry.bundles
        self.bundles_model.set_rows([self._bundle_row(row) for row in registry.bundles])
        fit_columns(self.table, 40)
        self.history_model.set_rows([self._entry_row(entry) for entry in reversed(registry.entries)])
        fit_columns(self._history_table, 40)
        in_use = next(row for row in registry.bundles if row.is_in_use)
        sentences = [self.tr("Model in use: {0}.").format(in_use.description.name)]
        if in_use.description.problem:
            sentences.append(translate_data(in_use.description.problem))
        if registry.first_broken is not None:
            sentences.append(
                self.tr("The model registry was changed outside LeukView: entry {0} is the first invalid one.").format(
                    registry.first_broken.seq
                )
            )
        elif registry.entries:
            sentences.append(self.tr("The hash chain of {0} entries is intact.").format(len(registry.entries)))
        else:
            sentences.append(self.tr("No model was installed yet."))
        self.state_label.setText(join_sentences(sentences))
        sound = registry.first_broken is None
        self.compare_button.setEnabled(sound and in_use.description.state == "ok")
        self.roll_back_button.setEnabled(sound and registry.can_roll_back)
        self.check_button.setEnabled(True)
        self.table.selectRow(0)

    def disable_buttons(self) -> None:
        """Disable the buttons while the registry is read or changed."""
        for button in (self.compare_button, self.roll_back_button, self.check_button):
            button.setEnabled(False)

    def _bundle_row(self, row: RegisteredBundle) -> tuple[str, ...]:
        standing = (
            self.tr("in use")
            if row.is_in_use
            else self.tr("previously in use")
            if row.installation
            else self.tr("not in use")
        )
        if row.is_shipped:
            standing = self.tr("{0}, ships with LeukView").format(standing)
        entry = row.installation
        return (
            row.description.name,
            standing,
            translate_data(_STATE_TEXTS[row.description.state]),
            entry.signer if entry else "–",
            _entry_time(entry) if entry else "–",
            row.description.sha256[:16],
        )

    def _entry_row(self, entry: RegistryEntry) -> tuple[str, ...]:
        what = self.tr("installed") if entry.change is RegistryChange.INSTALL else self.tr("rolled back to")
        return (
            str(entry.seq),
            _entry_time(entry),
            what,
            entry.name,
            entry.signer,
            translate_data(entry.meaning),
            entry.reason,
            entry.comparison_sha256[:16] or "–",
        )

    def _on_row_selected(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if 0 <= current.row() < len(self._rows):
            facts = self._rows[current.row()].description
            self.card_browser.setMarkdown(facts.card or translate_data(facts.problem))


def _entry_time(entry: RegistryEntry) -> str:
    return format_datetime(datetime.fromisoformat(entry.at).astimezone())
