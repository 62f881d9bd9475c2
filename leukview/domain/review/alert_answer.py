"""The answer with which a person acknowledges an alert, as the review log holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """What was done about an alert.

    Attributes:
        called_person: Name of the person called; "" = nobody.
        note: Free text; the reason when `not_confirmed`.
        called_at: Local time of the call as ``HH:MM``; "" = not given.
        read_back: Whether the person called read the result back.
        not_confirmed: Whether the reviewer looked and does not confirm what the alert says.
    """

    called_person: str = ""
    note: str = ""
    called_at: str = ""
    read_back: bool = False
    not_confirmed: bool = False

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> AlertAnswer:
        """The answer of an ``acknowledge`` event; logs of earlier versions hold person and note only."""
        called, note, at = (str(payload.get(key, "")).strip() for key in ("called", "note", "called_at"))
        return cls(
            called,
            note,
            at,
            read_back=payload.get("read_back") is True,
            not_confirmed=payload.get("not_confirmed") is True,
        )

    def texts(self) -> dict[str, str]:
        """The payload's texts; the time only where one was given."""
        time = {"called_at": self.called_at} if self.called_at else {}
        return {"called": self.called_person, "note": self.note} | time

    def marks(self) -> dict[str, bool]:
        """The payload's marks, those that are set."""
        return {key: True for key in ("read_back", "not_confirmed") if getattr(self, key)}
