from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import resources_dir
from leukview.domain.models.labelled_cells import CORRECTION_COLUMNS, MANIFEST_COLUMNS
from leukview.domain.review.events import CONSENSUS_READING, SECOND_READING, CellReview, EventKind
from leukview.domain.slide import Cell, Slide
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.training_archive import load_labelled_cells
from leukview.services.corrections.exporter import CorrectionExporter, CorrectionSet
from leukview.services.corrections.tables import LabelWeights, parse_label_weights, read_diagnoses
from leukview.services.ports.storage import CellLocation
from tests.support.fakes import FakeExportReader, MemoryReviewLog, MemorySlideStore, make_prediction

WEIGHTS = LabelWeights(1.0, 1.5, 0.75)


def content_of(cell_id: str) -> bytes:
    return f"picture of {cell_id}".encode()


class FakeSlideStore(MemorySlideStore):
    """Several slides of three cells each."""

    def __init__(self, patients: Mapping[str, str], synthetic: frozenset[str] = frozenset()) -> None:
        self.patients, self.synthetic = dict(patients), synthetic
        cells = [
            Cell(f"{s}-{i}", s, i + 1, hashlib.sha256(content_of(f"{s}-{i}")).hexdigest(), 64, 64, None)
            for s in patients
            for i in range(3)
        ]
        super().__init__(cells)

    def slides(self) -> list[Slide]:
        return [self.slide(key) for key in self.patients]

    def slide(self, slide_id: str) -> Slide:
        synthetic = slide_id in self.synthetic
        return Slide(slide_id, self.patients[slide_id], "tree", "2026-01-01T00:00:00+00:00", 3, 0, synthetic)

    def cells(self, slide_id: str) -> list[Cell]:
        return [c for c in self._cells if c.slide_id == slide_id]

    def cell_locations(self, slide_id: str) -> Mapping[str, CellLocation]:
        return {c.id: CellLocation(Path("/exports/Müller"), "", f"{c.id}.jpg") for c in self.cells(slide_id)}


class FakeImageReader(FakeExportReader):
    def read_bytes(self, root: Path, archive_folder: str, path: str) -> bytes:
        super().read_bytes(root, archive_folder, path)
        return content_of(path.removesuffix(".jpg"))


def unchanged(content: bytes) -> tuple[bytes, str]:
    return content, ".jpg"


def png(_mask: np.ndarray) -> bytes:
    return b"png"


class CorrectionsFixture:
    """Slides, log and what is made of them."""

    def __init__(
        self, taxonomy: Taxonomy, patients: Mapping[str, str], synthetic: frozenset[str] = frozenset()
    ) -> None:
        self.taxonomy, self.slides, self.log = taxonomy, FakeSlideStore(patients, synthetic), MemoryReviewLog()
        self.reader = FakeImageReader()

    def label(self, slide: str, labels: Sequence[str], reading: int = 1) -> None:
        body: dict[str, object] = {} if reading == 1 else {"reading": reading}
        for i, label in enumerate(labels):
            if label:
                payload = {"label": label, "from": {}, **body}
                self.log.append(slide, EventKind.OVERRIDE, reviewer="Dr.", cells=[f"{slide}-{i}"], payload=payload)

    def sign(self, slide: str, reading: int = 1) -> None:
        body: dict[str, object] = {} if reading == 1 else {"reading": reading}
        self.log.append(slide, EventKind.SIGN, reviewer="Dr.", payload={"name": "Dr.", "meaning": "m", **body})

    def service(self, **more: object) -> CorrectionExporter:
        return CorrectionExporter(self.taxonomy, self.slides, self.log, self.reader, WEIGHTS, unchanged, png, **more)  # type: ignore[arg-type]

    def collect(self) -> CorrectionSet:
        return self.service().collect(CancelToken(), null_reporter)


@pytest.fixture
def bench(taxonomy: Taxonomy) -> CorrectionsFixture:
    return CorrectionsFixture(taxonomy, {"S1": "P1", "S2": "P2", "S3": "P2"})


def test_that_only_signed_slides_and_reviewed_cells_are_learned_from(bench: CorrectionsFixture):
    bench.label("S1", ["blast", "", "unidentified"])
    bench.sign("S1")
    bench.label("S2", ["blast", "blast", "blast"])
    found = bench.collect()
    assert [(c.cell.id, c.label, c.agreement, c.weight) for c in found.cells] == [("S1-0", "blast", "one reader", 1.0)]
    assert found.exclusions == {
        "cells not reviewed": 1,
        "cells of a class that a model cannot learn": 1,
        "slides that are not signed": 2,
    }


def test_that_an_amended_slide_counts_again_only_when_it_is_signed_again(bench: CorrectionsFixture):
    bench.label("S1", ["blast"])
    bench.sign("S1")
    bench.log.append("S1", EventKind.REOPEN, reviewer="Dr.", payload={"reason": "r"})
    assert bench.collect().cells == ()
    bench.label("S1", ["lymphocyte"])
    bench.sign("S1")
    assert [c.label for c in bench.collect().cells] == ["lymphocyte"]


def test_that_two_readers_weigh_more_and_what_they_dispute_stays_out(bench: CorrectionsFixture):
    bench.label("S1", ["blast", "blast", "blast"])
    bench.label("S1", ["blast", "monocyte", "monocyte"], SECOND_READING)
    unfinished = bench.log
    bench.sign("S1")
    assert [c.agreement for c in bench.collect().cells] == ["one reader"] * 3, "an unsigned reading says nothing yet"
    assert unfinished is bench.log
    bench.sign("S1", SECOND_READING)
    payload = {"label": "promyelocyte", "first": "blast", "second": "monocyte", "reading": CONSENSUS_READING}
    bench.log.append("S1", EventKind.CONSENSUS, reviewer="Dr.", cells=["S1-1"], payload=payload)
    found = bench.collect()
    assert [(c.label, c.agreement, c.weight, c.reader_count) for c in found.cells] == [
        ("blast", "two readers", 1.5, 2),
        ("promyelocyte", "consensus", 0.75, 2),
    ]
    assert found.exclusions["cells on which two readers disagree"] == 1


def test_that_a_slide_withheld_from_who_exports_stays_out_and_changes_no_split(bench: CorrectionsFixture):
    for slide in ("S1", "S2"):
        bench.label(slide, ["blast"])
        bench.sign(slide)
    everything = {c.slide.id: c.split for c in bench.collect().cells}
    found = bench.service().collect(CancelToken(), null_reporter, withheld_slides={"S1"})
    assert [(c.slide.id, c.split) for c in found.cells] == [("S2", everything["S2"])]
    assert found.exclusions["slides that you still read as second reader"] == 1


def test_that_a_patient_stays_whole_and_never_changes_sides(bench: CorrectionsFixture):
    for slide in ("S1", "S2"):
        bench.label(slide, ["blast"] * 3)
        bench.sign(slide)
    before = {c.slide.patient: c.split for c in bench.collect().cells}
    assert before == {"P1": "train", "P2": "test"}
    bench.label("S3", ["blast"] * 3)
    bench.sign("S3")
    bench.log.append("S1", EventKind.REOPEN, reviewer="Dr.", payload={"reason": "r"})
    bench.sign("S1")
    assert {c.slide.patient: c.split for c in bench.collect().cells} == before


def test_that_drawn_cells_never_mix_with_real_ones(taxonomy: Taxonomy, tmp_path: Path):
    bench = CorrectionsFixture(taxonomy, {"S1": "P1", "S2": "P2"}, frozenset({"S2"}))
    for slide in ("S1", "S2"):
        bench.label(slide, ["blast"] * 3)
        bench.sign(slide)
    assert {c.slide.id for c in bench.collect().cells} == {"S1"}
    bench.service().export(tmp_path, "ours", {}, CancelToken(), null_reporter, exported_by="Dr.", synthetic=True)
    assert {c.source for c in load_labelled_cells(tmp_path)} == {"synthetic"}


def csv_rows(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))


def test_that_the_export_reads_as_training_data_and_names_nobody(bench: CorrectionsFixture, tmp_path: Path):
    for slide in ("S1", "S2"):
        bench.label(slide, ["blast", "lymphocyte", "promyelocyte"])
        bench.sign(slide)
    bench.slides.save_predictions({"S1-0": make_prediction("lymphocyte")})
    bench.reader.missing_paths = frozenset({"S1-1.jpg"})
    path, packed = bench.service().export(
        tmp_path, "our-lab", {"P1": "APL"}, CancelToken(), null_reporter, exported_by="Dr."
    )
    assert path == tmp_path / "cells" / "cells-our-lab-corrections.zip"
    assert packed.exclusions["cells whose image is missing or was changed"] == 1
    cells = load_labelled_cells(tmp_path)
    assert len(cells) == 5
    assert {(c.patient, c.diagnosis, c.split) for c in cells} == {("P1", "APL", "train"), ("P2", "", "test")}
    assert {c.reviewers for c in cells} == {1}
    rows = csv_rows(path)
    assert set(MANIFEST_COLUMNS) | set(CORRECTION_COLUMNS) <= set(rows[0])
    (overruled,) = [r for r in rows if r["predicted_class"]]
    assert (overruled["cell_class"], overruled["predicted_class"], overruled["bundle"]) == (
        "blast",
        "lymphocyte",
        "b" * 64,
    )
    with zipfile.ZipFile(path) as archive:
        assert (
            "Müller" not in json.dumps([i.filename for i in archive.infolist()]) + archive.read("manifest.csv").decode()
        )
        assert {i.date_time[0] for i in archive.infolist()} == {1980}
    assert "Reviewers overrode the model on 1 of 1 cells." in packed.summary_text(bench.taxonomy)
    again, _ = bench.service().export(
        tmp_path / "again", "our-lab", {"P1": "APL"}, CancelToken(), null_reporter, exported_by="Dr."
    )
    assert again.read_bytes() == path.read_bytes(), "the same corrections give the same archive"


def test_that_an_image_that_was_changed_since_the_review_is_left_out(bench: CorrectionsFixture, tmp_path: Path):
    bench.label("S1", ["blast"] * 3)
    bench.sign("S1")
    bench.slides._cells[0] = replace(bench.slides._cells[0], sha256="0" * 64)
    _, packed = bench.service().export(tmp_path, "lab", {}, CancelToken(), null_reporter, exported_by="Dr.")
    assert len(packed.cells) == 2


def test_that_a_repaired_mask_goes_along(bench: CorrectionsFixture, tmp_path: Path):
    bench.label("S1", ["blast", "blast", "blast"])
    bench.sign("S1")

    def repaired(review: CellReview) -> np.ndarray | None:
        return np.zeros((64, 64), np.uint8) if review.label else None

    path, _ = bench.service(get_repaired_mask=repaired).export(
        tmp_path, "lab", {}, CancelToken(), null_reporter, exported_by="Dr."
    )
    assert [c.mask for c in load_labelled_cells(tmp_path)] == [f"masks/{i:06}.png" for i in (1, 2, 3)]
    with zipfile.ZipFile(path) as archive:
        assert archive.read("masks/000001.png") == b"png"


def test_that_nothing_to_export_and_a_bad_name_are_sentences_and_leave_nothing(
    bench: CorrectionsFixture, tmp_path: Path
):
    with pytest.raises(LeukViewError, match="no corrections") as caught:
        bench.service().export(tmp_path, "lab", {}, CancelToken(), null_reporter, exported_by="Dr.")
    assert "3 slides that are not signed" in caught.value.hint
    assert not list((tmp_path / "cells").iterdir())
    with pytest.raises(LeukViewError, match="cannot be the name"):
        bench.service().export(tmp_path, "../lab", {}, CancelToken(), null_reporter, exported_by="Dr.")


def test_that_the_weights_that_ship_read_and_unsound_ones_are_refused():
    shipped = parse_label_weights((resources_dir() / "corrections.toml").read_text(encoding="utf-8"))
    assert shipped.two_readers > shipped.one_reader
    for text, words in (
        ("one_reader = 1", "missing or unknown"),
        ("one_reader = 0\ntwo_readers = 1\nconsensus = 1", "positive"),
        ("[", "cannot be read"),
    ):
        with pytest.raises(LeukViewError, match=words):
            parse_label_weights(text)


def test_that_a_table_of_patients_gives_diagnoses_by_pseudonym(tmp_path: Path, taxonomy: Taxonomy):
    table = tmp_path / "patients.csv"
    table.write_text("patient,diagnosis\nP1,APL\nP2,\n", encoding="utf-8")
    assert read_diagnoses(table, taxonomy) == {"P1": "APL", "P2": ""}
    table.write_text("patient,diagnosis\nP1,flu\n", encoding="utf-8")
    with pytest.raises(LeukViewError, match="“flu” is unknown"):
        read_diagnoses(table, taxonomy)


def test_that_the_log_of_each_slide_says_that_its_cells_left(bench: CorrectionsFixture, tmp_path: Path):
    for slide in ("S1", "S2"):
        bench.label(slide, ["blast"])
        bench.sign(slide)
    bench.label("S3", ["blast"])
    before = len(bench.log.events())
    path, _ = bench.service().export(tmp_path, "lab", {}, CancelToken(), null_reporter, exported_by="Dr. Chen")
    said = bench.log.events()[before:]
    assert [(e.slide_id, e.kind, e.reviewer) for e in said] == [
        ("S1", EventKind.EXPORT, "Dr. Chen"),
        ("S2", EventKind.EXPORT, "Dr. Chen"),
    ]
    assert {str(e.payload["sha256"]) for e in said} == {hashlib.sha256(path.read_bytes()).hexdigest()}
    assert all(e.payload["format"] == "corrections" and not e.payload["names"] for e in said)
    again, _ = bench.service().export(
        tmp_path / "again", "lab", {}, CancelToken(), null_reporter, exported_by="Dr. Chen"
    )
    assert again.read_bytes() == path.read_bytes()
