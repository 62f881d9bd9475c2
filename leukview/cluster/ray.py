"""Ray: processes on this machine, or a running cluster. Needs ``leukview[ray]``."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from leukview.cluster.futures import passed_on
from leukview.core.errors import LeukViewError

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class RayEngine:
    """An engine on Ray.

    Args:
        workers: Processes on this machine when `address` is "".
        address: Of a running cluster, such as ``head:6379``; see `leukview.cluster.dask.DaskEngine`.

    Raises:
        LeukViewError: Ray is not installed, or the cluster does not answer.
    """

    def __init__(self, workers: int, address: str) -> None:
        try:
            ray: Any = importlib.import_module("ray")
        except ImportError as error:
            raise LeukViewError("Ray is not installed.", "Install leukview[ray], or choose --engine local.") from error
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would report to its maker
        errors = ray.exceptions
        self._ray, self._died = ray, (errors.WorkerCrashedError, errors.OutOfMemoryError, errors.NodeDiedError)
        self._gone = errors.LocalRayletDiedError, errors.RaySystemError
        where: dict[str, Any] = {"address": address} if address else {"num_cpus": workers, "include_dashboard": False}
        try:
            ray.init(**where, log_to_driver=False, logging_level="ERROR")
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise LeukViewError("The Ray cluster does not answer.", "Check --cluster.") from error
        self._call: Any = ray.remote(max_retries=0)(_call)  # a death is told at once

    @property
    def slots(self) -> int:
        """Two calls for each processor of the cluster."""
        return 2 * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, work: Callable[[_Argument], _Result], argument: _Argument) -> Future[_Result]:
        """Begin a call; a worker that dies over it is a `WorkerDiedError`."""
        return passed_on(self._call.remote(work, argument).future(), self._died, self._gone)

    def restart(self) -> None:
        """Nothing to do: Ray starts its workers anew by itself."""

    def close(self) -> None:
        """Let go of the cluster; one that this engine started ends."""
        self._ray.shutdown()


def _call(work: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
    return work(argument)
