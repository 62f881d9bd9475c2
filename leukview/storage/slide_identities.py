"""Identities of slides in the vault; see `leukview.services.exchange.slide_identity`."""

from __future__ import annotations

import json
import uuid

from leukview.core.strict_files import parse_json
from leukview.domain.exchange.orders import LabOrder, order_text, parse_order
from leukview.domain.exchange.sample_number import sample_numbers
from leukview.services.ports.identity import SlideIdentity
from leukview.storage.order_book import ORDER_RECORD, SealedOrderBook
from leukview.storage.vault import IdentityVault

_TYPED, _SHOWN = "identity", "names shown"
_SHOWN_LIMIT = 1000
_SEARCHED_RECORDS = 20_000
"""Newest entries that a search for a name looks through; each is decrypted."""


class SealedSlideIdentities:
    """Implements `SlideIdentityStore` on the identity vault."""

    def __init__(self, vault: IdentityVault) -> None:
        self._vault = vault

    def typed(self, slide_id: str) -> LabOrder | None:
        """See `SlideIdentityStore.typed`."""
        record = self._vault.records.get(_TYPED, slide_id)
        return None if record is None else parse_order(record.text)

    def put_typed(self, slide_id: str, order: LabOrder) -> None:
        """See `SlideIdentityStore.put_typed`."""
        self._vault.records.put(_TYPED, slide_id, order_text(order), slide=slide_id, samples=order.numbers)

    def order(self, slide_id: str) -> LabOrder | None:
        """See `SlideIdentityStore.order`."""
        names, book = self.folder_names(slide_id), SealedOrderBook(self._vault.records)
        for number in sample_numbers(names[1] if names else ""):
            if (found := book.order(number)) is not None:
                return found
        return None

    def folder_names(self, slide_id: str) -> tuple[str, str] | None:
        """See `SlideIdentityStore.folder_names`."""
        return self._vault.folder_names(slide_id)

    def slides_with_number(self, number: str) -> frozenset[str]:
        """See `SlideIdentityStore.slides_with_number`."""
        numbers = {number}
        if (order := SealedOrderBook(self._vault.records).order(number)) is not None:
            numbers.update(order.numbers)  # the folder has the order number, the tube the specimen number
        found = self._vault.records.slides_with_sample(_TYPED, numbers)
        return found | self._vault.slides_of_orders(numbers)

    def slides_with_name(self, part: str) -> frozenset[str]:
        """See `SlideIdentityStore.slides_with_name`."""
        found = set(self._vault.slides_of_patients(lambda name: part in name.casefold()))
        for record in self._vault.records.newest(_TYPED, limit=_SEARCHED_RECORDS):
            if part in SlideIdentity(parse_order(record.text)).name.casefold():
                found.add(record.slide)
        numbers: set[str] = set()
        for record in self._vault.records.newest(ORDER_RECORD, limit=_SEARCHED_RECORDS):
            order = parse_order(record.text)
            if part in SlideIdentity(order).name.casefold():
                numbers.update(order.numbers)
        return frozenset(found) | (self._vault.slides_of_orders(numbers) if numbers else frozenset())

    def note_shown(self, reviewer: str) -> None:
        """See `SlideIdentityStore.note_shown`."""
        self._vault.records.add(_SHOWN, uuid.uuid4().hex, json.dumps({"reviewer": reviewer}))

    def shown_to(self) -> tuple[tuple[str, str], ...]:
        """See `SlideIdentityStore.shown_to`."""
        records = self._vault.records.newest(_SHOWN, limit=_SHOWN_LIMIT)
        return tuple((record.at, str(parse_json(record.text)["reviewer"])) for record in records)
