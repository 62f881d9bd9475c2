"""Controller of the modeless review dialogs; none of them blocks the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog

from leukview.core.errors import PinError
from leukview.core.job_runner import Queue
from leukview.core.paths import data_dir, manual_page
from leukview.domain.alerts import Alert
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.domain.review.reviewer_profile import Profile
from leukview.domain.slide import ExportPreview
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.action_table import ActionSpec
from leukview.gui.app.i18n import current_language, translated_taxonomy
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.help.about_dialog import AboutDialog
from leukview.gui.help.error_report_dialog import ErrorReportDialog
from leukview.gui.help.licences_dialog import LicencesDialog
from leukview.gui.help.shortcuts_dialog import ShortcutsDialog
from leukview.gui.review.comment_dialog import CommentDialog
from leukview.gui.review.reopen_dialog import ReopenDialog
from leukview.gui.review.sign_dialog import SignDialog
from leukview.gui.review.slide_details_dialog import SlideDetailsDialog
from leukview.gui.review.withdraw_dialog import WithdrawDialog
from leukview.gui.session.review_controller import CommandTarget
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.widgets.file_dialogs import folder_dialog, open_dialog
from leukview.gui.worklist.import_dialog import READ_AGAIN, ImportDialog
from leukview.services.images import ImageCheck
from leukview.services.report.report_data import ModelInfo
from leukview.services.review.session import SlideView
from leukview.services.review.signing import image_obstacles


def _folder_above_names(preview: ExportPreview) -> str:
    """The folder that was opened from, without folders named by a patient or order: names stay in the vault."""
    names = {name.casefold() for slide in preview.slides for name in (slide.patient, slide.order) if name}
    parts = Path(preview.root).parent.parts
    named = next((at for at, part in enumerate(parts) if part.casefold() in names), len(parts))
    return str(Path(*parts[:named]))


class DialogController(WindowController):
    """Opens the dialogs and passes the input to review controller and slide jobs."""

    path_chosen = Signal(object)  # Path
    show_cells_requested = Signal(object)  # tuple of ids of the cells to show
    signing_requested = Signal()  # what is to be written before the signature must be queued now

    def __init__(self, context: WindowContext, gallery: GalleryPanel) -> None:
        super().__init__(context)
        self._gallery = gallery
        self.last_folder = ""  # initial folder of the file dialogs
        self._pending_previews: deque[ExportPreview] = deque()  # the first one is shown in the import dialog
        self._sign_dialog: SignDialog | None = None
        self._reported_errors: set[str] = set()
        self._tasks.failed_unexpectedly.connect(self._offer_error_report)

    def _open_dialog(self, dialog: QDialog, on_accepted: Callable[[], object] | None = None) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if on_accepted:
            dialog.accepted.connect(on_accepted)
        dialog.finished.connect(self._return_focus)
        dialog.open()

    def _return_focus(self) -> None:
        """Return the keyboard focus to the gallery."""
        self._gallery.view.setFocus()

    @handles("open")
    def open_folder(self) -> None:
        """Ask for a folder to open."""
        dialog = folder_dialog(self._window, self.tr("Open folder"), self.last_folder)
        dialog.fileSelected.connect(self._on_path_chosen)
        self._open_dialog(dialog)

    @handles("open_archive")
    def open_archive(self) -> None:
        """Ask for a ZIP archive to open."""
        dialog = open_dialog(self._window, self.tr("Open archive"), self.last_folder, self.tr("ZIP archives (*.zip)"))
        dialog.fileSelected.connect(self._on_path_chosen)
        self._open_dialog(dialog)

    def _on_path_chosen(self, chosen: str) -> None:
        self.path_chosen.emit(Path(chosen))

    def choose_import(self, preview: ExportPreview) -> None:
        """Ask which of the slides found are imported; several previews are queued."""
        if not Path(preview.root).is_relative_to(data_dir()):  # as the demo slides are
            self.last_folder = _folder_above_names(preview)
        self._pending_previews.append(preview)
        if len(self._pending_previews) == 1:
            self._open_import_dialog()

    def _open_import_dialog(self) -> None:
        if not self._pending_previews:
            return
        preview = self._pending_previews[0]
        dialog = ImportDialog(preview, translated_taxonomy(self._workbench.taxonomy), self._window)
        dialog.encoding_chosen.connect(lambda encoding: self._slide_jobs.preview(Path(preview.root), None, encoding))
        dialog.finished.connect(partial(self._on_import_closed, dialog))
        self._open_dialog(dialog, lambda: self._slide_jobs.import_slides(dialog.selected_slides()))

    def _on_import_closed(self, dialog: ImportDialog, result: int) -> None:
        preview = self._pending_previews.popleft()
        if result == READ_AGAIN:
            self._slide_jobs.preview(Path(preview.root), dialog.answers(), preview.name_encoding)
        self._open_import_dialog()

    @handles("comment")
    def comment_cells(self) -> None:
        """Ask for a comment on the selected cells."""
        ids, view = self._gallery.view.selected_ids(), self._review.view
        if not ids or view is None or view.review.signature:
            return
        plural_title = self.tr("Comment on {0} cells").format(len(ids))
        title = plural_title if len(ids) > 1 else self.tr("Comment on cell {0}").format(view.by_id[ids[0]].cell.number)
        text = view.by_id[ids[0]].review.comment if len(ids) == 1 else ""
        self._ask_comment(ids, title, text)

    @handles("slide_comment")
    def comment_slide(self) -> None:
        """Ask for a comment on the slide."""
        if self._review.view:
            title, text = self.tr("Comment on the slide"), self._review.view.review.comment
            self._ask_comment([], title, text)

    def _ask_comment(self, ids: Sequence[str], title: str, text: str) -> None:
        """Ask for a comment on cells; on the slide when there are none."""
        dialog = CommentDialog(title, text, phrases=self._workbench.phrases, parent=self._window)
        target = self._review.target

        def submit() -> None:
            typed, codes = dialog.text(), dialog.codes()
            self._review.submit(
                lambda session: session.comment(ids, typed, codes),
                target,
                partial(self._ask_comment, ids, title, typed),  # another comment came meanwhile: nothing typed is lost
            )

        self._open_dialog(dialog, submit)

    def acknowledge_alert(self, alert: Alert) -> None:
        """Ask for the acknowledgement of an alert."""
        dialog, target = AcknowledgeAlertDialog(alert, self._window), self._review.target

        def acknowledge() -> None:
            answer = AlertAnswer(
                dialog.called_person(),
                dialog.note(),
                dialog.called_at(),
                read_back=dialog.is_read_back(),
                not_confirmed=dialog.is_not_confirmed(),
            )
            self._review.submit(lambda session: session.answer_alert(alert.rule.key, answer, seen=alert), target)

        self._open_dialog(dialog, acknowledge)

    @handles("details")
    def edit_slide_details(self) -> None:
        """Ask for white cell count and scale of the slide."""
        if self._review.view is None:
            return
        view, target = self._review.view, self._review.target
        dialog = SlideDetailsDialog(
            view.slide, view.shown_tally, wbc_includes_nrbc=view.review.wbc_includes_nrbc, parent=self._window
        )

        def save() -> None:
            wbc, scale = dialog.wbc_per_nl(), dialog.um_per_px()
            includes = dialog.wbc_includes_nrbc()
            self._review.submit(
                lambda session: session.set_slide_details(wbc_per_nl=wbc, um_per_px=scale, wbc_includes_nrbc=includes),
                target,
            )

        self._open_dialog(dialog, save)

    @handles("sign")
    def sign_slide(self) -> None:
        """Ask for the signature, or show the requirements that are not met."""
        self.signing_requested.emit()
        self._review.enqueue(self._open_sign_dialog)

    def _open_sign_dialog(self) -> None:
        """Open the dialog on the state in which every command queued before is stored."""
        review, profile = self._review, self._review.profile
        view = review.view
        if view is None or self._sign_dialog is not None:
            return
        dialog = SignDialog(view, review.sign_obstacles, self._window, profile, review.reason_request)
        dialog.show_cells_requested.connect(self.show_cells_requested)
        dialog.finished.connect(self._on_sign_closed)
        self._sign_dialog, target = dialog, self._review.target
        if profile is not None:
            dialog.pin_submitted.connect(partial(self._verify_pin, dialog, target, profile))

        def sign() -> None:
            name, meaning, reason = dialog.name(), dialog.meaning(), dialog.reason()
            self._review.submit(lambda session: session.sign(name, meaning, reason, view), target)

        self._open_dialog(dialog, sign)
        self._check_images(dialog, view)

    def _check_images(self, dialog: SignDialog, view: SlideView) -> None:
        """Read all images beside the open dialog; those that nobody can look at prevent the signature."""
        self._tasks.run(
            self.tr("Checking the images"),
            lambda token, _reporter: self._workbench.check_images([v.cell for v in view.cells], token),
            done=partial(self._on_images_checked, dialog),
            queue=Queue.IMAGES,
        )

    def _on_images_checked(self, dialog: SignDialog, check: ImageCheck) -> None:
        if self._sign_dialog is dialog:
            dialog.add_obstacles(image_obstacles(check))

    def _on_sign_closed(self) -> None:
        self._sign_dialog = None

    def _verify_pin(self, dialog: SignDialog, target: CommandTarget | None, profile: Profile, pin: str) -> None:
        """Verify the PIN, then sign; a wrong PIN is recorded in the review log.

        The result counts for this dialog only: if it is closed before the result arrives, nothing is signed.
        """
        self._tasks.run(
            self.tr("Checking the PIN"),
            lambda _token, _reporter: self._workbench.profiles.authenticate(profile.id, pin),
            done=partial(self._on_pin_verified, dialog),
            failed=partial(self._on_pin_rejected, dialog, target, profile),
            queue=Queue.USERS,
        )

    def _on_pin_verified(self, dialog: SignDialog, _profile: Profile) -> None:
        if self._sign_dialog is dialog:
            dialog.accept()

    def _on_pin_rejected(
        self, dialog: SignDialog, target: CommandTarget | None, profile: Profile, error: Exception
    ) -> None:
        if isinstance(error, PinError):
            self._review.submit(lambda session: session.record_failed_pin(profile.name), target)
        if self._sign_dialog is dialog:
            dialog.show_error(error)

    @handles("reopen")
    def reopen_slide(self) -> None:
        """Ask for the reason to reopen a signed slide."""
        view = self._review.view
        if view is None or view.review.signature is None:
            return
        dialog, target = ReopenDialog(view.slide.id, view.review.signature, self._window), self._review.target
        self._open_dialog(dialog, lambda: self._submit_reopening(dialog.reason(), target))

    def _submit_reopening(self, reason: str, target: CommandTarget | None) -> None:
        self._review.submit(lambda session: session.reopen(reason), target)

    @handles("withdraw")
    def withdraw_slide(self) -> None:
        """Ask for the reason to withdraw the open slide as a wrong import, or to take it back."""
        view = self._review.view
        if view is None:
            return
        withdrawn, target = view.review.is_withdrawn, self._review.target
        dialog = WithdrawDialog(view.slide.id, withdrawn=withdrawn, parent=self._window)

        def submit() -> None:
            reason = dialog.reason()
            self._review.submit(
                lambda session: session.withdraw(reason, withdrawn=not withdrawn, may_amend=True), target
            )

        self._open_dialog(dialog, submit)

    @handles("about")
    def show_about(self) -> None:
        """Read the model's provenance, then open the about dialog."""
        self._tasks.run(
            self.tr("Loading the model"),
            lambda _token, _reporter: self._workbench.model_info(),
            done=self._open_about,
            failed=self._on_about_failed,
            queue=Queue.IMAGES,
        )

    def _on_about_failed(self, error: Exception) -> None:
        self._tasks.report_error(error)
        self._open_about(None)

    def _open_about(self, info: ModelInfo | None) -> None:
        self._open_dialog(AboutDialog(info, self._window))

    @handles("licences")
    def show_licences(self) -> None:
        """Open the licences dialog."""
        self._open_dialog(LicencesDialog(self._window))

    @handles("manual")
    def show_manual(self) -> None:
        """Open the manual that lies on this machine in the browser."""
        page = manual_page(current_language())
        if page is None:
            self._notify(
                self.tr("This installation holds no manual."),
                self.tr("The installers hold it; in a copy of the source, build it with “make docs”."),
            )
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(page))):
            self._notify(self.tr("No browser could be opened."), self.tr("Open {0}.").format(page))

    def _offer_error_report(self, report: str) -> None:
        """Offer the report of an internal error, once for each; the review goes on meanwhile."""
        if report in self._reported_errors:
            return
        self._reported_errors.add(report)
        dialog = ErrorReportDialog(report, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def edit_shortcuts(
        self,
        table: tuple[ActionSpec, ...],
        defaults: tuple[ActionSpec, ...],
        on_changed: Callable[[tuple[ActionSpec, ...]], None],
    ) -> None:
        """Open the shortcuts dialog; `on_changed` gets the whole table after each change."""
        dialog = ShortcutsDialog(table, defaults, self._window)
        dialog.shortcuts_changed.connect(on_changed)
        self._open_dialog(dialog)
