"""Options and helpers shared by several commands."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.errors import LeukViewError, PinError, ReviewError
from leukview.core.job_runner import Reporter
from leukview.core.messages import Message
from leukview.core.system_text import operating_system_user
from leukview.domain.site_classes import parse_answer

if TYPE_CHECKING:
    from leukview.services.review.session import ReviewSession
    from leukview.services.users.profiles import ProfileService
    from leukview.services.workbench import Workbench

CommandFunction: TypeAlias = Callable[[argparse.Namespace, Reporter], int]
"""Type of a parser's default ``run``: takes arguments and a progress reporter, returns the exit code."""
SubParsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse gives no other name


def add_database_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--database``."""
    parser.add_argument("--database", default="", metavar="URL", help="default: LEUKVIEW_DATABASE_URL, else your own")


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `choices` reads."""
    parser.add_argument(
        "--segmenter", default="embedded", metavar="NAME", help="embedded, sam_vit_b, sam_vit_l, sam_vit_h"
    )
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle folder (default: the one that ships)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    add_database_option(parser)


def runtime_options(arguments: argparse.Namespace) -> RuntimeOptions:
    """Runtime options from the arguments of `add_model_options`."""
    return RuntimeOptions(arguments.database, arguments.bundle, arguments.segmenter, arguments.device)


def add_class_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--class``, which `folder_answers` reads."""
    parser.add_argument(
        "--class",
        dest="folder_answers",
        action="append",
        default=[],
        metavar="FOLDER=CLASS",
        help="what a folder of unknown name holds: a class, “patient” or “leave out”; may be given several times",
    )


def folder_answers(arguments: argparse.Namespace) -> dict[str, str]:
    """Folder name → class key, ``patient`` or ``leave out``, as given with ``--class``.

    Raises:
        LeukViewError: One is not of the form FOLDER=CLASS, or names no class.
    """
    answers: dict[str, str] = {}
    for text in arguments.folder_answers:
        name, sign, said = text.rpartition("=")
        if not sign or not name.strip() or not said.strip():
            raise LeukViewError(
                Message("“{text}” is not of the form FOLDER=CLASS.", text=text),
                "Write for example --class “Linfocitos=lymphocyte”.",
            )
        answers[name.strip()] = parse_answer(said, load_taxonomy())
    return answers


class _RefusedPin(argparse.Action):
    """Refuses a PIN as an argument, which would also be taken as the abbreviation of ``--pin-file``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.error("a PIN is not given as an argument, which others can see: use --pin-file, or type it when asked")


def add_reviewer_options(parser: argparse.ArgumentParser, action: str) -> None:
    """Add ``--reviewer`` and ``--pin-file``; `action` is what the person does, for the help text."""
    parser.add_argument(
        "--reviewer", default="", metavar="NAME", help=f"who {action}, for the log (default: your user name)"
    )
    parser.add_argument(
        "--pin-file",
        type=Path,
        metavar="FILE",
        help="its first line is the reviewer's PIN; “-” = standard input; else you are asked",
    )
    parser.add_argument("--pin", action=_RefusedPin, help=argparse.SUPPRESS)


def prove_reviewer(profiles: ProfileService, arguments: argparse.Namespace) -> str:
    """Prove that the acting person is who the arguments say, as the window does; returns the name for the log.

    A reviewer with a PIN proves it. A name that is no reviewer's is accepted only while there are no reviewers, or as
    the operating system's user, who then has none of the rights of a reviewer.

    Args:
        profiles: The reviewers.
        arguments: With those of `add_reviewer_options`.

    Raises:
        PinError: The PIN is wrong, or was entered too early after wrong ones.
        ReviewError: The name is none of the reviewers, or the reviewer is retired.
        LeukViewError: The PIN cannot be read.
    """
    name = " ".join((arguments.reviewer or operating_system_user()).split())
    everybody = profiles.all_profiles()
    profile = next((p for p in everybody if p.name.casefold() == name.casefold()), None)
    if profile is not None:
        return profiles.authenticate(profile.id, read_pin(profile.name, arguments) if profile.has_pin else "").name
    if everybody and arguments.reviewer:
        raise ReviewError(
            Message("{name} is not a reviewer of this workstation.", name=name), "Add the person as a reviewer first."
        )
    profiles.require_own_name("", name)  # a former name is somebody's name, too
    return name


def read_pin(name: str, arguments: argparse.Namespace) -> str:
    """Read a PIN from ``--pin-file``, from the keyboard without echo, or from the first line of standard input.

    It cannot be given as an argument or in the environment, which other users and programs can see.

    Raises:
        LeukViewError: The file cannot be read.
    """
    file: Path | None = arguments.pin_file
    if file is not None and str(file) != "-":
        try:
            return file.read_text(encoding="utf-8-sig").split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise LeukViewError(
                Message("The PIN file “{file}” cannot be read: {reason}.", file=file.name, reason=error)
            ) from error
    if file is None and sys.stdin.isatty():
        return getpass.getpass(f"PIN of {name}: ")
    return sys.stdin.readline().rstrip("\r\n")


def open_proven_session(workbench: Workbench, arguments: argparse.Namespace) -> ReviewSession:
    """Open the review of the slide ``arguments.slide`` as the person of `prove_reviewer`.

    A wrong PIN is recorded in the slide's log, as in the window.

    Raises:
        LeukViewError: There is no such slide, or see `prove_reviewer`.
    """
    try:
        reviewer = prove_reviewer(workbench.profiles, arguments)
    except PinError:
        name = arguments.reviewer or operating_system_user()
        open_slide_session(workbench, arguments.slide, name).record_failed_pin(name)
        raise
    return open_slide_session(workbench, arguments.slide, reviewer)


def open_slide_session(workbench: Workbench, slide: str, reviewer: str) -> ReviewSession:
    """Open the review of a slide under a proven name.

    Raises:
        LeukViewError: There is no such slide; the hint lists the existing ones.
    """
    known = sorted(found.id for found in workbench.slides())
    if slide not in known:
        here = Message("Available: {names}.", names=", ".join(known)) if known else "No slide was imported yet."
        raise LeukViewError(Message("There is no slide “{slide}” in this database.", slide=slide), here)
    return workbench.open_session(slide, reviewer)


def parse_datetime(text: str) -> datetime:
    """Parse an ISO 8601 time, local when it has no zone; `ValueError` if invalid."""
    return datetime.fromisoformat(text).astimezone()


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
