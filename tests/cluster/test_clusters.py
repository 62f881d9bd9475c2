"""Engines on clusters: what is asked of each is the same."""

from __future__ import annotations

import os
import sys
from contextlib import closing

import pytest

from leukview.batch import Workplaces, open_engine
from leukview.core.errors import ExportError, LeukViewError
from tests.cluster.test_local import die, refuse, whose


@pytest.mark.timeout(240)
def test_that_dask_works_elsewhere_gives_errors_back_and_survives_a_death():
    pytest.importorskip("distributed", reason="Dask is not installed (leukview[cluster])")
    with open_engine(Workplaces(1, "dask")) as engine:
        assert engine.slots == 2
        assert engine.submit(whose, None).result() != os.getpid()
        with pytest.raises(ExportError, match=r"This is bad\. A hint\."):
            engine.submit(refuse, "bad").result()
        with pytest.raises(LeukViewError, match="died"):
            engine.submit(die, None).result()
        assert engine.submit(whose, None).result() != os.getpid()


@pytest.mark.timeout(240)
def test_that_ray_works_elsewhere_gives_errors_back_and_survives_a_death():
    pytest.importorskip("ray", reason="Ray is not installed (leukview[ray])")
    with open_engine(Workplaces(1, "ray")) as engine:
        assert engine.slots == 2
        assert engine.submit(whose, None).result() != os.getpid()
        with pytest.raises(ExportError, match=r"This is bad\. A hint\."):
            engine.submit(refuse, "bad").result()
        with pytest.raises(LeukViewError, match="died"):
            engine.submit(die, None).result()
        assert engine.submit(whose, None).result() != os.getpid()


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
