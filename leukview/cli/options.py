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
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import Reporter
from leukview.core.messages import Message
from leukview.domain.site_classes import parse_answer

if TYPE_CHECKING:
    from leukview.services.review.session import ReviewSession
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


def open_slide_session(workbench: Workbench, slide: str, reviewer: str = "") -> ReviewSession:
    """Open the review of a slide; without `reviewer`, as the operating system's user.

    Raises:
        LeukViewError: There is no such slide; the hint lists the existing ones.
    """
    known = sorted(found.id for found in workbench.slides())
    if slide not in known:
        here = Message("Known are {names}.", names=", ".join(known)) if known else "No slide was imported yet."
        raise LeukViewError(Message("There is no slide “{slide}” in this database.", slide=slide), here)
    return workbench.open_session(slide, reviewer or getpass.getuser())


def parse_datetime(text: str) -> datetime:
    """Parse an ISO 8601 time, local when it has no zone; `ValueError` if invalid."""
    return datetime.fromisoformat(text).astimezone()


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
