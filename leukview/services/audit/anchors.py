"""Heads of the chains outside of LeukView: anchors to hand over, and heads in reports and exports."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leukview import __version__
from leukview.core.atomic_files import atomic_write
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_json import parse_strict_json
from leukview.services.ports.seals import ChainHeads, Seals

REVIEW_LOG = "review_events"
"""Name of the review log among the chains."""
ANCHOR_SCHEMA = "leukview-anchor"
HEAD_KEYWORD = "leukview-head"
"""Word before number and hash of the review log's head in a report's keywords."""
HOW_TO_COMPARE = "leukview audit verify --against FILE compares these heads with the database."
_MAX_BYTES = 500_000_000
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_PDF_HEAD = re.compile(HEAD_KEYWORD.encode() + rb" (\d{1,18}) ([0-9a-f]{64})")
_HL7_EVENT = re.compile(r"^OBX\|[^\r\n]*\|review-log-event\^[^|]*\|[^|]*\|(\d{1,18})(?:\||$)", re.MULTILINE)
_HL7_HASH = re.compile(r"^OBX\|[^\r\n]*\|review-log-sha256\^[^|]*\|[^|]*\|([0-9a-f]{64})(?:\||$)", re.MULTILINE)
_FHIR_EVENT = re.compile(r"review log up to event (\d{1,18})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Heads of all chains at one time, to be kept by somebody else.

    Attributes:
        at: UTC, ISO 8601.
        key_id: Id of the key that sealed them; "" without seals.
        mac: HMAC of the heads with that key; "" without seals.
    """

    heads: ChainHeads
    at: str
    key_id: str
    mac: str

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of `statement`, short enough for a printed book or a time-stamping service."""
        return hashlib.sha256(self.statement.encode()).hexdigest()

    @property
    def statement(self) -> str:
        """All heads as one line of text."""
        named = "; ".join(f"{chain} {seq} {digest}" for chain, (seq, digest) in sorted(self.heads.heads.items()))
        return f"LeukView {self.heads.database or 'unsealed'} {self.at}: {named or 'empty'}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Result of comparing one file with the database.

    Attributes:
        fits: Whether every head in the file is in the database.
        text: The result, one or more sentences.
    """

    path: Path
    fits: bool
    text: str


def head_keyword(seq: int, digest: str) -> str:
    """Keyword of a report that names the head of the review log."""
    return f"{HEAD_KEYWORD} {seq} {digest}"


def make_anchor(heads: ChainHeads, key_id: str, mac: str) -> Anchor:
    """Make an anchor of the present time."""
    return Anchor(heads, datetime.now(UTC).isoformat(timespec="seconds"), key_id, mac)


def write_anchor(anchor: Anchor, output: Path) -> None:
    """Write an anchor as JSON, atomically. Raises `LeukViewError`."""
    body = {
        "schema": ANCHOR_SCHEMA,
        "version": 1,
        "program": f"LeukView {__version__}",
        "at": anchor.at,
        "database": anchor.heads.database,
        "heads": {chain: {"seq": seq, "hash": digest} for chain, (seq, digest) in anchor.heads.heads.items()},
        "key_id": anchor.key_id,
        "mac": anchor.mac,
        "statement": anchor.statement,
        "sha256": anchor.sha256,
        "how_to_verify": f"sha256 is the SHA-256 of the UTF-8 text “statement”. {HOW_TO_COMPARE}",
    }
    try:
        atomic_write(output, json.dumps(body, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise LeukViewError(
            Message("The file cannot be saved: {reason}.", reason=error.strerror or error), "Choose another folder."
        ) from error


def compare_with_files(seals: Seals, paths: Sequence[Path]) -> tuple[Comparison, ...]:
    """Compare the chains with the heads in reports (PDF), exports (JSON, FHIR, HL7) and anchors.

    Raises:
        StoreError: A database cannot be read.
    """
    return tuple(_compare(seals, path) for path in paths)


def _compare(seals: Seals, path: Path) -> Comparison:
    try:
        heads = read_heads(path)
    except LeukViewError as error:
        return Comparison(path, fits=False, text=str(error))
    for chain, (seq, digest) in heads.items():
        found = seals.hash_at(chain, seq)
        if found is None:
            text = Message(
                "Entry {seq} of {chain}, listed in the file, is missing in the database: the end was "
                "cut off, or an older copy was restored.",
                seq=seq,
                chain=chain,
            )
            return Comparison(path, fits=False, text=text)
        if found != digest:
            text = Message(
                "Entry {seq} of {chain} in the database differs from the file: the database was "
                "changed, or the file belongs to another database.",
                seq=seq,
                chain=chain,
            )
            return Comparison(path, fits=False, text=text)
    named = ", ".join(f"{chain} {seq}" for chain, (seq, _) in heads.items())
    return Comparison(
        path, fits=True, text=Message("The database still contains what the file lists ({named}).", named=named)
    )


def read_heads(path: Path) -> dict[str, tuple[int, str]]:
    """Read the heads that a file names.

    Returns:
        Chain → number and hash; never empty.

    Raises:
        LeukViewError: The file cannot be read or names none.
    """
    try:
        if not path.is_file():
            raise LeukViewError("There is no such file.")
        if path.stat().st_size > _MAX_BYTES:
            raise LeukViewError("The file is too large.")
        data = path.read_bytes()
    except OSError as error:
        raise LeukViewError(Message("The file cannot be read: {reason}.", reason=error.strerror or error)) from error
    heads = _heads_of_pdf(data) if data[:1024].lstrip().startswith(b"%PDF") else _heads_of_text(data)
    if not heads:
        raise LeukViewError(
            "The file contains no head of the review log.",
            "Use a report, a JSON, FHIR or HL7 export, or an anchor, made when the log was not empty.",
        )
    return heads


def _heads_of_pdf(data: bytes) -> dict[str, tuple[int, str]]:
    """Head in the keywords of a report, which PDF/A keeps as plain XMP; compressed streams are searched too."""
    found = _PDF_HEAD.findall(data)
    for stream in _PDF_STREAM.finditer(data) if not found else ():
        found = _PDF_HEAD.findall(_inflate(stream.group(1)))
        if found:
            break
    return {REVIEW_LOG: (int(found[0][0]), found[0][1].decode())} if found else {}


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, 50_000_000)
    except zlib.error:
        return b""


def _heads_of_text(data: bytes) -> dict[str, tuple[int, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}
    if text.startswith("MSH|"):
        event, digest = (pattern.search(text.replace("\r", "\n")) for pattern in (_HL7_EVENT, _HL7_HASH))
        return {REVIEW_LOG: (int(event.group(1)), digest.group(1))} if event and digest else {}
    try:
        body = parse_strict_json(text)
        return _valid_heads(_heads_of_json(body)) if isinstance(body, dict) else {}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


def _heads_of_json(body: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    if body.get("schema") == ANCHOR_SCHEMA:
        for chain, head in body["heads"].items():
            yield str(chain), int(head["seq"]), str(head["hash"])
    elif body.get("resourceType") == "Bundle":
        for entry in body["entry"]:
            for source in entry["resource"].get("entity", ()):
                event = _FHIR_EVENT.search(str(source["what"].get("display", "")))
                if event:
                    yield REVIEW_LOG, int(event.group(1)), str(source["what"]["identifier"]["value"])
    elif "review_log" in body:
        head = body["review_log"]["head"]
        if head:
            yield REVIEW_LOG, int(head["seq"]), str(head["hash"])
    else:  # an exported audit trail
        for event in body["events"]:
            yield REVIEW_LOG, int(event["seq"]), str(event["hash"])


def _valid_heads(found: Iterator[tuple[str, int, str]]) -> dict[str, tuple[int, str]]:
    """Chain → its last head."""
    heads: dict[str, tuple[int, str]] = {}
    for chain, seq, digest in found:
        if 0 < seq < 1 << 62 and seq >= heads.get(chain, (0, ""))[0]:
            heads[chain] = (seq, digest)
    return heads
