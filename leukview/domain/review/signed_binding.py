"""What a signature binds: cells, images, labels, predictions and numbers as they were when it was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leukview.core.messages import Message
from leukview.domain.review.hash_chain import canonical_hash

BINDING_KEY = "binding"
"""Key of the binding in the payload of a SIGN event."""
_VERSION = 1
_MAX_NUMBERS = 12  # cell numbers in one sentence


@dataclass(frozen=True, slots=True)
class CellDigests:
    """Digests of what is stored about a cell.

    Attributes:
        number: Of the cell in its slide.
        image: SHA-256 of its image and size in pixels, as one text.
        analyser: Digest of the analyser's label; 16 hex digits.
        prediction: Digest of the newest prediction and those inside repaired masks; 16 hex digits, "" without any.
    """

    number: int
    image: str
    analyser: str
    prediction: str


@dataclass(frozen=True, slots=True)
class SignedNumbers:
    """Numbers of a slide that enter its result.

    Attributes:
        wbc_per_nl: White cell count, 10⁹/l; None = not given.
        um_per_px: Scale; None = not given.
    """

    wbc_per_nl: float | None
    um_per_px: float | None


@dataclass(frozen=True, slots=True)
class SignedBinding:
    """Everything a signature was given for.

    Attributes:
        cells: Cell id → what was stored about it. In a second reading `CellDigests.prediction` is "".
        labels: Cell id → class key given by a reviewer; cells without are absent.
        numbers: None in a second reading, whose reader does not see them.
        role: Role of the person who signed; "" = no reviewer's profile.
        event: Number and hash of the slide's last event before the signature; 0 and "" without any.
    """

    cells: Mapping[str, CellDigests]
    labels: Mapping[str, str]
    numbers: SignedNumbers | None
    role: str
    event: tuple[int, str]

    def to_payload(self) -> dict[str, object]:
        """JSON-serialisable form, with the SHA-256 over everything in it."""
        body: dict[str, object] = {
            "version": _VERSION,
            "cells": {
                key: [cell.number, cell.image, cell.analyser, cell.prediction] for key, cell in self.cells.items()
            },
            "labels": dict(self.labels),
            "wbc_per_nl": self.numbers.wbc_per_nl if self.numbers else None,
            "um_per_px": self.numbers.um_per_px if self.numbers else None,
            "has_numbers": self.numbers is not None,
            "role": self.role,
            "event": list(self.event),
        }
        return {**body, "sha256": canonical_hash([body])}


def parse_binding(payload: Mapping[str, Any]) -> SignedBinding:
    """Read the form written by `SignedBinding.to_payload`.

    Raises:
        ValueError: The version is unknown, or the SHA-256 is wrong.
        KeyError: A field is missing.
        TypeError: A field has the wrong type.
    """
    body = {key: value for key, value in payload.items() if key != "sha256"}
    if body["version"] != _VERSION or canonical_hash([body]) != payload["sha256"]:
        raise ValueError("not a valid binding")
    seq, digest = body["event"]
    return SignedBinding(
        {key: CellDigests(*cell) for key, cell in body["cells"].items()},
        dict(body["labels"]),
        SignedNumbers(body["wbc_per_nl"], body["um_per_px"]) if body["has_numbers"] else None,
        str(body["role"]),
        (int(seq), str(digest)),
    )


def describe_changes(signed: SignedBinding, now: SignedBinding) -> tuple[str, ...]:
    """Name what differs from what was signed, one phrase each; empty when nothing does.

    Role and event are not compared: they describe the signature, not the slide.
    """
    gone = [cell.number for key, cell in signed.cells.items() if key not in now.cells]
    added = [cell.number for key, cell in now.cells.items() if key not in signed.cells]
    both = [(cell, now.cells[key]) for key, cell in signed.cells.items() if key in now.cells]
    found = [
        ("cells {numbers} are missing", gone),
        ("cells {numbers} were added later and are not covered by the signature", added),
        ("the numbers of cells {numbers}", [a.number for a, b in both if a.number != b.number]),
        ("the image hashes or sizes of cells {numbers}", [a.number for a, b in both if a.image != b.image]),
        ("the analyser's classes of cells {numbers}", [a.number for a, b in both if a.analyser != b.analyser]),
        ("the predictions of cells {numbers}", [a.number for a, b in both if a.prediction != b.prediction]),
        ("the reviewers' classes of cells {numbers}", _changed_labels(signed, now)),
    ]
    phrases = [Message(template, numbers=_number_list(numbers)) for template, numbers in found if numbers]
    if signed.numbers and now.numbers:
        for name, before, after in (
            ("the white cell count", signed.numbers.wbc_per_nl, now.numbers.wbc_per_nl),
            ("the scale", signed.numbers.um_per_px, now.numbers.um_per_px),
        ):
            if before != after:
                phrases.append(Message("{name} ({before} → {after})", name=Message(name), before=before, after=after))
    return tuple(phrases)


def _changed_labels(signed: SignedBinding, now: SignedBinding) -> list[int]:
    both = signed.cells.keys() & now.cells.keys()
    return sorted(signed.cells[key].number for key in both if signed.labels.get(key) != now.labels.get(key))


def _number_list(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:_MAX_NUMBERS]))
    return f"{shown} …" if len(numbers) > _MAX_NUMBERS else shown


def without_predictions(cells: Mapping[str, CellDigests]) -> dict[str, CellDigests]:
    """The digests as a second reader signs them, who sees no predictions."""
    return {key: CellDigests(cell.number, cell.image, cell.analyser, "") for key, cell in cells.items()}


def reviewed_labels(labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Cell id → label, for those that have one."""
    return {cell: label for cell, label in labels if label}
