"""ASTM E1394 messages: strict reading, frames of E1381, queries, blood counts."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.exchange.blood_count import AnalyserFlag, CountValue, parse_number
from leukview.domain.exchange.orders import LabOrder, PatientDetails
from leukview.interop.astm import (
    checksum,
    decode_frames,
    encode_frames,
    make_record,
    parse_records,
    split_messages,
    write_records,
)
from leukview.interop.astm_counts import answer_query, read_astm
from leukview.interop.sysmex_table import read_table
from tests.support.lab_messages import xn_message, xn_table

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


def test_that_a_blood_count_of_the_analyser_is_read():
    (count,) = read_astm(xn_message()).counts
    assert (count.sample_number, count.measured_at, count.analyser) == ("20230417", "2026-12-01T07:42:00", "XN-1000")
    assert count.value("WBC") == CountValue("WBC", 6.8, "10*3/uL", "")
    assert count.value("HGB") == CountValue("HGB", 11.4, "g/dL", "L")
    assert count.value("NEUT#") == CountValue("NEUT#", None, "10*3/uL", "A")
    assert count.wbc_per_nl == 6.8
    assert count.flags == (
        AnalyserFlag("Neutropenia", None, is_raised=True),
        AnalyserFlag("Blasts/Abn Lympho?", 190, is_raised=True),
        AnalyserFlag("Left Shift?", 0, is_raised=False),
    )
    assert count.plots == ("2026_12_01_07_42_20230417_WDF.PNG",)


@pytest.mark.parametrize(("wbc", "mark"), [("----", "N"), ("6.80", "*"), ("6.80", "W"), ("-1", "N"), ("1e9", "N")])
def test_that_an_unreliable_white_cell_count_is_not_taken_over(wbc: str, mark: str):
    (count,) = read_astm(xn_message(wbc=wbc, mark=mark)).counts
    assert count.wbc_per_nl is None


def test_that_the_table_of_the_analyser_is_read():
    for separator in (",", ";", "\t"):
        first, second = read_table(
            xn_table(("S1", "6.80"), ("S2", "0.65*"), ("", "1"), ("QC-1", "7"), separator=separator)
        )
        assert (first.sample_number, first.measured_at, first.analyser) == ("S1", "2026-12-01T07:42:10", "XN-1000-1")
        assert (first.wbc_per_nl, second.wbc_per_nl) == (6.8, None)
        assert second.value("WBC") == CountValue("WBC", 0.65, "10^3/uL", "*")
        assert first.value("HGB") == CountValue("HGB", 11.4, "g/dL", "*")
        assert first.value("HFLC%") is not None
        assert {(f.name, f.score, f.is_raised) for f in first.flags} == {
            ("Blasts?", 120, True),
            ("Blasts/Abn Lympho?", 90, False),
            ("Neutropenia", None, True),
        }


@pytest.mark.parametrize("data", [b"", b"a,b\r\n1,2\r\n", b"\x00\x01", "Sample No.\n".encode("utf-16")])
def test_that_another_table_is_refused(data: bytes):
    with pytest.raises(ValueError, match=r"it has no column|it is no table|characters"):
        read_table(data)


@given(st.binary(max_size=400))
def test_that_no_table_raises_anything_but_a_value_error(data: bytes):
    with suppress(ValueError):
        read_table(b"Sample No.,Date,Time,WBC(10^3/uL),Q-Flag(Blasts?)\r\n" + data)


@given(
    st.lists(
        st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=3).map(
            lambda repeats: tuple(tuple(parts) for parts in repeats)
        ),
        max_size=6,
    )
)
def test_that_what_is_written_is_read_back(fields: list[tuple[tuple[str, ...], ...]]):
    comment = make_record("C", {2: "1"})
    comment = type(comment)("C", (*comment.fields, *fields))
    text = write_records((make_record("H", {2: "", 5: "LeukView"}), comment, make_record("L", {2: "1", 3: "N"})))
    assert parse_records(text)[1] == comment
    data = b"".join(encode_frames(text))
    assert decode_frames(b"\x05" + data + b"\x04").decode() == text


@given(st.text(max_size=200), st.data())
def test_that_no_text_raises_anything_but_a_value_error(noise: str, data: st.DataObject):
    message = xn_message()
    at = data.draw(st.integers(0, len(message)))
    for text in (noise, message[:at] + noise + message[at:], message[:at], f"H|\\^&{noise}\rL|1|N\r"):
        try:
            content = read_astm(text)
        except ValueError:
            continue
        assert all(count.sample_number for count in content.counts)


@given(st.integers(1, 400), st.integers(0, 255))
def test_that_a_damaged_frame_is_found(at: int, value: int):
    data = bytearray(b"".join(encode_frames(xn_message())))
    at %= len(data)
    if data[at] == value or chr(data[at]).lower() == chr(value).lower():
        return
    data[at] = value
    with suppress(ValueError):
        assert decode_frames(bytes(data)).decode("latin-1").rstrip("\r") == xn_message().rstrip("\r")


def test_that_a_frame_sent_twice_counts_once_and_a_missing_one_is_found():
    frames = encode_frames(xn_message())
    assert decode_frames(b"".join([frames[0], frames[0], *frames[1:]])).decode() == xn_message()
    with pytest.raises(ValueError, match="missing"):
        decode_frames(b"".join([*frames[:3], *frames[4:]]))
    assert checksum(b"1H|\\^&\r\x03") == b"E5"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("L|1|N", "C|1||"), "cut off"),
        (("P|1", "R|1"), "belongs to no order"),
        (("O|1", "X|1"), "is no record"),
        (("R|2", "R|1"), "does not rise"),
        (("R|2", "R|two"), "sequence number"),
        (("H|\\^&", "H|||&"), "four delimiters"),
        (("H|\\^&", "Q|\\^&"), "begin with a header"),
        (("3^4^               20230417^B", "3^4^^B"), "no sample number"),
    ],
)
def test_that_a_faulty_message_is_refused_with_a_reason(change: tuple[str, str], reason: str):
    with pytest.raises(ValueError, match=reason):
        read_astm(xn_message().replace(*change, 1))


def test_that_queries_are_answered_with_the_order():
    query = "H|\\^&|||XN\rQ|1|3^4^          T-1^B||ALL||||||||N\rL|1|N\r"
    assert read_astm(query).queries == ["T-1"]
    patient = PatientDetails("4711", "Müller", "An^na", "1956-12-31", "F")
    order = LabOrder("A-1", "", "T-1", "2026-12-01T07:15:00", patient, "Ward 3")
    text = answer_query(("T-1",), (order,), datetime(2026, 12, 1, tzinfo=UTC))
    (read,) = read_astm(text).orders
    assert (read.specimen_number, read.patient, read.collected_at) == ("T-1", patient, "2026-12-01T07:15:00")
    assert parse_records(text)[-1].text(3) == "N"
    assert parse_records(answer_query(("T-2",), (order,), datetime(2026, 12, 1, tzinfo=UTC)))[-1].text(3) == "I"


def test_that_a_file_may_hold_several_messages():
    assert len(split_messages(xn_message("A") + xn_message("B"))) == 2


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_that_numbers_are_read_with_point_and_comma(number: float):
    assert parse_number(f"{number:.3f}") == parse_number(f"{number:.3f}".replace(".", ",")) == float(f"{number:.3f}")
