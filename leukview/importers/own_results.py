"""LeukView's own results among the files of an export."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import PurePosixPath

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import ExportError
from leukview.domain.models.labelled_cells import MANIFEST_COLUMNS
from leukview.importers.file_sources import FileSource
from leukview.services.export.slide_json import SCHEMA

_RESULT_FILES = frozenset({"summary.json", "completed.json"})
_ANNOTATIONS = "annotations.xml"
_MANIFEST = "manifest.csv"
_DATA_FOLDER_FILES = frozenset({"identity.key", "identity.db"})


def own_result_folders(source: FileSource, files: Collection[str]) -> frozenset[str]:
    """Folders that hold results: of an analysis, annotated or corrected cells, or a data folder.

    Cells that were exported with ``slide.json`` are no results: they are read with their review.

    Args:
        source: The folder or archive.
        files: Paths of its files.

    Returns:
        Paths of the folders; "" = the opened folder itself.
    """
    found = set()
    for path in files:
        place = PurePosixPath(path)
        folder = "" if place.parent == PurePosixPath() else place.parent.as_posix()
        name = place.name
        if (
            (name in _RESULT_FILES and _is_result(source, path))
            or (name == _ANNOTATIONS and RESEARCH_USE_LINE.encode() in _read_start(source, path))
            or (name == _MANIFEST and _is_manifest(_read_start(source, path)))
            or name in _DATA_FOLDER_FILES
        ):
            found.add(folder)
    return frozenset(found)


def folder_within(path: str, folders: Collection[str]) -> str | None:
    """The folder of `folders` that a path lies in; None if in none of them."""
    if "" in folders:
        return ""
    parts = PurePosixPath(path).parts
    return next((here for at in range(1, len(parts)) if (here := "/".join(parts[:at])) in folders), None)


def _read_start(source: FileSource, path: str) -> bytes:
    try:
        return source.read(path)[:4096]
    except ExportError:
        return b""


def _is_result(source: FileSource, path: str) -> bool:
    try:
        body = json.loads(source.read(path))
    except (ExportError, ValueError, RecursionError):
        return False
    if not isinstance(body, dict):
        return False
    is_summary = body.get("schema") == SCHEMA and "cell_records" not in body
    is_record = body.get("research_use_only") is True and "slide_id" in body and "input_sha256" in body
    return is_summary or is_record


def _is_manifest(start: bytes) -> bool:
    header = start.split(b"\n", 1)[0].decode("utf-8", "replace").lstrip("\ufeff").strip()
    return set(MANIFEST_COLUMNS) <= set(header.split(","))
