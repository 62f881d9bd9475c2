"""What models said leaves with the cells and comes back: every field of it, by the bundle that said it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.prediction import Measurement, Prediction, StageProbabilities, StoredPrediction
from leukview.domain.slide import ProblemKind, Slide, SlideState
from leukview.services.export.exporter import ExportFormat
from leukview.services.export.prediction_codec import prediction_from, prediction_record
from leukview.services.export.slide_json import SCHEMA_VERSION
from tests.services.test_slide_files import faults, validator
from tests.support.workstation import Station, review, spoil, station, write_export

NEW, OLD = "d" * 64, "e" * 64


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Station]:
    with station(tmp_path / "elsewhere") as opened:
        yield opened


def opinion(number: int, bundle: str) -> Prediction:
    """A prediction with every field in use, and floats that no rounding leaves as they are."""
    p = 0.1 + number / 37.0 / 10
    return Prediction(
        bundle=bundle,
        segmenter="embedded:1a2b3c4d",
        stages=(
            StageProbabilities("gate", ("leukocyte", "platelet"), (1 - p / 3, p / 3), ("leukocyte",)),
            StageProbabilities("stage1", ("benign", "malignant"), (p, 1 - p), ("malignant", "benign")),
            StageProbabilities("apl", ("other_aml", "apl"), (1 - p, p)),
        ),
        label="unidentified",
        best="blast",
        confidence=1 - p,
        unlikeness=p / 7,
        measurement=Measurement(900 + number, 400, touches_border=bool(number % 2)),
        flags=("uncertain", "unlike_training"),
        stain_unlikeness=None if number == 3 else p / 11,
    )


@pytest.fixture
def spoken(here: Station, tmp_path: Path) -> Slide:
    """A signed slide of which two models spoke, of one cell inside a reviewer's outline as well."""
    slide = here.take_in(write_export(tmp_path / "export"), analyse=False)
    cells = [cell.id for cell in here.slides.cells(slide.id)]
    for bundle in (OLD, NEW):
        here.slides.save_predictions({cell: opinion(n, bundle) for n, cell in enumerate(cells)})
    session = here.session(slide)
    drawn = np.zeros((64, 64), np.uint8)
    drawn[8:40, 8:40] = 2
    session.repair_mask(cells[1], drawn, methods=("brush",))
    mask = here.session(slide).view.by_id[cells[1]].review.mask
    assert mask
    here.slides.save_mask_prediction(cells[1], mask.sha256, replace(opinion(1, NEW), segmenter=mask.identity))
    session = here.session(slide)
    review(session)
    session.override([session.view.cells[6].cell.id], "monocyte")  # the one that the review had left to the model
    session.comment(session.view.unexplained, "broken")
    session.sign("Dr. Chen 陈", "Reviewed")
    return slide


def cells_of(here: Station, slide: Slide, folder: Path) -> Path:
    (path,) = here.export(slide, ExportFormat.CELLS, folder).paths
    return path


def said(place: Station, slide: Slide) -> list[tuple[StoredPrediction, ...]]:
    """What models said, by the cells' numbers."""
    kept = place.slides.said(slide.id)
    return [kept.get(cell.id, ()) for cell in place.slides.cells(slide.id)]


def problems(place: Station, folder: Path) -> list[str]:
    (draft,) = place.workbench.preview(folder, CancelToken(), null_reporter).slides
    return [p.message for p in draft.problems if p.kind is ProblemKind.CHANGED]


def test_that_another_workstation_gets_every_prediction_back_bit_by_bit(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path
):
    path = cells_of(here, spoken, tmp_path / "out")
    slide = elsewhere.take_in(path, analyse=False)
    before, after = said(here, spoken), said(elsewhere, slide)
    assert after == before
    assert [len(row) for row in after] == [2, 3, *[2] * 10]
    assert {s.prediction.bundle for row in after for s in row} == {OLD, NEW}
    ours, theirs = here.session(spoken).view, elsewhere.session(slide).view
    assert [v.prediction for v in theirs.cells] == [v.prediction for v in ours.cells]
    assert [v.segmented for v in theirs.cells] == [v.segmented for v in ours.cells]
    assert [v.label for v in theirs.cells] == [v.label for v in ours.cells]
    assert [a.rule.key for a in theirs.alerts] == [a.rule.key for a in ours.alerts]
    (event,) = elsewhere.workbench.log.events(slide.id)
    assert event.payload["predictions"] == {
        "sha256": json.loads((path / "slide.json").read_text(encoding="utf-8"))["predictions_sha256"],
        "bundles": {OLD: 12, NEW: 13},
    }
    assert elsewhere.workbench.log.verify() is None
    assert elsewhere.take_in(path, analyse=False).id == slide.id
    assert said(elsewhere, slide) == before


def test_that_a_signed_slide_keeps_the_opinions_it_was_signed_with_where_another_model_is_in_use(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path
):
    slide = elsewhere.take_in(cells_of(here, spoken, tmp_path / "out"))
    view = elsewhere.session(slide).view
    assert view.state is SlideState.SIGNED
    assert {v.prediction.bundle for v in view.cells if v.prediction} == {NEW}
    assert elsewhere.workbench.model_of(view).bundle_sha256 == NEW


def test_that_what_was_said_can_be_exported_again(here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path):
    slide = elsewhere.take_in(cells_of(here, spoken, tmp_path / "one"), analyse=False)
    with station(tmp_path / "third") as third:
        last = third.take_in(cells_of(elsewhere, slide, tmp_path / "two"), analyse=False)
        assert said(third, last) == said(here, spoken)


def test_that_a_model_which_spoke_here_is_not_covered(here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path):
    path = cells_of(here, spoken, tmp_path / "out")
    spoil(lambda body: body.pop("predictions_sha256"))(path)
    slide = elsewhere.take_in(path, analyse=False)
    own = elsewhere.slides.cells(slide.id)[0].id
    elsewhere.slides.save_predictions({own: opinion(5, "f" * 64)})
    again = elsewhere.take_in(cells_of(here, spoken, tmp_path / "again"), analyse=False)
    assert again.id == slide.id
    kept = elsewhere.slides.said(slide.id)
    assert [s.prediction.bundle for s in kept[own]] == [OLD, NEW, "f" * 64]
    assert elsewhere.slides.predictions(slide.id)[own] == opinion(5, "f" * 64), "it spoke last"
    assert len(kept) == 12


def test_that_where_persons_worked_on_the_slide_no_other_opinion_is_put_under_their_words(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path
):
    path = cells_of(here, spoken, tmp_path / "out")
    spoil(lambda body: body.pop("predictions_sha256"))(path)
    slide = elsewhere.take_in(path, analyse=False)
    session = elsewhere.session(slide)
    session.reopen("looked at again")
    elsewhere.take_in(cells_of(here, spoken, tmp_path / "again"), analyse=False)
    assert elsewhere.slides.said(slide.id) == {}


def test_that_what_another_model_said_since_comes_with_the_next_export(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path
):
    slide = elsewhere.take_in(cells_of(here, spoken, tmp_path / "one"), analyse=False)
    here.slides.save_predictions({cell.id: opinion(1, "a" * 64) for cell in here.slides.cells(spoken.id)})
    elsewhere.take_in(cells_of(here, spoken, tmp_path / "two"), analyse=False)
    assert said(elsewhere, slide) == said(here, spoken)


def test_that_the_json_is_valid_and_says_every_field(here: Station, spoken: Slide, tmp_path: Path):
    (path,) = here.export(spoken, ExportFormat.JSON, tmp_path / "out").paths
    body = json.loads(path.read_text(encoding="utf-8"))
    assert faults(validator("slide.schema.json"), body) == []
    assert body["schema_version"] == SCHEMA_VERSION == "1.1"
    taxonomy = here.workbench.taxonomy
    assert body["taxonomy_sha256"] == taxonomy.sha256
    for row, cell, kept in zip(body["cell_records"], here.session(spoken).view.cells, said(here, spoken), strict=True):
        read = [prediction_from(one, taxonomy, "") for one in (*row["other_predictions"], row["model"])]
        assert read[-1].prediction == cell.prediction
        assert sorted(read, key=lambda s: (s.saved_at, s.mask)) == sorted(kept, key=lambda s: (s.saved_at, s.mask))


def test_that_a_new_field_of_a_prediction_cannot_be_forgotten(here: Station):
    """One that `prediction_record` does not carry would come back as its default."""
    whole = opinion(2, NEW)
    values = [getattr(whole, f.name) for f in fields(Prediction)]
    assert None not in values
    assert () not in values
    stored = StoredPrediction(whole, "2026-01-01T00:00:00+00:00", "a" * 64)
    row = json.loads(json.dumps(prediction_record(stored)))
    assert prediction_from(row, here.workbench.taxonomy, "") == stored


def other_label(body: dict[str, Any]) -> None:
    body["cell_records"][0]["model"]["class"] = "lymphocyte"


def other_bundle(body: dict[str, Any]) -> None:
    body["cell_records"][0]["other_predictions"][0]["bundle_sha256"] = "0" * 64


def dropped(body: dict[str, Any]) -> None:
    body["cell_records"][0]["model"] = None


@pytest.mark.parametrize("change", [other_label, other_bundle, dropped])
def test_that_changed_opinions_of_models_are_left_out_and_persons_words_stay(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path, change: Callable[[dict[str, Any]], None]
):
    path = cells_of(here, spoken, tmp_path / "out")
    spoil(change)(path)
    (sentence,) = problems(elsewhere, path)
    assert "What models said" in sentence
    assert "changed after its export" in sentence
    slide = elsewhere.take_in(path, analyse=False)
    assert elsewhere.slides.said(slide.id) == {}
    ours, theirs = here.session(spoken).view, elsewhere.session(slide).view
    assert [v.review.label for v in theirs.cells] == [v.review.label for v in ours.cells]


def nonsense(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Another value in a prediction, with a hash that fits."""

    def change(body: dict[str, Any]) -> None:
        from leukview.services.export.prediction_codec import predictions_sha256

        body["cell_records"][0]["model"][key] = value
        body["predictions_sha256"] = predictions_sha256(body["cell_records"])

    return change


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("class", "unheard_of"),
        ("confidence", 1.5),
        ("confidence", True),
        ("confidence", "0.9"),
        ("stages", {"stage9": {"yes": 1.0}}),
        ("stages", {"stage1": {"neither": 1.0}}),
        ("stages", []),
        ("prediction_sets_95", {"stage1": ["neither"]}),
        ("prediction_sets_95", None),
        ("cell_area_px", -1),
        ("bundle_sha256", "short"),
        ("bundle_sha256", OLD),
        ("mask_sha256", "short"),
        ("saved_at", "yesterday"),
        ("saved_at", "2026-01-01T00:00:00"),
        ("flags", [1]),
        ("stain_unlikeness", -0.1),
    ],
)
def test_that_what_is_no_prediction_here_is_left_out_with_a_sentence(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path, key: str, value: object
):
    path = cells_of(here, spoken, tmp_path / "out")
    spoil(nonsense(key, value))(path)
    (sentence,) = problems(elsewhere, path)
    assert "not understood here" in sentence
    slide = elsewhere.take_in(path, analyse=False)
    assert elsewhere.slides.said(slide.id) == {}
    assert elsewhere.session(slide).view.state is SlideState.SIGNED


def as_version_1_0(body: dict[str, Any]) -> None:
    """What the version before this one wrote."""
    body["schema_version"] = "1.0"
    del body["predictions_sha256"], body["taxonomy_sha256"]
    for row in body["cell_records"]:
        del row["other_predictions"]
        for key in ("stain_unlikeness", "prediction_sets_95", "mask_sha256", "saved_at"):
            del row["model"][key]


def test_that_an_older_file_is_valid_and_gives_back_what_it_holds(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path
):
    path = cells_of(here, spoken, tmp_path / "out")
    spoil(as_version_1_0)(path)
    body = json.loads((path / "slide.json").read_text(encoding="utf-8"))
    assert faults(validator("slide.schema.json"), body) == []
    assert problems(elsewhere, path) == []
    slide = elsewhere.take_in(path, analyse=False)
    assert elsewhere.slides.said(slide.id) == {}
    ours, theirs = here.session(spoken).view, elsewhere.session(slide).view
    assert [v.review.label for v in theirs.cells] == [v.review.label for v in ours.cells]
    assert theirs.review.signature == ours.review.signature
    (event,) = elsewhere.workbench.log.events(slide.id)
    assert event.payload["predictions"] is None


def test_that_the_annex_of_a_report_beside_images_is_no_export_of_cells(
    here: Station, spoken: Slide, elsewhere: Station, tmp_path: Path
):
    folder = write_export(tmp_path / "again")
    (path,) = here.export(spoken, ExportFormat.JSON, tmp_path / "out").paths
    (folder / "slide.json").write_bytes(path.read_bytes())
    assert problems(elsewhere, folder) == []
    slide = elsewhere.take_in(folder, analyse=False)
    assert elsewhere.workbench.log.events(slide.id) == []
