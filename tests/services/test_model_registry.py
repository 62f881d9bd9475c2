"""Comparing, installing and taking back models, on models that are told what to say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError, ModelError, PinError, ReviewError, StoreError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.models.acceptance_criteria import AcceptanceCriterion
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.models.model_registry import RegistryChange, RegistryEntry
from leukview.domain.prediction import StageProbabilities
from leukview.domain.review.hash_chain import next_position, with_hash
from leukview.domain.review.reviewer_profile import Profile, ProfileEvent, ReviewerRole
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison import ComparedModel, ModelComparison, TrainingProvenance
from leukview.services.models.comparison_json import comparison_from_json
from leukview.services.models.registry import BundleDescription, ComparisonSetup, ModelRegistryService
from leukview.services.ports.inference import ClassifierOutput, Segmenter
from leukview.services.users.profiles import ProfileService

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEVER = TrainingProvenance(frozenset(), frozenset(), frozenset())
GUARDS = (
    AcceptanceCriterion("blast_sensitivity", 0.01, 5, 2, required=True, bound=0.3),
    AcceptanceCriterion("recall:*", 0.1, 5, 2, required=False),
)
TYPES = ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil")


def cells(patients: int = 6, each: int = 6) -> tuple[LabelledCell, ...]:
    """Half blasts, half lymphocytes, of patients kept aside; the number of a cell is in its image."""
    return tuple(
        LabelledCell(
            "a.zip", str(n), "site", f"P{n // each}", "AML", "blast" if n % 2 else "lymphocyte", "test", f"{n}"
        )
        for n in range(patients * each)
    )


class RecordedClassifier:
    """A classifier that finds blasts but for some numbers."""

    abstain_below = 0.0

    def __init__(self, sha256: str, missed: frozenset[int] = frozenset(), apl: bool = False) -> None:
        self.bundle_sha256, self._missed, self._apl = sha256, missed, apl
        self.trained_stages = ("gate", "stage1", "stage2b", *(("apl",) if apl else ()))

    def classify(
        self, images: Sequence[NDArray[np.uint8]], masks: Sequence[NDArray[np.uint8]], um_per_px: float | None = None
    ) -> list[ClassifierOutput]:
        return [self._one(int(image[0, 0, 0])) for image in images]

    def _one(self, number: int) -> ClassifierOutput:
        malignant = 0.9 if number % 2 and number not in self._missed else 0.1
        stages = [
            StageProbabilities("gate", ("leukocyte", "smudge_cell"), (0.95, 0.05)),
            StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
            StageProbabilities("stage2b", TYPES, (0.05, 0.8, 0.05, 0.05, 0.05)),
        ]
        if self._apl:
            stages.append(StageProbabilities("apl", ("other_aml", "apl"), (0.5, 0.5)))
        return ClassifierOutput(tuple(stages), (), np.zeros(2, np.float32), None, (0, 0, 8, 8))


def image_of_cells(chosen: Sequence[LabelledCell], _folder: Path) -> Iterator[NDArray[np.uint8]]:
    return (np.full((8, 8, 3), int(cell.file), np.uint8) for cell in chosen)


class MemoryBundleStore:
    def __init__(self) -> None:
        self.names = {"": "shipped"}
        self.put_down: list[Path] = []
        self.broken = ""

    def path_of(self, sha256: str) -> Path:
        return Path(sha256 or "shipped")

    def inspect(self, path: Path) -> BundleDescription:
        return BundleDescription(path.name, path.name, "ok", f"# {path.name}", "")

    def describe(self, sha256: str) -> BundleDescription:
        state = "damaged" if self.broken == sha256 and sha256 else "ok"
        return BundleDescription(
            sha256 or "shipped", sha256 or "shipped", state, "# card", "" if state == "ok" else "It is."
        )

    def install(self, path: Path) -> BundleDescription:
        self.put_down.append(path)
        return self.inspect(path)


class MemoryRegistry:
    def __init__(self) -> None:
        self.rows: list[RegistryEntry] = []

    def entries(self) -> list[RegistryEntry]:
        return list(self.rows)

    def append(self, change: RegistryChange, **fields: str) -> RegistryEntry:
        seq, previous = next_position(self.rows[-1] if self.rows else None)
        body = {**fields, "seq": seq, "change": change, "at": f"2026-01-0{seq}T00:00:00+00:00", "previous": previous}
        entry = with_hash(RegistryEntry(**body, hash=""))  # type: ignore[arg-type]
        self.rows.append(entry)
        return entry


class MemoryProfiles:
    def __init__(self) -> None:
        self.pins: dict[str, str] = {}

    def profiles(self) -> list[Profile]:
        return [Profile(name, name, ReviewerRole.REVIEWER, bool(pin)) for name, pin in self.pins.items()]

    def events(self) -> list[ProfileEvent]:
        return []

    def add(self, name: str, role: ReviewerRole, pin: str, actor: str) -> Profile:
        self.pins[name] = pin
        return Profile(name, name, role, bool(pin))

    def rename(self, profile_id: str, name: str, actor: str) -> None:
        self.pins[name] = self.pins.pop(profile_id)

    def set_retired(self, profile_id: str, actor: str, *, retired: bool) -> None:
        del self.pins[profile_id]

    def set_pin(self, profile_id: str, pin: str, actor: str) -> None:
        self.pins[profile_id] = pin

    def verify_pin(self, profile_id: str, pin: str) -> None:
        if self.pins[profile_id] != pin:
            raise PinError("The PIN is wrong.")


class ModelRegistryFixture:
    def __init__(self, taxonomy: Taxonomy) -> None:
        self.shelf, self.registry, self.profiles = MemoryBundleStore(), MemoryRegistry(), MemoryProfiles()
        self.classifiers: dict[str, RecordedClassifier] = {"shipped": RecordedClassifier("shipped", frozenset({1, 13}))}
        self.records: dict[str, TrainingProvenance] = {}
        self.cells: Mapping[str, tuple[LabelledCell, ...]] = {"frozen": cells(), "site": cells(3)}
        self.changes = 0
        comparing = ComparisonSetup(
            self.contestant, lambda folder: self.cells[folder.name], image_of_cells, self.no_segmenter, resamples=40
        )
        self.models = ModelRegistryService(
            self.registry, self.shelf, ProfileService(self.profiles), GUARDS, taxonomy, comparing, self.changed
        )

    def contestant(self, path: Path) -> ComparedModel:
        return ComparedModel(
            path.name, self.classifiers[path.name], self.records.get(path.name, NEVER), needs_masks=False
        )

    def no_segmenter(self) -> Segmenter:
        raise AssertionError("no model treats the background")

    def changed(self) -> None:
        self.changes += 1

    def compare(self, candidate: RecordedClassifier, *folders: str, champion: str = "") -> ModelComparison:
        self.classifiers[candidate.bundle_sha256] = candidate
        paths = [Path(f) for f in folders or ("frozen", "site")]
        first = Path(champion) if champion else None
        return self.models.compare(first, Path(candidate.bundle_sha256), paths, NOW, CancelToken(), null_reporter)

    def installed(self, name: str) -> RegistryEntry:
        found = self.models.comparison_json(self.compare(RecordedClassifier(name)))
        return self.models.install(Path(name), found, signer="Dr. A", pin="", reason="better")


@pytest.fixture
def station(taxonomy: Taxonomy) -> ModelRegistryFixture:
    return ModelRegistryFixture(taxonomy)


def figures(comparison: ModelComparison, name: str = "frozen") -> dict[str, Any]:
    return {f.key: f for s in comparison.sets if s.name == name for f in s.figures}


def test_that_both_models_are_scored_on_the_same_cells_class_by_class(station: ModelRegistryFixture):
    found = station.compare(RecordedClassifier("better"))
    assert [(s.name, s.cells, s.patients) for s in found.sets] == [("frozen", 36, 6), ("site", 18, 3)]
    blasts = figures(found)["blast_sensitivity"]
    assert blasts.cells == 18
    assert blasts.champion.value == pytest.approx(16 / 18)
    assert blasts.candidate.value == 1.0
    assert blasts.difference.value == pytest.approx(2 / 18)
    assert 0 <= blasts.difference.low <= 2 / 18 <= blasts.difference.high
    assert figures(found)["recall:lymphocyte"].candidate.value == 1.0
    assert figures(found)["recall:blast"].champion.value == pytest.approx(16 / 18)
    assert figures(found)["precision:lymphocyte"].champion.value == pytest.approx(18 / 20)
    assert station.models.violations(found) == ()


def test_that_a_set_of_cells_is_known_by_images_and_labels(station: ModelRegistryFixture):
    one = station.compare(RecordedClassifier("a"), "frozen").sets[0].sha256
    station.cells = {"frozen": tuple(reversed(cells()))}
    assert station.compare(RecordedClassifier("b"), "frozen").sets[0].sha256 == one
    station.cells = {"frozen": (*cells()[1:], replace(cells()[0], cell_class="monocyte"))}
    assert station.compare(RecordedClassifier("c"), "frozen").sets[0].sha256 != one


def test_that_a_candidate_that_misses_blasts_is_refused_whatever_the_file_says(station: ModelRegistryFixture):
    found = station.compare(RecordedClassifier("worse", frozenset(range(1, 20))))
    assert any("blast sensitivity" in sentence for sentence in station.models.violations(found))
    text = json.loads(station.models.comparison_json(found)) | {"objections": [], "verdicts": []}
    with pytest.raises(ModelError, match="must not be installed"):
        station.models.install(Path("worse"), json.dumps(text), signer="Dr. A", pin="")
    assert station.registry.rows == []
    assert station.shelf.put_down == []


def test_that_a_candidate_trained_on_the_evaluation_patients_is_refused(station: ModelRegistryFixture):
    station.records["seen"] = TrainingProvenance(frozenset({"site"}), frozenset(), frozenset({"P1", "P2"}))
    found = station.compare(RecordedClassifier("seen"))
    assert "The candidate may have been trained on 2 of the patients of frozen." in found.problems
    assert station.models.violations(found)
    station.records["old"] = TrainingProvenance(frozenset({"site"}), frozenset({f"P{i}" for i in range(5)}), None)
    assert station.compare(RecordedClassifier("old"), "frozen").problems == (
        "The candidate may have been trained on 1 of the patients of frozen.",
    )


def test_that_a_head_that_only_the_candidate_has_is_new_and_no_loss(station: ModelRegistryFixture):
    station.cells = {"frozen": tuple(replace(c, diagnosis="APL" if int(c.patient[1]) % 2 else "AML") for c in cells())}
    found = station.compare(RecordedClassifier("apl", apl=True), "frozen")
    assert figures(found)["apl_auc"].champion is None
    assert figures(found)["apl_auc"].candidate.value == 0.5
    assert figures(found)["apl_patient_auc"].patients == 6
    assert station.models.violations(found) == ()


def test_that_a_comparison_reads_back_as_it_was_written(station: ModelRegistryFixture, tmp_path: Path):
    found = station.compare(RecordedClassifier("better"))
    json_file, html_file = station.models.write_comparison(found, tmp_path / "report")
    assert station.models.comparison_json(
        comparison_from_json(json_file.read_text(encoding="utf-8"))
    ) == json_file.read_text(encoding="utf-8")
    page = html_file.read_text(encoding="utf-8")
    assert "For Research Use Only" in page
    assert "blast sensitivity" in page
    assert found.candidate.sha256 in page
    text = station.models.comparison_text(found)
    assert "All acceptance criteria are met" in text
    assert "+0.111" in text
    for wrong in ("", "[]", '{"format": 9}', '{"format": 1, "sets": []}'):
        with pytest.raises(ModelError):
            comparison_from_json(wrong)


def test_that_one_model_twice_and_no_patients_kept_aside_are_sentences(station: ModelRegistryFixture):
    with pytest.raises(ModelError, match="the same model"):
        station.compare(RecordedClassifier("shipped"))
    station.cells = {"frozen": tuple(replace(c, split="train") for c in cells())}
    with pytest.raises(LeukViewError, match="no patient kept for comparison"):
        station.compare(RecordedClassifier("x"), "frozen")


def test_that_an_installation_keeps_who_signed_what_and_why(station: ModelRegistryFixture):
    entry = station.installed("better")
    assert (entry.signer, entry.reason, entry.before, entry.bundle) == ("Dr. A", "better", "", "better")
    assert "release the model for use" in entry.meaning
    assert comparison_from_json(entry.comparison).candidate.sha256 == "better"
    assert station.models.champion_sha256() == "better"
    assert station.changes == 1
    page = station.models.overview(CancelToken(), null_reporter)
    assert [(r.description.name, r.is_in_use, r.is_shipped) for r in page.bundles] == [
        ("better", True, False),
        ("shipped", False, True),
    ]
    assert page.first_broken is None


def test_that_the_comparison_must_be_of_this_candidate_against_the_model_in_use(station: ModelRegistryFixture):
    first = station.models.comparison_json(station.compare(RecordedClassifier("one")))
    with pytest.raises(ModelError, match="another candidate"):
        station.models.install(Path("two"), first, signer="Dr. A", pin="")
    station.installed("two")
    with pytest.raises(ModelError, match="not made against the model that is in use"):
        station.models.install(Path("one"), first, signer="Dr. A", pin="")


def test_that_only_a_reviewer_with_the_right_pin_signs_where_there_are_reviewers(station: ModelRegistryFixture):
    found = station.models.comparison_json(station.compare(RecordedClassifier("better")))
    with pytest.raises(ReviewError, match="printed name"):
        station.models.install(Path("better"), found, signer=" ", pin="")
    station.profiles.pins = {"Dr. B": "2468"}
    with pytest.raises(ReviewError, match="not a reviewer"):
        station.models.install(Path("better"), found, signer="Dr. A", pin="")
    with pytest.raises(PinError):
        station.models.install(Path("better"), found, signer="dr. b", pin="1111")
    assert station.models.champion_sha256() == ""
    assert station.models.install(Path("better"), found, signer="dr. b", pin="2468").signer == "Dr. B"


def test_that_rollbacks_reach_back_step_by_step_and_need_a_reason(station: ModelRegistryFixture):
    station.installed("one")
    station.installed("two")
    with pytest.raises(ReviewError, match="reason"):
        station.models.roll_back(signer="Dr. A", pin="", reason=" ")
    assert station.models.roll_back(signer="Dr. A", pin="", reason="odd").bundle == "one"
    assert station.models.champion_sha256() == "one"
    assert station.models.roll_back(signer="Dr. A", pin="", reason="odd").name == "shipped"
    assert station.models.champion_sha256() == ""
    with pytest.raises(ModelError, match="no earlier one"):
        station.models.roll_back(signer="Dr. A", pin="", reason="odd")


def test_that_a_damaged_model_does_not_come_back(station: ModelRegistryFixture):
    station.installed("one")
    station.installed("two")
    station.shelf.broken = "one"
    with pytest.raises(ModelError, match="cannot be used"):
        station.models.roll_back(signer="Dr. A", pin="", reason="odd")
    assert station.models.champion_sha256() == "two"


def test_that_a_registry_that_was_changed_names_no_champion(station: ModelRegistryFixture):
    station.installed("one")
    station.registry.rows[0] = replace(station.registry.rows[0], signer="Dr. X")
    with pytest.raises(StoreError, match="changed outside LeukView: entry 1"):
        station.models.champion_sha256()
    assert station.models.overview(CancelToken(), null_reporter).first_broken is not None
