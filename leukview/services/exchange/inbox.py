"""Orders and blood counts in: recorded once, and never joined with another patient's without a person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

from leukview.core.errors import LeukViewError, StoreError
from leukview.core.messages import Message, MessageList
from leukview.domain.exchange.blood_count import BloodCount
from leukview.domain.exchange.incoming import Incoming, ItemState, ReceivedItem, UnreadableMessageError
from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.exchange.outbox import AnswerCode
from leukview.domain.exchange.sample_number import sample_numbers
from leukview.domain.review.rights import Right
from leukview.services.ports.access import Access
from leukview.services.ports.exchange import IncomingReader, OrderBook

_KIND_ORDER, _KIND_COUNT, _KIND_MESSAGE = "order", "blood count", "message"
_INTERNAL_ERROR = "207"
_PNG_START = b"\x89PNG\r\n\x1a\n"


class InboxService:
    """Records what arrives.

    Args:
        book: Where orders and counts are kept.
        reader: Reads messages and tables.
        find_order_name: Folder name of the order of a slide; None when it is not known here.
        access: Rights of persons.
        record_order: Called with each order that was recorded or accepted.
        clock: Current time.
    """

    def __init__(
        self,
        book: OrderBook,
        reader: IncomingReader,
        find_order_name: Callable[[str], str | None],
        access: Access,
        record_order: Callable[[LabOrder], None] = lambda _order: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._book, self._reader, self._find_order_name = book, reader, find_order_name
        self._access, self._record_order, self._clock = access, record_order, clock

    def receive_hl7(self, data: bytes) -> bytes:
        """Take an HL7 message; returns its acknowledgement.

        AA once everything is stored, also for a message that was taken before; AE with the reason when it cannot be
        used, AR when such messages are not taken; AE 207 when the database cannot be written, so that it comes again.
        """
        try:
            incoming = self._reader.hl7(data)
        except UnreadableMessageError as error:
            self._note_refused("HL7", data, str(error))
            return self._reader.hl7_answer(data, error.code, str(error), error.error)
        try:
            undecided = self._take(incoming)
        except StoreError as error:
            return self._reader.hl7_answer(data, AnswerCode.ERROR, error.message, _INTERNAL_ERROR)
        reason = "kept until a person decides about its patient" if undecided else ""
        return self._reader.hl7_answer(data, AnswerCode.ACCEPTED, reason)

    def take_hl7(self, data: bytes) -> str:
        """Take an HL7 message from a file; returns why it was refused, "" when it was taken. Raises `StoreError`."""
        try:
            incoming = self._reader.hl7(data)
        except UnreadableMessageError as error:
            self._note_refused("HL7", data, str(error))
            return str(error)
        self._take(incoming)
        return ""

    def receive_astm(self, data: bytes) -> bytes:
        """Take ASTM messages; returns the answer to their queries, b"" without queries.

        Raises:
            UnreadableMessageError: They cannot be used; nothing was recorded, and the reason is listed.
            StoreError: The database cannot be written.
        """
        try:
            messages = self._reader.astm(data)
        except UnreadableMessageError as error:
            self._note_refused("ASTM", data, str(error))
            raise
        with self._book.transaction():
            for incoming in messages:
                self._take(incoming)
        queries = [number for incoming in messages for number in incoming.queries]
        if not queries:
            return b""
        found = [order for number in queries if (order := self._book.order(number)) is not None]
        return self._reader.astm_answer(queries, list(dict.fromkeys(found)), self._clock())

    def receive_table(self, data: bytes) -> int:
        """Take the analyser's table; returns the number of its blood counts.

        Raises:
            UnreadableMessageError: It is no such table; the reason is listed.
            StoreError: The database cannot be written.
        """
        try:
            incoming = self._reader.table(data)
        except UnreadableMessageError as error:
            self._note_refused("table", data, str(error))
            raise
        self._take(incoming)
        return len(incoming.counts)

    def receive_plot(self, file_name: str, data: bytes) -> None:
        """Take the PNG of a scattergram or distribution; other files are left out. Raises `StoreError`."""
        if data.startswith(_PNG_START):
            self._book.put_plot(file_name, data)

    def items(self, limit: int = 500, *, only_undecided: bool = False) -> tuple[ReceivedItem, ...]:
        """What arrived, the newest first. Raises `StoreError`."""
        return self._book.items(limit, only_undecided=only_undecided)

    def decide(self, key: str, actor: str, *, accept: bool) -> None:
        """Decide about an item that contradicts what is known.

        Args:
            key: Key of the item.
            actor: Who decides.
            accept: Replace what is known by what arrived; else what arrived is not used.

        Raises:
            LeukViewError: The item is not to be decided, or the person may not see names.
            StoreError: The database cannot be written.
        """
        self._access.require_right(actor, Right.SHOW_NAMES)
        with self._book.transaction():
            item = self._book.item(key)
            if item is None or item.state is not ItemState.UNDECIDED:
                raise LeukViewError("This was decided already.", "Read the list again.")
            if accept and item.order is not None:
                self._store_order(item.order)
            if accept and item.count is not None:
                self._book.put_count(item.count)
            state = ItemState.ACCEPTED if accept else ItemState.REJECTED
            self._book.put_item(replace(item, state=state, decided_by=actor))

    def order_of_slide(self, slide_id: str) -> LabOrder | None:
        """The laboratory's order of a slide, found by the order number of its folder. Raises `StoreError`."""
        for number in sample_numbers(self._find_order_name(slide_id) or ""):
            if (order := self._book.order(number)) is not None:
                return order
        return None

    def count_of_slide(self, slide_id: str) -> BloodCount | None:
        """The newest blood count of a slide's sample, found by order or specimen number. Raises `StoreError`."""
        numbers = [*sample_numbers(self._find_order_name(slide_id) or "")]
        if (order := self.order_of_slide(slide_id)) is not None:
            numbers += order.numbers
        found = [count for number in dict.fromkeys(numbers) for count in self._book.counts(number)]
        return max(found, key=lambda count: count.measured_at, default=None)

    def plots_of(self, count: BloodCount) -> tuple[tuple[str, bytes], ...]:
        """(file name, PNG) of the plots of a count that are here. Raises `StoreError`."""
        return tuple((name, data) for name in count.plots if (data := self._book.plot(name)) is not None)

    def _take(self, incoming: Incoming) -> int:
        """Record everything of a message in one transaction; returns how much a person must decide."""
        undecided = 0
        with self._book.transaction():
            if not self._book.note(incoming.key):
                return 0
            for number, order in enumerate(incoming.orders):
                undecided += self._take_order(f"{incoming.key} {number}", order)
            for count in incoming.counts:
                undecided += self._take_count(count)
        return undecided

    def _take_order(self, key: str, order: LabOrder) -> bool:
        contradictions, known = self._contradictions(order)
        item = ReceivedItem(key, _KIND_ORDER, self._now(), ItemState.RECORDED, order=order)
        if contradictions:
            self._book.put_item(replace(item, state=ItemState.UNDECIDED, contradictions=contradictions, known=known))
            return True
        self._store_order(merge_orders(known, order) if known else order)
        self._book.put_item(item)
        return False

    def _contradictions(self, order: LabOrder) -> tuple[tuple[str, ...], LabOrder | None]:
        """Fields in which an order contradicts what is known; also the known order, or the known patient's."""
        known = [found for number in order.numbers if (found := self._book.order(number)) is not None]
        for found in known:
            if fields_ := found.patient.contradictions(order.patient):
                return fields_, found
        if len(known) > 1 and (fields_ := known[0].patient.contradictions(known[1].patient)):
            return fields_, known[0]
        patient = self._book.patient(order.patient.number) if order.patient.number else None
        if patient is not None and (fields_ := patient.contradictions(order.patient)):
            return fields_, LabOrder(patient=patient)
        return (), known[0] if known else None

    def _take_count(self, count: BloodCount) -> bool:
        """Record a count, unless its patient is not the one of the order; the same count again changes nothing."""
        if count in self._book.counts(count.sample_number):
            return False
        mark = hashlib.sha256(repr(count).encode()).hexdigest()
        item = ReceivedItem(f"count {mark}", _KIND_COUNT, self._now(), ItemState.RECORDED, count=count)
        if self._book.item(item.key) is not None:  # a person decided about it, or it is listed
            return False
        order = self._book.order(count.sample_number)
        given = PatientDetails(count.patient_number)
        if order is not None and order.patient.contradictions(given):
            item = replace(item, state=ItemState.UNDECIDED, contradictions=("number",), known=order)
            self._book.put_item(item)
            return True
        self._book.put_count(count)
        self._book.put_item(item)
        return False

    def _store_order(self, order: LabOrder) -> None:
        self._book.put_order(order)
        self._record_order(order)

    def _note_refused(self, form: str, data: bytes, reason: str) -> None:
        """List something that could not be read, once; what it holds is not kept."""
        digest = hashlib.sha256(data).hexdigest()
        item = ReceivedItem(
            f"refused {form} {digest}", _KIND_MESSAGE, self._now(), ItemState.REFUSED, reason=f"{form}: {reason}"
        )
        try:
            self._book.put_item(item)
        except StoreError:  # the sender is told in any case
            return

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")


def merge_orders(known: LabOrder, new: LabOrder) -> LabOrder:
    """The known order with what the new message gives; what it leaves out stays as it was."""
    merged = {
        f.name: getattr(new, f.name) or getattr(known, f.name)
        for f in fields(LabOrder)
        if f.name not in {"patient", "is_cancelled"}
    }
    patient = PatientDetails(
        **{f.name: getattr(new.patient, f.name) or getattr(known.patient, f.name) for f in fields(PatientDetails)}
    )
    return LabOrder(**merged, patient=patient, is_cancelled=new.is_cancelled)


def contradiction_text(names: Sequence[str]) -> str:
    """Names of contradicting fields, as one text."""
    words = {
        "number": Message("patient number"),
        "family_name": Message("family name"),
        "given_name": Message("given name"),
        "birth_date": Message("birth date"),
        "sex": Message("sex"),
    }
    return Message("Not the same: {fields}.", fields=MessageList([words[name] for name in names]))
