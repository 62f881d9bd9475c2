"""Masks in COCO's and CVAT's forms, read back pixel by pixel."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from leukview import RESEARCH_USE_LINE
from leukview.domain.slide import Cell, Slide
from leukview.services.export.coco_cvat import MaskRegion, region_of_mask
from leukview.services.export.exporter import ExportFormat
from tests.support.workstation import PATIENT_MARKER, Workstation

# pycocotools itself gives numpy an array without the keyword that numpy 2 wants.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


def decode_coco(found: MaskRegion, shape: tuple[int, int]) -> np.ndarray:
    coded = coco_mask.frPyObjects({"size": list(shape), "counts": list(found.column_runs)}, *shape)
    return np.asarray(coco_mask.decode(coded), bool)


def mask_of(here: Workstation, cell: Cell) -> np.ndarray:
    found = here.workbench.cached_analysis(cell)
    assert found is not None
    return found.mask


def decode_cvat(rle: list[int], box: tuple[int, int, int, int], shape: tuple[int, int]) -> np.ndarray:
    """As CVAT's manual tells it: runs of the box, row by row, outside first."""
    left, top, width, height = box
    flat = np.concatenate([np.full(run, number % 2 == 1) for number, run in enumerate(rle)])
    whole = np.zeros(shape, bool)
    whole[top : top + height, left : left + width] = flat.reshape(height, width)
    return whole


@settings(max_examples=60)
@given(arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_that_any_mask_comes_back(inside: np.ndarray):
    found = region_of_mask(inside)
    if found is None:
        assert not inside.any()
        return
    assert np.array_equal(decode_coco(found, inside.shape), inside)
    assert np.array_equal(decode_cvat(list(found.row_runs), found.box, inside.shape), inside)
    assert found.area == inside.sum()


@pytest.fixture
def folder(here: Workstation, reviewed: Slide, tmp_path: Path) -> Path:
    done = here.export(reviewed, ExportFormat.COCO, tmp_path / "out")
    assert done.without_mask_count == 0
    return done.paths[0]


def test_that_pycocotools_reads_classes_boxes_and_masks(
    here: Workstation, reviewed: Slide, folder: Path, capsys: pytest.CaptureFixture[str]
):
    coco = COCO(str(folder / "annotations" / "instances_default.json"))
    view = here.session(reviewed).view
    names = {c["id"]: c["name"] for c in coco.loadCats(coco.getCatIds())}
    assert RESEARCH_USE_LINE in coco.dataset["info"]["description"]
    for image in coco.loadImgs(coco.getImgIds()):
        v = view.by_id[image["cell_id"]]
        assert (folder / "images" / image["file_name"]).is_file()
        cell, nucleus = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
        mask = mask_of(here, v.cell)
        assert names[cell["category_id"]] == v.label
        assert names[nucleus["category_id"]] == "nucleus"
        assert cell["attributes"]["review_class"] == v.review.label
        assert np.array_equal(coco.annToMask(cell).astype(bool), mask > 0)
        assert np.array_equal(coco.annToMask(nucleus).astype(bool), mask == 2)
        assert cell["bbox"] == coco_mask.toBbox(coco.annToRLE(cell)).tolist()
        assert cell["area"] == int(coco_mask.area(coco.annToRLE(cell)))


def test_that_cvats_form_says_the_same(here: Workstation, reviewed: Slide, folder: Path):
    root = ET.parse(folder / "annotations.xml").getroot()  # noqa: S314 - written a moment ago
    view = here.session(reviewed).view
    labels = {label.findtext("name") for label in root.iter("label")}
    images = root.findall("image")
    assert len(images) == len(view.cells)
    for image, v in zip(images, view.cells, strict=True):
        shape = (int(image.attrib["height"]), int(image.attrib["width"]))
        cell = image.findall("mask")[0]
        left, top, width, height = (int(cell.attrib[key]) for key in ("left", "top", "width", "height"))
        rle = [int(run) for run in cell.attrib["rle"].split(", ")]
        assert cell.attrib["label"] == v.label
        assert cell.attrib["label"] in labels
        assert np.array_equal(decode_cvat(rle, (left, top, width, height), shape), mask_of(here, v.cell) > 0)


def test_that_a_cell_whose_mask_is_lost_is_boxed_and_told(
    here: Workstation, reviewed: Slide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(here.workbench, "cached_analysis", lambda _cell: None)
    done = here.export(reviewed, ExportFormat.COCO, tmp_path / "lost")
    assert done.without_mask_count == len(here.session(reviewed).view.cells)
    body = json.loads((done.paths[0] / "annotations" / "instances_default.json").read_text(encoding="utf-8"))
    assert {(tuple(a["bbox"]), a["attributes"]["mask"]) for a in body["annotations"]} == {((0, 0, 64, 64), "no")}
    coco = COCO(str(done.paths[0] / "annotations" / "instances_default.json"))
    for annotation in coco.loadAnns(coco.getAnnIds()):
        assert coco.annToMask(annotation).all(), "the box of the whole image"
        assert coco_mask.toBbox(coco.annToRLE(annotation)).tolist() == [0, 0, 64, 64]


def test_that_the_folder_tells_no_name(folder: Path):
    whole = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert PATIENT_MARKER.encode() not in whole
    assert "Müller".encode() not in whole
