"""Dask engine: worker processes on this machine, or a running cluster.

Needs ``leukview[cluster]``.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from leukview.cluster.futures import adapt_future
from leukview.core.errors import LeukViewError
from leukview.core.logging_setup import call_keeping_locations
from leukview.core.messages import Message

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class DaskEngine:
    """Implements the `ExecutionEngine` port with Dask's distributed scheduler.

    Args:
        workers: Number of processes on this machine, with one thread each, when `address` is "".
        address: Address of a running scheduler, such as ``tcp://head:8786``; its workers need the same version of
            LeukView and the slides under the same paths.

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
        # Errors come back in the future; the scheduler would also log them, including paths.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._cluster: Any = None
        if not address:
            # Report a dead worker at once. By default Dask retries up to three times, and counts the death also against
            # the calls that were only waiting on the same worker.
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
        """Two calls per thread of the workers that are currently connected."""
        return 2 * max(1, sum(int(n) for n in self._client.nthreads().values()))

    def submit(self, function: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """See `ExecutionEngine.submit`.

        A worker that dies during the call, or while it is queued there, gives a `WorkerDiedError` in the future.
        """
        return adapt_future(
            self._executor.submit(call_keeping_locations, function, argument),
            (self._worker_error,),
            (self._cluster_error,),
        )

    def restart(self) -> None:
        """Do nothing: Dask restarts its workers itself."""

    def close(self) -> None:
        """Disconnect from the cluster, and stop it if this engine started it."""
        self._executor.shutdown(wait=False)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()
