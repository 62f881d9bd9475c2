"""Codes in messages: LOINC (``resources/loinc.toml``) or LeukView's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure
from leukview.domain.taxonomy import Taxonomy

LOINC_SYSTEM = "http://loinc.org"
CELL_CLASS_SYSTEM = "urn:leukview:cell-class"
LEUKVIEW_SYSTEM = "urn:leukview:term"


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
        classes: Term by class key; classes without a LOINC term are absent.
    """

    panel: LoincTerm
    classes: Mapping[str, LoincTerm]


@dataclass(frozen=True, slots=True)
class _LoincFile:
    """The contents of ``loinc.toml``."""

    panel: LoincTerm
    classes: Mapping[str, LoincTerm]
    version: int = 1


def parse_loinc_terms(text: str, taxonomy: Taxonomy) -> LoincTerms:
    """Parse ``loinc.toml``.

    Raises:
        LeukViewError: The text cannot be parsed, a code's check digit is wrong, or a class is unknown.
    """
    try:
        raw = structure(parse_toml(text), _LoincFile)
    except ValueError as error:
        raise LeukViewError(Message("The list of LOINC terms cannot be read: {reason}.", reason=error)) from error
    panel, classes = raw.panel, raw.classes
    unknown = sorted(set(classes) - {c.key for c in taxonomy.classes})
    if unknown:
        raise LeukViewError(
            Message("The list of LOINC terms names the unknown class {names}.", names=", ".join(unknown))
        )
    wrong = sorted(term.code for term in (panel, *classes.values()) if not has_valid_check_digit(term.code))
    if wrong:
        raise LeukViewError(Message("The LOINC code {names} has a wrong check digit.", names=", ".join(wrong)))
    return LoincTerms(panel, classes)


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
