"""Entry point of the command line: parse the arguments and run one command."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from leukview import RESEARCH_USE_LINE, __version__
from leukview.cli import (
    adapt,
    analyze,
    archive,
    audit,
    competency,
    corrections,
    exchange,
    export,
    models,
    qualify,
    report,
    verify,
    window,
)
from leukview.cli.options import CommandFunction
from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import Progress
from leukview.core.logging_setup import LocationOnlyFormatter, log_file
from leukview.core.paths import data_dir
from leukview.core.system_text import discard_output, flush_output, make_output_tolerant, write_error

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_PRIVATE_UMASK = 0o077  # what is written concerns patients: files get mode 0600, folders 0700
COMMAND_MODULES = (
    window, analyze, report, export, exchange, corrections, models, adapt, audit, archive, qualify, verify,
    competency,
)  # fmt: skip


LINE_INTERVAL_S = 30.0
"""Time between two lines of progress where stderr is a file or a pipe."""


class TerminalReporter:
    """Progress bar on a terminal; elsewhere a line each `LINE_INTERVAL_S`.

    Args:
        clock: Seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar_visible = False
        self._clock, self._last_line_s = clock, clock()

    def __call__(self, progress: Progress, /) -> None:
        """Redraw the bar, or write a line when it is time."""
        if sys.stderr is None:
            return
        if not sys.stderr.isatty():
            self._write_line(progress)
            return
        share = progress.done / progress.total if progress.total else 0.0
        bar = "█" * round(30 * share)
        sys.stderr.write(f"\r{progress.message:<24} {bar:<30} {progress.done}/{progress.total or '?'} ")
        sys.stderr.flush()
        self._bar_visible = True

    def _write_line(self, progress: Progress) -> None:
        now = self._clock()
        if now - self._last_line_s < LINE_INTERVAL_S:
            return
        self._last_line_s = now
        count = f" {progress.done}/{progress.total}" if progress.total else ""
        sys.stderr.write(f"{progress.message}{count}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """End the line of the bar."""
        if self._bar_visible:
            self._bar_visible = False
            write_error("")


class _Parser(argparse.ArgumentParser):
    """A parser that does not hide that its help could not be written."""

    @override
    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        target = file or sys.stderr
        if message and target is not None:
            target.write(message)


def _build_parser() -> tuple[argparse.ArgumentParser, frozenset[str]]:
    """Build the parser; also returns the names of the commands."""
    parser = _Parser(
        prog="leukview",
        description=f"Review of peripheral blood cells exported from a slide scanner. {RESEARCH_USE_LINE}",
    )
    parser.add_argument("--version", action="version", version=f"LeukView {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in COMMAND_MODULES:
        family.register(commands)
    return parser, frozenset(commands.choices)


def command_summaries() -> dict[str, str]:
    """Help line of each command, in the order of the help."""
    parser = _build_parser()[0]
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001
    return {choice.dest: choice.help or "" for choice in commands._choices_actions}  # noqa: SLF001


def command_names() -> frozenset[str]:
    """Names of all commands."""
    return _build_parser()[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 = done, 1 = not everything done, 2 = wrong usage (argparse), 130 = cancelled.
    """
    make_output_tolerant()
    logging.raiseExceptions = False  # a log that cannot be written must not print tracebacks in its turn
    reporter = TerminalReporter()
    mask = os.umask(_PRIVATE_UMASK)
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv), reporter)
        flush_output()
    except BrokenPipeError:  # the reader of our output, such as head, closed the pipe
        discard_output()
        return 0
    except LeukViewError as error:
        reporter.close()
        write_error(str(error))
        return 1
    except (Cancelled, KeyboardInterrupt):
        reporter.close()
        write_error("Cancelled. What was done so far is kept.")
        return 130
    except OSError as error:  # files of the user are handled where they are used: this is our own output or folder
        reporter.close()
        if logging.getLogger().handlers:  # else Python's last resort would print the traceback
            _log.error("the operating system refused", exc_info=error)
        write_error(_system_message(error))
        discard_output()
        return 1
    else:
        return code
    finally:
        os.umask(mask)
        reporter.close()


def _run(tokens: list[str], reporter: TerminalReporter) -> int:
    parser, names = _build_parser()
    if not tokens or (tokens[0] not in names and not tokens[0].startswith("-")):
        tokens.insert(0, "open")
    if any("\0" in token for token in tokens):
        raise LeukViewError("A name or an address cannot hold a NUL character.")
    try:
        arguments = parser.parse_args(tokens)
    except SystemExit:  # help, version or wrong usage were printed
        flush_output()
        raise
    console = logging.StreamHandler()
    console.setFormatter(LocationOnlyFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[console])
    run: CommandFunction = arguments.run
    with log_file(data_dir):
        return run(arguments, reporter)


def _system_message(error: OSError) -> str:
    """One sentence about a failure of the operating system, without a traceback."""
    if error.errno == errno.ENOSPC:
        return "There is no space left for what LeukView writes. Free some space and try again."
    reason = error.strerror or type(error).__name__
    return f"The operating system refuses: {reason}. Check the output and LeukView's folder."
