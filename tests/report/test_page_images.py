"""The pages as pictures, beside small grey ones that were looked at once; all of synthetic cells.

After an intended change look at the pages, then write the images again: ``python -m tests.report.test_page_images``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from leukview.core.paths import HOME_VARIABLE, resources_dir
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.report.typst_renderer import TypstRenderer
from leukview.services.report.report_data import ReportData, ReportOptions
from tests.support.report_factories import cell_ids, clear_blockers, make_reviewed_slide

GOLDEN_IMAGES = Path(__file__).with_name("goldens")
SCALE = 0.25  # of 72 dots per inch: about 149 × 210 points, enough for blocks, tables and pictures
MEAN, LOCAL = 2.5, 40.0  # grey levels of 255 that mean and any 8 × 8 field may differ by
PAPERS = ("a4", "us-letter")


def make_reports(taxonomy: Taxonomy) -> Mapping[str, ReportData]:
    """A draft with alerts, and the same slide amended."""
    made = make_reviewed_slide(
        taxonomy, {"blast": 25, "neutrophil": 130, "lymphocyte": 60, "erythroblast": 4}, wbc=12.4, apl=0.8
    )
    made.session.override(list(cell_ids(made, "blast"))[:10], "promyelocyte")
    made.session.comment((), "Auer rods in bundles; a fresh sample is asked for.")
    draft = made.report(maps=True)
    clear_blockers(made)
    made.session.sign("Prof. Anna Weiß", "reviewed")
    made.session.reopen("the marrow came back")
    made.session.override(list(cell_ids(made, "neutrophil"))[:3], "blast")
    clear_blockers(made)
    made.session.sign("Prof. Anna Weiß", "amended")
    return {"draft": draft, "amended": made.report(maps=True)}


def page_images(data: ReportData, folder: Path, paper: str = "a4") -> list[NDArray[np.uint8]]:
    """The pages as small grey pictures (H×W)."""
    path = folder / "report.pdf"
    TypstRenderer(resources_dir(), system_fonts=False).render(data, path, ReportOptions(paper=paper))
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [document[at] for at in range(len(document))]
        found = [np.asarray(page.render(scale=SCALE).to_pil().convert("L")).copy() for page in pages]
        for page in pages:
            page.close()
    finally:
        document.close()
    return found


def block_means(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean grey of each 8 × 8 field; what is left over at the edges is cut."""
    height, width = (side // 8 * 8 for side in image.shape)
    cut = image[:height, :width].astype(np.float64)
    means: NDArray[np.float64] = cut.reshape(height // 8, 8, width // 8, 8).mean(axis=(1, 3))
    return means


@pytest.fixture(scope="module")
def drawn(taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[NDArray[np.uint8]]]:
    folder = tmp_path_factory.mktemp("pictures")
    return {name: page_images(data, folder) for name, data in make_reports(taxonomy).items()}


@pytest.mark.parametrize("name", ["draft", "amended"])
def test_that_each_page_looks_as_it_did_when_it_was_looked_at(drawn: Mapping[str, list[NDArray[np.uint8]]], name: str):
    goldens = sorted(GOLDEN_IMAGES.glob(f"{name}-*.png"))
    assert len(goldens) == len(drawn[name])
    for path, page in zip(goldens, drawn[name], strict=True):
        with Image.open(path) as image:
            golden = np.asarray(image.convert("L"))
        assert golden.shape == page.shape, path.name
        difference = np.abs(golden.astype(np.float64) - page)
        assert difference.mean() < MEAN, path.name
        assert np.abs(block_means(golden) - block_means(page)).max() < LOCAL, path.name


def test_that_a_picture_that_is_missing_or_moved_would_be_seen(drawn: Mapping[str, list[NDArray[np.uint8]]]):
    first, gallery = drawn["draft"][0], drawn["draft"][1]
    assert np.abs(block_means(first) - block_means(gallery)).max() > LOCAL
    blank = gallery.copy()
    blank[40:80, 10:50] = 255
    assert np.abs(block_means(gallery) - block_means(blank)).max() > LOCAL


def test_that_only_a_draft_carries_the_watermark(drawn: Mapping[str, list[NDArray[np.uint8]]]):
    def tinted(page: NDArray[np.uint8]) -> float:
        """Share of the lowest quarter of the page, above the footer, that is neither white nor ink."""
        part = page[int(0.6 * page.shape[0]) : int(0.9 * page.shape[0])]
        return float(((part > 225) & (part < 245)).mean())

    assert tinted(drawn["draft"][2]) > 2 * tinted(drawn["amended"][2])  # the page of maps, in both the same


def test_that_nothing_runs_into_the_margins_on_either_paper(taxonomy: Taxonomy, tmp_path: Path):
    data = make_reports(taxonomy)["amended"]
    for paper in PAPERS:
        for page in page_images(data, tmp_path, paper):
            assert page[:, :9].min() > 200  # 36 points
            assert page[:, -9:].min() > 200
            assert page[-5:].min() > 200


def main() -> None:
    """Write the pictures anew."""
    GOLDEN_IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ[HOME_VARIABLE] = scratch
        taxonomy = parse_taxonomy((resources_dir() / "taxonomy.toml").read_text(encoding="utf-8"))
        for name, data in make_reports(taxonomy).items():
            for number, page in enumerate(page_images(data, Path(scratch)), start=1):
                Image.fromarray(page).save(GOLDEN_IMAGES / f"{name}-{number}.png", optimize=True)


if __name__ == "__main__":
    main()
