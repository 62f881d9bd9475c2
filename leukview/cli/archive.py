"""``backup``, ``restore``, ``erase`` and ``withdraw``: the life of the stored data."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, open_slide_session
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message
from leukview.core.paths import data_dir

_AGE = re.compile(r"(\d{1,5})([dmy])")
_DAYS = {"d": 1, "m": 31, "y": 366}


def register(commands: SubParsers) -> None:
    """Add the parsers."""
    p = commands.add_parser("backup", help="copy database, names, settings and site files into one file, while in use")
    p.add_argument("output", type=Path, metavar="DIR", help="folder, or a file that ends in .leukbackup")
    p.set_defaults(run=_backup_command)
    p = commands.add_parser("restore", help="put a backup into the data folder")
    p.add_argument("file", type=Path, metavar="FILE")
    p.add_argument("--replace", action="store_true", help="keep what is in the data folder beside, then restore")
    p.set_defaults(run=_restore_command)
    p = commands.add_parser("erase", help="erase patients for good: cells, reviews, names; the log keeps their hashes")
    which = p.add_mutually_exclusive_group(required=True)
    which.add_argument("--patient", metavar="ID", help="pseudonym of the patient, e.g. P-2W8XK4TD")
    which.add_argument("--older-than", type=parse_age, metavar="AGE", help="unused for so long: 90d, 18m, 10y")
    p.add_argument("--reason", required=True, metavar="TEXT", help="stands in the log; name nobody in it")
    p.add_argument("--reviewer", default="", metavar="NAME", help="who erases, for the log (default: your user name)")
    p.add_argument("--yes", action="store_true", help="do not ask")
    add_database_option(p)
    p.set_defaults(run=_erase_command)
    p = commands.add_parser(
        "withdraw", help="take a wrong import out of the worklist, with a reason; nothing is deleted"
    )
    p.add_argument("slide", metavar="SLIDE_ID")
    p.add_argument("--reason", required=True, metavar="TEXT")
    p.add_argument("--take-back", action="store_true", help="put a withdrawn slide back into the worklist")
    p.add_argument("--amend", action="store_true", help="also a signed slide")
    p.add_argument("--reviewer", default="", metavar="NAME", help="who withdraws (default: your user name)")
    add_database_option(p)
    p.set_defaults(run=_withdraw_command)


def parse_age(text: str) -> timedelta:
    """Parse an age such as ``90d``, ``18m`` or ``10y``; months and years are counted long. `ValueError` if invalid."""
    match = _AGE.fullmatch(text.strip().casefold())
    if match is None or int(match[1]) == 0:
        raise ValueError(text)
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def _backup_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.storage.backup import back_up
    from leukview.storage.key_store import KeyStore

    path = back_up(data_dir(), arguments.output, KeyStore(), CancelToken(), reporter)
    print(path.resolve())
    print(
        "This file holds the names of the patients and the key to them: keep it as safe as the workstation. "
        "Models and images are not in it.",
        file=sys.stderr,
    )
    return 0


def _restore_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.storage.backup import restore
    from leukview.storage.key_store import KeyStore

    kept = restore(arguments.file, data_dir(), KeyStore(), CancelToken(), reporter, replace=arguments.replace)
    print("The backup is restored.")
    if kept is not None:
        print(f"What was there before is in {kept}.")
    return 0


def _erase_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.storage.backup import SUFFIX

    a = arguments
    if not a.reason.strip():
        raise LeukViewError("An erasure needs a reason.")
    with open_workbench(RuntimeOptions(a.database)) as workbench:
        if a.patient is not None:
            slides = workbench.slides_of_patient(a.patient)
            if not slides:
                raise LeukViewError(
                    Message("There is no patient “{patient}” in this database.", patient=a.patient),
                    "Name the pseudonym that the worklist shows, such as P-2W8XK4TD.",
                )
        else:
            slides = workbench.slides_unused_since(datetime.now(UTC) - a.older_than)
        if not slides:
            print("No slide is that old.")
            return 0
        if not a.yes:
            _confirm(len(slides))
        workbench.erase_slides(
            [s.id for s in slides], a.reason, a.reviewer or getpass.getuser(), CancelToken(), reporter
        )
    print(f"Erased: {len(slides)} slides. This cannot be undone.")
    folder = data_dir()
    copies = [p for p in (folder / "backups").glob("*") if p.is_file()] if (folder / "backups").is_dir() else []
    copies += [*folder.glob("before-restore-*"), *folder.glob(f"*{SUFFIX}")]
    if copies:
        print("Older copies still hold them; delete those when you no longer need them:", file=sys.stderr)
        for copy in sorted(copies):
            print(f"  {copy}", file=sys.stderr)
    print("Backups elsewhere, exports and the analyser's own images are not touched.", file=sys.stderr)
    return 0


def _confirm(count: int) -> None:
    if not sys.stdin.isatty():
        raise LeukViewError("The erasure was not confirmed.", "Add --yes.")
    if input(f"Erase {count} slides for good? Type “erase”: ").strip().casefold() != "erase":
        raise LeukViewError("The erasure was not confirmed.", "Nothing was changed.")


def _withdraw_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    a = arguments
    with open_workbench(RuntimeOptions(a.database)) as workbench:
        session = open_slide_session(workbench, a.slide, a.reviewer)
        session.withdraw(a.reason, withdrawn=not a.take_back, may_amend=a.amend)
    print("The slide is back in the worklist." if a.take_back else "The slide is withdrawn.")
    return 0
