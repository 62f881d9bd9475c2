"""Example drafts and predictions for storage tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities
from leukview.domain.slide import CellDraft, OverviewImage, SlideDraft, SourceLabel
from leukview.services.images import ImageCheck

BLAST = SourceLabel("blast", "Blast, no lineage spec", "BL")
LYMPHOCYTE = SourceLabel("lymphocyte", "Lymphocyte", "LY")


def sha256_of(content: object) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()


def make_draft(
    contents: Iterable[object] = range(5),
    *,
    patient: str = "Müller^Anna",
    order: str = "20230417-4711",
    root: str = "/exports/Müller^Anna/20230417-4711",
    source: SourceLabel | None = BLAST,
    inner: str = "",
) -> SlideDraft:
    cells = tuple(
        CellDraft(sha256_of(c), f"Signed slides/Blast/BL_1815z{c}.jpg", (), 360, 363, source) for c in contents
    )
    overviews = (OverviewImage(sha256_of("overview"), "Unsigned slides/overview_1815z.jpg", 1400, 1000),)
    return SlideDraft(root, inner, patient, order, "signed tree", cells, overviews, ())


@contextmanager
def images_taken_as_present() -> Iterator[None]:
    """Let slides of `make_draft`, which have no image files, be signed while the block runs."""
    with patch("leukview.services.images.check_images", lambda *_: ImageCheck()):
        yield


def numbered_draft(number: int) -> SlideDraft:
    """Slide of 200 cells that shares no data with the slides of other numbers."""
    cells = (f"{number}/{n}" for n in range(200))
    return make_draft(cells, patient=f"patient {number}", root=f"/exports/{number}")


def make_prediction(label: str = "blast", bundle: str = "b" * 64, segmenter: str = "embedded:1") -> Prediction:
    stages = (StageProbabilities("stage1", ("benign", "malignant"), (0.1, 0.9)),)
    return Prediction(bundle, segmenter, stages, label, label, 0.9, 0.25, Measurement(9000, 6000), ("cut",))
