"""Entry point of the command line: parse the arguments and run one command."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from leukview import RESEARCH_USE_LINE, __version__
from leukview.cli import adapt, analyze, audit, corrections, export, models, report, window
from leukview.cli.options import CommandFunction
from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import Progress
from leukview.core.logging_setup import LocationOnlyFormatter

COMMAND_MODULES = (window, analyze, report, export, corrections, models, adapt, audit)


class TerminalReporter:
    """Progress bar on a terminal; silent when stderr is not one."""

    def __init__(self) -> None:
        self._bar_visible = False

    def __call__(self, progress: Progress, /) -> None:
        """Redraw the bar."""
        if not sys.stderr.isatty():
            return
        share = progress.done / progress.total if progress.total else 0.0
        bar = "█" * round(30 * share)
        sys.stderr.write(f"\r{progress.message:<24} {bar:<30} {progress.done}/{progress.total or '?'} ")
        sys.stderr.flush()
        self._bar_visible = True

    def close(self) -> None:
        """End the line of the bar."""
        if self._bar_visible:
            sys.stderr.write("\n")
            self._bar_visible = False


def _build_parser() -> tuple[argparse.ArgumentParser, frozenset[str]]:
    """Build the parser; also returns the names of the commands."""
    parser = argparse.ArgumentParser(
        prog="leukview",
        description=f"Review of peripheral blood cells exported from a slide scanner. {RESEARCH_USE_LINE}",
    )
    parser.add_argument("--version", action="version", version=f"LeukView {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in COMMAND_MODULES:
        family.register(commands)
    return parser, frozenset(commands.choices)


def command_names() -> frozenset[str]:
    """Names of all commands."""
    return _build_parser()[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 = done, 1 = not everything done, 2 = wrong usage (argparse), 130 = cancelled.
    """
    tokens = list(sys.argv[1:] if argv is None else argv)
    parser, names = _build_parser()
    if not tokens or (tokens[0] not in names and not tokens[0].startswith("-")):
        tokens.insert(0, "open")
    arguments = parser.parse_args(tokens)
    console = logging.StreamHandler()
    console.setFormatter(LocationOnlyFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[console])
    reporter = TerminalReporter()
    run: CommandFunction = arguments.run
    try:
        code = run(arguments, reporter)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as head, closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LeukViewError as error:
        reporter.close()
        print(f"{error.message}{' ' + error.hint if error.hint else ''}", file=sys.stderr)
        return 1
    except (Cancelled, KeyboardInterrupt):
        reporter.close()
        print("Cancelled. What was done so far is kept.", file=sys.stderr)
        return 130
    else:
        return code
    finally:
        reporter.close()
