"""``corrections``: export of reviewed cells as training data."""

from __future__ import annotations

import argparse
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.system_text import operating_system_user


def register(commands: SubParsers) -> None:
    """Add the parser of ``corrections``."""
    p = commands.add_parser("corrections", help="export the reviewed cells of signed slides for training")
    p.add_argument("action", choices=("export",))
    p.add_argument("directory", type=Path, metavar="DIR", help="data folder of the training; gets cells/cells-….zip")
    p.add_argument("--site", default="site", help="name of the archive and of the cells' source")
    p.add_argument("--patients", type=Path, metavar="CSV", help="columns patient (pseudonym) and diagnosis")
    p.add_argument("--synthetic", action="store_true", help="the reviewed cells of synthetic slides, and no others")
    p.add_argument("--reviewer", default="", metavar="NAME", help="who exports, for the log (default: your user name)")
    add_database_option(p)
    p.set_defaults(run=_export_command)


def _export_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.services.corrections.tables import read_diagnoses

    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        diagnoses = read_diagnoses(arguments.patients, workbench.taxonomy) if arguments.patients else {}
        path, gathered = workbench.correction_exporter.export(
            arguments.directory,
            arguments.site,
            diagnoses,
            CancelToken(),
            reporter,
            exported_by=arguments.reviewer or operating_system_user(),
            synthetic=arguments.synthetic,
        )
        print(gathered.summary_text(workbench.taxonomy))
    print(f"Written: {path}")
    return 0
