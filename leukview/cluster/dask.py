"""Dask: a cluster of processes on this machine, or a running one on many. Needs ``leukview[cluster]``."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from leukview.cluster.futures import adapt_future
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class DaskEngine:
    """An engine on Dask's distributed scheduler.

    Args:
        workers: Processes on this machine, of one thread each, when `address` is "".
        address: Of a running scheduler, such as ``tcp://head:8786``; its workers need LeukView of the same version
            and see the slides under the same paths.

    Raises:
        LeukViewError: Dask is not installed, or the scheduler does not answer.
    """

    def __init__(self, workers: int, address: str) -> None:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise LeukViewError(
                "Dask is not installed.", "Install leukview[cluster], or choose --engine local."
            ) from error
        self._worker_error: type[Exception] = distributed.scheduler.KilledWorker
        self._cluster_error: type[Exception] = distributed.comm.CommClosedError
        # What fails comes back with the future; the scheduler's own log would print it again, paths included.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._cluster: Any = None
        if not address:
            # A death is told at once. Dask would try again up to three times, and blame the calls that had waited on
            # the same worker as much as the one that ended it.
            importlib.import_module("dask").config.set({"distributed.scheduler.allowed-failures": 0})
            self._cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
            )
        try:
            self._client: Any = distributed.Client(self._cluster or address, set_as_default=False, timeout=30)
        except (OSError, ValueError) as error:
            raise LeukViewError(
                Message("The Dask scheduler at {address} does not answer.", address=address), "Check --cluster."
            ) from error
        self._executor = self._client.get_executor(pure=False)

    @property
    def capacity(self) -> int:
        """Two calls for each thread of the workers there are now."""
        return 2 * max(1, sum(int(n) for n in self._client.nthreads().values()))

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Begin a call; a worker that dies over it, or while it waits there, is a `WorkerDiedError`."""
        return adapt_future(self._executor.submit(function, argument), (self._worker_error,), (self._cluster_error,))

    def restart(self) -> None:
        """Nothing to do: Dask starts its workers anew by itself."""

    def close(self) -> None:
        """Let go of the cluster; one that this engine started ends."""
        self._executor.shutdown(wait=False)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()
