"""Times and durations as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from leukview.report.report_strings import ReportStrings


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """Formats all times of a report in the workstation's time zone at its creation.

    Attributes:
        zone: Fixed offset; None = keep each time's own zone.
    """

    texts: ReportStrings
    zone: tzinfo | None = None

    @classmethod
    def for_report(cls, created_at: str, texts: ReportStrings) -> TimeFormat:
        """Clock of a report that was created at `created_at` (ISO 8601)."""
        return cls(texts, datetime.fromisoformat(created_at).tzinfo)

    def format_time(self, text: str) -> str:
        """Format an ISO 8601 time as ``2026-11-24 02:48 UTC+01:00``."""
        at = self._parse_time(text)
        offset = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
        sign = "+" if offset > 0 else "−"
        zone = f"{sign}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}" if offset else ""
        return self.texts("facts.time", date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}", zone=zone)

    def format_time_span(self, first: str, last: str) -> str:
        """Format a period; the date is repeated only when it differs."""
        one, other = self.format_time(first), self.format_time(last)
        if one == other:
            return one
        a, b = self._parse_time(first), self._parse_time(last)
        if a.date() != b.date() or a.utcoffset() != b.utcoffset():
            return self.texts("facts.span", first=one, last=other)
        return self.texts("facts.span", first=f"{a:%Y-%m-%d %H:%M}", last=other.removeprefix(f"{b:%Y-%m-%d}").strip())

    def format_duration(self, seconds: float) -> str:
        """Format a duration in hours, minutes and seconds, without leading zeros."""
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours:
            return self.texts("review.hours", h=hours, min=minutes, s=rest)
        return self.texts("review.minutes", min=minutes, s=rest) if minutes else self.texts("review.seconds", s=rest)

    def _parse_time(self, text: str) -> datetime:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(self.zone) if self.zone else at
