"""Memory that is freed goes back to the system."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref

import pytest

from leukview.core import malloc_tuning

ALLOCATION_SCRIPT = """
import threading
from leukview.core.malloc_tuning import use_mmap_for_large_blocks

def resident():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * 4096

if {parts}:
    use_mmap_for_large_blocks()
big = bytearray(30 << 20)
del big  # glibc learns from it that 30 MB are not large
before = resident()
pictures = [(bytearray(2 << 20), bytearray(3000)) for _ in range(60)]
small = [tail for _, tail in pictures]
del pictures
print((resident() - before) >> 20)
"""


def memory_growth_mb(*, parts: bool) -> int:
    code = ALLOCATION_SCRIPT.format(parts=parts)
    # A limit in the environment, which Dask puts there, would keep glibc from raising its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps it")
def test_that_a_picture_between_small_things_leaves_nothing_behind():
    assert memory_growth_mb(parts=False) > 100, "without it the heap keeps all of them"
    assert memory_growth_mb(parts=True) < 5


def test_that_tidying_frees_what_holds_itself():
    class Knot:
        def __init__(self) -> None:
            self.itself = self

    seen = weakref.ref(Knot())
    malloc_tuning.trim_memory()
    assert seen() is None
