"""Results out: what was signed is put into the outbox and sent until it is acknowledged."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from leukview.core.errors import ConnectionLostError, LeukViewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.exchange.orders import LabOrder
from leukview.domain.exchange.outbox import AnswerCode, OutboxEntry, make_control_id
from leukview.domain.exchange.settings import ResultSettings
from leukview.domain.review.events import FIRST_READING, EventKind, reading_of
from leukview.services.export.exporter import MessageEnvelope, MessageFormatter
from leukview.services.export.slide_record import (
    PatientIdentity,
    ResultStatus,
    SlideRecord,
    make_slide_record,
    verify_event_hashes,
)
from leukview.services.ports.exchange import ChannelOpener, Outbox
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.session import ReviewSession

SENDER = "LeukView"
"""Name under which the exchange opens slides; it writes nothing to them."""
_STATUS_CODES = {ResultStatus.FINAL: "F", ResultStatus.CORRECTED: "C"}
_WITHDRAWN = "W"


@dataclass(frozen=True, slots=True)
class SendSummary:
    """What one round of sending did.

    Attributes:
        delivered: Messages acknowledged with AA.
        refused: Messages answered with AE or AR.
        was_busy: Another process sends, or the peer is left alone for a while: nothing was tried.
        problem: Why the round ended early; "" = everything that was due was sent.
    """

    delivered: int = 0
    refused: int = 0
    was_busy: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ResultSources:
    """Where a result is read.

    Attributes:
        open_session: Opens the review of a slide, by its id.
        find_names: Folder names of patient and order of a slide; None when they are not known on this workstation.
        find_order: The laboratory's order of a slide.
    """

    slides: SlideStore
    log: ReviewLog
    open_session: Callable[[str], ReviewSession]
    find_names: Callable[[str], tuple[str, str] | None]
    find_order: Callable[[str], LabOrder | None]


class ResultService:
    """Queues signed results and sends them.

    Args:
        outbox: The outbox.
        sources: Where results are read.
        formatter: Writes messages.
        settings: The site's settings, read each time.
        connect: Connects to the receiver that the settings name.
        clock: Current time.
    """

    def __init__(
        self,
        outbox: Outbox,
        sources: ResultSources,
        formatter: MessageFormatter,
        settings: Callable[[], ResultSettings],
        connect: Callable[[ResultSettings], ChannelOpener],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._outbox, self._sources, self._formatter = outbox, sources, formatter
        self._settings, self._connect, self._clock = settings, connect, clock
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"

    @property
    def is_enabled(self) -> bool:
        """Whether the site has results sent. Raises `LeukViewError`."""
        return self._settings().enabled

    def queue_released(self) -> int:
        """Put the results that were signed or withdrawn since the last call into the outbox; returns how many.

        A signature is queued once, whatever happens: its event gives the control id of the message, and it counts as
        done only after the message is stored. What was reopened meanwhile waits for its next signature. A withdrawal
        is sent only where a result went out before.

        Raises:
            LeukViewError: The database cannot be read or written, or a message is not valid.
        """
        if not self._settings().enabled:
            return 0
        queued = 0
        found = self._outbox.new_releases()
        last = {ref.slide_id: ref.event_id for ref in found}
        for ref in found:
            if last[ref.slide_id] == ref.event_id:
                queued += self._queue(ref.slide_id)
            self._outbox.mark_queued(ref.seq)
        return queued

    def queue_slide(self, slide_id: str) -> bool:
        """Put the result of one slide into the outbox; False when it is there already.

        Raises:
            LeukViewError: The slide is not signed, or the database cannot be written.
        """
        if self._sources.find_names(slide_id) is None:
            raise LeukViewError(
                "The names for this slide are not stored on this workstation.",
                "Send the result from the workstation where the slide was imported.",
            )
        record = self._record(slide_id)
        if record is None:
            raise LeukViewError("Only a signed result can be sent.", "Sign the slide first.")
        return self._add(record)

    def _queue(self, slide_id: str) -> bool:
        if self._sources.find_names(slide_id) is None:  # the workstation where it was imported sends it
            return False
        record = self._record(slide_id)
        return record is not None and self._add(record)

    def _record(self, slide_id: str) -> SlideRecord | None:
        session, settings = self._sources.open_session(slide_id), self._settings()
        verify_event_hashes(session.events)
        names, order = self._sources.find_names(slide_id), self._sources.find_order(slide_id)
        identity = None
        if names is not None:
            identity = PatientIdentity(names[0] if settings.names else "", names[1])
        record = make_slide_record(session, self._sources.slides, self._sources.log, identity=identity)
        if order is not None:
            record = replace(record, order=order if settings.names else order.without_names())
        return record if record.status in _STATUS_CODES else None

    def _add(self, record: SlideRecord) -> bool:
        slide_id, settings = record.view.slide.id, self._settings()
        last = self._outbox.last_status(slide_id)
        if record.is_withdrawn_result and last in {"", _WITHDRAWN}:  # nobody has it, or everybody knows
            return False
        kinds = {EventKind.SIGN, EventKind.WITHDRAW} if record.is_withdrawn_result or last else {EventKind.SIGN}
        event_id = next(
            e.id for e in reversed(record.flattened_events) if e.kind in kinds and reading_of(e) == FIRST_READING
        )
        control_id = make_control_id(event_id)
        envelope = MessageEnvelope(
            control_id, settings.sending_facility, settings.receiving_application, settings.receiving_facility
        )
        status = _STATUS_CODES[record.status]
        if record.is_withdrawn_result:
            status = _WITHDRAWN
        elif last == _WITHDRAWN:  # taken back: what was marked as wrong is right
            status = "C"
            record = replace(record, is_correction=True)
        return self._outbox.add(slide_id, event_id, status, control_id, self._formatter.hl7(record, envelope))

    def send_waiting(self, token: CancelToken, reporter: Reporter) -> SendSummary:
        """Send what is due, one message after the other, until nothing is left or the peer fails.

        Raises:
            LeukViewError: The database cannot be read or written, or a certificate cannot be used.
            Cancelled: The token was set. A message whose answer was not read is sent again under the same control id.
        """
        settings = self._settings()
        due = self._outbox.count_due(self._clock()) if settings.enabled else 0
        if not due:
            return SendSummary()
        if not self._outbox.acquire_lease(self._holder, self._clock()):
            return SendSummary(was_busy=True)
        delivered = refused = 0
        peer_failed, problem = False, ""
        try:
            with self._connect(settings)(token) as channel:
                while True:
                    token.raise_if_cancelled()
                    message = self._outbox.claim_next(self._holder, self._clock())
                    if message is None:
                        break
                    answer = channel.send(message.text, message.entry.control_id, token)
                    self._outbox.finish(message.entry.control_id, answer, self._clock())
                    if answer.code is AnswerCode.ACCEPTED:
                        delivered += 1
                    else:
                        refused += 1
                    reporter(Progress(delivered + refused, max(due, delivered + refused), "Sending results"))
        except ConnectionLostError as error:
            peer_failed, problem = True, error.message
        finally:
            self._outbox.release_lease(self._holder, self._clock(), peer_failed=peer_failed)
        return SendSummary(delivered, refused, problem=problem)

    def entries(self, limit: int = 500) -> tuple[OutboxEntry, ...]:
        """Newest entries of the outbox, the newest first. Raises `StoreError`."""
        return self._outbox.entries(limit)

    def message_text(self, control_id: str) -> str:
        """The message of an entry; "" on a workstation that did not write it. Raises `StoreError`."""
        return self._outbox.message_text(control_id)

    def send_again(self, control_ids: tuple[str, ...]) -> None:
        """Let refused messages be sent again, and waiting ones at once. Raises `StoreError`."""
        self._outbox.send_again(control_ids, self._clock())

    def retry_not_before(self) -> str:
        """When the peer is tried again, UTC, ISO 8601; "" = as soon as there is something to send."""
        return self._outbox.retry_not_before()
