"""Engines on clusters: what is asked of each is the same."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from leukview.bootstrap.batch import Workplaces, open_engine
from leukview.core.errors import ExportError, LeukViewError
from leukview.services.batch.runner import Engine
from tests.cluster.test_local import die, refuse, whose


def look_at(engine: Engine) -> None:
    """What is asked of an engine of one worker on a cluster."""
    assert engine.slots == 2
    assert engine.submit(whose, None).result() != os.getpid()
    with pytest.raises(ExportError, match=r"This is bad\. A hint\."):
        engine.submit(refuse, "bad").result()
    with pytest.raises(LeukViewError, match="died"):
        engine.submit(die, None).result()
    assert engine.submit(whose, None).result() != os.getpid()


@pytest.mark.timeout(240)
def test_that_dask_works_elsewhere_gives_errors_back_and_survives_a_death():
    pytest.importorskip("distributed", reason="Dask is not installed (leukview[cluster])")
    with open_engine(Workplaces(1, "dask")) as engine:
        look_at(engine)


@pytest.mark.timeout(240)
def test_that_ray_works_elsewhere_gives_errors_back_and_survives_a_death():
    """In a program of its own: Ray leaves open, in the process that calls it, what the tests' warnings forbid."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed (leukview[ray])")
    code = (
        "import tests.cluster.test_clusters as t\n"
        "if __name__ == '__main__':\n"
        "    with t.open_engine(t.Workplaces(1, 'ray')) as engine:\n"
        "        t.look_at(engine)\n"
    )
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("engine", "module", "extra"), [("dask", "distributed", "cluster"), ("ray", "ray", "ray")])
def test_that_an_engine_which_is_not_installed_is_named_with_what_brings_it(
    engine: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(LeukViewError, match=rf"not installed.*leukview\[{extra}\]"), open_engine(Workplaces(2, engine)):
        pass


def test_that_an_engine_closes():
    with open_engine(Workplaces(1, "local")) as engine, closing(engine):
        assert engine.slots == 1
