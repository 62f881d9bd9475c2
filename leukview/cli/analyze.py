"""``analyze``: headless analysis of every slide below a folder."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from leukview.bootstrap.batch import ENGINE_NAMES, ExecutionOptions, analyse_tree
from leukview.bootstrap.composition import open_stores
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import (
    SubParsers,
    add_class_option,
    add_model_options,
    add_reviewer_options,
    folder_answers,
    prove_reviewer,
    runtime_options,
)
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.slide import Problem
from leukview.domain.zip_encodings import ZIP_ENCODINGS
from leukview.services.batch.runner import SlideOutcome
from leukview.services.importing.problem_summary import summarise_problems
from leukview.services.users.profiles import ProfileService


def register(commands: SubParsers) -> None:
    """Add the parser of ``analyze``."""
    p = commands.add_parser("analyze", help="segment and classify slides; write cells.csv, summary.json and report.pdf")
    p.add_argument("folder", type=Path, metavar="TREE", help="folder or archive; every slide below it is analysed")
    p.add_argument("--output", type=Path, required=True, metavar="DIR")
    p.add_argument("--workers", type=int, default=1, metavar="N", help="processes at work (default: 1)")
    p.add_argument("--engine", choices=ENGINE_NAMES, default="local", help="dask: needs leukview[cluster]")
    p.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="scheduler of a running Dask cluster (default: --workers processes on this machine)",
    )
    p.add_argument("--again", action="store_true", help="do finished slides again, too")
    p.add_argument(
        "--save-masks", action="store_true", help="masks/<cell id>.png: 0 background, 1 cytoplasm, 2 nucleus"
    )
    p.add_argument(
        "--zip-encoding",
        choices=ZIP_ENCODINGS,
        default="",
        help="encoding of names in archives that state none and are not UTF-8",
    )
    p.add_argument(
        "--with-names", action="store_true", help="tell patient, order and file names in cells.csv and summary.json"
    )
    add_class_option(p)
    p.add_argument("--json", action="store_true", help="print the summaries as JSON")
    add_reviewer_options(p, "writes the reports")
    add_model_options(p)
    p.set_defaults(run=_analyze_command)


def _analyze_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    a = arguments
    if a.workers < 1:
        raise LeukViewError("There must be at least one worker.")
    if a.cluster and a.engine == "local":
        raise LeukViewError("An address of a cluster needs an engine.", "Add --engine dask.")
    options = ExecutionOptions(a.workers, a.engine, a.cluster)
    with open_stores(runtime_options(a)) as stores:
        reviewer = prove_reviewer(ProfileService(stores.profiles), a)
    return run_analysis(
        runtime_options(a),
        options,
        a.folder,
        a.output,
        reporter,
        save_masks=a.save_masks,
        with_names=a.with_names,
        name_encoding=a.zip_encoding,
        force=a.again,
        as_json=a.json,
        reviewer=reviewer,
        answers=folder_answers(a),
    )


def run_analysis(
    options: RuntimeOptions,
    execution: ExecutionOptions,
    folder: Path,
    output: Path,
    reporter: Reporter,
    *,
    save_masks: bool = False,
    with_names: bool = False,
    name_encoding: str = "",
    force: bool = False,
    as_json: bool = False,
    reviewer: str,
    answers: Mapping[str, str] | None = None,
) -> int:
    """Analyse the slides and print the results; returns 0 only if all succeeded.

    `reviewer` is the proven name under which the reports are logged.
    """

    def tell_problems(problems: Sequence[Problem], name: str = "") -> None:
        for line in summarise_problems(problems):
            print(f"{name}: {line}" if name else line, file=sys.stderr)

    def tell(outcome: SlideOutcome) -> None:
        tell_problems(outcome.problems, outcome.name)
        if outcome.tally_text and not as_json:
            print(outcome.tally_text)
            print(f"Report: {(output / outcome.slide_id / 'report.pdf').resolve()}", flush=True)

    job = CancelToken(), reporter
    done = analyse_tree(
        options,
        execution,
        folder,
        output,
        job,
        reviewer=reviewer,
        save_masks=save_masks,
        with_names=with_names,
        name_encoding=name_encoding,
        on_problems=tell_problems,
        force=force,
        on_outcome=tell,
        answers=answers,
    )
    good, bad = [o for o in done if o.status != "failed"], [o for o in done if o.status == "failed"]
    before = sum(o.status == "finished before" for o in good)
    if as_json:
        summaries = [json.loads((output / o.slide_id / "summary.json").read_text(encoding="utf-8")) for o in good]
        print(json.dumps(summaries, indent=2, ensure_ascii=False))
    elif before:
        print(f"{before} of {len(done)} slides were finished before and stayed as they are (--again does them anew).")
    for outcome in good:
        for note in outcome.notes:
            print(f"{outcome.name}: {note}", file=sys.stderr)
    unreadable = sum(o.unreadable for o in good)
    if unreadable:
        print(f"{unreadable} cells could not be read; see “unreadable” in cells.csv.", file=sys.stderr)
    for outcome in good:
        if outcome.message:
            print(f"{outcome.name}: {outcome.message}", file=sys.stderr)
    if bad:
        print(f"{len(bad)} of {len(done)} slides could not be analysed:", file=sys.stderr)
        for outcome in bad:
            print(f"  {outcome.name}: {outcome.message}", file=sys.stderr)
    return 1 if bad or unreadable else 0
