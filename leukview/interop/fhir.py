"""Export of a slide as a FHIR R4 (4.0.1) bundle.

The bundle is a collection of DiagnosticReport, Observations, Patient, Device and Provenance. `fhirclient` validates it:
a light library whose models are those of R4, with names, types and cardinalities of every element. The tests also
validate the bundle against the JSON schema that HL7 publishes with R4.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from html import escape

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.errors import LeukViewError
from leukview.domain.alerts import Alert
from leukview.interop.loinc import CELL_CLASS_SYSTEM, COUNT_METHOD_NAMES, LEUKVIEW_SYSTEM, LOINC_SYSTEM, LoincTerms
from leukview.services.export.slide_record import CountMethod, DifferentialLine, SlideRecord

UCUM_SYSTEM = "http://unitsofmeasure.org"
_CATEGORY_SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-category"
_SECTION_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0074"
_IDENTIFIER_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0203"
_REASON_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_AGENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_ID_NAMESPACE = uuid.UUID("6f0c4f9e-0d5c-5b0a-9a3e-2f6d1c7e8b41")
"""Namespace of the version 5 UUIDs derived from the slide's pseudonym."""

_FORBIDDEN_CHARACTERS = re.compile(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff]")
JsonObject = dict[str, object]


class FhirWriter:
    """Writes slides as FHIR bundles.

    Args:
        terms: LOINC codes of panel and classes.
    """

    def __init__(self, terms: LoincTerms) -> None:
        self._terms = terms

    def write(self, record: SlideRecord) -> str:
        """Build and validate the bundle; returns JSON text.

        Raises:
            LeukViewError: `fhirclient` rejects the bundle.
        """
        from fhirclient.models.bundle import Bundle
        from fhirclient.models.fhirabstractbase import FHIRValidationError

        body = _sanitise(_BundleBuilder(record, self._terms).build())
        try:
            Bundle(body, strict=True).as_json()
        except FHIRValidationError as error:
            raise LeukViewError(f"The FHIR bundle is not valid: {error}.") from error
        return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


class _BundleBuilder:
    """Builder of one bundle."""

    def __init__(self, record: SlideRecord, terms: LoincTerms) -> None:
        self._record, self._terms = record, terms
        self._slide = record.view.slide

    def _url(self, *parts: str) -> str:
        return uuid.uuid5(_ID_NAMESPACE, "/".join((self._slide.id, *parts))).urn

    def _reference(self, *parts: str) -> JsonObject:
        return {"reference": self._url(*parts)}

    def build(self) -> JsonObject:
        """Build the bundle as a JSON-able value."""
        record = self._record
        observations = {f"class/{line.key}": self._line_observation(line) for line in record.differential_lines}
        observations[f"class/{record.blast_line.key}"] = self._line_observation(record.blast_line)
        observations["counted"] = self._leukocyte_count_observation()
        observations |= {f"alert/{alert.rule.key}": self._alert_observation(alert) for alert in record.view.alerts}
        resources = {
            "report": self._report(list(observations)),
            "patient": self._patient(),
            "device": self._device(),
            **observations,
            "provenance": self._provenance(),
        }
        return {
            "resourceType": "Bundle",
            "type": "collection",
            "identifier": {"system": "urn:leukview:record", "value": f"{self._slide.id}@{record.log_head[0]}"},
            "timestamp": record.created_at,
            "meta": self._meta(),
            "entry": [{"fullUrl": self._url(key), "resource": body} for key, body in resources.items()],
        }

    def _meta(self) -> JsonObject:
        tags: list[JsonObject] = [
            {"system": LEUKVIEW_SYSTEM, "code": "research-use-only", "display": RESEARCH_USE_LINE}
        ]
        if self._slide.synthetic:
            tags.append({"system": _REASON_SYSTEM, "code": "HTEST", "display": "test health data"})
        return {"tag": tags}

    def _report(self, results: list[str]) -> JsonObject:
        record = self._record
        identifiers: list[JsonObject] = [{"system": "urn:leukview:slide", "value": self._slide.id}]
        if record.identity and record.identity.order:
            kind = {"coding": [{"system": _IDENTIFIER_SYSTEM, "code": "PLAC", "display": "Placer Identifier"}]}
            identifiers.append({"type": kind, "value": record.identity.order})
        body: JsonObject = {
            "resourceType": "DiagnosticReport",
            "meta": self._meta(),
            "text": {"status": "generated", "div": self._narrative()},
            "identifier": identifiers,
            "status": _status(record),
            "category": [{"coding": [{"system": _SECTION_SYSTEM, "code": "HM", "display": "Hematology"}]}],
            "code": {"coding": [self._panel_coding()], "text": "White cell differential from cell images"},
            "subject": self._reference("patient"),
            "issued": record.created_at,
            "result": [self._reference(key) for key in results],
            "conclusion": "\n".join(filter(None, (RESEARCH_USE_LINE, record.slide_comment))),
        }
        signed = [s.name for s in record.signatures if s.valid and s.reading == 1]
        if signed:
            body["resultsInterpreter"] = [{"display": name} for name in signed]
        return body

    def _panel_coding(self) -> JsonObject:
        return {"system": LOINC_SYSTEM, "code": self._terms.panel.code, "display": self._terms.panel.name}

    def _narrative(self) -> str:
        """Differential as XHTML, the human-readable text of the report resource."""
        record = self._record
        rows = "".join(
            f"<tr><td>{escape(line.name)}</td><td>{line.count}</td><td>{_value_text(line)}</td></tr>"
            for line in (*record.differential_lines, record.blast_line)
        )
        return (
            f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>{escape(RESEARCH_USE_LINE)}</b></p>'
            f"<p>{escape(record.method_text)} Status: {_status(record)}.</p><table>{rows}</table></div>"
        )

    def _patient(self) -> JsonObject:
        names = self._record.identity
        body: JsonObject = {
            "resourceType": "Patient",
            "meta": self._meta(),
            "identifier": [{"use": "secondary", "system": "urn:leukview:patient", "value": self._slide.patient}],
        }
        if names and names.patient:
            body["name"] = [{"text": names.patient}]
        return body

    def _device(self) -> JsonObject:
        bundles = self._record.bundle_counts
        body: JsonObject = {
            "resourceType": "Device",
            "deviceName": [{"name": "LeukView", "type": "model-name"}],
            "version": [{"value": __version__}],
            "note": [{"text": RESEARCH_USE_LINE}],
        }
        if bundles:
            body["identifier"] = [{"system": "urn:leukview:model-sha256", "value": digest} for digest, _ in bundles]
        return body

    def _observation(self, code: JsonObject, notes: list[str]) -> JsonObject:
        method = self._record.count_method
        return {
            "resourceType": "Observation",
            "meta": self._meta(),
            "status": _status(self._record),
            "category": [{"coding": [{"system": _CATEGORY_SYSTEM, "code": "laboratory", "display": "Laboratory"}]}],
            "code": code,
            "subject": self._reference("patient"),
            "issued": self._record.created_at,
            "device": self._reference("device"),
            "method": {
                "coding": [_own_coding(f"method-{method}", COUNT_METHOD_NAMES[method])],
                "text": self._record.method_text,
            },
            "note": [{"text": text} for text in (RESEARCH_USE_LINE, *notes)],
        }

    def _line_observation(self, line: DifferentialLine) -> JsonObject:
        own = LEUKVIEW_SYSTEM if line.key == self._record.blast_line.key else CELL_CLASS_SYSTEM
        coding: list[JsonObject] = [{"system": own, "code": line.key, "display": line.name}]
        term = self._terms.find(line.key, manual=self._record.count_method is CountMethod.MANUAL)
        if term:
            coding.insert(0, {"system": LOINC_SYSTEM, "code": term.code, "display": term.name})
        notes = ["The interval covers counting error only (Clopper–Pearson, 95 %)."] if line.low is not None else []
        if line.part_of:
            name = self._record.view.taxonomy.cell_class(line.part_of).name
            notes.append(f"These cells are counted under {name} as well.")
        body = self._observation({"coding": coding, "text": line.name}, notes)
        value = line.percent if line.counted else line.per_100_wbc
        unit = ("%", "%") if line.counted else ("/100 WBC", "/100{WBCs}")
        if value is None:
            body["dataAbsentReason"] = {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}],
                "text": "No leukocyte was counted.",
            }
        else:
            body["valueQuantity"] = _quantity(value, *unit)
        components = [_component("count", "Cells counted", {"valueInteger": line.count})]
        if self._record.includes_model_counts:
            components.append(_component("model-count", "Cells by the model alone", {"valueInteger": line.model_count}))
        if line.low is not None and line.high is not None:
            ends = {"low": _quantity(line.low, "%", "%"), "high": _quantity(line.high, "%", "%")}
            components.append(_component("exact-interval-95", "Exact 95 % interval", {"valueRange": ends}))
        if line.absolute_per_nl is not None:
            amount = _quantity(round(line.absolute_per_nl, 6), "10*9/L", "10*9/L")
            components.append(_component("absolute-count", "Absolute count", {"valueQuantity": amount}))
        body["component"] = components
        return body

    def _leukocyte_count_observation(self) -> JsonObject:
        shown = self._record.view.shown_tally
        notes = [f"Fewer than 200 leukocytes were counted: {shown.leukocyte_count}."] if shown.is_small_sample else []
        code: JsonObject = {
            "coding": [_own_coding("leukocytes-counted", "Leukocytes counted")],
            "text": "Leukocytes counted",
        }
        return {**self._observation(code, notes), "valueInteger": shown.leukocyte_count}

    def _alert_observation(self, alert: Alert) -> JsonObject:
        code: JsonObject = {
            "coding": [_own_coding(f"alert-{alert.rule.key}", alert.rule.title)],
            "text": alert.rule.title,
        }
        event = self._record.view.review.acknowledged.get(alert.rule.key)
        notes = [f"Acknowledged by {event.reviewer}, {event.at}."] if event else ["Not acknowledged."]
        if event and self._record.include_comments:
            parts = (("called", "Called"), ("note", "Note"))
            notes += [f"{word}: {text}" for key, word in parts if (text := str(event.payload.get(key, "")))]
        return {**self._observation(code, notes), "valueString": alert.full_message}

    def _provenance(self) -> JsonObject:
        record = self._record
        kind = {"coding": [{"system": _AGENT_SYSTEM, "code": "assembler", "display": "Assembler"}]}
        body: JsonObject = {
            "resourceType": "Provenance",
            "target": [self._reference("report")],
            "recorded": record.created_at,
            "agent": [{"type": kind, "who": self._reference("device")}],
        }
        for signature in record.signatures:
            agents = body["agent"]
            if isinstance(agents, list):
                standing = "" if signature.valid else " (before an amendment)"
                words = f"{signature.name}, {signature.at}: {signature.meaning}{standing}"
                signer = {"coding": [{"system": _AGENT_SYSTEM, "code": "legal", "display": "Legal Authenticator"}]}
                agents.append({"type": signer, "who": {"display": words}})
        seq, digest = record.log_head
        if seq:
            what = {
                "identifier": {"system": "urn:leukview:review-log-sha256", "value": digest},
                "display": f"review log up to event {seq}",
            }
            body["entity"] = [{"role": "source", "what": what}]
        return body


def _sanitise(value: object) -> object:
    """Replace control and unusual white space, which FHIR's ``string`` forbids."""
    if isinstance(value, str):
        return _FORBIDDEN_CHARACTERS.sub(" ", value)
    if isinstance(value, Mapping):
        return {key: _sanitise(inner) for key, inner in value.items()}
    return [_sanitise(inner) for inner in value] if isinstance(value, list) else value


def _own_coding(code: str, display: str) -> JsonObject:
    return {"system": LEUKVIEW_SYSTEM, "code": code, "display": display}


def _quantity(value: float, unit: str, code: str) -> JsonObject:
    return {"value": value, "unit": unit, "system": UCUM_SYSTEM, "code": code}


def _component(code: str, display: str, value: Mapping[str, object]) -> JsonObject:
    return {"code": {"coding": [_own_coding(code, display)], "text": display}, **value}


def _value_text(line: DifferentialLine) -> str:
    if line.per_100_wbc is not None:
        return f"{line.per_100_wbc:.1f} per 100 WBC"
    if line.percent is None or line.low is None or line.high is None:
        return "n/a"
    return f"{line.percent:.1f} % ({line.low:.1f}–{line.high:.1f})"


def _status(record: SlideRecord) -> str:
    """Status of report and observations; FHIR's value sets call a withdrawn result “entered in error”."""
    return "entered-in-error" if record.is_withdrawn_result else record.status.value
