"""``verify``: the laboratory's signed differentials beside its counts at the microscope, as a protocol."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter


def register(commands: SubParsers) -> None:
    """Add the parser of ``verify``."""
    p = commands.add_parser(
        "verify", help="compare signed slides with counts at the microscope; write the protocol as PDF"
    )
    p.add_argument(
        "table", type=Path, metavar="TABLE", help="CSV: slide or order, then a column of cells for each class"
    )
    p.add_argument("--output", type=Path, required=True, metavar="FILE", help="the PDF to write")
    add_database_option(p)
    p.set_defaults(run=_verify_command)


def _verify_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.services.verification.protocol import blast_lines, summary_lines

    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        verification = workbench.verification
        found = verification.compare_table(arguments.table, CancelToken(), reporter)
        for line, reason in found.left_out:
            print(f"line {line}: {reason}", file=sys.stderr)
        if not found.films:
            raise LeukViewError("No film of the table is a signed slide here.", "Sign the slides first.")
        verification.write_protocol(found, arguments.table.name, arguments.output)
        taxonomy = workbench.taxonomy
    for row in (*summary_lines(found.reviewed, taxonomy), *blast_lines(found.reviewed)):
        print("\t".join(row))
    print(arguments.output.resolve())
    return 0
