"""Masks and classes of cells in the formats COCO and CVAT for images 1.1."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukview import RESEARCH_USE_LINE, __version__
from leukview.domain.taxonomy import Taxonomy
from leukview.services.export.slide_record import SlideRecord
from leukview.services.ports.inference import NUCLEUS
from leukview.services.review.slide_view import CellView

NUCLEUS_CATEGORY = "nucleus"


@dataclass(frozen=True, slots=True)
class MaskRegion:
    """A region of an image, run-length encoded.

    Attributes:
        box: Left, top, width, height in image pixels.
        area: Number of its pixels.
        column_runs: Run lengths of the whole image in column order, outside first (COCO's uncompressed RLE).
        row_runs: Run lengths of the box in row order, outside first (CVAT's RLE).
    """

    box: tuple[int, int, int, int]
    area: int
    column_runs: tuple[int, ...]
    row_runs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnnotatedImage:
    """An exported image with its annotations.

    Attributes:
        path: File name.
        cell_view: The cell.
        cell_region: Region of the whole cell; None without a mask or cell.
        nucleus_region: Region of the nucleus; None without a mask or nucleus.
    """

    path: str
    cell_view: CellView
    cell_region: MaskRegion | None
    nucleus_region: MaskRegion | None


def region_of_mask(foreground: NDArray[np.bool_]) -> MaskRegion | None:
    """Encode the region where `foreground` (H×W) is True; None when it is True nowhere."""
    ys, xs = np.nonzero(foreground)
    if not len(ys):
        return None
    top, bottom, left, right = int(ys.min()), int(ys.max()) + 1, int(xs.min()), int(xs.max()) + 1
    return MaskRegion(
        (left, top, right - left, bottom - top),
        len(ys),
        _run_lengths(foreground.ravel(order="F")),
        _run_lengths(foreground[top:bottom, left:right].ravel()),
    )


def _run_lengths(flat: NDArray[np.bool_]) -> tuple[int, ...]:
    """Lengths of alternating runs, outside first (0 when the first pixel is inside)."""
    turns = np.flatnonzero(np.diff(flat.astype(np.int8))) + 1
    lengths = np.diff(np.concatenate(([0], turns, [len(flat)]))).tolist()
    return tuple([0, *lengths] if flat[0] else lengths)


def annotate_image(path: str, cell_view: CellView, mask: NDArray[np.uint8] | None) -> AnnotatedImage:
    """Annotate an image with the regions of its mask (H×W, 0/1/2).

    A mask that has another size than the image is not used.
    """
    if mask is None or mask.shape != (cell_view.cell.height_px, cell_view.cell.width_px):
        return AnnotatedImage(path, cell_view, None, None)
    return AnnotatedImage(path, cell_view, region_of_mask(mask > 0), region_of_mask(mask == NUCLEUS))


def _label_attributes(cell_view: CellView) -> dict[str, str]:
    """Labels of analyser, model and reviewer; "" where there is none."""
    return {
        "source_class": cell_view.cell.source.class_key if cell_view.cell.source else "",
        "model_class": cell_view.prediction.label if cell_view.prediction else "",
        "review_class": cell_view.review.label,
        "reviewer": cell_view.review.reviewer,
    }


def _categories(taxonomy: Taxonomy) -> list[dict[str, object]]:
    classes: list[dict[str, object]] = [
        {"id": number, "name": c.key, "supercategory": c.group, "display_name": c.name}
        for number, c in enumerate(taxonomy.classes, 1)
    ]
    return [*classes, {"id": len(classes) + 1, "name": NUCLEUS_CATEGORY, "supercategory": "part"}]


def coco_json(record: SlideRecord, images: Sequence[AnnotatedImage]) -> str:
    """Write annotations in COCO's object detection format.

    Segmentations are RLE instead of polygons, because RLE is exact. Cells without a label or prediction have an image
    but no annotation. A cell without mask is annotated by the box of its whole image, as a rectangle, because readers
    of the format expect a segmentation; its attribute ``mask`` is ``no``.
    """
    taxonomy = record.view.taxonomy
    annotations: list[dict[str, object]] = []

    def add(image: int, category: int, found: MaskRegion | None, item: AnnotatedImage) -> None:
        height, width = item.cell_view.cell.height_px, item.cell_view.cell.width_px
        whole = [0, 0, width, height]
        rectangle = [[0, 0, width, 0, width, height, 0, height]]
        annotations.append(
            {
                "id": len(annotations) + 1,
                "image_id": image,
                "category_id": category,
                "iscrowd": 0,
                "bbox": list(found.box) if found else whole,
                "area": found.area if found else width * height,
                "segmentation": {"size": [height, width], "counts": list(found.column_runs)} if found else rectangle,
                "attributes": {**_label_attributes(item.cell_view), "mask": "yes" if found else "no"},
            }
        )

    for number, item in enumerate(images, 1):
        if item.cell_view.pending:
            continue
        add(number, taxonomy.position(item.cell_view.label) + 1, item.cell_region, item)
        if item.nucleus_region:
            add(number, len(taxonomy.classes) + 1, item.nucleus_region, item)
    body = {
        "info": {
            "description": f"Slide {record.view.slide.id}. {RESEARCH_USE_LINE}",
            "version": f"LeukView {__version__}",
            "date_created": record.created_at,
            "slide_id": record.view.slide.id,
            "status": record.status.value,
            "models": [bundle for bundle, _ in record.bundle_counts],
        },
        "licenses": [],
        "categories": _categories(taxonomy),
        "images": [
            {
                "id": number,
                "file_name": item.path,
                "width": item.cell_view.cell.width_px,
                "height": item.cell_view.cell.height_px,
                "cell_id": item.cell_view.cell.id,
            }
            for number, item in enumerate(images, 1)
        ],
        "annotations": annotations,
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def cvat_xml(record: SlideRecord, images: Sequence[AnnotatedImage]) -> str:
    """Write annotations in the format “CVAT for images 1.1”.

    Each cell and each nucleus has a ``mask``; a cell without mask has a ``box``.
    """
    root = ET.Element("annotations")
    ET.SubElement(root, "version").text = "1.1"
    task = ET.SubElement(ET.SubElement(root, "meta"), "task")
    for key, text in (
        ("name", record.view.slide.id),
        ("size", str(len(images))),
        ("mode", "annotation"),
        ("created", record.created_at),
        ("bugtracker", RESEARCH_USE_LINE),
    ):
        ET.SubElement(task, key).text = text
    labels = ET.SubElement(task, "labels")
    for category in _categories(record.view.taxonomy):
        label = ET.SubElement(labels, "label")
        ET.SubElement(label, "name").text = str(category["name"])
        ET.SubElement(label, "attributes")
    for number, item in enumerate(images):
        cell = item.cell_view.cell
        image = ET.SubElement(
            root, "image", id=str(number), name=item.path, width=str(cell.width_px), height=str(cell.height_px)
        )
        if item.cell_view.pending:
            continue
        if item.cell_region:
            _add_mask_element(image, item.cell_view.label, item.cell_region, 0)
        else:
            box = ET.SubElement(image, "box", label=item.cell_view.label, source="manual", occluded="0", z_order="0")
            for side, value in (("xtl", 0), ("ytl", 0), ("xbr", cell.width_px), ("ybr", cell.height_px)):
                box.set(side, str(value))
        if item.nucleus_region:
            _add_mask_element(image, NUCLEUS_CATEGORY, item.nucleus_region, 1)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_mask_element(image: ET.Element, label: str, region: MaskRegion, z_order: int) -> None:
    left, top, width, height = map(str, region.box)
    ET.SubElement(
        image,
        "mask",
        label=label,
        source="manual",
        occluded="0",
        rle=", ".join(map(str, region.row_runs)),
        left=left,
        top=top,
        width=width,
        height=height,
        z_order=str(z_order),
    )
