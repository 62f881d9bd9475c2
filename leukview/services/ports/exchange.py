"""Ports of the exchange with the laboratory's systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from leukview.core.job_runner import CancelToken
from leukview.domain.exchange.outbox import Answer, OutboxEntry, OutboxMessage, SignatureRef


class Outbox(Protocol):
    """Results that are to be sent, in the database; their messages, which may name patients, in the identity vault.

    All methods are safe to call from any thread and process, and raise `StoreError`.
    """

    def new_signatures(self) -> tuple[SignatureRef, ...]:
        """Signatures after `mark_queued`, the oldest first.

        The first call on a workstation marks all earlier signatures as not to be sent.
        """

    def mark_queued(self, seq: int) -> None:
        """Remember that the signatures up to this event are in the outbox or are not to be sent."""

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
