"""A slide as an HL7 v2.5.1 message ORU^R01, written and validated by `hl7apy` against its message profile.

A class is several OBX with one sub-id (OBX-4): the percentage under its LOINC and own code, then under own codes the
count, the model's count and, as a structured number, the exact interval.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.errors import LeukViewError
from leukview.domain.alerts import Alert
from leukview.interop.loinc import LoincTerms
from leukview.services.export.slide_record import BLAST_TOTAL_KEY, DifferentialLine, ResultStatus, SlideRecord

if TYPE_CHECKING:
    from hl7apy.core import Group, Message

HL7_VERSION = "2.5.1"
OWN_CODING_SYSTEM = "99LEUKVIEW"
"""Name of LeukView's own coding system, as table 0396 wants local ones: 99 and letters."""
_STATUS_CODES = {ResultStatus.PRELIMINARY: "P", ResultStatus.FINAL: "F", ResultStatus.CORRECTED: "C"}
_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}
MAX_TEXT_LENGTH = 199
"""Characters that a component of type ST holds, and the library OBX-5 of any type."""
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def escape(text: str) -> str:
    """Text as it may stand in a field: separators escaped (chapter 2.7), control characters as a blank."""
    return "".join(_ESCAPES.get(letter, letter) for letter in _CONTROL_CHARACTERS.sub(" ", text)).strip()


def escape_truncated(text: str, max_length: int = MAX_TEXT_LENGTH) -> str:
    """Escaped text of at most `max_length` characters, no escape cut in two; what is left out shows as “…”."""
    if len(escape(text)) <= max_length:
        return escape(text)
    kept = text[:max_length]
    while len(escape(kept)) >= max_length:
        kept = kept[:-1]
    return f"{escape(kept)}…"


def format_hl7_time(iso: str) -> str:
    """A time of ISO 8601 as HL7 writes it, with its zone."""
    return f"{datetime.fromisoformat(iso):%Y%m%d%H%M%S%z}"


class Hl7Writer:
    """Sets slides as ORU^R01."""

    def __init__(self, terms: LoincTerms) -> None:
        self._terms = terms

    def write(self, record: SlideRecord) -> str:
        """The message in ER7 (segments end with a carriage return), UTF-8 by MSH-18.

        Raises:
            LeukViewError: The library finds it not valid.
        """
        from hl7apy.consts import VALIDATION_LEVEL
        from hl7apy.core import Message
        from hl7apy.exceptions import HL7apyException

        try:
            message = Message("ORU_R01", version=HL7_VERSION, validation_level=VALIDATION_LEVEL.STRICT)
            _OruBuilder(message, record, self._terms).fill()
            message.validate()
        except HL7apyException as error:
            raise LeukViewError(f"The HL7 message is not valid: {error}.") from error
        return str(message.to_er7()).rstrip("\r") + "\r"


class _OruBuilder:
    """One message in the making."""

    def __init__(self, message: Message, record: SlideRecord, terms: LoincTerms) -> None:
        self._message, self._record, self._terms = message, record, terms
        self._status = _STATUS_CODES[record.status]
        self._observation_count = 0

    def fill(self) -> None:
        """Add every segment."""
        record, slide = self._record, self._record.view.slide
        created = format_hl7_time(record.created_at)
        mark = hashlib.sha256(f"{slide.id}/{record.log_head}/{record.created_at}".encode()).hexdigest()[:20]
        _set_fields(
            self._message.msh,
            {
                3: "LeukView",
                4: "",
                7: created,
                9: "ORU^R01^ORU_R01",
                10: mark.upper(),
                11: "T" if slide.synthetic else "P",
                12: HL7_VERSION,
                18: "UNICODE UTF-8",
            },
        )
        result = self._message.add_group("ORU_R01_PATIENT_RESULT")
        names = record.identity
        patient = result.add_group("ORU_R01_PATIENT").add_segment("PID")
        name = (
            f"{escape_truncated(names.patient)}^^^^^^U" if names and names.patient else "^^^^^^S"
        )  # S: coded pseudo-name
        _set_fields(patient, {1: "1", 3: f"{escape(slide.patient)}^^^LeukView^PI", 5: name})
        order = result.add_group("ORU_R01_ORDER_OBSERVATION")
        panel = self._terms.panel
        signed = [s for s in record.signatures if s.valid and s.reading == 1]
        _set_fields(
            order.add_segment("OBR"),
            {
                1: "1",
                2: escape_truncated(names.order) if names else "",
                3: f"{escape(slide.id)}^LeukView",
                4: f"{panel.code}^{escape(panel.name)}^LN",
                22: created,
                24: "HM",
                25: self._status,
                32: f"&{escape_truncated(signed[-1].name)}" if signed else "",  # a name without id (NDL.1, CNN.2)
            },
        )
        self._add_notes(order, self._note_texts())
        for number, line in enumerate((*record.differential_lines, record.blast_line), 1):
            self._add_line(order, line, str(number))
        self._add_totals(order)

    def _note_texts(self) -> Iterator[str]:
        record = self._record
        yield RESEARCH_USE_LINE
        yield f"LeukView {__version__}. {record.method_text}"
        for signature in record.signatures:
            standing = "" if signature.valid else " (before an amendment)"
            yield f"Signed by {signature.name}, {signature.at}: {signature.meaning}{standing}"
        for at, who, why in record.reopenings:
            yield f"Reopened for an amendment by {who}, {at}{': ' + why if why else ''}"
        yield from record.slide_comment.splitlines()

    def _add_line(self, order: Group, line: DifferentialLine, sub_id: str) -> None:
        term = self._terms.classes.get(line.key)
        own = f"{_short_identifier(line.key)}^{escape(line.name)}^{OWN_CODING_SYSTEM}"
        code = f"{term.code}^{escape(term.name)}^LN^{own}" if term else own
        value = line.percent if line.counted else line.per_100_wbc
        unit = "%^percent^UCUM" if line.counted else "/100{WBCs}^per 100 WBC^UCUM"
        main = self._add_observation(order, "NM", code, sub_id, "" if value is None else repr(value), unit)
        notes = [RESEARCH_USE_LINE]
        if line.low is not None and line.high is not None:
            notes.append(f"Exact 95 % interval {line.low:.3f}-{line.high:.3f} %; it covers counting error only.")
        self._add_notes(main, iter(notes))
        name = escape(line.name)
        for key, words, count in (
            ("count", "cells counted", line.count),
            ("model-count", "cells by the model alone", line.model_count),
        ):
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

    def _add_observation(self, order: Group, value_type: str, code: str, sub_id: str, value: str, unit: str) -> Group:
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
        }
        _set_fields(group.add_segment("OBX"), values)
        return group

    @staticmethod
    def _add_notes(group: Group, texts: Iterator[str]) -> None:
        lines = [text for text in map(escape, texts) if text]
        for number, text in enumerate(lines, 1):
            _set_fields(group.add_segment("NTE"), {1: str(number), 3: text})


def _short_identifier(class_key: str) -> str:
    """A class key as an identifier, which has 20 characters at most (CE.1)."""
    return {BLAST_TOTAL_KEY: "blasts-equivalents"}.get(class_key, class_key)[:20]


def _set_fields(segment: Any, values: dict[int, str]) -> None:
    """Set fields by number; empty ones are left out."""
    for number, value in values.items():
        if value:
            setattr(segment, f"{segment.name.lower()}_{number}", value)
