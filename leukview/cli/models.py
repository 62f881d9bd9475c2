"""``models``: list, verify, compare, install and roll back models."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, add_reviewer_options, read_pin
from leukview.core.atomic_files import read_file
from leukview.core.errors import LeukViewError, ModelError
from leukview.core.job_runner import CancelToken, Reporter, null_reporter
from leukview.core.messages import Message
from leukview.core.system_text import operating_system_user
from leukview.services.workbench import Workbench

MAX_COMPARISON_BYTES = 64 * 1024**2
MODEL_IN_USE = "in-use"
"""Argument that means the model in use, instead of a bundle's folder."""


def register(commands: SubParsers) -> None:
    """Add the parsers of ``models``."""
    p = commands.add_parser("models", help="models: list, verify, compare, install, roll back, history")
    actions = p.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, words in (("list", "the models of this workstation"), ("verify", "check each file against its hash")):
        actions.add_parser(action, help=words).set_defaults(run=_list_command)
    p = actions.add_parser("compare", help="champion against candidate on patients kept aside; 0 = may be installed")
    p.add_argument("champion", metavar="CHAMPION", help=f"bundle folder, or “{MODEL_IN_USE}”")
    p.add_argument("candidate", type=Path, metavar="CANDIDATE", help="bundle folder")
    p.add_argument(
        "--data", type=Path, action="append", required=True, metavar="DIR", help="data folder; may be repeated"
    )
    p.add_argument("--output", type=Path, metavar="FILE", help="writes FILE as JSON, and as HTML beside it")
    add_database_option(p)
    p.set_defaults(run=_compare_command)
    p = actions.add_parser("install", help="install a bundle whose comparison you sign, or a SAM checkpoint")
    p.add_argument("file", type=Path, metavar="BUNDLE|FILE")
    p.add_argument("--comparison", type=Path, metavar="FILE", help="of this bundle against the model in use")
    add_signature_options(p)
    p.set_defaults(run=_install_command)
    p = actions.add_parser("rollback", help="take the model of before into use again")
    add_signature_options(p)
    p.set_defaults(run=_roll_back_command)
    p = actions.add_parser("history", help="who installed what, when and why")
    add_database_option(p)
    p.set_defaults(run=_history_command)


def add_signature_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a person who signs, and the database."""
    add_reviewer_options(parser, "signs")
    parser.add_argument("--meaning", metavar="WORDS", help="what the signature means")
    parser.add_argument("--reason", default="", metavar="WORDS")
    add_database_option(parser)


def _list_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.bootstrap.model_loading import active_bundle_path, list_installed_models

    inventory = list_installed_models(verify=arguments.action == "verify")
    try:
        in_use: Path | None = active_bundle_path()
    except ModelError:  # the list itself says that the file is missing or damaged
        in_use = None
    for model in inventory:
        mark = "  in use" if model.path == in_use else ""
        print(f"{model.name:<28} {model.kind:<11} {model.state:<14} {model.sha256[:16]}{mark}")
    return 0 if all(model.state not in {"damaged", "missing"} for model in inventory) else 1


def _compare_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    champion = None if arguments.champion == MODEL_IN_USE else Path(arguments.champion)
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        models, now = workbench.model_registry, datetime.now().astimezone()
        found = models.compare(champion, arguments.candidate, arguments.data, now, CancelToken(), reporter)
        print(models.comparison_text(found))
        if arguments.output:
            for path in models.write_comparison(found, arguments.output):
                print(f"Written: {path}")
        return 1 if models.violations(found) else 0


def _install_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.core.paths import models_dir
    from leukview.inference.bundles.sam_checkpoints import install_checkpoint

    if not arguments.file.is_dir():
        print(f"Installed {install_checkpoint(arguments.file, models_dir()).name}.")
        return 0
    if arguments.comparison is None:
        raise LeukViewError(
            "A model is installed on the strength of a comparison only.",
            Message(
                "leukview models compare {in_use} BUNDLE --data DIR --output FILE, then --comparison FILE.",
                in_use=MODEL_IN_USE,
            ),
        )
    try:
        comparison = read_file(arguments.comparison, MAX_COMPARISON_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise LeukViewError(
            Message("The comparison “{comparison}” cannot be read.", comparison=arguments.comparison.name)
        ) from error
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        signer, pin = ask_signer(workbench, arguments)
        more = {"meaning": arguments.meaning} if arguments.meaning else {}
        entry = workbench.model_registry.install(
            arguments.file, comparison, signer=signer, pin=pin, reason=arguments.reason, **more
        )
    print(f"In use from now on: {entry.name} {entry.bundle[:16]}, signed by {entry.signer}: {entry.meaning}.")
    return 0


def _roll_back_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        signer, pin = ask_signer(workbench, arguments)
        more = {"meaning": arguments.meaning} if arguments.meaning else {}
        entry = workbench.model_registry.roll_back(signer=signer, pin=pin, reason=arguments.reason, **more)
    print(f"In use again: {entry.name}, signed by {entry.signer}.")
    return 0


def ask_signer(workbench: Workbench, arguments: argparse.Namespace) -> tuple[str, str]:
    """Name of the signer, and the PIN if there is one; see `read_pin`."""
    name = arguments.reviewer or operating_system_user()
    return name, read_pin(name, arguments) if workbench.model_registry.requires_pin(name) else ""


def _history_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.services.audit.trail import format_local_time

    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        registry = workbench.model_registry.overview(CancelToken(), null_reporter)
    for entry in registry.entries:
        what = entry.bundle[:16] or "as shipped"
        print(
            f"{entry.seq:>4}  {format_local_time(entry.at)}  {entry.change.value:<9} "
            f"{entry.name} ({what})  {entry.signer}"
        )
        print(f"      {entry.meaning}" + (f". Reason: {entry.reason}" if entry.reason else ""))
    if registry.first_broken is not None:
        print(f"The registry was changed: entry {registry.first_broken.seq} is the first broken one.", file=sys.stderr)
        return 1
    print(f"The hash chain of {len(registry.entries)} entries is intact.")
    return 0
