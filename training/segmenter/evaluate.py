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
"""Distance tolerance of the boundary F1 as a fraction of the image diagonal (Csurka et al., BMVC 2013)."""
MISSED_IOU = 0.5
"""IoU below which a cell counts as missed, as in PASCAL VOC."""


def dice(a: BoolMask, b: BoolMask) -> float:
    """Dice coefficient; 1 if both masks are empty."""
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else 1.0


def iou(a: BoolMask, b: BoolMask) -> float:
    """Intersection over union; 1 if both masks are empty."""
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0


def boundary_f1(a: BoolMask, b: BoolMask, tolerance: float = TOLERANCE) -> float:
    """F1 of the contour pixels of two masks that are near the other contour.

    Args:
        a: H×W.
        b: H×W.
        tolerance: Largest distance of matching contours as a fraction of the image diagonal.

    Returns:
        0..1; 1 if neither mask has a contour, 0 if only one has.
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
    """Segmentation scores of one cell.

    Attributes:
        source: Key of `MASK_SOURCES`.
        image_name: Name of its image; all cells of an image are resampled together.
        values: Scores by name, for example ``cell_dice``.
    """

    source: str
    image_name: str
    values: dict[str, float]


def score_mask(pair: ImageMaskPair, mask: NDArray[np.uint8]) -> CellScore:
    """Score a mask (H×W of 0, 1, 2) against the hand-drawn one."""
    values: dict[str, float] = {}
    for part, found, drawn in (("cell", mask > 0, pair.mask > 0), ("nucleus", mask == 2, pair.mask == 2)):
        values |= {
            f"{part}_dice": dice(found, drawn),
            f"{part}_iou": iou(found, drawn),
            f"{part}_boundary_f1": boundary_f1(found, drawn),
        }
    return CellScore(pair.source, pair.name, values)


def summarise_scores(scores: Sequence[CellScore]) -> dict[str, Any]:
    """Mean scores of some cells with 95 % intervals over images, as plain numbers."""
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
    """Evaluate a segmenter by source, and measure its time per cell.

    Returns:
        Source → result of `summarise_scores`; ``seconds_a_cell`` (wall clock) and ``core_seconds_a_cell`` (processor
        time) over all pairs.
    """
    scores: dict[str, list[CellScore]] = {}
    segmenter.segment([pairs[0].image])  # warm-up: the first call also initialises the engine
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
    """Lines of a Markdown table of metrics by segmenter and source."""
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
    """Run the command line; return 1 if a checkpoint or the data are missing."""
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
