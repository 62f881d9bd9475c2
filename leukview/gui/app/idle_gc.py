"""Runs a full garbage collection after one idle minute."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject

from leukview.core.malloc_tuning import trim_memory
from leukview.gui.app.idle_monitor import IdleMonitor

_GC_THRESHOLDS = (10_000, 5, 1_000)
"""Thresholds of `gc`: a young collection takes about 15 ms in any thread; a full one practically never runs."""
_IDLE_MINUTES = 1.0
"""Longer than a reviewer looks at one cell: a key press must not coincide with the collection."""


class IdleGarbageCollector(QObject):
    """Runs the full garbage collection only while there is no user input.

    A slide of ten thousand cells has some hundred thousand objects. A full collection takes 0.2 s and blocks the GUI
    thread; with Python's default thresholds it can run while a key press is being handled.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.set_threshold(*_GC_THRESHOLDS)
        self._idle_monitor = IdleMonitor(self)
        self._idle_monitor.idle_timeout.connect(trim_memory)
        self._idle_monitor.set_timeout_minutes(_IDLE_MINUTES)
