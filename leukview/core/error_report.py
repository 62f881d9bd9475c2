"""Report of an internal error: versions and places in the code, without names or paths."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from leukview import __version__
from leukview.core.logging_setup import code_locations

_LIBRARIES = ("PySide6-Essentials", "onnxruntime", "numpy", "SQLAlchemy", "pillow")


def error_report(error: BaseException) -> str:
    """Describe an error for the people who maintain LeukView.

    The message of the error and the values of variables are left out: they may hold a name or a path.
    """
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    lines = [
        f"LeukView {__version__}",
        f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}",
        ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
        "frozen program" if getattr(sys, "frozen", False) else "installed package",
    ]
    for one in chain:
        lines += ["", type(one).__name__, *(f"  {place}" for place in code_locations(one))]
    return "\n".join(lines) + "\n"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(version unknown)"
