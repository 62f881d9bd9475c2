"""What the futures of other libraries raise, in our words."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from typing import TypeAlias, TypeVar

from leukview.core.errors import LeukViewError, WorkerDiedError

_Result = TypeVar("_Result")
ExceptionTypes: TypeAlias = tuple[type[BaseException], ...]


def adapt_future(
    future: Future[_Result], worker_errors: ExceptionTypes, cluster_errors: ExceptionTypes = ()
) -> Future[_Result]:
    """The same future in our words: a worker that died is a `WorkerDiedError`, a cluster that went away an error too.

    Args:
        future: Of the library.
        worker_errors: What the library raises when a worker died.
        cluster_errors: What it raises when the cluster itself is no more there.
    """
    ours: Future[_Result] = Future()
    away: ExceptionTypes = (CancelledError, *cluster_errors)

    def settle(theirs: Future[_Result]) -> None:
        if ours.cancelled() or not ours.set_running_or_notify_cancel():
            return
        try:
            ours.set_result(theirs.result())
        except worker_errors:
            ours.set_exception(WorkerDiedError("The process that worked on it died, perhaps for want of memory."))
        except away:
            ours.set_exception(LeukViewError("The cluster ended before it was done.", "Give the same command again."))
        except Exception as error:  # noqa: BLE001 - kept for who asks the future
            ours.set_exception(error)

    future.add_done_callback(settle)
    return ours
