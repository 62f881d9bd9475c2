"""How a graph is run: ONNX Runtime on the CPU, beside a window that must not wait."""

from __future__ import annotations

import os

import onnxruntime

MAX_THREADS = 4

onnxruntime.disable_telemetry_events()  # on Windows, where the package's variable is not read


def create_onnx_session(graph: bytes, threads: int | None = None) -> onnxruntime.InferenceSession:
    """A session on a graph.

    Args:
        graph: The bytes of an ONNX file.
        threads: That compute; None = all cores, four at most.

    Raises:
        Exception: One of a dozen private kinds of the runtime: the graph cannot be run.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(os.cpu_count() or 1, MAX_THREADS)
    options.inter_op_num_threads = 1
    # Threads that wait must not burn the core that the window or another program needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
