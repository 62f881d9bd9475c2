"""What the command line says of its progress: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import io
import sys

import pytest

from leukview.cli.main import LINE_INTERVAL_S, TerminalReporter, main
from leukview.core.job_runner import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_that_a_pipe_gets_a_line_each_half_minute(monkeypatch: pytest.MonkeyPatch):
    pipe, clock = io.StringIO(), [0.0]
    monkeypatch.setattr(sys, "stderr", pipe)
    reporter = TerminalReporter(lambda: clock[0])
    for second in range(100):
        clock[0] = float(second)
        for _ in range(20):
            reporter(Progress(second, 100, "Analysing slides"))
    reporter.close()
    assert pipe.getvalue().splitlines() == [f"Analysing slides {n * int(LINE_INTERVAL_S)}/100" for n in (1, 2, 3)]


def test_that_a_terminal_gets_a_bar_and_its_end(monkeypatch: pytest.MonkeyPatch):
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    reporter = TerminalReporter()
    for done in range(3):
        reporter(Progress(done, 2, "Analysing slides"))
    reporter.close()
    assert terminal.getvalue().count("\r") == 3
    assert terminal.getvalue().endswith("\n")


def test_that_a_command_in_a_pipe_writes_no_control_characters(tmp_path: object, capsys: pytest.CaptureFixture[str]):
    assert main(["demo", str(tmp_path), "--slides", "1", "--cells", "3"]) == 0
    said = capsys.readouterr()
    assert "\r" not in said.err + said.out
