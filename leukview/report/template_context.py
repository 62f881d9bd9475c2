"""A report's values as the words that the template sets."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime

from leukview import RESEARCH_USE_LINE, __version__
from leukview.report.amendment_section import change_words, version_words
from leukview.report.cell_sections import annex_rows, key_cell_words, not_pictured
from leukview.report.differential_section import denominator, differential_rows, outside_rows, warnings
from leukview.report.glyph_fallback import Words
from leukview.report.grading_section import morphology_note, morphology_rows
from leukview.report.pdf_signature import Signatory
from leukview.report.report_config import STATED, Site
from leukview.report.report_strings import Texts
from leukview.report.review_section import acts, history, review_rows
from leukview.report.time_format import Clock
from leukview.services.report.report_data import ReportData

_HEADS = {
    "counts": ("class", "model", "reviewer", "final", "percent", "interval", "absolute", "reference_percent"),
    "outside": ("class", "model", "reviewer", "final", "per_100", "reference"),
    "annex": ("number", "analyser", "model", "p", "reviewer", "final", "opened", "remarks"),
    "changes": ("class", "before", "now"),
}


def _stated(data: ReportData, site: Site) -> tuple[dict[str, str], list[str]]:
    """What the laboratory states of specimen, stain and scanner, and the other lines of the header."""
    stated, others = dict(site.stated), list(site.header)
    for line in data.site_lines:
        name, colon, value = line.partition(":")
        if colon and name.strip().casefold() in STATED and value.strip():
            stated[name.strip().casefold()] = value.strip()
        else:
            others.append(line)
    return stated, others


def _facts(data: ReportData, stated: dict[str, str], texts: Texts, clock: Clock) -> list[list[str]]:
    view, slide = data.slide_view, data.slide_view.slide
    times = acts(data)
    unknown = texts("facts.not_stated")
    return [
        [texts("facts.slide"), slide.id],
        [texts("facts.patient"), texts("facts.pseudonym", id=slide.patient)],
        [texts("facts.cells"), texts("facts.cells_words", n=len(view.cells), m=len(view.cells) - view.pending_count)],
        [texts("facts.specimen"), stated.get("specimen", texts("facts.specimen_default"))],
        [texts("facts.stain"), stated.get("stain", unknown)],
        [texts("facts.scanner"), stated.get("scanner", unknown)],
        [texts("facts.imported"), clock.when(slide.imported_at)],
        [texts("facts.reviewed"), clock.span(times[0], times[-1]) if times else texts("facts.not_reviewed")],
        [texts("facts.report"), clock.when(data.created_at)],
    ]


def _band(data: ReportData, texts: Texts, clock: Clock) -> str:
    """One sentence on what stands behind the status."""
    signature, amended = data.slide_view.review.signature, data.slide_view.review.amended
    n, m = data.reviewed_count, len(data.slide_view.cells)
    if signature is None:
        reopened = texts("band.reopened") if amended else ""
        return texts.sentences([texts("band.not_signed", n=n, m=m), reopened])
    signed = texts("band.signed", name=signature.name, at=clock.when(signature.at), n=n, m=m)
    return texts.sentences([signed, texts("band.replaces") if amended else ""])


def _alerts(data: ReportData, texts: Texts, clock: Clock) -> list[dict[str, str]]:
    found = []
    for alert in data.alerts:
        event = data.slide_view.review.acknowledged.get(alert.rule.key)
        if event is None:
            answer = texts("alerts.not_acknowledged") if alert.rule.must_acknowledge else ""
        else:
            called, note = (str(event.payload.get(key, "")).strip() for key in ("called", "note"))
            key = f"alerts.{'acknowledged' if called else 'nobody'}{'_note' if note else ''}"
            answer = texts(key, who=event.reviewer, at=clock.when(event.at), called=called, note=note)
        title, message = texts.data(alert.rule.title), texts.data(alert.message)
        caveat = texts.data(alert.rule.caveat) if alert.rule.caveat else ""
        found.append({"title": title, "message": message, "acknowledged": answer, "caveat": caveat})
    return found


def _model(data: ReportData, texts: Texts) -> list[list[str]]:
    m, semicolon = data.model, texts("list.semicolon")
    named = texts("model.model_words", name=m.name, segmenter=m.segmenter, version=__version__)
    stages = semicolon.join(map(texts.data, m.trained_stages)) or texts("model.none")
    rows = [
        [texts("model.model"), named],
        [texts("model.sha256"), m.bundle_sha256],
        [texts("model.trained_on"), texts.data(m.trained_on) if m.trained_on else texts("model.not_stated")],
        [texts("model.stages"), stages],
    ]
    others = Counter(v.prediction.bundle for v in data.slide_view.cells if v.prediction)
    others.pop(m.bundle_sha256, None)
    if others:
        hashes = texts("list.comma").join(sorted(others))
        rows.append([texts("model.others"), texts.count("model.others_words", others.total(), hashes=hashes)])
    if m.untrained_stages:
        untrained = semicolon.join(map(texts.data, m.untrained_stages))
        rows.append([texts("model.untrained"), texts("model.untrained_words", stages=untrained)])
    limits = [s for s in m.limitations if not any(f"“{stage}” was not trained" in s for stage in m.untrained_stages)]
    if limits:
        rows.append([texts("model.limits"), texts.sentences([texts.data(s) for s in limits])])
    measured = texts.sentences([texts.data(s) for s in m.performance]) or texts("model.not_measured")
    return [*rows, [texts("model.measured"), measured]]


def _proof(data: ReportData, texts: Texts, signatory: Signatory | None) -> list[list[str]]:
    """Rows by which a third person can check that nothing was changed."""
    log = texts("proof.log_empty")
    if data.events:
        log = texts("proof.log_words", n=data.events[-1].seq, hash=data.events[-1].hash)
    rows = [[texts("proof.log"), log]]
    for file in data.attachments:
        digest = hashlib.sha256(file.data).hexdigest()
        rows.append([texts("proof.attached"), texts("proof.attached_words", name=file.name, hash=digest)])
    rows.append([texts("proof.taxonomy"), f"SHA-256 {data.slide_view.taxonomy.sha256}"])
    return [*rows, [texts("proof.signature"), _digital(texts, signatory)]]


def _digital(texts: Texts, signatory: Signatory | None) -> str:
    if signatory is None:
        return texts("signature.no_digital")
    return texts(
        "signature.digital",
        subject=signatory.subject,
        issuer=signatory.issuer,
        fingerprint=signatory.sha256[:16],
        until=signatory.until,
    )


def report_words(data: ReportData, site: Site, signatory: Signatory | None = None) -> Words:
    """Everything the template needs, as JSON-able words by section.

    Args:
        data: The report.
        site: How the laboratory's report looks.
        signatory: Whose certificate signs the file; None = nobody's.
    """
    view, texts, references = data.slide_view, site.texts, site.references
    clock, created = Clock.of(data.created_at, texts), datetime.fromisoformat(data.created_at).astimezone(UTC)
    stated, header = _stated(data, site)
    research_use = texts("page.research_use")
    return {
        "language": texts.language.split("_"),
        "page": texts.section("page"),
        "head": {table: [texts(f"head.{key}") for key in keys] for table, keys in _HEADS.items()},
        "title": texts("page.document", id=data.report_id),
        "date": list(created.timetuple()[:6]),
        "draft": data.status == "DRAFT",
        "signed": view.review.signature is not None,
        "status": texts(f"status.{data.status}"),
        "band": _band(data, texts, clock),
        "report_id": data.report_id,
        "slide": texts("page.slide", id=view.slide.id),
        "research_use": research_use if RESEARCH_USE_LINE in research_use else f"{research_use} {RESEARCH_USE_LINE}",
        "site": header,
        "label_box": site.label_box,
        "facts": _facts(data, stated, texts, clock),
        "synthetic": texts("band.synthetic") if view.slide.synthetic else "",
        "alerts": _alerts(data, texts, clock),
        "changes": change_words(data, texts, clock),
        "rows": differential_rows(data, references, texts),
        "denominator": denominator(data, texts),
        "reference": texts("tables.reference", source=texts.data(references.source)),
        "warnings": warnings(data, texts),
        "outside": outside_rows(data, references, texts),
        "morphology": morphology_rows(data, texts),
        "morphology_note": morphology_note(data, texts, clock),
        "comment": view.review.comment,
        "review": review_rows(data, texts, clock),
        "history": history(data, texts, clock),
        "digital": _digital(texts, signatory) if signatory else "",
        "model": _model(data, texts),
        "key_cells": key_cell_words(data, texts),
        "maps": site.maps,
        "not_pictured": not_pictured(data, texts),
        "annex": annex_rows(data, texts),
        "versions": version_words(data, texts, clock),
        "proof": _proof(data, texts, signatory),
    }
