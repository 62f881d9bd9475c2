"""The counting rules of a site: marks on the share of blasts, and the white cell counts that a film can speak for."""

from __future__ import annotations

from dataclasses import dataclass

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure

_VERSION = 1
_HINT = "Correct or remove counting.toml."


@dataclass(frozen=True, slots=True)
class CountingRules:
    """What is marked on a differential.

    Attributes:
        blast_thresholds: Shares of blasts and equivalents at which a classification decides, ascending, 0..1. WHO-5 and
            ICC 2022 use 2, 5, 10 and 20 %.
        validated_wbc: Lowest and highest white cell count (10⁹/l) for which a differential on a film was validated.
    """

    blast_thresholds: tuple[float, ...] = (0.02, 0.05, 0.10, 0.20)
    validated_wbc: tuple[float, float] = (1.5, 30.0)

    def is_validated(self, wbc_per_nl: float) -> bool:
        """Whether a white cell count (10⁹/l) lies in the validated range."""
        low, high = self.validated_wbc
        return low <= wbc_per_nl <= high


@dataclass(frozen=True, slots=True)
class _RulesFile:
    """The contents of ``counting.toml``."""

    version: int
    blast_thresholds: tuple[float, ...]
    validated_wbc: tuple[float, float]


def parse_counting_rules(text: str) -> CountingRules:
    """Read ``counting.toml``.

    Raises:
        LeukViewError: The text is not TOML, a key is missing or unknown, or a value is out of range.
    """
    try:
        found = structure(parse_toml(text), _RulesFile)
    except ValueError as error:
        raise LeukViewError(Message("The counting rules cannot be read: {reason}.", reason=error), _HINT) from error
    if found.version != _VERSION:
        raise LeukViewError(Message("The counting rules must have version {version}.", version=_VERSION), _HINT)
    thresholds, (low, high) = found.blast_thresholds, found.validated_wbc
    if list(thresholds) != sorted(set(thresholds)) or not all(0 < share < 1 for share in thresholds):
        raise LeukViewError("“blast_thresholds” of the counting rules must ascend between 0 and 1.", _HINT)
    if not 0 <= low < high:
        raise LeukViewError("“validated_wbc” of the counting rules must be two ascending numbers.", _HINT)
    return CountingRules(thresholds, found.validated_wbc)
