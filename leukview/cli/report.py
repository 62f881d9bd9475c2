"""``report``: the PDF report of a stored slide."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, add_reviewer_options, open_proven_session
from leukview.core.atomic_files import read_file
from leukview.core.errors import ReportError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message
from leukview.services.report.report_data import Certificate, ReportOptions

CERTIFICATE_PASSWORD_VARIABLE = "LEUKVIEW_CERTIFICATE_PASSWORD"  # noqa: S105 - the variable's name


MAX_PASSWORD_FILE_BYTES = 1024**2


def register(commands: SubParsers) -> None:
    """Add the parser of ``report``."""
    p = commands.add_parser("report", help="write the report of a slide as PDF/A, with its cells attached")
    p.add_argument("slide", metavar="SLIDE_ID", help="pseudonym of the slide; a wrong one lists those there are")
    p.add_argument("--output", type=Path, required=True, metavar="FILE", help="the PDF to write")
    p.add_argument("--language", default="", metavar="CODE", help="en, zh_CN or your own (default: your report.toml)")
    p.add_argument("--paper", default="", choices=("a4", "us-letter"), help="default: your report.toml")
    p.add_argument("--certificate", type=Path, metavar="FILE", help="sign with this PKCS#12 file (leukview[sign])")
    p.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=f"its first line is the certificate's password; else {CERTIFICATE_PASSWORD_VARIABLE}, else you are asked",
    )
    add_reviewer_options(p, "writes the report")
    p.add_argument("--bundle", type=Path, metavar="PATH", help="the model bundle the report describes")
    add_database_option(p)
    p.set_defaults(run=_report_command)


def _report_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    certificate = None
    if arguments.certificate is not None:
        certificate = Certificate(arguments.certificate, _certificate_password(arguments.password_file))
    options = ReportOptions(arguments.language, arguments.paper, certificate)
    with open_workbench(RuntimeOptions(arguments.database, arguments.bundle)) as workbench:
        session = open_proven_session(workbench, arguments)
        path = workbench.write_report(session, arguments.output, CancelToken(), reporter, options)
    print(f"Report: {path.resolve()}")
    return 0


def _certificate_password(file: Path | None) -> str:
    """Certificate password from a file, the environment or the keyboard.

    It cannot be given as an argument, which other users could see.
    """
    if file is not None:
        try:
            return read_file(file, MAX_PASSWORD_FILE_BYTES).decode("utf-8-sig").split("\n", 1)[0].rstrip("\r")
        except (OSError, ValueError) as error:
            raise ReportError(
                Message("The password file “{file}” cannot be read: {reason}.", file=file.name, reason=error)
            ) from error
    given = os.environ.get(CERTIFICATE_PASSWORD_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise ReportError(
            "The certificate's password is not given.",
            Message(
                "Use --password-file or the variable {password_variable}.",
                password_variable=CERTIFICATE_PASSWORD_VARIABLE,
            ),
        )
    return getpass.getpass("Password of the certificate: ")
