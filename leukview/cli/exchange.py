"""``exchange``: results to the laboratory's system, orders and blood counts from it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.cli.options import SubParsers, add_database_option, add_reviewer_options, prove_reviewer
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.messages import Message
from leukview.core.system_text import write_error
from leukview.domain.exchange.incoming import ReceivedItem, UnreadableMessageError
from leukview.domain.review.rights import Right
from leukview.services.exchange.inbox import contradiction_text
from leukview.services.exchange.results import ResultService, SendSummary

_LISTED = 200
_PAUSE_S = 5.0


def register(commands: SubParsers) -> None:
    """Add the parser of ``exchange`` with its own commands."""
    p = commands.add_parser("exchange", help="results to the laboratory's system, orders and blood counts from it")
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
    listen = parts.add_parser("listen", help="take orders: listen, and look into the watched folder, until interrupted")
    add_database_option(listen)
    listen.set_defaults(run=_listen_command)
    take = parts.add_parser("take", help="take orders and blood counts from files")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".hl7, .astm, .csv (XN table), .png")
    add_database_option(take)
    take.set_defaults(run=_take_command)
    orders = parts.add_parser("orders", help="what arrived, with its state; names withheld")
    orders.add_argument("--undecided", action="store_true", help="only what a person must decide")
    orders.add_argument("--with-names", action="store_true", help="also numbers and names of patients")
    add_reviewer_options(orders, "looks")
    add_database_option(orders)
    orders.set_defaults(run=_orders_command)
    decide = parts.add_parser("decide", help="decide about an order or blood count that contradicts what is known")
    decide.add_argument("mark", metavar="MARK", help="first column of “leukview exchange orders”")
    which = decide.add_mutually_exclusive_group(required=True)
    which.add_argument("--accept", action="store_true", help="use what arrived instead of what was known")
    which.add_argument("--reject", action="store_true", help="do not use what arrived")
    add_reviewer_options(decide, "decides")
    add_database_option(decide)
    decide.set_defaults(run=_decide_command)
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
                "This site does not send results.",
                "Turn it on in the window, Laboratory › Results and orders, or in exchange.toml.",
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


def _listen_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        exchange = workbench.exchange
        settings = exchange.settings().orders

        def look() -> None:
            try:
                exchange.look_into_folder()
            except LeukViewError as error:
                write_error(str(error))

        def ready(port: int) -> None:
            print(Message("Listening at {address}:{port}.", address=settings.address, port=port), flush=True)

        if settings.listening:
            exchange.listen(settings, CancelToken(), ready, look, lambda: None)
            return 0
        if not settings.folder:
            raise LeukViewError(
                "This site takes no orders.",
                "Turn it on in the window, Laboratory › Results and orders, or in exchange.toml.",
            )
        print(Message("Looking into {folder}.", folder=settings.folder), flush=True)
        while True:
            look()
            time.sleep(1.0)


def _take_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    refused = 0
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        for path in arguments.files:
            try:
                workbench.exchange.folder.take(path)
            except UnreadableMessageError as error:
                refused += 1
                print(Message("{file} was refused: {reason}.", file=path.name, reason=error), file=sys.stderr)
        undecided = workbench.exchange.inbox.items(only_undecided=True)
    if undecided:
        known = "{count} wait until a person decides: “leukview exchange orders --undecided”."
        print(Message(known, count=len(undecided)), file=sys.stderr)
    return 1 if refused else 0


def _orders_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        if arguments.with_names:
            workbench.profiles.require_right(prove_reviewer(workbench.profiles, arguments), Right.SHOW_NAMES)
        for item in workbench.exchange.inbox.items(_LISTED, only_undecided=arguments.undecided):
            fields = [item.mark, item.received_at[:19], item.kind, item.state.value]
            fields.append(contradiction_text(item.contradictions) if item.contradictions else item.reason)
            if arguments.with_names:
                fields += _identifying_fields(item)
            print("\t".join(fields))
    return 0


def _identifying_fields(item: ReceivedItem) -> list[str]:
    if item.count is not None:
        return [item.count.sample_number, item.count.patient_number, item.count.measured_at]
    found = []
    for order in (item.order, item.known):
        if order is not None:
            patient = order.patient
            name = f"{patient.family_name}, {patient.given_name}".strip(", ")
            found.append(" ".join((*order.numbers, patient.number, name, patient.birth_date, patient.sex)))
    return found


def _decide_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        actor = prove_reviewer(workbench.profiles, arguments)
        inbox = workbench.exchange.inbox
        found = [item for item in inbox.items(100_000, only_undecided=True) if item.mark == arguments.mark]
        if not found:
            raise LeukViewError(Message("Nothing with the mark {mark} is to be decided.", mark=arguments.mark))
        inbox.decide(found[0].key, actor, accept=arguments.accept)
    return 0


def _again_command(arguments: argparse.Namespace, _reporter: Reporter) -> int:
    with open_workbench(RuntimeOptions(arguments.database)) as workbench:
        workbench.profiles.require_right(prove_reviewer(workbench.profiles, arguments), Right.EXPORT_NAMES)
        results = workbench.exchange.results
        chosen = tuple(arguments.control_ids) or tuple(entry.control_id for entry in results.entries(100_000))
        results.send_again(chosen)
    return 0
