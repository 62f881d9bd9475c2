"""``qualify``: installation and operation qualification of this machine, with a protocol as PDF."""

from __future__ import annotations

import argparse
import platform
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from leukview import RESEARCH_USE_LINE, __version__
from leukview.cli.options import SubParsers, add_database_option
from leukview.core.code_version import code_version
from leukview.core.job_runner import Reporter
from leukview.core.paths import resources_dir


def register(commands: SubParsers) -> None:
    """Add the parser of ``qualify``."""
    p = commands.add_parser(
        "qualify", help="check installation and operation on this machine against stored figures; write a PDF"
    )
    p.add_argument("--output", type=Path, required=True, metavar="FILE", help="the PDF to write")
    add_database_option(p)
    p.set_defaults(run=_qualify_command)


def _qualify_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.bootstrap.qualification import qualify
    from leukview.report.protocol import QUALIFICATION, write_protocol

    results = qualify(arguments.database)
    passed = all(result.passed for result in results)
    facts = [
        ("Program", f"LeukView {__version__}"),
        ("Code", code_version()),
        ("System", platform.platform()),
        ("Processor", f"{platform.machine()}, Python {platform.python_version()}"),
        ("Date", datetime.now().astimezone().isoformat(timespec="seconds")),
    ]
    verdict = "passed" if passed else "FAILED"
    context = {
        "notice": RESEARCH_USE_LINE,
        "facts": facts,
        "verdict": verdict,
        "results": [asdict(result) for result in results],
    }
    write_protocol(resources_dir(), QUALIFICATION, arguments.output, context)
    for result in results:
        print(f"{'ok  ' if result.passed else 'BAD '} {result.part} {result.subject}: {result.found}")
    print(f"Qualification {verdict}. Protocol: {arguments.output.resolve()}")
    return 0 if passed else 1
