"""Conversion of the exceptions in other libraries' futures."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from typing import TypeAlias, TypeVar

from leukview.core.errors import LeukViewError, WorkerDiedError

_Result = TypeVar("_Result")
ExceptionTypes: TypeAlias = tuple[type[BaseException], ...]


def adapt_future(
    future: Future[_Result], worker_errors: ExceptionTypes, cluster_errors: ExceptionTypes = ()
) -> Future[_Result]:
    """Wrap a future so that its library's exceptions become LeukView's.

    A dead worker becomes `WorkerDiedError`, a lost or cancelled cluster `LeukViewError`.

    Args:
        future: The library's future.
        worker_errors: Exceptions that mean a dead worker.
        cluster_errors: Exceptions that mean a lost cluster.
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
        except Exception as error:  # noqa: BLE001 - raised by Future.result
            ours.set_exception(error)

    future.add_done_callback(settle)
    return ours
