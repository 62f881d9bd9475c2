"""Report text on the review: extent, agreement of readers, signatures."""

from __future__ import annotations

from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent, reading_of
from leukview.report.report_strings import ReportStrings
from leukview.report.time_format import TimeFormat
from leukview.services.report.report_data import ReportData

_MAX_CONFUSIONS = 5
_REVIEW_EVENT_KINDS = frozenset(EventKind) - {
    EventKind.REPORT,
    EventKind.SET_SLIDE,
    EventKind.UNLOCK_FAILED,
    EventKind.CELLS_ADDED,
}


def first_reader_times(data: ReportData) -> list[str]:
    """Times of the first reader's actions, in order."""
    return [e.at for e in data.events if e.kind in _REVIEW_EVENT_KINDS and reading_of(e) == FIRST_READING]


def review_rows(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> list[list[str]]:
    """Rows on the review: model, extent, corrections, duration, readers, log."""
    total = len(data.slide_view.cells)
    duration = texts("list.not_given")
    if data.duration_s is not None and first_reader_times(data):
        duration = texts("review.duration_words", time=time_format.format_duration(data.duration_s))
    model = texts("review.model_words", name=data.model.name, hash=data.model.bundle_sha256[:16])
    rows = [
        [texts("review.model"), model],
        [texts("review.opened"), texts("review.of", n=data.opened_count, m=total)],
        [texts("review.reviewed"), texts("review.of", n=data.reviewed_count, m=total)],
        [texts("review.overridden"), _override_text(data, texts)],
        [texts("review.confusions"), _confusion_text(data, texts)],
        [texts("review.duration"), duration],
        [texts("review.second_reader"), _second_reader_text(data, texts)],
    ]
    if data.events:
        last = data.events[-1]
        rows.append([texts("review.log"), texts("review.log_entry", n=last.seq, hash=last.hash[:16])])
    return rows


def _override_text(data: ReportData, texts: ReportStrings) -> str:
    if data.override_rate is None:
        return texts("list.not_given")
    count, percent = len(data.slide_view.overridden_cells), f"{100 * data.override_rate:.1f}"
    against = {v.cell.id for v in data.slide_view.overridden_cells}
    closer = sum(
        v.cell.id not in against and v.unassisted_prediction is not None and v.unassisted_prediction.label != v.label
        for v in data.slide_view.comparable_cells
    )
    if not closer:
        return texts("review.rate", n=count, percent=percent)
    return texts("review.rate_compatible", n=count, percent=percent, compatible=closer)


def _confusion_text(data: ReportData, texts: ReportStrings) -> str:
    def name(key: str) -> str:
        return texts.translate(data.slide_view.taxonomy.cell_class(key).name)

    main = [
        texts("review.confusion", model=name(a), reviewer=name(b), n=n) for a, b, n in data.confusions[:_MAX_CONFUSIONS]
    ]
    if len(data.confusions) > len(main):
        main.append(texts.plural("review.rarer", len(data.confusions) - len(main)))
    return texts("list.semicolon").join(main) or texts("review.none")


def _second_reader_text(data: ReportData, texts: ReportStrings) -> str:
    """Second reader and the agreement of both readers."""
    found = data.agreement
    if found is None:
        return texts("review.none")
    who, kappa = found.second_reader, found.kappa
    if found.signature is None:
        return texts("review.unfinished", who=who)
    if not kappa.n:
        return texts("review.no_pair", who=who)
    parts = [texts("review.blinded", who=who)]
    if kappa.value is None:
        parts.append(texts("review.kappa_none"))
    elif kappa.interval is None:
        parts.append(texts("review.kappa", value=f"{kappa.value:.2f}"))
    else:
        low, high = f"{kappa.interval.low:.2f}", f"{kappa.interval.high:.2f}"
        parts.append(texts("review.kappa_interval", value=f"{kappa.value:.2f}", low=low, high=high))
    parts.append(texts("review.same", n=found.agreed_count, m=kappa.n, percent=f"{100 * kappa.observed:.1f}"))
    count = len(found.disagreements)
    if count:
        parts.append(texts.plural("review.disagreements", count, settled=count - found.open_count))
    return texts("list.semicolon").join(parts)


def signature_rows(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> list[list[str]]:
    """Signatures, reopenings and replaced reports in order: rows of time and text."""
    rows = []
    for event in _signature_events(data):
        entry = _event_text(event, texts)
        rows.append(
            [
                time_format.format_time(event.at),
                texts("signature.second", entry=entry) if _is_second_reading(event) else entry,
            ]
        )
    return rows


def _is_second_reading(event: ReviewEvent) -> bool:
    return reading_of(event) == SECOND_READING


def _signature_events(data: ReportData) -> list[ReviewEvent]:
    found: list[ReviewEvent] = []
    reports: list[ReviewEvent] = []  # reports of the version signed last
    signed = False
    for event in data.events:
        turn = event.kind in {EventKind.SIGN, EventKind.REOPEN}
        if turn and not _is_second_reading(event):
            found += reports if event.kind is EventKind.REOPEN else []
            reports, signed = [], event.kind is EventKind.SIGN
        if turn:
            found.append(event)
        elif signed and event.kind is EventKind.REPORT:
            reports.append(event)
    return found


def _event_text(event: ReviewEvent, texts: ReportStrings) -> str:
    payload = event.payload
    match event.kind:
        case EventKind.SIGN:
            meaning = texts.translate(str(payload["meaning"]))
            fields = {"name": payload["name"], "account": event.reviewer, "meaning": meaning}
            reason = payload.get("reason", "")
            return (
                texts("signature.signed_few", reason=reason, **fields)
                if reason
                else texts("signature.signed", **fields)
            )
        case EventKind.REOPEN:
            return texts("signature.reopened", who=event.reviewer, reason=payload.get("reason", ""))
        case _:
            digest = str(payload["sha256"])[:16]
            return texts("signature.report", id=payload["report_id"], who=event.reviewer, hash=digest)
