"""The second reading in the window: blinded while it lasts, compared with the first once it is signed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QMainWindow

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import FIRST, SECOND
from leukview.domain.review.reviewer_profile import Role
from leukview.gui.app.action_manager import ActionBar
from leukview.gui.app.i18n import spoken
from leukview.gui.app.tasks import Jobs
from leukview.gui.review.agreement_dialog import AgreementDialog
from leukview.gui.session.review_controller import ReviewDesk
from leukview.services.review.session import ReviewSession, SlideView
from leukview.services.workbench import Workbench

TELLING = frozenset(
    {
        "blind",
        "accept",
        "map",
        "report",
        "export",
        "corrections",
        "reopen",
        "details",
        "grade",
        "audit",
        "calls",
        "quality",
        "agreement",
        "compare",
        "repair",
    }
)
"""Actions that tell or rest on another's opinion, or act on the first reading: none of them in a second reading."""


class SecondReading(QObject):
    """Switches the bench between the readings of a slide, and shows the two side by side."""

    told = Signal(str, str)  # a sentence and a hint
    show_cells = Signal(object)  # tuple of cell ids

    def __init__(self, window: QMainWindow, workbench: Workbench, jobs: Jobs, desk: ReviewDesk) -> None:
        super().__init__(window)
        self._window, self._workbench, self._jobs, self._desk = window, workbench, jobs, desk
        self._actions: ActionBar | None = None
        self._blind_before = False
        self._blinded = False
        self._dialog: AgreementDialog | None = None
        self._comparing = False

    def begin(self, actions: ActionBar) -> None:
        """Take over the actions; to be called before anything else listens to the desk."""
        self._actions = actions
        self._desk.opened.connect(self._on_opened)
        self._desk.rested.connect(self._on_rested)

    # ---- going there and back
    def toggle(self, wanted: bool) -> None:
        """Begin the second reading of the slide on the bench, or leave it."""
        view = self._desk.view
        if view is None or (view.reading == SECOND) is wanted:
            return
        if wanted:
            self._desk.open(view.slide.id, SECOND)
            return
        profile = self._desk.profile
        bound = view.reviewed or (profile is not None and profile.role is Role.SECOND_READER)
        if bound and view.review.signature is None:
            self.told.emit(
                self.tr("The second reading is not signed yet: until then the other opinions stay hidden."),
                self.tr("Label every cell, then sign it (Ctrl+Return)."),
            )
            self._sync()
            return
        self._desk.open(view.slide.id, FIRST)

    def _on_opened(self, view: SlideView) -> None:
        actions, second = self._actions, view.reading == SECOND
        if actions is None:
            return
        blind = actions.by_key["blind"]
        if second and not self._blinded:
            self._blind_before, self._blinded = blind.isChecked(), True
            blind.setChecked(True)
        elif not second and self._blinded:
            self._blinded = False
            blind.setChecked(self._blind_before)
        actions.block("second reading", [key for key in TELLING if key in actions.by_key] if second else ())
        self._sync()

    def _on_rested(self) -> None:
        self._sync()
        if self._dialog is not None and self._comparing:
            self._comparing = False
            self._read(self._on_reread)

    def _sync(self) -> None:
        if self._actions is None:
            return
        action, view = self._actions.by_key["second"], self._desk.view
        with QSignalBlocker(action):
            action.setChecked(view is not None and view.reading == SECOND)

    # ---- another program
    def refresh(self) -> None:
        """Take in what another program wrote to the slide on the bench."""
        self._desk.do(ReviewSession.refresh)

    # ---- side by side
    def compare(self) -> None:
        """Show how far the readers agree, and where they differ."""
        if self._desk.view is not None:
            self._desk.do(ReviewSession.refresh)
            self._read(self._on_compared)

    def _read(self, done: object) -> None:
        agreement = self._desk.agreement

        def work(_token: CancelToken, _reporter: Reporter) -> Agreement | None:
            return agreement()

        self._jobs.run(self.tr("Comparing the readings"), work, done=done, queue=Queue.REVIEW)  # type: ignore[arg-type]

    def _on_compared(self, found: object) -> None:
        view = self._desk.view
        if view is None:
            return
        if not isinstance(found, Agreement):
            self.told.emit(
                self.tr("There is no finished second reading of this slide."),
                self.tr("Another person reads it with “Second reading” in the menu “Review”, and signs."),
            )
            return
        numbers = {v.cell.id: v.cell.number for v in view.cells}
        signed = view.review.signature is not None
        dialog = AgreementDialog(found, numbers, spoken(self._workbench.taxonomy), signed=signed, parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.settling.connect(self._settle)
        dialog.showing.connect(self.show_cells)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        dialog.open()

    def _settle(self, cell_id: str, label: str) -> None:
        self._comparing = True
        self._desk.do(lambda session: session.settle(cell_id, label))

    def _on_reread(self, found: object) -> None:
        if self._dialog is not None and isinstance(found, Agreement):
            self._dialog.show_agreement(found)

    def _on_closed(self) -> None:
        self._dialog = None
