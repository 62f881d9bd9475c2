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
from leukview.services.export.prediction_codec import prediction_from_json, prediction_to_json
from leukview.services.export.slide_json import SCHEMA_VERSION
from tests.services.test_slide_files import schema_errors, validator
from tests.support.workstation import Workstation, edit_slide_json, open_workstation, review_slide, write_export

NEW, OLD = "d" * 64, "e" * 64


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(tmp_path / "elsewhere") as opened:
        yield opened


def full_prediction(number: int, bundle: str) -> Prediction:
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
        ood_score=p / 7,
        measurement=Measurement(900 + number, 400, touches_border=bool(number % 2)),
        flags=("uncertain", "unlike_training"),
        stain_ood_score=None if number == 3 else p / 11,
    )


@pytest.fixture
def spoken(here: Workstation, tmp_path: Path) -> Slide:
    """A signed slide of which two models spoke, of one cell inside a reviewer's outline as well."""
    slide = here.import_slide(write_export(tmp_path / "export"), analyse=False)
    cells = [cell.id for cell in here.slides.cells(slide.id)]
    for bundle in (OLD, NEW):
        here.slides.save_predictions({cell: full_prediction(n, bundle) for n, cell in enumerate(cells)})
    session = here.session(slide)
    drawn = np.zeros((64, 64), np.uint8)
    drawn[8:40, 8:40] = 2
    session.repair_mask(cells[1], drawn, methods=("brush",))
    mask = here.session(slide).view.by_id[cells[1]].review.mask
    assert mask
    here.slides.save_mask_prediction(cells[1], mask.sha256, replace(full_prediction(1, NEW), segmenter=mask.identity))
    session = here.session(slide)
    review_slide(session)
    session.override([session.view.cells[6].cell.id], "monocyte")  # the one that the review had left to the model
    session.comment(session.view.unidentified_without_comment, "broken")
    session.sign("Dr. Chen 陈", "Reviewed")
    return slide


def export_cells(here: Workstation, slide: Slide, folder: Path) -> Path:
    (path,) = here.export(slide, ExportFormat.CELLS, folder).paths
    return path


def stored_predictions(workstation: Workstation, slide: Slide) -> list[tuple[StoredPrediction, ...]]:
    """What models said, by the cells' numbers."""
    kept = workstation.slides.prediction_history(slide.id)
    return [kept.get(cell.id, ()) for cell in workstation.slides.cells(slide.id)]


def changed_problems(workstation: Workstation, folder: Path) -> list[str]:
    (draft,) = workstation.workbench.preview(folder, CancelToken(), null_reporter).slides
    return [p.message for p in draft.problems if p.kind is ProblemKind.CHANGED]


def test_that_another_workstation_gets_every_prediction_back_bit_by_bit(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    path = export_cells(here, spoken, tmp_path / "out")
    slide = elsewhere.import_slide(path, analyse=False)
    before, after = stored_predictions(here, spoken), stored_predictions(elsewhere, slide)
    assert after == before
    assert [len(row) for row in after] == [2, 3, *[2] * 10]
    assert {s.prediction.bundle for row in after for s in row} == {OLD, NEW}
    ours, theirs = here.session(spoken).view, elsewhere.session(slide).view
    assert [v.prediction for v in theirs.cells] == [v.prediction for v in ours.cells]
    assert [v.segmenter_prediction for v in theirs.cells] == [v.segmenter_prediction for v in ours.cells]
    assert [v.label for v in theirs.cells] == [v.label for v in ours.cells]
    assert [a.rule.key for a in theirs.alerts] == [a.rule.key for a in ours.alerts]
    (event,) = elsewhere.workbench.review_log.events(slide.id)
    assert event.payload["predictions"] == {
        "sha256": json.loads((path / "slide.json").read_text(encoding="utf-8"))["predictions_sha256"],
        "bundles": {OLD: 12, NEW: 13},
    }
    assert elsewhere.workbench.review_log.find_broken_event() is None
    assert elsewhere.import_slide(path, analyse=False).id == slide.id
    assert stored_predictions(elsewhere, slide) == before


def test_that_a_signed_slide_keeps_the_opinions_it_was_signed_with_where_another_model_is_in_use(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    slide = elsewhere.import_slide(export_cells(here, spoken, tmp_path / "out"))
    view = elsewhere.session(slide).view
    assert view.state is SlideState.SIGNED
    assert {v.prediction.bundle for v in view.cells if v.prediction} == {NEW}
    assert elsewhere.workbench.model_info_for(view).bundle_sha256 == NEW


def test_that_what_was_said_can_be_exported_again(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    slide = elsewhere.import_slide(export_cells(here, spoken, tmp_path / "one"), analyse=False)
    with open_workstation(tmp_path / "third") as third:
        last = third.import_slide(export_cells(elsewhere, slide, tmp_path / "two"), analyse=False)
        assert stored_predictions(third, last) == stored_predictions(here, spoken)


def test_that_a_model_which_spoke_here_is_not_covered(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    path = export_cells(here, spoken, tmp_path / "out")
    edit_slide_json(lambda body: body.pop("predictions_sha256"))(path)
    slide = elsewhere.import_slide(path, analyse=False)
    own = elsewhere.slides.cells(slide.id)[0].id
    elsewhere.slides.save_predictions({own: full_prediction(5, "f" * 64)})
    again = elsewhere.import_slide(export_cells(here, spoken, tmp_path / "again"), analyse=False)
    assert again.id == slide.id
    kept = elsewhere.slides.prediction_history(slide.id)
    assert [s.prediction.bundle for s in kept[own]] == [OLD, NEW, "f" * 64]
    assert elsewhere.slides.predictions(slide.id)[own] == full_prediction(5, "f" * 64), "it spoke last"
    assert len(kept) == 12


def test_that_where_persons_worked_on_the_slide_no_other_opinion_is_put_under_their_words(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    path = export_cells(here, spoken, tmp_path / "out")
    edit_slide_json(lambda body: body.pop("predictions_sha256"))(path)
    slide = elsewhere.import_slide(path, analyse=False)
    session = elsewhere.session(slide)
    session.reopen("looked at again")
    elsewhere.import_slide(export_cells(here, spoken, tmp_path / "again"), analyse=False)
    assert elsewhere.slides.prediction_history(slide.id) == {}


def test_that_what_another_model_said_since_comes_with_the_next_export(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    slide = elsewhere.import_slide(export_cells(here, spoken, tmp_path / "one"), analyse=False)
    here.slides.save_predictions({cell.id: full_prediction(1, "a" * 64) for cell in here.slides.cells(spoken.id)})
    elsewhere.import_slide(export_cells(here, spoken, tmp_path / "two"), analyse=False)
    assert stored_predictions(elsewhere, slide) == stored_predictions(here, spoken)


def test_that_the_json_is_valid_and_says_every_field(here: Workstation, spoken: Slide, tmp_path: Path):
    (path,) = here.export(spoken, ExportFormat.JSON, tmp_path / "out").paths
    body = json.loads(path.read_text(encoding="utf-8"))
    assert schema_errors(validator("slide.schema.json"), body) == []
    assert body["schema_version"] == SCHEMA_VERSION == "1.2"
    taxonomy = here.workbench.taxonomy
    assert body["taxonomy_sha256"] == taxonomy.sha256
    for row, cell, kept in zip(
        body["cell_records"], here.session(spoken).view.cells, stored_predictions(here, spoken), strict=True
    ):
        read = [prediction_from_json(one, taxonomy, "") for one in (*row["other_predictions"], row["model"])]
        assert read[-1].prediction == cell.prediction
        assert sorted(read, key=lambda s: (s.saved_at, s.mask_sha256)) == sorted(
            kept, key=lambda s: (s.saved_at, s.mask_sha256)
        )


def test_that_a_new_field_of_a_prediction_cannot_be_forgotten(here: Workstation):
    """One that `prediction_to_json` does not carry would come back as its default."""
    whole = full_prediction(2, NEW)
    values = [getattr(whole, f.name) for f in fields(Prediction)]
    assert None not in values
    assert () not in values
    stored = StoredPrediction(whole, "2026-01-01T00:00:00+00:00", "a" * 64)
    row = json.loads(json.dumps(prediction_to_json(stored)))
    assert prediction_from_json(row, here.workbench.taxonomy, "") == stored


def change_label(body: dict[str, Any]) -> None:
    body["cell_records"][0]["model"]["class"] = "lymphocyte"


def change_bundle(body: dict[str, Any]) -> None:
    body["cell_records"][0]["other_predictions"][0]["bundle_sha256"] = "0" * 64


def drop_prediction(body: dict[str, Any]) -> None:
    body["cell_records"][0]["model"] = None


@pytest.mark.parametrize("change", [change_label, change_bundle, drop_prediction])
def test_that_changed_opinions_of_models_are_left_out_and_persons_words_stay(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path, change: Callable[[dict[str, Any]], None]
):
    path = export_cells(here, spoken, tmp_path / "out")
    edit_slide_json(change)(path)
    (sentence,) = changed_problems(elsewhere, path)
    assert "What models said" in sentence
    assert "changed after its export" in sentence
    slide = elsewhere.import_slide(path, analyse=False)
    assert elsewhere.slides.prediction_history(slide.id) == {}
    ours, theirs = here.session(spoken).view, elsewhere.session(slide).view
    assert [v.review.label for v in theirs.cells] == [v.review.label for v in ours.cells]


def set_prediction_value(key: str, value: object) -> Callable[[dict[str, Any]], None]:
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
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path, key: str, value: object
):
    path = export_cells(here, spoken, tmp_path / "out")
    edit_slide_json(set_prediction_value(key, value))(path)
    (sentence,) = changed_problems(elsewhere, path)
    assert "not understood here" in sentence
    slide = elsewhere.import_slide(path, analyse=False)
    assert elsewhere.slides.prediction_history(slide.id) == {}
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
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    path = export_cells(here, spoken, tmp_path / "out")
    edit_slide_json(as_version_1_0)(path)
    body = json.loads((path / "slide.json").read_text(encoding="utf-8"))
    assert schema_errors(validator("slide.schema.json"), body) == []
    assert changed_problems(elsewhere, path) == []
    slide = elsewhere.import_slide(path, analyse=False)
    assert elsewhere.slides.prediction_history(slide.id) == {}
    ours, theirs = here.session(spoken).view, elsewhere.session(slide).view
    assert [v.review.label for v in theirs.cells] == [v.review.label for v in ours.cells]
    assert theirs.review.signature == ours.review.signature
    (event,) = elsewhere.workbench.review_log.events(slide.id)
    assert event.payload["predictions"] is None


def test_that_the_annex_of_a_report_beside_images_is_no_export_of_cells(
    here: Workstation, spoken: Slide, elsewhere: Workstation, tmp_path: Path
):
    folder = write_export(tmp_path / "again")
    (path,) = here.export(spoken, ExportFormat.JSON, tmp_path / "out").paths
    (folder / "slide.json").write_bytes(path.read_bytes())
    assert changed_problems(elsewhere, folder) == []
    slide = elsewhere.import_slide(folder, analyse=False)
    assert elsewhere.workbench.review_log.events(slide.id) == []
