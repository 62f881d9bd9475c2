import csv
import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import Cancelled, ExportError
from leukview.core.job_runner import CancelToken, Progress, null_reporter
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.importers.cell_labels import CellLabels
from leukview.importers.folder_names import GROUND_TRUTH_FOLDER
from leukview.synthetic import iterate_synthetic_cells, render_cell, write_demo_export
from leukview.synthetic.cell_catalogue import FORMS_BY_CLASS, FORMS_BY_DIAGNOSIS
from leukview.synthetic.film_composition import FILM_COMPOSITIONS, folder_and_code, sample_components
from leukview.synthetic.film_rendering import FRAME_UM, sample_stain
from tests.support.export_examples import read_export, read_slide

ImageArray = NDArray[np.uint8]
SIDE = 120
NO_CELL = {"artefact"}
WITHOUT_NUCLEUS = {"platelet", "giant_platelet", "platelet_clump"} | NO_CELL
BARE_NUCLEUS = {"smudge_cell"}


def render_cells(
    key: str, count: int = 8, diagnosis: str = "", side: int = SIDE
) -> list[tuple[ImageArray, ImageArray]]:
    """Cells of a class on films of one stain, so that only the class differs."""
    stain = sample_stain(np.random.default_rng(1))
    return [
        render_cell(key, np.random.default_rng([7, n]), side=side, diagnosis=diagnosis, stain=stain)
        for n in range(count)
    ]


def median_share_of_nucleus(key: str, diagnosis: str = "") -> float:
    return float(np.median([(m == 2).sum() / (m > 0).sum() for _, m in render_cells(key, 12, diagnosis)]))


def median_diameter_um(key: str, diagnosis: str = "") -> float:
    return float(
        np.median([2 * np.sqrt((m > 0).sum() / np.pi) * FRAME_UM / SIDE for _, m in render_cells(key, 12, diagnosis)])
    )


def mean_colour(key: str, part: int, diagnosis: str = "") -> NDArray[np.float64]:
    """Mean RGB of cytoplasm (1) or nucleus (2)."""
    means = [image[mask == part].mean(axis=0) for image, mask in render_cells(key, 8, diagnosis)]
    return np.asarray(np.mean(means, axis=0), dtype=np.float64)


def write_demo_slides(
    directory: Path,
    taxonomy: Taxonomy,
    *,
    slides: int = 1,
    cells: int = 14,
    seed: int = 3,
    token: CancelToken | None = None,
) -> list[Path]:
    return write_demo_export(
        directory,
        slides=slides,
        cells=cells,
        seed=seed,
        taxonomy=taxonomy,
        token=token or CancelToken(),
        reporter=null_reporter,
    )


def file_hashes(root: Path) -> dict[str, str]:
    files = sorted(p for p in root.rglob("*") if p.is_file())
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


# ---- cells ---------------------------------------------------------------------------------------------------------


def test_that_every_class_of_the_taxonomy_has_a_form_and_no_form_lacks_a_class(taxonomy: Taxonomy):
    assert set(FORMS_BY_CLASS) == {c.key for c in taxonomy.classes}
    assert {key for key, _ in FORMS_BY_DIAGNOSIS} <= set(FORMS_BY_CLASS)
    assert {diagnosis for _, diagnosis in FORMS_BY_DIAGNOSIS} <= set(taxonomy.diagnoses)


def test_that_every_class_is_drawn_with_a_mask_inside_the_picture(taxonomy: Taxonomy):
    for cell_class in taxonomy.classes:
        for image, mask in render_cells(cell_class.key, 4):
            assert image.shape == (SIDE, SIDE, 3), cell_class.key
            assert mask.shape == (SIDE, SIDE), cell_class.key
            assert image.dtype == mask.dtype == np.uint8
            parts = set(np.unique(mask).tolist())
            assert parts <= {0, 1, 2}
            assert (1 in parts) is (cell_class.key not in NO_CELL | BARE_NUCLEUS), cell_class.key
            assert (2 in parts) is (cell_class.key not in WITHOUT_NUCLEUS), cell_class.key
            border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
            assert not border.any(), cell_class.key


def test_that_every_blast_and_equivalent_is_drawn_for_every_diagnosis(taxonomy: Taxonomy):
    for key in (c.key for c in taxonomy.classes if c.follows_diagnosis):
        for diagnosis in taxonomy.diagnoses:
            for _, mask in render_cells(key, 2, diagnosis):
                assert (mask == 2).sum() > 0.01 * mask.size, (key, diagnosis)


def test_that_the_cell_lies_in_the_middle(taxonomy: Taxonomy):
    for key in sorted(set(FORMS_BY_CLASS) - NO_CELL):
        for _, mask in render_cells(key, 3):
            ys, xs = np.nonzero(mask)
            assert np.hypot(ys.mean() - SIDE / 2, xs.mean() - SIDE / 2) < 0.17 * SIDE, key


def test_that_the_nucleus_is_darker_than_the_cytoplasm_and_that_darker_than_the_film():
    for key in sorted(set(FORMS_BY_CLASS) - WITHOUT_NUCLEUS - BARE_NUCLEUS - {"basophil"}):
        film = max(float(np.median(image[mask == 0], axis=0).mean()) for image, mask in render_cells(key, 4))
        nucleus, cytoplasm = mean_colour(key, 2).mean(), mean_colour(key, 1).mean()
        assert nucleus + 15 < cytoplasm < film, key


def test_that_the_share_of_the_nucleus_follows_the_textbook():
    share = {
        key: median_share_of_nucleus(key)
        for key in (
            "blast", "promyelocyte", "myelocyte", "metamyelocyte", "segmented_neutrophil", "lymphocyte", "cll",
            "monocyte", "variant_lymphocyte", "plasma_cell", "erythroblast",
        )
    }  # fmt: skip
    assert share["blast"] > share["promyelocyte"] > share["segmented_neutrophil"]
    assert share["blast"] > share["myelocyte"] >= share["metamyelocyte"] > share["segmented_neutrophil"]
    assert share["cll"] > 0.55
    assert share["lymphocyte"] > share["monocyte"]
    assert share["lymphocyte"] > share["variant_lymphocyte"]
    assert share["lymphocyte"] > share["plasma_cell"]
    assert share["erythroblast"] < 0.5


def test_that_sizes_follow_the_textbook():
    size = {
        key: median_diameter_um(key) for key in ("platelet", "giant_platelet", "lymphocyte", "segmented_neutrophil")
    }
    assert size["platelet"] < 4.5 < size["giant_platelet"]
    assert size["giant_platelet"] < size["lymphocyte"] + 2
    assert size["lymphocyte"] < size["segmented_neutrophil"] < median_diameter_um("monocyte")
    assert median_diameter_um("cll") < median_diameter_um("blast", "ALL") < median_diameter_um("blast", "AML")


def test_that_a_segmented_nucleus_is_less_compact_than_a_band_and_that_than_a_round_one():
    def compactness(key: str) -> float:
        """Area of the nucleus over the area of the circle about its centre that holds it."""
        shares = []
        for _, mask in render_cells(key, 12):
            ys, xs = np.nonzero(mask == 2)
            reach = np.hypot(ys - ys.mean(), xs - xs.mean()).max() + 0.5
            shares.append(len(ys) / (np.pi * reach**2))
        return float(np.median(shares))

    assert compactness("segmented_neutrophil") < compactness("metamyelocyte") < compactness("lymphocyte")
    assert compactness("band_neutrophil") < compactness("metamyelocyte")
    assert compactness("eosinophil") < compactness("myelocyte")


def test_that_stains_tell_the_granulocytes_apart():
    red, green, blue = mean_colour("eosinophil", 1)
    assert red > 1.2 * green
    assert red > blue + 25
    neutrophil = mean_colour("segmented_neutrophil", 1)
    assert mean_colour("basophil", 1).mean() < neutrophil.mean() - 20
    assert abs(neutrophil[0] - neutrophil[2]) < red - blue


def test_that_cytoplasm_is_bluer_in_plasma_cells_than_in_neutrophils_and_paler_in_lymphocytes():
    plasma, neutrophil, lymphocyte = (mean_colour(k, 1) for k in ("plasma_cell", "segmented_neutrophil", "lymphocyte"))
    assert plasma[2] - plasma[0] > neutrophil[2] - neutrophil[0] + 20
    assert lymphocyte.mean() > plasma.mean() + 15


def test_that_heavy_granules_and_rods_redden_the_promyelocyte_of_apl():
    apl, other = mean_colour("promyelocyte", 1, "APL"), mean_colour("promyelocyte", 1, "AML")
    assert apl[0] - apl[1] > other[0] - other[1] + 5
    assert apl[2] - apl[0] < other[2] - other[0]


def test_that_a_hairy_cell_has_the_longest_contour():
    def roughness(key: str) -> float:
        """Length of the contour over that of a circle of the same area, by counting boundary steps."""
        values = []
        for _, mask in render_cells(key, 6, side=240):
            cell = mask > 0
            steps = np.count_nonzero(cell[1:] != cell[:-1]) + np.count_nonzero(cell[:, 1:] != cell[:, :-1])
            values.append(steps / np.sqrt(cell.sum()))
        return float(np.median(values))

    assert roughness("hcl") > 1.3 * max(roughness("lymphocyte"), roughness("monocyte"), roughness("blast"))


def test_that_red_cells_with_a_pale_middle_lie_around():
    image, mask = render_cells("lymphocyte", 1, side=360)[0]
    around = image[mask == 0].astype(int)
    film = np.median(around[around.sum(axis=1) > np.percentile(around.sum(axis=1), 70)], axis=0)
    red = (around[:, 1] < film[1] - 70) & (around[:, 0] > 120)
    assert 0.08 < red.mean() < 0.7


def test_that_the_same_seed_draws_the_same_cell_and_another_seed_another(taxonomy: Taxonomy):
    for key in ("blast", "smudge_cell", "platelet_clump"):
        one, again, other = (render_cell(key, np.random.default_rng(s), side=SIDE) for s in (4, 4, 5))
        assert np.array_equal(one[0], again[0])
        assert np.array_equal(one[1], again[1])
        assert not np.array_equal(one[0], other[0])


def test_that_size_scales_the_picture_and_not_the_cell():
    _, small = render_cell("monocyte", np.random.default_rng(2), side=100)
    image, large = render_cell("monocyte", np.random.default_rng(2), side=200, height=203)
    assert image.shape == (203, 200, 3)
    assert np.mean(large > 0) == pytest.approx(np.mean(small > 0), rel=0.4)


def test_that_slides_differ_in_stain():
    stains = [sample_stain(np.random.default_rng(n)) for n in range(12)]
    assert len({s.background for s in stains}) == 12
    assert max(s.azure for s in stains) > min(s.azure for s in stains) + 0.05
    assert max(s.red_cell_count for s in stains) > min(s.red_cell_count for s in stains)


def test_that_a_class_without_a_form_is_refused():
    with pytest.raises(ExportError, match=r"^There is no synthetic form of the class “unicorn”\.$"):
        render_cell("unicorn", np.random.default_rng(0))


# ---- labelled cells for training --------------------------------------------------------------------------------


def test_that_labelled_cells_come_in_turn_with_their_truth(taxonomy: Taxonomy):
    wanted = [("blast", "APL"), ("lymphocyte", "")]
    cells = list(iterate_synthetic_cells(wanted, 5, 1, taxonomy, side=64))
    assert [(c.class_key, c.diagnosis) for c in cells] == [wanted[n % 2] for n in range(5)]
    assert all(c.image.shape == (64, 64, 3) and c.mask.shape == (64, 64) for c in cells)
    again = list(iterate_synthetic_cells(wanted, 5, 1, taxonomy, side=64))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(cells, again, strict=True))
    image, _mask, class_key, diagnosis = next(iterate_synthetic_cells(["monocyte"], 1, 2, taxonomy, side=64))
    assert (image.dtype, class_key, diagnosis) == (np.dtype(np.uint8), "monocyte", "")


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (["unicorn"], "The taxonomy has no class “unicorn”."),
        ([("blast", "cold")], "The taxonomy has no diagnosis “cold”."),
        ([], "Give at least one class to draw."),
    ],
)
def test_that_unknown_wishes_are_refused(taxonomy: Taxonomy, classes: list[str], message: str):
    with pytest.raises(ExportError) as caught:
        next(iterate_synthetic_cells(classes, 1, 0, taxonomy))
    assert caught.value.message == message


# ---- exports ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy) -> Path:
    """Two slides of 20 cells."""
    directory = tmp_path_factory.mktemp("demo")
    write_demo_slides(directory, taxonomy, slides=2, cells=20)
    return directory


def test_that_the_reader_counts_what_was_asked_for(demo: Path, taxonomy: Taxonomy):
    preview = read_export(taxonomy, demo)
    assert [s.patient for s in preview.slides] == ["Synthetic_01", "Synthetic_02"]
    assert preview.problems == ()
    for slide in preview.slides:
        assert (len(slide.cells), len(slide.overviews), slide.layout) == (20, 1, "signed tree")
        assert slide.labelled_count == slide.duplicate_count == 17
        assert (slide.undecodable_count, slide.conflict_count, slide.ignored_count, slide.problems) == (0, 0, 1, ())
        assert {(c.width_px, c.height_px) for c in slide.cells} == {(360, 363)}
        assert {(o.width_px, o.height_px) for o in slide.overviews} == {(2920, 2960)}


def test_that_the_layout_is_the_analysers(demo: Path):
    slide = demo / "Synthetic_02"
    assert {p.name for p in slide.iterdir()} == {"Signed slides", "Unsigned slides"}
    assert (slide / "Signed slides" / "Blast, no lineage spec").is_dir()
    files = sorted(p.name for p in (slide / "Unsigned slides").glob("*.jpg"))
    order = files[0].split("_")[0]
    assert files == [f"{order}_{n:03d}.jpg" for n in range(1, 22)]
    assert len(order) == 10
    assert all(p.stem.startswith("BL_") for p in (slide / "Signed slides" / "Blast, no lineage spec").glob("*.jpg"))


def test_that_the_first_slide_is_normal_and_the_second_leukaemic(demo: Path, taxonomy: Taxonomy):
    normal, leukaemic = (slide.class_counts() for slide in read_export(taxonomy, demo).slides)
    assert normal.get("blast", 0) == 0
    assert normal["segmented_neutrophil"] >= 6
    assert leukaemic["blast"] >= 6


def test_that_the_pictures_are_jpeg_without_metadata(demo: Path):
    for file in (demo / "Synthetic_01").rglob("*.jpg"):
        with Image.open(file) as image:
            assert image.format == "JPEG"
            assert len(image.getexif()) == 0
            assert "comment" not in image.info


def test_that_the_truth_lies_beside_the_slides_and_fits_them(demo: Path, taxonomy: Taxonomy):
    for slide in read_export(taxonomy, demo).slides:
        folder = demo / GROUND_TRUTH_FOLDER / slide.patient
        with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == 20
        by_file = {row["file"]: row for row in rows}
        for cell in slide.cells:
            unsigned = next(Path(p) for p in (cell.path, *cell.duplicate_paths) if p.startswith("Unsigned"))
            row = by_file[unsigned.name]
            assert row["laboratory_class"] == (cell.source.class_key if cell.source else "")
            assert row["drawn_class"] in FORMS_BY_CLASS
            assert row["diagnosis"] in taxonomy.diagnoses
            with Image.open(folder / "masks" / f"{unsigned.stem}.png") as mask:
                assert mask.size == (cell.width_px, cell.height_px)
                assert set(np.unique(np.asarray(mask)).tolist()) <= {0, 1, 2}


def test_that_everything_says_synthetic(demo: Path):
    assert (demo / "README.txt").read_text(encoding="utf-8").startswith("SYNTHETIC CELLS")
    assert all("synthetic" in p.name.casefold() for p in demo.iterdir() if p.is_dir() and p.name != GROUND_TRUTH_FOLDER)


def test_that_the_truth_itself_cannot_be_opened_as_a_slide_by_way_of_its_parent(demo: Path, taxonomy: Taxonomy):
    assert all(not s.root.endswith(GROUND_TRUTH_FOLDER) for s in read_export(taxonomy, demo).slides)


def test_that_the_same_seed_writes_the_same_files(tmp_path: Path, taxonomy: Taxonomy):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_demo_slides(tmp_path / name, taxonomy, cells=3, seed=seed)
    assert file_hashes(tmp_path / "a") == file_hashes(tmp_path / "b")
    assert set(file_hashes(tmp_path / "a").values()) & set(file_hashes(tmp_path / "c").values()) == {
        file_hashes(tmp_path / "a")["Synthetic_01/Unsigned slides/Thumbs.db"],
        file_hashes(tmp_path / "a")["README.txt"],
    }


def test_that_one_cell_is_enough_for_a_slide(tmp_path: Path, taxonomy: Taxonomy):
    (folder,) = write_demo_slides(tmp_path, taxonomy, cells=1)
    slide = read_slide(taxonomy, folder)
    assert (len(slide.cells), slide.labelled_count) == (1, 1)


def test_that_progress_counts_every_cell_of_every_slide(tmp_path: Path, taxonomy: Taxonomy):
    seen: list[Progress] = []
    write_demo_export(tmp_path, slides=2, cells=2, seed=0, taxonomy=taxonomy, token=CancelToken(), reporter=seen.append)
    assert [(p.done, p.total) for p in seen] == [(n, 4) for n in range(4)]


@pytest.mark.parametrize("after", [0, 2, 4])
def test_that_cancelling_leaves_whole_slides_only(tmp_path: Path, taxonomy: Taxonomy, after: int):
    token = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.done == after:
            token.cancel()

    with pytest.raises(Cancelled):
        write_demo_export(tmp_path, slides=2, cells=3, seed=0, taxonomy=taxonomy, token=token, reporter=stop)
    slides = sorted(p.name for p in tmp_path.iterdir() if p.is_dir() and p.name != GROUND_TRUTH_FOLDER)
    assert slides == (["Synthetic_01"] if after == 4 else [])
    truth = tmp_path / GROUND_TRUTH_FOLDER
    assert [p.name for p in truth.iterdir()] == slides if truth.exists() else not slides
    assert all(len(read_slide(taxonomy, tmp_path / name).cells) == 3 for name in slides)


def test_that_a_slide_that_is_there_is_never_overwritten(tmp_path: Path, taxonomy: Taxonomy):
    write_demo_slides(tmp_path / "demo", taxonomy, cells=2)
    before = file_hashes(tmp_path / "demo")
    with pytest.raises(ExportError) as caught:
        write_demo_slides(tmp_path / "demo", taxonomy, slides=2, cells=2, seed=9)
    assert caught.value.message == "“demo” already contains the synthetic slide “Synthetic_01”."
    assert file_hashes(tmp_path / "demo") == before


def test_that_a_disk_that_refuses_is_told(tmp_path: Path, taxonomy: Taxonomy):
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(ExportError, match=r"^The demo cannot be saved in “demo”: .+\.$"):
        write_demo_slides(tmp_path / "file" / "demo", taxonomy)


def test_that_a_taxonomy_without_a_needed_class_is_refused_before_anything_is_written(
    tmp_path: Path, taxonomy_text: str
):
    poorer = parse_taxonomy(taxonomy_text.replace('key = "prolymphocyte"', 'key = "something_else"'))
    with pytest.raises(ExportError, match="has no class “prolymphocyte”, which the demo needs"):
        write_demo_slides(tmp_path / "demo", poorer)
    assert not (tmp_path / "demo").exists()


# ---- blood pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [1, 7, 40, 120, 200])
def test_that_a_film_has_exactly_the_cells_asked_for_in_its_proportions(cells: int):
    for picture in FILM_COMPOSITIONS:
        parts = sample_components(picture, cells, np.random.default_rng(0))
        assert len(parts) == cells
        total = sum(p.share for p in picture.components)
        counts = Counter(parts)
        assert all(abs(counts[p] - cells * p.share / total) < 1 for p in picture.components)


def test_that_every_diagnosis_of_the_pictures_and_every_label_is_known(taxonomy: Taxonomy):
    for picture in FILM_COMPOSITIONS:
        assert picture.diagnosis in taxonomy.diagnoses
        for part in picture.components:
            folder, code = folder_and_code(part, taxonomy)
            known = taxonomy.class_by_folder(folder)
            assert known is not None, "a folder of a demo needs no answer"
            label = CellLabels(taxonomy, {folder: known.key}).label(folder, f"{code}_1.jpg")
            assert label is not None
            assert label.class_key == (part.laboratory_class or part.class_key)


def test_that_leukaemic_films_hold_their_cells(taxonomy: Taxonomy):
    share = {p.diagnosis: sum(q.share for q in p.components) for p in FILM_COMPOSITIONS}

    def of(diagnosis: str, *truths: str) -> float:
        parts = next(p.components for p in FILM_COMPOSITIONS if p.diagnosis == diagnosis)
        return sum(p.share for p in parts if p.class_key in truths) / share[diagnosis]

    assert min(of("AML", "blast"), of("ALL", "blast"), of("APL", "blast", "promyelocyte")) > 0.4
    assert of("normal", "blast", "promyelocyte", "myelocyte") == 0
    assert of("CLL", "cll", "smudge_cell") > 0.5
    assert of("CML", "basophil") > 3 * of("normal", "basophil")
    assert of("CML", "myelocyte", "metamyelocyte", "band_neutrophil") > 0.2
    assert of("CMML", "monocyte") > 0.2
    assert 0.05 < of("MDS", "blast") < 0.2
