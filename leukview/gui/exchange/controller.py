"""Controller of the exchange with the laboratory."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter, null_reporter
from leukview.domain.exchange.blood_count import BloodCount
from leukview.domain.exchange.incoming import ItemState, ReceivedItem
from leukview.domain.exchange.outbox import DeliveryState, OutboxEntry
from leukview.domain.exchange.settings import ExchangeSettings, OrderSettings
from leukview.domain.review.rights import Right
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import join_sentences, translate_data
from leukview.gui.app.tasks import Task
from leukview.gui.exchange.dialog import LaboratoryDialog
from leukview.gui.exchange.plots_dialog import PlotsDialog
from leukview.gui.session.review_controller import Command
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.tally.blood_count_view import BloodCountView
from leukview.services.exchange.results import SendSummary

INTERVAL_MS = 5_000
_LISTED = 500
_FoundCount = tuple[str, BloodCount | None, tuple[tuple[str, bytes], ...]]
"""Slide, its blood count, and the names and PNGs of the plots."""


@dataclass(frozen=True, slots=True)
class _Round:
    """Result of one round of sending and looking into the folder."""

    sent: SendSummary
    taken: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Lists:
    """What the dialog shows."""

    entries: tuple[OutboxEntry, ...]
    items: tuple[ReceivedItem, ...]
    settings: ExchangeSettings
    retry_at: str
    show_names: bool


class LaboratoryController(WindowController):
    """Sends results and takes orders while the window is open, and shows the blood count of the open slide.

    Args:
        context: What all controllers share.
        view: Shows the blood count.
    """

    def __init__(self, context: WindowContext, view: BloodCountView) -> None:
        super().__init__(context)
        self._view = view
        self._count: BloodCount | None = None
        self._plots: tuple[tuple[str, bytes], ...] = ()
        self._round: Task[Any, Any] | None = None
        self._listener: Task[Any, Any] | None = None
        self._listening_with: OrderSettings | None = None
        self._listening_port = 0
        self._told: set[str] = set()
        self._problem = self._told_problem = ""
        self._arrived = threading.Event()
        self.dialog: LaboratoryDialog | None = None
        view.plots_requested.connect(self._show_plots)
        self._review.slide_opened.connect(self._on_slide_opened)
        self.timer = QTimer(self)
        self.timer.setInterval(INTERVAL_MS)
        self.timer.timeout.connect(self.check)
        if self._workbench.can_exchange:
            self.timer.start()
            QTimer.singleShot(0, self, self.check)

    def check(self) -> None:
        """Start a round of sending if none runs, and the listener if it should run; called by the timer."""
        if self._round is not None or not self._workbench.can_exchange:
            return
        exchange = self._workbench.exchange

        def work(token: CancelToken, _reporter: Reporter) -> tuple[ExchangeSettings, _Round]:
            settings = exchange.settings()
            problem, taken, sent = "", 0, SendSummary()
            try:
                taken = exchange.look_into_folder()
            except LeukViewError as error:
                problem = error.message
            if settings.results.enabled:
                exchange.results.queue_released()
                sent = exchange.results.send_waiting(token, null_reporter)
            return settings, _Round(sent, taken, problem)

        self._round = self._tasks.run(
            self.tr("Exchanging with the laboratory"),
            work,
            done=self._on_round,
            failed=self._on_round_failed,
            queue=Queue.SENDING,
            in_background=True,
        )
        self._round.ended.connect(self._on_round_ended)

    def _on_round(self, result: tuple[ExchangeSettings, _Round]) -> None:
        settings, done = result
        self._listen(settings.orders)
        if not done.sent.was_busy:
            self._problem = done.problem or done.sent.problem
        if self._problem != self._told_problem and self._problem:
            self._notify(translate_data(self._problem), self.tr("Laboratory › Results and orders lists the results."))
        self._told_problem = self._problem
        if done.sent.refused:
            self._notify(
                self.tr("The laboratory's system refused {0} results.").format(done.sent.refused),
                self.tr("Laboratory › Results and orders tells why."),
            )
        if done.taken or self._arrived.is_set():
            self._arrived.clear()
            self._load_count()
            self._tell_undecided()
        if self.dialog is not None and (done.taken or done.sent.delivered or done.sent.refused or done.sent.problem):
            self.reload()

    def _on_round_failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        text = error.message if isinstance(error, LeukViewError) else str(error)
        if text != self._told_problem:
            self._told_problem = text
            self._tasks.report_error(error)

    def _on_round_ended(self, _task: object) -> None:
        self._round = None

    # ---- listening
    def _listen(self, settings: OrderSettings) -> None:
        """Start or end the listener so that it runs with these settings."""
        wanted = settings if settings.listening else None
        if self._listening_with == wanted:
            return
        if self._listener is not None:
            self._listening_with = None
            self._listener.cancel()  # once it has ended, it is started with the new settings
            return
        self._listening_with = wanted
        if wanted is None:
            return
        exchange = self._workbench.exchange

        def work(token: CancelToken, _reporter: Reporter) -> None:
            exchange.listen(wanted, token, self._set_port, lambda: None, self._arrived.set)

        self._listener = self._tasks.run(
            self.tr("Listening for orders"),
            work,
            failed=self._on_listener_failed,
            queue=Queue.LISTENING,
            in_background=True,
        )
        self._listener.ended.connect(self._on_listener_ended)

    def _set_port(self, port: int) -> None:  # called in the listener's thread
        self._listening_port = port

    @property
    def listening_port(self) -> int:
        """Port at which the window listens now; 0 = it does not."""
        return self._listening_port if self._listener is not None else 0

    def _on_listener_failed(self, error: Exception) -> None:
        self._tasks.report_error(error)

    def _on_listener_ended(self, _task: object) -> None:
        self._listener, self._listening_port = None, 0
        if self._listening_with is None:
            self.check()
        else:  # it failed
            QTimer.singleShot(10 * INTERVAL_MS, self, self._try_listening_again)

    def _try_listening_again(self) -> None:
        if self._listener is None:
            self._listening_with = None

    # ---- blood count
    def _on_slide_opened(self, _view: object) -> None:
        self._count, self._plots = None, ()
        self._view.show_count(None, has_plots=False)
        self._load_count()

    def _load_count(self) -> None:
        view = self._review.view
        if view is None or not self._workbench.can_exchange:
            return
        slide_id, inbox = view.slide.id, self._workbench.exchange.inbox

        def work(
            _token: CancelToken, _reporter: Reporter
        ) -> tuple[str, BloodCount | None, tuple[tuple[str, bytes], ...]]:
            count = inbox.count_of_slide(slide_id)
            return slide_id, count, inbox.plots_of(count) if count else ()

        self._tasks.run(
            self.tr("Reading the blood count"), work, done=self._show_count, queue=Queue.ORDERS, in_background=True
        )

    def _show_count(self, found: _FoundCount) -> None:
        slide_id, count, plots = found
        view = self._review.view
        if view is None or view.slide.id != slide_id:
            return
        self._count, self._plots = count, plots
        self._view.show_count(count, has_plots=bool(plots))
        if count is None or count.wbc_per_nl is None or view.slide.wbc_per_nl is not None or view.review.signature:
            return
        wbc, at = count.wbc_per_nl, count.measured_at

        def prepare() -> Command | None:
            now = self._review.view
            if now is None or now.slide.id != slide_id:
                return None
            return Command(lambda session: session.take_over_wbc(wbc, at))

        self._review.enqueue(prepare)

    def _show_plots(self) -> None:
        PlotsDialog(self._plots, self._window).open()

    # ---- dialog
    @handles("laboratory")
    def open_dialog(self) -> None:
        """Show results, orders and settings."""
        if not self._workbench.can_exchange:
            self._notify(
                self.tr("This installation exchanges nothing with the laboratory."),
                self.tr("The identity vault is missing."),
            )
            return
        self.dialog = dialog = LaboratoryDialog(self._window)
        dialog.outbox.send_requested.connect(self._send)
        dialog.orders.decided.connect(self._decide)
        dialog.settings.save_requested.connect(self._save)
        dialog.finished.connect(self._on_dialog_closed)
        self.reload(with_settings=True)
        dialog.open()

    def reload(self, *, with_settings: bool = False) -> None:
        """Read the lists of the dialog again."""
        exchange, name = self._workbench.exchange, self._review.viewer.name
        profiles = self._workbench.profiles

        def work(_token: CancelToken, _reporter: Reporter) -> _Lists:
            try:
                profiles.require_right(name, Right.SHOW_NAMES)
                show_names = True
            except LeukViewError:
                show_names = False
            return _Lists(
                exchange.results.entries(_LISTED),
                exchange.inbox.items(_LISTED),
                exchange.settings(),
                exchange.results.retry_not_before(),
                show_names,
            )

        def show(lists: _Lists) -> None:
            self._show_lists(lists, with_settings=with_settings)

        self._tasks.run(self.tr("Reading the lists of the laboratory"), work, done=show, queue=Queue.ORDERS)

    def _show_lists(self, lists: _Lists, *, with_settings: bool) -> None:
        if self.dialog is None:
            return
        self.dialog.outbox.show_entries(
            lists.entries,
            enabled=lists.settings.results.enabled,
            retry_at=lists.retry_at,
            problem=self._problem if any(e.state is DeliveryState.WAITING for e in lists.entries) else "",
            show_reasons=lists.show_names,
        )
        orders = lists.settings.orders
        if self.listening_port:
            state = self.tr("listening at {0}:{1}").format(orders.address, self.listening_port)
        else:
            state = self.tr("folder {0}").format(orders.folder) if orders.folder else self.tr("orders are not taken")
        self.dialog.orders.show_items(lists.items, state=state, show_names=lists.show_names)
        if with_settings:
            self.dialog.settings.show_settings(lists.settings)

    def _send(self, control_ids: tuple[str, ...]) -> None:
        exchange, name = self._workbench.exchange, self._review.viewer.name

        def work(_token: CancelToken, _reporter: Reporter) -> None:
            self._workbench.profiles.require_right(name, Right.EXPORT_NAMES)
            exchange.results.send_again(control_ids)

        self._tasks.run(self.tr("Sending results"), work, done=self._on_sent_again, queue=Queue.ORDERS)

    def _on_sent_again(self, _nothing: None) -> None:
        self.reload()
        self.check()

    def _decide(self, key: str, accept: bool) -> None:
        exchange, name = self._workbench.exchange, self._review.viewer.name

        def work(_token: CancelToken, _reporter: Reporter) -> None:
            exchange.inbox.decide(key, name, accept=accept)

        self._tasks.run(self.tr("Storing the decision"), work, done=self._on_decided, queue=Queue.ORDERS)

    def _on_decided(self, _nothing: None) -> None:
        self.reload()
        self._load_count()

    def _save(self, settings: ExchangeSettings) -> None:
        exchange, name = self._workbench.exchange, self._review.viewer.name

        def work(_token: CancelToken, _reporter: Reporter) -> None:
            exchange.change_settings(name, settings)

        self._tasks.run(
            self.tr("Saving the settings"), work, done=self._on_saved, failed=self._on_not_saved, queue=Queue.ORDERS
        )

    def _on_saved(self, _nothing: None) -> None:
        if self.dialog is not None:
            self.dialog.settings.show_problem(self.tr("Saved."))
        self.reload()
        self.check()

    def _on_not_saved(self, error: Exception) -> None:
        if isinstance(error, LeukViewError) and self.dialog is not None:
            text = join_sentences((translate_data(error.message), translate_data(error.hint)))
            self.dialog.settings.show_problem(text)
        else:
            self._tasks.report_error(error)

    def _on_dialog_closed(self) -> None:
        self.dialog = None

    def _tell_undecided(self) -> None:
        inbox = self._workbench.exchange.inbox

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[ReceivedItem, ...]:
            return tuple(i for i in inbox.items(_LISTED) if i.state in {ItemState.UNDECIDED, ItemState.REFUSED})

        self._tasks.run(
            self.tr("Reading the lists of the laboratory"),
            work,
            done=self._on_undecided,
            queue=Queue.ORDERS,
            in_background=True,
        )

    def _on_undecided(self, items: tuple[ReceivedItem, ...]) -> None:
        new = [item for item in items if item.key not in self._told]
        self._told.update(item.key for item in new)
        undecided = sum(item.state is ItemState.UNDECIDED for item in new)
        if undecided:
            self._notify(
                self.tr("{0} orders or blood counts contradict what is known of the patient.").format(undecided),
                self.tr("Laboratory › Results and orders shows them; nothing is joined before somebody decides."),
            )
        if len(new) > undecided:
            self._notify(
                self.tr("{0} messages of the laboratory could not be read.").format(len(new) - undecided),
                self.tr("Laboratory › Results and orders tells why."),
            )
        if new and self.dialog is not None:
            self.reload()
