"""Controller of the model registry, model comparison and model changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.models.model_registry import RegistryEntry
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.tasks import Task
from leukview.gui.models.comparison_dialog import ModelComparisonDialog, ModelSignatureDialog, SignatureInput
from leukview.gui.models.registry_dialog import ModelRegistryDialog
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.models.comparison import ModelComparison
from leukview.services.models.registry import INSTALLATION_MEANING, ROLLBACK_MEANING, RegistryOverview


class ModelsController(WindowController):
    """Opens the registry, comparison and signature dialogs, at most one of each.

    All work runs in background tasks.
    """

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self.dialog: ModelRegistryDialog | None = None
        self.comparison_dialog: ModelComparisonDialog | None = None
        self.signature_dialog: ModelSignatureDialog | None = None
        self._comparison: ModelComparison | None = None
        self._candidate_path = Path()
        self._registry: RegistryOverview | None = None
        self._task: Task[Any, Any] | None = None

    # ---- the registry
    @handles("models")
    def show(self) -> None:
        """Open the model registry."""
        dialog = ModelRegistryDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.verification_requested.connect(self._load_registry)
        dialog.comparison_requested.connect(self._open_comparison)
        dialog.rollback_requested.connect(self._sign_and_roll_back)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()
        self._load_registry()

    def _on_closed(self) -> None:
        self.dialog = None

    def _load_registry(self) -> None:
        if self.dialog is not None:
            self.dialog.disable_buttons()

        def work(token: CancelToken, reporter: Reporter) -> RegistryOverview:
            return self._workbench.model_registry.overview(token, reporter)

        self._tasks.run(self.tr("Checking the models"), work, done=self._on_registry_loaded, queue=Queue.AUDIT)

    def _on_registry_loaded(self, registry: RegistryOverview) -> None:
        if self.dialog is not None:
            self._registry = registry
            self.dialog.show_registry(registry)

    # ---- the comparison
    def _open_comparison(self) -> None:
        if self.dialog is None or self._registry is None:
            return
        in_use = next(row.description.name for row in self._registry.bundles if row.is_in_use)
        dialog = ModelComparisonDialog(in_use, str(Path.home()), self.dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.comparison_requested.connect(self._run_comparison)
        dialog.save_requested.connect(self._save_comparison)
        dialog.install_requested.connect(self._sign_and_install)
        dialog.finished.connect(self._on_comparison_closed)
        self.comparison_dialog, self._comparison = dialog, None
        dialog.open()

    def _on_comparison_closed(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.comparison_dialog = None

    def _run_comparison(self) -> None:
        dialog = self.comparison_dialog
        if dialog is None:
            return
        bundle, folders = dialog.candidate_path(), dialog.data_folders()
        dialog.show_running()
        self._comparison = None

        def work(token: CancelToken, reporter: Reporter) -> ModelComparison:
            now = datetime.now().astimezone()
            return self._workbench.model_registry.compare(None, bundle, folders, now, token, reporter)

        self._candidate_path = bundle
        self._task = self._tasks.run(
            self.tr("Comparing models"),
            work,
            done=self._on_comparison_done,
            failed=self._on_comparison_failed,
            queue=Queue.AUDIT,
        )
        self._task.ended.connect(self._on_task_ended)

    def _on_task_ended(self, task: object) -> None:
        if task is self._task:
            self._task = None

    def _on_comparison_done(self, comparison: ModelComparison) -> None:
        if self.comparison_dialog is not None:
            self._comparison = comparison
            models = self._workbench.model_registry
            self.comparison_dialog.show_result(models.comparison_html(comparison), models.violations(comparison))

    def _on_comparison_failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if self.comparison_dialog is not None:
            self.comparison_dialog.show_error(error)
        else:
            self._tasks.report_error(error)

    def _save_comparison(self, output: Path) -> None:
        comparison = self._comparison
        if comparison is None:
            return

        def work(_token: CancelToken, _reporter: Reporter) -> Path:
            return self._workbench.model_registry.write_comparison(comparison, output)[0]

        self._tasks.run(self.tr("Saving the comparison"), work, done=self._on_saved, queue=Queue.AUDIT)

    def _on_saved(self, path: Path) -> None:
        self._notify(self.tr("The comparison was saved."), str(path))

    # ---- model changes
    def _sign_and_install(self) -> None:
        comparison = self._comparison
        if comparison is None or self.comparison_dialog is None:
            return
        about = self.tr(
            "Cells analysed from now on are classified by {0} instead of {1}. Your signature applies "
            "to the comparison of the two models."
        ).format(comparison.candidate.name, comparison.champion.name)
        dialog = ModelSignatureDialog(
            self.tr("Sign the comparison and install the model"),
            about,
            INSTALLATION_MEANING,
            self._review.profile,
            reason_needed=False,
            parent=self.comparison_dialog,
        )
        bundle = self._candidate_path

        def act(by: SignatureInput) -> RegistryEntry:
            models = self._workbench.model_registry
            return models.install(
                bundle,
                models.comparison_json(comparison),
                signer=by.name,
                pin=by.pin,
                meaning=by.meaning,
                reason=by.reason,
            )

        self._request_signature(dialog, act, self.tr("Installing the model"))

    def _sign_and_roll_back(self) -> None:
        if self.dialog is None:
            return
        dialog = ModelSignatureDialog(
            self.tr("Roll back"),
            self.tr("Cells analysed from now on are classified by the previous model."),
            ROLLBACK_MEANING,
            self._review.profile,
            reason_needed=True,
            parent=self.dialog,
        )

        def act(by: SignatureInput) -> RegistryEntry:
            return self._workbench.model_registry.roll_back(
                signer=by.name, pin=by.pin, meaning=by.meaning, reason=by.reason
            )

        self._request_signature(dialog, act, self.tr("Rolling back"))

    def _request_signature(
        self, dialog: ModelSignatureDialog, change: Callable[[SignatureInput], RegistryEntry], task_name: str
    ) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def prove(by: SignatureInput) -> None:
            def work(_token: CancelToken, _reporter: Reporter) -> RegistryEntry:
                return change(by)

            self._tasks.run(
                task_name, work, done=self._on_model_changed, failed=self._on_change_failed, queue=Queue.AUDIT
            )

        dialog.signature_submitted.connect(prove)
        dialog.finished.connect(self._on_signature_closed)
        self.signature_dialog = dialog
        dialog.open()

    def _on_change_failed(self, error: Exception) -> None:
        if self.signature_dialog is not None:
            self.signature_dialog.show_error(error)
        else:
            self._tasks.report_error(error)

    def _on_signature_closed(self) -> None:
        self.signature_dialog = None

    def _on_model_changed(self, entry: RegistryEntry) -> None:
        if self.signature_dialog is not None:
            self.signature_dialog.accept()
        if self.comparison_dialog is not None:
            self.comparison_dialog.accept()
        self._notify(
            self.tr("Model in use from now on: {0}.").format(entry.name),
            self.tr("Slides keep their predictions. Press F5 to classify an unsigned slide with the model in use."),
        )
        self._load_registry()
