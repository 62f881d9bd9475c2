"""Alert rules (``resources/alerts.toml``) and their evaluation on a slide."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message, MessageList
from leukview.core.strict_files import parse_toml, structure
from leukview.domain.binomial import Interval
from leukview.domain.film_evidence import FilmFinding
from leukview.domain.findings import FINDINGS
from leukview.domain.prediction import Prediction
from leukview.domain.taxonomy import Taxonomy

ALERT_MEASURES = frozenset(
    {
        "count",
        "share",
        "share_of_cells",
        "likely",
        "named",
        "per_100_wbc",
        "fewer_leukocytes",
        "p_apl",
        "few_for_apl",
        "finding",
        "flag_share",
        "median_stain_unlikeness",
        "all",
    }
)
_TEMPLATE_FIELDS = frozenset({"count", "value", "percent", "sensitivity", "specificity"})
ALERT_ZONES = frozenset({"grey", "suspicious"})
SEVERITIES = ("emergency", "high", "medium", "low")
"""The most severe first."""


@dataclass(frozen=True, slots=True)
class AlertCondition:
    """One comparison: `measure` over `classes` (or `flag`) reaches `threshold`.

    Attributes:
        measure: One of `ALERT_MEASURES`.
        threshold: Threshold; for ``fewer_leukocytes`` and ``few_for_apl`` the condition holds below it.
        classes: Class keys of the cells that are counted, each with its finer classes, the site's own among them.
        likely: For ``likely``: of these cells, those are counted whose most probable class is one of these.
        flag: For ``flag_share``: the flag that is counted.
        finding: For ``finding``: key of the finding.
        zone: For ``finding``: the condition holds in this zone, ``grey`` or ``suspicious``.
        min_cells: With fewer cells to evaluate, the conditions on the APL score, the stain and the share of cells do
            not hold.
        below: The condition holds below this value only; None = no upper limit.
    """

    measure: str
    threshold: float
    classes: tuple[str, ...] = ()
    flag: str = ""
    min_cells: int = 1
    finding: str = ""
    zone: str = ""
    likely: tuple[str, ...] = ()
    below: float | None = None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A named rule that fires when all its conditions hold.

    Attributes:
        key: As stored in acknowledgements.
        title: Short name.
        message_template: Template of the message with the fields ``count``, ``value`` and ``percent``.
        severity: One of `SEVERITIES`.
        must_acknowledge: Whether the alert must be acknowledged.
        conditions: All must hold.
        caveat: How far the rule can be trusted, shown after the message; may be empty.
        short_title: For narrow places such as the worklist; "" = the title.
        report_template: Template of the message in the report, whose reader is not the reviewer; "" = as on the screen.
    """

    key: str
    title: str
    message_template: str
    severity: str
    must_acknowledge: bool
    conditions: tuple[AlertCondition, ...]
    caveat: str = ""
    short_title: str = ""
    report_template: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fired.

    Attributes:
        message: Sentence with the measured values.
        cell_ids: The cells that fired it.
        report_message: The sentence for the reader of the report; "" = `message`.
        figure: The measured value alone, as text; "" where it says nothing without its sentence.
    """

    rule: AlertRule
    message: str
    cell_ids: tuple[str, ...]
    figure: str = ""
    report_message: str = ""

    @property
    def full_message(self) -> str:
        """The message followed by the rule's caveat."""
        return MessageList([text for text in (self.message, self.rule.caveat) if text], " ")


@dataclass(frozen=True, slots=True)
class _ConditionEntry:
    """A condition as ``alerts.toml`` has it."""

    measure: str
    at_least: float | None = None
    classes: tuple[str, ...] = ()
    flag: str = ""
    min_cells: int = 1
    finding: str = ""
    zone: str = ""
    likely: tuple[str, ...] = ()
    below: float | None = None


@dataclass(frozen=True, slots=True)
class _RuleEntry:
    """A rule as ``alerts.toml`` has it; with ``measure = "all"`` its conditions are listed."""

    key: str
    title: str
    text: str
    severity: str
    acknowledge: bool
    measure: str
    at_least: float | None = None
    classes: tuple[str, ...] = ()
    flag: str = ""
    min_cells: int = 1
    finding: str = ""
    zone: str = ""
    likely: tuple[str, ...] = ()
    below: float | None = None
    conditions: tuple[_ConditionEntry, ...] = ()
    caveat: str = ""
    short: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True)
class _RulesFile:
    """The contents of ``alerts.toml``."""

    rules: tuple[_RuleEntry, ...]
    version: int = 1


def parse_alert_rules(text: str, taxonomy: Taxonomy) -> tuple[AlertRule, ...]:
    """Read ``alerts.toml``.

    Raises:
        LeukViewError: A key is missing or unknown, a value has another type, or a measure, class, severity or field
            of a message is unknown.
    """
    try:
        entries = structure(parse_toml(text), _RulesFile).rules
        rules = tuple(
            AlertRule(
                e.key,
                e.title,
                _checked_template(e),
                e.severity,
                e.acknowledge,
                _conditions(e),
                e.caveat,
                e.short,
                e.report,
            )
            for e in entries
        )
    except ValueError as error:
        raise LeukViewError(
            Message("The alert rules cannot be read: {reason}.", reason=error), "Correct or remove alerts.toml."
        ) from error
    known = {c.key for c in taxonomy.classes}
    for rule in rules:
        words = {rule.severity} - set(SEVERITIES)
        for condition in rule.conditions:
            unknown = [
                *words,
                *({*condition.classes, *condition.likely} - known),
                *({condition.measure} - ALERT_MEASURES),
            ]
            if condition.measure == "finding":
                unknown += [*({condition.finding} - set(FINDINGS)), *({condition.zone} - ALERT_ZONES)]
            if unknown:
                raise LeukViewError(
                    Message(
                        "The alert rule “{rule}” uses the unknown word {names}.",
                        rule=rule.key,
                        names=", ".join(sorted(unknown)),
                    )
                )
    return rules


def _checked_template(entry: _RuleEntry) -> str:
    """The message's template; `ValueError` when it holds an unknown field."""
    for text in (entry.text, entry.report):
        for _, name, form, conversion in string.Formatter().parse(text):
            if name is not None and (name not in _TEMPLATE_FIELDS or form or conversion):
                raise ValueError(f"the text of “{entry.key}” has the unknown field '{name}'")
    return entry.text


def _conditions(entry: _RuleEntry) -> tuple[AlertCondition, ...]:
    if entry.measure == "all":
        if not entry.conditions or entry.at_least is not None:
            raise ValueError(f"the rule “{entry.key}” of the measure “all” needs conditions, and no limit of its own")
        return tuple(_condition(c, entry.key) for c in entry.conditions)
    if entry.conditions:
        raise ValueError(f"the rule “{entry.key}” needs at_least, and conditions only with the measure “all”")
    return (_condition(entry, entry.key),)


def _condition(entry: _RuleEntry | _ConditionEntry, rule: str) -> AlertCondition:
    if (entry.measure == "finding") == (entry.at_least is not None):
        raise ValueError(f"the rule “{rule}” needs at_least, or the measure “finding” with finding and zone")
    limit = 0.0 if entry.at_least is None else entry.at_least
    if (entry.measure == "likely") != bool(entry.likely):
        raise ValueError(f"the rule “{rule}” needs likely with the measure “likely”, and only there")
    return AlertCondition(
        entry.measure,
        limit,
        entry.classes,
        entry.flag,
        entry.min_cells,
        finding=entry.finding,
        zone=entry.zone,
        likely=entry.likely,
        below=entry.below,
    )


def evaluate_alerts(
    rules: Sequence[AlertRule],
    taxonomy: Taxonomy,
    labels: Mapping[str, str],
    predictions: Mapping[str, Prediction],
    findings: Sequence[FilmFinding] = (),
    reviewed: Collection[str] = (),
) -> tuple[Alert, ...]:
    """Evaluate the rules on a slide.

    Where the model has a finding of APL with limits of its own and a rule asks for it, the rules on the mean APL score
    do not apply. An alert on the mean APL score that the model's own labels raised stays, with both values.

    Args:
        rules: From `parse_alert_rules`.
        taxonomy: Defines which classes are leukocytes and blasts.
        labels: Cell id → shown class key.
        predictions: Cell id → prediction; a cell without one is absent.
        findings: Of the slide; empty when the model has none.
        reviewed: Ids of the cells on which a person decided.

    Returns:
        The alerts, the most severe first and otherwise in the order of the rules.
    """
    alerts = []
    leukocytes = sum(taxonomy.cell_class(label).is_leukocyte for label in labels.values())
    for rule in _applicable(rules, findings):
        if rule.conditions[0].measure == "finding":
            alerts += _finding_alerts(rule, findings)
            continue
        hits = [_evaluate_condition(c, taxonomy, labels, predictions, leukocytes, reviewed) for c in rule.conditions]
        if all(hit is not None for hit in hits):
            cells = tuple(dict.fromkeys(cell for hit in hits if hit for cell in hit[1]))
            value = next(hit[0] for hit in hits if hit)
            count = leukocytes if rule.conditions[0].measure == "fewer_leukocytes" else len(cells)
            percent = f"{100.0 * count / leukocytes:.1f} %" if leukocytes else "n/a"
            values = {"count": count, "value": value, "percent": percent}
            text = Message(rule.message_template, **values)
            reported = Message(rule.report_template, **values) if rule.report_template else ""
            figure = percent if rule.conditions[0].measure == "count" and leukocytes else value
            alerts.append(Alert(rule, text, cells, figure, reported))
    return tuple(sorted(alerts, key=lambda alert: SEVERITIES.index(alert.rule.severity)))


def _applicable(rules: Sequence[AlertRule], findings: Sequence[FilmFinding]) -> list[AlertRule]:
    assessed = {found.finding.key for found in findings}
    asked = {c.finding for rule in rules for c in rule.conditions if c.measure == "finding"}
    replaced = {"p_apl", "few_for_apl"} if "apl" in assessed & asked else set()
    return [rule for rule in rules if not replaced & {c.measure for c in rule.conditions}]


def _finding_alerts(rule: AlertRule, findings: Sequence[FilmFinding]) -> list[Alert]:
    condition = rule.conditions[0]
    for found in findings:
        finding = found.finding
        if finding.key == condition.finding and finding.zone == condition.zone:
            rates = finding.limits.at_suspicious if finding.zone == "suspicious" else finding.limits.at_grey
            values = {
                "count": len(found.cell_ids),
                "value": f"{finding.score.score:.2f}",
                "sensitivity": _rate_text(rates.found, rates.ill, rates.sensitivity),
                "specificity": _rate_text(rates.well - rates.false, rates.well, rates.specificity),
            }
            reported = Message(rule.report_template, **values) if rule.report_template else ""
            return [Alert(rule, Message(rule.message_template, **values), found.cell_ids, report_message=reported)]
    return []


def _rate_text(part: int, whole: int, interval: Interval) -> str:
    return f"{100 * part / whole:.0f} % ({100 * interval.low:.0f}–{100 * interval.high:.0f})"


def _evaluate_condition(
    condition: AlertCondition,
    taxonomy: Taxonomy,
    labels: Mapping[str, str],
    predictions: Mapping[str, Prediction],
    leukocytes: int,
    reviewed: Collection[str],
) -> tuple[str, tuple[str, ...]] | None:
    """Evaluate one condition.

    Returns:
        The measured value as text and the cells it is based on; None when the condition does not hold.
    """
    counted = _with_finer_classes(taxonomy, condition.classes)
    cells = tuple(cell for cell, label in labels.items() if label in counted)
    match condition.measure:
        case "count":
            value, words = float(len(cells)), str(len(cells))
        case "share":
            value = len(cells) / leukocytes if leukocytes else 0.0
            words = f"{100.0 * value:.1f} %"
        case "named":
            cells = tuple(c for c in cells if c in reviewed)
            value, words = float(len(cells)), str(len(cells))
        case "share_of_cells":
            whole = leukocytes + sum(not taxonomy.cell_class(labels[cell]).is_leukocyte for cell in cells)
            if whole < condition.min_cells:
                return None
            value = len(cells) / whole if whole else 0.0
            words = f"{100.0 * value:.1f} %"
        case "likely":
            likely = _with_finer_classes(taxonomy, condition.likely)
            cells = tuple(c for c in cells if c in predictions and predictions[c].best in likely)
            value, words = float(len(cells)), str(len(cells))
        case "per_100_wbc":
            value = 100.0 * len(cells) / leukocytes if leukocytes else 0.0
            words = f"{value:.1f}"
        case "fewer_leukocytes":
            return (str(leukocytes), ()) if labels and leukocytes < condition.threshold else None
        case "few_for_apl":
            cells, _ = apl_evidence(taxonomy, labels, predictions)
            return (str(len(cells)), cells) if 0 < len(cells) < condition.threshold else None
        case "flag_share":
            cells = tuple(c for c in labels if c in predictions and condition.flag in predictions[c].flags)
            value = len(cells) / len(labels) if labels else 0.0
            words = f"{100.0 * value:.0f} %"
        case "median_stain_unlikeness":
            found = {
                c: p.stain_ood_score for c in labels if (p := predictions.get(c)) and p.stain_ood_score is not None
            }
            if len(found) < condition.min_cells:
                return None
            value = median(found.values())
            cells = tuple(c for c, far in found.items() if far >= condition.threshold)
            words = f"{100.0 * value:.0f} %"
        case _:
            return _evaluate_apl_score(condition, taxonomy, labels, predictions)
    within = condition.below is None or value < condition.below
    return (words, cells) if value >= condition.threshold and within else None


def _evaluate_apl_score(
    condition: AlertCondition, taxonomy: Taxonomy, labels: Mapping[str, str], predictions: Mapping[str, Prediction]
) -> tuple[str, tuple[str, ...]] | None:
    """The condition on the mean APL score; what the model's own labels raised stays whatever a reviewer labels."""
    cells, value = apl_evidence(taxonomy, labels, predictions)
    if len(cells) >= condition.min_cells and value >= condition.threshold:
        return f"{value:.2f}", cells
    own = {cell: predictions[cell].label for cell in labels if cell in predictions}
    first_cells, first = apl_evidence(taxonomy, own, predictions)
    if len(first_cells) < condition.min_cells or first < condition.threshold:
        return None
    now = f"{value:.2f}" if cells else "–"
    return Message("{now} (was {before})", now=now, before=f"{first:.2f}"), cells or first_cells


def _with_finer_classes(taxonomy: Taxonomy, classes: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*(taxonomy.class_and_parts(key) for key in classes))


def apl_evidence(
    taxonomy: Taxonomy, labels: Mapping[str, str], predictions: Mapping[str, Prediction]
) -> tuple[tuple[str, ...], float]:
    """Collect the blasts, blast equivalents and promyelocytes that have an APL score.

    A person who names further cells, as promyelocytes, never lowers the score: it is at least the mean of those cells
    that the model itself takes for blasts or equivalents.

    Returns:
        Their cell ids, and the mean of their scores (0..1; 0.0 when there are none).
    """

    def is_blast_like(key: str) -> bool:
        return taxonomy.cell_class(key).is_blast_like

    scores = {
        cell: score
        for cell, label in labels.items()
        if cell in predictions
        and is_blast_like(label)
        and (score := predictions[cell].probability("apl", "apl")) is not None
    }
    seen_by_model = [score for cell, score in scores.items() if is_blast_like(predictions[cell].label)]
    return tuple(scores), max((fmean(group) for group in (scores.values(), seen_by_model) if group), default=0.0)
