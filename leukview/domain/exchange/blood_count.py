"""Blood counts of the laboratory's analyser, shown beside the differential."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cached_property

from leukview.core.strict_files import parse_json, structure

RAISED_SCORE = 100
"""Score (0–300) of a suspect flag from which the analyser reports it (Sysmex XN, Q-Flag)."""
_PER_NL = {"10^3/ul": 1.0, "10^9/l": 1.0, "k/ul": 1.0, "/nl": 1.0, "10^2/ul": 0.1, "/ul": 0.001}
_LARGEST_WBC_PER_NL = 2000.0


@dataclass(frozen=True, slots=True)
class CountValue:
    """A measured value.

    Attributes:
        name: Name of the analyser, such as ``WBC`` or ``NEUT#``.
        value: None when the analyser printed no number.
        unit: As printed.
        mark: The analyser's mark: ``H``, ``L``, ``N``, ``A``, ``*`` (unreliable) …; "" = none.
    """

    name: str
    value: float | None
    unit: str = ""
    mark: str = ""

    @property
    def is_reliable(self) -> bool:
        """Whether the analyser stands by the value."""
        return self.value is not None and not set(self.mark) & set("*@W!&")


@dataclass(frozen=True, slots=True)
class AnalyserFlag:
    """A flag of the analyser.

    Attributes:
        name: As the analyser names it, with blanks, such as ``Blasts/Abn Lympho?``.
        score: 0–300; None for a flag without one.
        is_raised: Whether the analyser reports it.
    """

    name: str
    score: int | None = None
    is_raised: bool = False


@dataclass(frozen=True)
class BloodCount:
    """One measurement of one sample.

    Attributes:
        sample_number: Number on the tube.
        measured_at: ISO 8601, without zone: the analyser's clock; "" = not given.
        analyser: Name of the analyser; "" = not given.
        patient_number: As the analyser knows it; "" = not given.
        plots: File names of the scattergrams and distributions.
    """

    sample_number: str
    measured_at: str = ""
    analyser: str = ""
    patient_number: str = ""
    values: tuple[CountValue, ...] = ()
    flags: tuple[AnalyserFlag, ...] = ()
    plots: tuple[str, ...] = ()

    def value(self, name: str) -> CountValue | None:
        """The value of this name."""
        return next((v for v in self.values if v.name.casefold() == name.casefold()), None)

    @cached_property
    def wbc_per_nl(self) -> float | None:
        """White cell count in 10⁹/l; None when it was not measured, is not reliable or its unit is not known."""
        found = self.value("WBC")
        if found is None or found.value is None or not found.is_reliable:
            return None
        factor = _PER_NL.get(found.unit.replace("*", "^").replace("µ", "u").replace("μ", "u").casefold())
        result = None if factor is None else round(found.value * factor, 6)
        return result if result is not None and 0 < result <= _LARGEST_WBC_PER_NL else None

    @property
    def raised_flags(self) -> tuple[AnalyserFlag, ...]:
        """The flags that the analyser reports."""
        return tuple(flag for flag in self.flags if flag.is_raised)


def parse_number(text: str) -> float | None:
    """Read a number with a decimal point or comma; None for anything else, such as ``----``."""
    candidate = text.strip()
    if candidate.count(",") == 1 and "." not in candidate:
        candidate = candidate.replace(",", ".")
    try:
        number = float(candidate) if candidate.isascii() and "_" not in candidate else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def blood_count_text(count: BloodCount) -> str:
    """A blood count as JSON text."""
    return json.dumps(asdict(count), ensure_ascii=False)


def parse_blood_count(text: str) -> BloodCount:
    """Read `blood_count_text`; raises `ValueError`."""
    return structure(parse_json(text), BloodCount)
