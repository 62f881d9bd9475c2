"""Text that comes from the operating system or goes to a console: names, user, output streams."""

from __future__ import annotations

import getpass
import io
import os
import sys
from contextlib import suppress

from leukview.core.errors import LeukViewError


def printable(text: str) -> str:
    """Replace what is no valid Unicode, such as the bytes of an undecodable file name, so that it can be stored."""
    return text.encode("utf-8", "replace").decode("utf-8")


def operating_system_user() -> str:
    """Name of the operating system's user, under which events are logged until a reviewer signs in.

    Raises:
        LeukViewError: The user's number has no name on this machine, or the name is not readable text.
    """
    try:
        name = getpass.getuser()
    except (ImportError, KeyError, OSError) as error:
        raise LeukViewError(
            "The operating system has no name for this user.", "Set the variable LOGNAME to the name to be logged."
        ) from error
    if not name.strip() or not name.isprintable():
        raise LeukViewError("The name of this user is not readable text.", "Set the variable LOGNAME to another name.")
    return name


def make_output_tolerant() -> None:
    """Let standard output and error show any text.

    A character that the console cannot show is replaced. Files and pipes get UTF-8, whatever the locale, unless the
    variable ``PYTHONIOENCODING`` names another encoding.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        chosen = "PYTHONIOENCODING" in os.environ
        with suppress(OSError, ValueError):
            encoding = None if chosen or stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def flush_output() -> None:
    """Write buffered output now. Raises `OSError`, for instance when the device is full."""
    if sys.stdout is not None:
        sys.stdout.flush()


def discard_output() -> None:
    """Send further output nowhere, after it could not be written.

    The interpreter flushes the stream once more when it ends; what is left in the buffer must not fail again.
    """
    with suppress(OSError, ValueError, AttributeError):
        target = os.open(os.devnull, os.O_WRONLY)
        os.dup2(target, sys.stdout.fileno())
        os.close(target)


def write_error(text: str) -> None:
    """Write a line to standard error, if it can be written."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - the end of the command line
