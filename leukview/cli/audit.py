"""``audit`` and ``doctor``: integrity of log, models and installation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, parse_datetime, prove_reviewer
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.review.rights import Right

if TYPE_CHECKING:
    from leukview.services.audit.call_record import AlertCall
    from leukview.services.audit.trail import ChainState
    from leukview.services.workbench import Workbench


def register(commands: SubParsers) -> None:
    """Add the parsers of ``audit`` and ``doctor``."""
    p = commands.add_parser(
        "audit",
        help="review log: verify it and what it protects, write its head as an anchor, list its events or the calls "
        "about alerts, export them",
    )
    p.add_argument("action", choices=("verify", "list", "export", "calls", "anchor", "reseal"))
    p.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="for export and calls (its ending says .csv or .json) and for anchor",
    )
    p.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=(),
        metavar="FILE",
        help="verify: also compare with the heads in these reports (PDF), exports (JSON, FHIR, HL7) and anchors",
    )
    p.add_argument(
        "--reason",
        default="",
        metavar="WORDS",
        help="reseal: why the present state is accepted, for instance “backup of Monday put back”",
    )
    p.add_argument("--slide", default="", metavar="ID", help="pseudonym of the slide")
    p.add_argument("--kind", default="", help="accept, override, undo, comment, sign …")
    p.add_argument(
        "--reviewer", default="", metavar="NAME", help="events of this reviewer; reseal: the administrator who accepts"
    )
    p.add_argument(
        "--pin-file", type=Path, metavar="FILE", help="reseal: its first line is the PIN; “-” = standard input"
    )
    p.add_argument(
        "--since", type=parse_datetime, metavar="TIME", help="from then on, ISO 8601: 2026-01-31 or 2026-01-31T14:00"
    )
    p.add_argument("--until", type=parse_datetime, metavar="TIME", help="before then")
    p.add_argument("--search", default="", metavar="WORDS")
    add_database_option(p)
    p.set_defaults(run=_audit_command)
    p = commands.add_parser("doctor", help="check this installation, its models and its database")
    p.add_argument(
        "--new-vault",
        action="store_true",
        help="begin a new identity vault in place of one that is lost for good: patients get other pseudonyms",
    )
    add_database_option(p)
    p.set_defaults(run=_doctor_command)


def _audit_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.services.audit.trail import AuditFilter, export_audit, format_local_time

    if arguments.action == "export" and arguments.file is None:
        raise LeukViewError("Name the file to write.", "leukview audit export FILE.csv or FILE.json")
    a = arguments
    wanted = AuditFilter(a.slide, "", a.kind, a.reviewer, a.since, a.until, a.search)
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        if arguments.action in {"verify", "anchor", "reseal"}:
            return _VERIFYING_ACTIONS[arguments.action](workbench, arguments, reporter)
        trail = workbench.audit.load_trail(CancelToken(), reporter)
        chain, rows = trail.chain, trail.filter_rows(wanted)
        if arguments.action == "calls":
            _output_calls(workbench.audit.alert_calls_of(trail, wanted), arguments.file)
        if arguments.action == "export":
            export_audit(rows, chain, arguments.file)
            print(f"{len(rows)} events written to {arguments.file}.")
        for row in rows if arguments.action == "list" else ():
            event, mark = row.event, " (undone)" if row.undone else ""
            print(
                f"{event.seq:>6}  {format_local_time(event.at)}  {event.slide_id}  {event.reviewer}: {row.text}{mark}"
            )
    return _print_chain(chain)


def _print_chain(chain: ChainState) -> int:
    """Print the state of the chain and each finding; returns the exit code."""
    stream = sys.stdout if chain.is_intact else sys.stderr
    for line in (chain.chain_message, *chain.findings):
        print(line, file=stream)
    return 0 if chain.is_intact else 1


def _verify(workbench: Workbench, arguments: argparse.Namespace, reporter: Reporter) -> int:
    """Verify chains, seals and signed slides, and compare with files."""
    chain = workbench.audit.verify(CancelToken(), reporter)
    code = _print_chain(chain)
    for note in chain.notes:
        print(note)
    for compared in workbench.audit.compare_with_files(arguments.against):
        print(f"{compared.path}: {compared.text}", file=sys.stdout if compared.fits else sys.stderr)
        code = code if compared.fits else 1
    return code


def _write_anchor(workbench: Workbench, arguments: argparse.Namespace, _reporter: Reporter) -> int:
    """Write the present heads to a file, and print the line for a book."""
    from leukview.services.audit.anchors import write_anchor

    if arguments.file is None:
        raise LeukViewError("Name the file to write.", "leukview audit anchor FILE.json")
    anchor = workbench.audit.anchor_heads()
    write_anchor(anchor, arguments.file)
    print(anchor.statement)
    print(f"SHA-256 of this line: {anchor.sha256}")
    return 0


def _reseal(workbench: Workbench, arguments: argparse.Namespace, reporter: Reporter) -> int:
    """Accept the present state under the name of an administrator."""
    if not arguments.reason.strip():
        raise LeukViewError("Accepting the state of the database needs a reason.", "leukview audit reseal --reason …")
    actor = prove_reviewer(workbench.profiles, arguments)
    workbench.profiles.require_right(actor, Right.ADMINISTER)
    before = workbench.audit.verify(CancelToken(), reporter)
    workbench.seals.reseal(actor, arguments.reason.strip())
    for finding in before.findings:
        print(f"Accepted: {finding}")
    return _verify(workbench, arguments, reporter)


_VERIFYING_ACTIONS = {"verify": _verify, "anchor": _write_anchor, "reseal": _reseal}


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
    from leukview.bootstrap.analyse_slide import begin_new_vault, check_installation

    if arguments.new_vault:
        begin_new_vault()
        print("A new identity vault was begun.")
    findings = check_installation(arguments.database)
    for finding in findings:
        print(f"{'ok  ' if finding.passed else 'BAD '} {finding.text}")
    return 0 if all(f.passed for f in findings) else 1
