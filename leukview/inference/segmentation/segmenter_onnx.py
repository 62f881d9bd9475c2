"""The embedded segmenter: a compact U-Net on ONNX Runtime."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from leukview.core.atomic_files import file_sha256
from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_json, structure
from leukview.inference.onnx_session import create_onnx_session
from leukview.inference.segmentation.mask_postprocessing import clean_cell, connected_components, extract_central_cell

SEGMENTER_FORMAT = 1
SEGMENTER_MANIFEST_FILE = "segmenter.json"
SEGMENTER_FILES = ("segmenter.onnx", "segmenter.safetensors", "MODEL_CARD.md")
BATCH_SIZE = 8
MIN_GREY_RANGE = 24
"""An image (at the network's input size) whose grey levels span less than this is taken as empty."""


@dataclass(frozen=True, slots=True)
class SegmenterManifest:
    """The contents of ``segmenter.json``.

    Attributes:
        side: Side of the network's square input in pixels; the whole frame is resized to it. The scores may be
            smaller.
        licences: Licence terms of each source of training masks.
        files: SHA-256 of each other file in the folder.
    """

    format: int
    name: str
    side: int
    licences: Mapping[str, str]
    provenance: Mapping[str, Any]
    metrics: Mapping[str, Any]
    files: Mapping[str, str]


def write_segmenter_manifest(folder: Path, manifest: SegmenterManifest) -> None:
    """Hash the folder's files and write ``segmenter.json``."""
    hashes = {name: file_sha256(folder / name) for name in SEGMENTER_FILES}
    text = json.dumps(asdict(replace(manifest, files=hashes)), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / SEGMENTER_MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def read_segmenter_manifest(folder: Path) -> SegmenterManifest:
    """Read the manifest of a segmenter's folder and check the files against it.

    Raises:
        ModelError: A file or field is missing, unknown or damaged.
    """
    try:
        raw = parse_json((folder / SEGMENTER_MANIFEST_FILE).read_bytes())
    except OSError as error:
        raise ModelError("The embedded segmenter is missing.", "Reinstall LeukView.") from error
    except ValueError as error:
        raise ModelError("The embedded segmenter's description cannot be read.", "Install it again.") from error
    if (
        not isinstance(raw, dict)
        or set(raw) != {f.name for f in fields(SegmenterManifest)}
        or raw["format"] != SEGMENTER_FORMAT
    ):
        raise ModelError("The format of the embedded segmenter cannot be read by this program.")
    try:
        manifest = structure(raw, SegmenterManifest)
    except ValueError as error:
        raise ModelError("The embedded segmenter's description cannot be read.", "Install it again.") from error
    if set(manifest.files) != set(SEGMENTER_FILES):
        raise ModelError("The file list of the embedded segmenter is wrong.")
    for name, expected in manifest.files.items():
        try:
            found = file_sha256(folder / name)
        except OSError as error:
            raise ModelError(
                Message("The file {name} of the embedded segmenter is missing.", name=name), "Install it again."
            ) from error
        if found != expected:
            raise ModelError(
                Message("The embedded segmenter is damaged: {name} was changed.", name=name), "Install it again."
            )
    return manifest


class EmbeddedSegmenter:
    """Implements the `Segmenter` port with the network that ships with the program.

    Args:
        folder: Folder with ``segmenter.json`` and the files it lists.
        threads: Threads of ONNX Runtime; None = one per core, at most four.

    Raises:
        ModelError: The folder fails the checks of `read_segmenter_manifest`.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        self.manifest = read_segmenter_manifest(folder)
        try:
            self._session = create_onnx_session((folder / "segmenter.onnx").read_bytes(), threads)
        except Exception as error:  # ONNX Runtime raises about a dozen private types
            raise ModelError("The embedded segmenter cannot be run.", "Reinstall LeukView.") from error
        self._identity = f"{self.manifest.name}:{self.manifest.files['segmenter.onnx'][:8]}"

    @property
    def identity(self) -> str:
        """Name and the first eight hexadecimal digits of the graph's SHA-256."""
        return self._identity

    def segment(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        """See `Segmenter.segment`."""
        masks: list[NDArray[np.uint8]] = []
        for start in range(0, len(images), BATCH_SIZE):
            masks.extend(self._segment_batch(images[start : start + BATCH_SIZE]))
        return masks

    def probabilities(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Class probabilities of an RGB image (H×W×3): 3×r×r over the whole frame.

        Order: background, cytoplasm, nucleus; they sum to one at each pixel.
        """
        _, logits = self._infer_logits([image])
        powers = np.exp(logits[0] - logits[0].max(0))
        return np.asarray(powers / powers.sum(0), np.float32)

    def _infer_logits(self, images: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Network-sized images (B×s×s×3) and their scores (B×3×r×r)."""
        size = (self.manifest.side, self.manifest.side)
        small = np.stack(
            [np.asarray(Image.fromarray(i).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)) for i in images]
        )
        x = np.ascontiguousarray(small.transpose(0, 3, 1, 2), dtype=np.float32) / 127.5 - 1.0  # B×3×s×s
        (logits,) = self._session.run(None, {"image": x})  # B×3×r×r, r = s or a part of it
        return small, logits

    def _segment_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
        masks = []
        for image, seen, scores in zip(images, *self._infer_logits(images), strict=True):
            kept = np.zeros(scores.shape[1:], np.uint8)
            if np.ptp(seen.mean(axis=2)) >= MIN_GREY_RANGE:
                kept = extract_central_cell(scores.argmax(0).astype(np.uint8))
            masks.append(upsample_mask(scores, kept > 0, (image.shape[1], image.shape[0])))
        return masks


def upsample_mask(
    logits: NDArray[np.float32], cell: NDArray[np.bool_], image_size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Upsample class scores (3×r×r) to a mask H×W around a cell (r×r).

    Interpolating scores instead of labels puts the contour between the pixels of the small image: smoother, and on
    average nearer to contours drawn by hand. Only the box around the cell is enlarged, because most of a frame is
    background.
    """
    mask = np.zeros((image_size[1], image_size[0]), np.uint8)
    if not cell.any():
        return mask
    reach = ndimage.binary_dilation(cell)
    rows, columns = np.flatnonzero(reach.any(axis=1)), np.flatnonzero(reach.any(axis=0))
    # Half-open box in image pixels: the dilated cell plus one score pixel, so that the contour lies inside.
    tall, wide = image_size[1] / cell.shape[0], image_size[0] / cell.shape[1]
    top, left = max(0, int((rows[0] - 1) * tall)), max(0, int((columns[0] - 1) * wide))
    bottom, right = (
        min(image_size[1], int((rows[-1] + 2) * tall) + 1),
        min(image_size[0], int((columns[-1] + 2) * wide) + 1),
    )
    source = (left / wide, top / tall, min(right / wide, cell.shape[1]), min(bottom / tall, cell.shape[0]))
    logits = np.where(reach | (np.arange(3) == 0)[:, None, None], logits, logits.min() - 1.0).astype(np.float32)
    shape = (right - left, bottom - top)
    large = [np.asarray(Image.fromarray(c).resize(shape, Image.Resampling.BILINEAR, box=source)) for c in logits]
    labels = np.stack(large).argmax(0).astype(np.uint8)
    parts = connected_components(labels > 0)
    if parts:
        mask[top:bottom, left:right] = clean_cell(labels, parts[0])
    return mask
