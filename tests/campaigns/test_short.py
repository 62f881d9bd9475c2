"""The short form of the campaigns; the package says how to run them at full size."""

import sys
from pathlib import Path

import pytest

from tests.campaigns.__main__ import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and byte names of POSIX")


@pytest.mark.parametrize(("kind", "first", "count"), [("exports", 1, 60), ("files", 0, 12)])
def test_that_hostile_input_gets_a_sentence_and_touches_nothing_else(tmp_path: Path, kind: str, first: int, count: int):
    assert run(kind, first, count, 0, tmp_path) == {}
