"""Return of freed memory to the operating system.

glibc keeps freed blocks in its heaps; other C libraries need no tuning.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

_M_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of <malloc.h>
MMAP_THRESHOLD_BYTES = 1 << 20
"""Size in bytes from which a block counts as large. A decoded cell image is 0.4 MB, an overview image 25 MB."""


def use_mmap_for_large_blocks() -> None:
    """Allocate large blocks with mmap, so that freeing them returns memory to the OS.

    Without a fixed limit, glibc raises its mmap threshold to the largest block freed so far, 32 MB at most. Images are
    then allocated between small blocks in each thread's heap, and in a day of work the process grows by hundreds of
    megabytes of free memory. Linux with glibc only.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES)


def trim_memory() -> None:
    """Collect reference cycles and return free heap memory to the operating system.

    Takes 0.2 s when ten thousand cells are open.
    """
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
