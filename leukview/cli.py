"""The command line: the same use cases as the window."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from leukview import RESEARCH_USE_LINE, __version__
from leukview.app import Choices, open_workbench, run_window
from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.jobs import CancelToken, Progress, Reporter

COMMANDS = ("open", "run", "inspect", "analyze", "demo", "models", "audit", "doctor")


class TerminalReporter:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._shown = False

    def __call__(self, progress: Progress, /) -> None:
        """Draw the bar anew."""
        if not sys.stderr.isatty():
            return
        share = progress.done / progress.total if progress.total else 0.0
        bar = "█" * round(30 * share)
        sys.stderr.write(f"\r{progress.message:<24} {bar:<30} {progress.done}/{progress.total or '?'} ")
        sys.stderr.flush()
        self._shown = True

    def close(self) -> None:
        """Leave the bar's line."""
        if self._shown:
            sys.stderr.write("\n")
            self._shown = False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="leukview",
        description=f"Review of peripheral blood cells exported from a slide scanner. {RESEARCH_USE_LINE}",
    )
    parser.add_argument("--version", action="version", version=f"LeukView {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def engines(p: argparse.ArgumentParser) -> None:
        p.add_argument(
            "--segmenter", default="embedded", metavar="NAME", help="embedded, sam_vit_b, sam_vit_l, sam_vit_h"
        )
        p.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle folder (default: the one that ships)")
        p.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
        p.add_argument("--database", default="", metavar="URL", help="default: LEUKVIEW_DATABASE_URL, else your own")

    p = commands.add_parser("open", help="open the window (also: leukview FOLDER)")
    p.add_argument("folder", nargs="?", type=Path)
    engines(p)
    p = commands.add_parser(
        "run", help="open the window on a folder, or on a demo; without a display do the job headless"
    )
    p.add_argument("folder", nargs="?", type=Path)
    p.add_argument("--demo", type=Path, default=Path("leukview-demo"), help="where to write the demo export")
    p.add_argument("--output", type=Path, default=Path("leukview-output"), help="results of a headless run")
    engines(p)
    p = commands.add_parser("inspect", help="say what a folder or archive holds; store nothing")
    p.add_argument("folder", type=Path)
    p.add_argument("--json", action="store_true")
    p = commands.add_parser("analyze", help="segment and classify slides; write cells.csv, summary.json and report.pdf")
    p.add_argument("folder", type=Path)
    p.add_argument("--output", type=Path, required=True, metavar="DIR")
    p.add_argument(
        "--save-masks", action="store_true", help="masks/<image stem>.png: 0 background, 1 cytoplasm, 2 nucleus"
    )
    p.add_argument("--json", action="store_true", help="print the summaries as JSON")
    engines(p)
    p = commands.add_parser("demo", help="write synthetic exports")
    p.add_argument("directory", type=Path, metavar="DIR")
    p.add_argument("--slides", type=int, default=1)
    p.add_argument("--cells", type=int, default=120)
    p.add_argument("--seed", type=int, default=0)
    p = commands.add_parser("models", help="model files: list, verify, install")
    p.add_argument("action", choices=("list", "verify", "install"))
    p.add_argument("file", nargs="?", type=Path)
    p = commands.add_parser("audit", help="review log: verify its chain, list its events, export them as CSV or JSON")
    p.add_argument("action", choices=("verify", "list", "export"))
    p.add_argument("file", nargs="?", type=Path, metavar="FILE", help="for export; its ending says .csv or .json")
    p.add_argument("--slide", default="", metavar="ID", help="pseudonym of the slide")
    p.add_argument("--kind", default="", help="accept, override, undo, comment, sign …")
    p.add_argument("--reviewer", default="", metavar="NAME")
    p.add_argument(
        "--since", type=_moment, metavar="TIME", help="from then on, ISO 8601: 2026-01-31 or 2026-01-31T14:00"
    )
    p.add_argument("--until", type=_moment, metavar="TIME", help="before then")
    p.add_argument("--search", default="", metavar="WORDS")
    p.add_argument("--database", default="", metavar="URL")
    p = commands.add_parser("doctor", help="check this installation, its models and its database")
    p.add_argument("--database", default="", metavar="URL")
    return parser


def _choices(arguments: argparse.Namespace) -> Choices:
    return Choices(arguments.database, arguments.bundle, arguments.segmenter, arguments.device)


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _inspect(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.app import load_taxonomy
    from leukview.exports.preview_json import preview_to_json, preview_to_text
    from leukview.exports.reader import FolderReader

    preview = FolderReader(load_taxonomy()).read(arguments.folder, CancelToken(), reporter)
    text = json.dumps(preview_to_json(preview), indent=2, ensure_ascii=False)
    print(text if arguments.json else preview_to_text(preview))
    return 0


def _analyze(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.headless import analyse_folder

    with open_workbench(_choices(arguments)) as workbench:
        done = analyse_folder(workbench, arguments.folder, arguments.output, reporter, save_masks=arguments.save_masks)
    if arguments.json:
        print(json.dumps([d.summary for d in done], indent=2, ensure_ascii=False))
    else:
        for d in done:
            print(d.text)
            print(f"Report: {d.report.resolve()}")
    return 0 if all(d.complete for d in done) else 1


def _demo(arguments: argparse.Namespace, reporter: Reporter) -> int:
    if arguments.slides < 1 or arguments.cells < 1:
        raise LeukViewError("A demo needs at least one slide and one cell.")
    for folder in _write_demo(arguments.directory, arguments.slides, arguments.cells, arguments.seed, reporter):
        print(folder)
    return 0


def _write_demo(directory: Path, slides: int, cells: int, seed: int, reporter: Reporter) -> list[Path]:
    from leukview.app import load_taxonomy
    from leukview.exports.synthetic import write_demo

    return write_demo(
        directory,
        slides=slides,
        cells=cells,
        seed=seed,
        taxonomy=load_taxonomy(),
        token=CancelToken(),
        reporter=reporter,
    )


def _run(arguments: argparse.Namespace, reporter: Reporter) -> int:
    folder: Path | None = arguments.folder
    if folder is None:
        folder = arguments.demo
        if not any(folder.glob("*/Signed slides")):
            print(f"Writing a synthetic demo export to {folder} …")
            _write_demo(folder, 2, 120, 0, reporter)
    if has_display():
        return run_window(_choices(arguments), folder)
    print("There is no display here: the same job is done without a window.")
    arguments = argparse.Namespace(**vars(arguments) | {"folder": folder, "save_masks": False, "json": False})
    return _analyze(arguments, reporter)


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


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone()


def _audit(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.services.audit import AuditFilter, export_audit, local_time

    if arguments.action == "export" and arguments.file is None:
        raise LeukViewError("Name the file to write.", "leukview audit export FILE.csv or FILE.json")
    a = arguments
    wanted = AuditFilter(a.slide, "", a.kind, a.reviewer, a.since, a.until, a.search)
    with open_workbench(Choices(arguments.database)) as workbench:
        if arguments.action == "verify":
            chain = workbench.chain(CancelToken(), reporter)
        else:
            trail = workbench.audit(CancelToken(), reporter)
            chain, rows = trail.chain, trail.filtered(wanted)
            if arguments.action == "export":
                export_audit(rows, chain, arguments.file)
                print(f"{len(rows)} events written to {arguments.file}.")
            for row in rows if arguments.action == "list" else ():
                event, mark = row.event, " (taken back)" if row.taken_back else ""
                print(f"{event.seq:>6}  {local_time(event.at)}  {event.slide_id}  {event.reviewer}: {row.words}{mark}")
    print(chain.sentence, file=sys.stdout if chain.holds else sys.stderr)
    return 0 if chain.holds else 1


def _doctor(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    from leukview.headless import doctor

    findings = doctor(arguments.database)
    for finding in findings:
        print(f"{'ok  ' if finding.good else 'BAD '} {finding.text}")
    return 0 if all(f.good for f in findings) else 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 not all done, 2 wrong use, 130 cancelled."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
        words.insert(0, "open")
    arguments = _parser().parse_args(words)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    reporter = TerminalReporter()
    commands = {
        "inspect": _inspect,
        "analyze": _analyze,
        "demo": _demo,
        "run": _run,
        "models": _models,
        "audit": _audit,
        "doctor": _doctor,
    }
    try:
        if arguments.command == "open":
            return run_window(_choices(arguments), arguments.folder)
        code = commands[arguments.command](arguments, reporter)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LeukViewError as error:
        reporter.close()
        print(f"{error.message}{' ' + error.hint if error.hint else ''}", file=sys.stderr)
        return 1
    except (Cancelled, KeyboardInterrupt):
        reporter.close()
        print("Cancelled. What was done so far is kept.", file=sys.stderr)
        return 130
    else:
        return code
    finally:
        reporter.close()
