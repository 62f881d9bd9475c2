"""Who a slide is of, in the encrypted vault of the workstation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from leukview.domain.exchange.orders import LabOrder


class SlideIdentityStore(Protocol):
    """Identities of slides in the encrypted vault of this workstation.

    All methods raise `StoreError`.
    """

    def typed(self, slide_id: str) -> LabOrder | None:
        """What a person entered for a slide."""

    def put_typed(self, slide_id: str, order: LabOrder) -> None:
        """Store or replace what a person entered; it is erased with the slide."""

    def order(self, slide_id: str) -> LabOrder | None:
        """The laboratory's order with the slide's order number."""

    def folder_names(self, slide_id: str) -> tuple[str, str] | None:
        """Folder names of patient and order."""

    def slides_with_number(self, number: str) -> frozenset[str]:
        """Slides whose order or specimen has exactly this number."""

    def slides_with_name(self, part: str) -> frozenset[str]:
        """Slides whose patient's name contains a text, in lower case: of the folder, the order, or as typed."""

    def note_shown(self, reviewer: str) -> None:
        """Record that names were shown to a person."""

    def shown_to(self) -> tuple[tuple[str, str], ...]:
        """(time UTC ISO 8601, name) of each record of `note_shown`, the newest first."""


@dataclass(frozen=True, slots=True)
class SlideIdentity:
    """Identity of a slide and where it comes from.

    Attributes:
        order: Patient, order and specimen; fields that are not known are "".
        is_typed: A person entered it.
        has_order: It contains the laboratory's order.
    """

    order: LabOrder
    is_typed: bool = False
    has_order: bool = False

    @property
    def name(self) -> str:
        """Family and given name, as far as they are known."""
        patient = self.order.patient
        return ", ".join(filter(None, (patient.family_name, patient.given_name)))

    @property
    def title(self) -> str:
        """Order number, name and birth date in one line; "" when nothing is known."""
        return " · ".join(filter(None, (self.order.order_number, self.name, self.order.patient.birth_date)))

    @property
    def search_text(self) -> str:
        """All words by which a slide is looked for, in lower case."""
        order, patient = self.order, self.order.patient
        words = (self.title, order.specimen_number, order.filler_number, patient.number, order.ward, order.requester)
        return "\n".join(filter(None, words)).casefold()
