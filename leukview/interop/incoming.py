"""Adapter from the readers of HL7, ASTM and the analyser's table to one port."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from leukview.domain.exchange.incoming import Incoming, UnreadableMessageError
from leukview.domain.exchange.orders import LabOrder
from leukview.domain.exchange.outbox import AnswerCode
from leukview.interop.astm import decode_frames, split_messages
from leukview.interop.astm_counts import answer_query, read_astm
from leukview.interop.hl7_orders import ANSWER_TYPES, answer_text, decode_message, read_header, read_orders
from leukview.interop.sysmex_table import read_table

_UNSUPPORTED_TYPE, _UNSUPPORTED_PROCESSING = "200", "202"
"""HL7 table 0357."""
_Result = TypeVar("_Result")


class MessageReader:
    """Implements `leukview.services.ports.exchange.IncomingReader`."""

    def hl7(self, data: bytes) -> Incoming:
        """See `IncomingReader.hl7`."""
        received = _read(lambda: read_header(decode_message(data)))
        if received.kind not in ANSWER_TYPES:
            raise UnreadableMessageError(
                f"messages of type {'^'.join(received.kind)} are not taken", AnswerCode.REJECTED, _UNSUPPORTED_TYPE
            )
        if received.processing not in {"P", ""}:  # training and test messages are no orders
            raise UnreadableMessageError(
                "only production messages (P) are taken", AnswerCode.REJECTED, _UNSUPPORTED_PROCESSING
            )
        return Incoming(
            f"{received.sender} {received.control_id} {_digest(data)}", _read(lambda: read_orders(received))
        )

    def hl7_answer(self, data: bytes, code: AnswerCode, reason: str = "", error: str = "") -> bytes:
        """See `IncomingReader.hl7_answer`."""
        return answer_text(data.decode("utf-8", "replace"), code, reason, error).encode("utf-8")

    def astm(self, data: bytes) -> tuple[Incoming, ...]:
        """See `IncomingReader.astm`."""
        plain = _read(lambda: decode_frames(data))
        try:
            text = plain.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = plain.decode("latin-1")  # the standard allows ASCII only; analysers send Latin letters
        found = []
        for message in split_messages(text):
            content = _read(lambda message=message: read_astm(message))  # type: ignore[misc]  # bound at once
            key = f"ASTM {_digest(message.encode())}"
            found.append(Incoming(key, tuple(content.orders), tuple(content.counts), tuple(content.queries)))
        if not found:
            raise UnreadableMessageError("it is empty")
        return tuple(found)

    def astm_answer(self, queries: Sequence[str], orders: Sequence[LabOrder], now: datetime) -> bytes:
        """See `IncomingReader.astm_answer`."""
        return answer_query(tuple(queries), tuple(orders), now).encode("utf-8")

    def table(self, data: bytes) -> Incoming:
        """See `IncomingReader.table`."""
        return Incoming(f"table {_digest(data)}", counts=_read(lambda: read_table(data)))


def _read(work: Callable[[], _Result]) -> _Result:
    try:
        return work()
    except UnreadableMessageError:
        raise
    except ValueError as error:
        raise UnreadableMessageError(str(error)) from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
