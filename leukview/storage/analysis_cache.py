"""Cache of masks, maps and features as ``.npz`` files, addressed by content.

The folder may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import secrets
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.atomic_files import read_file
from leukview.core.errors import StoreError
from leukview.services.ports.inference import NUCLEUS, StageMaps
from leukview.services.ports.storage import CachedAnalysis

_log = logging.getLogger(__name__)

_WRITES_PER_PRUNE = 512  # puts between prunings; listing the folder takes about 1 ms per 100 files
_MAX_ENTRY_BYTES = 256 * 1024**2
_STALE_DRAFT_S = 3600.0  # a temporary file this old was left by a program that crashed
_FLOAT16_MAX = float(np.finfo(np.float16).max)
_READ_ERRORS = (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


class FileAnalysisCache:
    """Implements the `AnalysisCache` port with one file per entry.

    Maps are stored in 8 bits relative to their stage's maximum (error at most 1/510 of it), features as float16
    (relative error at most 2⁻¹¹). Files are written atomically; a damaged one counts as absent.

    Args:
        folder: Folder for the files; created on demand.
        max_bytes: Size to which the cache is pruned from time to time, least recently used entries first.
    """

    def __init__(self, folder: Path, max_bytes: int = 2 * 1024**3) -> None:
        self._folder, self._max_bytes, self._write_count = folder, max_bytes, 0

    def put(self, cell_sha256: str, key: str, analysis: CachedAnalysis) -> None:
        """See `AnalysisCache.put`; a full or unwritable disk is logged, not raised."""
        path = self._path(cell_sha256, key)
        temporary = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_encode_analysis(analysis))
            temporary.replace(path)
        except OSError:
            _log.warning("an analysis could not be cached")
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        self._write_count += 1
        if self._write_count % _WRITES_PER_PRUNE == 0:
            self.prune(self._max_bytes)

    def contains(self, cell_sha256: str, key: str) -> bool:
        """See `AnalysisCache.contains`; the file may still prove to be damaged."""
        return self._path(cell_sha256, key).exists()

    def get(self, cell_sha256: str, key: str) -> CachedAnalysis | None:
        """See `AnalysisCache.get`; a damaged entry is deleted and counts as absent."""
        path = self._path(cell_sha256, key)
        try:
            analysis = _decode_analysis(read_file(path, _MAX_ENTRY_BYTES))
        except FileNotFoundError:
            return None
        except _READ_ERRORS:
            _log.warning("a damaged cache entry was dropped")
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # the modification time serves as time of last use
        return analysis

    def clear(self) -> None:
        """See `AnalysisCache.clear`."""
        try:
            for path in self._folder.glob("*/*"):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError("The cache of analyses cannot be emptied.", "Delete its folder manually.") from error

    def prune(self, max_bytes: int) -> int:
        """Delete least recently used entries down to `max_bytes`; returns the bytes left."""
        entries: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                if path.suffix == ".npz":
                    entries.append((status.st_mtime, status.st_size, path))
                elif path.suffix == ".tmp" and time.time() - status.st_mtime > _STALE_DRAFT_S:
                    path.unlink()
        left = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if left <= max_bytes:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                left -= size
        return left

    def _path(self, cell_sha256: str, key: str) -> Path:
        # Hashed again because a key may contain characters that are not allowed in file names.
        name = hashlib.sha256(json.dumps([cell_sha256, key]).encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.npz"


def _encode_analysis(analysis: CachedAnalysis) -> bytes:
    stages, parts = [], []
    for stage in analysis.maps:
        maps = np.nan_to_num(np.asarray(stage.maps, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        scale = float(maps.max(initial=0.0))
        steps = np.rint(maps.clip(min=0.0) / scale * 255.0) if scale > 0.0 else np.zeros_like(maps)
        parts.append(steps.astype(np.uint8).reshape(-1))
        stages.append([stage.stage, scale, *maps.shape])
    arrays: dict[str, NDArray[np.generic]] = {
        "mask": np.ascontiguousarray(analysis.mask, dtype=np.uint8),
        "crop": np.asarray(analysis.crop, dtype=np.int64),
        "features": np.clip(np.asarray(analysis.features), -_FLOAT16_MAX, _FLOAT16_MAX).astype(np.float16),
        "maps": np.concatenate(parts) if parts else np.zeros(0, np.uint8),  # one member: each costs time of its own
        "stages": np.frombuffer(json.dumps(stages).encode(), dtype=np.uint8),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", member.getvalue())
    return buffer.getvalue()


def _decode_analysis(data: bytes) -> CachedAnalysis:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:

        def array(name: str) -> NDArray[np.generic]:
            # Read the whole member first, so that the CRC is verified before the array header is parsed.
            member = io.BytesIO(archive.read(f"{name}.npy"))
            loaded: NDArray[np.generic] = np.lib.format.read_array(member, allow_pickle=False)
            return loaded

        stages = json.loads(array("stages").tobytes())
        if "maps.npy" in archive.namelist():
            ends = np.cumsum([int(np.prod(shape)) for _, _, *shape in stages])
            parts = np.split(array("maps"), ends)
            if len(parts[-1]):
                raise ValueError("the maps do not have their shapes")
            found = [part.reshape(shape) for part, (_, _, *shape) in zip(parts, stages, strict=False)]
        else:  # an entry of an earlier version, with one member per stage
            found = [array(f"maps{index}") for index in range(len(stages))]
        maps = tuple(
            StageMaps(str(stage[0]), steps.astype(np.float32) * np.float32(stage[1] / 255.0))
            for stage, steps in zip(stages, found, strict=True)
        )
        left, top, right, bottom = (int(v) for v in array("crop"))
        features, mask = array("features").astype(np.float32), array("mask").astype(np.uint8)
        if mask.ndim != 2 or mask.max(initial=0) > NUCLEUS or any(stage.maps.ndim != 3 for stage in maps):
            raise ValueError("an array is not what a cache entry holds")
        return CachedAnalysis(mask, maps, (left, top, right, bottom), features)
