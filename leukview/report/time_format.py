"""Times and durations in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from leukview.report.report_strings import ReportStrings


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """Tells all times of one report in one zone, that of the workstation when it was written.

    Attributes:
        zone: Fixed offset; None = each time in its own.
    """

    texts: ReportStrings
    zone: tzinfo | None = None

    @classmethod
    def for_report(cls, created_at: str, texts: ReportStrings) -> TimeFormat:
        """The clock of a report written at a time with zone."""
        return cls(texts, datetime.fromisoformat(created_at).tzinfo)

    def format_time(self, text: str) -> str:
        """An ISO 8601 time to the minute with its zone, for instance ``2026-11-24 02:48 UTC+01:00``."""
        at = self._parse_time(text)
        offset = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
        sign = "+" if offset > 0 else "−"
        zone = f"{sign}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}" if offset else ""
        return self.texts("facts.time", date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}", zone=zone)

    def format_time_span(self, first: str, last: str) -> str:
        """Two times in one phrase; the day is said once when it is the same."""
        one, other = self.format_time(first), self.format_time(last)
        if one == other:
            return one
        a, b = self._parse_time(first), self._parse_time(last)
        if a.date() != b.date() or a.utcoffset() != b.utcoffset():
            return self.texts("facts.span", first=one, last=other)
        return self.texts("facts.span", first=f"{a:%Y-%m-%d %H:%M}", last=other.removeprefix(f"{b:%Y-%m-%d}").strip())

    def format_duration(self, seconds: float) -> str:
        """A duration in hours, minutes and seconds, without leading zeros."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            return self.texts("review.hours", h=hours, min=minutes, s=rest)
        return self.texts("review.minutes", min=minutes, s=rest) if minutes else self.texts("review.seconds", s=rest)

    def _parse_time(self, text: str) -> datetime:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(self.zone) if self.zone else at
