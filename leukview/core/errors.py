"""Two kinds of error: the surroundings are at fault (a sentence, a hint), or the program is (any other exception)."""

from __future__ import annotations


class LeukViewError(Exception):
    """Something outside the program is wrong; a person can mend it.

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
    """A process of a cluster ended over some work, or beside it: the work may be given out again."""


class ExportError(LeukViewError):
    """A folder, archive or image of an export cannot be used."""


class ModelError(LeukViewError):
    """A model file is missing, damaged, unknown or does not fit."""


class StoreError(LeukViewError):
    """The database, the identity vault or the cache refuses."""


class ConcurrentWriteError(StoreError):
    """Another program wrote to the slide since it was read: read again, then decide again."""


class PinError(LeukViewError):
    """A PIN is wrong, missing or must wait; `wait_s` seconds until the next attempt is heard."""

    def __init__(self, message: str, hint: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class ReportError(LeukViewError):
    """A report cannot be written."""


class ReviewError(LeukViewError):
    """A review action is not allowed now, for instance on a signed slide."""
