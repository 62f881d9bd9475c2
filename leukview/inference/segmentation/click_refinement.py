"""Makes a mask follow a person's clicks, without torch: the segmenter's own scores and geodesic distances.

After MIDeepSeg (Luo et al., Medical Image Analysis 2021): near a click, as measured along the image without crossing
edges (Criminisi et al., GeoS, ECCV 2008), the click's region counts; far from all clicks the mask stands as it is. In
between the segmenter's probabilities decide how soon the one gives way to the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from leukview.inference.segmentation.mask_postprocessing import MIN_DETAIL_FRACTION, clean_nucleus, fill_holes
from leukview.inference.segmentation.segmenter_onnx import EmbeddedSegmenter
from leukview.services.ports.inference import BACKGROUND, CYTOPLASM, NUCLEUS, Click

REGION_COUNT = 3
GRID_SIDE = 160
"""The longer side of the grid on which distances are measured."""
CLICK_REACH = 0.40
"""Geodesic distance at which a click has lost most of its say; in units of full colour contrast."""
SPATIAL_COST = 0.20
"""What it costs to go across the whole grid where nothing changes, in the same unit."""
CURRENT_MASK_WEIGHT = 0.55
"""Weight of the mask as it stands against the segmenter's scores; above one half: it stands where no click is."""
MIN_CLICK_INFLUENCE = 0.02
"""Below this say of the clicks a pixel is left alone."""
CLICK_RADIUS_FRACTION = 0.008
"""Radius of what a click says for certain, as a part of the image's shorter side."""


class GeodesicMaskRefiner:
    """A `MaskRefiner` port on the embedded segmenter; see `leukview.services.ports.inference`."""

    def __init__(self, segmenter: EmbeddedSegmenter) -> None:
        self._segmenter = segmenter

    @property
    def identity(self) -> str:
        """The segmenter's: its scores are what the clicks bend."""
        return self._segmenter.identity

    def start_session(self, image: NDArray[np.uint8]) -> GeodesicRefinementSession:
        """Scores and distances of an image (RGB, H×W×3): some 100 ms."""
        return GeodesicRefinementSession(image, self._segmenter.probabilities(image))


class GeodesicRefinementSession:
    """A `RefinementSession` port: one image, prepared.

    Args:
        image: RGB, H×W×3.
        probabilities: Of the three regions, 3×s×s over the whole frame, summing to one.
    """

    def __init__(self, image: NDArray[np.uint8], probabilities: NDArray[np.float32]) -> None:
        height, width = image.shape[:2]
        self._image_shape = (height, width)
        scale = GRID_SIDE / max(height, width)
        grid = (max(2, round(width * scale)), max(2, round(height * scale)))
        small = np.asarray(Image.fromarray(image).resize(grid, Image.Resampling.BOX))
        # A light blur takes grain and granules out: crossing them must not cost as much as crossing an edge.
        smooth = ndimage.gaussian_filter(small.astype(np.float32) / 255.0, (0.7, 0.7, 0.0))
        self._grid_shape = smooth.shape[:2]
        self._graph = _geodesic_graph(smooth)
        self._probabilities = np.stack([_resize(p, self._grid_shape) for p in probabilities])  # 3×h×w

    def refine(self, mask: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
        """A mask (H×W, 0/1/2) that agrees with the clicks; see `leukview.services.ports.inference.RefinementSession`."""
        if not clicks:
            return mask.copy()
        say = np.stack([self._click_influence(clicks, region) for region in range(REGION_COUNT)])  # 3×h×w, 0..1
        strongest = say.max(0)
        stands = np.stack(
            [_resize((mask == region).astype(np.float32), self._grid_shape) for region in range(REGION_COUNT)]
        )
        prior = CURRENT_MASK_WEIGHT * stands + (1 - CURRENT_MASK_WEIGHT) * self._probabilities
        towards = say / np.maximum(say.sum(0), 1e-6)
        mixed = (1 - strongest) * prior + strongest * towards
        large = np.stack([_resize(m, self._image_shape) for m in mixed])
        touched = _resize(strongest, self._image_shape) > MIN_CLICK_INFLUENCE
        refined = np.where(touched, large.argmax(0), mask).astype(np.uint8)
        return apply_clicks(refined, mask, clicks)

    def _click_influence(self, clicks: Sequence[Click], region: int) -> NDArray[np.float32]:
        """What the clicks on a region count for at each place of the grid, 0..1."""
        height, width = self._grid_shape
        rows, columns = height / self._image_shape[0], width / self._image_shape[1]
        places = sorted(
            {
                min(height - 1, int((c.y + 0.5) * rows)) * width + min(width - 1, int((c.x + 0.5) * columns))
                for c in clicks
                if c.region == region
            }
        )
        if not places:
            return np.zeros(self._grid_shape, np.float32)
        away = dijkstra(self._graph, indices=places, min_only=True, limit=3 * CLICK_REACH).reshape(self._grid_shape)
        return np.asarray(np.exp(-((away / CLICK_REACH) ** 2)), np.float32)


def _geodesic_graph(smooth: NDArray[np.float32]) -> csr_matrix:
    """The grid as a graph of eight neighbours: a step costs its length and the change of colour along it."""
    height, width = smooth.shape[:2]
    numbers = np.arange(height * width).reshape(height, width)
    colours = smooth.reshape(height * width, -1)
    starts, ends, costs = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = numbers[: height - down, max(0, -right) : width - max(0, right)].ravel()
        there = numbers[down:, max(0, right) : width + min(0, right)].ravel()
        change = np.sqrt(((colours[here] - colours[there]) ** 2).sum(1))
        cost = SPATIAL_COST * np.hypot(down, right) / max(height, width) + change
        starts += [here, there]
        ends += [there, here]
        costs += [cost, cost]
    size = height * width
    entries = (np.concatenate(costs), (np.concatenate(starts), np.concatenate(ends)))
    return coo_matrix(entries, shape=(size, size)).tocsr()


def _resize(values: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Bilinear resize of h×w to another shape; averages over areas when it becomes smaller."""
    picture = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)


def apply_clicks(refined: NDArray[np.uint8], previous: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
    """What the clicks left, as one cell.

    Args:
        refined: H×W, 0/1/2: what came of the clicks.
        previous: The mask before them.
        clicks: All clicks.

    Returns:
        The clicked places have their regions; crumbs that the clicks broke off are gone, holes are filled, and a part
        stays when a click lies in it or when it was the largest before.
    """
    found = refined.copy()
    for click in clicks:
        mark_click(found, click)
    numbers, _ = ndimage.label(found > BACKGROUND)
    wanted = {int(numbers[c.y, c.x]) for c in clicks if c.region != BACKGROUND}
    areas = np.bincount(numbers[(previous > BACKGROUND) & (numbers > 0)].ravel(), minlength=1)
    if areas.any():
        wanted.add(int(areas.argmax()))
    wanted.discard(0)
    cell = fill_holes(np.isin(numbers, sorted(wanted)))
    nucleus = clean_nucleus(cell & (found == NUCLEUS), MIN_DETAIL_FRACTION * cell.sum())
    result = np.where(nucleus, NUCLEUS, np.where(cell, CYTOPLASM, BACKGROUND)).astype(np.uint8)
    for click in clicks:  # neither tidying nor filling overrules a person
        mark_click(result, click)
    return result


def mark_click(mask: NDArray[np.uint8], click: Click) -> None:
    """Mark the place of a click in a mask."""
    height, width = mask.shape
    radius = max(1.5, CLICK_RADIUS_FRACTION * min(height, width))
    reach = int(radius) + 1
    top, left = max(0, click.y - reach), max(0, click.x - reach)
    rows, columns = np.ogrid[top : min(height, click.y + reach + 1), left : min(width, click.x + reach + 1)]
    around = np.hypot(rows - click.y, columns - click.x) <= radius
    mask[top : top + around.shape[0], left : left + around.shape[1]][around] = click.region
