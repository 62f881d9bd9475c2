"""Reference atlas of cells that reviewers labelled on signed slides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.review.agreement import final_label, latest_consensus
from leukview.domain.review.events import SECOND_READING, CellReview, ReviewEvent, ReviewState
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Cell
from leukview.services.analysis.feature_similarity import rank_by_distance
from leukview.services.ports.storage import CachedAnalysis, ReviewLog, SlideStore

ConsensusByCell = Mapping[str, ReviewEvent]
MAX_REFERENCES = 12
MAX_CANDIDATES_PER_CLASS = 300
"""Largest number of cells of a class that are compared; those of the slides signed last are taken."""


@dataclass(frozen=True, slots=True)
class AtlasCell:
    """One confirmed cell.

    Attributes:
        class_key: The reviewer's class, or the consensus with a second reader who disagreed.
        reviewer: Name of the reviewer.
        labelled_at: Time of the label, UTC, ISO 8601.
        signed_at: When the slide was signed, UTC, ISO 8601.
    """

    cell: Cell
    class_key: str
    reviewer: str
    labelled_at: str
    signed_at: str


def confirmed_cells(
    slides: SlideStore, log: ReviewLog, token: CancelToken, reporter: Reporter, *, synthetic: bool
) -> tuple[AtlasCell, ...]:
    """Collect the cells labelled by reviewers on slides that are signed now.

    Args:
        slides: The slide store.
        log: The review log.
        token: Checked before each slide.
        reporter: Called before each slide.
        synthetic: Use synthetic slides instead of real ones; the two are never mixed.

    Returns:
        The cells, those of the slides signed last first.

    Raises:
        StoreError: The database cannot be read.
        Cancelled: The token was set.
    """
    found: list[AtlasCell] = []
    every = [slide for slide in slides.slides() if slide.synthetic is synthetic]
    for done, slide in enumerate(every):
        token.raise_if_cancelled()
        reporter(Progress(done, len(every), "Loading the reference atlas"))
        events = log.events(slide.id)
        state = replay(events)
        if state.signature is None:
            continue
        labelled = {key: review for key, review in state.cells.items() if review.label}
        second, reached = replay(events, SECOND_READING), latest_consensus(events)

        def agreed(
            review: CellReview, cell: Cell, second: ReviewState = second, reached: ConsensusByCell = reached
        ) -> str:
            return final_label(reached.get(cell.id), review.label, second.cell_review(cell.id).label)

        found.extend(
            AtlasCell(cell, agreed(review, cell), review.reviewer, review.at, state.signature.at)
            for cell in slides.cells(slide.id)
            if (review := labelled.get(cell.id)) is not None and state.signature.covers(cell.id)
        )
    return tuple(sorted(found, key=lambda a: a.signed_at, reverse=True))


def find_reference_cells(
    atlas: Sequence[AtlasCell],
    class_key: str,
    cell: Cell,
    features: Callable[[Cell], NDArray[np.floating] | None],
    token: CancelToken,
    *,
    by_similarity: bool,
) -> tuple[tuple[AtlasCell, ...], bool]:
    """Select atlas cells of a class to compare with a cell.

    Args:
        atlas: From `confirmed_cells`.
        class_key: Of the wanted cells.
        cell: The cell to compare. Cells of its slide are left out, because they are no independent reference and would
            reveal the first reader's labels to a second reader; so are copies of the same image.
        features: Returns a cell's features (d,), None when they are not cached.
        token: Checked before each cell.
        by_similarity: Order by similarity; otherwise the slides signed last come first.

    Returns:
        At most `MAX_REFERENCES` cells, and whether they are ordered by similarity.
    """
    chosen: list[AtlasCell] = []
    seen = {cell.sha256}
    for one in atlas:
        elsewhere = one.cell.slide_id != cell.slide_id
        if elsewhere and one.class_key == class_key and one.cell.sha256 not in seen:
            seen.add(one.cell.sha256)
            chosen.append(one)
        if len(chosen) == MAX_CANDIDATES_PER_CLASS:
            break
    own = features(cell) if by_similarity and chosen else None
    if own is None:
        return tuple(chosen[:MAX_REFERENCES]), False
    others = []
    for one in chosen:
        token.raise_if_cancelled()
        others.append(features(one.cell))
    order = rank_by_distance(own, others)
    return tuple(chosen[at] for at in order[:MAX_REFERENCES]), any(f is not None for f in others)


def memoised_features(
    cached_analysis: Callable[[Cell], CachedAnalysis | None],
) -> Callable[[Cell], NDArray[np.float32] | None]:
    """Return a function that reads each cell's features through `cached_analysis` only once."""
    known: dict[str, NDArray[np.float32] | None] = {}

    def read(cell: Cell) -> NDArray[np.float32] | None:
        if cell.id not in known:
            analysis = cached_analysis(cell)
            known[cell.id] = analysis.features if analysis is not None else None
        return known[cell.id]

    return read
