"""Codes in messages: LOINC (``resources/loinc.toml``) or LeukView's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure
from leukview.domain.taxonomy import Taxonomy
from leukview.services.export.slide_record import CountMethod

LOINC_SYSTEM = "http://loinc.org"
CELL_CLASS_SYSTEM = "urn:leukview:cell-class"
LEUKVIEW_SYSTEM = "urn:leukview:term"
COUNT_METHOD_NAMES: Mapping[CountMethod, str] = {
    CountMethod.MANUAL: "Every cell labelled by a person",
    CountMethod.ASSISTED: "Some cells labelled by a person, the others classified by a model",
    CountMethod.MODEL: "Classified by a model, no cell labelled by a person",
}
"""Names of the counting methods in messages."""


@dataclass(frozen=True, slots=True)
class LoincTerm:
    """A LOINC code with its long common name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LoincTerms:
    """LOINC terms of the panel and of the classes.

    Attributes:
        panel: Term of the whole differential.
        classes: Term without a method by class key; classes without such a term are absent.
        manual_classes: Term by manual count by class key; classes without such a term are absent.
    """

    panel: LoincTerm
    classes: Mapping[str, LoincTerm]
    manual_classes: Mapping[str, LoincTerm]

    def find(self, class_key: str, *, manual: bool) -> LoincTerm | None:
        """The term of a class; None when there is none that is true.

        Args:
            class_key: The class.
            manual: A person labelled every cell. Otherwise a term by manual count is never used.
        """
        found = self.manual_classes.get(class_key) if manual else None
        return found or self.classes.get(class_key)


@dataclass(frozen=True, slots=True)
class _LoincEntry:
    """Terms of one class in ``loinc.toml``: one without a method, one by manual count, or both."""

    code: str = ""
    name: str = ""
    manual_code: str = ""
    manual_name: str = ""

    def terms(self) -> Iterator[LoincTerm]:
        """The terms that are given; an entry without any gives one that the check of its digit refuses."""
        if self.code or not self.manual_code:
            yield LoincTerm(self.code, self.name)
        if self.manual_code:
            yield LoincTerm(self.manual_code, self.manual_name)


@dataclass(frozen=True, slots=True)
class _LoincFile:
    """The contents of ``loinc.toml``."""

    panel: LoincTerm
    classes: Mapping[str, _LoincEntry]
    version: int = 1


def parse_loinc_terms(text: str, taxonomy: Taxonomy) -> LoincTerms:
    """Parse ``loinc.toml``.

    Raises:
        LeukViewError: The text cannot be parsed, a code's check digit is wrong, or a class is unknown.

    A term whose name says “by Manual count” is taken for one, under whichever key it stands: files of earlier versions
    have one term per class.
    """
    try:
        raw = structure(parse_toml(text), _LoincFile)
    except ValueError as error:
        raise LeukViewError(Message("The list of LOINC terms cannot be read: {reason}.", reason=error)) from error
    panel = raw.panel
    listed = [(key, term) for key, entry in raw.classes.items() for term in entry.terms()]
    unknown = sorted({key for key, _ in listed} - {c.key for c in taxonomy.classes})
    if unknown:
        raise LeukViewError(
            Message("The list of LOINC terms contains the unknown class {names}.", names=", ".join(unknown))
        )
    wrong = sorted(term.code for term in (panel, *(term for _, term in listed)) if not has_valid_check_digit(term.code))
    if wrong:
        raise LeukViewError(Message("The LOINC code {names} has a wrong check digit.", names=", ".join(wrong)))
    manual = {key: term for key, term in listed if _is_manual(term)}
    return LoincTerms(panel, {key: term for key, term in listed if not _is_manual(term)}, manual)


def _is_manual(term: LoincTerm) -> bool:
    return "manual count" in term.name.casefold()


def has_valid_check_digit(code: str) -> bool:
    """Whether a LOINC code ends with its Mod 10 check digit.

    See the LOINC Users' Guide, appendix on check digits.
    """
    number, dash, digit = code.partition("-")
    if not (dash and number.isascii() and number.isdigit() and digit.isascii() and digit.isdigit()):
        return False
    odd = str(2 * int(number[::-1][::2]))
    total = sum(map(int, odd + number[::-1][1::2]))
    return (10 - total % 10) % 10 == int(digit)
