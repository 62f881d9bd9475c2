"""Controller of the identities: shows and hides names, edits them, remembers what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.exchange.orders import LabOrder
from leukview.gui.app.action_handlers import handles
from leukview.gui.identity.dialog import IdentityDialog
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.ports.identity import SlideIdentity
from leukview.services.review.worklist import WorklistRow


class IdentityController(WindowController):
    """Shows names on this workstation while the reviewer may see them and wants to.

    Names are read from the vault in the background and kept in memory alone. Showing is recorded once a session.

    Signals:
        identities_changed: Mapping slide id → `SlideIdentity`; empty while names are hidden.
    """

    identities_changed = Signal(object)

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self._known: dict[str, SlideIdentity] = {}
        self._shown_to = ""  # reviewer to whom names are shown; "" = hidden
        self._recorded: set[str] = set()
        self._listed: tuple[str, ...] = ()
        service = self._workbench.identities
        for key in ("names", "identity"):
            self._actions.by_key[key].setVisible(service is not None)
        self._slide_jobs.worklist_loaded.connect(self._on_rows)
        self._slide_jobs.worklist_extended.connect(self._on_rows)
        self._review.slide_opened.connect(lambda view: self._load((view.slide.id,)))
        self._review.reviewer_changed.connect(self._on_reviewer_changed)

    @property
    def is_shown(self) -> bool:
        """Whether names are shown."""
        return bool(self._shown_to)

    @handles("names")
    def set_names_shown(self, shown: bool) -> None:
        """Show or hide names; a reviewer without the right is told."""
        service, reviewer = self._workbench.identities, self._review.reviewer
        if not shown or service is None:
            self._hide()
            return

        def work(_token: CancelToken, _reporter: Reporter) -> None:
            if reviewer not in self._recorded:
                service.begin_showing(reviewer)

        self._tasks.run(
            self.tr("Reading the names"),
            work,
            done=lambda _none: self._on_allowed(reviewer),
            failed=self._on_refused,
            queue=Queue.CHANGES,
        )

    def _on_allowed(self, reviewer: str) -> None:
        self._recorded.add(reviewer)
        if reviewer == self._review.reviewer and self._actions.by_key["names"].isChecked():
            self._shown_to = reviewer
            self._slide_jobs.set_search_by_name(by_name=True)
            view = self._review.view
            self._load((*self._listed, *((view.slide.id,) if view else ())))

    def _on_refused(self, error: Exception) -> None:
        self._hide()
        self._tasks.report_error(error)

    def _hide(self) -> None:
        self._shown_to = ""
        self._known.clear()
        with QSignalBlocker(self._actions.by_key["names"]):
            self._actions.by_key["names"].setChecked(False)
        self._slide_jobs.set_search_by_name(by_name=False)
        self.identities_changed.emit({})

    def _on_reviewer_changed(self) -> None:
        """Hide the names from a reviewer who may see less, or ask again."""
        wanted = self._actions.by_key["names"].isChecked()
        self._hide()
        if wanted:
            self._actions.by_key["names"].setChecked(True)

    def _on_rows(self, rows: list[WorklistRow]) -> None:
        ids = tuple(row.slide.id for row in rows)
        self._listed = tuple(dict.fromkeys((*self._listed, *ids)))
        self._load(ids)

    def _load(self, slide_ids: Iterable[str]) -> None:
        service, reviewer = self._workbench.identities, self._shown_to
        wanted = [key for key in dict.fromkeys(slide_ids) if key not in self._known]
        if service is None or not reviewer or not wanted:
            return

        def work(_token: CancelToken, _reporter: Reporter) -> Mapping[str, SlideIdentity]:
            return service.shown(wanted, reviewer)

        self._tasks.run(
            self.tr("Reading the names"),
            work,
            done=partial(self._on_loaded, reviewer),
            failed=self._on_refused,
            queue=Queue.CHANGES,
        )

    def _on_loaded(self, reviewer: str, found: Mapping[str, SlideIdentity]) -> None:
        if reviewer == self._shown_to:
            self._known.update(found)
            self.identities_changed.emit(dict(self._known))

    # ---- editing
    @handles("identity")
    def edit_identity(self) -> None:
        """Read the identity of the open slide, then open the dialog."""
        service, view, reviewer = self._workbench.identities, self._review.view, self._review.reviewer
        if service is None or view is None:
            return
        slide_id = view.slide.id

        def work(_token: CancelToken, _reporter: Reporter) -> SlideIdentity:
            if reviewer not in self._recorded:
                service.begin_showing(reviewer)
            return service.shown((slide_id,), reviewer)[slide_id]

        def done(identity: SlideIdentity) -> None:
            self._recorded.add(reviewer)
            self._open_dialog(slide_id, identity)

        self._tasks.run(self.tr("Reading the names"), work, done=done, queue=Queue.CHANGES)

    def _open_dialog(self, slide_id: str, identity: SlideIdentity) -> None:
        dialog = IdentityDialog(slide_id, identity, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        reviewer = self._review.reviewer
        dialog.accepted.connect(lambda: self._save(slide_id, dialog.order(), reviewer))
        dialog.open()

    def _save(self, slide_id: str, order: LabOrder, reviewer: str) -> None:
        service = self._workbench.identities
        if service is None:
            return

        def work(_token: CancelToken, _reporter: Reporter) -> None:
            service.save(slide_id, order, reviewer)

        def done(_none: None) -> None:
            self._known.pop(slide_id, None)
            self._load((slide_id,))
            self._notify(self.tr("Patient and order of {0} are saved.").format(slide_id), "")

        self._tasks.run(self.tr("Saving"), work, done=done, queue=Queue.CHANGES)
