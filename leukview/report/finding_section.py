"""Findings of the film in the report."""

from __future__ import annotations

from leukview.domain.binomial import Interval
from leukview.domain.findings import FINDING_NAMES, ZONE_NAMES, PatientRates
from leukview.report.report_strings import ReportStrings
from leukview.services.report.report_data import ReportData


def finding_entries(data: ReportData, texts: ReportStrings) -> list[dict[str, str]]:
    """One entry per finding with its zone, score and limits, and how often the limits were right."""
    found = []
    for film_finding in data.slide_view.findings:
        finding, limits = film_finding.finding, film_finding.finding.limits
        zone = texts.translate(ZONE_NAMES[finding.zone])
        if finding.raised_by_review:
            zone = texts("findings.raised", zone=zone)
        score = texts(
            "findings.score",
            score=f"{finding.score.score:.2f}",
            grey=f"{limits.grey:.2f}",
            suspicious=f"{limits.suspicious:.2f}",
            cells=f"{finding.score.cells:.0f}",
        )
        rates = texts.join_sentences(
            [_rates("findings.grey", limits.at_grey, texts), _rates("findings.suspicious", limits.at_suspicious, texts)]
        )
        found.append(
            {"title": texts.translate(FINDING_NAMES[finding.key]), "zone": zone, "score": score, "rates": rates}
        )
    return found


def _rates(key: str, rates: PatientRates, texts: ReportStrings) -> str:
    return texts(
        key,
        sensitivity=_percent(rates.found, rates.ill, rates.sensitivity),
        ill=rates.ill,
        specificity=_percent(rates.well - rates.false, rates.well, rates.specificity),
        well=rates.well,
    )


def _percent(part: int, whole: int, interval: Interval) -> str:
    return f"{100 * part / whole:.0f} % ({100 * interval.low:.0f}–{100 * interval.high:.0f})"
