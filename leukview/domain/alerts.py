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

MEASURES = frozenset(
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
class Condition:
    """One comparison: `measure` over `classes` (or `flag`) reaches `at_least`."""

    measure: str
    at_least: float
    classes: tuple[str, ...] = ()
    flag: str = ""
    min_cells: int = 1


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A named rule; fires when each of its conditions holds."""

    key: str
    title: str
    text: str
    severity: str
    acknowledge: bool
    conditions: tuple[Condition, ...]
    caveat: str = ""  # how far the rule can be trusted, said beside the sentence


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fired, with its sentence and the cells that fired it."""

    rule: AlertRule
    message: str
    cells: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The sentence with its caveat."""
        return MessageList([text for text in (self.message, self.rule.caveat) if text], " ")


def parse_rules(text: str, taxonomy: Taxonomy) -> tuple[AlertRule, ...]:
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
                tuple(_condition(c) for c in (r["conditions"] if r["measure"] == "all" else [r])),
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
            unknown = [*words, *(set(condition.classes) - known), *({condition.measure} - MEASURES)]
            if unknown:
                raise LeukViewError(
                    Message(
                        "The alert rule “{rule}” uses the unknown word {names}.",
                        rule=rule.key,
                        names=", ".join(sorted(unknown)),
                    )
                )
    return rules


def _condition(raw: Mapping[str, object]) -> Condition:
    classes = raw.get("classes", ())
    return Condition(
        measure=str(raw["measure"]),
        at_least=float(raw["at_least"]),  # type: ignore[arg-type]
        classes=tuple(str(c) for c in classes) if isinstance(classes, list | tuple) else (),
        flag=str(raw.get("flag", "")),
        min_cells=int(raw.get("min_cells", 1)),  # type: ignore[call-overload]
    )


def fired(
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
    leukocytes = sum(taxonomy.cell_class(label).counted for label in labels.values())
    for rule in rules:
        hits = [_evaluate(c, taxonomy, labels, predictions, leukocytes) for c in rule.conditions]
        if all(hit is not None for hit in hits):
            cells = tuple(dict.fromkeys(cell for hit in hits if hit for cell in hit[1]))
            value = next(hit[0] for hit in hits if hit)
            count = leukocytes if rule.conditions[0].measure == "fewer_leukocytes" else len(cells)
            percent = f"{100.0 * count / leukocytes:.1f} %" if leukocytes else "n/a"
            alerts.append(Alert(rule, Message(rule.text, count=count, value=value, percent=percent), cells))
    return tuple(sorted(alerts, key=lambda alert: SEVERITIES.index(alert.rule.severity)))


def _evaluate(
    condition: Condition,
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
            return (str(leukocytes), ()) if labels and leukocytes < condition.at_least else None
        case "few_for_apl":
            cells, _ = apl_evidence(taxonomy, labels, predictions)
            return (str(len(cells)), cells) if 0 < len(cells) < condition.at_least else None
        case "flag_share":
            cells = tuple(c for c in labels if c in predictions and condition.flag in predictions[c].flags)
            value = len(cells) / len(labels) if labels else 0.0
            words = f"{100.0 * value:.0f} %"
        case "median_stain_unlikeness":
            found = {
                c: p.stain_unlikeness for c in labels if (p := predictions.get(c)) and p.stain_unlikeness is not None
            }
            if len(found) < condition.min_cells:
                return None
            value = median(found.values())
            cells = tuple(c for c, far in found.items() if far >= condition.at_least)
            words = f"{100.0 * value:.0f} %"
        case _:
            cells, value = apl_evidence(taxonomy, labels, predictions)
            if len(cells) < condition.min_cells:
                return None
            words = f"{value:.2f}"
    return (words, cells) if value >= condition.at_least else None


def apl_evidence(
    taxonomy: Taxonomy, labels: Mapping[str, str], predictions: Mapping[str, Prediction]
) -> tuple[tuple[str, ...], float]:
    """Malignant-looking cells with an APL score and the mean of their scores (0.0 when there is none)."""
    scores = {
        cell: score
        for cell, label in labels.items()
        if cell in predictions
        and (taxonomy.cell_class(label).blast or taxonomy.cell_class(label).blast_equivalent)
        and (score := predictions[cell].p("apl", "apl")) is not None
    }
    return tuple(scores), (sum(scores.values()) / len(scores) if scores else 0.0)
