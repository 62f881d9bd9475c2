"""A slide as FHIR R4, read back by another library and held against the schema that HL7 publishes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from leukview import RESEARCH_USE_LINE
from leukview.bootstrap.site_config import load_loinc_terms, load_taxonomy
from leukview.core.errors import LeukViewError
from leukview.domain.slide import Slide
from leukview.interop.fhir import FhirWriter, _sanitise
from leukview.interop.loinc import LOINC_SYSTEM
from leukview.services.export.slide_record import PatientIdentity, SlideRecord
from tests.support.workstation import ORDER, PATIENT, Workstation, write_export

SCHEMA = Draft6Validator(json.loads((Path(__file__).parent / "fhir-r4.schema.json").read_text(encoding="utf-8")))


def write_bundle(record: SlideRecord) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(FhirWriter(load_loinc_terms(load_taxonomy())).write(record))
    assert [error.message for error in SCHEMA.iter_errors(body)] == []
    return body


def parse_bundle(body: dict[str, Any]) -> list[Any]:
    bundle: Any = Bundle.model_validate(body)  # every field of its models may be None: a wrong one fails the test
    return [entry.resource for entry in bundle.entry]


def observations(resources: list[Any]) -> dict[str, Any]:
    """By the code of LeukView's own system, which stands last."""
    found = [r for r in resources if r.get_resource_type() == "Observation"]
    return {o.code.coding[-1].code: o for o in found}


def component_by_code(observation: Any, code: str) -> Any:
    return next(c for c in observation.component if c.code.coding[0].code == code)


def check_against_record(record: SlideRecord, body: dict[str, Any]) -> None:
    """Hold a bundle against HL7's schema, and its numbers, as another library reads them, against the database's."""
    assert [error.message for error in SCHEMA.iter_errors(body)] == []
    found = observations(parse_bundle(body))
    for line in (*record.differential_lines, record.blast_line):
        observation = found[line.key]
        expected = line.percent if line.counted else line.per_100_wbc
        assert float(observation.valueQuantity.value) == expected
        assert observation.valueQuantity.code == ("%" if line.counted else "/100{WBCs}")
        assert component_by_code(observation, "count").valueInteger == line.count
        released = record.view.review.signature is not None
        shown = [c.valueInteger for c in observation.component if c.code.coding[0].code == "model-count"]
        assert shown == ([] if released else [line.model_count])
        if line.counted:
            ends = component_by_code(observation, "exact-interval-95").valueRange
            assert (float(ends.low.value), float(ends.high.value)) == (line.low, line.high)
            assert float(component_by_code(observation, "absolute-count").valueQuantity.value) == pytest.approx(
                line.absolute_per_nl, abs=1e-6
            )
    assert found["leukocytes-counted"].valueInteger == record.view.shown_tally.leukocyte_count


def test_that_another_library_reads_the_numbers_of_the_database(record: SlideRecord):
    assert len(record.differential_lines) >= 4
    check_against_record(record, write_bundle(record))


def test_that_classes_carry_loinc_codes_and_those_without_one_only_ours(record: SlideRecord):
    found = observations(parse_bundle(write_bundle(record)))
    neutrophil = found["segmented_neutrophil"].code.coding
    assert (neutrophil[0].system, neutrophil[0].code) == (LOINC_SYSTEM, "32200-8")
    assert [c.system for c in found["blasts_and_equivalents"].code.coding] == ["urn:leukview:term"]


def test_that_the_method_and_the_code_say_how_the_count_was_made(here: Workstation, reviewed: Slide):
    session = here.session(reviewed)

    def found() -> tuple[str, str, str]:
        one = observations(parse_bundle(write_bundle(here.workbench.slide_exporter.make_record(session))))["lymphocyte"]
        return one.method.coding[0].code, one.code.coding[0].code, one.code.coding[0].display

    assert found() == ("method-assisted", "26478-8", "Lymphocytes/Leukocytes in Blood")
    session.override([v.cell.id for v in session.view.cells if not v.reviewed], "lymphocyte")
    assert found() == ("method-manual", "737-7", "Lymphocytes/Leukocytes in Blood by Manual count")


def test_that_finer_classes_are_counted_in_their_class_and_the_models_counts_are_not_released(
    here: Workstation, reviewed: Slide
):
    session = here.session(reviewed)
    cells = [v.cell.id for v in session.view.cells]
    session.override(cells[:3], "segmented_neutrophil")
    session.override(cells[3:4], "metamyelocyte")
    session.override(cells[4:5], "giant_platelet")
    session.override(cells[5:], "lymphocyte")
    session.sign("Chen", "Reviewed")
    record = here.workbench.slide_exporter.make_record(session)
    body = write_bundle(record)
    check_against_record(record, body)
    values = {key: o.valueQuantity.value for key, o in observations(parse_bundle(body)).items() if o.valueQuantity}
    assert values["neutrophil"] == values["segmented_neutrophil"] > 0
    assert values["immature_granulocyte"] == values["metamyelocyte"] > 0
    assert values["platelet"] == values["giant_platelet"] > 0
    assert "model-count" not in json.dumps(body)
    assert "monocyte" not in values


def test_that_every_result_says_that_it_is_for_research(record: SlideRecord):
    report, *others = parse_bundle(write_bundle(record))
    assert RESEARCH_USE_LINE in report.conclusion
    assert RESEARCH_USE_LINE in report.text.div
    for resource in others:
        if resource.get_resource_type() == "Observation":
            assert RESEARCH_USE_LINE in [note.text for note in resource.note]


def test_that_alerts_signature_model_and_log_go_with_it(here: Workstation, reviewed: Slide):
    session = here.session(reviewed)
    session.sign("Dr. Chen 陈", "Reviewed")
    record = here.workbench.slide_exporter.make_record(session)
    resources = parse_bundle(write_bundle(record))
    report, provenance = resources[0], resources[-1]
    assert report.status == "final"
    assert [p.display for p in report.resultsInterpreter] == ["Dr. Chen 陈"]
    assert provenance.entity[0].what.identifier.value == here.workbench.review_log.head()[1] == record.log_head[1]
    assert any("Dr. Chen 陈" in (a.who.display or "") for a in provenance.agent)
    device = next(r for r in resources if r.get_resource_type() == "Device")
    assert [i.value for i in device.identifier] == ["b" * 64]
    found = observations(resources)
    for alert in record.view.alerts:
        assert found[f"alert-{alert.rule.key}"].valueString == alert.message


def test_that_the_status_follows_the_slide(here: Workstation, reviewed: Slide):
    session = here.session(reviewed)

    def status() -> set[str]:
        resources = parse_bundle(write_bundle(here.workbench.slide_exporter.make_record(session)))
        return {r.status for r in resources if r.get_resource_type() in {"DiagnosticReport", "Observation"}}

    assert status() == {"preliminary"}
    session.sign("Chen", "Reviewed")
    assert status() == {"final"}
    session.reopen("a cell was wrong")
    assert status() == {"preliminary"}
    session.sign("Chen", "Amended")
    assert status() == {"corrected"}
    session.withdraw("another patient's film", may_amend=True)
    assert status() == {"entered-in-error"}


def test_that_names_and_comments_leave_only_when_asked_for(here: Workstation, reviewed: Slide):
    exchange, session = here.workbench.slide_exporter, here.session(reviewed)
    plain = json.dumps(write_bundle(exchange.make_record(session)), ensure_ascii=False)
    for secret in ("Anna", "Müller", ORDER, "House", "second line"):
        assert secret not in plain
    named = json.dumps(
        write_bundle(exchange.make_record(session, include_names=True, include_comments=True)), ensure_ascii=False
    )
    for told in (PATIENT, ORDER, "House", "second line"):
        assert told in named


def test_that_a_slide_that_nobody_analysed_says_that_no_leukocyte_was_counted(here: Workstation, tmp_path: Path):
    slide = here.import_slide(write_export(tmp_path / "other"), analyse=False)
    found = observations(parse_bundle(write_bundle(here.workbench.slide_exporter.make_record(here.session(slide)))))
    assert found["blasts_and_equivalents"].valueQuantity is None
    assert found["blasts_and_equivalents"].dataAbsentReason.text == "No leukocyte was counted."


def test_that_names_come_through(record: SlideRecord):
    name = "Müller^Anna <b>&amp; 王梅 \u202e"
    patient = next(
        r
        for r in parse_bundle(write_bundle(replace(record, identity=PatientIdentity(name, ""))))
        if r.get_resource_type() == "Patient"
    )
    assert patient.name[0].text == name


@given(st.text())
def test_that_any_text_becomes_one_that_fhir_admits(text: str):
    plain = _sanitise({"a": [text]})
    assert isinstance(plain, dict)
    assert all(letter in " \n" or not letter.isspace() for letter in plain["a"][0])
    if text.isprintable():
        assert plain == {"a": [text]}


def test_that_a_bundle_that_is_not_valid_is_not_written(record: SlideRecord, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "leukview.interop.fhir._BundleBuilder.build", lambda _self: {"resourceType": "Bundle", "type": 3}
    )
    with pytest.raises(LeukViewError, match="not valid"):
        FhirWriter(load_loinc_terms(load_taxonomy())).write(record)
