"""Preprocessing of an image of any size to the classifier's square input.

Uses numpy and Pillow only, so that every engine gets the same pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from leukview.core.errors import ModelError
from leukview.core.messages import Message

BackgroundMode = Literal["keep", "suppress", "blur"]
BACKGROUND_MODES: tuple[BackgroundMode, ...] = ("keep", "suppress", "blur")
Box = tuple[int, int, int, int]

SUPPRESSED_GREY = 255
"""Grey value of a suppressed background: empty glass in bright field."""
MARGIN_FRACTION = 0.02
"""Width of the rim kept around the mask, as a share of the crop's side; masks tend to be slightly small."""
BLUR_RADIUS_FRACTION = 0.05
"""Radius of the background blur, as a share of the crop's side."""

MAX_SIDE_PX, MAX_FIELD, MAX_FIELD_UM = 4096, 16.0, 1000.0
"""Largest usable input side (pixels) and crop (frames, micrometres); larger ones exhaust the memory."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Preprocessing parameters of a bundle.

    Attributes:
        side: Side of the network's square input in pixels.
        field: Side of the crop as a share of the frame's shorter side, used when no scale is known; above 0.
        field_um: Side of the crop in micrometres, used when the scale is known; None = always use the frame.
        mean: Mean of each RGB channel on the 0..1 scale.
        std: Standard deviation of each RGB channel on the 0..1 scale.
        background: Treatment of the pixels outside the cell's mask.
    """

    side: int
    field: float
    field_um: float | None
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    background: BackgroundMode

    def __post_init__(self) -> None:
        sound = 0 < self.side <= MAX_SIDE_PX and 0 < self.field <= MAX_FIELD
        sound = sound and (self.field_um is None or 0 < self.field_um <= MAX_FIELD_UM)
        if not sound or min(self.std) <= 0 or len(self.mean) != 3 or len(self.std) != 3:
            raise ModelError("The model's preprocessing is out of range.")
        if self.background not in BACKGROUND_MODES:
            raise ModelError(
                Message("The model uses the unknown background treatment “{background}”.", background=self.background)
            )


def crop_box(height: int, width: int, preprocessing: Preprocessing, um_per_px: float | None = None) -> Box:
    """Square that the network sees, centred on the frame (analysers centre the cell).

    Args:
        height: Height of the image in pixels.
        width: Width of the image in pixels.
        preprocessing: Source of the field size.
        um_per_px: Scale of the image; None = the crop is a share of the frame.

    Returns:
        Half-open box (left, top, right, bottom) in image pixels; may extend beyond the image.
    """
    if um_per_px and preprocessing.field_um is not None:
        side = max(1, round(preprocessing.field_um / um_per_px))
    else:
        side = max(1, round(min(height, width) * preprocessing.field))
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


def extract_crop(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Cut a box out of H×W or H×W×3 pixels; the border repeats outside the image."""
    left, top, right, bottom = box
    if left >= 0 and top >= 0 and right <= pixels.shape[1] and bottom <= pixels.shape[0]:
        return np.ascontiguousarray(pixels[top:bottom, left:right])
    rows = np.clip(np.arange(top, bottom), 0, pixels.shape[0] - 1)
    columns = np.clip(np.arange(left, right), 0, pixels.shape[1] - 1)
    return np.ascontiguousarray(pixels[rows][:, columns])


def crop_to_square(
    image: NDArray[np.uint8], mask: NDArray[np.uint8] | None, preprocessing: Preprocessing, box: Box
) -> NDArray[np.uint8]:
    """Crop at the network's input size, with the background treated.

    Args:
        image: RGB, H×W×3.
        mask: H×W, 0 background; None or all zero leaves the background unchanged (no cell was found).
        preprocessing: Source of side and background treatment.
        box: From `crop_box`.

    Returns:
        RGB, side×side×3.
    """
    shown = Image.fromarray(extract_crop(image, box)).resize(
        (preprocessing.side, preprocessing.side), Image.Resampling.BILINEAR
    )
    if preprocessing.background != "keep" and mask is not None and mask.any():
        cell = Image.fromarray(
            np.uint8(255)
            * dilate(cell_coverage(mask, preprocessing, box), dilation_kernel_size(preprocessing.side) // 2)
        )
        glass = Image.new("RGB", shown.size, (SUPPRESSED_GREY,) * 3)
        if preprocessing.background == "blur":
            glass = shown.filter(ImageFilter.GaussianBlur(BLUR_RADIUS_FRACTION * preprocessing.side))
        shown = Image.composite(shown, glass, cell)
    return np.asarray(shown, dtype=np.uint8)


def dilation_kernel_size(side: int) -> int:
    """Odd size in pixels of the box that dilates a mask by `MARGIN_FRACTION` at this image side."""
    return 2 * round(MARGIN_FRACTION * side) + 1


def dilate(mask: NDArray[np.uint8], radius_px: int) -> NDArray[np.uint8]:
    """Dilate a mask (H×W of 0 and 1) by `radius_px` pixels, with a square element."""
    grown = mask.copy()
    for _ in range(radius_px):
        grown[1:] |= grown[:-1]
        grown[:-1] |= grown[1:]
        grown[:, 1:] |= grown[:, :-1]
        grown[:, :-1] |= grown[:, 1:]
    return grown


def cell_coverage(mask: NDArray[np.uint8], preprocessing: Preprocessing, box: Box) -> NDArray[np.uint8]:
    """Cell mask in the square that the network sees.

    Args:
        mask: H×W, 0 background.
        preprocessing: Source of the side.
        box: From `crop_box`.

    Returns:
        side×side of 0 and 1; all 1 for an empty mask, because with no cell found every pixel may count.
    """
    crop = Image.fromarray(extract_crop(mask, box))
    found = np.asarray(crop.resize((preprocessing.side, preprocessing.side), Image.Resampling.NEAREST)) > 0
    return found.astype(np.uint8) if found.any() else np.ones_like(found, np.uint8)


def append_coverage_channel(values: NDArray[np.float32], coverages: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Append masks as a fourth channel: N×3×s×s and N masks s×s → N×4×s×s."""
    return np.concatenate([values, np.stack(coverages).astype(np.float32)[:, None]], 1)


def normalise(crops: NDArray[np.uint8], preprocessing: Preprocessing) -> NDArray[np.float32]:
    """Normalise N×side×side×3 (0..255) to float32 N×3×side×side.

    Mean and standard deviation are those of the training images.
    """
    mean = np.asarray(preprocessing.mean, np.float32) * 255.0
    scale = 1.0 / (np.asarray(preprocessing.std, np.float32) * 255.0)
    values = (crops.astype(np.float32) - mean) * scale
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))
