"""Progress of long loops: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TextIO

from tqdm import tqdm

LINE_INTERVAL_S = 60.0
"""Time between two lines in a log or a pipe."""


class _LineStream:
    """Writes each state of a bar as a line of its own instead of over the one before."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        line = text.replace("\r", "").strip()
        if line:
            self._stream.write(f"{line}\n")
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


def progress_bar(items: Iterable[Any] | None = None, **options: Any) -> Any:
    """Make a `tqdm` bar on stderr; where that is not a terminal, it writes a line each `LINE_INTERVAL_S`.

    Args:
        items: What to loop over; None = the caller counts with `update`.
        **options: Of `tqdm`.
    """
    if sys.stderr.isatty():
        return tqdm(items, **options)
    seldom = {"mininterval": LINE_INTERVAL_S, "maxinterval": LINE_INTERVAL_S, "ncols": 80, "ascii": True}
    return tqdm(items, file=_LineStream(sys.stderr), **{**options, **seldom})
