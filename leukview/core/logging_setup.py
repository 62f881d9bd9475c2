"""One rotating log file in the user's folder.

It contains ids, never patient data, names of the user's files or values of local variables.
"""

from __future__ import annotations

import copy
import logging
import sys
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from typing_extensions import override

_OWN_LOGGERS = frozenset({"leukview", "training"})
"""First parts of the names of loggers whose messages hold ids alone."""
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
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        places: list[str] = []
        while isinstance(trace, TracebackType):
            code = trace.tb_frame.f_code
            places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return f"{getattr(kind, '__name__', 'error')} at " + " > ".join(places)


def configure_logging(folder: Path) -> None:
    """Log warnings and errors to ``leukview.log`` in `folder`.

    The file is rotated at 1 MB and three old ones are kept. Unhandled exceptions of all threads are logged as well.
    """
    path = folder / "leukview.log"
    path.touch(mode=0o600)
    for old in (path, *(path.with_name(f"{path.name}.{number}") for number in range(1, 4))):
        with suppress(OSError):  # also those that an earlier version left readable for all
            old.chmod(0o600)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(LocationOnlyFormatter(_FORMAT))
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.addHandler(handler)
    log = logging.getLogger("leukview")

    def unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unhandled error", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)

    def unhandled_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            unhandled(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = unhandled
    threading.excepthook = unhandled_in_thread
