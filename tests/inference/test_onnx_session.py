"""The runtime keeps to itself what it computes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leukview.core.paths import resources_dir

SESSION = """
import sys
from {module} import onnxruntime
from leukview.inference.onnx_session import create_onnx_session
create_onnx_session(open(sys.argv[1], "rb").read(), 1)
"""
SILENCERS = ("ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "TF_BUILD", "GITHUB_ACTIONS")


@pytest.mark.parametrize("module", ["leukview.inference.onnx_session", "training.studies.inference_backends"])
def test_that_the_runtime_writes_down_nothing_to_be_sent(tmp_path: Path, module: str):
    """Left alone it puts a device id and what it wants to send into the user's cache folder."""
    graph = next((resources_dir() / "models" / "segmenter").glob("*.onnx"))
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "LOCALAPPDATA": str(tmp_path / "local")}
    environment = {name: value for name, value in os.environ.items() if name not in SILENCERS} | home
    command = [sys.executable, "-c", SESSION.format(module=module), str(graph)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert [path for path in tmp_path.rglob("*") if "Microsoft" in path.parts] == []
