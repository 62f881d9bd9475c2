"""Blood counts from the table that a Sysmex XN exports (``XN_SAMPLE.csv``)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from leukview.domain.exchange.blood_count import RAISED_SCORE, AnalyserFlag, BloodCount, CountValue, parse_number
from leukview.domain.exchange.sample_number import normalise_number

SAMPLE, DATE, TIME = "Sample No.", "Date", "Time"
_VALUE = re.compile(r"\[?([A-Za-z][A-Za-z0-9#%\-_/]*?)\(([^()]+)\)\]?")
_Q_FLAG = re.compile(r"Q-Flag\((.+)\)")
_IP_MESSAGE = re.compile(r"IP (?:ABN|SUS)\([A-Z]+\)(.+)")
_ENCODINGS = ("utf-8-sig", "cp932", "cp1252")
_DATE_FORMATS = ("%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y.%m.%d")


def read_table(data: bytes) -> tuple[BloodCount, ...]:
    """Blood counts of a table, one a row; rows without a sample number and of control blood are left out.

    Raises:
        ValueError: It is no such table.
    """
    text = _decode(data)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        columns = [name.strip() for name in reader.fieldnames or ()]
        if SAMPLE not in columns:
            raise ValueError(f"it has no column {SAMPLE}")
        rows = [
            {(name or "").strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
            for row in reader
        ]
    except csv.Error as error:
        raise ValueError(f"it is no table: {error}") from error
    return tuple(_count(row) for row in rows if row.get(SAMPLE) and not row[SAMPLE].upper().startswith("QC-"))


def _count(row: Mapping[str, str]) -> BloodCount:
    return BloodCount(
        normalise_number(row[SAMPLE]),
        _time(row.get(DATE, ""), row.get(TIME, "")),
        row.get("Nickname", "") or row.get("Analyzer ID", ""),
        normalise_number(row.get("Patient ID", "")),
        tuple(_values(row)),
        tuple(_flags(row)),
    )


def _values(row: Mapping[str, str]) -> Iterable[CountValue]:
    """Columns such as ``WBC(10^3/uL)``, with the mark in ``WBC/M``; research values stand in brackets."""
    for column, text in row.items():
        match = _VALUE.fullmatch(column)
        if match is None or not text or column.startswith(("Q-Flag", "IP ")):
            continue
        name, unit = match.groups()
        mark = row.get(f"{name}/M", "").strip()
        number = parse_number(text.rstrip("*@+-!& ") or text)
        printed = "".join(sorted(set(text[len(text.rstrip("*@+-!& ")) :]) & set("*@+-!&")))
        yield CountValue(name, number, unit, mark or (printed if number is not None else ""))


def _flags(row: Mapping[str, str]) -> Iterable[AnalyserFlag]:
    for column, text in row.items():
        if match := _Q_FLAG.fullmatch(column):
            number = parse_number(text)
            if number is not None and 0 <= number <= 300:
                yield AnalyserFlag(match[1], int(number), number >= RAISED_SCORE)
        elif (match := _IP_MESSAGE.fullmatch(column)) and text == "1":
            yield AnalyserFlag(match[1].strip(), None, is_raised=True)


def _decode(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("its characters cannot be read")


def _time(date: str, time: str) -> str:
    for form in _DATE_FORMATS:
        try:
            day = datetime.strptime(date, form).date().isoformat()  # noqa: DTZ007 - the analyser gives no zone
        except ValueError:
            continue
        match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", time)
        if match is None:
            return day
        iso = f"{day}T{int(match[1]):02d}:{match[2]}:{match[3] or '00'}"
        try:
            datetime.fromisoformat(iso)
        except ValueError:
            return day
        return iso
    return ""
