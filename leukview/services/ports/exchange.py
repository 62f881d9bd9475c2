"""Ports of the exchange with the laboratory's systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from leukview.core.job_runner import CancelToken
from leukview.domain.exchange.blood_count import BloodCount
from leukview.domain.exchange.incoming import Incoming, ReceivedItem
from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.exchange.outbox import Answer, AnswerCode, OutboxEntry, OutboxMessage, ReleaseRef


class Outbox(Protocol):
    """Results that are to be sent, in the database; their messages, which may name patients, in the identity vault.

    All methods are safe to call from any thread and process, and raise `StoreError`.
    """

    def new_releases(self) -> tuple[ReleaseRef, ...]:
        """Signatures and withdrawals after `mark_queued`, the oldest first.

        The first call on a workstation marks all earlier ones as not to be sent.
        """

    def last_status(self, slide_id: str) -> str:
        """Status of the last message of a slide that was not refused, from any workstation; "" = there is none."""

    def mark_queued(self, seq: int) -> None:
        """Remember that the events up to this one are in the outbox or are not to be sent."""

    def add(self, slide_id: str, event_id: str, status: str, control_id: str, text: str) -> bool:
        """Add a message; False when there is one with this control id already, which is kept unchanged."""

    def count_due(self, now: datetime) -> int:
        """Number of this workstation's messages that wait and may be tried now."""

    def claim_next(self, holder: str, now: datetime) -> OutboxMessage | None:
        """Count an attempt for the next message that may be sent, and extend the lease.

        A message waits for the earlier ones of its slide.

        Returns:
            None when nothing is due.

        Raises:
            StoreError: Another process has taken over the lease.
        """

    def finish(self, control_id: str, answer: Answer, now: datetime) -> None:
        """Store the answer to a message."""

    def acquire_lease(self, holder: str, now: datetime) -> bool:
        """Become the one sender; False while another process sends, or while the peer is left alone."""

    def release_lease(self, holder: str, now: datetime, *, peer_failed: bool) -> None:
        """Let other processes send; after a failure of the peer not before `retry_delay`."""

    def entries(self, limit: int) -> tuple[OutboxEntry, ...]:
        """Newest entries, the newest first."""

    def message_text(self, control_id: str) -> str:
        """The message of an entry; "" on a workstation that did not write it."""

    def send_again(self, control_ids: Sequence[str], now: datetime) -> None:
        """Put refused messages back into the queue under their control ids; waiting ones are tried at once."""

    def retry_not_before(self) -> str:
        """When the peer is tried again, UTC, ISO 8601; "" = as soon as there is something to send."""


class Channel(Protocol):
    """An open connection to the laboratory's system."""

    def send(self, text: str, control_id: str, token: CancelToken) -> Answer:
        """Send a message and wait for its acknowledgement.

        Raises:
            ConnectionLostError: The peer does not answer in time, hung up or answered something else.
            Cancelled: The token was set; whether the message arrived is not known.
        """


ChannelOpener = Callable[[CancelToken], AbstractContextManager[Channel]]
"""Connects to the laboratory's system; raises `ConnectionLostError`."""


class OrderBook(Protocol):
    """Orders and blood counts of the laboratory, encrypted in the identity vault.

    All methods are safe to call from any thread and process, and raise `StoreError`.
    """

    def transaction(self) -> AbstractContextManager[object]:
        """Join what is written in the block into one transaction, rolled back when the block raises."""

    def note(self, key: str) -> bool:
        """Remember a message or file by its key; False when it was noted before."""

    def put_item(self, item: ReceivedItem) -> None:
        """Add or replace an item of the list of what arrived."""

    def item(self, key: str) -> ReceivedItem | None:
        """An item of the list."""

    def items(self, limit: int, *, only_undecided: bool = False) -> tuple[ReceivedItem, ...]:
        """Newest items, the newest first."""

    def order(self, number: str) -> LabOrder | None:
        """The order with this order or specimen number."""

    def patient(self, number: str) -> PatientDetails | None:
        """The patient with this number of the laboratory."""

    def put_order(self, order: LabOrder) -> None:
        """Store an order under its numbers, and its patient; each replaces what was there."""

    def counts(self, sample_number: str) -> tuple[BloodCount, ...]:
        """Blood counts of a sample, the newest first."""

    def put_count(self, count: BloodCount) -> None:
        """Store a blood count; the same measurement replaces itself."""

    def plot(self, file_name: str) -> bytes | None:
        """PNG of a scattergram or distribution."""

    def put_plot(self, file_name: str, data: bytes) -> None:
        """Store a PNG under its file name."""


class IncomingReader(Protocol):
    """Reads what arrives. All methods raise `UnreadableMessageError`."""

    def hl7(self, data: bytes) -> Incoming:
        """Read an HL7 message with orders."""

    def hl7_answer(self, data: bytes, code: AnswerCode, reason: str = "", error: str = "") -> bytes:
        """Acknowledgement of an HL7 message, also of one that cannot be read."""

    def astm(self, data: bytes) -> tuple[Incoming, ...]:
        """Read the ASTM messages of a file or transmission, with or without frames."""

    def astm_answer(self, queries: Sequence[str], orders: Sequence[LabOrder], now: datetime) -> bytes:
        """Answer to the queries of an ASTM message, without frames."""

    def table(self, data: bytes) -> Incoming:
        """Read the analyser's table of blood counts."""
