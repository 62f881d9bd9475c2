"""ONNX Runtime sessions on the CPU, set up not to take cores from the GUI."""

from __future__ import annotations

import os

import onnxruntime

MAX_THREADS = 4

onnxruntime.disable_telemetry_events()  # on Windows, where the package's variable is not read


def create_onnx_session(graph: bytes, threads: int | None = None) -> onnxruntime.InferenceSession:
    """Open an inference session on a graph.

    Args:
        graph: The bytes of an ONNX file.
        threads: Threads inside one operator; None = one per core, at most four.

    Raises:
        Exception: The graph cannot be run; ONNX Runtime raises about a dozen private exception types.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(os.cpu_count() or 1, MAX_THREADS)
    options.inter_op_num_threads = 1
    # Idle threads must not spin on a core that the GUI or another program needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
