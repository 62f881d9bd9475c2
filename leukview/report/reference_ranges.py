"""Reference ranges are data (``resources/report/reference.toml``, or the laboratory's own in the data folder)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from leukview.core.errors import ReportError
from leukview.core.messages import Message
from leukview.domain.binomial import Interval

UNITS = frozenset({"percent", "per_100_wbc"})


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """What is usual in blood.

    Attributes:
        name: Title of the sum, when several of `classes` are present.
        classes: Class keys that count together.
        unit: ``percent`` of the leukocytes, or ``per_100_wbc``.
        low: Lower limit in `unit`; None = there is only an upper one.
        high: Upper limit in `unit`.
    """

    name: str
    classes: tuple[str, ...]
    unit: str
    low: float | None
    high: float

    @property
    def words(self) -> str:
        """``40–80``, ``≤ 2`` or ``0``."""
        if self.low is not None:
            return f"{self.low:g}–{self.high:g}"
        return f"≤ {self.high:g}" if self.high else "0"

    def beside(self, interval: Interval | None) -> str:
        """The range, with ↑ or ↓ when the whole interval (of proportions, 0..1), as printed, lies above or below it."""
        if interval is None:
            return self.words
        if round(100 * interval.low, 1) > self.high:
            return f"{self.words} ↑"
        below = self.low is not None and round(100 * interval.high, 1) < self.low
        return f"{self.words} ↓" if below else self.words


@dataclass(frozen=True, slots=True)
class References:
    """All ranges, and where they come from in words."""

    source: str
    ranges: tuple[ReferenceRange, ...]

    def of(self, class_key: str) -> ReferenceRange | None:
        """The range that a class belongs to; None when there is none."""
        return next((r for r in self.ranges if class_key in r.classes), None)


def read_references(path: Path) -> References:
    """Read ``reference.toml``.

    Raises:
        ReportError: It cannot be read, lacks a value or has an unknown unit.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        ranges = tuple(
            ReferenceRange(
                str(r["name"]),
                tuple(str(c) for c in r["classes"]),
                str(r["unit"]),
                float(r["low"]) if "low" in r else None,
                float(r["high"]),
            )
            for r in raw["ranges"]
        )
        source = str(raw["source"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ReportError(
            Message("The reference ranges in {path} cannot be read: {reason}.", path=path.name, reason=error),
            "Mend or remove it.",
        ) from error
    unknown = sorted({r.unit for r in ranges} - UNITS)
    if unknown:
        raise ReportError(
            Message("The reference ranges use the unknown unit {names}.", names=", ".join(unknown)), "Mend the file."
        )
    return References(source, ranges)
