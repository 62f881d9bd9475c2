"""The command line as a process that ends with SIGINT."""

from __future__ import annotations

import sys


def interruptible_command(*arguments: str) -> list[str]:
    """Command of ``leukview`` that SIGINT ends also in a suite that runs in the background.

    Such a suite is started with SIGINT ignored, and so would be its processes.
    """
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        f"from leukview.cli.main import main; sys.exit(main({list(arguments)!r}))"
    )
    return [sys.executable, "-c", code]
