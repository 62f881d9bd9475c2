"""``exchange``: results to the laboratory's system."""

from __future__ import annotations

import argparse
import sys
import time

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, add_reviewer_options, prove_reviewer
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message
from leukview.domain.review.rights import Right
from leukview.services.exchange.results import ResultService, SendSummary

_LISTED = 200
_PAUSE_S = 5.0


def register(commands: SubParsers) -> None:
    """Add the parser of ``exchange`` with its own commands."""
    p = commands.add_parser("exchange", help="send signed results to the laboratory's system, and list them")
    parts = p.add_subparsers(dest="part", required=True, metavar="PART")
    send = parts.add_parser("send", help="send what was signed, until it is acknowledged")
    send.add_argument("--keep-running", action="store_true", help="go on until interrupted, as a service")
    add_database_option(send)
    send.set_defaults(run=_send_command)
    listing = parts.add_parser("list", help="newest results of the outbox with their state, names withheld")
    listing.add_argument(
        "--reasons", action="store_true", help="also why a result was refused; it may name the patient"
    )
    add_reviewer_options(listing, "looks")
    add_database_option(listing)
    listing.set_defaults(run=_list_command)
    queue = parts.add_parser("queue", help="put the result of one signed slide into the outbox")
    queue.add_argument("slide", metavar="SLIDE_ID")
    add_reviewer_options(queue, "sends")
    add_database_option(queue)
    queue.set_defaults(run=_queue_command)
    again = parts.add_parser("again", help="send refused results again, and waiting ones at once")
    again.add_argument("control_ids", nargs="*", metavar="CONTROL_ID", help="default: all that are not delivered")
    add_reviewer_options(again, "sends")
    add_database_option(again)
    again.set_defaults(run=_again_command)


def _send_command(arguments: argparse.Namespace, reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        results = workbench.exchange.results
        if not results.is_enabled:
            raise LeukViewError(
                "This site does not send results.", "Turn it on in the window, Slide › Laboratory, or in exchange.toml."
            )
        while True:
            results.queue_released()
            done = results.send_waiting(CancelToken(), reporter)
            if not arguments.keep_running:
                return _tell(results, done)
            if done.problem or done.delivered or done.refused:
                _tell(results, done)
            time.sleep(_PAUSE_S)


def _tell(results: ResultService, done: SendSummary) -> int:
    print(Message("{delivered} results delivered, {refused} refused.", delivered=done.delivered, refused=done.refused))
    if done.was_busy:
        later = results.retry_not_before()
        known = Message("The laboratory's system did not answer; LeukView tries again at {time} UTC.", time=later[:19])
        print(known if later else "Another LeukView sends the results now.", file=sys.stderr)
    if done.problem:
        print(done.problem, file=sys.stderr)
    return 1 if done.refused or done.problem or done.was_busy else 0


def _list_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        if arguments.reasons:
            workbench.profiles.require_right(prove_reviewer(workbench.profiles, arguments), Right.SHOW_NAMES)
        for entry in workbench.exchange.results.entries(_LISTED):
            answer = f"{entry.answer} {entry.answered_at[:19]}".strip()
            fields = [entry.control_id, entry.slide_id, entry.status, entry.created_at[:19], entry.state.value]
            fields += [str(entry.attempts), answer]
            print("\t".join([*fields, entry.reason] if arguments.reasons else fields))
    return 0


def _queue_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        workbench.profiles.require_right(prove_reviewer(workbench.profiles, arguments), Right.EXPORT_NAMES)
        added = workbench.exchange.results.queue_slide(arguments.slide)
    print("The result waits in the outbox." if added else "The result is in the outbox already.")
    return 0


def _again_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        workbench.profiles.require_right(prove_reviewer(workbench.profiles, arguments), Right.EXPORT_NAMES)
        results = workbench.exchange.results
        chosen = tuple(arguments.control_ids) or tuple(entry.control_id for entry in results.entries(100_000))
        results.send_again(chosen)
    return 0
