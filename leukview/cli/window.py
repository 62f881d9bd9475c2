"""``open``, ``run``, ``inspect`` and ``demo``: the window and its input."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from leukview.bootstrap.batch import ExecutionOptions
from leukview.bootstrap.composition import open_stores, run_window
from leukview.cli.analyze import run_analysis
from leukview.cli.options import (
    SubParsers,
    add_class_option,
    add_model_options,
    add_reviewer_options,
    folder_answers,
    has_display,
    prove_reviewer,
    runtime_options,
)
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.zip_encodings import ZIP_ENCODINGS
from leukview.services.users.profiles import ProfileService


def register(commands: SubParsers) -> None:
    """Add the parsers of the four commands."""
    p = commands.add_parser("open", help="open the window (also: leukview FOLDER)")
    p.add_argument("folder", nargs="?", type=Path)
    add_model_options(p)
    p.set_defaults(run=_open_command)
    p = commands.add_parser(
        "run", help="open the window on a folder, or on a demo; without a display do the job headless"
    )
    p.add_argument("folder", nargs="?", type=Path)
    p.add_argument("--demo", type=Path, default=Path("leukview-demo"), help="where to write the demo export")
    p.add_argument("--output", type=Path, default=Path("leukview-output"), help="results of a headless run")
    add_reviewer_options(p, "writes the reports of a headless run")
    add_model_options(p)
    p.set_defaults(run=_run_command)
    p = commands.add_parser("inspect", help="say what a folder or archive holds; store nothing")
    p.add_argument("folder", type=Path)
    add_class_option(p)
    p.add_argument("--json", action="store_true")
    p.add_argument("--zip-encoding", choices=ZIP_ENCODINGS, default="", help="encoding of names in an archive")
    p.set_defaults(run=_inspect_command)
    p = commands.add_parser("demo", help="write synthetic exports")
    p.add_argument("directory", type=Path, metavar="DIR")
    p.add_argument("--slides", type=int, default=1)
    p.add_argument("--cells", type=int, default=120)
    p.add_argument("--seed", type=int, default=0)
    p.set_defaults(run=_demo_command)


def _open_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    return run_window(runtime_options(arguments), arguments.folder)


def _inspect_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.bootstrap.site_config import load_taxonomy, site_folder_answers
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.importers.preview_text import preview_to_json, preview_to_text

    reader = AnalyserExportReader(load_taxonomy(), site_folder_answers)
    preview = reader.read(arguments.folder, CancelToken(), reporter, folder_answers(arguments), arguments.zip_encoding)
    text = json.dumps(preview_to_json(preview), indent=2, ensure_ascii=False)
    print(text if arguments.json else preview_to_text(preview))
    return 0


def _demo_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    if arguments.slides < 1 or arguments.cells < 1:
        raise LeukViewError("A demo needs at least one slide and one cell.")
    for folder in _write_demo(arguments.directory, arguments.slides, arguments.cells, arguments.seed, reporter):
        print(folder)
    return 0


def _write_demo(directory: Path, slides: int, cells: int, seed: int, reporter: Reporter) -> list[Path]:
    from leukview.bootstrap.site_config import load_taxonomy
    from leukview.synthetic import write_demo_export

    return write_demo_export(
        directory,
        slides=slides,
        cells=cells,
        seed=seed,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=reporter,
    )


def _run_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    folder: Path | None = arguments.folder
    if folder is None:
        folder = arguments.demo
        if not any(folder.glob("*/Signed slides")):
            print(f"Writing a synthetic demo export to {folder} …")
            _write_demo(folder, 2, 120, 0, reporter)
    if has_display():
        return run_window(runtime_options(arguments), folder)
    print("There is no display here: the same job is done without a window.")
    with open_stores(runtime_options(arguments)) as stores:
        reviewer = prove_reviewer(ProfileService(stores.profiles), arguments)
    return run_analysis(
        runtime_options(arguments), ExecutionOptions(), folder, arguments.output, reporter, reviewer=reviewer
    )
