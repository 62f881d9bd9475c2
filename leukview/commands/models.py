"""``models``: the model files."""

from __future__ import annotations

import argparse
from pathlib import Path

from leukview.commands.parts import Parsers
from leukview.core.errors import LeukViewError
from leukview.core.jobs import Reporter


def register(commands: Parsers) -> None:
    """Add the parser."""
    p = commands.add_parser("models", help="model files: list, verify, install")
    p.add_argument("action", choices=("list", "verify", "install"))
    p.add_argument("file", nargs="?", type=Path)
    p.set_defaults(run=_models)


def _models(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.app import model_inventory
    from leukview.core.paths import models_dir
    from leukview.inference.models import install

    if arguments.action == "install":
        if arguments.file is None:
            raise LeukViewError("Name the checkpoint file to install.", "leukview models install FILE")
        print(f"Installed {install(arguments.file, models_dir()).name}.")
        return 0
    inventory = model_inventory(check=arguments.action == "verify")
    for model in inventory:
        print(f"{model.name:<28} {model.kind:<11} {model.state:<14} {model.sha256[:16]}")
    return 0 if all(model.state not in {"damaged", "missing"} for model in inventory) else 1
