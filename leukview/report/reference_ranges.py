"""Reference ranges from ``reference.toml``, shipped or the laboratory's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leukview.core.atomic_files import read_file
from leukview.core.errors import ReportError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure

_MAX_RANGES_BYTES = 16 * 1024**2
REFERENCE_UNITS = frozenset({"percent", "per_100_wbc"})


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """A reference range for blood.

    Attributes:
        name: Title of the row of the sum, used when several of `classes` are present.
        classes: Keys of the classes that are added up.
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
    def text(self) -> str:
        """``40–80``, ``≤ 2`` or ``0``."""
        if self.low is not None:
            return f"{self.low:g}–{self.high:g}"
        return f"≤ {self.high:g}" if self.high else "0"

    def text_with_flag(self, count: int, leukocytes: int) -> str:
        """The range, with an arrow when the value lies outside it; the interval stands beside it.

        ↑ or ↓ is decided after rounding as printed.
        """
        if not leukocytes:
            return self.text
        percent = round(100 * count / leukocytes, 1)
        if percent > self.high:
            return f"{self.text} ↑"
        return f"{self.text} ↓" if self.low is not None and percent < self.low else self.text


@dataclass(frozen=True, slots=True)
class ReferenceRanges:
    """All reference ranges, and a text on their source."""

    source: str
    ranges: tuple[ReferenceRange, ...]

    def range_for(self, class_key: str) -> ReferenceRange | None:
        """Range to which a class belongs; None when there is none."""
        return next((r for r in self.ranges if class_key in r.classes), None)


@dataclass(frozen=True, slots=True)
class _RangeEntry:
    """A range as ``reference.toml`` has it."""

    name: str
    classes: tuple[str, ...]
    unit: str
    high: float
    low: float | None = None


@dataclass(frozen=True, slots=True)
class _RangesFile:
    """The contents of ``reference.toml``."""

    source: str
    ranges: tuple[_RangeEntry, ...]
    version: int = 1


def read_reference_ranges(path: Path) -> ReferenceRanges:
    """Read and check ``reference.toml``.

    Raises:
        ReportError: It cannot be read, lacks a value or has an unknown unit.
    """
    try:
        found = structure(parse_toml(read_file(path, _MAX_RANGES_BYTES).decode("utf-8-sig")), _RangesFile)
    except (OSError, ValueError) as error:
        raise ReportError(
            Message("The reference ranges in {path} cannot be read: {reason}.", path=path.name, reason=error),
            "Correct or remove the file.",
        ) from error
    ranges = tuple(ReferenceRange(r.name, r.classes, r.unit, r.low, r.high) for r in found.ranges)
    unknown = sorted({r.unit for r in ranges} - REFERENCE_UNITS)
    if unknown:
        raise ReportError(
            Message("The reference ranges use the unknown unit {names}.", names=", ".join(unknown)), "Correct the file."
        )
    return ReferenceRanges(found.source, ranges)
