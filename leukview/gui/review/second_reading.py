"""Controller of the blinded second reading and its comparison with the first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal

from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import FIRST_READING, SECOND_READING
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import translated_taxonomy
from leukview.gui.review.agreement_dialog import AgreementDialog
from leukview.gui.session.review_controller import CommandTarget
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.services.review.session import ReviewSession, SlideView

BLOCKED_ACTIONS = frozenset(
    {
        "blind",
        "accept",
        "analyser",
        "map",
        "report",
        "export",
        "corrections",
        "reopen",
        "withdraw",
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
"""Actions disabled in a second reading.

They reveal or depend on predictions or labels of others, or change the first reading.
"""


class SecondReadingController(WindowController):
    """Switches between the readings of the open slide and shows their agreement."""

    show_cells_requested = Signal(object)  # tuple of cell ids

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self._blind_before = False
        self._blinded = False
        self._agreement_dialog: AgreementDialog | None = None
        self._reload_pending = False
        self._review.slide_about_to_show.connect(self._on_about_to_show)
        self._review.became_idle.connect(self._on_review_idle)

    # ---- switching between readings
    @handles("second")
    def toggle(self, on: bool) -> None:
        """Begin the second reading of the open slide, or return to the first."""
        view = self._review.view
        if view is None or (view.reading == SECOND_READING) is on:
            return
        if on:
            self._review.open(view.slide.id, SECOND_READING)
            return
        profile = self._review.profile
        bound = view.reviewed_count or (profile is not None and profile.role is ReviewerRole.SECOND_READER)
        if bound and view.review.signature is None:
            self._notify(
                self.tr("The second reading is not signed yet; until then the classes of the others stay hidden."),
                self.tr("Label every cell, then sign (Ctrl+Enter)."),
            )
            self._sync_action()
            return
        self._review.open(view.slide.id, FIRST_READING)

    def _on_about_to_show(self, view: SlideView) -> None:
        """Hide the predictions before any panel shows the slide."""
        actions, second = self._actions, view.reading == SECOND_READING
        blind = actions.by_key["blind"]
        if second and not self._blinded:
            self._blind_before, self._blinded = blind.isChecked(), True
            blind.setChecked(True)
        elif not second and self._blinded:
            self._blinded = False
            blind.setChecked(self._blind_before)
        actions.set_blocked(
            "second reading", [key for key in BLOCKED_ACTIONS if key in actions.by_key] if second else ()
        )
        self._sync_action()

    def _on_review_idle(self) -> None:
        self._sync_action()
        if self._agreement_dialog is not None and self._reload_pending:
            self._reload_pending = False
            self._load_agreement(self._on_agreement_reloaded)

    def _sync_action(self) -> None:
        action, view = self._actions.by_key["second"], self._review.view
        with QSignalBlocker(action):
            action.setChecked(view is not None and view.reading == SECOND_READING)

    # ---- changes by other programs
    @handles("refresh")
    def refresh(self) -> None:
        """Reload events that another program wrote for the open slide."""
        self._review.submit(ReviewSession.reload)

    # ---- agreement
    @handles("agreement")
    def show_agreement(self) -> None:
        """Show the agreement of the two readings."""
        if self._review.view is not None:
            self._review.submit(ReviewSession.reload)
            self._load_agreement(self._on_agreement_loaded)

    def _load_agreement(self, done: Callable[[Agreement | None], None]) -> None:
        agreement = self._review.agreement

        def work(_token: CancelToken, _reporter: Reporter) -> Agreement | None:
            return agreement()

        self._tasks.run(self.tr("Comparing the readings"), work, done=done, queue=Queue.REVIEW)

    def _on_agreement_loaded(self, agreement: Agreement | None) -> None:
        view = self._review.view
        if view is None:
            return
        if agreement is None:
            self._notify(
                self.tr("This slide has no completed second reading."),
                self.tr("Another person must read the slide with Review › Second reading, and sign."),
            )
            return
        numbers = {v.cell.id: v.cell.number for v in view.cells}
        signed = view.review.signature is not None
        dialog = AgreementDialog(
            agreement, numbers, translated_taxonomy(self._workbench.taxonomy), signed=signed, parent=self._window
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.consensus_requested.connect(partial(self._record_consensus, self._review.target))
        dialog.show_cells_requested.connect(self.show_cells_requested)
        dialog.finished.connect(self._on_closed)
        self._agreement_dialog = dialog
        dialog.open()

    def _record_consensus(self, target: CommandTarget | None, cell_id: str, label: str) -> None:
        self._reload_pending = True
        self._review.submit(lambda session: session.record_consensus(cell_id, label), target)

    def _on_agreement_reloaded(self, agreement: Agreement | None) -> None:
        if self._agreement_dialog is not None and agreement is not None:
            self._agreement_dialog.show_agreement(agreement)

    def _on_closed(self) -> None:
        self._agreement_dialog = None
