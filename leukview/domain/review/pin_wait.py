"""Waits after wrong PINs, on a clock that cannot be set."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leukview.domain.review.reviewer_profile import lockout_seconds

_SEPARATOR = "@"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Reading of a machine's running time.

    Attributes:
        clock: Name of the clock, see `leukview.core.uptime.machine_run_id`.
        seconds: Its reading.
    """

    clock: str
    seconds: float

    def to_text(self) -> str:
        """Text for storage."""
        return f"{self.seconds:.3f}{_SEPARATOR}{self.clock}"


def parse_reading(text: str) -> ClockReading | None:
    """Read the text of `ClockReading.to_text`; None for anything else, such as a date of an earlier version."""
    number, separator, clock = text.partition(_SEPARATOR)
    try:
        seconds = float(number)
    except ValueError:
        return None
    return ClockReading(clock, seconds) if separator and math.isfinite(seconds) and seconds >= 0 else None


def remaining_wait(failures: int, failed_at: str, now: ClockReading) -> tuple[float, bool]:
    """Seconds that are left to wait, never more than the whole wait.

    The date and time of the machine play no part: neither ends setting them a wait, nor can an error made while they
    were wrong make one longer.

    Args:
        failures: Number of wrong PINs in a row.
        failed_at: Stored reading of the last one; "" without any.
        now: The present reading.

    Returns:
        The seconds, and whether the wait begins anew on this clock, because the stored reading is of another one: of
        another machine, of the time before a restart, or a date of an earlier version.
    """
    wait = lockout_seconds(failures)
    if not wait:
        return 0.0, False
    before = parse_reading(failed_at)
    if before is None or before.clock != now.clock:
        return wait, True
    if now.seconds < before.seconds:  # the machine was started again since: it has run at least as long as it says
        return max(0.0, wait - now.seconds), False
    return max(0.0, wait - (now.seconds - before.seconds)), False
