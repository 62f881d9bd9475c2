"""Orders from HL7 messages: recorded once, never joined with another patient's without a person."""

from __future__ import annotations

import logging
from contextlib import suppress

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import LeukViewError
from leukview.domain.exchange.incoming import ItemState
from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.domain.exchange.outbox import AnswerCode
from leukview.domain.slide import Slide
from leukview.interop.hl7_orders import answer_text, decode_message, format_time, read_header, read_orders
from leukview.services.exchange.inbox import InboxService
from tests.support.lab_messages import order_message
from tests.support.workstation import ORDER, Workstation


@pytest.fixture
def inbox(here: Workstation) -> InboxService:
    return here.workbench.exchange.inbox


def answer_of(inbox: InboxService, data: bytes) -> tuple[str, str, str]:
    """Code, control id and reason, as another library reads them."""
    answer = hl7.parse(inbox.receive_hl7(data).decode())
    acknowledgement = answer.segment("MSA")
    return str(acknowledgement[1]), str(acknowledgement[2]), str(acknowledgement[3])


@pytest.mark.parametrize("kind", ["OML^O33^OML_O33", "ORM^O01", "OML^O21^OML_O21"])
def test_that_an_order_is_recorded_with_all_its_details(inbox: InboxService, kind: str):
    assert answer_of(inbox, order_message(kind=kind)) == ("AA", "M1", "")
    (item,) = inbox.items()
    assert item.order == LabOrder(
        order_number=ORDER,
        filler_number=f"F-{ORDER}",
        specimen_number="" if kind.startswith("ORM") else "T-1",
        collected_at="2026-12-01T07:15:00",
        patient=PatientDetails("4711", "Müller", "Anna", "1956-12-31", "F"),
        ward="Ward 3 12 2",
        requester="House Gregory",
    )
    assert item.state is ItemState.RECORDED


def test_that_the_slide_of_an_order_is_found_and_its_result_carries_the_order(
    here: Workstation, reviewed: Slide, inbox: InboxService
):
    inbox.receive_hl7(order_message())
    order = inbox.order_of_slide(reviewed.id)
    assert order is not None
    assert order.patient.family_name == "Müller"
    here.session(reviewed).sign("Chen", "Reviewed")
    results = here.workbench.exchange.results
    results.queue_slide(reviewed.id)
    message = hl7.parse(results.message_text(results.entries()[0].control_id))
    patient, request = message.segment("PID"), message.segment("OBR")
    assert str(patient[3][0][0]) == "4711"
    assert [str(patient[n]) for n in (5, 7, 8)] == ["Müller^Anna^^^^^L", "19561231", "F"]
    assert [str(request[n]) for n in (2, 3, 7)] == [ORDER, f"F-{ORDER}", "20261201071500"]
    assert str(message.segment("PV1")[3]) == "Ward 3 12 2"


def test_that_the_same_message_is_acknowledged_again_and_recorded_once(inbox: InboxService):
    assert answer_of(inbox, order_message())[0] == "AA"
    assert answer_of(inbox, order_message())[0] == "AA"
    assert len(inbox.items()) == 1


def test_that_a_later_message_adds_details_and_a_cancellation(inbox: InboxService):
    inbox.receive_hl7(order_message("M1", birth=""))
    inbox.receive_hl7(order_message("M2", name=""))
    inbox.receive_hl7(order_message("M3", action="CA"))
    order = inbox._book.order(ORDER)
    assert order is not None
    assert (order.patient.birth_date, order.patient.family_name, order.is_cancelled) == ("1956-12-31", "Müller", True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"patient": "4712"}, "number"),
        ({"name": "Meier^Anna"}, "family_name"),
        ({"birth": "19570101"}, "birth_date"),
        ({"sex": "M"}, "sex"),
        ({"name": "Meier^Anna", "order": "other", "specimen": "T-9"}, "family_name"),  # another name of the same number
        ({"patient": "4712", "name": "Meier^Otto", "order": "other"}, "number"),  # the same tube
    ],
)
def test_that_a_contradicting_identity_waits_for_a_person(inbox: InboxService, change: dict[str, str], field: str):
    inbox.receive_hl7(order_message("M1"))
    code, _, reason = answer_of(inbox, order_message("M2", **change))
    assert code == "AA"
    assert "person decides" in reason
    (item,) = inbox.items(only_undecided=True)
    assert field in item.contradictions
    order = inbox._book.order(ORDER)
    assert order is not None
    assert order.patient == PatientDetails("4711", "Müller", "Anna", "1956-12-31", "F")  # unchanged


def test_that_a_year_or_an_unknown_sex_contradicts_nothing(inbox: InboxService):
    inbox.receive_hl7(order_message("M1"))
    inbox.receive_hl7(order_message("M2", birth="1956", sex="U", name="MÜLLER^anna"))
    assert inbox.items(only_undecided=True) == ()


@pytest.mark.parametrize("accept", [True, False])
def test_that_a_person_decides_once(inbox: InboxService, accept: bool):
    inbox.receive_hl7(order_message("M1"))
    inbox.receive_hl7(order_message("M2", name="Meier^Anna"))
    (item,) = inbox.items(only_undecided=True)
    inbox.decide(item.key, "Dr. Chen", accept=accept)
    order = inbox._book.order(ORDER)
    assert order is not None
    assert order.patient.family_name == ("Meier" if accept else "Müller")
    assert inbox.items(only_undecided=True) == ()
    assert inbox.items()[0].decided_by == "Dr. Chen"
    with pytest.raises(LeukViewError, match="decided already"):
        inbox.decide(item.key, "Dr. Chen", accept=True)


@pytest.mark.parametrize(
    ("data", "code", "error"),
    [
        (order_message(kind="ADT^A01"), "AR", "200"),
        (order_message().replace(b"|P|2.5.1", b"|T|2.5.1"), "AR", "202"),
        (order_message().replace(b"PID|", b"ZID|"), "AE", "101"),
        (order_message().replace(b"ORC|", b"ZRC|"), "AE", "101"),
        (order_message(order="", specimen=""), "AE", "101"),
        (order_message().replace(b"UNICODE UTF-8", b"8859/99"), "AE", "101"),
        (b"hello\r", "AE", "101"),
        (b"", "AE", "101"),
        ("Müller".encode("latin-1"), "AE", "101"),
    ],
)
def test_that_what_cannot_be_used_is_refused_with_a_reason_and_listed(
    inbox: InboxService, data: bytes, code: str, error: str
):
    answer = hl7.parse(inbox.receive_hl7(data).decode())
    assert str(answer.segment("MSA")[1]) == code
    assert str(answer.segment("ERR")[3][0][0]) == error
    (item,) = inbox.items()
    assert item.state is ItemState.REFUSED
    assert item.reason


def test_that_a_database_that_cannot_be_written_asks_the_sender_to_come_again(
    inbox: InboxService, monkeypatch: pytest.MonkeyPatch
):
    from leukview.core.errors import StoreError

    def fail(*_: object) -> bool:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(inbox._book, "note", fail)
    answer = hl7.parse(inbox.receive_hl7(order_message()).decode())
    assert (str(answer.segment("MSA")[1]), str(answer.segment("ERR")[3][0][0])) == ("AE", "207")
    monkeypatch.undo()
    assert answer_of(inbox, order_message())[0] == "AA"
    assert len(inbox.items()) == 1


@pytest.mark.parametrize(("named", "encoding"), [("8859/1", "latin-1"), ("GB 18030-2000", "gb18030")])
def test_that_other_character_sets_are_read(inbox: InboxService, named: str, encoding: str):
    text = order_message().decode().replace("UNICODE UTF-8", named)
    assert answer_of(inbox, text.encode(encoding))[0] == "AA"
    (item,) = inbox.items()
    assert item.order is not None
    assert item.order.patient.family_name == "Müller"


def test_that_escaped_separators_are_read(inbox: InboxService):
    inbox.receive_hl7(order_message(name="M\\T\\S\\F\\Co^An\\S\\na"))
    (item,) = inbox.items()
    assert item.order is not None
    assert (item.order.patient.family_name, item.order.patient.given_name) == ("M&S|Co", "An^na")


def test_that_names_in_a_faulty_message_do_not_reach_the_log(inbox: InboxService, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    inbox.receive_hl7(order_message(name="M\\Z\\üller\\Xzz\\^An\\.br\\na\\X4D\\"))
    inbox.receive_hl7(order_message("M2", name="Müller^Anna").replace(b"ORC|", b"\\Z\\|"))
    (item,) = [i for i in inbox.items() if i.order]
    assert item.order is not None
    assert (item.order.patient.family_name, item.order.patient.given_name) == ("Müller", "An naM")
    assert "ller" not in caplog.text


def test_that_two_patients_in_one_message_are_refused(inbox: InboxService):
    both = order_message() + b"PID|2||4712^^^Haem^MR||Meier^Otto\rORC|NW|other\r"
    assert answer_of(inbox, both)[0] == "AE"
    assert inbox._book.order(ORDER) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20261201", "2026-12-01"),
        ("2026", "2026"),
        ("202612", "2026-12"),
        ("202612010715", "2026-12-01T07:15:00"),
        ("20261201071500.123+0100", "2026-12-01T07:15:00+01:00"),
        ("20261301", ""),
        ("20260230", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_that_times_are_as_exact_as_given(text: str, iso: str):
    assert format_time(text) == iso


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_that_no_bytes_raise_anything_but_a_value_error(data: bytes):
    with suppress(ValueError):
        read_orders(read_header(decode_message(data)))
    answer = answer_text(data.decode("utf-8", "replace"), AnswerCode.ERROR, "no")
    assert str(hl7.parse(answer).segment("MSA")[1]) == "AE"


@given(st.data())
def test_that_a_damaged_order_is_read_or_refused(data: st.DataObject):
    message = bytearray(order_message())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(message) - 1))
        message[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    try:
        orders = read_orders(read_header(decode_message(bytes(message))))
    except ValueError:
        return
    assert all(order.numbers for order in orders)
