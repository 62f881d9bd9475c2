"""What the protocol of a verification prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leukview.domain.binomial import Interval
from leukview.domain.taxonomy import Taxonomy
from leukview.domain.verification.comparison import BlastDetection, ClassComparison
from leukview.services.verification.results import MethodComparison, Verification

_NONE = "–"


def protocol_context(
    found: Verification, taxonomy: Taxonomy, facts: Sequence[tuple[str, str]], notice: str
) -> Mapping[str, Any]:
    """The numbers of a verification as the template prints them.

    Args:
        found: The verification.
        taxonomy: Names the classes.
        facts: Title and text of each line of the head.
        notice: Line of each page's foot.
    """
    signers = "; ".join(f"{name} ({count})" for name, count in found.signers)
    head = [
        *facts,
        ("Films compared", str(len(found.films))),
        ("Films left out", str(len(found.left_out))),
        ("Signed by (films)", signers or _NONE),
        ("Models, SHA-256", "; ".join(digest[:16] for digest in found.models) or _NONE),
    ]
    return {
        "notice": notice,
        "facts": head,
        "reviewed": _method(found.reviewed, taxonomy, with_plots=True),
        "model": _method(found.model, taxonomy, with_plots=False),
        "films": [[slide, str(reference), str(own)] for slide, reference, own in found.films],
        "left_out": [list(row) for row in found.left_out],
    }


def summary_lines(found: MethodComparison, taxonomy: Taxonomy) -> tuple[tuple[str, str, str, str, str], ...]:
    """(class, bias, limits of agreement, slope, within counting error) of each class, as text."""
    rows = (_class_texts(c, taxonomy) for c in found.classes)
    return tuple((r["name"], r["bias"], r["limits"], r["slope"], r["within"]) for r in rows)


def blast_lines(found: MethodComparison) -> tuple[tuple[str, str, str, str, str], ...]:
    """(limit, positive films, sensitivity, other films, specificity) of each limit, as text."""
    rows = map(_blast_texts, found.blasts)
    return tuple((r["limit"], r["positive"], r["sensitivity"], r["negative"], r["specificity"]) for r in rows)


def _method(found: MethodComparison, taxonomy: Taxonomy, *, with_plots: bool) -> dict[str, Any]:
    return {
        "classes": [_class_texts(c, taxonomy) | {"plots": _plots(c) if with_plots else None} for c in found.classes],
        "blasts": [_blast_texts(b) for b in found.blasts],
    }


def _class_texts(found: ClassComparison, taxonomy: Taxonomy) -> dict[str, Any]:
    agreement, line = found.agreement, found.line
    share = _NONE
    if found.is_leukocyte and found.film_count:
        share = f"{found.within_error} of {found.film_count} ({_percent_interval(found.within_interval)})"
    return {
        "name": taxonomy.cell_class(found.key).name,
        "bias": f"{_signed(agreement.bias)} ({_interval(agreement.bias_interval, _signed)})" if agreement else _NONE,
        "limits": f"{_signed(agreement.lower)} to {_signed(agreement.upper)}" if agreement else _NONE,
        "slope": f"{_plain(line.slope)} ({_interval(line.slope_interval, _plain)})" if line else _NONE,
        "within": share,
    }


def _blast_texts(found: BlastDetection) -> dict[str, str]:
    return {
        "limit": f"{found.limit_percent:g} %",
        "positive": str(found.positive),
        "sensitivity": _share(found.found, found.positive, found.sensitivity_interval),
        "negative": str(found.negative),
        "specificity": _share(found.clear, found.negative, found.specificity_interval),
    }


def _share(part: int, whole: int, interval: Interval) -> str:
    if not whole:
        return _NONE
    return f"{100 * part / whole:.1f} % ({part} of {whole}; {_percent_interval(interval)})"


def _percent_interval(interval: Interval) -> str:
    return f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %"


def _interval(interval: Interval, form: Callable[[float], str]) -> str:
    return f"{form(interval.low)} to {form(interval.high)}"


def _plain(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # + 0.0: no negative zero


def _signed(value: float) -> str:
    rounded = round(value, 2) + 0.0
    return f"{rounded:+.2f}".replace("-", "−") if rounded else "0.00"


def _plots(found: ClassComparison) -> dict[str, Any] | None:
    """Points, lines and frames of both plots, in %; None for a class that neither method ever saw."""
    top = max((value for point in found.points for value in point), default=0.0)
    if top <= 0:
        return None
    high = _rounded_up(1.05 * top)
    if found.is_leukocyte:
        high = min(high, 100)
    lines: list[list[Any]] = [[0, 0, high, high, "grey"]]
    if (fit := found.line) is not None and (piece := _clipped(fit.slope, fit.intercept, high)):
        lines.append([*piece, "main"])
    means = [[(x + y) / 2, y - x] for x, y in found.points]
    largest = max(abs(difference) for _, difference in means)
    difference_lines: list[list[Any]] = [[0, 0, high, 0, "grey"]]
    if (agreement := found.agreement) is not None:
        largest = max(largest, abs(agreement.lower), abs(agreement.upper))
        difference_lines += [
            [0, agreement.bias, high, agreement.bias, "main"],
            [0, agreement.lower, high, agreement.lower, "dashed"],
            [0, agreement.upper, high, agreement.upper, "dashed"],
        ]
    limit = _rounded_up(1.1 * largest) if largest else 1.0
    return {
        "points": [list(point) for point in found.points],
        "low": [0, 0],
        "high": [high, high],
        "lines": lines,
        "differences": means,
        "difference_low": [0, -limit],
        "difference_high": [high, limit],
        "difference_lines": difference_lines,
    }


def _clipped(slope: float, intercept: float, high: float) -> list[float] | None:
    """Part of a line inside the square from 0 to `high`; None when it does not cross it."""
    ends = [(x, slope * x + intercept) for x in (0.0, high)]
    if slope:
        ends += [((y - intercept) / slope, y) for y in (0.0, high)]
    margin = 1e-9 * high
    inside = sorted({(x, y) for x, y in ends if -margin <= x <= high + margin and -margin <= y <= high + margin})
    return [*inside[0], *inside[-1]] if len(inside) > 1 else None


def _rounded_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, … at or above a positive value."""
    step = 10.0**-2
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step if factor * step < 1 else round(factor * step)
        step *= 10
