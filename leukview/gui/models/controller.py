"""The models in the window: the registry page, a comparison, a signature for a change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.models.model_registry import RegistryEntry
from leukview.gui.app.tasks import Jobs, Task
from leukview.gui.models.comparison_dialog import ComparisonDialog, ModelSignDialog, Signed
from leukview.gui.models.registry_dialog import ModelsDialog
from leukview.gui.session.review_controller import ReviewDesk
from leukview.services.models.comparison import Comparison
from leukview.services.models.registry import SIGNED, TAKEN_BACK, Registry
from leukview.services.workbench import Workbench


class ModelsDesk(QObject):
    """One registry page at a time, and over it one comparison and one signature; all work in jobs.

    Signals:
        told: A sentence and a hint.
    """

    told = Signal(str, str)

    def __init__(self, window: QWidget, workbench: Workbench, jobs: Jobs, desk: ReviewDesk) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs, self._desk = window, workbench, jobs, desk
        self.dialog: ModelsDialog | None = None
        self.comparing: ComparisonDialog | None = None
        self.signing: ModelSignDialog | None = None
        self._found: Comparison | None = None
        self._bundle = Path()
        self._registry: Registry | None = None
        self._task: Task[Any, Any] | None = None

    # ---- the page
    def show(self) -> None:
        """Open the registry page."""
        dialog = ModelsDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.check_wanted.connect(self._read)
        dialog.compare_wanted.connect(self._compare)
        dialog.roll_back_wanted.connect(self._roll_back)
        dialog.finished.connect(self._on_closed)
        self.dialog = dialog
        dialog.open()
        self._read()

    def _on_closed(self) -> None:
        self.dialog = None

    def _read(self) -> None:
        if self.dialog is not None:
            self.dialog.wait()

        def work(token: CancelToken, reporter: Reporter) -> Registry:
            return self._workbench.models.registry(token, reporter)

        self._jobs.run(self.tr("Checking the models"), work, done=self._on_registry, queue=Queue.AUDIT)

    def _on_registry(self, registry: object) -> None:
        if self.dialog is not None and isinstance(registry, Registry):
            self._registry = registry
            self.dialog.show_registry(registry)

    # ---- a comparison
    def _compare(self) -> None:
        if self.dialog is None or self._registry is None:
            return
        in_use = next(row.facts.name for row in self._registry.rows if row.in_use)
        dialog = ComparisonDialog(in_use, str(Path.home()), self.dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self._run_comparison)
        dialog.save_wanted.connect(self._save)
        dialog.install_wanted.connect(self._install)
        dialog.finished.connect(self._on_comparing_closed)
        self.comparing, self._found = dialog, None
        dialog.open()

    def _on_comparing_closed(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.comparing = None

    def _run_comparison(self) -> None:
        dialog = self.comparing
        if dialog is None:
            return
        bundle, folders = dialog.bundle(), dialog.data()
        dialog.wait()
        self._found = None

        def work(token: CancelToken, reporter: Reporter) -> Comparison:
            now = datetime.now().astimezone()
            return self._workbench.models.compare(None, bundle, folders, now, token, reporter)

        self._bundle = bundle
        self._task = self._jobs.run(
            self.tr("Comparing models"), work, done=self._on_compared, failed=self._on_not_compared, queue=Queue.AUDIT
        )
        self._task.ended.connect(self._on_ended)

    def _on_ended(self, task: object) -> None:
        if task is self._task:
            self._task = None

    def _on_compared(self, found: object) -> None:
        if self.comparing is not None and isinstance(found, Comparison):
            self._found = found
            models = self._workbench.models
            self.comparing.show_result(models.html(found), models.objections(found))

    def _on_not_compared(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if self.comparing is not None:
            self.comparing.show_trouble(error)
        else:
            self._jobs.tell(error)

    def _save(self, output: Path) -> None:
        found = self._found
        if found is None:
            return

        def work(_token: CancelToken, _reporter: Reporter) -> Path:
            return self._workbench.models.write(found, output)[0]

        self._jobs.run(self.tr("Writing the comparison"), work, done=self._on_saved, queue=Queue.AUDIT)

    def _on_saved(self, path: object) -> None:
        self.told.emit(self.tr("The comparison is written."), str(path))

    # ---- a change
    def _install(self) -> None:
        found = self._found
        if found is None or self.comparing is None:
            return
        about = self.tr(
            "{0} takes the place of {1} for cells that are analysed from now on. You sign the comparison of the two."
        ).format(found.candidate.name, found.champion.name)
        dialog = ModelSignDialog(
            self.tr("Sign the comparison and install the model"),
            about,
            SIGNED,
            self._desk.profile,
            reason_needed=False,
            parent=self.comparing,
        )
        bundle = self._bundle

        def act(by: Signed) -> RegistryEntry:
            models = self._workbench.models
            return models.install(
                bundle, models.json(found), signer=by.name, pin=by.pin, meaning=by.meaning, reason=by.reason
            )

        self._sign(dialog, act, self.tr("Installing the model"))

    def _roll_back(self) -> None:
        if self.dialog is None:
            return
        dialog = ModelSignDialog(
            self.tr("Roll back"),
            self.tr("The model that was in use before comes back into use for cells that are analysed from now on."),
            TAKEN_BACK,
            self._desk.profile,
            reason_needed=True,
            parent=self.dialog,
        )

        def act(by: Signed) -> RegistryEntry:
            return self._workbench.models.roll_back(signer=by.name, pin=by.pin, meaning=by.meaning, reason=by.reason)

        self._sign(dialog, act, self.tr("Rolling back"))

    def _sign(self, dialog: ModelSignDialog, act: Callable[[Signed], RegistryEntry], name: str) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def prove(by: Signed) -> None:
            def work(_token: CancelToken, _reporter: Reporter) -> RegistryEntry:
                return act(by)

            self._jobs.run(name, work, done=self._on_changed, failed=self._on_refused, queue=Queue.AUDIT)

        dialog.proving.connect(prove)
        dialog.finished.connect(self._on_signing_closed)
        self.signing = dialog
        dialog.open()

    def _on_refused(self, error: Exception) -> None:
        if self.signing is not None:
            self.signing.refuse(error)
        else:
            self._jobs.tell(error)

    def _on_signing_closed(self) -> None:
        self.signing = None

    def _on_changed(self, entry: object) -> None:
        if self.signing is not None:
            self.signing.accept()
        if self.comparing is not None:
            self.comparing.accept()
        if isinstance(entry, RegistryEntry):
            self.told.emit(
                self.tr("In use from now on: {0}.").format(entry.name),
                self.tr("Slides keep the opinions that they have; F5 asks the model in use about an unsigned one."),
            )
        self._read()
