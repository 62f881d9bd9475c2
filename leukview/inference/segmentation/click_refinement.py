"""Mask correction by clicks, from segmenter scores and geodesic distances.

After MIDeepSeg (Luo et al., Medical Image Analysis 2021): where the geodesic distance to a click is small (measured
along the image without crossing edges; Criminisi et al., GeoS, ECCV 2008), the click's region wins; far from all clicks
the current mask stays. In between, the segmenter's probabilities decide where one turns into the other. Needs no torch.
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
"""Longer side, in pixels, of the grid on which distances are measured."""
CLICK_REACH = 0.40
"""Geodesic distance, in units of full colour contrast, at which a click's weight has fallen to 1/e."""
SPATIAL_COST = 0.20
"""Cost of crossing the whole grid where the colour does not change, in the same unit."""
CURRENT_MASK_WEIGHT = 0.55
"""Weight of the current mask against the segmenter's scores; above 0.5, so that it stays where there is no click."""
MIN_CLICK_INFLUENCE = 0.02
"""Pixels whose click weight is below this value keep their label."""
CLICK_RADIUS_FRACTION = 0.008
"""Radius of the disc that a click labels for certain, as a share of the image's shorter side."""


class GeodesicMaskRefiner:
    """Implements the `MaskRefiner` port with the embedded segmenter."""

    def __init__(self, segmenter: EmbeddedSegmenter) -> None:
        self._segmenter = segmenter

    @property
    def identity(self) -> str:
        """Identity of the segmenter, because the result depends on its scores."""
        return self._segmenter.identity

    def start_session(self, image: NDArray[np.uint8]) -> GeodesicRefinementSession:
        """Compute scores and distances of an image (RGB, H×W×3); takes about 100 ms."""
        return GeodesicRefinementSession(image, self._segmenter.probabilities(image))


class GeodesicRefinementSession:
    """Implements the `RefinementSession` port for one prepared image.

    Args:
        image: RGB, H×W×3.
        probabilities: Class probabilities of the three regions, 3×s×s over the whole frame, summing to one.
    """

    def __init__(self, image: NDArray[np.uint8], probabilities: NDArray[np.float32]) -> None:
        height, width = image.shape[:2]
        self._image_shape = (height, width)
        scale = GRID_SIDE / max(height, width)
        grid = (max(2, round(width * scale)), max(2, round(height * scale)))
        small = np.asarray(Image.fromarray(image).resize(grid, Image.Resampling.BOX))
        # A light blur removes noise and granules: crossing them must not cost as much as crossing an edge.
        smooth = ndimage.gaussian_filter(small.astype(np.float32) / 255.0, (0.7, 0.7, 0.0))
        self._grid_shape = smooth.shape[:2]
        self._graph = _geodesic_graph(smooth)
        self._probabilities = np.stack([_resize(p, self._grid_shape) for p in probabilities])  # 3×h×w

    def refine(self, mask: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
        """See `RefinementSession.refine`."""
        if not clicks:
            return mask.copy()
        weights = np.stack([self._click_influence(clicks, region) for region in range(REGION_COUNT)])  # 3×h×w, 0..1
        strongest = weights.max(0)
        current = np.stack(
            [_resize((mask == region).astype(np.float32), self._grid_shape) for region in range(REGION_COUNT)]
        )
        prior = CURRENT_MASK_WEIGHT * current + (1 - CURRENT_MASK_WEIGHT) * self._probabilities
        target = weights / np.maximum(weights.sum(0), 1e-6)
        mixed = (1 - strongest) * prior + strongest * target
        large = np.stack([_resize(m, self._image_shape) for m in mixed])
        touched = _resize(strongest, self._image_shape) > MIN_CLICK_INFLUENCE
        refined = np.where(touched, large.argmax(0), mask).astype(np.uint8)
        return apply_clicks(refined, mask, clicks)

    def _click_influence(self, clicks: Sequence[Click], region: int) -> NDArray[np.float32]:
        """Weight of the clicks on one region at each grid point, h×w, 0..1."""
        height, width = self._grid_shape
        rows, columns = height / self._image_shape[0], width / self._image_shape[1]
        nodes = sorted(
            {
                min(height - 1, int((c.y + 0.5) * rows)) * width + min(width - 1, int((c.x + 0.5) * columns))
                for c in clicks
                if c.region == region
            }
        )
        if not nodes:
            return np.zeros(self._grid_shape, np.float32)
        cost = dijkstra(self._graph, indices=nodes, min_only=True, limit=3 * CLICK_REACH).reshape(self._grid_shape)
        return np.asarray(np.exp(-((cost / CLICK_REACH) ** 2)), np.float32)


def _geodesic_graph(smooth: NDArray[np.float32]) -> csr_matrix:
    """Graph of the grid's 8-neighbours; edge cost = step length + colour change."""
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
    """Resize h×w bilinearly to another shape; averages over areas when shrinking."""
    source = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.asarray(source.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)


def apply_clicks(refined: NDArray[np.uint8], previous: NDArray[np.uint8], clicks: Sequence[Click]) -> NDArray[np.uint8]:
    """Clean up a refined mask so that it is one cell that agrees with the clicks.

    Args:
        refined: H×W, 0/1/2: the mask computed from the clicks.
        previous: H×W, 0/1/2: the mask before the clicks.
        clicks: All clicks so far.

    Returns:
        A mask H×W in which the clicked pixels have their regions and holes are filled. Of the connected parts, those
        that contain a click and the one that overlaps the old cell most are kept; all others are removed.
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
    for click in clicks:  # cleaning must not overwrite a clicked pixel
        mark_click(result, click)
    return result


def mark_click(mask: NDArray[np.uint8], click: Click) -> None:
    """Label the disc around a click in a mask (H×W), in place."""
    height, width = mask.shape
    radius = max(1.5, CLICK_RADIUS_FRACTION * min(height, width))
    reach = int(radius) + 1
    top, left = max(0, click.y - reach), max(0, click.x - reach)
    rows, columns = np.ogrid[top : min(height, click.y + reach + 1), left : min(width, click.x + reach + 1)]
    around = np.hypot(rows - click.y, columns - click.x) <= radius
    mask[top : top + around.shape[0], left : left + around.shape[1]][around] = click.region
