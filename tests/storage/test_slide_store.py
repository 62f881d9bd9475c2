"""Slides, cells and predictions survive storing unchanged, and a slide comes whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import StoreError
from leukview.domain.prediction import Measurement, Prediction, StageProbabilities, StoredPrediction
from leukview.domain.review.events import EventKind
from leukview.services.ports.storage import SlideStore
from leukview.storage.database import Database, open_database
from leukview.storage.prediction_codec import prediction_from_json, prediction_to_json
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.databases import TargetDatabase
from tests.support.storage_examples import BLAST, LYMPHOCYTE, make_draft, make_prediction, sha256_of


def test_that_a_slide_comes_back_as_it_was_stored(store: SqlSlideStore) -> None:
    port: SlideStore = store
    imported = port.add_slide(make_draft(range(3)), synthetic=True)
    slide = imported.slide
    assert imported.new_cell_count == 3
    assert (slide.cell_count, slide.overview_count, slide.synthetic, slide.layout) == (3, 1, True, "signed tree")
    assert port.slide(slide.id) == slide
    assert port.slides() == [slide]
    cells = port.cells(slide.id)
    assert [c.number for c in cells] == [1, 2, 3]
    assert [c.id for c in cells] == [f"{slide.id}-{sha256_of(n)[:12]}" for n in range(3)]
    assert {c.source for c in cells} == {BLAST}
    place = port.cell_locations(slide.id)[cells[1].id]
    assert (place.root, place.path) == (Path(make_draft().root), "Signed slides/Blast/BL_1815z1.jpg")


def test_that_importing_again_adds_nothing(store: SqlSlideStore) -> None:
    first = store.add_slide(make_draft(), synthetic=False)
    again = store.add_slide(make_draft(), synthetic=False)
    assert again.new_cell_count == 0
    assert again.slide == first.slide


def test_that_new_cells_of_a_known_slide_join_it_and_numbers_go_on(store: SqlSlideStore) -> None:
    first = store.add_slide(make_draft(range(5)), synthetic=False)
    moved = store.add_slide(make_draft(range(3, 9), root="/elsewhere"), synthetic=False)
    assert moved.slide.id == first.slide.id
    assert moved.new_cell_count == 4
    assert moved.slide.cell_count == 9
    assert [c.number for c in store.cells(first.slide.id)] == list(range(1, 10))
    roots = {place.root.as_posix() for place in store.cell_locations(first.slide.id).values()}
    assert roots == {make_draft().root, "/elsewhere"}


def test_that_same_names_with_other_content_elsewhere_are_another_slide_of_the_patient(store: SqlSlideStore) -> None:
    first = store.add_slide(make_draft(range(5)), synthetic=False).slide
    other = store.add_slide(make_draft(range(10, 15), root="/elsewhere"), synthetic=False).slide
    assert other.id != first.id
    assert other.patient == first.patient
    assert store.add_slide(make_draft(range(12, 17), root="/third"), synthetic=False).slide.id == other.id


def test_that_a_folder_exported_anew_with_other_content_stays_one_slide(store: SqlSlideStore) -> None:
    first = store.add_slide(make_draft(range(5)), synthetic=False).slide
    assert store.add_slide(make_draft(range(5, 8)), synthetic=False).slide.id == first.id


def test_that_a_generic_folder_name_does_not_make_two_patients_one(store: SqlSlideStore) -> None:
    one = store.add_slide(make_draft([1], patient="Signed slides", order="", root="/a"), synthetic=False).slide
    two = store.add_slide(make_draft([2], patient="Signed slides", order="", root="/b"), synthetic=False).slide
    assert one.patient != two.patient
    assert one.id != two.id


def test_that_a_label_given_later_is_filled_in_and_a_different_one_is_a_conflict(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft([1], source=None), synthetic=False).slide
    store.add_slide(make_draft([1], source=BLAST), synthetic=False)
    assert store.cells(slide.id)[0].source == BLAST
    store.add_slide(make_draft([1], source=LYMPHOCYTE), synthetic=False)
    store.add_slide(make_draft([1], source=LYMPHOCYTE), synthetic=False)
    cell = store.cells(slide.id)[0]
    assert (cell.source, cell.conflicts) == (BLAST, (LYMPHOCYTE,))


def test_that_an_import_which_fails_midway_leaves_no_half_slide(place: TargetDatabase, store: SqlSlideStore) -> None:
    refuse, allow = {
        "sqlite": (
            "CREATE TRIGGER full BEFORE INSERT ON cells WHEN NEW.number = 4 BEGIN SELECT RAISE(ABORT, 'no'); END",
            "DROP TRIGGER full",
        ),
        "postgresql": (
            "ALTER TABLE cells ADD CONSTRAINT no CHECK (number <> 4)",
            "ALTER TABLE cells DROP CONSTRAINT no",
        ),
    }[place.name]
    place.execute(refuse)
    with pytest.raises(StoreError):
        store.add_slide(make_draft(), synthetic=False)
    assert store.slides() == []
    assert place.execute("SELECT COUNT(*) FROM cells") == [(0,)]
    place.execute(allow)
    assert store.add_slide(make_draft(), synthetic=False).new_cell_count == 5


def test_that_an_unknown_slide_is_a_sentence(store: SqlSlideStore) -> None:
    with pytest.raises(StoreError, match="not in the database"):
        store.slide("S-00000000")


def test_that_predictions_are_kept_per_bundle_and_the_newest_wins(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft(range(2)), synthetic=False).slide
    one, two = (c.id for c in store.cells(slide.id))
    old, new = make_prediction("blast", "a" * 64), make_prediction("monocyte", "c" * 64)
    store.save_predictions({one: new, two: new})
    store.save_predictions({one: old})
    assert store.predictions(slide.id) == {one: old, two: new}
    assert store.predictions(slide.id, "c" * 64) == {one: new, two: new}
    assert store.predictions(slide.id, "a" * 64) == {one: old}
    replacing = replace(new, segmenter="sam-vit_b:01ec64d2")
    store.save_predictions({one: replacing})
    assert store.predictions(slide.id) == {one: replacing, two: new}


def test_that_a_batch_with_an_unknown_cell_is_refused_whole(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft(range(2)), synthetic=False).slide
    known = store.cells(slide.id)[0].id
    with pytest.raises(StoreError):
        store.save_predictions({known: make_prediction(), "S-00000000-000000000000": make_prediction()})
    assert store.predictions(slide.id) == {}


def test_that_settings_of_a_slide_are_set_with_their_event(store: SqlSlideStore, log: SqlReviewLog) -> None:
    slide = store.add_slide(make_draft(), synthetic=False).slide
    log.append(slide.id, EventKind.SET_SLIDE, reviewer="Dr. A", payload={"um_per_px": 0.1, "wbc_per_nl": 32.5})
    log.append(slide.id, EventKind.SET_SLIDE, reviewer="Dr. A", payload={"um_per_px": None})
    assert store.slide(slide.id) == replace(slide, um_per_px=None, wbc_per_nl=32.5)


_probability = st.floats(0.0, 1.0)
_word = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_predictions = st.builds(
    Prediction,
    bundle=_word,
    segmenter=_word,
    stages=st.lists(
        st.lists(st.tuples(_word, _probability), max_size=4).flatmap(
            lambda pairs: st.builds(
                StageProbabilities,
                _word,
                st.just(tuple(c for c, _ in pairs)),
                st.just(tuple(p for _, p in pairs)),
                st.sampled_from([(), tuple(c for c, _ in pairs[:2])]),
            )
        ),
        max_size=3,
    ).map(tuple),
    label=_word,
    best=_word,
    confidence=_probability,
    ood_score=st.none() | _probability,
    measurement=st.builds(Measurement, st.integers(0, 10**9), st.integers(0, 10**9), st.booleans()),
    flags=st.lists(_word, max_size=3).map(tuple),
)


@given(_predictions)
def test_that_a_prediction_survives_json_bit_by_bit(original: Prediction) -> None:
    assert prediction_from_json(prediction_to_json(original)) == original


def test_that_a_prediction_stored_before_there_were_sets_is_read_without_them() -> None:
    stages = (StageProbabilities("stage1", ("benign", "malignant"), (0.25, 0.75), ("malignant", "benign")),)
    new = Prediction("b", "s", stages, "blast", "blast", 0.75, None, Measurement(9, 4))
    old = json.loads(prediction_to_json(new))
    old["stages"] = [stage[:3] for stage in old["stages"]]
    assert prediction_from_json(json.dumps(old)) == replace(new, stages=(replace(stages[0], prediction_set_95=()),))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"bundle": 1}', "nonsense"])
def test_that_text_which_is_no_prediction_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the port of json says no more
        prediction_from_json(text)


def test_that_the_main_database_holds_no_name_and_no_path(tmp_path: Path, place: TargetDatabase) -> None:
    folder = tmp_path / "home"
    database = open_database(place.url, backup_dir=folder / "backups")
    vault = IdentityVault(folder)
    store, log = SqlSlideStore(database, vault), SqlReviewLog(database)
    slide = store.add_slide(make_draft(), synthetic=False).slide
    cell = store.cells(slide.id)[0]
    store.save_predictions({cell.id: make_prediction()})
    log.append(slide.id, EventKind.OVERRIDE, reviewer="Dr. A", cells=[cell.id], payload={"label": "blast"})
    assert vault.folder_names(slide.id) == (make_draft().patient, make_draft().order)
    database.close()
    vault.close()
    main = repr(place.content()).encode() + b"".join(p.read_bytes() for p in tmp_path.glob("leukview.db*"))
    for name in ("Müller", "Anna", "20230417", "-4711", "1815z", "exports", ".jpg"):
        assert name.encode() not in main
        assert name.encode() not in b"".join(p.read_bytes() for p in folder.glob("identity.db*"))  # encrypted
    assert slide.id.encode() in main


def test_that_a_slide_is_known_again_after_the_main_database_was_lost(
    place: TargetDatabase, database: Database, tmp_path: Path
) -> None:
    with_first = SqlSlideStore(database, IdentityVault(tmp_path / "private")).add_slide(make_draft(), synthetic=False)
    vault = IdentityVault(tmp_path / "private")
    with place.create_another(tmp_path) as another:
        fresh = open_database(another.url, backup_dir=tmp_path)
        again = SqlSlideStore(fresh, vault).add_slide(make_draft(root="/elsewhere"), synthetic=False)
        fresh.close()
    assert again.slide.id == with_first.slide.id
    assert again.new_cell_count == 5
    vault.close()


def test_that_the_overviews_of_a_slide_are_found_where_they_lie(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft(), synthetic=False).slide
    (place,) = store.overview_locations(slide.id)
    assert (place.root, place.archive_folder) == (Path("/exports/Müller^Anna/20230417-4711"), "")
    assert place.path == "Unsigned slides/overview_1815z.jpg"
    assert store.overview_locations("S-11111111") == ()
    assert set(store.cell_locations(slide.id)) == {c.id for c in store.cells(slide.id)}


def test_that_every_model_that_looked_at_a_cell_is_remembered_in_order(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft(), synthetic=False).slide
    cell = store.cells(slide.id)[0].id
    store.save_predictions({cell: make_prediction("blast", bundle="a" * 64)})
    store.save_predictions({cell: make_prediction("lymphocyte", bundle="b" * 64)})
    stored = store.cell_prediction_history(cell)
    assert [(s.prediction.bundle[0], s.prediction.label) for s in stored] == [("a", "blast"), ("b", "lymphocyte")]
    assert stored[0].saved_at <= stored[1].saved_at
    assert store.cell_prediction_history("nobody") == []


def test_that_what_is_said_inside_a_reviewers_mask_stands_apart_from_what_was_said_inside_the_segmenters(
    store: SqlSlideStore,
) -> None:
    slide = store.add_slide(make_draft(range(2)), synthetic=False).slide
    cell = store.cells(slide.id)[0].id
    segmented, inside = make_prediction("blast"), make_prediction("monocyte", segmenter="reviewer:1a2b")
    store.save_predictions({cell: segmented})
    store.save_mask_prediction(cell, "1a2b" * 16, inside)
    store.save_mask_prediction(cell, "ffff" * 16, make_prediction("lymphocyte"))
    store.save_mask_prediction(cell, "1a2b" * 16, make_prediction("basophil", bundle="c" * 64))
    store.save_mask_prediction(cell, "1a2b" * 16, inside)  # the same bundle again: it takes its own place
    assert store.predictions(slide.id) == {cell: segmented}
    assert store.mask_predictions(slide.id, "b" * 64)[cell, "1a2b" * 16] == inside
    newest = {mask: found.label for (_, mask), found in store.mask_predictions(slide.id).items()}
    assert newest == {"1a2b" * 16: "monocyte", "ffff" * 16: "lymphocyte"}
    said = [stored.prediction.label for stored in store.cell_prediction_history(cell)]
    assert said == ["blast", "lymphocyte", "basophil", "monocyte"]
    assert store.mask_predictions("S-OTHER") == {}


def test_that_no_mask_prediction_is_stored_of_an_unknown_cell(store: SqlSlideStore) -> None:
    with pytest.raises(StoreError):
        store.save_mask_prediction("S-NONE-0", "ab" * 32, make_prediction())


def test_that_what_was_said_elsewhere_is_stored_with_its_own_times_and_covers_nothing(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft(range(3)), synthetic=False).slide
    one, two, three = (cell.id for cell in store.cells(slide.id))
    store.save_predictions({three: make_prediction("monocyte")})
    own = store.prediction_history(slide.id)
    old = StoredPrediction(make_prediction("blast", bundle="a" * 64), "2024-01-01T00:00:00+00:00")
    new = StoredPrediction(
        make_prediction("lymphocyte", bundle="b" * 64), "2023-01-01T00:00:00+00:00"
    )  # a clock put back
    inside = StoredPrediction(
        make_prediction("basophil", segmenter="reviewer:1a"), "2025-01-01T00:00:00+00:00", "1a" * 32
    )
    store.import_predictions(slide.id, {one: (old, new, inside), two: (inside,), three: (old,)})
    assert store.prediction_history(slide.id) == {one: (old, new, inside), two: (inside,), three: (old, *own[three])}
    assert store.predictions(slide.id)[three] == own[three][0].prediction, "the newest by its own time"
    assert store.predictions(slide.id)[one] == new.prediction
    assert store.mask_predictions(slide.id) == {(c, "1a" * 32): inside.prediction for c in (one, two)}
    store.import_predictions(slide.id, {one: (new, inside)})
    assert store.prediction_history(slide.id)[one] == (old, new, inside)
    later = StoredPrediction(make_prediction("basophil", bundle="c" * 64), "2099-01-01T00:00:00+00:00")
    other = StoredPrediction(make_prediction("monocyte", bundle="c" * 64), "2024-06-01T00:00:00+00:00", "1a" * 32)
    store.import_predictions(slide.id, {three: (later,), one: (other,)})
    assert store.prediction_history(slide.id)[three] == (old, *own[three], later)
    assert store.prediction_history(slide.id)[one] == (old, new, other, inside)
    assert store.mask_predictions(slide.id)[one, "1a" * 32] == inside.prediction
    assert store.prediction_history("S-OTHER") == {}


def test_that_of_what_was_said_elsewhere_nothing_is_kept_where_a_cell_is_unknown(store: SqlSlideStore) -> None:
    slide = store.add_slide(make_draft(range(2)), synthetic=False).slide
    said = (StoredPrediction(make_prediction(), "2024-01-01T00:00:00+00:00"),)
    with pytest.raises(StoreError):
        store.import_predictions(slide.id, {store.cells(slide.id)[0].id: said, "S-NONE-0": said})
    assert store.prediction_history(slide.id) == {}
