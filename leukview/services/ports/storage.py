"""Ports of the storage, export and report rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.prediction import Prediction, StoredPrediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.slide import Cell, ExportPreview, Slide, SlideDraft
from leukview.services.ports.inference import StageMaps


class ExportReader(Protocol):
    """Reads what an analyser wrote; never writes there."""

    def read(self, path: Path, token: CancelToken, reporter: Reporter) -> ExportPreview:
        """Look through a folder or archive.

        Raises:
            ExportError: Nothing usable is there; one clear sentence.
            Cancelled: The token was set.
        """

    def read_bytes(self, root: Path, archive_folder: str, path: str) -> bytes:
        """The bytes of one image. `ExportError` when it is gone."""

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """RGB, H×W×3, 0..255. `ExportError` when it does not decode."""


@dataclass(frozen=True, slots=True)
class CellLocation:
    """Where a cell's image lies on this workstation (identity vault; never in the main database)."""

    root: Path
    archive_folder: str
    path: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of storing a draft: the slide, and how many cells are new (0 when it was imported before)."""

    slide: Slide
    new_cell_count: int


class SlideStore(Protocol):
    """Slides, cells and predictions. All methods are safe to call from any thread; each is one transaction."""

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> ImportResult:
        """Pseudonymise and store a slide with its cells, all or nothing; idempotent by pseudonym and content.

        Raises:
            StoreError: The database refuses.
        """

    def slides(self) -> list[Slide]:
        """All slides, the newest first."""

    def slide(self, slide_id: str) -> Slide:
        """One slide. `StoreError` if unknown."""

    def cells(self, slide_id: str) -> list[Cell]:
        """The slide's cells by number."""

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        """Cell id → where its image lies on this workstation; cells unknown here are absent."""

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        """Where the slide's overview pictures lie on this workstation; those unknown here are left out."""

    def save_predictions(self, predictions: Mapping[str, Prediction]) -> None:
        """Store one batch (cell id → prediction) in one transaction; the same bundle's earlier one is replaced."""

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        """Cell id → prediction; of the bundle given, else each cell's newest."""

    def prediction_history(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        """Cell id → what every model said, inside the segmenter's mask and then a reviewer's, in each the oldest first.

        Cells of which no model spoke are absent.
        """

    def cell_prediction_history(self, cell_id: str) -> list[StoredPrediction]:
        """What every model said of one cell, inside the segmenter's mask or a reviewer's, the oldest first."""

    def import_predictions(self, slide_id: str, history: Mapping[str, Sequence[StoredPrediction]]) -> None:
        """Store what was said of a slide's cells elsewhere (as `history`), with its own times, in one transaction.

        What a bundle said of a cell here already stays. Of the others the newest counts, as ever, by its own time.
        """

    def save_mask_prediction(self, cell_id: str, mask_sha256: str, prediction: Prediction) -> None:
        """Store what a bundle said inside a reviewer's mask (by its SHA-256), apart from what it said elsewhere."""

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        """(cell id, SHA-256 of a reviewer's mask) → prediction inside it; of the bundle given, else the newest."""


class ReviewLog(Protocol):
    """The append-only, hash-chained log."""

    def append(
        self,
        slide_id: str,
        kind: EventKind,
        *,
        reviewer: str,
        cells: Sequence[str] = (),
        payload: Mapping[str, object] | None = None,
        expected_seq: int | None = None,
    ) -> ReviewEvent:
        """Write one event; when this returns, the event survives a crash.

        Args:
            slide_id: The slide it belongs to.
            kind: What was done.
            reviewer: Who did it.
            cells: Ids of the cells concerned.
            payload: JSON-able.
            expected_seq: `seq` of the slide's last event that the writer has read (0 = none); None = write in any case.

        Raises:
            BehindError: Another program wrote to the slide since; nothing was written.
            StoreError: It could not be written; the screen must not change.
        """

    def events(self, slide_id: str | None = None, after_seq: int = 0) -> list[ReviewEvent]:
        """Events in order of `seq`; of one slide or of all, from the one that follows `after_seq` on."""

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event of the whole log; 0 and "" while it is empty."""

    def find_broken_event(self) -> ReviewEvent | None:
        """The first broken event of the whole chain; None when it holds."""


class AnalysisCache(Protocol):
    """Content-addressed cache of masks and maps; may be emptied at any time."""

    def put(self, cell_sha256: str, key: str, analysis: CachedAnalysis) -> None:
        """Keep what the analysis made of a cell; `key` names segmenter and bundle."""

    def contains(self, cell_sha256: str, key: str) -> bool:
        """Whether something is kept, without reading it."""

    def get(self, cell_sha256: str, key: str) -> CachedAnalysis | None:
        """What was kept; None when it is gone."""


@dataclass(frozen=True, slots=True)
class CachedAnalysis:
    """A cell's mask (H×W, 0/1/2), maps (normalised to their stage's largest value) and pooled features."""

    mask: NDArray[np.uint8]
    maps: tuple[StageMaps, ...]
    crop: tuple[int, int, int, int]
    features: NDArray[np.float32]
