"""A slide as HL7 v2.5.1, read back by another library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview import RESEARCH_USE_LINE
from leukview.bootstrap.site_config import load_loinc_terms, load_taxonomy
from leukview.domain.slide import Slide
from leukview.interop.hl7v2 import Hl7Writer, escape, escape_truncated, format_hl7_time
from leukview.services.export.slide_record import PatientIdentity, SlideRecord
from tests.support.workstation import ORDER, PATIENT, Workstation, write_export


def write_message(record: SlideRecord) -> str:
    return Hl7Writer(load_loinc_terms(load_taxonomy())).write(record)


def obx_rows(message: hl7.Message) -> list[tuple[str, str, str, str]]:
    """(type, code, sub-id, value) of each OBX."""
    return [(str(x[2]), str(x[3][0][0]), str(x[4]), str(x[5])) for x in message.segments("OBX")]


def check_against_record(record: SlideRecord, message: str) -> None:
    """Hold the numbers of a message, as another library reads them, against the database's."""
    found = obx_rows(hl7.parse(message))
    for number, line in enumerate((*record.differential_lines, record.blast_line), 1):
        own = {code: value for _, code, sub, value in found if sub == str(number)}
        main = next(value for kind, code, sub, value in found if sub == str(number))
        assert float(main) == (line.percent if line.counted else line.per_100_wbc)
        assert int(own["count"]) == line.count
        released = record.view.review.signature is not None
        assert own.get("model-count") == (None if released else str(line.model_count))
        if line.counted:
            _, low, dash, high = own["interval-95"].split("^")
            assert (float(low), dash, float(high)) == (line.low, "-", line.high)
            assert float(own["absolute-count"]) == pytest.approx(line.absolute_per_nl, abs=1e-6)
    plain = {code: value for _, code, _, value in found}
    assert int(plain["leukocytes-counted"]) == record.view.shown_tally.leukocyte_count


def test_that_another_library_reads_the_numbers_of_the_database(record: SlideRecord):
    message = write_message(record)
    check_against_record(record, message)
    plain = {code: value for _, code, _, value in obx_rows(hl7.parse(message))}
    assert plain["model-sha256"] == "b" * 64
    assert (int(plain["review-log-event"]), plain["review-log-sha256"]) == record.log_head


def test_that_codes_are_loincs_beside_ours(record: SlideRecord):
    message = hl7.parse(write_message(record))
    coded = {str(x[3][0][3]): str(x[3][0][0]) for x in message.segments("OBX") if len(x[3][0]) > 3}
    assert coded["segmented_neutrophil"] == "32200-8"  # some cells are the model's: no manual count
    assert all(len(str(x[3][0][0])) <= 20 for x in message.segments("OBX"))  # CE.1


def test_that_the_status_follows_the_slide_and_the_signer_stands_in_it(here: Workstation, reviewed: Slide):
    session = here.session(reviewed)

    def status() -> set[str]:
        message = hl7.parse(write_message(here.workbench.slide_exporter.make_record(session)))
        return {str(message.segment("OBR")[25]), *(str(x[11]) for x in message.segments("OBX"))}

    assert status() == {"P"}
    session.sign("Chen & Sons", "Reviewed")
    assert status() == {"F"}
    signer = hl7.parse(write_message(here.workbench.slide_exporter.make_record(session))).segment("OBR")[32]
    assert str(signer) == "&Chen \\T\\ Sons"
    session.reopen("wrong")
    session.sign("Chen", "Amended")
    assert status() == {"C"}


def test_that_every_class_and_alert_says_that_it_is_for_research(record: SlideRecord):
    lines = write_message(record).split("\r")
    for at, line in enumerate(lines):
        if line.startswith("OBR") or "^LN^" in line or (line.startswith("OBX") and "|alert^" in line):
            assert lines[at + 1] == f"NTE|1||{RESEARCH_USE_LINE}"


def test_that_names_and_comments_leave_only_when_asked_for(here: Workstation, reviewed: Slide):
    exchange, session = here.workbench.slide_exporter, here.session(reviewed)
    plain = write_message(exchange.make_record(session))
    for secret in ("Anna", "Müller", ORDER, "House", "second line"):
        assert secret not in plain
    message = hl7.parse(write_message(exchange.make_record(session, include_names=True, include_comments=True)))
    assert message.unescape(str(message.segment("PID")[5][0][0])) == PATIENT
    assert str(message.segment("OBR")[2]) == ORDER
    notes = [message.unescape(str(n[3])) for n in message.segments("NTE")]
    assert {"Anna Müller ^~&|\\ 患者", "second line", "Called: Dr. House, ward 3"} <= set(notes)


def test_that_the_message_says_its_kind_and_letters(record: SlideRecord):
    text = write_message(record)
    message = hl7.parse(text)
    assert text.endswith("\r")
    assert "\n" not in text
    assert str(message.segment("MSH")[9]) == "ORU^R01^ORU_R01"
    assert (str(message.segment("MSH")[12]), str(message.segment("MSH")[18])) == ("2.5.1", "UNICODE UTF-8")


def test_that_times_carry_their_zone():
    assert format_hl7_time("2026-01-31T14:05:06+08:00") == "20260131140506+0800"


def code_of(here: Workstation, slide: Slide, class_key: str) -> str:
    message = hl7.parse(write_message(here.workbench.slide_exporter.make_record(here.session(slide))))
    found = {str(x[3][0][3]): str(x[3][0][0]) for x in message.segments("OBX") if len(x[3][0]) > 3}
    return found[class_key]


def methods(here: Workstation, slide: Slide) -> set[str]:
    message = hl7.parse(write_message(here.workbench.slide_exporter.make_record(here.session(slide))))
    return {str(x[17][0][0]) for x in message.segments("OBX")}


def test_that_only_a_slide_labelled_cell_by_cell_by_a_person_is_a_manual_count(here: Workstation, reviewed: Slide):
    assert code_of(here, reviewed, "lymphocyte") == "26478-8"
    assert methods(here, reviewed) == {"method-assisted"}
    session = here.session(reviewed)
    session.override([v.cell.id for v in session.view.cells if not v.reviewed], "lymphocyte")
    assert code_of(here, reviewed, "lymphocyte") == "737-7"
    assert methods(here, reviewed) == {"method-manual"}


def test_that_counts_of_the_model_alone_say_so(here: Workstation, tmp_path: Path):
    slide = here.import_slide(write_export(tmp_path / "other"))
    message = write_message(here.workbench.slide_exporter.make_record(here.session(slide)))
    assert "Manual count" not in message
    assert methods(here, slide) == {"method-model"}


def test_that_a_class_and_its_finer_classes_are_one_sum_and_what_nobody_has_is_not_sent(
    here: Workstation, reviewed: Slide
):
    session = here.session(reviewed)
    cells = [v.cell.id for v in session.view.cells]
    session.override(cells[:2], "band_neutrophil")
    session.override(cells[2:6], "segmented_neutrophil")
    session.override(cells[6:7], "aml")
    session.override(cells[7:], "lymphocyte")
    session.sign("Chen", "Reviewed")
    message = hl7.parse(write_message(here.workbench.slide_exporter.make_record(session)))
    shares = {str(x[3][0][3]): float(str(x[5])) for x in message.segments("OBX") if len(x[3][0]) > 3}
    n = len(cells)
    assert shares["neutrophil"] == pytest.approx(600 / n, abs=1e-3)
    assert shares["band_neutrophil"] == pytest.approx(200 / n, abs=1e-3)
    assert shares["segmented_neutrophil"] == pytest.approx(400 / n, abs=1e-3)
    assert shares["blast"] == pytest.approx(100 / n, abs=1e-3)
    assert set(shares) == {"neutrophil", "band_neutrophil", "segmented_neutrophil", "blast", "lymphocyte"}
    codes = {code for _, code, _, _ in obx_rows(message)}
    assert "model-count" not in codes  # only what a person released is final


LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from("^|~&\\ 王梅")
TEXTS = st.text(alphabet=LETTERS, min_size=1, max_size=30).map(str.strip).filter(bool)


@pytest.mark.parametrize(("name", "order"), [("Müller^Anna|~&\\ 王梅", "\\F\\ ^"), ("&\\.br\\", "~|")])
def test_that_names_come_through(record: SlideRecord, name: str, order: str):
    message = hl7.parse(write_message(replace(record, identity=PatientIdentity(name, order))))
    assert message.unescape(str(message.segment("PID")[5][0][0])) == name
    assert message.unescape(str(message.segment("OBR")[2])) == order


@given(text=TEXTS, more=TEXTS)
def test_that_another_library_reads_any_text_back(text: str, more: str):
    message = hl7.parse(f"MSH|^~\\&|A\rPID|1||{escape(text)}^{escape(more)}\r")
    first, second = message.segment("PID")[3][0]
    assert [message.unescape(str(part)) for part in (first, second)] == [text, more]


def test_that_a_long_alert_is_cut_in_its_field_and_whole_in_a_note(here: Workstation, reviewed: Slide):
    session = here.session(reviewed)
    record = here.workbench.slide_exporter.make_record(session)
    (first, *others), long = record.view.alerts, "APL & more | " * 40
    view = replace(record.view)
    view.__dict__["alerts"] = (replace(first, message=long), *others)
    message = hl7.parse(write_message(replace(record, view=view)))
    value = next(v for _, code, sub, v in obx_rows(message) if (code, sub) == ("alert", "A1"))
    assert len(value) <= 199
    assert message.unescape(value)[:20] == long[:20]
    assert long.strip() in [message.unescape(str(n[3])) for n in message.segments("NTE")]


@given(st.text(alphabet="a|&\\ ", min_size=0, max_size=60), st.integers(20, 30))
def test_that_a_cut_never_parts_an_escape(text: str, most: int):
    short = escape_truncated(text, most)
    assert len(short) <= most + 1
    assert escape(text).startswith(short.removesuffix("…"))


@given(st.text())
def test_that_nothing_in_a_text_can_end_its_field(text: str):
    assert not set(escape(text)) & set("|^~&\r\n")
