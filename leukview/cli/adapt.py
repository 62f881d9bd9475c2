"""``adapt``: calibrate the model in use for this site."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.models import add_signature_options, ask_signer
from leukview.cli.options import SubParsers
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message


def register(commands: SubParsers) -> None:
    """Add the parser of ``adapt``."""
    p = commands.add_parser(
        "adapt", help="calibrate the model in use from the reviewed cells of signed slides; 0 = may be installed"
    )
    p.add_argument("--output", type=Path, required=True, metavar="DIR", help="gets the bundle and its comparison")
    p.add_argument(
        "--data", type=Path, action="append", default=[], metavar="DIR", help="compare on this data folder as well"
    )
    p.add_argument("--install", action="store_true", help="sign and install it when no guard objects")
    p.add_argument("--synthetic", action="store_true", help="the reviewed cells of synthetic slides, and no others")
    add_signature_options(p)
    p.set_defaults(run=_adapt_command)


def _adapt_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    from leukview.services.models.adaptation import summary_text

    token = CancelToken()
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        service = workbench.site_adaptation
        if service is None:
            raise LeukViewError("This process cannot calibrate models.")
        gathered = workbench.correction_exporter.collect(token, reporter, synthetic=arguments.synthetic)
        now = datetime.now().astimezone()
        result = service.adapt(gathered.cells, arguments.output, arguments.data, now, token, reporter)
        print(summary_text(result))
        models = workbench.model_registry
        print(models.comparison_text(result.comparison))
        written = models.write_comparison(result.comparison, arguments.output / "comparison.json")
        for path in (result.bundle, *written):
            print(f"Written: {path}")
        if result.violations:
            return 1
        if not arguments.install:
            print(
                Message(
                    "Install it: leukview models install {bundle} --comparison {comparison}",
                    bundle=result.bundle,
                    comparison=written[0],
                )
            )
            return 0
        signer, pin = ask_signer(workbench, arguments)
        more = {"meaning": arguments.meaning} if arguments.meaning else {}
        entry = models.install(
            result.bundle,
            models.comparison_json(result.comparison),
            signer=signer,
            pin=pin,
            reason=arguments.reason,
            **more,
        )
    print(f"In use from now on: {entry.name} {entry.bundle[:16]}, signed by {entry.signer}: {entry.meaning}.")
    return 0
