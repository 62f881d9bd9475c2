"""What a signature was given for, as stored in the payload of its event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PAYLOAD_KEY = "signed_state"
_MALFORMED = "a signature that does not say what it was given for"


@dataclass(frozen=True, slots=True)
class SignedState:
    """State of a slide for which a signature was given.

    Cells that are imported later, and predictions that are made later, are not under the signature.

    Attributes:
        seq: Number of the slide's last event that the person had seen; 0 = none.
        head: Hash of that event; "" = none.
        cells: Cell id → SHA-256 of its image.
        labels: Cell id → class key that was shown.
    """

    seq: int
    head: str
    cells: Mapping[str, str]
    labels: Mapping[str, str]

    def to_payload(self) -> dict[str, object]:
        """Convert to the JSON-serialisable value of `PAYLOAD_KEY`."""
        return {
            "event": {"seq": self.seq, "hash": self.head},
            "cells": dict(self.cells),
            "labels": dict(self.labels),
        }


def signed_state_from_payload(payload: Mapping[str, object]) -> SignedState | None:
    """Read what a signature was given for.

    Args:
        payload: Of the signature's event.

    Returns:
        None for a signature of a version that did not record it.

    Raises:
        TypeError: The value is malformed.
    """
    body = payload.get(PAYLOAD_KEY)
    if body is None:
        return None
    if not isinstance(body, Mapping):
        raise TypeError(_MALFORMED)
    event, cells, labels = (body.get(key) for key in ("event", "cells", "labels"))
    if not (isinstance(event, Mapping) and isinstance(cells, Mapping) and isinstance(labels, Mapping)):
        raise TypeError(_MALFORMED)
    seq, head = event.get("seq"), event.get("hash")
    are_texts = all(isinstance(text, str) for text in (head, *cells.values(), *labels.values()))
    if not (isinstance(seq, int) and are_texts and labels.keys() <= cells.keys()):
        raise TypeError(_MALFORMED)
    return SignedState(
        seq, str(head), {str(k): str(v) for k, v in cells.items()}, {str(k): str(v) for k, v in labels.items()}
    )


def rename_signed_cells(payload: Mapping[str, object], cells: Mapping[str, object]) -> dict[str, object]:
    """Replace cell ids in the payload of a signature.

    Args:
        payload: Of the signature's event.
        cells: Old id → new id; other cells keep theirs.
    """
    state = signed_state_from_payload(payload)
    if state is None:
        return dict(payload)

    def renamed(values: Mapping[str, str]) -> dict[str, str]:
        return {str(cells.get(cell, cell)): value for cell, value in values.items()}

    here = SignedState(state.seq, state.head, renamed(state.cells), renamed(state.labels))
    return {**payload, PAYLOAD_KEY: here.to_payload()}
