"""Protocols of the import of exports, slide store, review log and analysis cache."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.prediction import Prediction, StoredPrediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.signed_binding import CellDigests
from leukview.domain.site_classes import FolderAnswers
from leukview.domain.slide import Cell, ExportPreview, Slide, SlideDraft
from leukview.services.ports.inference import StageMaps


class ExportReader(Protocol):
    """Reads the exports of an analyser; never writes to them."""

    def read(
        self,
        path: Path,
        token: CancelToken,
        reporter: Reporter,
        answers: Mapping[str, str] | None = None,
        name_encoding: str = "",
    ) -> ExportPreview:
        """Find the slides in a folder or archive.

        Args:
            path: Folder or archive.
            token: Cancels the reading.
            reporter: Told the number of files read.
            answers: Folder name → class key, ``patient`` or ``leave out``, beside those of the site.
            name_encoding: Encoding of an archive's names that state none and are not UTF-8; "" = the likeliest.

        Raises:
            ExportError: It cannot be read or contains no slide.
            Cancelled: The token was set.
        """

    def read_bytes(self, root: Path, archive_folder: str, path: str) -> bytes:
        """Read the bytes of one image.

        Args:
            root: Folder or archive, see `CellLocation`.
            archive_folder: Folder inside the archive, "" otherwise.
            path: Of the file, relative to `root` or `archive_folder`.

        Raises:
            ExportError: The image is missing.
        """

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """Decode an image to RGB, H×W×3, 0..255.

        Raises:
            ExportError: It cannot be decoded.
        """


class KnownContent(Protocol):
    """Stored slides by the content of their cells. Safe to call from any thread."""

    def cells_with(self, digests: Collection[str]) -> Mapping[str, tuple[Cell, ...]]:
        """Slide id → its cells whose SHA-256 is one of these; slides without such a cell are absent.

        Raises:
            StoreError: The database cannot be read.
        """

    def folder_names(self, slide_id: str) -> tuple[str, str] | None:
        """Folder names of patient and order of a slide; None when unknown on this workstation."""

    def patient_names(self) -> Sequence[str]:
        """Folder names of all patients known on this workstation."""

    def rename(self, slide_id: str, draft: SlideDraft) -> bool:
        """Give a stored slide the folder names of a draft, which a person took for the same slide.

        Returns:
            False when the draft's patient is another known patient: nothing was changed.

        Raises:
            StoreError: The vault cannot be written.
        """


class FolderAnswerStore(Protocol):
    """What the site answered about folders whose names LeukView does not know."""

    def answers(self) -> FolderAnswers:
        """All answers.

        Raises:
            LeukViewError: They cannot be read.
        """

    def remember(self, answers: Mapping[str, str]) -> None:
        """Keep answers for later exports.

        Args:
            answers: Folder name → class key, ``patient`` or ``leave out``.

        Raises:
            LeukViewError: They cannot be written.
        """


@dataclass(frozen=True, slots=True)
class CellLocation:
    """Location of an image on this workstation.

    It is stored in the identity vault, never in the main database.

    Attributes:
        root: Folder of the slide, or the archive.
        archive_folder: Folder inside the archive, "" otherwise.
        path: Posix path relative to it.
        sha256: Of the file's bytes at the import, which every reader compares; "" = not known.
    """

    root: Path
    archive_folder: str
    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of storing a draft.

    Attributes:
        new_cell_count: Number of cells not stored before.
        added_cells: Ids of these cells if the slide was stored before; else empty.
    """

    slide: Slide
    new_cell_count: int
    added_cells: tuple[str, ...] = ()


class SlideStore(Protocol):
    """Store of slides, cells and predictions.

    All methods are safe to call from any thread; each is one transaction.
    """

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> ImportResult:
        """Pseudonymise and store a slide with its cells in one transaction.

        The operation is idempotent: a slide is identified by its pseudonym, a cell by its content.

        Raises:
            StoreError: The database cannot be written.
        """

    def find_slide(self, draft: SlideDraft) -> Slide | None:
        """The stored slide to which `add_slide` would add the draft; None = it would be a new one.

        Nothing is written.
        """

    def transaction(self) -> AbstractContextManager[None]:
        """Join all writes of this thread, to the slides and to the review log, into one transaction.

        Everything is rolled back when the block raises. Raises `StoreError`.
        """

    def cell_digests(self, slide_id: str) -> dict[str, CellDigests]:
        """Cell id → digests of what is stored about the slide's cells, for signatures.

        They depend on the stored rows only, not on the version of this program.
        """

    def slides(self) -> list[Slide]:
        """All slides, the newest first."""

    def slide(self, slide_id: str) -> Slide:
        """One slide.

        Raises:
            StoreError: It is unknown.
        """

    def cells(self, slide_id: str) -> list[Cell]:
        """The slide's cells by number."""

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        """Cell id → location of its image; images not on this workstation are absent."""

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        """Locations of the slide's overview images on this workstation."""

    def save_predictions(self, predictions: Mapping[str, Prediction]) -> None:
        """Store a batch (cell id → prediction) in one transaction.

        A cell's earlier prediction by the same bundle is replaced.
        """

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        """Cell id → prediction with the segmenter's mask.

        Args:
            slide_id: The slide.
            bundle: SHA-256 of the bundle; None = each cell's newest prediction.
        """

    def prediction_history(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        """Cell id → predictions of all models.

        Predictions with the segmenter's mask come first, then those with reviewers' masks, each group the oldest first.
        Cells without predictions are absent.
        """

    def cell_prediction_history(self, cell_id: str) -> list[StoredPrediction]:
        """Predictions of all models for one cell, with any mask, the oldest first."""

    def import_predictions(self, slide_id: str, history: Mapping[str, Sequence[StoredPrediction]]) -> None:
        """Store predictions of another workstation, with their original times.

        They are stored in one transaction. Existing predictions by the same bundle are kept. As always, a cell's
        prediction with the latest time is the newest.

        Args:
            slide_id: The slide.
            history: Cell id → predictions, as returned by `history`.
        """

    def save_mask_prediction(self, cell_id: str, mask_sha256: str, prediction: Prediction) -> None:
        """Store a prediction with a reviewer's mask, apart from other predictions.

        Args:
            cell_id: The cell.
            mask_sha256: SHA-256 of the mask.
            prediction: The prediction.
        """

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        """(cell id, SHA-256 of a reviewer's mask) → prediction with that mask.

        Args:
            slide_id: The slide.
            bundle: SHA-256 of the bundle; None = the newest prediction for each mask.
        """


class ReviewLog(Protocol):
    """The append-only, hash-chained review log."""

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
            kind: Kind of the event.
            reviewer: Name of the reviewer.
            cells: Ids of the cells concerned.
            payload: JSON-serialisable.
            expected_seq: `seq` of the slide's last event that the writer has read (0 = none); None = write in any case.

        Raises:
            BehindError: Another program wrote to the slide since; nothing was written.
            StoreError: The event could not be written; the screen must not change.
        """

    def events(self, slide_id: str | None = None, after_seq: int = 0) -> list[ReviewEvent]:
        """Events in order of `seq`.

        Args:
            slide_id: Only those of this slide; None = of all slides.
            after_seq: Only those with a larger `seq`.
        """

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event of the whole log; 0 and "" while it is empty."""

    def find_broken_event(self) -> ReviewEvent | None:
        """The first broken event of the whole chain; None when it is intact."""


class AnalysisCache(Protocol):
    """Content-addressed cache of masks and maps; may be emptied at any time."""

    def put(self, cell_sha256: str, key: str, analysis: CachedAnalysis) -> None:
        """Store the analysis of a cell; `key` identifies segmenter and bundle."""

    def contains(self, cell_sha256: str, key: str) -> bool:
        """Whether there is an entry, without reading it."""

    def get(self, cell_sha256: str, key: str) -> CachedAnalysis | None:
        """Read an entry; None when there is none."""


@dataclass(frozen=True, slots=True)
class CachedAnalysis:
    """Cached analysis of a cell.

    Attributes:
        mask: H×W, 0/1/2.
        maps: Normalised to the largest value of their stage.
        crop: See `leukview.services.ports.inference.ClassifierOutput`.
        features: Pooled features, float32.
    """

    mask: NDArray[np.uint8]
    maps: tuple[StageMaps, ...]
    crop: tuple[int, int, int, int]
    features: NDArray[np.float32]
