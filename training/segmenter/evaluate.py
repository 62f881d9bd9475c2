"""Measure segmenters on the pairs kept aside: ``python -m training.segmenter.evaluate``.

The embedded segmenter, and with ``--sam`` any checkpoint of Segment Anything that is installed (``leukview models
install``), by the same figures: Dice, IoU and boundary F1 of cell and nucleus, cells missed, seconds a cell.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from leukview.core.errors import LeukViewError
from leukview.core.paths import models_dir
from leukview.inference.bundles.sam_checkpoints import OFFICIAL_SAM
from leukview.inference.segmentation.sam import load_sam_segmenter
from leukview.services.ports.inference import Segmenter
from training.data.mask_cache import load_embedded_segmenter
from training.evaluation.metrics import bootstrap
from training.segmenter.dataset import MASK_SOURCES, ImageMaskPair, mask_data_folder, read_pairs

BoolMask = NDArray[np.bool_]
TIMING_KEYS = ("seconds_a_cell", "core_seconds_a_cell")

TOLERANCE = 0.0075
"""Of the boundary F1, as a share of the image's diagonal (Csurka et al., BMVC 2013)."""
MISSED_IOU = 0.5
"""A cell whose IoU with what was found is below this is missed, as in PASCAL VOC; so is one where nothing was found."""


def dice(a: BoolMask, b: BoolMask) -> float:
    """Dice coefficient; 1 when both are empty."""
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else 1.0


def iou(a: BoolMask, b: BoolMask) -> float:
    """Intersection over union; 1 when both are empty."""
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0


def boundary_f1(a: BoolMask, b: BoolMask, tolerance: float = TOLERANCE) -> float:
    """F1 of the contour pixels of two masks (H×W) that lie within the tolerance of the other's contour.

    Returns:
        1 when neither has a contour, 0 when one has none.
    """
    edges = [mask & ~ndimage.binary_erosion(mask, border_value=1) for mask in (a, b)]
    if not edges[0].any() or not edges[1].any():
        return float(not edges[0].any() and not edges[1].any())
    reach = tolerance * float(np.hypot(*a.shape))
    mine, theirs = (
        float((ndimage.distance_transform_edt(~other)[edge] <= reach).mean())
        for edge, other in (edges, reversed(edges))
    )
    return 2 * mine * theirs / (mine + theirs) if mine + theirs else 0.0


@dataclass(frozen=True, slots=True)
class CellScore:
    """How well one cell was found.

    Attributes:
        name: Of its image; all cells of one image are resampled together.
        values: By name, e.g. ``cell_dice``.
    """

    source: str
    image_name: str
    values: dict[str, float]


def score_mask(pair: ImageMaskPair, mask: NDArray[np.uint8]) -> CellScore:
    """Hold a mask (H×W, 0/1/2) against the one drawn by hand."""
    values: dict[str, float] = {}
    for part, found, drawn in (("cell", mask > 0, pair.mask > 0), ("nucleus", mask == 2, pair.mask == 2)):
        values |= {
            f"{part}_dice": dice(found, drawn),
            f"{part}_iou": iou(found, drawn),
            f"{part}_boundary_f1": boundary_f1(found, drawn),
        }
    return CellScore(pair.source, pair.name, values)


def summarise_scores(scores: Sequence[CellScore]) -> dict[str, Any]:
    """Figures of some cells, each with its 95 % interval over images, as plain numbers."""
    images = [s.image_name for s in scores]
    figures: dict[str, Any] = {"pairs": len(scores), "images": len(set(images))}
    for name in scores[0].values:
        column = np.array([s.values[name] for s in scores])
        figure = bootstrap(lambda rows, column=column: float(column[rows].mean()), images)  # type: ignore[misc]
        figures[name] = round(figure.value, 4)
        figures[f"{name}_interval"] = [round(figure.low, 4), round(figure.high, 4)]
    figures["worst_cell"] = round(min(s.values["cell_dice"] for s in scores), 4)
    figures["missed"] = sum(s.values["cell_iou"] < MISSED_IOU for s in scores)
    return figures


def evaluate_segmenter(segmenter: Segmenter, pairs: Sequence[ImageMaskPair]) -> dict[str, Any]:
    """The `summary` of each source of the pairs, and ``seconds_a_cell`` (clock) and ``core_seconds_a_cell`` of all."""
    scores: dict[str, list[CellScore]] = {}
    segmenter.segment([pairs[0].image])  # the first call of an engine also prepares it
    clock = cores = 0.0
    for pair in pairs:
        begun, busy = time.perf_counter(), time.process_time()
        (mask,) = segmenter.segment([pair.image])
        clock, cores = clock + time.perf_counter() - begun, cores + time.process_time() - busy
        scores.setdefault(pair.source, []).append(score_mask(pair, mask))
    figures: dict[str, Any] = {source: summarise_scores(found) for source, found in scores.items()}
    return figures | {
        "seconds_a_cell": round(clock / len(pairs), 4),
        "core_seconds_a_cell": round(cores / len(pairs), 4),
    }


def score_table(results: dict[str, dict[str, Any]]) -> list[str]:
    """Rows of a Markdown table: segmenter and source against the figures."""
    columns = ("cell_dice", "cell_iou", "cell_boundary_f1", "nucleus_dice", "nucleus_iou", "nucleus_boundary_f1")
    head = ["segmenter", "kept aside", "cells", *(c.replace("_", " ") for c in columns)]
    head += ["worst cell Dice", "missed", "seconds a cell", "of a core"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name, figures in results.items():
        for source in (s for s in MASK_SOURCES if s in figures):
            f = figures[source]
            shown = [f"{f[c]:.3f} ({f[c + '_interval'][0]:.3f}–{f[c + '_interval'][1]:.3f})" for c in columns]
            row = [name, source, str(f["pairs"]), *shown, f"{f['worst_cell']:.3f}", str(f["missed"])]
            lines.append("| " + " | ".join([*row, *(f"{figures[k]:.3f}" for k in TIMING_KEYS)]) + " |")
    return lines


def main() -> int:
    """Measure and print; the exit code is 1 when a checkpoint or the data are not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sam", nargs="*", choices=sorted(OFFICIAL_SAM), default=[], help="installed checkpoints")
    parser.add_argument("--mode", choices=("prompted", "automatic"), default="prompted", help="how SAM is asked")
    parser.add_argument("--models", type=Path, help="folder of installed checkpoints; otherwise the user's")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--each", type=int, default=0, help="at most so many cells a source; 0 = all")
    parser.add_argument("--validation", action="store_true", help="the validation pairs instead of those kept aside")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    part = "validation" if arguments.validation else "held"
    try:
        pairs = [p for p in read_pairs(mask_data_folder()) if p.split == part]
        if arguments.each:
            pairs = [p for s in MASK_SOURCES for p in [q for q in pairs if q.source == s][: arguments.each]]
        results = {"embedded": evaluate_segmenter(load_embedded_segmenter(), pairs)}
        for name in arguments.sam:
            sam = load_sam_segmenter(name, arguments.models or models_dir(), arguments.device, arguments.mode)
            results[f"{name}, {arguments.mode}"] = evaluate_segmenter(sam, pairs)
    except (LeukViewError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(score_table(results)))
    print(f"\n{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}. In brackets 95 % intervals over images.")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
