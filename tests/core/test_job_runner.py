import threading

import pytest

from leukview.core.errors import Cancelled
from leukview.core.job_runner import CancelToken, JobRunner, Progress, Queue, Reporter


class RecordingListener:
    """Keeps what it hears and lets a test wait for the end."""

    def __init__(self) -> None:
        self.progress: list[Progress] = []
        self.result: object = None
        self.error: BaseException | None = None
        self.thread = ""
        self.ended = threading.Event()

    def progressed(self, progress: Progress) -> None:
        self.progress.append(progress)

    def finished(self, result: object) -> None:
        self.result, self.thread = result, threading.current_thread().name
        self.ended.set()

    def failed(self, error: BaseException) -> None:
        self.error = error
        self.ended.set()


@pytest.fixture
def runner():
    runner = JobRunner()
    yield runner
    assert runner.shutdown()


def test_that_work_runs_in_its_queue_and_reports(runner: JobRunner):
    listener = RecordingListener()

    def work(_token: CancelToken, reporter: Reporter) -> int:
        reporter(Progress(1, 2, "half"))
        return 42

    runner.submit("sum", work, listener, queue=Queue.IMAGES)
    assert listener.ended.wait(5)
    assert (listener.result, listener.thread) == (42, "leukview-images_0")
    assert listener.progress == [Progress(1, 2, "half")]


def test_that_a_job_waiting_in_line_can_be_cancelled(runner: JobRunner):
    gate, first, second = threading.Event(), RecordingListener(), RecordingListener()
    runner.submit("first", lambda _t, _r: gate.wait(5), first)
    job = runner.submit("second", lambda _t, _r: "ran", second)
    job.token.cancel()
    gate.set()
    assert second.ended.wait(5)
    assert isinstance(second.error, Cancelled)
    assert second.result is None


def test_that_a_queue_survives_a_job_that_raises(runner: JobRunner):
    bad, good = RecordingListener(), RecordingListener()

    def fails(_token: CancelToken, _reporter: Reporter) -> None:
        raise ValueError("broken")

    runner.submit("bad", fails, bad)
    runner.submit("good", lambda _t, _r: "fine", good)
    assert good.ended.wait(5)
    assert isinstance(bad.error, ValueError)
    assert good.result == "fine"


def test_that_shutdown_cancels_running_work_and_what_comes_later():
    runner, listener, started = JobRunner(), RecordingListener(), threading.Event()

    def work(token: CancelToken, _reporter: Reporter) -> None:
        started.set()
        while True:
            token.raise_if_cancelled()

    runner.submit("endless", work, listener)
    assert started.wait(5)
    assert runner.shutdown()
    assert isinstance(listener.error, Cancelled)
    late = RecordingListener()
    assert runner.submit("late", work, late).token.cancelled
    assert isinstance(late.error, Cancelled)


def test_that_shutdown_does_not_wait_for_jobs_that_never_began():
    runner, running, waiting, started = JobRunner(), RecordingListener(), RecordingListener(), threading.Event()

    def work(token: CancelToken, _reporter: Reporter) -> None:
        started.set()
        while True:
            token.raise_if_cancelled()

    runner.submit("endless", work, running)
    runner.submit("waiting", lambda _t, _r: "ran", waiting)
    assert started.wait(5)
    assert runner.shutdown()
    assert isinstance(running.error, Cancelled)
    assert isinstance(waiting.error, Cancelled)


def test_that_a_listener_that_raises_is_logged_and_never_ends_its_queue(caplog: pytest.LogCaptureFixture):
    class Raising:
        def progressed(self, _progress: Progress) -> None: ...

        def finished(self, _result: object) -> None:
            raise RuntimeError("the listener")

        def failed(self, _error: BaseException) -> None:
            raise RuntimeError("the listener")

    runner, after = JobRunner(), threading.Event()

    def refuse(_token: CancelToken, _reporter: Reporter) -> None:
        raise ValueError("the work")

    class Following(Raising):
        def finished(self, _result: object) -> None:
            after.set()

    runner.submit("one", lambda _t, _r: None, Raising())
    runner.submit("two", refuse, Raising())
    runner.submit("three", lambda _t, _r: None, Following())
    assert after.wait(10)
    assert runner.shutdown()
    assert [r.getMessage() for r in caplog.records] == ["the listener of a job raised"] * 2
