"""Alerts of a whole film."""

from __future__ import annotations

import pytest

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.alerts import SEVERITIES, Alert, AlertCondition, AlertRule, evaluate_alerts, parse_alert_rules
from leukview.domain.prediction import Measurement, Prediction
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return parse_taxonomy((resources_dir() / "taxonomy.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rule(taxonomy) -> AlertRule:
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    return next(r for r in rules if r.key == "strange_stain")


def slide_predictions(*stain_scores: float | None) -> dict[str, Prediction]:
    """Lymphocytes whose colours lie so far from those of the training cells."""
    measured = Measurement(100, 50, touches_border=False)
    return {
        f"cell{i}": Prediction("b", "s", (), "lymphocyte", "lymphocyte", 0.9, None, measured, stain_ood_score=f)
        for i, f in enumerate(stain_scores)
    }


def fired_alerts(rule: AlertRule, taxonomy: Taxonomy, predictions: dict[str, Prediction]) -> tuple[Alert, ...]:
    return evaluate_alerts([rule], taxonomy, dict.fromkeys(predictions, "lymphocyte"), predictions)


def test_that_a_film_of_a_strange_stain_is_warned_of_with_the_cells_that_are_strange(rule, taxonomy):
    [alert] = fired_alerts(rule, taxonomy, slide_predictions(*[0.99] * 15, *[0.4] * 10))
    assert alert.cell_ids == tuple(f"cell{i}" for i in range(15))
    assert "99 % of validation cells" in alert.message


def test_that_single_strange_cells_few_cells_and_unmeasured_cells_warn_of_nothing(rule, taxonomy):
    assert not fired_alerts(rule, taxonomy, slide_predictions(*[0.99] * 10, *[0.4] * 15))
    assert not fired_alerts(rule, taxonomy, slide_predictions(*[0.99] * 19))
    assert not fired_alerts(rule, taxonomy, slide_predictions(*[0.99] * 19, *[None] * 30))


def test_that_the_gravest_alert_leads_whatever_the_order_of_the_rules(taxonomy):
    def counting(key: str, severity: str) -> AlertRule:
        return AlertRule(key, key, "{count}", severity, True, (AlertCondition("count", 1, ("blast",)),))

    rules = [counting(severity, severity) for severity in reversed(SEVERITIES)]
    assert [a.rule.key for a in evaluate_alerts(rules, taxonomy, {"x": "blast"}, {})] == list(SEVERITIES)


def test_that_a_rule_of_unknown_severity_is_refused(taxonomy):
    text = (resources_dir() / "alerts.toml").read_text(encoding="utf-8").replace('"emergency"', '"dire"', 1)
    with pytest.raises(LeukViewError, match="unknown word dire"):
        parse_alert_rules(text, taxonomy)


def test_that_a_caveat_goes_with_the_sentence_where_there_is_no_room_beside_it(taxonomy):
    rules = {
        r.key: r for r in parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    }
    assert "ISLH" in rules["apl"].caveat
    assert "ISLH" not in rules["apl"].message_template
    assert Alert(rules["apl"], "Call now.", ()).full_message == f"Call now. {rules['apl'].caveat}"
    assert Alert(rules["smudge"], "Many.", ()).full_message == "Many."
