"""A ``slide.json`` with numbers and letters that no JSON has, hashes right: told, and never half imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.prediction import StoredPrediction
from leukview.domain.review.events import EventKind, event_from_json
from leukview.domain.review.hash_chain import row_hash
from leukview.domain.slide import ProblemKind
from leukview.services.export.exporter import ExportFormat
from leukview.services.export.prediction_codec import predictions_sha256
from tests.support.workstation import Workstation, open_workstation, review_slide, write_export

DAMAGED = "“slide.json” is damaged"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(tmp_path / "elsewhere") as opened:
        yield opened


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A slide's cells with their review, as another workstation exported them."""
    with open_workstation(tmp_path / "here") as here:
        slide = here.import_slide(write_export(tmp_path / "export"))
        review_slide(here.session(slide))
        (path,) = here.export(slide, ExportFormat.CELLS, tmp_path / "out", comments=True).paths
    return path


def write_json(folder: Path, body: dict[str, Any], *replacements: tuple[str, str]) -> None:
    text = json.dumps(body)
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (folder / "slide.json").write_text(text, encoding="utf-8")


def lone_surrogate_in_a_comment(folder: Path, body: dict[str, Any]) -> None:
    write_json(folder, body, ("nice =cell| for Anna", "\\ud800 nice"))


def infinite_white_cell_count(folder: Path, body: dict[str, Any]) -> None:
    write_json(folder, body | {"wbc_per_nl": 7.25}, ("7.25", "1e999"))


def no_number_in_a_prediction(folder: Path, body: dict[str, Any]) -> None:
    next(row for row in body["cell_records"] if row["model"])["model"]["confidence"] = 0.123456
    body["predictions_sha256"] = predictions_sha256(body["cell_records"])
    write_json(folder, body, ("0.123456", "NaN"))


def huge_integer(folder: Path, body: dict[str, Any]) -> None:
    write_json(folder, body | {"um_per_px": 7.25}, ("7.25", "9" * 400))


def key_that_occurs_twice(folder: Path, body: dict[str, Any]) -> None:
    write_json(folder, body, ('"patient":', '"patient": "P-00000000", "patient":'))


def deep_nesting(folder: Path, body: dict[str, Any]) -> None:
    write_json(folder, body | {"layout": "deep"}, ('"deep"', "[" * 100_000 + "]" * 100_000))


@pytest.mark.parametrize(
    "spoil",
    [
        lone_surrogate_in_a_comment,
        infinite_white_cell_count,
        no_number_in_a_prediction,
        huge_integer,
        key_that_occurs_twice,
        deep_nesting,
    ],
)
def test_that_what_is_no_json_is_told_and_the_folders_are_read(
    exported: Path, elsewhere: Workstation, spoil: Callable[[Path, dict[str, Any]], None]
):
    spoil(exported, json.loads((exported / "slide.json").read_text(encoding="utf-8")))
    preview = elsewhere.workbench.preview(exported, CancelToken(), null_reporter)
    (draft,) = preview.slides
    assert next(p.message for p in draft.problems if p.kind is ProblemKind.CHANGED).startswith(DAMAGED)
    assert draft.origin is None
    (slide,) = elsewhere.workbench.import_slides(preview.slides, CancelToken(), null_reporter, imported_by="Dr. Import")
    assert slide.cell_count == 12
    assert elsewhere.workbench.review_log.events(slide.id) == []


def test_that_a_slide_is_stored_with_its_review_or_not_at_all(
    exported: Path, elsewhere: Workstation, monkeypatch: pytest.MonkeyPatch
):
    def refuse(slide_id: str, history: dict[str, tuple[StoredPrediction, ...]]) -> None:
        raise StoreError("There is no space left for the database.")

    monkeypatch.setattr(elsewhere.slides, "import_predictions", refuse)
    preview = elsewhere.workbench.preview(exported, CancelToken(), null_reporter)
    with pytest.raises(StoreError, match="no space left"):
        elsewhere.workbench.import_slides(preview.slides, CancelToken(), null_reporter, imported_by="Dr. Import")
    assert elsewhere.slides.slides() == []
    assert elsewhere.workbench.review_log.events() == []
    monkeypatch.undo()
    (slide,) = elsewhere.workbench.import_slides(preview.slides, CancelToken(), null_reporter, imported_by="Dr. Import")
    (event,) = elsewhere.workbench.review_log.events(slide.id)
    assert event.kind is EventKind.IMPORT
    rows = event.payload["events"]
    assert isinstance(rows, list)
    assert rows
    first = event_from_json(rows[0], str(event.payload["origin"]["slide"]))  # type: ignore[index]
    assert row_hash(first) == first.hash


def test_that_an_entry_that_cannot_be_hashed_is_refused_with_a_sentence(tmp_path: Path, elsewhere: Workstation):
    slide = elsewhere.import_slide(write_export(tmp_path / "export"), analyse=False)
    with pytest.raises(StoreError, match="cannot be stored"):
        elsewhere.session(slide, "Dr. \ud800").comment([], "text")
    assert elsewhere.workbench.review_log.events() == []
