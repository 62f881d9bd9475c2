"""Everything the window asks in a dialog, and where the answers go. No dialog stops the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from leukview.core.errors import PinError
from leukview.core.job_runner import Queue
from leukview.domain.alerts import Alert
from leukview.domain.review.reviewer_profile import Profile
from leukview.domain.slide import ExportPreview
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.app.action_table import ActionSpec
from leukview.gui.app.i18n import translated_taxonomy
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.help.about_dialog import AboutDialog
from leukview.gui.help.shortcuts_dialog import ShortcutsDialog
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.reopen_dialog import ReopenDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.review.slide_details_dialog import SlideDetailsDialog
from leukview.gui.session.review_controller import ReviewController
from leukview.gui.session.slide_jobs import SlideJobs
from leukview.gui.widgets.file_dialogs import folder_dialog, open_dialog
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.report.report_data import ModelInfo
from leukview.services.workbench import Workbench


class DialogController(QObject):
    """Opens the dialogs over `window` and hands the answers to desk and flow."""

    path_chosen = Signal(object)  # Path
    cells_wanted = Signal(object)  # tuple of cell ids to select

    def __init__(
        self,
        window: QWidget,
        workbench: Workbench,
        jobs: TaskRunner,
        desk: ReviewController,
        flow: SlideJobs,
        gallery: GalleryPanel,
    ) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs = window, workbench, jobs
        self._desk, self._flow, self._gallery = desk, flow, gallery
        self.folder = ""  # where a file dialog begins
        self._previews: deque[ExportPreview] = deque()  # the first is being asked about
        self._signing: SignDialog | None = None

    def _ask(self, dialog: QDialog, accepted: Callable[[], object] | None = None) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if accepted:
            dialog.accepted.connect(accepted)
        dialog.finished.connect(self._back)
        dialog.open()

    def _back(self) -> None:
        """The keys belong to the gallery again."""
        self._gallery.view.setFocus()

    def open_folder(self) -> None:
        """A folder to open."""
        dialog = folder_dialog(self._window, self.tr("Open folder"), self.folder)
        dialog.fileSelected.connect(self._on_path)
        self._ask(dialog)

    def for_archive(self) -> None:
        """An archive to open."""
        dialog = open_dialog(self._window, self.tr("Open archive"), self.folder, self.tr("ZIP archives (*.zip)"))
        dialog.fileSelected.connect(self._on_path)
        self._ask(dialog)

    def _on_path(self, chosen: str) -> None:
        self.path_chosen.emit(Path(chosen))

    def what_to_import(self, preview: ExportPreview) -> None:
        """Which of the slides found are imported; of several folders dropped at once one is asked after the other."""
        self._previews.append(preview)
        if len(self._previews) == 1:
            self._ask_for_import()

    def _ask_for_import(self) -> None:
        if not self._previews:
            return
        dialog = ImportDialog(self._previews[0], translated_taxonomy(self._workbench.taxonomy), self._window)
        dialog.finished.connect(self._on_asked)
        self._ask(dialog, lambda: self._flow.import_slides(dialog.selected_slides()))

    def _on_asked(self) -> None:
        self._previews.popleft()
        self._ask_for_import()

    def for_comment(self) -> None:
        """A comment on the selected cells."""
        ids, view = self._gallery.view.selected_ids(), self._desk.view
        if not ids or view is None or view.review.signature:
            return
        several = self.tr("Comment on {0} cells").format(len(ids))
        title = several if len(ids) > 1 else self.tr("Comment on cell {0}").format(view.by_id[ids[0]].cell.number)
        text = view.by_id[ids[0]].review.comment if len(ids) == 1 else ""
        dialog = CommentDialog(title, text, phrases=self._workbench.phrases, parent=self._window)
        self._ask(dialog, lambda: self._comment(ids, dialog.text(), dialog.codes()))

    def for_slide_comment(self) -> None:
        """A comment on the slide."""
        if self._desk.view:
            title, text = self.tr("Comment on the slide"), self._desk.view.review.comment
            dialog = CommentDialog(title, text, phrases=self._workbench.phrases, parent=self._window)
            self._ask(dialog, lambda: self._comment([], dialog.text(), dialog.codes()))

    def _comment(self, ids: Sequence[str], text: str, codes: Sequence[str]) -> None:
        self._desk.submit(lambda session: session.comment(ids, text, codes))

    def for_acknowledgement(self, alert: Alert) -> None:
        """That an alert was seen, and whom the reviewer called."""
        dialog = AcknowledgeAlertDialog(alert, self._window)

        def acknowledge() -> None:
            called, note = dialog.called_person(), dialog.note()
            self._desk.submit(lambda session: session.acknowledge(alert.rule.key, called=called, note=note))

        self._ask(dialog, acknowledge)

    def for_details(self) -> None:
        """White cell count and scale."""
        if self._desk.view is None:
            return
        dialog = SlideDetailsDialog(self._desk.view.slide, self._window)

        def save() -> None:
            wbc, scale = dialog.wbc_per_nl(), dialog.um_per_px()
            self._desk.submit(lambda session: session.set_slide(wbc_per_nl=wbc, um_per_px=scale))

        self._ask(dialog, save)

    def sign_slide(self) -> None:
        """The signature, or what stands in its way."""
        if self._desk.view is None:
            return
        profile = self._desk.profile
        dialog = SignDialog(self._desk.view, self._desk.signing_obstacles, self._window, profile)
        dialog.show_cells_requested.connect(self.cells_wanted)
        dialog.finished.connect(self._on_signing_closed)
        self._signing = dialog
        if profile is not None:
            dialog.pin_submitted.connect(partial(self._prove, profile))

        def sign() -> None:
            name, meaning = dialog.name(), dialog.meaning()
            self._desk.submit(lambda session: session.sign(name, meaning))

        self._ask(dialog, sign)

    def _on_signing_closed(self) -> None:
        self._signing = None

    def _prove(self, profile: Profile, pin: str) -> None:
        """Sign if the PIN is right; a wrong one is recorded. Who leaves the dialog meanwhile does not sign."""
        self._jobs.run(
            self.tr("Checking the PIN"),
            lambda _token, _reporter: self._workbench.profiles.authenticate(profile.id, pin),
            done=self._on_proved,
            failed=partial(self._on_not_proved, profile),
            queue=Queue.USERS,
        )

    def _on_proved(self, _profile: object) -> None:
        if self._signing is not None:
            self._signing.accept()

    def _on_not_proved(self, profile: Profile, error: Exception) -> None:
        if isinstance(error, PinError):
            self._desk.submit(lambda session: session.pin_failed(profile.name))
        if self._signing is not None:
            self._signing.show_error(error)

    def for_amendment(self) -> None:
        """Why a signed slide is reopened."""
        view = self._desk.view
        if view is None or view.review.signature is None:
            return
        dialog = ReopenDialog(view.slide.id, view.review.signature, self._window)
        self._ask(dialog, lambda: self._reopen(dialog.reason()))

    def _reopen(self, reason: str) -> None:
        self._desk.submit(lambda session: session.reopen(reason))

    def about(self) -> None:
        """Read the model's provenance, then show the About box."""
        self._jobs.run(
            self.tr("Reading the model"),
            lambda _token, _reporter: self._workbench.model_info(),
            done=self._show_about,
            failed=self._about_failed,
            queue=Queue.IMAGES,
        )

    def _about_failed(self, error: Exception) -> None:
        self._jobs.report_error(error)
        self._show_about(None)

    def _show_about(self, info: object) -> None:
        self._ask(AboutDialog(info if isinstance(info, ModelInfo) else None, self._window))

    def keys(
        self,
        table: tuple[ActionSpec, ...],
        standard: tuple[ActionSpec, ...],
        rebind: Callable[[tuple[ActionSpec, ...]], None],
    ) -> None:
        """The page of keys; `rebind` takes over each change."""
        dialog = ShortcutsDialog(table, standard, self._window)
        dialog.shortcuts_changed.connect(rebind)
        self._ask(dialog)
