"""Engines on clusters: what is asked of each is the same."""

from __future__ import annotations

import os
import sys
from contextlib import closing

import pytest

from leukview.bootstrap.batch import ExecutionOptions, open_engine
from leukview.core.errors import ExportError, LeukViewError
from leukview.services.batch.runner import ExecutionEngine
from tests.cluster.test_local import end_process, raise_export_error, worker_pid


def check_engine(engine: ExecutionEngine) -> None:
    """What is asked of an engine of one worker on a cluster."""
    assert engine.capacity == 2
    assert engine.submit(worker_pid, None).result() != os.getpid()
    with pytest.raises(ExportError, match=r"This is bad\. A hint\."):
        engine.submit(raise_export_error, "bad").result()
    with pytest.raises(LeukViewError, match="died"):
        engine.submit(end_process, None).result()
    assert engine.submit(worker_pid, None).result() != os.getpid()


@pytest.mark.timeout(240)
def test_that_dask_works_elsewhere_gives_errors_back_and_survives_a_death():
    pytest.importorskip("distributed", reason="Dask is not installed (leukview[cluster])")
    with open_engine(ExecutionOptions(1, "dask")) as engine:
        check_engine(engine)


def test_that_an_engine_which_is_not_installed_is_named_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(LeukViewError, match=r"not installed.*leukview\[cluster\]"),
        open_engine(ExecutionOptions(2, "dask")),
    ):
        pass


def test_that_an_engine_closes():
    with open_engine(ExecutionOptions(1, "local")) as engine, closing(engine):
        assert engine.capacity == 1
