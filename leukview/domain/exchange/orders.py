"""Orders of the laboratory, as its messages and tables give them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from leukview.core.strict_files import parse_json, structure


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """Who the patient is; a field that was not given is "".

    Attributes:
        number: The laboratory's number of the patient (PID-3).
        family_name: As written by the sender.
        given_name: As written by the sender.
        birth_date: YYYY-MM-DD, or as far as it is known (YYYY-MM, YYYY).
        sex: M, F, O, U, A or N (HL7 table 0001).
    """

    number: str = ""
    family_name: str = ""
    given_name: str = ""
    birth_date: str = ""
    sex: str = ""

    def contradictions(self, other: PatientDetails) -> tuple[str, ...]:
        """Names of the fields that both give, with different values; letter case and blanks have no meaning."""
        return tuple(
            name
            for name in ("number", "family_name", "given_name", "birth_date", "sex")
            if _differ(name, getattr(self, name), getattr(other, name))
        )


@dataclass(frozen=True, slots=True)
class LabOrder:
    """An order for a film; a field that was not given is "".

    Attributes:
        order_number: Placer order number (ORC-2, OBR-2; ASTM O-3 when no specimen number stands there).
        filler_number: Filler order number (ORC-3, OBR-3).
        specimen_number: Number on the tube (SPM-2; ASTM O-3).
        collected_at: When the specimen was taken, ISO 8601, with zone if it was given.
        ward: Where the patient is (PV1-3).
        requester: Who ordered it (ORC-12, OBR-16).
        is_cancelled: The order was withdrawn (ORC-1 CA, OC, DC).
    """

    order_number: str = ""
    filler_number: str = ""
    specimen_number: str = ""
    collected_at: str = ""
    patient: PatientDetails = field(default_factory=PatientDetails)
    ward: str = ""
    requester: str = ""
    is_cancelled: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """Order and specimen number, without those not given."""
        return tuple(dict.fromkeys(n for n in (self.order_number, self.specimen_number) if n))

    def without_names(self) -> LabOrder:
        """The order with the numbers only, for a message that names nobody."""
        return replace(self, patient=PatientDetails(self.patient.number), ward="", requester="")


def order_text(order: LabOrder) -> str:
    """An order as JSON text."""
    return json.dumps(asdict(order), ensure_ascii=False)


def parse_order(text: str) -> LabOrder:
    """Read `order_text`; raises `ValueError`."""
    return structure(parse_json(text), LabOrder)


def _differ(name: str, one: str, other: str) -> bool:
    one, other = (" ".join(text.split()).casefold() for text in (one, other))
    if not one or not other:
        return False
    if name == "birth_date":  # a year agrees with a day of that year
        return not (one.startswith(other) or other.startswith(one))
    if name == "sex" and "u" in {one, other}:
        return False
    return one != other
