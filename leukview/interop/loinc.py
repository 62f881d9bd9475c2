"""Terms that messages carry: LOINC's from ``resources/loinc.toml``, LeukView's own for what LOINC does not name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy

LOINC = "http://loinc.org"
OWN_CLASSES = "urn:leukview:cell-class"
OWN_TERMS = "urn:leukview:term"


@dataclass(frozen=True, slots=True)
class Term:
    """A code with LOINC's long common name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Terms:
    """LOINC's terms: of the panel, and by class key; a class without one is absent."""

    panel: Term
    classes: Mapping[str, Term]


def parse_terms(text: str, taxonomy: Taxonomy) -> Terms:
    """Read ``loinc.toml``.

    Raises:
        LeukViewError: It cannot be read, a code's check digit is wrong, or a class is unknown.
    """
    try:
        raw = tomllib.loads(text)
        panel = Term(raw["panel"]["code"], raw["panel"]["name"])
        classes = {key: Term(entry["code"], entry["name"]) for key, entry in raw["classes"].items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise LeukViewError(Message("The list of LOINC terms cannot be read: {reason}.", reason=error)) from error
    unknown = sorted(set(classes) - {c.key for c in taxonomy.classes})
    if unknown:
        raise LeukViewError(
            Message("The list of LOINC terms names the unknown class {names}.", names=", ".join(unknown))
        )
    wrong = sorted(term.code for term in (panel, *classes.values()) if not check_digit_fits(term.code))
    if wrong:
        raise LeukViewError(Message("The LOINC code {names} has a wrong check digit.", names=", ".join(wrong)))
    return Terms(panel, classes)


def check_digit_fits(code: str) -> bool:
    """Whether a LOINC code's last digit is its Mod 10 check digit (LOINC Users' Guide, appendix on check digits)."""
    number, dash, digit = code.partition("-")
    if not (dash and number.isascii() and number.isdigit() and digit.isascii() and digit.isdigit()):
        return False
    odd = str(2 * int(number[::-1][::2]))
    total = sum(map(int, odd + number[::-1][1::2]))
    return (10 - total % 10) % 10 == int(digit)
