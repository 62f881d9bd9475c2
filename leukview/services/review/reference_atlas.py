"""The reference atlas: cells that this laboratory confirmed on signed slides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.review.agreement import final_label, latest_consensus
from leukview.domain.review.events import SECOND_READING, CellReview, ReviewEvent, ReviewState, replay
from leukview.domain.slide import Cell
from leukview.services.analysis.feature_similarity import rank_by_distance
from leukview.services.ports.storage import CachedAnalysis, ReviewLog, SlideStore

ConsensusByCell = Mapping[str, ReviewEvent]
MAX_REFERENCES = 12
MAX_CANDIDATES_PER_CLASS = 300
"""Cells of a class that are weighed; the slides signed last come first."""


@dataclass(frozen=True, slots=True)
class AtlasCell:
    """One confirmed cell.

    Attributes:
        class_key: What the reviewer said it is; where a second reader differed, what both settled on.
        reviewer: Who said so.
        at: When, UTC, ISO 8601.
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
    """Every cell that a person labelled on a slide that is signed now, the slides signed last first.

    Args:
        slides: All slides of the archive.
        log: Their reviews.
        token: Looked at between two slides.
        reporter: Hears of each slide.
        synthetic: Take drawn slides instead of real ones; the two are never mixed.

    Raises:
        StoreError: The archive cannot be read.
    """
    found: list[AtlasCell] = []
    every = [slide for slide in slides.slides() if slide.synthetic is synthetic]
    for done, slide in enumerate(every):
        token.raise_if_cancelled()
        reporter(Progress(done, len(every), "Reading the reference atlas"))
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
            if (review := labelled.get(cell.id)) is not None
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
    """The atlas cells of a class to lay beside a cell.

    Args:
        atlas: From `confirmed_cells`.
        class_key: Of the cells wanted.
        cell: The cell to compare. Its own slide is left out: it is no reference for itself, and a second reader must
            not learn from it what the first one said. So is another copy of its bytes.
        features: A cell's features (d,), None when they are not kept.
        token: Looked at between two cells.
        by_similarity: Put the nearest first; else the slides signed last.

    Returns:
        At most `MAX_REFERENCES` cells, and whether they are ordered by likeness.
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
    """Read features through `cached_analysis`, each cell's once."""
    known: dict[str, NDArray[np.float32] | None] = {}

    def read(cell: Cell) -> NDArray[np.float32] | None:
        if cell.id not in known:
            analysis = cached_analysis(cell)
            known[cell.id] = analysis.features if analysis is not None else None
        return known[cell.id]

    return read
