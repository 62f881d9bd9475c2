"""Export of a slide as an HL7 v2.5.1 ORU^R01 message, written with `hl7apy`.

`hl7apy` validates the message against its profile. A class takes several OBX segments with one sub-id (OBX-4): the
percentage under its LOINC code and LeukView's own code, then under own codes the count, until a person released the
result the model's count, and, as a structured numeric (SN), the exact interval. OBX-17 gives the method of the count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.errors import LeukViewError
from leukview.domain.alerts import Alert
from leukview.interop.loinc import COUNT_METHOD_NAMES, LoincTerms
from leukview.services.export.exporter import MessageEnvelope
from leukview.services.export.slide_record import (
    BLAST_TOTAL_KEY,
    CountMethod,
    DifferentialLine,
    ResultStatus,
    SlideRecord,
)

if TYPE_CHECKING:
    from hl7apy.core import Group, Message

HL7_VERSION = "2.5.1"
OWN_CODING_SYSTEM = "99LEUKVIEW"
"""Name of LeukView's own coding system; HL7 table 0396 requires 99 and letters for local systems."""
_STATUS_CODES = {ResultStatus.PRELIMINARY: "P", ResultStatus.FINAL: "F", ResultStatus.CORRECTED: "C"}
WITHDRAWN_STATUS = "W"
"""HL7 table 0085: post original as wrong. OBR-25 has no such value and says that it is a correction."""
_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}
MAX_TEXT_LENGTH = 199
"""Maximum length of a component of type ST; `hl7apy` applies it to OBX-5 of any type."""
MAX_NOTE_LENGTH = 32_000
"""Maximum length of a note here; the type FT of NTE-3 ends at 65,536 characters, escapes included."""
MAX_WARD_LENGTH = 20
"""Maximum length of PL.1."""
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def escape(text: str) -> str:
    """Escape separators (HL7 chapter 2.7) and replace control characters by a blank."""
    return "".join(_ESCAPES.get(letter, letter) for letter in _CONTROL_CHARACTERS.sub(" ", text)).strip()


def escape_truncated(text: str, max_length: int = MAX_TEXT_LENGTH) -> str:
    """Escape and cut to at most `max_length` characters, no escape sequence split.

    A text that was cut ends with “…”.
    """
    if len(escape(text)) <= max_length:
        return escape(text)
    kept = text[:max_length]
    while len(escape(kept)) >= max_length:
        kept = kept[:-1]
    return f"{escape(kept)}…"


def split_escaped(text: str, max_length: int = MAX_NOTE_LENGTH) -> list[str]:
    """Escape and cut into pieces of at most `max_length` characters, at blanks where possible.

    No escape sequence is split. An empty text has no pieces.
    """
    pieces: list[str] = []
    rest = _CONTROL_CHARACTERS.sub(" ", text).strip()
    while rest:
        end, length = 0, 0
        while end < len(rest) and (length := length + len(_ESCAPES.get(rest[end], rest[end]))) <= max_length:
            end += 1
        blank = rest.rfind(" ", 0, end + 1)
        if end < len(rest) and blank > end // 2:
            end = blank
        pieces.append(escape(rest[:end]))
        rest = rest[end:].strip()
    return pieces


def format_hl7_time(iso: str) -> str:
    """Convert an ISO 8601 time to HL7 format, with its time zone."""
    return f"{datetime.fromisoformat(iso):%Y%m%d%H%M%S%z}"


def format_known_time(iso: str) -> str:
    """Convert an ISO 8601 date or time to HL7 format, as exactly as it is known; "" for none."""
    if not iso:
        return ""
    moment = datetime.fromisoformat(iso)
    return f"{moment:%Y%m%d}" if len(iso) <= len("2026-01-31") else f"{moment:%Y%m%d%H%M%S%z}"


class ReferenceLimits(Protocol):
    """Reference limits of a line of the differential, in its unit."""

    def __call__(self, line: DifferentialLine, /) -> tuple[float | None, float] | None:
        """Lower limit (None = there is none) and upper one; None = the line has no range."""


def no_limits(_line: DifferentialLine, /) -> None:
    """Give no limits."""
    return


class Hl7Writer:
    """Writes slides as ORU^R01 messages.

    Args:
        terms: LOINC codes of panel and classes.
        limits: Reference limits of the classes.
    """

    def __init__(self, terms: LoincTerms, limits: ReferenceLimits = no_limits) -> None:
        self._terms, self._limits = terms, limits

    def write(self, record: SlideRecord, envelope: MessageEnvelope | None = None) -> str:
        """Build and validate the message, in ER7 encoding.

        Segments end with a carriage return; the character set is UTF-8 (MSH-18).

        Raises:
            LeukViewError: `hl7apy` rejects the message.
        """
        from hl7apy.consts import VALIDATION_LEVEL
        from hl7apy.core import Message
        from hl7apy.exceptions import HL7apyException

        try:
            message = Message("ORU_R01", version=HL7_VERSION, validation_level=VALIDATION_LEVEL.STRICT)
            _OruBuilder(message, record, self._terms, self._limits, envelope).fill()
            message.validate()
        except HL7apyException as error:
            raise LeukViewError(f"The HL7 message is not valid: {error}.") from error
        return str(message.to_er7()).rstrip("\r") + "\r"


class _OruBuilder:
    """Builder of one message."""

    def __init__(
        self,
        message: Message,
        record: SlideRecord,
        terms: LoincTerms,
        limits: ReferenceLimits,
        envelope: MessageEnvelope | None,
    ) -> None:
        self._message, self._record, self._terms, self._limits = message, record, terms, limits
        self._envelope = envelope
        self._status = WITHDRAWN_STATUS if record.is_withdrawn_result else _STATUS_CODES[record.status]
        method = record.count_method
        self._method = f"method-{method}^{escape(COUNT_METHOD_NAMES[method])}^{OWN_CODING_SYSTEM}"
        self._observation_count = 0

    def fill(self) -> None:
        """Add every segment to the message."""
        record, slide = self._record, self._record.view.slide
        created = format_hl7_time(record.created_at)
        mark = hashlib.sha256(f"{slide.id}/{record.log_head}/{record.created_at}".encode()).hexdigest()[:20].upper()
        envelope = self._envelope or MessageEnvelope(mark)
        _set_fields(
            self._message.msh,
            {
                3: "LeukView",
                4: escape_truncated(envelope.sending_facility),
                5: escape_truncated(envelope.receiving_application),
                6: escape_truncated(envelope.receiving_facility),
                7: created,
                9: "ORU^R01^ORU_R01",
                10: envelope.control_id,
                11: "T" if slide.synthetic else "P",
                12: HL7_VERSION,
                18: "UNICODE UTF-8",
            },
        )
        result = self._message.add_group("ORU_R01_PATIENT_RESULT")
        patient_group = result.add_group("ORU_R01_PATIENT")
        _set_fields(patient_group.add_segment("PID"), self._patient_fields())
        if record.order and (ward := record.order.ward):
            visit = patient_group.add_group("ORU_R01_VISIT").add_segment("PV1")
            _set_fields(visit, {2: "U", 3: escape_truncated(ward, MAX_WARD_LENGTH)})
        order = result.add_group("ORU_R01_ORDER_OBSERVATION")
        placer, filler = self._order_numbers()
        _set_fields(order.add_segment("ORC"), {1: "RE", 2: placer, 3: filler})
        panel = self._terms.panel
        signed = [s for s in record.signatures if s.valid and s.reading == 1]
        _set_fields(
            order.add_segment("OBR"),
            {
                1: "1",
                2: placer,
                3: filler,
                4: f"{panel.code}^{escape(panel.name)}^LN",
                7: format_known_time(record.order.collected_at) if record.order else "",
                16: f"^{escape_truncated(record.order.requester)}" if record.order and record.order.requester else "",
                22: created,
                24: "HM",
                25: "C" if record.is_withdrawn_result else self._status,
                32: f"&{escape_truncated(signed[-1].name)}" if signed else "",  # name without an id (NDL.1, CNN.2)
            },
        )
        self._add_notes(order, self._note_texts())
        for number, line in enumerate((*record.differential_lines, record.blast_line), 1):
            self._add_line(order, line, str(number))
        self._add_totals(order)

    def _patient_fields(self) -> dict[int, str]:
        """PID. Name type codes of HL7 table 0200: L = legal, U = unspecified, S = pseudonym."""
        record, slide = self._record, self._record.view.slide
        fields = {1: "1", 3: f"{escape(slide.patient)}^^^LeukView^PI", 5: "^^^^^^S"}
        details = record.order.patient if record.order else None
        if details is None:
            names = record.identity
            if names and names.patient:
                fields[5] = f"{escape_truncated(names.patient)}^^^^^^U"
            return fields
        if details.number:
            fields[3] = f"{escape_truncated(details.number)}^^^^PI"
        if details.family_name or details.given_name:
            fields[5] = f"{escape_truncated(details.family_name)}^{escape_truncated(details.given_name)}^^^^^L"
        return fields | {7: details.birth_date.replace("-", ""), 8: escape(details.sex)}

    def _order_numbers(self) -> tuple[str, str]:
        """Placer and filler order number (EI). The placer's own filler number, if it gave one, is kept."""
        record = self._record
        own = f"{escape(record.view.slide.id)}^LeukView"
        if record.order is None:
            return (escape_truncated(record.identity.order) if record.identity else ""), own
        given = record.order.filler_number
        return escape_truncated(record.order.order_number), escape_truncated(given) if given else own

    def _note_texts(self) -> Iterator[str]:
        record = self._record
        yield RESEARCH_USE_LINE
        if record.is_withdrawn_result:
            yield "Withdrawn: this result was posted in error. Do not use it."
        yield f"LeukView {__version__}. {record.method_text}"
        for signature in record.signatures:
            standing = "" if signature.valid else " (before an amendment)"
            yield f"Signed by {signature.name}, {signature.at}: {signature.meaning}{standing}"
        for at, who, why in record.reopenings:
            yield f"Reopened for an amendment by {who}, {at}{': ' + why if why else ''}"
        yield from record.slide_comment.splitlines()

    def _add_line(self, order: Group, line: DifferentialLine, sub_id: str) -> None:
        term = self._terms.find(line.key, manual=self._record.count_method is CountMethod.MANUAL)
        own = f"{_short_identifier(line.key)}^{escape(line.name)}^{OWN_CODING_SYSTEM}"
        code = f"{term.code}^{escape(term.name)}^LN^{own}" if term else own
        value = line.percent if line.counted else line.per_100_wbc
        unit = "%^percent^UCUM" if line.counted else "/100{WBCs}^per 100 WBC^UCUM"
        main = self._add_observation(
            order, "NM", code, sub_id, "" if value is None else repr(value), unit, self._limit_fields(line, value)
        )
        notes = [RESEARCH_USE_LINE]
        if line.low is not None and line.high is not None:
            notes.append(f"Exact 95 % interval {line.low:.3f}-{line.high:.3f} %; it covers counting error only.")
        if line.part_of:
            name = self._record.view.taxonomy.cell_class(line.part_of).name
            notes.append(f"These cells are counted under {name} as well.")
        self._add_notes(main, iter(notes))
        name = escape(line.name)
        counts = [("count", "cells counted", line.count)]
        if self._record.includes_model_counts:
            counts.append(("model-count", "cells by the model alone", line.model_count))
        for key, words, count in counts:
            self._add_observation(
                order, "NM", f"{key}^{name}: {words}^{OWN_CODING_SYSTEM}", sub_id, str(count), "1^cells^UCUM"
            )
        if line.low is not None and line.high is not None:
            code = f"interval-95^{name}: exact 95 % interval^{OWN_CODING_SYSTEM}"
            self._add_observation(order, "SN", code, sub_id, f"^{line.low!r}^-^{line.high!r}", "%^percent^UCUM")
        if line.absolute_per_nl is not None:
            code = f"absolute-count^{name}: absolute count^{OWN_CODING_SYSTEM}"
            value = round(line.absolute_per_nl, 6)
            self._add_observation(order, "NM", code, sub_id, repr(value), "10*9/L^10*9/L^UCUM")

    def _add_totals(self, order: Group) -> None:
        record = self._record
        code = f"leukocytes-counted^Leukocytes counted^{OWN_CODING_SYSTEM}"
        self._add_observation(order, "NM", code, "", str(record.view.shown_tally.leukocyte_count), "1^cells^UCUM")
        for number, alert in enumerate(record.view.alerts, 1):
            self._add_alert(order, alert, f"A{number}")
        facts = [("model-sha256", "SHA-256 of the model", digest) for digest, _ in record.bundle_counts]
        if record.log_head[0]:
            facts.append(("review-log-event", "Last event of the review log", str(record.log_head[0])))
            facts.append(("review-log-sha256", "Hash of that event", record.log_head[1]))
        for key, words, value in facts:
            self._add_observation(order, "ST", f"{key}^{words}^{OWN_CODING_SYSTEM}", "", value, "")

    def _add_alert(self, order: Group, alert: Alert, sub_id: str) -> None:
        code = f"alert^{escape_truncated(alert.rule.title)}^{OWN_CODING_SYSTEM}"
        group = self._add_observation(order, "TX", code, sub_id, escape_truncated(alert.full_message), "")
        event = self._record.view.review.acknowledged.get(alert.rule.key)
        notes = [f"Acknowledged by {event.reviewer}, {event.at}." if event else "Not acknowledged."]
        if event and self._record.include_comments:
            comments = ((word, event.payload.get(key)) for key, word in (("called", "Called"), ("note", "Note")))
            notes += [f"{word}: {text}" for word, text in comments if text]
        if len(escape(alert.full_message)) > MAX_TEXT_LENGTH:
            notes.insert(0, alert.full_message)
        self._add_notes(group, iter((RESEARCH_USE_LINE, *notes)))

    def _limit_fields(self, line: DifferentialLine, value: float | None) -> dict[int, str]:
        """OBX-7 and OBX-8 (HL7 table 0078: N, L, H)."""
        limits = self._limits(line)
        if limits is None:
            return {}
        low, high = limits
        text = f"{low:g}-{high:g}" if low is not None else f"<={high:g}"
        if value is None:
            return {7: text}
        flag = "H" if value > high else "L" if low is not None and value < low else "N"
        return {7: text, 8: flag}

    def _add_observation(
        self,
        order: Group,
        value_type: str,
        code: str,
        sub_id: str,
        value: str,
        unit: str,
        more: Mapping[int, str] | None = None,
    ) -> Group:
        self._observation_count += 1
        group = order.add_group("ORU_R01_OBSERVATION")
        values = {
            1: str(self._observation_count),
            2: value_type,
            3: code,
            4: sub_id,
            5: value,
            6: unit,
            11: self._status,
            17: self._method,
            **(more or {}),
        }
        _set_fields(group.add_segment("OBX"), values)
        return group

    @staticmethod
    def _add_notes(group: Group, texts: Iterator[str]) -> None:
        lines = [piece for text in texts for piece in split_escaped(text)]
        for number, text in enumerate(lines, 1):
            _set_fields(group.add_segment("NTE"), {1: str(number), 3: text})


def _short_identifier(class_key: str) -> str:
    """Class key as an identifier of at most 20 characters (CE.1)."""
    return {BLAST_TOTAL_KEY: "blasts-equivalents"}.get(class_key, class_key)[:20]


def _set_fields(segment: Any, values: dict[int, str]) -> None:
    """Set the non-empty fields of a segment, by number."""
    for number, value in values.items():
        if value:
            setattr(segment, f"{segment.name.lower()}_{number}", value)
