"""Tidying of the program's memory, kept out of the reviewer's way."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject

from leukview.core.malloc_tuning import trim_memory
from leukview.gui.app.idle_monitor import IdleMonitor

_GC_THRESHOLDS = (10_000, 5, 1_000)
"""Thresholds of `gc`: young objects in portions of 15 ms in any thread; all of them practically never unasked."""
_IDLE_MINUTES = 1.0
"""Longer than a reviewer hesitates over a cell: the next key must not meet it."""


class IdleGarbageCollector(QObject):
    """Looks through all objects while nobody touches the program.

    A slide of ten thousand cells is some hundred thousand objects; to look through them takes 0.2 s, in which nothing
    moves. Left to itself Python does so in the midst of a key press.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.set_threshold(*_GC_THRESHOLDS)
        self._idle_monitor = IdleMonitor(self)
        self._idle_monitor.idle_timeout.connect(trim_memory)
        self._idle_monitor.set_timeout_minutes(_IDLE_MINUTES)
