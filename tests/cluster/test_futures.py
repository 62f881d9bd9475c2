"""What other libraries' futures end in, as we say it."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future

import pytest

from leukview.cluster.futures import adapt_future
from leukview.core.errors import ExportError, LeukViewError, WorkerDiedError


class WorkerDied(Exception): ...  # noqa: N818 - a stand-in for a library's


class ClusterGone(Exception): ...  # noqa: N818


@pytest.mark.parametrize(
    ("theirs", "ours", "words"),
    [
        (WorkerDied(), WorkerDiedError, "The process that worked on it died"),
        (ClusterGone(), LeukViewError, "The cluster ended before it was done. Give the same command again."),
        (CancelledError(), LeukViewError, "The cluster ended before it was done"),
        (ExportError("This is bad.", "A hint."), ExportError, "This is bad. A hint."),
        (ZeroDivisionError("ours"), ZeroDivisionError, "ours"),
    ],
)
def test_that_an_error_comes_back_in_our_words(theirs: BaseException, ours: type[Exception], words: str):
    future: Future[int] = Future()
    found = adapt_future(future, (WorkerDied,), (ClusterGone,))
    future.set_exception(theirs)
    error = found.exception(timeout=0)
    assert type(error) is ours
    assert words in str(error)


def test_that_a_result_comes_back_and_a_cancelled_call_stays_cancelled():
    future: Future[int] = Future()
    found, cancelled = adapt_future(future, (WorkerDied,)), adapt_future(future, (WorkerDied,))
    cancelled.cancel()
    future.set_result(7)
    assert found.result(timeout=0) == 7
    assert cancelled.cancelled()
