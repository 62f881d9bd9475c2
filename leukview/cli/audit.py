"""``audit`` and ``doctor``: integrity of log, models and installation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, parse_datetime
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter

if TYPE_CHECKING:
    from leukview.services.audit.call_record import AlertCall


def register(commands: SubParsers) -> None:
    """Add the parsers of ``audit`` and ``doctor``."""
    p = commands.add_parser(
        "audit", help="review log: verify its chain, list its events or the calls about alerts, export them"
    )
    p.add_argument("action", choices=("verify", "list", "export", "calls"))
    p.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="for export and calls; its ending says .csv or .json"
    )
    p.add_argument("--slide", default="", metavar="ID", help="pseudonym of the slide")
    p.add_argument("--kind", default="", help="accept, override, undo, comment, sign …")
    p.add_argument("--reviewer", default="", metavar="NAME")
    p.add_argument(
        "--since", type=parse_datetime, metavar="TIME", help="from then on, ISO 8601: 2026-01-31 or 2026-01-31T14:00"
    )
    p.add_argument("--until", type=parse_datetime, metavar="TIME", help="before then")
    p.add_argument("--search", default="", metavar="WORDS")
    add_database_option(p)
    p.set_defaults(run=_audit_command)
    p = commands.add_parser("doctor", help="check this installation, its models and its database")
    add_database_option(p)
    p.set_defaults(run=_doctor_command)


def _audit_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.services.audit.trail import AuditFilter, export_audit, format_local_time

    if arguments.action == "export" and arguments.file is None:
        raise LeukViewError("Name the file to write.", "leukview audit export FILE.csv or FILE.json")
    a = arguments
    wanted = AuditFilter(a.slide, "", a.kind, a.reviewer, a.since, a.until, a.search)
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        if arguments.action == "verify":
            chain = workbench.verify_log(CancelToken(), reporter)
        else:
            trail = workbench.audit_trail(CancelToken(), reporter)
            chain, rows = trail.chain, trail.filter_rows(wanted)
            if arguments.action == "calls":
                _output_calls(workbench.alert_calls(trail, wanted), arguments.file)
            if arguments.action == "export":
                export_audit(rows, chain, arguments.file)
                print(f"{len(rows)} events written to {arguments.file}.")
            for row in rows if arguments.action == "list" else ():
                event, mark = row.event, " (taken back)" if row.undone else ""
                print(
                    f"{event.seq:>6}  {format_local_time(event.at)}  {event.slide_id}  "
                    f"{event.reviewer}: {row.text}{mark}"
                )
    print(chain.message, file=sys.stdout if chain.is_intact else sys.stderr)
    return 0 if chain.is_intact else 1


def _output_calls(calls: Sequence[AlertCall], output: Path | None) -> None:
    """Print the call record, or write it to a file."""
    from leukview.services.audit.call_record import export_calls
    from leukview.services.audit.trail import format_local_time

    if output is not None:
        export_calls(calls, output)
        print(f"{len(calls)} acknowledged alerts written to {output}.")
        return
    for call in calls:
        event, called = call.event, f"called {call.called_person}" if call.called_person else "nobody was called"
        note = f"; {call.note}" if call.note else ""
        print(
            f"{event.seq:>6}  {format_local_time(event.at)}  {event.slide_id}  "
            f"{event.reviewer}: {call.alert_title}; {called}{note}"
        )


def _doctor_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.bootstrap.analyse_slide import check_installation

    findings = check_installation(arguments.database)
    for finding in findings:
        print(f"{'ok  ' if finding.passed else 'BAD '} {finding.text}")
    return 0 if all(f.passed for f in findings) else 1
