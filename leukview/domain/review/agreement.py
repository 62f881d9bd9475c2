"""Agreement of two readers of one slide, and their consensus labels."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.review.events import (
    CONSENSUS_READING,
    SECOND_READING,
    EventKind,
    ReviewEvent,
    Signature,
    flatten_imports,
    reading_of,
)
from leukview.domain.review.reducer import replay

_Z_975 = 1.959963984540054  # 97.5 % point of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's κ, chance-corrected agreement of two readers.

    Attributes:
        value: −1 … 1; None where the expected agreement is 1 (both gave the same single class to every cell).
        interval: 95 %, large-sample; None where it cannot be estimated (no cell, or no variance, as when the readers
            agree on every cell).
        observed: Share of the cells on which they agree, 0..1.
        expected: Share on which they would agree by chance, 0..1.
        n: Number of cells that both labelled.
    """

    value: float | None
    interval: Interval | None
    observed: float
    expected: float
    n: int


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> Kappa:
    """Compute Cohen's κ with a 95 % interval.

    With p_ij the share of cells that the first reader called i and the second j, p_o = Σ p_ii and p_e = Σ p_i. p_.i:
    κ = (p_o − p_e) / (1 − p_e), from J. Cohen, Educ Psychol Meas 1960; 20:37. Variance for any κ, equation 13 of
    J. L. Fleiss, J. Cohen, B. S. Everitt, Psychol Bull 1969; 72:323:

    n (1−p_e)⁴ var κ = Σ p_ii [(1−p_e) − (p_.i + p_i.)(1−p_o)]² + (1−p_o)² Σ_{i≠j} p_ij (p_.i + p_j.)²
    − (p_o p_e − 2 p_e + p_o)²

    Args:
        pairs: (first reader's class, second reader's class), one per cell.
    """
    n = len(pairs)
    if not n:
        return Kappa(None, None, 0.0, 0.0, 0)
    table = {pair: count / n for pair, count in Counter(pairs).items()}
    first = {key: count / n for key, count in Counter(a for a, _ in pairs).items()}
    second = {key: count / n for key, count in Counter(b for _, b in pairs).items()}
    agreed = sum(a == b for a, b in pairs)
    observed = agreed / n
    expected = sum(share * second.get(key, 0.0) for key, share in first.items())
    if math.isclose(expected, 1.0):
        return Kappa(None, None, observed, expected, n)
    value = (observed - expected) / (1 - expected)
    if agreed == n:
        return Kappa(1.0, None, observed, expected, n)
    total = 0.0
    for (a, b), share in table.items():
        marginal = second.get(a, 0.0) + first.get(b, 0.0)
        if a == b:
            total += share * ((1 - expected) - marginal * (1 - observed)) ** 2
        else:
            total += (1 - observed) ** 2 * share * marginal**2
    total -= (observed * expected - 2 * expected + observed) ** 2
    error = math.sqrt(max(0.0, total) / n) / (1 - expected) ** 2
    if error == 0.0:
        return Kappa(value, None, observed, expected, n)
    interval = Interval(max(-1.0, value - _Z_975 * error), min(1.0, value + _Z_975 * error))
    return Kappa(value, interval, observed, expected, n)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A cell that the readers labelled with different classes.

    Attributes:
        first_label: The first reader's class key.
        second_label: The second reader's class key.
        consensus: The class key they agreed on; "" while it is open.
        consensus_by: Who recorded the consensus.
    """

    cell_id: str
    first_label: str
    second_label: str
    consensus: str = ""
    consensus_by: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Comparison of two readings of one slide.

    Attributes:
        first_reader: Names of those who labelled in the first reading, joined.
        second_reader: The same for the second.
        signature: Of the second reading; without one the second reading is not finished and must not be shown.
        agreed_count: Number of cells on which the readers agree.
        agreement_share: Exact interval of the share of agreement; None when no cell was labelled by both.
        disagreements: In the order of the cells given.
    """

    first_reader: str
    second_reader: str
    signature: Signature | None
    kappa: Kappa
    agreed_count: int
    agreement_share: Interval | None
    disagreements: tuple[Disagreement, ...]

    @property
    def open_count(self) -> int:
        """Number of disagreements without a consensus."""
        return sum(not d.consensus for d in self.disagreements)


def latest_consensus(events: Iterable[ReviewEvent]) -> Mapping[str, ReviewEvent]:
    """Cell id → the cell's last consensus event; reopened cells are absent."""
    found: dict[str, ReviewEvent] = {}
    for event in flatten_imports(events):
        if event.kind is EventKind.CONSENSUS and reading_of(event) == CONSENSUS_READING:
            for cell in event.cells:
                found.pop(cell, None)
                if event.payload.get("label"):
                    found[cell] = event
    return found


def binding_consensus(consensus: ReviewEvent | None, first_label: str, second_label: str) -> str:
    """The class of a valid consensus.

    Args:
        consensus: The last consensus event of the cell, None if there is none.
        first_label: The first reader's current label.
        second_label: The second reader's current label.

    Returns:
        "" when there is none or either reader has changed the label since.
    """
    if consensus is None or (consensus.payload.get("first"), consensus.payload.get("second")) != (
        first_label,
        second_label,
    ):
        return ""
    return str(consensus.payload["label"])


def final_label(consensus: ReviewEvent | None, first_label: str, second_label: str) -> str:
    """The final class of a cell: the valid consensus, otherwise the first label."""
    return binding_consensus(consensus, first_label, second_label) or first_label


def compare_readings(events: Sequence[ReviewEvent], cell_ids: Iterable[str]) -> Agreement | None:
    """Compare the first and second reading of a slide.

    Args:
        events: The slide's events in order of `seq`.
        cell_ids: Ids of the slide's cells; only those that both readers labelled are compared.

    Returns:
        None when nobody has labelled a cell in a second reading.
    """
    one, two, reached = replay(events), replay(events, SECOND_READING), latest_consensus(events)
    if not any(review.label for review in two.cells.values()):
        return None
    pairs, differing = [], []
    for cell in cell_ids:
        first, second = one.cell_review(cell).label, two.cell_review(cell).label
        if not (first and second):
            continue
        pairs.append((first, second))
        if first != second:
            label = binding_consensus(reached.get(cell), first, second)
            by = reached[cell].reviewer if label else ""
            differing.append(Disagreement(cell, first, second, label, by))
    agreed = len(pairs) - len(differing)
    names = [", ".join(sorted({r.reviewer for r in s.cells.values() if r.label})) for s in (one, two)]
    share = clopper_pearson(agreed, len(pairs)) if pairs else None
    return Agreement(names[0], names[1], two.signature, cohen_kappa(pairs), agreed, share, tuple(differing))
