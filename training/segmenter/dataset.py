"""Pairs of image and hand-drawn mask for training and evaluation of the segmenter."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

MASK_SOURCES = {
    "cellavision": "CellaVision pairs of Zheng et al., Micron 2018 (repository under GPL-3.0)",
    "jtsc": "JTSC pairs of Zheng et al., Micron 2018 (repository under GPL-3.0)",
    "bccd": "BCCD masks of Banik et al. 2020",
}
TEST_EVERY = 5
"""Every fifth image of each source, sorted by name, is held out for testing; fixed before any training."""
VALIDATION_EVERY = 10
"""Every tenth image of each source is for validation, to choose between recipes; only the final run trains on it."""
CROP_SIDE_PX = {"cellavision": 0, "jtsc": 0, "bccd": 240}
"""Side in pixels of the square crop around a cell; 0 = the whole image."""
MIN_CELL_AREA_PX = 400
"""Area in pixels below which a region is a fragment of the drawing, not a cell."""

Split = Literal["train", "validation", "held"]


@dataclass(frozen=True, slots=True)
class ImageMaskPair:
    """Image of one cell with its mask.

    Attributes:
        source: Key of `MASK_SOURCES`.
        name: Name of the image file without suffix.
        image: H×W×3, uint8.
        mask: H×W: 0 background, 1 cytoplasm, 2 nucleus.
        other_cells: H×W, true in other cells of the field. `mask` is 0 there, but they do not count as background.
        split: Split of the image.
    """

    source: str
    name: str
    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    other_cells: NDArray[np.bool_]
    split: Split


def mask_data_folder() -> Path:
    """Folder of the mask archives."""
    root = os.environ.get("LEUKVIEW_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(root) / "masks"


def split_of(index: int) -> Split:
    """Split of the image with this index in its source, sorted by name.

    All cells of a field share a split.
    """
    if index % TEST_EVERY == 0:
        return "held"
    return "validation" if index % VALIDATION_EVERY == 1 else "train"


def read_pairs(folder: Path) -> list[ImageMaskPair]:
    """Read all pairs.

    Fields with several cells are cropped around each cell that fits into the crop completely.
    """
    pairs: list[ImageMaskPair] = []
    for source in MASK_SOURCES:
        with zipfile.ZipFile(folder / f"{source}.zip") as archive:
            names = sorted(n for n in archive.namelist() if n.startswith("images/") and not n.endswith("/"))
            for number, name in enumerate(names):
                stem = Path(name).stem
                image = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB"))
                mask = np.asarray(Image.open(io.BytesIO(archive.read(f"masks/{stem}.png"))))
                whole = [(image, mask, np.zeros(mask.shape, bool))]
                cuts = _crop_cells(image, mask, CROP_SIDE_PX[source]) if CROP_SIDE_PX[source] else whole
                pairs.extend(ImageMaskPair(source, stem, i, m, others, split_of(number)) for i, m, others in cuts)
    return pairs


def _crop_cells(
    image: NDArray[np.uint8], mask: NDArray[np.uint8], side: int
) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_]]]:
    labels, count = ndimage.label(mask > 0)
    found = []
    for index in range(1, count + 1):
        one = labels == index
        rows, columns = np.nonzero(one)
        if one.sum() < MIN_CELL_AREA_PX:
            continue
        top = int(np.clip((rows.min() + rows.max()) // 2 - side // 2, 0, mask.shape[0] - side))
        left = int(np.clip((columns.min() + columns.max()) // 2 - side // 2, 0, mask.shape[1] - side))
        box = np.s_[top : top + side, left : left + side]
        if one[box].sum() < one.sum():
            continue
        # Only this cell is labelled; the other cells of the field are background in its mask.
        central = np.where(one, mask, 0)[box].astype(np.uint8)
        found.append((image[box], central, (mask[box] > 0) & ~one[box]))
    return found
