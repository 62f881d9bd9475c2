"""Orders, queries and blood counts in ASTM messages, as a Sysmex XN writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from leukview.domain.exchange.blood_count import (
    RAISED_SCORE,
    AnalyserFlag,
    BloodCount,
    CountValue,
    parse_number,
)
from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.exchange.sample_number import normalise_number
from leukview.interop.astm import AstmRecord, make_record, parse_records, write_records

_PLOT_PREFIXES = ("SCAT_", "DIST_")
_PLOT_FILE = re.compile(r"[^\\/&^|]+\.(?:png|PNG)")


@dataclass(slots=True)
class AstmContent:
    """What an ASTM message holds.

    Attributes:
        queries: Sample numbers that are asked for.
    """

    orders: list[LabOrder] = field(default_factory=list)
    counts: list[BloodCount] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)


def read_astm(text: str) -> AstmContent:
    """Read a message.

    Raises:
        ValueError: See `leukview.interop.astm.parse_records`, or an order has no sample number.
    """
    records = parse_records(text)
    content, patient = AstmContent(), PatientDetails()
    analyser = records[0].text(5)
    order: LabOrder | None = None
    results: list[AstmRecord] = []

    def close() -> None:
        nonlocal order
        if order is not None:
            if results:
                content.counts.append(_count(order, analyser, results))
            else:
                content.orders.append(order)
        order = None
        results.clear()

    for record in records[1:]:
        match record.kind:
            case "P":
                close()
                patient = _patient(record)
            case "O":
                close()
                order = _order(record, patient)
            case "R":
                results.append(record)
            case "Q":
                content.queries += [number for number in (_query_number(record),) if number]
            case "L":
                close()
    return content


def answer_query(numbers: tuple[str, ...], orders: tuple[LabOrder, ...], now: datetime) -> str:
    """Answer to queries: header, a patient with the order for each that is known, terminator.

    The terminator's code is N (normal), or I when nothing is known about the numbers asked for (E1394, table 12).
    """
    records = [make_record("H", {2: "", 5: ("LeukView",), 12: "P", 13: "LIS2-A2", 14: f"{now:%Y%m%d%H%M%S}"})]
    known = [order for order in orders if set(order.numbers) & set(numbers)]
    for sequence, order in enumerate(known, 1):
        patient = order.patient
        records.append(
            make_record(
                "P",
                {
                    2: str(sequence),
                    4: patient.number,
                    6: (patient.family_name, patient.given_name),
                    8: patient.birth_date.replace("-", ""),
                    9: patient.sex,
                    26: order.ward,
                },
            )
        )
        number = order.specimen_number or order.order_number
        collected = re.sub(r"[^0-9]", "", order.collected_at[:19])
        action = "C" if order.is_cancelled else "N"
        records.append(
            make_record("O", {2: "1", 3: number, 5: ("", "", "", "DIFF"), 8: collected, 12: action, 26: "Q"})
        )
    records.append(make_record("L", {2: "1", 3: "N" if known else "I"}))
    return write_records(tuple(records))


def _patient(record: AstmRecord) -> PatientDetails:
    """P-4 laboratory's number (P-3 practice's, P-5 third), P-6 name, P-8 birth date, P-9 sex."""
    number = record.text(4) or record.text(3) or record.text(5)
    birth = record.text(8)
    is_date = re.fullmatch(r"\d{8}", birth)
    iso = f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if is_date else ""
    return PatientDetails(
        normalise_number(number), record.text(6, 1), record.text(6, 2), iso, record.text(9).upper()[:1]
    )


def _order(record: AstmRecord, patient: PatientDetails) -> LabOrder:
    """O-3 or O-4: sample number, alone or as rack^position^number^attribute (Sysmex)."""
    number = _sample_number(record, 3) or _sample_number(record, 4)
    if not number:
        raise ValueError("an order record has no sample number")
    collected = _time(record.text(8))
    return LabOrder(
        specimen_number=number,
        collected_at=collected,
        patient=patient,
        requester=" ".join(part for part in (record.text(17, 2), record.text(17, 3)) if part),
        is_cancelled=record.text(12) == "C",
    )


def _sample_number(record: AstmRecord, number: int) -> str:
    if number > len(record.fields):
        return ""
    parts = [part.strip() for part in record.fields[number - 1][0]]
    return normalise_number(parts[2] if len(parts) >= 3 else next(iter(parts), ""))


def _query_number(record: AstmRecord) -> str:
    """Q-3: patient^sample, or rack^position^sample^attribute (Sysmex)."""
    parts = [part.strip() for part in record.fields[2][0]] if len(record.fields) > 2 else []
    if len(parts) >= 3:
        return normalise_number(parts[2])
    return normalise_number(parts[-1]) if parts else ""


def _count(order: LabOrder, analyser: str, results: list[AstmRecord]) -> BloodCount:
    values: list[CountValue] = []
    flags: list[AnalyserFlag] = []
    plots: list[str] = []
    times = [_time(record.text(13)) for record in results]
    for record in results:
        name = record.text(3, 5) or record.text(3, 4)
        text, unit, mark = record.text(4), record.text(5), record.text(7)
        number = parse_number(text)
        if name.startswith(_PLOT_PREFIXES):
            raw = "^".join("\\".join(parts) for parts in record.fields[3]) if len(record.fields) > 3 else ""
            found = _PLOT_FILE.search(raw)
            plots += [found[0]] if found else []
        elif name.endswith("?"):
            score = int(number) if number is not None and 0 <= number <= 300 else None
            raised = mark == "A" or (score or 0) >= RAISED_SCORE
            flags.append(AnalyserFlag(name.replace("_", " "), score, raised))
        elif name and not text and mark == "A":  # IP messages, such as Neutropenia
            flags.append(AnalyserFlag(name.replace("_", " "), None, is_raised=True))
        elif name:
            values.append(CountValue(name, number, unit, "" if mark == "N" else mark))
    return BloodCount(
        order.specimen_number,
        next((time for time in times if time), ""),
        analyser,
        order.patient.number,
        tuple(values),
        tuple(flags),
        tuple(dict.fromkeys(plots)),
    )


def _time(text: str) -> str:
    match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?", text)
    if match is None:
        return ""
    date = f"{match[1]}-{match[2]}-{match[3]}"
    iso = f"{date}T{match[4]}:{match[5]}:{match[6] or '00'}" if match[4] else date
    try:
        datetime.fromisoformat(iso)
    except ValueError:
        return ""
    return iso
