"""Where a bundle looks: ``python -m training.studies.cam_localisation --output DIR``.

The published method claims that segmentation makes the network look at the cell. This measures it: what share of each
class-activation map's mass lies inside the cell, its nucleus and its cytoplasm, with the background as it is, blurred
and suppressed, beside what chance would give (the share of the picture that the cell takes up), and how many decisions
stay the same without the background. The masks are those of the segmenter that travels with the application.

Grad-CAM weighs whole channels, on grids as coarse as 4×4: its mass spreads by construction. A PMG classifier reads each
channel at its maximum alone, so that the exact places of its evidence can be told as well: “read” puts what a channel
adds to the choice (slope times maximum, where that is positive) where its maximum lies.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_dilation
from torch import Tensor

from leukview.core.errors import LeukViewError
from leukview.core.heatmap import resize_bilinear
from leukview.core.paths import resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import Bundle, load_bundle
from leukview.inference.classification.classifier import GRANULARITY_BLOCKS
from leukview.inference.classification.classifier_factory import shipped_bundle_in
from leukview.inference.classification.classifier_torch import TorchClassifier
from leukview.inference.classification.preprocess import (
    BACKGROUND_MODES,
    BackgroundMode,
    Preprocessing,
    crop_box,
    extract_crop,
)
from leukview.inference.networks.pmg import CONCATENATED_HEAD, PmgNet
from leukview.services.ports.inference import Segmenter
from training.data.dataset import (
    TEST,
    VAL,
    LabelledCell,
    data_folder,
    decode_images,
    load_labelled_cells,
    read_taxonomy,
)
from training.data.mask_cache import load_embedded_segmenter
from training.evaluation.evaluate import to_jsonable

MAP_KINDS = ("as shown", "fine", "middle", "coarse", "read")
"""Kinds of map: the displayed sum, those of the three granularity blocks, and the evidence at the maxima."""
BACKGROUND_LABELS: Mapping[BackgroundMode, str] = {
    "keep": "background as it is",
    "blur": "background blurred",
    "suppress": "background removed",
}
BATCH_SIZE = 16

Mask = NDArray[np.uint8]
CamMap = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CamSample:
    """Localisation of one map of one cell, as fractions of 1.

    Attributes:
        cell_index: Index of the cell.
        background: Background treatment of the input.
        stage: Stage of the map.
        choice: Predicted choice, to which the map belongs.
        kind: One of `MAP_KINDS`.
        cell: Fraction of the mass inside the cell.
        nucleus: Fraction of the mass inside the nucleus.
        near: Fraction of the mass inside the cell or within one element of the finest map around it.
        area: Fraction of the image covered by the cell, which is the chance level.
    """

    cell_index: int
    background: BackgroundMode
    stage: str
    choice: str
    kind: str
    cell: float
    nucleus: float
    near: float
    area: float


def mass_fractions(heatmap: CamMap, mask: Mask, near_px: int) -> tuple[float, float, float, float] | None:
    """Fractions of the mass of a map in the cell, in the nucleus and near the cell.

    Args:
        heatmap: Non-negative map, h×w; resized to the mask.
        mask: S×S: 0 background, 1 cytoplasm, 2 nucleus.
        near_px: Distance in pixels from the cell that counts as near.

    Returns:
        Fractions of the mass in cell, nucleus and near the cell, and the fraction of the area covered by the cell;
        None if the map or the mask is empty.
    """
    large = np.maximum(resize_bilinear(heatmap, *mask.shape), 0).astype(np.float64)
    total = float(large.sum())
    inside = mask > 0
    if total <= 0 or not inside.any():
        return None
    around = binary_dilation(inside, iterations=near_px)
    parts = [float(large[where].sum()) / total for where in (inside, mask == 2, around)]
    return parts[0], parts[1], parts[2], float(inside.mean())


def with_background(bundle: Bundle, background: BackgroundMode) -> Bundle:
    """Copy a bundle with another background treatment.

    The metrics of its manifest still refer to the original treatment.
    """
    how = replace(bundle.manifest.preprocessing, background=background)
    return replace(bundle, manifest=replace(bundle.manifest, preprocessing=how))


def crop_mask(mask: Mask, preprocessing: Preprocessing) -> Mask:
    """Crop and resize a mask like the network input, side×side."""
    box = crop_box(mask.shape[0], mask.shape[1], preprocessing)
    image = Image.fromarray(extract_crop(mask, box)).resize(
        (preprocessing.side, preprocessing.side), Image.Resampling.NEAREST
    )
    return np.asarray(image, np.uint8)


def argmax_evidence(net: PmgNet, stage: str, images: Tensor, choices: Sequence[int]) -> list[NDArray[np.float64]]:
    """Exact locations of the evidence for a choice.

    The combined logit y_c depends only on the channel maxima p. The positive part of ∂y_c/∂p · p is assigned to the
    location of the maximum of each channel, which equals HiResCAM (Draelos and Carin 2021) behind max pooling.

    Args:
        net: Network in evaluation mode.
        stage: A trained stage.
        images: B×3×s×s.
        choices: Index of a choice of the stage for each image.

    Returns:
        Non-negative maps, B×h×w, for each of the three blocks.
    """
    branch = net.branch_for_stage(stage)
    heads = list(branch.classifiers[stage].children())
    activations, _ = branch.block_activations(images)
    pooled = [a.amax((2, 3)) for a in activations]
    joined = heads[CONCATENATED_HEAD].forward_with_gradient(torch.cat(pooled, 1))[1]  # type: ignore[operator]  # a PmgClassifier
    rows = torch.arange(len(images))
    parts = torch.split(joined[rows, list(choices)], [p.shape[1] for p in pooled], 1)
    found = []
    for head, vector, activation, part in zip(heads, pooled, activations, parts, strict=False):
        slopes = head.forward_with_gradient(vector)[1][rows, list(choices)] + part  # type: ignore[operator]  # B×K
        weight = torch.relu(slopes * vector)
        b, _, height, width = activation.shape
        places = activation.flatten(2).argmax(2)
        grid = torch.zeros(b, height * width).scatter_add_(1, places, weight)
        found.append(np.asarray(grid.reshape(b, height, width).numpy(), np.float64))
    return found


def grid_mass_fractions(grids: Sequence[NDArray[np.float64]], mask: Mask) -> tuple[float, float, float, float] | None:
    """Mass fractions as in `mass_fractions`, for evidence on the grids of the blocks.

    An element that the cell covers partly counts in proportion; an element that touches the cell counts as near.

    Args:
        grids: Evidence of one cell, h×w for each block.
        mask: S×S: 0 background, 1 cytoplasm, 2 nucleus.
    """
    total = sum(float(g.sum()) for g in grids)
    inside = mask > 0
    if total <= 0 or not inside.any():
        return None
    sums = np.zeros(3)
    for grid in grids:
        size = grid.shape
        covered = [_coverage(where, size) for where in (inside, mask == 2)]
        touched = (covered[0] > 0).astype(np.float64)
        sums += [float((grid * part).sum()) for part in (*covered, touched)]
    cell, nucleus, near = (sums / total).tolist()
    return cell, nucleus, near, float(inside.mean())


def _coverage(region: NDArray[np.bool_], size: tuple[int, ...]) -> NDArray[np.float64]:
    picture = Image.fromarray(region.astype(np.float32))
    return np.asarray(picture.resize((size[1], size[0]), Image.Resampling.BOX), np.float64)


def explain_cells(
    classifier: TorchClassifier, images: Sequence[NDArray[np.uint8]], masks: Sequence[Mask], first_index: int
) -> tuple[list[CamSample], list[dict[str, tuple[str, CamMap]]]]:
    """Classify some cells and measure their maps.

    Args:
        classifier: Classifier with the background treatment to measure.
        images: RGB, H×W×3 each.
        masks: H×W each.
        first_index: Index of the first cell.

    Returns:
        The samples, and for each cell stage → (predicted choice, displayed map).
    """
    preprocessing = classifier.bundle.manifest.preprocessing
    batch = classifier.preprocess(images, masks, None)[0]
    x = classifier.to_tensor(batch)
    small = [crop_mask(mask, preprocessing) for mask in masks]
    samples: list[CamSample] = []
    shown: list[dict[str, tuple[str, CamMap]]] = [{} for _ in images]
    with torch.inference_mode():
        outputs = [output.numpy() for output in classifier.net(x)]
        for at, (stage, choices) in enumerate(classifier.net.config.stages):
            logits, *blocks = outputs[1 + at * (1 + GRANULARITY_BLOCKS) : 1 + (at + 1) * (1 + GRANULARITY_BLOCKS)]
            best = logits.argmax(1).tolist()
            evidence = argmax_evidence(classifier.net, stage, x, best)
            displayed_maps = classifier.display_maps(blocks, batch)
            reach = max(1, preprocessing.side // blocks[0].shape[-1])
            for i, c in enumerate(best):
                own = [block[i, c] for block in blocks]
                displayed = displayed_maps[i, c]
                shown[i][stage] = choices[c], displayed
                every = [mass_fractions(part, small[i], reach) for part in (displayed, *own)]
                every.append(grid_mass_fractions([grid[i] for grid in evidence], small[i]))
                for kind, share in zip(MAP_KINDS, every, strict=True):
                    if share is not None:
                        samples.append(
                            CamSample(first_index + i, preprocessing.background, stage, choices[c], kind, *share)
                        )
    return samples, shown


def sample_per_class(
    cells: Sequence[LabelledCell], count: int, taxonomy: Taxonomy, seed: int = 0
) -> tuple[LabelledCell, ...]:
    """Draw up to `count` cells per class that were not used in training.

    They are test cells, and validation cells of sources without test cells.
    """
    aside = [c for c in cells if c.split == TEST] or [c for c in cells if c.split == VAL]
    tested = {c.source for c in cells if c.split == TEST}
    aside += [c for c in cells if c.split == VAL and c.source not in tested and tested]
    rng = np.random.default_rng(seed)
    found: list[LabelledCell] = []
    for key in sorted({c.cell_class for c in aside}, key=taxonomy.position):
        own = [c for c in aside if c.cell_class == key]
        found += [own[i] for i in sorted(rng.choice(len(own), min(count, len(own)), replace=False).tolist())]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CamSummary:
    """Mean fractions over the cells of a class ("" = all) at a stage ("" = all)."""

    cell_class: str
    stage: str
    background: BackgroundMode
    kind: str
    cells: int
    cell: float
    nucleus: float
    cytoplasm: float
    near: float
    area: float


def summarise_samples(
    samples: Sequence[CamSample], classes: Sequence[str], taxonomy: Taxonomy
) -> tuple[CamSummary, ...]:
    """Mean fractions by class and stage, by class, by stage and overall.

    All cells have equal weight.
    """
    rows = []
    groups: dict[tuple[str, str, BackgroundMode, str], list[CamSample]] = {}
    for sample in samples:
        for key in ("", classes[sample.cell_index]):
            for stage in ("", sample.stage):
                groups.setdefault((key, stage, sample.background, sample.kind), []).append(sample)
    order = [s.key for s in taxonomy.stages]

    def place(key: tuple[str, str, BackgroundMode, str]) -> tuple[int, int, int, int]:
        at_class = taxonomy.position(key[0]) if key[0] else -1
        at_stage = order.index(key[1]) if key[1] else -1
        return at_class, at_stage, BACKGROUND_MODES.index(key[2]), MAP_KINDS.index(key[3])

    for group in sorted(groups, key=place):
        own = groups[group]
        times = Counter(x.cell_index for x in own)
        table = np.asarray([(x.cell, x.nucleus, x.cell - x.nucleus, x.near, x.area) for x in own])
        cell, nucleus, cytoplasm, near, area = np.average(table, axis=0, weights=[1 / times[x.cell_index] for x in own])
        rows.append(
            CamSummary(*group, len(times), float(cell), float(nucleus), float(cytoplasm), float(near), float(area))
        )
    return tuple(rows)


def decision_agreement(
    maps: Mapping[BackgroundMode, Sequence[dict[str, tuple[str, CamMap]]]], reference: BackgroundMode
) -> dict[str, dict[str, float]]:
    """Fraction of predicted choices that equal those with the reference treatment.

    Args:
        maps: Result of `measure_cams` by background treatment.
        reference: Background treatment of the bundle.

    Returns:
        Background treatment → stage → fraction.
    """
    return {
        background: {
            stage: float(np.mean([a[stage][0] == b[stage][0] for a, b in zip(maps[reference], answers, strict=True)]))
            for stage in answers[0]
        }
        for background, answers in maps.items()
    }


def cam_markdown(
    rows: Sequence[CamSummary], unchanged: Mapping[str, Mapping[str, float]], bundle_name: str, cells_without_mask: int
) -> str:
    """Markdown tables of the localisation, in per cent."""
    by_key = {(r.cell_class, r.stage, r.background, r.kind): r for r in rows}
    backgrounds = [b for b in BACKGROUND_MODES if ("", "", b, MAP_KINDS[0]) in by_key]
    total = by_key["", "", backgrounds[0], MAP_KINDS[0]]
    introduction = (
        f"Share of each class-activation map's mass, mean over {total.cells} cells kept aside (the map of the model's "
        f"own choice, over all trained stages). Chance: the cell takes up {100 * total.area:.0f} % of the picture. In "
        f"{cells_without_mask} further cells no cell was found. “Near” allows one element of the finest map around "
        "the cell."
    )
    lines = [f"# Where the model “{bundle_name}” looks", "", introduction, ""]
    lines += ["| map | background | inside the cell | nucleus | cytoplasm | near |", "|---" * 6 + "|"]
    for kind in MAP_KINDS:
        for background in backgrounds:
            r = by_key["", "", background, kind]
            parts = " | ".join(f"{100 * x:.1f}" for x in (r.cell, r.nucleus, r.cytoplasm, r.near))
            lines.append(f"| {kind} | {BACKGROUND_LABELS[background]} | {parts} |")
    lines += ["", "Decisions that stay the same when the background is treated so:", ""]
    stages = list(unchanged[backgrounds[0]])
    lines += ["| background | " + " | ".join(stages) + " |", "|---" * (len(stages) + 1) + "|"]
    for background in backgrounds:
        parts = " | ".join(f"{100 * unchanged[background][s]:.1f}" for s in stages)
        lines.append(f"| {BACKGROUND_LABELS[background]} | {parts} |")
    for title, keys in (("stage", [("", s) for s in stages]), ("class", _class_keys(rows))):
        lines += [
            "",
            f"By {title}, the map as shown (cell / nucleus / cytoplasm; chance is the cell's share of the area):",
            "",
        ]
        lines += [f"| {title} | cells | chance | " + " | ".join(BACKGROUND_LABELS[b] for b in backgrounds) + " |"]
        lines += ["|---" * (3 + len(backgrounds)) + "|"]
        for key in keys:
            own = [by_key[*key, b, MAP_KINDS[0]] for b in backgrounds if (*key, b, MAP_KINDS[0]) in by_key]
            parts = " | ".join(f"{100 * r.cell:.0f} / {100 * r.nucleus:.0f} / {100 * r.cytoplasm:.0f}" for r in own)
            lines.append(f"| {key[0] or key[1]} | {own[0].cells} | {100 * own[0].area:.0f} | {parts} |")
    return "\n".join(lines) + "\n"


def _class_keys(rows: Sequence[CamSummary]) -> list[tuple[str, str]]:
    return [(key, "") for key in dict.fromkeys(r.cell_class for r in rows) if key]


def measure_cams(
    bundle: Bundle, cells: Sequence[LabelledCell], folder: Path, segmenter: Segmenter
) -> tuple[
    list[CamSample], dict[BackgroundMode, list[dict[str, tuple[str, CamMap]]]], list[tuple[NDArray[np.uint8], Mask]]
]:
    """Measure the maps of every cell with every background treatment.

    Returns:
        The samples; for each treatment and cell, stage → (predicted choice, displayed map); images with masks.
    """
    classifiers = {b: TorchClassifier(with_background(bundle, b), "cpu") for b in BACKGROUND_MODES}
    samples: list[CamSample] = []
    shown: dict[BackgroundMode, list[dict[str, tuple[str, CamMap]]]] = {b: [] for b in BACKGROUND_MODES}
    kept: list[tuple[NDArray[np.uint8], Mask]] = []
    batch: list[NDArray[np.uint8]] = []

    def flush() -> None:
        masks = segmenter.segment(batch)
        for background, classifier in classifiers.items():
            new_samples, maps = explain_cells(classifier, batch, masks, len(kept))
            samples.extend(new_samples)
            shown[background].extend(maps)
        kept.extend(zip(batch, masks, strict=True))
        batch.clear()

    for pixels in decode_images(cells, folder, "look"):
        batch.append(pixels)
        if len(batch) == BATCH_SIZE:
            flush()
    if batch:
        flush()
    return samples, shown, kept


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, help="a bundle's folder (default: the one that travels along)")
    parser.add_argument("--output", type=Path, required=True, help="folder of the tables and figures")
    parser.add_argument("--cells", type=int, default=30, help="most cells a class")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        taxonomy = read_taxonomy()
        bundle = load_bundle(options.bundle or shipped_bundle_in(resources_dir()), taxonomy)
        folder = data_folder()
        cells = sample_per_class(load_labelled_cells(folder), options.cells, taxonomy)
        samples, maps, images_and_masks = measure_cams(bundle, cells, folder, load_embedded_segmenter())
    except LeukViewError as error:
        print(error)
        return 1
    classes = [c.cell_class for c in cells]
    rows = summarise_samples(samples, classes, taxonomy)
    agreement = decision_agreement(maps, bundle.manifest.preprocessing.background)
    cells_without_mask = sum(not mask.any() for _, mask in images_and_masks)
    options.output.mkdir(parents=True, exist_ok=True)
    text = cam_markdown(rows, agreement, bundle.manifest.name, cells_without_mask)
    (options.output / "evidence.md").write_text(text, encoding="utf-8")
    raw = to_jsonable({"bundle": bundle.sha256, "rows": [asdict(r) for r in rows], "same": agreement})
    (options.output / "evidence.json").write_text(json.dumps(raw, indent=1), encoding="utf-8")
    from training.studies.cam_figures import write_bars, write_examples

    write_bars(options.output / "evidence.png", rows, taxonomy)
    write_examples(options.output / "examples.png", samples, maps, images_and_masks, classes, bundle, taxonomy)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
