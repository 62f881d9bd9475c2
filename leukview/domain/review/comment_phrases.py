"""Coded phrases for comments (``resources/phrases.toml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure

_BEFORE, _AFTER = r"(?:^|[;,.\n])[ \t]*", r"[ \t]*(?=$|[;,.\n])"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase: `code` is stored in the log, `text` is inserted into the comment."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    """Phrases under one heading."""

    name: str
    phrases: tuple[Phrase, ...]


def find_phrase_codes(phrases: Iterable[Phrase], comment: str) -> tuple[str, ...]:
    """Find the codes of the phrases that are complete clauses of a comment.

    A phrase inside a longer clause does not count: “no Auer rods seen” is not “Auer rods seen”.

    Returns:
        Codes in the order of `phrases`.
    """
    return tuple(
        phrase.code
        for phrase in phrases
        if re.search(f"{_BEFORE}{re.escape(phrase.text)}{_AFTER}", comment, re.IGNORECASE)
    )


@dataclass(frozen=True, slots=True)
class _PhrasesFile:
    """The contents of ``phrases.toml``."""

    groups: tuple[PhraseGroup, ...]
    version: int = 1


def parse_phrases(text: str) -> tuple[PhraseGroup, ...]:
    """Read ``phrases.toml``.

    Raises:
        LeukViewError: The text is not TOML, a value is missing, unknown or no text, or a code is given twice.
    """
    try:
        groups = structure(parse_toml(text), _PhrasesFile).groups
    except ValueError as error:
        raise LeukViewError(
            Message("The phrases cannot be read: {reason}.", reason=error), "Correct or remove phrases.toml."
        ) from error
    codes = [phrase.code for group in groups for phrase in group.phrases]
    doubled = sorted({code for code in codes if codes.count(code) > 1})
    if doubled:
        raise LeukViewError(
            Message("The phrases contain the code {names} twice.", names=", ".join(doubled)), "Correct phrases.toml."
        )
    return groups
