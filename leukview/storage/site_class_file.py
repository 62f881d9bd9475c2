"""The site's file ``classes.toml``: read at each export, and extended by the answers of the preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from leukview.core.atomic_files import atomic_write, read_file
from leukview.core.errors import LeukViewError, StoreError
from leukview.core.messages import Message
from leukview.domain.site_classes import FolderAnswers, add_answers, parse_folder_answers
from leukview.domain.taxonomy import Taxonomy

_MAX_BYTES = 16 * 1024**2


class SiteClassFile:
    """Implements the `FolderAnswerStore` port.

    Args:
        path: The file; it need not exist.
        taxonomy: With the site's classes.
        mark: Makes the keyed hash of a folder's folded name; None where the key is not at hand.
    """

    def __init__(self, path: Path, taxonomy: Taxonomy, mark: Callable[[str], str] | None = None) -> None:
        self._path, self._taxonomy, self._mark = path, taxonomy, mark

    def answers(self) -> FolderAnswers:
        """See `FolderAnswerStore.answers`. Raises `LeukViewError`."""
        return parse_folder_answers(self._text(), self._taxonomy, self._mark)

    def remember(self, answers: Mapping[str, str]) -> None:
        """See `FolderAnswerStore.remember`. Raises `LeukViewError`."""
        if self._mark is None:
            raise StoreError("The answers cannot be stored here.")
        text = self._text()
        extended = add_answers(text, answers, self._taxonomy, self._mark)
        if extended == text:
            return
        parse_folder_answers(extended, self._taxonomy, self._mark)
        try:
            atomic_write(self._path, extended)
        except OSError as error:
            words = "The answers cannot be saved in {name}: {reason}."
            raise StoreError(Message(words, name=self._path.name, reason=error.strerror)) from error

    def _text(self) -> str:
        try:
            return read_file(self._path, _MAX_BYTES).decode("utf-8-sig")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise LeukViewError(f"The file {self._path.name} cannot be read: {error}.", str(self._path)) from error
