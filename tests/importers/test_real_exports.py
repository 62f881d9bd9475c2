"""The seven real exports: what is found is what was counted by hand, and nothing of them is touched."""

from pathlib import Path

import pytest

from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.slide import ProblemKind
from leukview.domain.taxonomy import OTHER, Taxonomy
from leukview.importers.export_reader import AnalyserExportReader

pytestmark = pytest.mark.data

COUNTS = {
    "Patient_00": (74, 60, 1, 0, 0),
    "Patient_01": (133, 133, 0, 0, 0),
    "Patient_26": (124, 121, 1, 1, 0),
    "Patient_30": (142, 142, 0, 1, 1),
    "Patient_39": (157, 149, 1, 0, 0),
    "Patient_60": (263, 125, 2, 0, 0),
    "Patient_73": (117, 104, 1, 0, 0),
}
"""Distinct cells, labelled ones, overviews, undecodable files, cells with two labels."""


def file_stats(root: Path) -> dict[str, tuple[int, int]]:
    return {str(p.relative_to(root)): (p.stat().st_mtime_ns, p.stat().st_size) for p in root.rglob("*") if p.is_file()}


def test_that_the_real_exports_give_the_known_counts_and_stay_untouched(data_dir: Path, taxonomy: Taxonomy):
    root = data_dir / "exports"
    before = file_stats(root)
    preview = AnalyserExportReader(taxonomy).read(root, CancelToken(), null_reporter)
    found = {
        s.patient: (len(s.cells), s.labelled_count, len(s.overviews), s.undecodable_count, s.conflict_count)
        for s in preview.slides
    }
    assert found == COUNTS
    assert file_stats(root) == before
    accounted = sum(len(s.cells) + s.duplicate_count + len(s.overviews) + s.ignored_count for s in preview.slides)
    unaccounted = len(before) - accounted
    assert unaccounted >= sum(s.undecodable_count for s in preview.slides)
    (empty,) = preview.problems
    assert (empty.kind, empty.message) == (ProblemKind.EMPTY, "“10027135108” contains no images.")
    assert {s.order for s in preview.slides if s.patient in {"Patient_60", "Patient_73"}} == {
        "2018-12-16_2346",
        "10027006113",
    }
    assert all(c.source.class_key != OTHER for s in preview.slides for c in s.cells if c.source)


def test_that_one_real_export_opened_by_itself_is_the_same_slide(data_dir: Path, taxonomy: Taxonomy):
    (slide,) = (
        AnalyserExportReader(taxonomy).read(data_dir / "exports" / "Patient_30", CancelToken(), null_reporter).slides
    )
    counts = (
        len(slide.cells),
        slide.labelled_count,
        len(slide.overviews),
        slide.undecodable_count,
        slide.conflict_count,
    )
    assert counts == COUNTS["Patient_30"]
    assert {p.kind for p in slide.problems} >= {ProblemKind.UNDECODABLE, ProblemKind.CONFLICT}
    for cell in slide.cells[:5]:
        data = AnalyserExportReader(taxonomy).read_bytes(Path(slide.root), slide.archive_folder, cell.path)
        assert AnalyserExportReader(taxonomy).decode(data).shape == (cell.height_px, cell.width_px, 3)
