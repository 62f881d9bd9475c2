"""``competency``: results of the training, by person over time."""

from __future__ import annotations

import argparse
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, add_reviewer_options, prove_reviewer
from leukview.core.job_runner import Reporter
from leukview.core.messages import Message


def register(commands: SubParsers) -> None:
    """Add the parser of ``competency``."""
    words = "export the rounds of the training as CSV: your own, or all as administrator"
    p = commands.add_parser("competency", help=words)
    p.add_argument("output", type=Path, metavar="FILE", help="the CSV file to write")
    add_reviewer_options(p, "exports")
    add_database_option(p)
    p.set_defaults(run=_competency_command)


def _competency_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        person = prove_reviewer(workbench.profiles, arguments)
        count = workbench.competency.export(arguments.output, person)
    print(Message("{count} rounds exported.", count=count))
    return 0
