"""Names of cell classes in other languages and in published data sets (``resources/class_aliases.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message

MIN_SET_CODES = 4
"""Number of a data set's codes that must stand side by side before its own meaning of a code applies."""
_CODES = "codes"
_SETS = "sets"
_LATIN_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_BLANK_BESIDE_NON_ASCII = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_LEADING_NUMBER = re.compile(r"^\s*\d{1,3}[\s._)-]+(?=\D)|^\s*\d{1,3}(?=[^\x00-\x7f])")
_TRAILING_COUNT = re.compile(
    r"[\s_-]*[(\[（【]\s*\d{1,6}\s*[)\]）】]\s*$"
    r"|[\s_-]*\d{1,3}(?:[.,]\d+)?\s*[%％]\s*$"
    r"|(?<=[^\x00-\x7f])\s*\d{1,6}\s*$"
)


def fold_name(name: str) -> str:
    """Fold a name for comparison: case, width, punctuation and Latin accents are ignored.

    Letters of every script are kept. Accents are removed from Latin letters alone: in kana and Cyrillic they make
    another letter.

    Returns:
        "" for a name without letters and digits, which equals no other name.
    """
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold())
    text = unicodedata.normalize("NFC", _LATIN_ACCENTS.sub("", text))
    return _BLANK_BESIDE_NON_ASCII.sub("", re.sub(r"[\W_]+", " ", text).strip())


def without_counts(name: str) -> str:
    """Remove a leading number and a trailing count from a folder's name: ``01_Monocytes (12)`` → ``Monocytes``."""
    return _TRAILING_COUNT.sub("", _LEADING_NUMBER.sub("", name)).strip()


@dataclass(frozen=True, slots=True)
class CodeSet:
    """Folder codes of a published data set, some of which mean another class elsewhere.

    Attributes:
        name: Of the data set.
        codes: Code, case-folded → class key.
    """

    name: str
    codes: Mapping[str, str]

    def applies_to(self, folders: Collection[str]) -> bool:
        """Whether folders side by side are those of this data set: most are its codes, and not by chance."""
        folded = {folder.casefold() for folder in folders}
        found = len(folded & self.codes.keys())
        return found >= MIN_SET_CODES and 4 * found >= 3 * len(folded)


@dataclass(frozen=True, slots=True)
class ClassAliases:
    """Further names and codes of classes.

    Attributes:
        names: Folded name → class key.
        codes: Code, case-folded → class key. A code may be a person's initials.
        sets: Codes of published data sets.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    sets: tuple[CodeSet, ...] = ()


def parse_class_aliases(text: str) -> ClassAliases:
    """Read ``class_aliases.toml``: a table per class with lists of names by language and of codes.

    Raises:
        LeukViewError: The text is no such table, or one name stands for two classes.
    """
    try:
        raw = tomllib.loads(text)
        sets = tuple(
            CodeSet(one["name"], {code.casefold(): key for code, key in one["codes"].items()})
            for one in raw.pop(_SETS, [])
        )
        names: dict[str, str] = {}
        codes: dict[str, str] = {}
        for key, table in raw.items():
            for kind, listed in table.items():
                into, folds = (codes, str.casefold) if kind == _CODES else (names, fold_name)
                for name in listed:
                    if into.setdefault(folds(name), key) != key:
                        raise LeukViewError(Message("The class alias “{name}” is given for two classes.", name=name))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise LeukViewError(Message("The table of class aliases cannot be read: {reason}.", reason=error)) from error
    names.pop("", None)
    return ClassAliases(names, codes, sets)


def alias_keys(aliases: ClassAliases) -> Iterator[str]:
    """Every class key that the aliases name."""
    yield from aliases.names.values()
    yield from aliases.codes.values()
    for one in aliases.sets:
        yield from one.codes.values()
