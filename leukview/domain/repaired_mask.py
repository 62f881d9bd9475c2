"""A mask that a reviewer repaired, and its encoding in the review log."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REGION_LETTERS = "bcn"
"""Letters of the regions 0 background, 1 cytoplasm and 2 nucleus in a run."""
MAX_PIXELS = 1 << 26
"""Upper limit of the pixels of a cell image; a larger mask is not decoded."""
REVIEWER_PREFIX = "reviewer:"
"""Prefix of the identity of a mask that a person drew; it takes the place of a segmenter's identity."""
_RUN_PATTERN = re.compile(r"(\d+)([bcn])")


@dataclass(frozen=True, slots=True)
class RepairedMask:
    """A cell's mask as drawn by a reviewer.

    Attributes:
        height_px: Of the cell's image.
        width_px: Of the cell's image.
        runs: The mask as run lengths, see `encode`.
        sha256: See `mask_sha256`.
        methods: ``brush`` and ``clicks``, as far as they were used.
        refiner: Identity of the click-based refiner; "" without clicks.
        reviewer: Who drew it.
        at: When it was drawn, UTC, ISO 8601.
    """

    height_px: int
    width_px: int
    runs: str
    sha256: str
    methods: tuple[str, ...]
    refiner: str
    reviewer: str
    at: str

    @property
    def identity(self) -> str:
        """The identity used in a prediction in place of the segmenter's."""
        return f"{REVIEWER_PREFIX}{self.sha256[:8]}"

    def decode(self) -> NDArray[np.uint8]:
        """Decode the mask, H×W, 0/1/2.

        Raises:
            ValueError: The runs do not decode to a mask with the stored hash.
        """
        mask = decode_runs(self.runs, self.height_px, self.width_px)
        if mask_sha256(mask) != self.sha256:
            raise ValueError("the mask is not the one that was written")
        return mask


def encode_runs(mask: NDArray[np.uint8]) -> str:
    """Encode a mask (H×W, 0/1/2) as run lengths in row order, such as ``1200b14c9n``.

    The text takes about 4 kB for a cell.

    Raises:
        ValueError: The array is not a mask.
    """
    if mask.ndim != 2 or mask.dtype != np.uint8 or mask.size == 0 or int(mask.max()) >= len(REGION_LETTERS):
        raise ValueError(f"Not a mask: {mask.dtype} {mask.shape}.")
    flat = mask.ravel()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1])
    lengths = np.diff(np.concatenate([starts, [flat.size]]))
    return "".join(f"{n}{REGION_LETTERS[v]}" for n, v in zip(lengths.tolist(), flat[starts].tolist(), strict=True))


def decode_runs(runs: str, height: int, width: int) -> NDArray[np.uint8]:
    """Decode the run lengths written by `encode`.

    Raises:
        ValueError: The text is not the encoding of a mask of this size.
    """
    found = _RUN_PATTERN.findall(runs)
    lengths = [int(n) for n, _ in found]
    written = "".join(f"{n}{letter}" for n, letter in found)
    if written != runs or not 0 < height * width <= MAX_PIXELS or sum(lengths) != height * width or min(lengths) < 1:
        raise ValueError("not a mask of this size")
    values = np.array([REGION_LETTERS.index(letter) for _, letter in found], np.uint8)
    return np.repeat(values, lengths).reshape(height, width)


def mask_sha256(mask: NDArray[np.uint8]) -> str:
    """Compute the SHA-256 (hex) over size and pixels of a mask (H×W, 0/1/2)."""
    digest = hashlib.sha256(f"{mask.shape[0]}x{mask.shape[1]}:".encode())
    digest.update(np.ascontiguousarray(mask).tobytes())
    return digest.hexdigest()


def mask_payload(
    mask: NDArray[np.uint8],
    *,
    methods: Sequence[str],
    refiner: str = "",
    clicks: Sequence[tuple[int, int, int]] = (),
) -> dict[str, object]:
    """Build the payload of a `REPAIR_MASK` event.

    Args:
        mask: H×W, 0/1/2.
        methods: ``brush`` and ``clicks``, as far as they were used.
        refiner: Identity of the click-based refiner.
        clicks: x and y in image pixels, and the region (0/1/2) marked there.
    """
    body: dict[str, object] = {
        "mask": {"height": mask.shape[0], "width": mask.shape[1], "runs": encode_runs(mask)},
        "sha256": mask_sha256(mask),
        "methods": list(dict.fromkeys(methods)),
    }
    if clicks:
        body |= {"refiner": refiner, "clicks": [[x, y, REGION_LETTERS[region]] for x, y, region in clicks]}
    return body


def mask_from_payload(payload: Mapping[str, object], reviewer: str, at: str) -> RepairedMask | None:
    """Read the mask from an event's payload.

    Returns:
        None when the event restores the segmenter's mask.
    """
    mask, methods = payload.get("mask"), payload.get("methods")
    if not isinstance(mask, Mapping):
        return None
    return RepairedMask(
        height_px=int(mask["height"]),
        width_px=int(mask["width"]),
        runs=str(mask["runs"]),
        sha256=str(payload["sha256"]),
        methods=tuple(map(str, methods)) if isinstance(methods, Sequence) else (),
        refiner=str(payload.get("refiner", "")),
        reviewer=reviewer,
        at=at,
    )
