"""``export``: a slide in formats for other systems."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import (
    SubParsers,
    add_database_option,
    add_reviewer_options,
    open_proven_session,
    prove_reviewer,
)
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.services.export.exporter import ExportFormat, ExportRequest


def register(commands: SubParsers) -> None:
    """Add the parser of ``export``."""
    p = commands.add_parser("export", help="write a slide as FHIR, HL7, CSV, JSON, or its cells without names")
    p.add_argument("slide", nargs="?", metavar="SLIDE_ID", help="pseudonym of the slide, e.g. S-7F3K9Q2M")
    p.add_argument("--patient", metavar="ID", help="everything that is held about a patient, names and images too")
    p.add_argument("--format", choices=[f.value for f in ExportFormat])
    p.add_argument("--output", type=Path, required=True, metavar="DIR")
    p.add_argument(
        "--with-names", action="store_true", help="tell patient, order and file names (fhir, hl7, csv, json)"
    )
    p.add_argument("--with-comments", action="store_true", help="tell what persons typed; it may name somebody")
    add_reviewer_options(p, "exports")
    add_database_option(p)
    p.set_defaults(run=_export_command)


def _export_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    a = arguments
    if a.patient is not None:
        return _export_patient(a, reporter)
    if a.slide is None or a.format is None:
        raise LeukViewError("Name the slide and the format, or the patient.", "leukview export --help")
    request = ExportRequest(
        ExportFormat(a.format), a.output, include_names=a.with_names, include_comments=a.with_comments
    )
    with open_workbench(RuntimeOptions(a.database)) as workbench:
        session = open_proven_session(workbench, a)
        done = workbench.slide_exporter.export(session, request, CancelToken(), reporter)
    for path in done.paths:
        print(path.resolve())
    if done.without_mask_count:
        print(
            f"{done.without_mask_count} cells have no mask: analyse the slide again to have them all.", file=sys.stderr
        )
    if done.missing_numbers:
        numbers = ", ".join(map(str, done.missing_numbers[:12])) + (" …" if len(done.missing_numbers) > 12 else "")
        print(f"The images of {len(done.missing_numbers)} cells could not be written: {numbers}.", file=sys.stderr)
    return 1 if done.missing_numbers else 0


def _export_patient(arguments: argparse.Namespace, reporter: Reporter) -> int:
    a = arguments
    if a.slide is not None or a.format is not None:
        raise LeukViewError("--patient goes with neither a slide nor a format.", "leukview export --help")
    with open_workbench(RuntimeOptions(a.database)) as workbench:
        folder, missing = workbench.data_management.export_patient(
            a.patient, a.output, prove_reviewer(workbench.profiles, a), CancelToken(), reporter
        )
    print(folder.resolve())
    if missing:
        print(f"The images of {missing} cells are not on this workstation any more.", file=sys.stderr)
    return 1 if missing else 0
