"""Who a slide is of: patient, order and specimen, as typed, as in the laboratory's order, or as the folders say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.exchange.sample_number import normalise_number
from leukview.domain.review.rights import Right
from leukview.services.ports.access import Access
from leukview.services.ports.identity import SlideIdentity, SlideIdentityStore


def is_same_specimen(one: LabOrder, other: LabOrder) -> bool | None:
    """Whether two slides are of one specimen; None = neither number nor collection time of both is known."""
    for name in ("specimen_number", "collected_at"):
        a, b = getattr(one, name), getattr(other, name)
        if a and b:
            return bool(a == b)
    return None


class SlideIdentityService:
    """Shows and edits identities; names are for persons with the right to see them.

    Args:
        store: The vault.
        access: Rights of the persons.
    """

    def __init__(self, store: SlideIdentityStore, access: Access) -> None:
        self._store, self._access = store, access

    def identity(self, slide_id: str) -> SlideIdentity:
        """Identity of a slide: what a person entered, else the laboratory's order, else the folder names.

        The order is found by the exact order number of the folder. Raises `StoreError`.
        """
        typed, order = self._store.typed(slide_id), self._store.order(slide_id)
        names = self._store.folder_names(slide_id) or ("", "")
        folders = LabOrder(order_number=names[1], patient=PatientDetails(family_name=names[0]))
        if typed is not None:
            return SlideIdentity(typed, is_typed=True, has_order=order is not None)
        if order is not None:
            return SlideIdentity(replace(order, order_number=order.order_number or names[1]), has_order=True)
        return SlideIdentity(folders)

    def shown(self, slide_ids: Iterable[str], reviewer: str) -> Mapping[str, SlideIdentity]:
        """Identities to show a person, by slide.

        Raises:
            ReviewError: The person may not see names.
            StoreError: The vault cannot be read.
        """
        self._access.require_right(reviewer, Right.SHOW_NAMES)
        return {slide: self.identity(slide) for slide in slide_ids}

    def begin_showing(self, reviewer: str) -> None:
        """Record that names are shown to a person from now on.

        Raises:
            ReviewError: The person may not see names.
            StoreError: The vault cannot be written.
        """
        self._access.require_right(reviewer, Right.SHOW_NAMES)
        self._store.note_shown(reviewer)

    def shown_to(self) -> tuple[tuple[str, str], ...]:
        """(time UTC ISO 8601, name) of each person to whom names were shown, the newest first. Raises `StoreError`."""
        return self._store.shown_to()

    def save(self, slide_id: str, order: LabOrder, reviewer: str) -> None:
        """Store what a person entered for a slide.

        Raises:
            ReviewError: The person may not see names, and so not change them.
            StoreError: The vault cannot be written.
        """
        self._access.require_right(reviewer, Right.SHOW_NAMES)
        self._store.put_typed(slide_id, order)

    def find(self, word: str, *, by_name: bool = False) -> frozenset[str]:
        """Slides whose order or specimen has exactly this number, typed or scanned, in any case of its letters.

        Args:
            word: The number.
            by_name: Also those whose patient's name contains it; only where names are shown.

        Raises:
            StoreError: The vault cannot be read.
        """
        wanted = normalise_number(word)
        if not wanted:
            return frozenset()
        forms = dict.fromkeys((wanted, wanted.upper(), wanted.lower()))
        found = frozenset().union(*map(self._store.slides_with_number, forms))
        return found | self._store.slides_with_name(wanted.casefold()) if by_name else found

    def slides_of_specimen(self, slide_id: str, others: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Those of other slides of the patient that are of the same specimen, and those of which it is not known.

        Raises:
            StoreError: The vault cannot be read.
        """
        own = self.identity(slide_id).order
        answers = {other: is_same_specimen(own, self.identity(other).order) for other in others}
        same = frozenset(key for key, answer in answers.items() if answer)
        return same, frozenset(key for key, answer in answers.items() if answer is None)
