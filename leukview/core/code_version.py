"""Identity of the program's code, so that results of other code are never taken for its own."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path

from leukview import __version__
from leukview.core.atomic_files import file_sha256

_DIGITS = 12
_WITHOUT_RESULTS = frozenset({"gui"})
"""Packages that take no part in what a batch writes."""


@lru_cache(maxsize=1)
def code_version() -> str:
    """Version and the first hexadecimal digits of a SHA-256 over the program's source files.

    The window's files are left out. In the frozen program the executable takes the place of the source files.
    """
    package = Path(__file__).resolve().parents[1]
    sources = sorted(p for p in package.rglob("*.py") if p.relative_to(package).parts[0] not in _WITHOUT_RESULTS)
    if not sources:
        return f"{__version__}+{file_sha256(Path(sys.executable))[:_DIGITS]}"
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"{__version__}+{digest.hexdigest()[:_DIGITS]}"
