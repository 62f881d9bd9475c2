"""Signed results reach a receiver in another process, each once, whatever happens on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import hl7
import pytest

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.exchange.outbox import Answer, AnswerCode, DeliveryState, retry_delay
from leukview.domain.slide import Slide
from leukview.services.exchange.results import SendSummary
from tests.exchange.conftest import send_results_to
from tests.support.mllp_process import mllp_peer
from tests.support.workstation import ORDER, PATIENT, Workstation, open_workstation


def send(here: Workstation) -> SendSummary:
    results = here.workbench.exchange.results
    results.queue_released()
    return results.send_waiting(CancelToken(), null_reporter)


def skip_delays(here: Workstation) -> None:
    """As if the times until the next attempt were over."""
    results = here.workbench.exchange.results
    results._clock = lambda: datetime.now(UTC) + timedelta(hours=1)


def test_that_only_a_signed_result_is_sent_and_a_corrected_one_follows_it(
    here: Workstation, reviewed: Slide, tmp_path: Path
):
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        assert send(here) == SendSummary()
        session = here.session(reviewed)
        session.sign("Chen", "Reviewed")
        assert send(here) == SendSummary(delivered=1)
        assert send(here) == SendSummary()
        session.reopen("wrong")
        assert send(here) == SendSummary()
        session.sign("Chen", "Amended")
        assert send(here) == SendSummary(delivered=1)
        assert [(m["status"], m["slide"]) for m in peer.received] == [
            ("F", f"{reviewed.id}^LeukView"),
            ("C", f"{reviewed.id}^LeukView"),
        ]


def test_that_what_was_signed_before_sending_was_turned_on_is_sent_only_on_request(
    here: Workstation, reviewed: Slide, tmp_path: Path
):
    here.session(reviewed).sign("Chen", "Reviewed")
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        assert send(here) == SendSummary()
        assert here.workbench.exchange.results.queue_slide(reviewed.id)
        assert not here.workbench.exchange.results.queue_slide(reviewed.id)
        assert send(here) == SendSummary(delivered=1)


def test_that_the_message_carries_order_ranges_flags_and_header(here: Workstation, reviewed: Slide, tmp_path: Path):
    with mllp_peer(tmp_path) as peer:
        send_results_to(
            here, peer.port, receiving_application="LIS", receiving_facility="Haem", sending_facility="Lab 2"
        )
        here.session(reviewed).sign("Chen", "Reviewed")
        send(here)
    (entry,) = here.workbench.exchange.results.entries()
    message = hl7.parse(here.workbench.exchange.results.message_text(entry.control_id))
    header = message.segment("MSH")
    assert [str(header[n]) for n in (4, 5, 6, 10)] == ["Lab 2", "LIS", "Haem", entry.control_id]
    assert str(message.segment("OBR")[2]) == str(message.segment("ORC")[2]) == ORDER
    flags = {
        str(x[3][0][3]): (float(str(x[5])), str(x[7]), str(x[8])) for x in message.segments("OBX") if len(x[3][0]) > 3
    }
    value, limits, flag = flags["lymphocyte"]
    assert limits == "20-40"
    assert flag == ("H" if value > 40 else "L" if value < 20 else "N")


@pytest.mark.parametrize("names", [True, False])
def test_that_names_leave_only_where_the_site_wants_it_and_never_lie_in_plain_text(
    here: Workstation, reviewed: Slide, tmp_path: Path, names: bool
):
    with mllp_peer(tmp_path, error=1.0) as peer:
        send_results_to(here, peer.port, names=names)
        here.session(reviewed).sign("Chen", "Reviewed")
        assert send(here) == SendSummary(refused=1)
    (entry,) = here.workbench.exchange.results.entries()
    text = here.workbench.exchange.results.message_text(entry.control_id)
    assert ("Anna" in text) is names
    assert "Anna Müller" in entry.reason  # the receiver's own words
    for file in (tmp_path / "home").rglob("*.db*"):
        data = file.read_bytes()
        for word in ("Anna", PATIENT, ORDER, "unknown order"):
            assert word.encode() not in data or (file.name.startswith("leukview.db") and word == "Anna"), (file, word)
            if word == "Anna":  # the reviewer typed it into comments of the log; the message is not there
                assert b"ORU_R01" not in data


def test_that_a_dead_receiver_loses_nothing_and_is_left_alone_for_a_while(
    here: Workstation, reviewed: Slide, tmp_path: Path
):
    with mllp_peer(tmp_path) as peer:
        port = peer.port
    send_results_to(here, port)  # nobody listens any more
    here.session(reviewed).sign("Chen", "Reviewed")
    first = send(here)
    assert first.delivered == 0
    assert "cannot be reached" in first.problem
    assert here.workbench.exchange.results.retry_not_before() > datetime.now(UTC).isoformat()
    assert here.workbench.exchange.results.entries()[0].state is DeliveryState.WAITING
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        skip_delays(here)
        assert send(here) == SendSummary(delivered=1)
        assert len(peer.received) == 1


@pytest.mark.parametrize("fault", ["cut_after", "garbage", "silent"])
def test_that_a_message_whose_answer_was_lost_comes_again_under_its_control_id(
    here: Workstation, reviewed: Slide, tmp_path: Path, fault: str
):
    with mllp_peer(tmp_path, **{fault: 1.0}) as peer:
        send_results_to(here, peer.port)
        here.session(reviewed).sign("Chen", "Reviewed")
        assert send(here).problem
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        skip_delays(here)
        assert send(here) == SendSummary(delivered=1)
        assert len({(m["control"], m["sha256"]) for m in peer.received}) == 1
        assert len(peer.received) == 2


def test_that_the_outbox_survives_a_restart(here: Workstation, reviewed: Slide, tmp_path: Path):
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        here.session(reviewed).sign("Chen", "Reviewed")
        here.workbench.exchange.results.queue_released()
        with open_workstation(tmp_path / "home") as again:
            assert send(again) == SendSummary(delivered=1)
        assert send(here) == SendSummary()


def test_that_a_signature_is_queued_even_when_the_program_died_after_it(
    here: Workstation, reviewed: Slide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        here.session(reviewed).sign("Chen", "Reviewed")
        results = here.workbench.exchange.results

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(results._outbox, "mark_queued", die)
        with pytest.raises(KeyboardInterrupt):
            results.queue_released()
        with open_workstation(tmp_path / "home") as again:
            assert send(again) == SendSummary(delivered=1)
        assert len(peer.received) == 1


def test_that_two_processes_never_send_at_the_same_time(here: Workstation, reviewed: Slide, tmp_path: Path):
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        here.session(reviewed).sign("Chen", "Reviewed")
        here.workbench.exchange.results.queue_released()
        other = here.workbench.exchange.results._outbox
        now = datetime.now(UTC)
        assert other.acquire_lease("other process", now)
        assert send(here) == SendSummary(was_busy=True)
        skip_delays(here)  # the other one died: its lease expires
        assert send(here) == SendSummary(delivered=1)
        with pytest.raises(LeukViewError, match="Another LeukView"):
            other.claim_next("other process", now)
        assert len(peer.received) == 1


def test_that_a_refused_result_is_listed_with_its_reason_and_can_be_sent_again(
    here: Workstation, reviewed: Slide, tmp_path: Path
):
    with mllp_peer(tmp_path, reject=1.0) as peer:
        send_results_to(here, peer.port)
        here.session(reviewed).sign("Chen", "Reviewed")
        assert send(here) == SendSummary(refused=1)
        assert send(here) == SendSummary()
    (entry,) = here.workbench.exchange.results.entries()
    assert (entry.state, entry.answer, entry.reason) == (DeliveryState.REFUSED, "AR", "not for us")
    here.workbench.exchange.results.send_again((entry.control_id,))
    (tmp_path / "received.jsonl").unlink()
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        assert send(here) == SendSummary(delivered=1)
        assert [m["control"] for m in peer.received] == [entry.control_id]


def test_that_a_receiver_that_is_busy_gets_the_result_later(here: Workstation, reviewed: Slide, tmp_path: Path):
    with mllp_peer(tmp_path, busy=1.0) as peer:
        send_results_to(here, peer.port)
        here.session(reviewed).sign("Chen", "Reviewed")
        assert send(here) == SendSummary(refused=1)
        (entry,) = here.workbench.exchange.results.entries()
        assert entry.state is DeliveryState.WAITING


def test_that_a_withdrawn_result_is_posted_as_wrong_and_comes_back_as_a_correction(
    here: Workstation, reviewed: Slide, tmp_path: Path
):
    def statuses() -> tuple[str, set[str]]:
        results = here.workbench.exchange.results
        message = hl7.parse(results.message_text(results.entries()[0].control_id))
        return str(message.segment("OBR")[25]), {str(x[11]) for x in message.segments("OBX")}

    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        session = here.session(reviewed)
        session.sign("Chen", "Reviewed")
        assert send(here) == SendSummary(delivered=1)
        session.withdraw("another patient's film", may_amend=True)
        assert send(here) == SendSummary(delivered=1)
        assert statuses() == ("C", {"W"})
        session.withdraw("it was right", withdrawn=False, may_amend=True)
        assert send(here) == SendSummary(delivered=1)
        assert statuses() == ("C", {"C"})
        assert send(here) == SendSummary()
        assert [entry.status for entry in here.workbench.exchange.results.entries()] == ["C", "W", "F"]


def test_that_a_result_that_was_withdrawn_before_it_was_sent_stays_here(
    here: Workstation, reviewed: Slide, tmp_path: Path
):
    with mllp_peer(tmp_path) as peer:
        send_results_to(here, peer.port)
        session = here.session(reviewed)
        session.sign("Chen", "Reviewed")
        session.withdraw("another patient's film", may_amend=True)
        assert send(here) == SendSummary()
        session.withdraw("it was right", withdrawn=False, may_amend=True)
        assert send(here) == SendSummary(delivered=1)
        assert [m["status"] for m in peer.received] == ["F"]


def test_that_a_slides_messages_keep_their_order(here: Workstation, reviewed: Slide):
    outbox = here.workbench.exchange.results._outbox
    now = datetime.now(UTC)
    for number in (1, 2):
        assert outbox.add(reviewed.id, f"e{number}", "F", f"C{number}", "MSH|")
        assert outbox.add("S-OTHER", f"o{number}", "F", f"O{number}", "MSH|")
    assert outbox.acquire_lease("me", now)
    taken = [outbox.claim_next("me", now) for _ in range(3)]
    assert [m and m.entry.control_id for m in taken] == ["C1", "O1", None]  # the second ones wait for the first
    outbox.finish("C1", Answer(AnswerCode.ACCEPTED, "C1"), now)
    following = outbox.claim_next("me", now)
    assert following is not None
    assert following.entry.control_id == "C2"


def test_that_erasing_a_patient_takes_its_messages_along(here: Workstation, reviewed: Slide, tmp_path: Path):
    from leukview.storage.erasure import SqlEraser

    send_results_to(here, 9)
    here.session(reviewed).sign("Chen", "Reviewed")
    results = here.workbench.exchange.results
    results.queue_released()
    (entry,) = results.entries()
    store = here.slides
    SqlEraser(store._database, store._vault).erase([reviewed.id], reason="asked", reviewer="Dr. Chen 陈")
    assert results.entries() == ()
    assert results.message_text(entry.control_id) == ""


def test_that_delays_grow_up_to_ten_minutes():
    delays = [retry_delay(n).total_seconds() for n in (1, 2, 3, 8, 50)]
    assert delays == [5, 10, 20, 600, 600]
