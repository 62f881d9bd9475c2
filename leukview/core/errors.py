"""Expected errors of the program.

`LeukViewError` is for expected failures that the user can act on; any other exception is a bug.
"""

from __future__ import annotations


class LeukViewError(Exception):
    """An expected failure outside the program, which the user can act on.

    Args:
        message: One sentence that says what is wrong.
        hint: What the user can do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(Exception):  # noqa: N818 - a request, not a failure
    """The user cancelled a running job."""


class WorkerDiedError(LeukViewError):
    """A worker process died before its work was finished.

    The work may be submitted again.
    """


class ExportError(LeukViewError):
    """A folder, archive or image of an export cannot be used."""


class ImageChangedError(ExportError):
    """The file of an image does not have the content that was imported."""


class ModelError(LeukViewError):
    """A model file is missing, damaged, unknown or does not fit."""


class StoreError(LeukViewError):
    """The database, the identity vault or the cache cannot be read or written."""


class ConcurrentWriteError(StoreError):
    """Another program wrote to the slide since it was read; read it again first."""


class PinError(LeukViewError):
    """A PIN is wrong or missing, or was entered too early after wrong ones.

    Args:
        message: One sentence that says what is wrong.
        hint: What the user can do about it; may be empty.
        retry_after_s: Seconds until the next attempt is accepted.
    """

    def __init__(self, message: str, hint: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class ReportError(LeukViewError):
    """A report cannot be written."""


class ReviewError(LeukViewError):
    """A review action is not allowed now, for instance on a signed slide."""


class ConnectionLostError(LeukViewError):
    """Another system cannot be reached, or does not answer as agreed."""
