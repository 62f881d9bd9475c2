"""Result of a verification."""

from __future__ import annotations

from dataclasses import dataclass

from leukview.domain.verification.comparison import BlastDetection, ClassComparison


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """One of LeukView's methods beside the microscope.

    Attributes:
        classes: In the order of the table.
        blasts: By limit.
    """

    classes: tuple[ClassComparison, ...]
    blasts: tuple[BlastDetection, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """A verification.

    Attributes:
        films: (slide, cells at the microscope, leukocytes in LeukView) of each film compared.
        left_out: (lines of the table, reason) of the films that were not compared.
        reviewed: The signed differentials.
        model: The model alone, on the same films.
        signers: Who signed, by number of films.
        models: SHA-256 of the models of the films.
    """

    films: tuple[tuple[str, int, int], ...]
    left_out: tuple[tuple[str, str], ...]
    reviewed: MethodComparison
    model: MethodComparison
    signers: tuple[tuple[str, int], ...]
    models: tuple[str, ...]
