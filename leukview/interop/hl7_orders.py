"""Orders from HL7 v2.5.1 OML^O33 and ORM^O01 messages, and the answers to them, with `python-hl7`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import hl7

from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.exchange.outbox import AnswerCode
from leukview.domain.exchange.sample_number import normalise_number
from leukview.interop.hl7_text import field_repeats, field_text, parse_message, unescape
from leukview.interop.hl7v2 import escape_truncated

ANSWER_TYPES = {("OML", "O33"): "ORL^O34^ORL_O34", ("ORM", "O01"): "ORR^O02^ORR_O02", ("OML", "O21"): "ORL^O22^ORL_O22"}
"""Message type and event that is understood → type of the answer."""
_CANCELLED = frozenset({"CA", "OC", "DC", "OD", "CR", "DR"})
_CHARACTER_SETS = {
    "": "utf-8",
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "8859/1": "latin-1",
    "8859/15": "iso8859-15",
    "GB 18030-2000": "gb18030",
    "ISO IR87": "iso2022_jp",
}
"""HL7 table 0211."""
_TIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})?(\d{2})?(?:\.\d{1,4})?)?([+-]\d{4})?")
_PATIENT_NUMBER_TYPES = ("MR", "PI", "PT", "")


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message with its header.

    Attributes:
        sender: Sending application and facility (MSH-3, MSH-4).
        control_id: MSH-10.
        kind: Type and event of MSH-9.
        processing: MSH-11: P production, T training, D debugging.
        message: The parsed message.
    """

    sender: str
    control_id: str
    kind: tuple[str, str]
    processing: str
    message: hl7.Message


def decode_message(data: bytes) -> str:
    """Decode a message by the character set that it names (MSH-18), else as UTF-8.

    Raises:
        ValueError: The character set is unknown, or the bytes are not in it.
    """
    head = data.lstrip(b"\xef\xbb\xbf").split(b"\r", 1)[0].split(b"\n", 1)[0]
    fields = head.split(head[3:4]) if len(head) > 4 else []
    named = fields[17].split(b"~")[0].decode("ascii", "replace").strip().upper() if len(fields) > 17 else ""
    encoding = _CHARACTER_SETS.get(named)
    if encoding is None:
        raise ValueError(f"the character set {named} is not known")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(f"the bytes are no {encoding}") from error


def read_header(text: str) -> ReceivedMessage:
    """Parse a message and read its header.

    Raises:
        ValueError: It is no HL7 message, or lacks type or control id.
    """
    message = parse_message(text)
    header = message.segment("MSH")
    kind = _components(message, header, 9)
    control = field_text(header, 10)
    if not control or not kind:
        raise ValueError("its header has no type or no control id")
    sender = "/".join(_text(message, header, number) for number in (3, 4))
    return ReceivedMessage(
        sender, control, (kind[0], kind[1] if len(kind) > 1 else ""), field_text(header, 11)[:1], message
    )


def read_orders(received: ReceivedMessage) -> tuple[LabOrder, ...]:
    """The orders of a message.

    Raises:
        ValueError: It has no patient or no order, or an order has no number.
    """
    message, orders = received.message, list[LabOrder]()
    patient, ward, specimen = PatientDetails(), "", LabOrder()
    seen_patient = False
    for segment in message:
        match str(segment[0]):
            case "PID":
                if orders and seen_patient:
                    raise ValueError("it names more than one patient")
                patient, seen_patient = _patient(message, segment), True
            case "PV1":
                ward = " ".join(part for part in _components(message, segment, 3) if part)
            case "SPM":
                specimen = _specimen(message, segment)
                if orders and not orders[-1].specimen_number and received.kind[1] != "O33":  # O21: after the order
                    orders[-1] = replace(
                        orders[-1],
                        specimen_number=specimen.specimen_number,
                        collected_at=specimen.collected_at or orders[-1].collected_at,
                    )
            case "ORC":
                orders.append(_with_control(message, segment, replace(specimen, patient=patient, ward=ward)))
            case "OBR" if orders:
                orders[-1] = _with_request(message, segment, orders[-1])
    if not seen_patient:
        raise ValueError("it names no patient (PID)")
    if not orders:
        raise ValueError("it holds no order (ORC)")
    if any(not order.numbers for order in orders):
        raise ValueError("an order has neither an order number nor a specimen number")
    return tuple(dict.fromkeys(orders))


def answer_text(data: str, code: AnswerCode, reason: str = "", error: str = "") -> str:
    """Acknowledgement of a message, also of one that cannot be read.

    Args:
        data: The message.
        code: AA, AE or AR.
        reason: MSA-3, and ERR-8 for an error.
        error: Code of HL7 table 0357 for ERR-3.
    """
    try:
        received: ReceivedMessage | None = read_header(data)
    except ValueError:
        received = None
    now = datetime.now(UTC)
    kind = ANSWER_TYPES.get(received.kind, f"ACK^{received.kind[1]}^ACK") if received else "ACK"
    application, _, facility = received.sender.partition("/") if received else ("", "", "")
    control = received.control_id if received else ""
    receiver = f"{escape_truncated(application)}|{escape_truncated(facility)}"
    processing = (received.processing if received else "") or "P"
    number = f"{now:%y%m%d%H%M%S%f}"
    lines = [
        f"MSH|^~\\&|LeukView||{receiver}|{now:%Y%m%d%H%M%S%z}||{kind}|{number}|{processing}|2.5.1||||||UNICODE UTF-8",
        f"MSA|{code}|{control}|{escape_truncated(reason, 80)}",
    ]
    if code is not AnswerCode.ACCEPTED:
        lines.append(f"ERR|||{error or '207'}^^HL70357|E||||{escape_truncated(reason, 250)}")
    return "\r".join(lines) + "\r"


def format_time(text: str) -> str:
    """Convert an HL7 time (2.A.77) to ISO 8601, as exactly as it is given; "" when it is none."""
    match = _TIME.fullmatch(text.split("^", maxsplit=1)[0].strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second, zone = match.groups()
    date = "-".join(part for part in (year, month, day) if part)
    if not hour or not day:
        return _checked(date, is_whole=bool(day))
    offset = f"{zone[:3]}:{zone[3:]}" if zone else ""
    return _checked(f"{date}T{hour}:{minute or '00'}:{second or '00'}{offset}", is_whole=True)


def _checked(iso: str, *, is_whole: bool) -> str:
    try:
        datetime.fromisoformat(iso if is_whole else f"{iso}-01-01"[:10] if len(iso) == 4 else f"{iso}-01")
    except ValueError:
        return ""
    return iso


def _text(message: hl7.Message, segment: hl7.Segment, number: int) -> str:
    return unescape(message, field_text(segment, number)).strip()


def _components(message: hl7.Message, segment: hl7.Segment, number: int) -> list[str]:
    return next(field_repeats(message, segment, number), [])


def _patient(message: hl7.Message, segment: hl7.Segment) -> PatientDetails:
    numbers = [(parts[4] if len(parts) > 4 else "", parts[0]) for parts in field_repeats(message, segment, 3)]
    known = [number for kind in _PATIENT_NUMBER_TYPES for found, number in numbers if found == kind and number]
    names = [*_components(message, segment, 5), "", ""]
    birth = format_time(field_text(segment, 7))[:10]
    return PatientDetails(
        normalise_number((known or [number for _, number in numbers] or [""])[0]),
        names[0],
        names[1],
        birth,
        field_text(segment, 8).upper()[:1],
    )


def _specimen(message: hl7.Message, segment: hl7.Segment) -> LabOrder:
    given = [*_components(message, segment, 2), ""]
    number = next((part for part in given if part), "")
    return LabOrder(specimen_number=normalise_number(number), collected_at=format_time(field_text(segment, 17)))


def _with_control(message: hl7.Message, segment: hl7.Segment, order: LabOrder) -> LabOrder:
    return replace(
        order,
        order_number=normalise_number(_first(message, segment, 2)),
        filler_number=normalise_number(_first(message, segment, 3)),
        requester=_person(message, segment, 12),
        is_cancelled=field_text(segment, 1) in _CANCELLED,
    )


def _with_request(message: hl7.Message, segment: hl7.Segment, order: LabOrder) -> LabOrder:
    return replace(
        order,
        order_number=order.order_number or normalise_number(_first(message, segment, 2)),
        filler_number=order.filler_number or normalise_number(_first(message, segment, 3)),
        collected_at=order.collected_at or format_time(field_text(segment, 7)),
        requester=order.requester or _person(message, segment, 16),
    )


def _first(message: hl7.Message, segment: hl7.Segment, number: int) -> str:
    return next(iter(_components(message, segment, number)), "")


def _person(message: hl7.Message, segment: hl7.Segment, number: int) -> str:
    """Family and given name of an XCN field."""
    parts = _components(message, segment, number)
    return " ".join(part for part in parts[1:3] if part)
