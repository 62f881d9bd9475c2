"""Alerts of a whole film."""

from __future__ import annotations

import pytest

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.alerts import SEVERITIES, Alert, AlertCondition, AlertRule, evaluate_alerts, parse_alert_rules
from leukview.domain.prediction import Measurement, Prediction
from leukview.domain.site_classes import add_site_classes
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
    assert "99 % of the validation cells" in alert.message


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


def shipped_alerts(
    taxonomy: Taxonomy,
    labels: dict[str, str],
    predictions: dict[str, Prediction] | None = None,
    reviewed: frozenset[str] = frozenset(),
) -> dict[str, Alert]:
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    return {a.rule.key: a for a in evaluate_alerts(rules, taxonomy, labels, predictions or {}, reviewed=reviewed)}


def numbered_labels(**counts: int) -> dict[str, str]:
    return {f"{key}{i}": key for key, count in counts.items() for i in range(count)}


def test_that_a_class_of_the_site_counts_with_its_parent(taxonomy):
    own = '[[classes]]\nkey = "own_blast"\nparent = "blast"\n\n[[classes]]\nkey = "tiny_blast"\nparent = "own_blast"\n'
    found = shipped_alerts(add_site_classes(taxonomy, own), numbered_labels(blast=1, own_blast=2, tiny_blast=1))
    assert len(found["blasts"].cell_ids) == 4
    assert found["blasts"].message.startswith("Blast-like cells: 4 (")


def test_that_promyelocytes_are_told_apart_from_blasts_and_abnormal_ones_are_not(taxonomy):
    found = shipped_alerts(taxonomy, numbered_labels(lymphocyte=97, promyelocyte=3))
    assert "blasts" not in found
    assert found["promyelocytes"].message.startswith("Promyelocytes: 3 (3.0 % of leukocytes)")
    assert len(shipped_alerts(taxonomy, numbered_labels(abnormal_promyelocyte=2))["blasts"].cell_ids) == 2


def test_that_an_abnormal_promyelocyte_named_by_a_person_is_an_emergency(taxonomy):
    labels = numbered_labels(lymphocyte=100, abnormal_promyelocyte=2)
    assert "abnormal_promyelocytes" not in shipped_alerts(taxonomy, labels)
    alert = shipped_alerts(taxonomy, labels, reviewed=frozenset({"abnormal_promyelocyte1"}))["abnormal_promyelocytes"]
    assert (alert.rule.severity, alert.cell_ids) == ("emergency", ("abnormal_promyelocyte1",))


@pytest.mark.parametrize(("count", "key"), [(4, "nrbc"), (5, "nrbc_high"), (78, "nrbc_high")])
def test_that_erythroblasts_are_high_and_acknowledged_from_five_per_100(taxonomy, count, key):
    found = shipped_alerts(taxonomy, numbered_labels(lymphocyte=100, erythroblast=count))
    assert set(found) & {"nrbc", "nrbc_high"} == {key}
    assert found[key].rule.must_acknowledge == (key == "nrbc_high")
    assert f"{count}.0 per 100 WBC" in found[key].message


@pytest.mark.parametrize(
    ("unidentified", "key"), [(9, None), (12, "unidentified_share"), (99, "unidentified_share"), (100, "not_valid")]
)
def test_that_too_many_unidentified_cells_make_the_differential_invalid(taxonomy, unidentified, key):
    labels = numbered_labels(lymphocyte=100, erythroblast=300, unidentified=unidentified)
    found = set(shipped_alerts(taxonomy, labels)) & {"unidentified_share", "not_valid"}
    assert found == ({key} if key else set())
