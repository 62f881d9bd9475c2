"""Controller of the verification against counts at the microscope."""

from __future__ import annotations

from pathlib import Path

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translated_taxonomy
from leukview.gui.quality.verification_dialog import VerificationDialog
from leukview.gui.session.window_context import WindowController
from leukview.gui.widgets.file_dialogs import documents_folder, open_dialog, save_dialog
from leukview.services.verification.results import Verification


class VerificationController(WindowController):
    """Asks for the table, compares in the background, shows the result and saves the protocol."""

    dialog: VerificationDialog | None = None

    @handles("verification")
    def choose_table(self) -> None:
        """Ask for the table of the microscope's counts."""
        chooser = open_dialog(
            self._window, self.tr("Table of the microscope's counts"), documents_folder(), self.tr("Tables (*.csv)")
        )
        chooser.fileSelected.connect(self.compare)
        chooser.open()

    def compare(self, file: str) -> None:
        """Compare the signed slides with a table."""
        table = Path(file)

        def work(token: CancelToken, reporter: Reporter) -> Verification:
            return self._workbench.verification.compare_table(table, token, reporter)

        def show(found: Verification) -> None:
            self._show(found, table.name)

        self._tasks.run(self.tr("Comparing with the microscope"), work, done=show, queue=Queue.AUDIT)

    def _show(self, found: Verification, table: str) -> None:
        dialog = VerificationDialog(found, translated_taxonomy(self._workbench.taxonomy), self._window)

        def ask() -> None:
            chooser = save_dialog(
                dialog, self.tr("Save protocol"), documents_folder(), self.tr("PDF files (*.pdf)"), "verification.pdf"
            )
            chooser.fileSelected.connect(save)
            chooser.open()

        def save(file: str) -> None:
            self._save(found, table, Path(file))

        dialog.protocol_requested.connect(ask)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()

    def _save(self, found: Verification, table: str, output: Path) -> None:
        def work(_token: CancelToken, _reporter: Reporter) -> None:
            self._workbench.verification.write_protocol(found, table, output)

        def done(_nothing: None) -> None:
            if self.dialog is not None:
                self.dialog.show_result(self.tr("The protocol was saved: {0}").format(output.name))

        self._tasks.run(self.tr("Writing the protocol"), work, done=done, queue=Queue.AUDIT)

    def _on_closed(self) -> None:
        self.dialog = None
