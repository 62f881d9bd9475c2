"""A clock that nobody can set: seconds since the machine was started."""

from __future__ import annotations

import platform
import time
from functools import lru_cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@lru_cache(maxsize=1)
def machine_run_id() -> str:
    """Name of the clock that `uptime_seconds` reads.

    Readings may be compared only if it is the same. On Linux it changes with each start of the machine, elsewhere it is
    the name of the machine.
    """
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return platform.node()


def uptime_seconds() -> float:
    """Seconds on a clock that only runs forward, the same for all programs of this machine."""
    return time.monotonic()
