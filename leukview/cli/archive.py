"""``backup``, ``restore``, ``erase`` and ``withdraw``: the life of the stored data."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_role_rights
from leukview.cli.options import (
    SubParsers,
    add_database_option,
    add_reviewer_options,
    open_proven_session,
    prove_reviewer,
)
from leukview.core.errors import LeukViewError, StoreError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message
from leukview.core.paths import data_dir, temporary_folder
from leukview.domain.review.rights import Right

if TYPE_CHECKING:
    from leukview.services.users.profiles import ProfileService

_AGE = re.compile(r"(\d{1,5})([dmy])")
_DATABASE = "leukview.db"
_DAYS = {"d": 1, "m": 31, "y": 366}


def register(commands: SubParsers) -> None:
    """Add the parsers."""
    p = commands.add_parser("backup", help="copy database, names, settings and site files into one file, while in use")
    p.add_argument("output", type=Path, metavar="DIR", help="folder, or a file that ends in .leukbackup")
    p.set_defaults(run=_backup_command)
    p = commands.add_parser("restore", help="put a backup into the data folder")
    p.add_argument("file", type=Path, metavar="FILE")
    p.add_argument("--replace", action="store_true", help="keep what is in the data folder beside, then restore")
    p.add_argument(
        "--reason", default="", metavar="TEXT", help="why, for the seals of the log (default: the name of the file)"
    )
    add_reviewer_options(p, "restores")
    p.set_defaults(run=_restore_command)
    p = commands.add_parser("erase", help="erase patients for good: cells, reviews, names; the log keeps their hashes")
    which = p.add_mutually_exclusive_group(required=True)
    which.add_argument("--patient", metavar="ID", help="pseudonym of the patient, e.g. P-2W8XK4TD")
    which.add_argument("--older-than", type=parse_age, metavar="AGE", help="unused for so long: 90d, 18m, 10y")
    p.add_argument("--reason", required=True, metavar="TEXT", help="stands in the log; name nobody in it")
    add_reviewer_options(p, "erases")
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
    add_reviewer_options(p, "withdraws")
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

    actor = _prove_restorer(data_dir() / _DATABASE, arguments)

    def approve(database: Path) -> None:
        nonlocal actor
        if actor is None:  # nobody is known here, so that the reviewers of the backup decide
            actor = _prove_restorer(database, arguments)

    kept = restore(
        arguments.file,
        data_dir(),
        KeyStore(),
        CancelToken(),
        reporter,
        replace=arguments.replace,
        approve=approve,
    )
    # The log of the backup is older than the last head that was sealed here: that is accepted, and told from now on.
    reason = arguments.reason.strip() or Message("backup {name} put back", name=arguments.file.name)
    with open_workbench(RuntimeOptions(f"sqlite:///{data_dir() / _DATABASE}")) as workbench:
        workbench.audit.verify(CancelToken(), reporter)
        workbench.seals.reseal(actor or getpass.getuser(), str(reason))
    print("The backup is restored.")
    if kept is not None:
        print(f"What was there before is in {kept}.")
    return 0


def _prove_restorer(database: Path, arguments: argparse.Namespace) -> str | None:
    """Prove the administrator by the reviewers of a database; None when it has none or cannot be opened."""
    if not database.is_file():
        return None
    try:
        with _open_profiles(database) as profiles:
            if not profiles.all_profiles():
                return None
            name = prove_reviewer(profiles, arguments)
            profiles.require_right(name, Right.ADMINISTER)
            return name
    except StoreError:  # a damaged file is what a restoration is for
        return None


@contextmanager
def _open_profiles(path: Path) -> Iterator[ProfileService]:
    """Open the reviewers of a database file; the one of the data folder is sealed as ever."""
    from leukview.services.users.profiles import ProfileService
    from leukview.storage.database import open_database
    from leukview.storage.key_store import KeyStore
    from leukview.storage.profile_store import SqlProfileStore
    from leukview.storage.sealing import make_main_sealer
    from leukview.storage.seals import SEAL_KEY_BYTES, SEAL_KEY_NAME, SealKey

    with (
        temporary_folder("restore") as folder,
        closing(open_database(f"sqlite:///{path}", backup_dir=folder)) as database,
    ):
        profiles = ProfileService(SqlProfileStore(database), load_role_rights())
        if path.parent == data_dir() and profiles.all_profiles():
            key = SealKey(lambda: KeyStore().get_or_create(SEAL_KEY_NAME, SEAL_KEY_BYTES))
            with closing(make_main_sealer(database, key)):
                yield profiles
        else:
            yield profiles


def _erase_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.storage.backup import SUFFIX

    a = arguments
    if not a.reason.strip():
        raise LeukViewError("An erasure needs a reason.")
    with open_workbench(RuntimeOptions(a.database)) as workbench:
        reviewer = prove_reviewer(workbench.profiles, a)
        workbench.profiles.require_right(reviewer, Right.ERASE)
        if a.patient is not None:
            slides = workbench.slides_of_patient(a.patient)
            if not slides:
                raise LeukViewError(
                    Message("There is no patient “{patient}” in this database.", patient=a.patient),
                    "Give the pseudonym shown in the worklist, for example P-2W8XK4TD.",
                )
        else:
            slides = workbench.data_management.slides_unused_since(datetime.now(UTC) - a.older_than)
        if not slides:
            print("No slide is that old.")
            return 0
        if not a.yes:
            _confirm(len(slides))
        workbench.data_management.erase_slides([s.id for s in slides], a.reason, reviewer, CancelToken(), reporter)
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
        raise LeukViewError("The erasure was not confirmed.", "No changes were made.")


def _withdraw_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    a = arguments
    with open_workbench(RuntimeOptions(a.database)) as workbench:
        session = open_proven_session(workbench, a)
        session.withdraw(a.reason, withdrawn=not a.take_back, may_amend=a.amend)
    print("The slide is back in the worklist." if a.take_back else "The slide is withdrawn.")
    return 0
