"""Orders and blood counts of the laboratory in the identity vault."""

from __future__ import annotations

import base64
import json
from contextlib import AbstractContextManager
from dataclasses import asdict

from leukview.core.strict_files import parse_json, structure
from leukview.domain.exchange.blood_count import BloodCount, blood_count_text, parse_blood_count
from leukview.domain.exchange.incoming import ItemState, ReceivedItem
from leukview.domain.exchange.orders import LabOrder, PatientDetails, order_text, parse_order
from leukview.storage.sealed_records import SealedRecords

ORDER_RECORD = "order"
"""Kind of the record of an order."""
_NOTED, _ITEM, _PATIENT, _COUNT, _PLOT = "noted", "item", "patient", "blood count", "plot"
_KEPT_COUNTS = 20


class SealedOrderBook:
    """Implements `leukview.services.ports.exchange.OrderBook`."""

    def __init__(self, records: SealedRecords) -> None:
        self._records = records

    def transaction(self) -> AbstractContextManager[object]:
        """See `OrderBook.transaction`."""
        return self._records.transaction()

    def note(self, key: str) -> bool:
        """See `OrderBook.note`."""
        return self._records.add(_NOTED, key, "")

    def put_item(self, item: ReceivedItem) -> None:
        """See `OrderBook.put_item`."""
        samples = item.order.numbers if item.order else (item.count.sample_number,) if item.count else ()
        text = json.dumps(asdict(item), ensure_ascii=False)
        self._records.put(_ITEM, item.key, text, state=item.state.value, samples=samples)

    def item(self, key: str) -> ReceivedItem | None:
        """See `OrderBook.item`."""
        record = self._records.get(_ITEM, key)
        return None if record is None else _item(record.text)

    def items(self, limit: int, *, only_undecided: bool = False) -> tuple[ReceivedItem, ...]:
        """See `OrderBook.items`."""
        states = (ItemState.UNDECIDED.value,) if only_undecided else ()
        return tuple(_item(record.text) for record in self._records.newest(_ITEM, states, limit))

    def order(self, number: str) -> LabOrder | None:
        """See `OrderBook.order`."""
        record = self._records.get(ORDER_RECORD, number)
        return None if record is None else parse_order(record.text)

    def patient(self, number: str) -> PatientDetails | None:
        """See `OrderBook.patient`."""
        record = self._records.get(_PATIENT, number)
        return None if record is None else structure(parse_json(record.text), PatientDetails)

    def put_order(self, order: LabOrder) -> None:
        """See `OrderBook.put_order`."""
        with self._records.transaction():
            for number in order.numbers:
                self._records.put(ORDER_RECORD, number, order_text(order), samples=(number,))
            if order.patient.number:
                text = json.dumps(asdict(order.patient), ensure_ascii=False)
                self._records.put(_PATIENT, order.patient.number, text, samples=order.numbers)

    def counts(self, sample_number: str) -> tuple[BloodCount, ...]:
        """See `OrderBook.counts`."""
        record = self._records.get(_COUNT, sample_number)
        return () if record is None else tuple(parse_blood_count(text) for text in parse_json(record.text))

    def put_count(self, count: BloodCount) -> None:
        """See `OrderBook.put_count`."""
        with self._records.transaction():
            others = [c for c in self.counts(count.sample_number) if not _is_same_run(c, count)]
            kept = sorted([count, *others], key=lambda c: c.measured_at, reverse=True)[:_KEPT_COUNTS]
            text = json.dumps([blood_count_text(c) for c in kept], ensure_ascii=False)
            self._records.put(_COUNT, count.sample_number, text, samples=(count.sample_number,))
            for name in count.plots:
                if (record := self._records.get(_PLOT, name)) is not None:
                    self._records.put(_PLOT, name, record.text, samples=(count.sample_number,))

    def plot(self, file_name: str) -> bytes | None:
        """See `OrderBook.plot`."""
        record = self._records.get(_PLOT, file_name)
        return None if record is None else base64.b64decode(record.text)

    def put_plot(self, file_name: str, data: bytes) -> None:
        """See `OrderBook.put_plot`."""
        self._records.put(_PLOT, file_name, base64.b64encode(data).decode("ascii"))


def _is_same_run(one: BloodCount, other: BloodCount) -> bool:
    return (one.measured_at, one.analyser) == (other.measured_at, other.analyser)


def _item(text: str) -> ReceivedItem:
    body = parse_json(text)
    body["state"] = ItemState(body["state"])
    for name, kind in (("order", LabOrder), ("known", LabOrder), ("count", BloodCount)):
        body[name] = None if body[name] is None else structure(body[name], kind)
    body["contradictions"] = tuple(body["contradictions"])
    return ReceivedItem(**body)
