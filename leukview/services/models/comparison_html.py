"""A comparison of two models as a self-contained HTML page and as text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from leukview import RESEARCH_USE_LINE
from leukview.domain.models.acceptance_criteria import (
    REJECTING_VERDICTS,
    AcceptanceCriterion,
    MetricComparison,
    Verdict,
    higher_is_better,
    metric_name,
)
from leukview.domain.models.metrics import Estimate
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison import ModelComparison, SetResult

_CSS = """body{font:15px/1.45 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:.6em 0 1.6em;width:100%}th,td{text-align:left;padding:.25em .7em;
border-bottom:1px solid #d8d8d8}td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.bad{color:#a01818;font-weight:bold}.good{color:#14663a}.note{color:#555}code{font-size:90%}
.box{border:1px solid #999;padding:.6em 1em;margin:1em 0}"""


def format_estimate(estimate: Estimate | None) -> str:
    """Format a value with its interval; a dash when there is none."""
    if estimate is None or estimate.value != estimate.value:
        return "–"
    if estimate.low != estimate.low:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def format_difference(estimate: Estimate | None) -> str:
    """Format a difference with its sign and interval; a dash when there is none."""
    if estimate is None or estimate.value != estimate.value:
        return "–"
    if estimate.low != estimate.low:
        return f"{estimate.value:+.3f}"
    return f"{estimate.value:+.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"


def outcome_sentence(violations: Sequence[str]) -> str:
    """The conclusion, shown at the top."""
    if violations:
        return "The candidate must not be installed."
    return "All acceptance criteria are met: a person may sign this comparison and install the candidate."


def _worst_verdicts(
    comparison: ModelComparison, criteria: Sequence[AcceptanceCriterion]
) -> dict[tuple[str, str], Verdict]:
    """The verdict on each (set, figure).

    With several criteria a verdict that refuses takes precedence.
    """
    found: dict[tuple[str, str], Verdict] = {}
    for j in comparison.evaluate(criteria):
        key = j.set_name, j.comparison.key
        if key not in found or j.verdict in REJECTING_VERDICTS:
            found[key] = j.verdict
    return found


def render_text(comparison: ModelComparison, criteria: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> str:
    """Format the comparison as text for the terminal."""
    objections = comparison.violations(criteria, taxonomy)
    verdicts = _worst_verdicts(comparison, criteria)
    lines = [
        f"Champion:  {comparison.champion.name} {comparison.champion.sha256[:16]}",
        f"Candidate: {comparison.candidate.name} {comparison.candidate.sha256[:16]}",
    ]
    for one in comparison.sets:
        lines += ["", f"{one.name}: {one.cells} cells of {one.patients} patients kept aside (set {one.sha256[:16]})"]
        lines.append(f"  {'':<48}{'cells':>6}  {'champion':<24}{'candidate':<24}{'difference':<27}guard")
        for figure in one.figures:
            verdict = verdicts.get((one.name, figure.key))
            lines.append(
                f"  {metric_name(figure.key, taxonomy):<52.52}"[:50]
                + f"{figure.cells:>6}  {format_estimate(figure.champion):<24}{format_estimate(figure.candidate):<24}"
                + f"{format_difference(figure.difference):<27}{verdict.value if verdict else ''}".rstrip()
            )
    lines += ["", outcome_sentence(objections), *(f"  - {sentence}" for sentence in objections), "", RESEARCH_USE_LINE]
    return "\n".join(lines)


def render_html(comparison: ModelComparison, criteria: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> str:
    """Format the comparison as a self-contained HTML page."""
    objections = comparison.violations(criteria, taxonomy)
    listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in objections)
    kind = "bad" if objections else "good"
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f"<title>{escape(comparison.champion.name)} against {escape(comparison.candidate.name)}</title>",
        f"<style>{_CSS}</style></head><body><h1>Comparison of two models</h1>",
        f"<p><b>{escape(RESEARCH_USE_LINE)}</b></p>",
        f"<div class='box'><p class='{kind}'>{escape(outcome_sentence(objections))}</p>",
        f"<ul>{listed}</ul>" if listed else "",
        "</div><table>",
        *(
            f"<tr><th>{role}</th><td>{escape(model.name)}</td><td><code>{model.sha256}</code></td></tr>"
            for role, model in (("Champion", comparison.champion), ("Candidate", comparison.candidate))
        ),
        f"</table><p class='note'>Made {escape(comparison.created_at)} with LeukView {escape(comparison.program)}. ",
        "In brackets 95 % intervals: percentile bootstrap over patients; the difference (candidate less champion) is ",
        "paired, each resample taken for both models. Classes are those that the stages of both models can name. ",
        "Every cell is of a patient kept aside.</p>",
    ]
    for one in comparison.sets:
        parts += _set_section(one, _worst_verdicts(comparison, criteria), taxonomy)
    parts += _criteria_section(criteria, taxonomy)
    return "".join(parts) + "</body></html>\n"


def _set_section(result: SetResult, verdicts: dict[tuple[str, str], Verdict], taxonomy: Taxonomy) -> list[str]:
    size = f"{result.cells} cells of {result.patients} patients"
    head = f"<h2>{escape(result.name)}</h2><p>{size}. Set <code>{result.sha256}</code>.</p>"
    columns = "<tr><th>Figure</th><th class='n'>Cells</th><th class='n'>Patients</th><th class='n'>Champion</th>"
    columns += "<th class='n'>Candidate</th><th class='n'>Difference</th><th>Guard</th></tr>"
    return [
        head,
        f"<table>{columns}",
        *(_metric_row(f, verdicts.get((result.name, f.key)), taxonomy) for f in result.figures),
        "</table>",
    ]


def _metric_row(metric: MetricComparison, verdict: Verdict | None, taxonomy: Taxonomy) -> str:
    kind = "bad" if verdict in REJECTING_VERDICTS else "good" if verdict is Verdict.BETTER else ""
    less = "" if higher_is_better(metric.key) else " <span class='note'>(less is better)</span>"
    fields = (metric.cells, metric.patients, format_estimate(metric.champion), format_estimate(metric.candidate))
    cells = "".join(f"<td class='n'>{field}</td>" for field in (*fields, format_difference(metric.difference)))
    name = escape(metric_name(metric.key, taxonomy))
    return f"<tr><td>{name}{less}</td>{cells}<td class='{kind}'>{verdict.value if verdict else ''}</td></tr>"


def _criteria_section(criteria: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> list[str]:
    rows = []
    for guard in criteria:
        name = guard.figure if guard.figure.endswith("*") else metric_name(guard.figure, taxonomy)
        bound = "–" if guard.bound is None else f"{guard.bound:g}"
        fields = (
            f"{guard.margin:g}",
            bound,
            guard.least_cells,
            guard.least_patients,
            "yes" if guard.required else "no",
        )
        rows.append(f"<tr><td>{escape(name)}</td>" + "".join(f"<td class='n'>{f}</td>" for f in fields) + "</tr>")
    head = "".join(
        f"<th class='n'>{c}</th>"
        for c in ("Accepted loss", "Interval may reach", "Least cells", "Least patients", "Required")
    )
    return ["<h2>Guards</h2>", f"<table><tr><th>Figure</th>{head}</tr>", *rows, "</table>"]
