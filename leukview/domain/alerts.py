"""Alert rules are data (``resources/alerts.toml``); an alert names the cells that fired it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message, MessageList
from leukview.domain.prediction import Prediction
from leukview.domain.taxonomy import Taxonomy

ALERT_MEASURES = frozenset(
    {
        "count",
        "share",
        "per_100_wbc",
        "fewer_leukocytes",
        "p_apl",
        "few_for_apl",
        "flag_share",
        "median_stain_unlikeness",
        "all",
    }
)
SEVERITIES = ("emergency", "high", "medium", "low")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class AlertCondition:
    """One comparison: `measure` over `classes` (or `flag`) reaches `at_least`."""

    measure: str
    threshold: float
    classes: tuple[str, ...] = ()
    flag: str = ""
    min_cells: int = 1


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A named rule; fires when each of its conditions holds."""

    key: str
    title: str
    message_template: str
    severity: str
    must_acknowledge: bool
    conditions: tuple[AlertCondition, ...]
    caveat: str = ""  # how far the rule can be trusted, said beside the sentence


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fired, with its sentence and the cells that fired it."""

    rule: AlertRule
    message: str
    cell_ids: tuple[str, ...]

    @property
    def full_message(self) -> str:
        """The sentence with its caveat."""
        return MessageList([text for text in (self.message, self.rule.caveat) if text], " ")


def parse_alert_rules(text: str, taxonomy: Taxonomy) -> tuple[AlertRule, ...]:
    """Read ``alerts.toml``.

    Raises:
        LeukViewError: A key is missing, or a measure, class or severity is unknown.
    """
    try:
        rules = tuple(
            AlertRule(
                r["key"],
                r["title"],
                r["text"],
                r["severity"],
                r["acknowledge"],
                tuple(_parse_condition(c) for c in (r["conditions"] if r["measure"] == "all" else [r])),
                str(r.get("caveat", "")),
            )
            for r in tomllib.loads(text)["rules"]
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise LeukViewError(Message("The alert rules cannot be read: {reason}.", reason=error)) from error
    known = {c.key for c in taxonomy.classes}
    for rule in rules:
        words = {rule.severity} - set(SEVERITIES)
        for condition in rule.conditions:
            unknown = [*words, *(set(condition.classes) - known), *({condition.measure} - ALERT_MEASURES)]
            if unknown:
                raise LeukViewError(
                    Message(
                        "The alert rule “{rule}” uses the unknown word {names}.",
                        rule=rule.key,
                        names=", ".join(sorted(unknown)),
                    )
                )
    return rules


def _parse_condition(raw: Mapping[str, object]) -> AlertCondition:
    classes = raw.get("classes", ())
    return AlertCondition(
        measure=str(raw["measure"]),
        threshold=float(raw["at_least"]),  # type: ignore[arg-type]
        classes=tuple(str(c) for c in classes) if isinstance(classes, list | tuple) else (),
        flag=str(raw.get("flag", "")),
        min_cells=int(raw.get("min_cells", 1)),  # type: ignore[call-overload]
    )


def evaluate_alerts(
    rules: Sequence[AlertRule],
    taxonomy: Taxonomy,
    labels: Mapping[str, str],
    predictions: Mapping[str, Prediction],
) -> tuple[Alert, ...]:
    """The alerts of a slide, the gravest first, else in the order of the rules.

    Args:
        rules: From `parse_rules`.
        taxonomy: Says which classes are leukocytes and blasts.
        labels: Cell id → shown class key.
        predictions: Cell id → the model's opinion; a cell without one is absent.
    """
    alerts = []
    leukocytes = sum(taxonomy.cell_class(label).is_leukocyte for label in labels.values())
    for rule in rules:
        hits = [_evaluate_condition(c, taxonomy, labels, predictions, leukocytes) for c in rule.conditions]
        if all(hit is not None for hit in hits):
            cells = tuple(dict.fromkeys(cell for hit in hits if hit for cell in hit[1]))
            value = next(hit[0] for hit in hits if hit)
            count = leukocytes if rule.conditions[0].measure == "fewer_leukocytes" else len(cells)
            percent = f"{100.0 * count / leukocytes:.1f} %" if leukocytes else "n/a"
            alerts.append(Alert(rule, Message(rule.message_template, count=count, value=value, percent=percent), cells))
    return tuple(sorted(alerts, key=lambda alert: SEVERITIES.index(alert.rule.severity)))


def _evaluate_condition(
    condition: AlertCondition,
    taxonomy: Taxonomy,
    labels: Mapping[str, str],
    predictions: Mapping[str, Prediction],
    leukocytes: int,
) -> tuple[str, tuple[str, ...]] | None:
    """The measured value in words and the cells behind it; None when the condition does not hold."""
    cells = tuple(cell for cell, label in labels.items() if label in condition.classes)
    match condition.measure:
        case "count":
            value, words = float(len(cells)), str(len(cells))
        case "share":
            value = len(cells) / leukocytes if leukocytes else 0.0
            words = f"{100.0 * value:.1f} %"
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
            cells, value = apl_evidence(taxonomy, labels, predictions)
            if len(cells) < condition.min_cells:
                return None
            words = f"{value:.2f}"
    return (words, cells) if value >= condition.threshold else None


def apl_evidence(
    taxonomy: Taxonomy, labels: Mapping[str, str], predictions: Mapping[str, Prediction]
) -> tuple[tuple[str, ...], float]:
    """Malignant-looking cells with an APL score and the mean of their scores (0.0 when there is none)."""
    scores = {
        cell: score
        for cell, label in labels.items()
        if cell in predictions
        and (taxonomy.cell_class(label).is_blast or taxonomy.cell_class(label).is_blast_equivalent)
        and (score := predictions[cell].probability("apl", "apl")) is not None
    }
    return tuple(scores), (sum(scores.values()) / len(scores) if scores else 0.0)
