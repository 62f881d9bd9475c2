"""A report's values as the words that the template sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leukview import RESEARCH_USE_LINE, __version__
from leukview.domain.review import FIRST, SECOND, EventKind, ReviewEvent, reading_of
from leukview.report.cells import annex_rows, key_cell_words, not_pictured
from leukview.report.morphology import NOT_ASSESSED, morphology_rows
from leukview.report.reference import References
from leukview.report.tables import NOT_GIVEN, denominator, differential_rows, outside_rows, warnings
from leukview.report.text import Words
from leukview.services.report import ReportData

_REVIEWING = frozenset(EventKind) - {EventKind.REPORT, EventKind.SET_SLIDE, EventKind.UNLOCK_FAILED}
_MAIN_CORRECTIONS = 5
_STATED = {"specimen": "Specimen", "stain": "Stain", "scanner": "Scanner"}
"""Site lines of the form ``Stain: May-Grünwald-Giemsa`` fill these places of the header."""


def when(text: str) -> str:
    """An ISO 8601 time to the minute with its zone, for instance ``2026-11-24 02:48 UTC+01:00``."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    offset = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
    zone = f"{'+' if offset > 0 else '−'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}" if offset else ""
    return f"{at:%Y-%m-%d %H:%M} UTC{zone}"


def span(first: str, last: str) -> str:
    """Two times in one phrase; the day is said once when it is the same."""
    one, other = when(first), when(last)
    if one == other:
        return one
    same_day = one[:10] == other[:10] and one[16:] == other[16:]
    return f"{one[:16]} to {other[11:]}" if same_day else f"{one} to {other}"


def lasting(seconds: float) -> str:
    """A duration in hours, minutes and seconds, without leading zeros."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((i for i, (n, _) in enumerate(parts) if n), 2)
    return " ".join(f"{n} {unit}" for n, unit in parts[first:])


def _stated(data: ReportData) -> tuple[dict[str, str], list[str]]:
    """What the site's lines say of specimen, stain and scanner, and the other lines."""
    stated, others = {}, []
    for line in data.site:
        name, colon, value = line.partition(":")
        if colon and name.strip().casefold() in _STATED and value.strip():
            stated[name.strip().casefold()] = value.strip()
        else:
            others.append(line)
    return stated, others


def _facts(data: ReportData) -> list[list[str]]:
    view, slide = data.slide, data.slide.slide
    stated, _ = _stated(data)
    analysed = len(view.cells) - view.pending
    acts = [e.at for e in data.events if e.kind in _REVIEWING and reading_of(e) == FIRST]
    return [
        ["Slide", slide.id],
        ["Patient", f"{slide.patient} (pseudonym)"],
        ["Cells", f"{len(view.cells)}, of them {analysed} analysed"],
        ["Specimen", stated.get("specimen", "peripheral blood film")],
        ["Stain", stated.get("stain", "not stated in the export")],
        ["Scanner", stated.get("scanner", "not stated in the export")],
        ["Imported", when(slide.imported_at)],
        ["Reviewed", span(acts[0], acts[-1]) if acts else "not reviewed yet"],
        ["Report", when(data.created_at)],
    ]


def _band(data: ReportData) -> str:
    """One sentence on what stands behind the status."""
    signature = data.slide.review.signature
    reviewed = f"{data.reviewed} of {len(data.slide.cells)} cells were reviewed by a person"
    if signature is None:
        reopened = " The slide was signed, then reopened." if data.slide.review.amended else ""
        return f"Not signed; {reviewed}.{reopened}"
    amendment = " This report replaces the one signed before." if data.slide.review.amended else ""
    return f"Signed by {signature.name}, {when(signature.at)}; {reviewed}.{amendment}"


def _alerts(data: ReportData) -> list[dict[str, str]]:
    found = []
    for alert in data.alerts:
        event = data.slide.review.acknowledged.get(alert.rule.key)
        if event is None:
            answer = "Not acknowledged." if alert.rule.acknowledge else ""
        else:
            called, note = (str(event.payload.get(key, "")).strip() for key in ("called", "note"))
            answer = f"Acknowledged by {event.reviewer}, {when(event.at)}"
            answer += f"; called: {called}" if called else "; nobody was called"
            answer += f"; {note}." if note else "."
        found.append({"title": alert.rule.title, "message": alert.message, "acknowledged": answer})
    return found


def _second_reader(data: ReportData) -> str:
    """Who read the slide a second time, and how far the readers agree."""
    found = data.agreement
    if found is None:
        return "none"
    if found.signature is None:
        return f"{found.second_reader}; the second reading is not finished"
    kappa = found.kappa
    if not kappa.n:
        return f"{found.second_reader}; no cell was labelled by both readers"
    parts = [f"{found.second_reader}, blinded to the first reader and the model"]
    if kappa.value is None:
        parts.append("Cohen's κ n/a (one class only)")
    else:
        low_high = f" (95 % interval {kappa.interval.low:.2f} to {kappa.interval.high:.2f})" if kappa.interval else ""
        parts.append(f"Cohen's κ {kappa.value:.2f}{low_high}")
    parts.append(f"{found.agreed} of {kappa.n} cells called the same ({100 * kappa.observed:.1f} %)")
    count = len(found.disagreements)
    if count:
        parts.append(f"{count} disagreement{'' if count == 1 else 's'}, {count - found.open} settled by consensus")
    return "; ".join(parts)


def _review(data: ReportData) -> list[list[str]]:
    total, names = len(data.slide.cells), data.slide.taxonomy.cell_class
    overridden = [(v.prediction.label, v.label) for v in data.slide.cells if v.overridden and v.prediction]
    compatible = sum(data.slide.taxonomy.agrees(a, b) for a, b in overridden)
    rate = NOT_GIVEN
    if data.override_rate is not None:
        rate = f"{len(overridden)} ({100 * data.override_rate:.1f} % of the cells that both named)"
        rate += f", {compatible} of them compatible with the model's class" if overridden else ""
    main = [f"{names(a).name} → {names(b).name} {n}" for a, b, n in data.confusions[:_MAIN_CORRECTIONS]]
    confusions = "; ".join([*main, *(["rarer ones"] if len(data.confusions) > len(main) else [])]) or "none"
    timed = data.duration_s is not None and any(e.kind in _REVIEWING and reading_of(e) == FIRST for e in data.events)
    duration = f"{lasting(data.duration_s or 0.0)} from first to last entry, pauses included" if timed else NOT_GIVEN
    rows = [
        ["Cells opened", f"{data.opened} of {total}"],
        ["Cells reviewed", f"{data.reviewed} of {total}"],
        ["Overridden", rate],
        ["Model → reviewer", confusions],
        ["Duration", duration],
        ["Second reader", _second_reader(data)],
    ]
    if data.events:
        last = data.events[-1]
        rows.append(["Review log", f"last entry no. {last.seq}, SHA-256 {last.hash[:16]}…"])
    return rows


def _morphology_note(data: ReportData) -> str:
    grades = data.slide.review.grades.values()
    if not grades:
        return NOT_ASSESSED
    last = max(grades, key=lambda graded: graded.at)
    who = sorted({graded.reviewer for graded in grades})
    source = f" Grades: {data.grading.source}." if data.grading.source else ""
    words = f"Graded by {' and '.join(who)}, last {when(last.at)}."
    return f"{words} What is not named was not assessed; the model assesses none of it.{source}"


def _history(data: ReportData) -> list[list[str]]:
    """Signatures, reopenings and the reports of earlier signatures in order: time, what."""
    rows, signed = [], False
    for event in data.events:
        if event.kind in {EventKind.SIGN, EventKind.REOPEN} and reading_of(event) == SECOND:
            rows.append([when(event.at), f"Second reading: {_entry(event)}"])
            continue
        if event.kind in {EventKind.SIGN, EventKind.REOPEN}:
            signed = event.kind is EventKind.SIGN
        elif not (signed and event.kind is EventKind.REPORT):
            continue
        rows.append([when(event.at), _entry(event)])
    return rows


def _entry(event: ReviewEvent) -> str:
    payload = event.payload
    match event.kind:
        case EventKind.SIGN:
            return f"Signed by {payload['name']} (account {event.reviewer}): {payload['meaning']}."
        case EventKind.REOPEN:
            return f"Reopened by {event.reviewer}: {payload.get('reason', '')}."
        case _:
            return f"Report {payload['report_id']} written by {event.reviewer}, SHA-256 {str(payload['sha256'])[:16]}…"


def _model(data: ReportData) -> list[list[str]]:
    m = data.model
    limits = [s for s in m.limits if not any(f"“{stage}” was not trained" in s for stage in m.untrained_stages)]
    rows = [
        ["Model", f"{m.name}; segmenter {m.segmenter}; LeukView {__version__}"],
        ["SHA-256", m.bundle_sha256],
        ["Trained on", m.trained_on or "not stated"],
        ["Trained stages", "; ".join(m.trained_stages) or "none"],
    ]
    if m.untrained_stages:
        rows.append(["Not assessed", f"{'; '.join(m.untrained_stages)}: the model was not trained on these stages."])
    if limits:
        rows.append(["Limits", " ".join(limits)])
    rows.append(["Measured", " ".join(m.measured) or "The model states no measured sensitivity."])
    return rows


def report_words(data: ReportData, references: References) -> Words:
    """Everything the template needs, as JSON-able words by section."""
    view, created = data.slide, datetime.fromisoformat(data.created_at).astimezone(UTC)
    _, site = _stated(data)
    return {
        "title": f"LeukView report {data.report_id}",
        "date": list(created.timetuple()[:6]),
        "status": data.status,
        "band": _band(data),
        "report_id": data.report_id,
        "slide_id": view.slide.id,
        "research_use": RESEARCH_USE_LINE,
        "site": site,
        "facts": _facts(data),
        "synthetic": "SYNTHETIC cells from the demo renderer: not a patient." if view.slide.synthetic else "",
        "alerts": _alerts(data),
        "rows": differential_rows(data, references),
        "denominator": denominator(data),
        "reference": f"Reference: {references.source}. ↑ ↓: the whole interval lies above or below it.",
        "warnings": warnings(data),
        "outside": outside_rows(data, references),
        "morphology": morphology_rows(data),
        "morphology_note": _morphology_note(data),
        "comment": view.review.comment,
        "review": _review(data),
        "history": _history(data),
        "signed": view.review.signature is not None,
        "model": _model(data),
        "key_cells": key_cell_words(data),
        "not_pictured": not_pictured(data),
        "annex": annex_rows(data),
    }
