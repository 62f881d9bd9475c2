"""In-memory fakes of storage, reader, segmenter and classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ConcurrentWriteError, ExportError
from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.prediction import Measurement, Prediction, StageProbabilities, StoredPrediction
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import canonical_hash, first_broken, next_position, with_hash
from leukview.domain.review.signed_binding import CellDigests
from leukview.domain.slide import Cell, ExportPreview, Slide, SlideDraft, SourceLabel
from leukview.services.ports.inference import ClassifierOutput, StageMaps
from leukview.services.ports.storage import CachedAnalysis, CellLocation, ImportResult


def make_cells(count: int, slide_id: str = "S-TEST") -> list[Cell]:
    """Create cells of 64×64 px with distinct hashes, labelled as lymphocytes."""
    label = SourceLabel("lymphocyte", "Lymphocyte", "LY")
    return [Cell(f"{slide_id}-{i:012x}", slide_id, i + 1, f"{i:064x}", 64, 64, label) for i in range(count)]


def make_prediction(label: str = "lymphocyte", malignant: float = 0.1, apl: float | None = None) -> Prediction:
    """Create a prediction with a confidence of 0.9; `apl` None = no APL head."""
    stages = [
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.99, 0.01)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
    ]
    if apl is not None:
        stages.append(StageProbabilities("apl", ("other_aml", "apl"), (1 - apl, apl)))
    return Prediction("b" * 64, "fake:0", tuple(stages), label, label, 0.9, None, Measurement(900, 500))


class MemorySlideStore:
    """Implements `SlideStore` in memory for one slide with the given cells.

    Attributes:
        saved_predictions: Cell id → last saved prediction.
        batch_sizes: Size of each saved batch.
        saved_mask_predictions: (cell id, SHA-256 of a mask, SHA-256 of a bundle) → prediction with that mask.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = list(cells)
        self.saved_predictions: dict[str, Prediction] = {}
        self.batch_sizes: list[int] = []
        self.saved_mask_predictions: dict[tuple[str, str, str], Prediction] = {}

    def add_slide(self, draft: SlideDraft, *, synthetic: bool) -> ImportResult:
        return ImportResult(self.slide("S-TEST"), len(draft.cells))

    def find_slide(self, draft: SlideDraft) -> Slide | None:
        return None

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext()

    def cell_digests(self, slide_id: str) -> dict[str, CellDigests]:
        said = self.predictions(slide_id)
        return {
            c.id: CellDigests(
                c.number, c.sha256, canonical_hash([str(c.source)]), canonical_hash([str(said.get(c.id))])
            )
            for c in self.cells(slide_id)
        }

    def slides(self) -> list[Slide]:
        return [self.slide("S-TEST")]

    def slide(self, slide_id: str) -> Slide:
        return Slide(slide_id, "P-TEST", "signed tree", "2026-01-01T00:00:00+00:00", len(self._cells), 0)

    def cells(self, slide_id: str) -> list[Cell]:
        return list(self._cells)

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        return {c.id: CellLocation(Path("/nowhere"), "", str(c.number)) for c in self._cells}

    def overview_locations(self, slide_id: str) -> tuple[CellLocation, ...]:
        return ()

    def save_predictions(self, predictions: Mapping[str, Prediction]) -> None:
        self.batch_sizes.append(len(predictions))
        self.saved_predictions.update(predictions)

    def predictions(self, slide_id: str, bundle: str | None = None) -> dict[str, Prediction]:
        return {c: p for c, p in self.saved_predictions.items() if bundle in {None, p.bundle}}

    def prediction_history(self, slide_id: str) -> dict[str, tuple[StoredPrediction, ...]]:
        return {c.id: tuple(said) for c in self._cells if (said := self.cell_prediction_history(c.id))}

    def cell_prediction_history(self, cell_id: str) -> list[StoredPrediction]:
        at = "2026-01-01T00:00:00+00:00"
        inside = [StoredPrediction(p, at, m) for (c, m, _), p in self.saved_mask_predictions.items() if c == cell_id]
        return [*(StoredPrediction(p, at) for c, p in self.saved_predictions.items() if c == cell_id), *inside]

    def import_predictions(self, slide_id: str, history: Mapping[str, Sequence[StoredPrediction]]) -> None:
        raise NotImplementedError

    def save_mask_prediction(self, cell_id: str, mask_sha256: str, prediction: Prediction) -> None:
        self.saved_mask_predictions[cell_id, mask_sha256, prediction.bundle] = prediction

    def mask_predictions(self, slide_id: str, bundle: str | None = None) -> dict[tuple[str, str], Prediction]:
        return {(c, m): p for (c, m, b), p in self.saved_mask_predictions.items() if bundle in {None, b}}


class MemoryReviewLog:
    """Implements `ReviewLog` in memory, with deterministic ids and times."""

    def __init__(self) -> None:
        self.rows: list[ReviewEvent] = []

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
        if (
            expected_seq is not None
            and max((e.seq for e in self.rows if e.slide_id == slide_id), default=0) > expected_seq
        ):
            raise ConcurrentWriteError("Another program wrote to this slide.")
        seq, previous = next_position(self.rows[-1] if self.rows else None)
        at = f"2026-01-01T00:{seq // 60:02d}:{seq % 60:02d}+00:00"
        body = dict(payload or {})
        event = with_hash(ReviewEvent(seq, f"e{seq}", slide_id, kind, tuple(cells), body, reviewer, at, previous, ""))
        self.rows.append(event)
        return event

    def events(self, slide_id: str | None = None, after_seq: int = 0) -> list[ReviewEvent]:
        return [e for e in self.rows if slide_id in {None, e.slide_id} and e.seq > after_seq]

    def head(self) -> tuple[int, str]:
        return (self.rows[-1].seq, self.rows[-1].hash) if self.rows else (0, "")

    def find_broken_event(self) -> ReviewEvent | None:
        return first_broken(self.rows)


class MemoryAnalysisCache:
    """Implements `AnalysisCache` in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], CachedAnalysis] = {}

    def put(self, cell_sha256: str, key: str, analysis: CachedAnalysis) -> None:
        self.entries[cell_sha256, key] = analysis

    def contains(self, cell_sha256: str, key: str) -> bool:
        return (cell_sha256, key) in self.entries

    def get(self, cell_sha256: str, key: str) -> CachedAnalysis | None:
        return self.entries.get((cell_sha256, key))


class FakeExportReader:
    """Implements `ExportReader` with grey images; paths in `missing_paths` are missing."""

    def __init__(self, missing_paths: frozenset[str] = frozenset()) -> None:
        self.missing_paths = missing_paths

    def read(
        self,
        path: Path,
        token: CancelToken,
        reporter: Reporter,
        answers: Mapping[str, str] | None = None,
        name_encoding: str = "",
    ) -> ExportPreview:
        return ExportPreview(str(path), (), ())

    def read_bytes(self, root: Path, archive_folder: str, path: str) -> bytes:
        if path in self.missing_paths:
            raise ExportError("The file is gone.")
        return b"grey"

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        return np.full((64, 64, 3), 128, np.uint8)


class FakeSegmenter:
    """Implements `Segmenter`; every cell is the same square with a square nucleus."""

    identity = "fake:0"

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        masks = []
        for image in images:
            mask = np.zeros(image.shape[:2], np.uint8)
            mask[16:48, 16:48] = 1
            mask[24:40, 24:40] = 2
            masks.append(mask)
        return masks


class FakeClassifier:
    """Implements `Classifier` with constant outputs.

    Attributes:
        classified_count: Number of images classified so far.
    """

    bundle_sha256 = "b" * 64
    trained_stages = ("gate", "stage1")

    def __init__(self, abstain_below: float = 0.0) -> None:
        self.abstain_below = abstain_below
        self.classified_count = 0

    def classify(
        self, images: Sequence[NDArray[np.uint8]], masks: Sequence[NDArray[np.uint8]], um_per_px: float | None = None
    ) -> list[ClassifierOutput]:
        self.classified_count += len(images)
        stages = (
            StageProbabilities("gate", ("leukocyte", "platelet"), (0.95, 0.05)),
            StageProbabilities("stage1", ("benign", "malignant"), (0.4, 0.6)),
        )
        maps = (StageMaps("stage1", np.ones((2, 4, 4), np.float32)),)
        return [ClassifierOutput(stages, maps, np.zeros(8, np.float32), 0.999, (0, 0, 64, 64)) for _ in images]
