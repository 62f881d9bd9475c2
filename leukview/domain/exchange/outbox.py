"""Entries of the outbox: results on their way to the laboratory's system."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

MAX_DELAY = timedelta(minutes=10)
_FIRST_DELAY = timedelta(seconds=5)
MAX_ATTEMPTS = 12
"""Number of attempts after which a message that is answered “try later” counts as refused."""


class DeliveryState(StrEnum):
    """State of an entry of the outbox."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"  # answered with AE or AR; a person decides


class AnswerCode(StrEnum):
    """Acknowledgement codes of HL7 table 0008."""

    ACCEPTED = "AA"
    ERROR = "AE"
    REJECTED = "AR"


@dataclass(frozen=True, slots=True)
class Answer:
    """Acknowledgement of a message.

    Attributes:
        code: AA, AE or AR; the codes of the enhanced mode (CA, CE, CR) count as these.
        control_id: MSA-2, the message that is answered.
        reason: MSA-3 and ERR segments as text; may name the patient.
        is_temporary: The receiver could not take the message now (ERR-3 207: application internal error).
    """

    code: AnswerCode
    control_id: str
    reason: str = ""
    is_temporary: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseRef:
    """A signature or withdrawal in the review log, by slide, event and the event's number."""

    slide_id: str
    event_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A result in the outbox; its message is kept in the identity vault.

    Attributes:
        number: Position in the outbox; the messages of a slide are sent in this order.
        control_id: MSH-10; the same at each attempt, so that the receiver recognises a repeated message.
        event_id: The signature that released the result, or its withdrawal.
        status: Result status: F final, C corrected, W withdrawn.
        created_at: UTC, ISO 8601, as all times.
        attempts: How often it was sent.
        next_attempt_at: Not to be sent before.
        answer: Code of the last answer; "" = none yet.
        reason: Reason of the last answer, from the identity vault.
        answered_at: When it was answered; "" = not yet.
    """

    number: int
    control_id: str
    slide_id: str
    event_id: str
    status: str
    created_at: str
    state: DeliveryState
    attempts: int
    next_attempt_at: str
    answer: str
    answered_at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """An entry with its message in ER7 encoding."""

    entry: OutboxEntry
    text: str


def make_control_id(event_id: str) -> str:
    """Message control id (20 characters, the maximum of MSH-10) of the result that an event released."""
    return hashlib.sha256(f"result of {event_id}".encode()).hexdigest()[:20].upper()


def retry_delay(failures: int) -> timedelta:
    """Time until the next attempt after a number of failures: 5 s, doubled each time up to 10 minutes."""
    return min(MAX_DELAY, _FIRST_DELAY * (1 << max(0, min(failures, 16) - 1)))
