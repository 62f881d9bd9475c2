"""Progress in a log is a line now and then; a bar belongs on a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from training import progress
from training.progress import progress_bar


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_that_a_log_gets_a_first_and_a_last_line(monkeypatch: pytest.MonkeyPatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    assert sum(progress_bar(range(20_000), desc="read", unit="cell")) == sum(range(20_000))
    lines = log.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("read:") for line in lines)
    assert "20000/20000" in lines[-1]
    assert "\r" not in log.getvalue()


def test_that_a_bar_without_a_loop_counts_and_is_silent_where_it_is_switched_off(monkeypatch: pytest.MonkeyPatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(progress, "LINE_INTERVAL_S", 0.0)
    with progress_bar(unit="it") as bar:
        for _ in range(3):
            bar.update()
    assert "3it" in log.getvalue()
    log.truncate(0)
    with progress_bar(unit="it", disable=True) as bar:
        bar.update()
    assert log.getvalue() == ""


def test_that_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch):
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress_bar(range(5))) == list(range(5))
    assert "\r" in terminal.getvalue()
