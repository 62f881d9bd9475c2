"""What arrives from the laboratory's systems, and what is decided about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from leukview.domain.exchange.blood_count import BloodCount
from leukview.domain.exchange.orders import LabOrder
from leukview.domain.exchange.outbox import AnswerCode


class ItemState(StrEnum):
    """State of something that arrived."""

    RECORDED = "recorded"
    UNDECIDED = "undecided"  # it contradicts what is known; a person decides
    ACCEPTED = "accepted"  # a person decided for it
    REJECTED = "rejected"  # a person decided against it
    REFUSED = "refused"  # it could not be read; nothing of it is kept


@dataclass(frozen=True, slots=True)
class Incoming:
    """The content of one message or file.

    Attributes:
        key: Identifies it, so that it is recorded once: sender and control id, or the name of the format; with the
            hash of its content.
        queries: Sample numbers that are asked for.
    """

    key: str
    orders: tuple[LabOrder, ...] = ()
    counts: tuple[BloodCount, ...] = ()
    queries: tuple[str, ...] = ()


class UnreadableMessageError(ValueError):
    """A message cannot be used.

    Args:
        reason: Why; begins with “it”.
        code: AE, or AR when messages of this kind are not taken at all.
        error: Code of HL7 table 0357.
    """

    def __init__(self, reason: str, code: AnswerCode = AnswerCode.ERROR, error: str = "101") -> None:
        super().__init__(reason)
        self.code, self.error = code, error


@dataclass(frozen=True, slots=True)
class ReceivedItem:
    """One order, blood count or refused message, as it is listed.

    Attributes:
        key: Identifies it.
        kind: ``order``, ``blood count`` or ``message``.
        received_at: UTC, ISO 8601.
        contradictions: Names of the fields of `PatientDetails` that contradict what is known.
        reason: Why a message was refused.
        order: The order that arrived; None for others.
        count: The blood count that arrived; None for others.
        known: The order that is known already under one of its numbers, or of the same patient.
        decided_by: Who decided; "" = nobody yet.
    """

    key: str
    kind: str
    received_at: str
    state: ItemState
    contradictions: tuple[str, ...] = ()
    reason: str = ""
    order: LabOrder | None = None
    count: BloodCount | None = None
    known: LabOrder | None = None
    decided_by: str = ""

    @property
    def mark(self) -> str:
        """Short name of the item, which tells nothing about the patient."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:10]
