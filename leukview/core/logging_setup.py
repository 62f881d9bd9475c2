"""One rotating log file in the user's folder.

It contains ids, never patient data, names of the user's files or values of local variables.
"""

from __future__ import annotations

import copy
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from typing_extensions import override

from leukview.core.errors import LeukViewError

_OWN_LOGGERS = frozenset({"leukview", "training"})
"""First parts of the names of loggers whose messages hold ids alone."""
_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")
_REMOTE_LOCATIONS = "leukview_locations"
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LocationOnlyFormatter(logging.Formatter):
    """Formats an exception as its type and code locations, without its message.

    The message is left out because it may contain a path. For the same reason only the place is given of what another
    library logs.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        # The record caches the text of the first formatter for all others; ours must neither use nor leave one there.
        record = copy.copy(record)
        record.exc_text = record.stack_info = None
        if record.name.split(".")[0] not in _OWN_LOGGERS:
            record.msg, record.args = f"(text withheld) at {record.filename}:{record.lineno} {record.funcName}", None
        return super().format(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Format the code locations of a traceback, the innermost last."""
        kind, error, trace = ei if isinstance(ei, tuple) else (None, None, None)
        places = [*_code_locations(trace), *getattr(error, _REMOTE_LOCATIONS, ())]
        return f"{getattr(kind, '__name__', 'error')} at " + " > ".join(places)


def code_locations(error: BaseException) -> list[str]:
    """Places in the code that an error passed, the innermost last, also those in a worker process."""
    return [*_code_locations(error.__traceback__), *getattr(error, _REMOTE_LOCATIONS, ())]


def _code_locations(trace: object) -> list[str]:
    places: list[str] = []
    while isinstance(trace, TracebackType):
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places


def call_keeping_locations(function: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
    """Call a function in a worker process so that its error carries its code locations to the caller's log.

    A traceback does not pickle; the locations do, as an attribute of the error.
    """
    try:
        return function(argument)
    except Exception as error:
        setattr(error, _REMOTE_LOCATIONS, tuple(_code_locations(error.__traceback__)))
        raise


@contextmanager
def log_file(folder: Callable[[], Path]) -> Iterator[None]:
    """Log warnings and errors to ``leukview.log`` in a folder while the block runs.

    The file is created by its first line, readable by its user alone, rotated at 1 MB, and three old ones are kept.
    Where it cannot be written, nothing is logged.

    Args:
        folder: Gives the folder; called at once.
    """
    try:
        path = folder() / "leukview.log"
    except LeukViewError:  # the command will meet the same and say so
        yield
        return
    for old in (path, *(path.with_name(f"{path.name}.{number}") for number in range(1, 4))):
        with suppress(OSError):  # also those that an earlier version left readable for all
            old.chmod(0o600)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(LocationOnlyFormatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def log_unhandled_errors(notify: Callable[[BaseException], None] | None = None) -> None:
    """Log unhandled exceptions of all threads, among them those raised in Qt's slots.

    Args:
        notify: Called with the exception, to tell the user.
    """
    log = logging.getLogger("leukview")

    def unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unhandled error", exc_info=(kind, error, trace))
        if notify is not None and isinstance(error, Exception):
            notify(error)

    def unhandled_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            unhandled(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = unhandled
    threading.excepthook = unhandled_in_thread
