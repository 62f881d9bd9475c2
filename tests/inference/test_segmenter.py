import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from leukview.core.errors import ModelError
from leukview.core.paths import resources_dir
from leukview.inference.segmentation.mask_postprocessing import connected_components
from leukview.inference.segmentation.segmenter_onnx import (
    SEGMENTER_FILES,
    SEGMENTER_MANIFEST_FILE,
    EmbeddedSegmenter,
    read_segmenter_manifest,
)

SHIPPED = resources_dir() / "models" / "segmenter"
SIZES = [(360, 363), (250, 250), (472, 365)]


@pytest.fixture(scope="module")
def segmenter() -> EmbeddedSegmenter:
    return EmbeddedSegmenter(SHIPPED, threads=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "segmenter"))


def make_cell_image(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """A stained cell among four pale ones on a bright field, in the colours of Giemsa."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    side = min(height, width)

    def away(y: float, x: float) -> NDArray[np.float64]:
        return np.asarray(np.hypot(rows - y * height, columns - x * width) / side)

    image = np.empty((height, width, 3))
    image[:] = (250, 228, 205)
    for y, x in ((0.12, 0.15), (0.15, 0.85), (0.85, 0.12), (0.88, 0.86)):
        image[away(y, x) < 0.12] = (190, 130, 150)
    image[away(0.5, 0.5) < 0.28] = (175, 165, 215)
    image[away(0.5, 0.5) < 0.19] = (95, 55, 150)
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


def is_central_cell_with_nucleus(mask: NDArray[np.uint8]) -> bool:
    """One component that has a nucleus and lies about the middle."""
    cell = mask > 0
    if len(connected_components(cell)) != 1 or not (mask == 2).any():
        return False
    height, width = mask.shape
    rows, columns = np.nonzero(cell)
    return bool(abs(rows.mean() / height - 0.5) < 0.2 and abs(columns.mean() / width - 0.5) < 0.2)


@pytest.mark.parametrize("size", SIZES)
def test_that_a_drawn_cell_is_found_where_it_is(segmenter: EmbeddedSegmenter, size: tuple[int, int]):
    image = make_cell_image(*size)
    before = image.copy()
    (mask,) = segmenter.segment([image])
    assert np.array_equal(image, before)
    assert mask.shape == size
    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) == {0, 1, 2}
    assert is_central_cell_with_nucleus(mask)
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]]
    truth = np.hypot(rows - size[0] / 2, columns - size[1] / 2) < 0.28 * min(size)
    assert dice(mask > 0, truth) > 0.9


def test_that_images_of_several_sizes_go_in_one_call(segmenter: EmbeddedSegmenter):
    images = [make_cell_image(*SIZES[i % 3], seed=i) for i in range(11)]
    masks = segmenter.segment(images)
    assert [m.shape for m in masks] == [i.shape[:2] for i in images]
    alone = [segmenter.segment([image])[0] for image in images]
    differing = [float((one != other).mean()) for one, other in zip(masks, alone, strict=True)]
    assert max(differing) < 0.001  # sums of floats may fall differently in a batch


def test_that_no_image_gives_no_mask(segmenter: EmbeddedSegmenter):
    assert segmenter.segment([]) == []


@pytest.mark.parametrize("grey", [0, 40, 128, 200, 255])
def test_that_an_image_without_contrast_holds_no_cell(segmenter: EmbeddedSegmenter, grey: int):
    noise = np.random.default_rng(1).integers(-3, 4, (250, 250, 3))
    for image in (np.full((250, 250, 3), grey), np.clip(grey + noise, 0, 255)):
        assert not segmenter.segment([image.astype(np.uint8)])[0].any()


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (40, 900)])
def test_that_odd_shapes_get_a_mask_of_their_size(segmenter: EmbeddedSegmenter, size: tuple[int, int]):
    image = np.random.default_rng(2).integers(0, 256, (*size, 3), dtype=np.uint8)
    (mask,) = segmenter.segment([image])
    assert mask.shape == size
    assert mask.max() <= 2


def test_that_the_identity_names_the_graph(segmenter: EmbeddedSegmenter):
    manifest = read_segmenter_manifest(SHIPPED)
    assert segmenter.identity == f"{manifest.name}:{manifest.files['segmenter.onnx'][:8]}"


def real_cells(data_dir: Path, *classes: str, each: int) -> list[NDArray[np.uint8]]:
    """The first cells of some classes of each export."""
    images = []
    for patient in sorted((data_dir / "exports").glob("Patient_*")):
        for name in classes:
            files = sorted(patient.rglob(f"Signed slides/{name}/*.jpg"))[:each]
            images += [np.asarray(Image.open(path).convert("RGB")) for path in files]
    return images


@pytest.mark.data
def test_that_real_cells_get_one_central_cell_with_its_nucleus(segmenter: EmbeddedSegmenter, data_dir: Path):
    images = real_cells(data_dir, "Segmented neutrophils", "Lymphocyte", "Blast, no lineage spec", each=3)
    assert len(images) > 40
    found = [is_central_cell_with_nucleus(mask) for mask in segmenter.segment(images)]
    assert sum(found) == len(found)


@pytest.mark.data
@pytest.mark.parametrize(("source", "cell", "nucleus"), [("cellavision", 0.95, 0.95), ("jtsc", 0.97, 0.94)])
def test_that_the_masks_agree_with_those_drawn_by_hand(
    segmenter: EmbeddedSegmenter, data_dir: Path, source: str, cell: float, nucleus: float
):
    """A part of these pairs was trained on: this guards what was shipped, it does not measure it."""
    cells, nuclei = [], []
    with zipfile.ZipFile(data_dir / "masks" / f"{source}.zip") as archive:
        names = sorted(n for n in archive.namelist() if "/images/" in f"/{n}" and not n.endswith("/"))[:60]
        for name in names:
            image = np.asarray(Image.open(BytesIO(archive.read(name))).convert("RGB"))
            truth = np.asarray(Image.open(BytesIO(archive.read(f"masks/{Path(name).stem}.png"))))
            (mask,) = segmenter.segment([image])
            cells.append(dice(mask > 0, truth > 0))
            nuclei.append(dice(mask == 2, truth == 2))
    assert len(cells) == 60
    assert np.mean(cells) > cell
    assert np.mean(nuclei) > nucleus


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float(2 * (one & other).sum() / max(1, one.sum() + other.sum()))


@pytest.mark.data
def test_that_the_nucleus_is_darker_than_the_cytoplasm_and_that_than_the_field(
    segmenter: EmbeddedSegmenter, data_dir: Path
):
    images = real_cells(data_dir, "Segmented neutrophils", each=4)
    assert len(images) > 10
    for image, mask in zip(images, segmenter.segment(images), strict=True):
        green = image[..., 1].astype(float)
        assert green[mask == 2].mean() < green[mask == 1].mean() < green[mask == 0].mean()
        assert 0.02 < (mask > 0).mean() < 0.5


@pytest.mark.parametrize("name", SEGMENTER_FILES)
def test_that_a_changed_file_is_refused(folder: Path, name: str):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"damaged: {name} was changed"):
        EmbeddedSegmenter(folder)


@pytest.mark.parametrize("name", SEGMENTER_FILES)
def test_that_a_missing_file_is_named(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"The file {name} of the embedded segmenter is missing"):
        EmbeddedSegmenter(folder)


def test_that_a_missing_folder_is_one_sentence(tmp_path: Path):
    with pytest.raises(ModelError, match="The embedded segmenter is missing"):
        EmbeddedSegmenter(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '"words"', "\udcff"])
def test_that_a_description_in_another_form_is_refused(folder: Path, text: str):
    (folder / SEGMENTER_MANIFEST_FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ModelError, match="embedded segmenter"):
        EmbeddedSegmenter(folder)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [("format", 2, "cannot be read by this program"), ("files", {}, "file list of the embedded segmenter is wrong")],
)
def test_that_a_manifest_that_does_not_fit_is_refused(folder: Path, key: str, value: object, sentence: str):
    raw = json.loads((folder / SEGMENTER_MANIFEST_FILE).read_text(encoding="utf-8"))
    (folder / SEGMENTER_MANIFEST_FILE).write_text(json.dumps(raw | {key: value}), encoding="utf-8")
    with pytest.raises(ModelError, match=sentence):
        EmbeddedSegmenter(folder)
