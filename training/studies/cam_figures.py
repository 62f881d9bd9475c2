"""Figures of `training.studies.cam_localisation`.

The figure of examples shows real cells and must not be shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from leukview.core.heatmap import resize_bilinear
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import Bundle
from leukview.inference.classification.preprocess import BackgroundMode, crop_box, crop_to_square
from training.studies.cam_localisation import (
    BACKGROUND_LABELS,
    MAP_KINDS,
    CamMap,
    CamSample,
    CamSummary,
    Mask,
    crop_mask,
)

NUCLEUS_COLOUR, CYTOPLASM_COLOUR, CHANCE_COLOUR = "#3b2a73", "#b7a6dd", "#d1495b"
SHOWN_BACKGROUNDS: tuple[BackgroundMode, ...] = ("keep", "suppress")
DPI = 130


def _class_name(key: str, taxonomy: Taxonomy) -> str:
    return taxonomy.cell_class(key).name if key else "All cells"


def write_bars(path: Path, rows: Sequence[CamSummary], taxonomy: Taxonomy) -> None:
    """Plot the CAM mass in nucleus and cytoplasm by class.

    Each class has one bar with and one without background, and a mark at the chance level.
    """
    mpl.use("Agg")
    found = {(r.cell_class, r.background): r for r in rows if not r.stage and r.kind == MAP_KINDS[0]}
    keys = list(dict.fromkeys(key for key, _ in found))
    figure, axes = plt.subplots(figsize=(8.2, 0.5 * len(keys) + 1.6), layout="constrained")
    for at, key in enumerate(keys):
        for offset, background in zip((-0.19, 0.19), SHOWN_BACKGROUNDS, strict=True):
            row = found[key, background]
            place = at + offset
            axes.barh(place, 100 * row.nucleus, 0.34, color=NUCLEUS_COLOUR)
            axes.barh(place, 100 * row.cytoplasm, 0.34, left=100 * row.nucleus, color=CYTOPLASM_COLOUR)
            label = f"{100 * row.cell:.0f} %  background {'as it is' if background == 'keep' else 'removed'}"
            inside = row.cell > 0.7
            colour, side = ("white", "right") if inside else ("black", "left")
            axes.text(
                100 * row.cell + (-0.8 if inside else 0.8), place, label, va="center", ha=side, color=colour, fontsize=7
            )
        area = 100 * found[key, "keep"].area
        axes.plot([area, area], [at - 0.42, at + 0.42], color=CHANCE_COLOUR, lw=1.6)
    axes.set_yticks(
        range(len(keys)), [f"{_class_name(k, taxonomy)} ({found[k, 'keep'].cells})" for k in keys], fontsize=8
    )
    axes.set_ylim(len(keys) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("Share of the class-activation map's mass, %")
    handles = [Rectangle((0, 0), 1, 1, color=c) for c in (NUCLEUS_COLOUR, CYTOPLASM_COLOUR, CHANCE_COLOUR)]
    meanings = ["in the nucleus", "in the cytoplasm", "chance (share of the picture)"]
    figure.legend(handles, meanings, loc="outside upper center", ncols=3, fontsize=8, frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def write_examples(
    path: Path,
    samples: Sequence[CamSample],
    maps: Mapping[BackgroundMode, Sequence[dict[str, tuple[str, CamMap]]]],
    images_and_masks: Sequence[tuple[NDArray[np.uint8], Mask]],
    classes: Sequence[str],
    bundle: Bundle,
    taxonomy: Taxonomy,
) -> None:
    """Plot an example of each class: image, and CAM with and without background.

    The example is the cell whose mass fraction is nearest to the median of its class. The map is that of the deepest
    stage on the predicted path. The file shows real cells and must not be shared.
    """
    mpl.use("Agg")
    keys = sorted(set(classes), key=taxonomy.position)
    own = bundle.manifest.preprocessing.background
    picked = []
    for key in keys:
        of_class = [
            (x.cell, x.cell_index)
            for x in samples
            if classes[x.cell_index] == key and x.kind == MAP_KINDS[0] and x.background == own
        ]
        if of_class:
            middle = float(np.median([share for share, _ in of_class]))
            picked.append((key, min(of_class, key=lambda pair: (abs(pair[0] - middle), pair[1]))[1]))
    columns = 1 + len(SHOWN_BACKGROUNDS)
    per_row = 3
    lines = -(-len(picked) // per_row)
    figure, grid = plt.subplots(
        lines, per_row * columns, figsize=(1.25 * per_row * columns, 1.55 * lines), layout="constrained", squeeze=False
    )
    for axes in grid.flat:
        axes.axis("off")
    preprocessing = bundle.manifest.preprocessing
    for number, (key, row) in enumerate(picked):
        line, block = divmod(number, per_row)
        image, mask = images_and_masks[row]
        box = crop_box(image.shape[0], image.shape[1], preprocessing)
        small = crop_mask(mask, preprocessing)
        stage = _deepest_stage(maps[own][row], taxonomy)
        axes = grid[line, block * columns]
        axes.imshow(crop_to_square(image, None, preprocessing, box))
        axes.set_title(_class_name(key, taxonomy), fontsize=7)
        _draw_contour(axes, small)
        for at, background in enumerate(SHOWN_BACKGROUNDS, 1):
            choice, found = maps[background][row][stage]
            large = resize_bilinear(found, preprocessing.side, preprocessing.side)
            axes = grid[line, block * columns + at]
            axes.imshow(crop_to_square(image, mask, replace(preprocessing, background=background), box))
            top = float(large.max())
            axes.imshow(large, cmap="magma", alpha=np.clip(0.75 * large / top if top > 0 else large, 0, 1))
            axes.set_title(f"{stage}: {choice}\n{BACKGROUND_LABELS[background]}", fontsize=5)
            _draw_contour(axes, small)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def _draw_contour(axes: Axes, mask: Mask) -> None:
    if mask.any():
        axes.contour(mask > 0, levels=[0.5], colors="#2ec4b6", linewidths=0.7)


def _deepest_stage(decisions: Mapping[str, tuple[str, CamMap]], taxonomy: Taxonomy) -> str:
    """Last stage on the path of predicted choices."""
    last, here = next(iter(decisions)), None
    for stage in taxonomy.stages:
        if stage.key in decisions and not stage.is_head and (stage.parent_step is None or stage.parent_step == here):
            last = stage.key
            here = next(
                (
                    s.parent_step
                    for s in taxonomy.stages
                    if s.parent_step and str(s.parent_step) == f"{stage.key}:{decisions[stage.key][0]}"
                ),
                None,
            )
    return last
