"""Context of the Typst template: all values of a report as text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime

from leukview import RESEARCH_USE_LINE, __version__
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.report.amendment_section import amendment_sections, latest_amendment_section
from leukview.report.cell_sections import cell_list_rows, key_cell_entries, missing_images_sentence
from leukview.report.differential_section import (
    denominator_text,
    differential_rows,
    non_leukocyte_rows,
    short_rows,
    warning_sentences,
)
from leukview.report.finding_section import finding_entries
from leukview.report.glyph_fallback import TemplateContext
from leukview.report.grading_section import grading_note, grading_rows
from leukview.report.pdf_signature import Signatory
from leukview.report.report_config import STATED_FIELDS, ReportConfig
from leukview.report.report_strings import ReportStrings
from leukview.report.review_section import first_reader_times, review_rows, signature_rows
from leukview.report.time_format import TimeFormat
from leukview.services.audit.anchors import head_keyword
from leukview.services.report.report_data import ReportData

_TABLE_HEADS = {
    "counts": ("class", "model", "reviewer", "final", "percent", "interval", "absolute", "reference_percent"),
    "outside": ("class", "model", "reviewer", "final", "per_100", "reference"),
    "annex": ("number", "analyser", "model", "p", "reviewer", "final", "opened", "remarks"),
    "changes": ("class", "before", "now"),
}
_ORIGIN_COLUMNS = frozenset({1, 2})
"""Columns of the counts by model and reviewer, which are left to the second part of the report."""
_ABSOLUTE_COLUMN = 6


def _header_facts(data: ReportData, config: ReportConfig) -> tuple[dict[str, str], list[str]]:
    """Specimen, stain and scanner as stated, and the remaining lines of the header."""
    stated, others = dict(config.stated_facts), list(config.header_lines)
    for line in data.site_lines:
        name, colon, value = line.partition(":")
        if colon and name.strip().casefold() in STATED_FIELDS and value.strip():
            stated[name.strip().casefold()] = value.strip()
        else:
            others.append(line)
    return stated, others


def _fact_rows(
    data: ReportData, stated: dict[str, str], texts: ReportStrings, time_format: TimeFormat
) -> list[list[str]]:
    view, slide = data.slide_view, data.slide_view.slide
    times = first_reader_times(data)
    unknown = texts("facts.not_stated")
    return [
        [texts("facts.slide"), slide.id],
        *_identity_rows(data, texts),
        [texts("facts.cells"), texts("facts.cells_words", n=len(view.cells), m=len(view.cells) - view.pending_count)],
        [texts("facts.specimen"), stated.get("specimen", texts("facts.specimen_default"))],
        [texts("facts.stain"), stated.get("stain", unknown)],
        [texts("facts.scanner"), stated.get("scanner", unknown)],
        [texts("facts.imported"), time_format.format_time(slide.imported_at)],
        [
            texts("facts.reviewed"),
            time_format.format_time_span(times[0], times[-1]) if times else texts("facts.not_reviewed"),
        ],
        [texts("facts.report"), time_format.format_time(data.created_at)],
    ]


def _identity_rows(data: ReportData, texts: ReportStrings) -> list[list[str]]:
    """Rows of patient, order and specimen; the pseudonym alone in a report that names nobody."""
    pseudonym = texts("facts.pseudonym", id=data.slide_view.slide.patient)
    if data.identity is None:
        return [[texts("facts.patient"), pseudonym]]
    order, patient = data.identity.order, data.identity.order.patient
    comma = texts("list.comma")
    who = comma.join(filter(None, (data.identity.name, patient.birth_date, patient.sex, patient.number)))
    rows = (
        ("facts.patient", comma.join(filter(None, (who, pseudonym)))),
        ("facts.order", comma.join(dict.fromkeys(filter(None, (order.order_number, order.specimen_number))))),
        ("facts.collected", order.collected_at.replace("T", " ")),
        ("facts.requester", comma.join(filter(None, (order.requester, order.ward)))),
    )
    return [[texts(key), text] for key, text in rows if text]


def _status_sentence(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> str:
    """Explain the status of the report in one sentence."""
    signature, amended = data.slide_view.binding_signature, data.slide_view.review.amended
    n, m = data.reviewed_count, len(data.slide_view.cells)
    if signature is None:
        reopened = texts("band.reopened") if amended else ""
        return texts.join_sentences([texts("band.not_signed", n=n, m=m), reopened])
    signed = texts("band.signed", name=signature.name, at=time_format.format_time(signature.at), n=n, m=m)
    return texts.join_sentences([signed, texts("band.replaces") if amended else ""])


def _alert_entries(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> list[dict[str, str]]:
    found = []
    for alert in data.alerts:
        event = data.slide_view.review.acknowledged.get(alert.rule.key)
        if event is None:
            answer = texts("alerts.not_acknowledged") if alert.rule.must_acknowledge else ""
        else:
            given = AlertAnswer.from_payload(event.payload)
            done = "acknowledged" if given.called_person else "nobody"
            done = "not_confirmed" if given.not_confirmed else "read_back" if given.read_back else done
            answer = texts(
                f"alerts.{done}{'_note' if given.note else ''}",
                who=event.reviewer,
                at=time_format.format_time(event.at),
                called=given.called_person,
                time=given.called_at,
                note=given.note,
            )
        title, message = texts.translate(alert.rule.title), texts.translate(alert.report_message or alert.message)
        caveat = texts.translate(alert.rule.caveat) if alert.rule.caveat else ""
        severe = alert.rule.severity in {"emergency", "high"}
        entry = {"title": title, "message": message, "acknowledged": answer, "caveat": caveat}
        found.append({**entry, "severe": "yes" if severe else ""})
    return found


def _call_entries(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> list[str]:
    """Who was called because of an alert, one sentence each."""
    found = []
    for alert in data.alerts:
        event = data.slide_view.review.acknowledged.get(alert.rule.key)
        given = AlertAnswer.from_payload(event.payload) if event is not None else None
        if event is not None and given is not None and given.called_person:
            title = texts.translate(alert.rule.title)
            key = "call_read_back" if given.read_back else "call"
            when = given.called_at or time_format.format_time(event.at)
            found.append(texts(f"alerts.{key}", title=title, called=given.called_person, time=when, who=event.reviewer))
    return found


def _without_columns(rows: list[list[str]], left_out: Collection[int]) -> list[list[str]]:
    return [[text for at, text in enumerate(row) if at not in left_out] for row in rows]


def _model_rows(data: ReportData, texts: ReportStrings) -> list[list[str]]:
    m, semicolon = data.model, texts("list.semicolon")
    named = texts("model.model_words", name=m.name, segmenter=m.segmenter, version=__version__)
    stages = semicolon.join(map(texts.translate, m.trained_stages)) or texts("model.none")
    rows = [
        [texts("model.model"), named],
        [texts("model.sha256"), m.bundle_sha256],
        [texts("model.trained_on"), texts.translate(m.trained_on) if m.trained_on else texts("model.not_stated")],
        [texts("model.stages"), stages],
    ]
    others = Counter(v.prediction.bundle for v in data.slide_view.cells if v.prediction)
    others.pop(m.bundle_sha256, None)
    if others:
        hashes = texts("list.comma").join(sorted(others))
        rows.append([texts("model.others"), texts.plural("model.others_words", others.total(), hashes=hashes)])
    if m.untrained_stages:
        untrained = semicolon.join(map(texts.translate, m.untrained_stages))
        rows.append([texts("model.untrained"), texts("model.untrained_words", stages=untrained)])
    limits = [s for s in m.limitations if not any(f"“{stage}” was not trained" in s for stage in m.untrained_stages)]
    if limits:
        rows.append([texts("model.limits"), texts.join_sentences([texts.translate(s) for s in limits])])
    measured = texts.join_sentences([texts.translate(s) for s in m.performance]) or texts("model.not_measured")
    return [*rows, [texts("model.measured"), measured]]


def _verification_rows(data: ReportData, texts: ReportStrings, signatory: Signatory | None) -> list[list[str]]:
    """Hashes with which a third party can check that nothing was changed."""
    log = texts("proof.log_empty")
    if data.events:
        log = texts("proof.log_words", n=data.events[-1].seq, hash=data.events[-1].hash)
    rows = [[texts("proof.log"), log]]
    if data.log_head[0]:
        words = texts("proof.head_words", n=data.log_head[0], hash=data.log_head[1])
        rows.append([texts("proof.head"), words])
    for file in data.attachments:
        digest = hashlib.sha256(file.data).hexdigest()
        rows.append([texts("proof.attached"), texts("proof.attached_words", name=file.name, hash=digest)])
    rows.append([texts("proof.taxonomy"), f"SHA-256 {data.slide_view.taxonomy.sha256}"])
    return [*rows, [texts("proof.signature"), _digital_signature_text(texts, signatory)]]


def _digital_signature_text(texts: ReportStrings, signatory: Signatory | None) -> str:
    if signatory is None:
        return texts("signature.no_digital")
    return texts(
        "signature.digital",
        subject=signatory.subject,
        issuer=signatory.issuer,
        fingerprint=signatory.sha256[:16],
        until=signatory.valid_until,
    )


def build_template_context(
    data: ReportData, config: ReportConfig, signatory: Signatory | None = None
) -> TemplateContext:
    """Build the template context: JSON-able texts by section.

    Args:
        data: Contents of the report.
        config: Report settings of the laboratory.
        signatory: Owner of the signing certificate; None = the file is not signed.
    """
    view, texts, references = data.slide_view, config.texts, config.reference_ranges
    clock, created = (
        TimeFormat.for_report(data.created_at, texts),
        datetime.fromisoformat(data.created_at).astimezone(UTC),
    )
    stated, header = _header_facts(data, config)
    research_use = texts("page.research_use")
    head = {table: [texts(f"head.{key}") for key in keys] for table, keys in _TABLE_HEADS.items()}
    rows, outside = differential_rows(data, references, texts), non_leukocyte_rows(data, references, texts)
    left_out = _ORIGIN_COLUMNS | (frozenset() if data.shown_tally.effective_wbc_per_nl else {_ABSOLUTE_COLUMN})
    return {
        "language": texts.language.split("_"),
        "page": texts.section("page"),
        "head": head,
        "title": texts("page.document", id=data.report_id),
        "date": list(created.timetuple()[:6]),
        "keywords": [head_keyword(*data.log_head)] if data.log_head[0] else [],
        "draft": data.status == "DRAFT",
        "signed": view.binding_signature is not None,
        "status": texts(f"status.{data.status}"),
        "band": _status_sentence(data, texts, clock),
        "report_id": data.report_id,
        "slide": texts("page.slide", id=view.slide.id),
        "research_use": research_use if RESEARCH_USE_LINE in research_use else f"{research_use} {RESEARCH_USE_LINE}",
        "site": header,
        "label_box": config.show_label_box,
        "facts": _fact_rows(data, stated, texts, clock),
        "synthetic": texts("band.synthetic") if view.slide.synthetic else "",
        "alerts": _alert_entries(data, texts, clock),
        "findings": finding_entries(data, texts),
        "changes": latest_amendment_section(data, texts, clock),
        "calls": _call_entries(data, texts, clock),
        "rows": rows,
        "short": {
            "head": _without_columns([head["counts"]], left_out)[0],
            "rows": _without_columns(short_rows(rows, data, texts), left_out),
            "outside_head": _without_columns([head["outside"]], _ORIGIN_COLUMNS)[0],
            "outside": _without_columns(outside, _ORIGIN_COLUMNS),
        },
        "denominator": denominator_text(data, texts),
        "reference": texts("tables.reference", source=texts.translate(references.source)),
        "warnings": warning_sentences(data, texts),
        "outside": outside,
        "morphology": grading_rows(data, texts),
        "morphology_note": grading_note(data, texts, clock),
        "comment": view.review.comment,
        "review": review_rows(data, texts, clock),
        "history": signature_rows(data, texts, clock),
        "digital": _digital_signature_text(texts, signatory) if signatory else "",
        "model": _model_rows(data, texts),
        "key_cells": key_cell_entries(data, texts),
        "maps": config.show_maps,
        "not_pictured": missing_images_sentence(data, texts),
        "annex": cell_list_rows(data, texts),
        "versions": amendment_sections(data, texts, clock),
        "proof": _verification_rows(data, texts, signatory),
    }
