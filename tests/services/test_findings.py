"""Findings of a film through a review session, the files of an analysis and the joined films of a patient."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace

import jsonschema
import pytest

from leukview.core.paths import resources_dir
from leukview.domain.alerts import parse_alert_rules
from leukview.domain.findings import FINDINGS, FindingLimits, PatientRates
from leukview.domain.prediction import Measurement, Prediction, StageProbabilities, class_probabilities
from leukview.domain.review.events import SECOND_READING
from leukview.domain.taxonomy import Taxonomy
from leukview.services.export.slide_json import slide_summary_json
from leukview.services.export.slide_record import SlideRecord
from leukview.services.export.slide_tables import cells_csv
from leukview.services.review.patient_tally import PatientTally, count_slide
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells

BUNDLE = "b" * 64
RATES = PatientRates(found=21, ill=22, false=3, well=60)
LIMITS = tuple(FindingLimits(key, -1.0, 1.0, RATES, RATES) for key in FINDINGS)


def typed_prediction(taxonomy: Taxonomy, lineage: str, malignant: float, apl: float, lymphoid: float) -> Prediction:
    """A prediction of a model with both trees."""
    lineages = ("blast", "immature_granulocyte", "neutrophil", "lymphoid")
    stages = (
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.98, 0.02)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
        StageProbabilities("lineage", lineages, tuple(0.91 if c == lineage else 0.03 for c in lineages)),
        StageProbabilities("granulopoiesis", ("promyelocyte", "abnormal_promyelocyte", "myelocyte"), (0.1, 0.8, 0.1)),
        StageProbabilities("neutrophil", ("band", "segmented"), (0.5, 0.5)),
        StageProbabilities("lymphoid", ("lymphocyte", "variant_lymphocyte"), (0.8, 0.2)),
        StageProbabilities("apl", ("other_aml", "apl"), (1 - apl, apl)),
        StageProbabilities("lymphoid_neoplasm", ("other", "lymphoid_neoplasm"), (1 - lymphoid, lymphoid)),
    )
    composed = class_probabilities(taxonomy, stages)
    best = max(composed, key=composed.__getitem__)
    return Prediction(BUNDLE, "s", stages, best, best, composed[best], None, Measurement(100, 50))


def open_film(
    taxonomy: Taxonomy, apl: float = 0.97, blasts: int = 12, benign: int = 30, reading: int = 1, slide: str = "S-TEST"
) -> ReviewSession:
    slides = MemorySlideStore(make_cells(blasts + benign, slide))
    for number, cell in enumerate(slides.cells(slide)):
        slides.saved_predictions[cell.id] = (
            typed_prediction(taxonomy, "immature_granulocyte", 0.9, apl, 0.01)
            if number < blasts
            else typed_prediction(taxonomy, "lymphoid", 0.02, 0.5, 0.02)
        )
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    limits: Callable[[str], tuple[FindingLimits, ...]] = lambda bundle: LIMITS if bundle == BUNDLE else ()  # noqa: E731
    return ReviewSession(slides, MemoryReviewLog(), taxonomy, rules, slide, "Dr. A", reading, limits_of=limits)


def zones(session: ReviewSession) -> dict[str, str]:
    return {found.finding.key: found.finding.zone for found in session.view.findings}


def test_that_a_film_of_abnormal_promyelocytes_rings_as_apl_and_names_its_cells(taxonomy: Taxonomy):
    session = open_film(taxonomy)
    assert zones(session) == {"acute_leukaemia": "suspicious", "apl": "suspicious", "lymphoid_neoplasm": "none"}
    alerts = {a.rule.key: a for a in session.view.alerts}
    assert {"apl_suspicious", "acute_leukaemia_suspicious", "blasts"} <= set(alerts)
    assert not {"apl", "apl_not_assessable"} & set(alerts), "the finding replaces the mean score"
    assert alerts["apl_suspicious"].cell_ids == tuple(v.cell.id for v in session.view.cells[:12])
    assert alerts["apl_suspicious"].rule.severity == "emergency"
    assert "95 % (77–100)" in alerts["apl_suspicious"].message
    assert session.view.cells[0].label == "abnormal_promyelocyte"


def test_that_nothing_a_reviewer_does_lowers_what_rang(taxonomy: Taxonomy):
    session = open_film(taxonomy)
    before = session.view.findings
    every = [v.cell.id for v in session.view.cells]
    view = session.override(every, "segmented_neutrophil")
    assert [f.finding.zone for f in view.findings] == [f.finding.zone for f in before]
    assert view.findings[1].finding.score == before[1].finding.score
    assert "apl_suspicious" in {a.rule.key for a in view.alerts}


def test_that_an_abnormal_promyelocyte_named_by_a_reviewer_raises_a_calm_film(taxonomy: Taxonomy):
    session = open_film(taxonomy, apl=0.02)
    assert zones(session)["apl"] == "none"
    view = session.override([session.view.cells[0].cell.id], "abnormal_promyelocyte")
    raised = next(f.finding for f in view.findings if f.finding.key == "apl")
    assert (raised.zone, raised.raised_by_review) == ("grey", True)
    assert "apl_not_excluded" in {a.rule.key for a in view.alerts}
    calm = session.undo()
    assert next(f.finding.zone for f in calm.findings if f.finding.key == "apl") == "none"


def test_that_a_film_without_a_malignant_looking_cell_cannot_be_assessed_for_apl(taxonomy: Taxonomy):
    assert zones(open_film(taxonomy, blasts=0))["apl"] == "not_assessable"


def test_that_a_blinded_second_reader_sees_no_finding(taxonomy: Taxonomy):
    session = open_film(taxonomy)
    builder = session._open._view_builder
    blind = type(builder)(
        tuple(v.cell for v in session.view.cells),
        builder.predictions,
        {},
        taxonomy,
        (),
        SECOND_READING,
        lambda _bundle: LIMITS,
    ).build(session.view.slide, session.events)
    assert blind.findings == ()


def test_that_a_model_without_limits_has_no_findings_and_keeps_the_old_rules(taxonomy: Taxonomy):
    session = open_film(taxonomy)
    old = ReviewSession(session._open._slides, session._open._log, taxonomy, session.view.rules, "S-TEST", "Dr. A")
    assert old.view.findings == ()
    assert "apl" in {a.rule.key for a in old.view.alerts}
    assert not any(a.rule.conditions[0].measure == "finding" for a in old.view.alerts)


def test_that_a_sites_own_rules_without_findings_keep_their_apl_alert(taxonomy: Taxonomy):
    session = open_film(taxonomy)
    own = tuple(r for r in session.view.rules if r.conditions[0].measure != "finding")
    assert "apl" in {a.rule.key for a in replace(session.view, rules=own).alerts}


def test_that_the_films_of_a_patient_are_pooled_and_one_that_rang_keeps_ringing(taxonomy: Taxonomy):
    lean, calm = open_film(taxonomy, blasts=2, slide="S-ONE"), open_film(taxonomy, apl=0.01, slide="S-TWO")
    rich = open_film(taxonomy, blasts=3, slide="S-THREE")
    both = PatientTally.from_slides(lean.view, [count_slide(rich.view)], blind=False).findings
    alone = {f.finding.key: f.finding.score.score for f in lean.view.findings}
    apl = next(f for f in both if f.finding.key == "apl")
    assert apl.finding.score.score > alone["apl"], "five typical cells weigh more than two"
    assert len(apl.cell_ids) == 5
    joined = PatientTally.from_slides(open_film(taxonomy).view, [count_slide(calm.view)], blind=False).findings
    assert next(f.finding.zone for f in joined if f.finding.key == "apl") == "suspicious"
    assert PatientTally.from_slides(lean.view, [count_slide(rich.view)], blind=True).findings == ()


@pytest.fixture
def record(taxonomy: Taxonomy) -> SlideRecord:
    session = open_film(taxonomy)
    return SlideRecord(session.view, session.events, (0, ""), "2026-05-01T10:00:00+02:00")


def test_that_the_summary_holds_the_findings_and_fits_its_schema(record: SlideRecord):
    summary = json.loads(json.dumps(slide_summary_json(record)))
    schema = json.loads((resources_dir() / "schemas" / "slide.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(summary, schema)
    assert [f["key"] for f in summary["findings"]] == ["acute_leukaemia", "apl", "lymphoid_neoplasm"]
    apl = summary["findings"][1]
    assert (apl["zone"], apl["limits"]) == ("suspicious", {"grey": -1.0, "suspicious": 1.0})
    assert apl["sensitivity"]["grey"]["patients"] == 22
    assert apl["sensitivity"]["grey"]["interval_95"][0] == pytest.approx(RATES.sensitivity.low, abs=1e-4)
    assert apl["specificity"]["suspicious"]["value"] == pytest.approx(57 / 60)
    assert apl["cells"] > 5


def test_that_the_table_of_cells_has_a_column_for_every_leaf_of_the_types(record: SlideRecord, taxonomy: Taxonomy):
    rows = list(csv.DictReader(io.StringIO(cells_csv(record, {}))))
    leaves = [f"p_{leaf.key}" for leaf in taxonomy.type_leaves]
    columns = list(rows[0])
    assert [c for c in columns if c in leaves] == leaves
    assert float(rows[0]["p_abnormal_promyelocyte"]) == pytest.approx(0.98 * 0.91 * 0.8, abs=1e-5)
    assert rows[0]["p_prolymphocyte"] == "", "the model has no such output"
    assert (float(rows[0]["p_malignant"]), float(rows[0]["p_apl"]), float(rows[0]["p_lymphoid"])) == (0.9, 0.97, 0.01)
    assert rows[0]["class"] == "abnormal_promyelocyte"
