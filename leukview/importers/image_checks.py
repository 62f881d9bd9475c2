"""Check of the image files of a slide: can each be used, and which is an overview."""

from __future__ import annotations

import hashlib
import statistics
from dataclasses import dataclass

from leukview.core.errors import ExportError
from leukview.domain.slide import ProblemKind
from leukview.importers.file_sources import FileSource
from leukview.importers.images import TooLargeError, describe_image
from leukview.importers.passed_over import Passed

MIN_OVERVIEW_SIDE_PX = 1000


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One image file of a slide.

    Attributes:
        path: Path within the source.
        class_folder: Name of the class folder that contains it; "" = none.
    """

    path: str
    class_folder: str


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """Result of checking one file.

    Attributes:
        sha256: Hash of the file; "" = it cannot be read.
        size: Width and height in pixels.
        error: Why the file cannot be used; None = it can.
        notes: What has to be told of the picture.
    """

    sha256: str
    size: tuple[int, int] = (0, 0)
    error: ExportError | None = None
    notes: tuple[Passed, ...] = ()


def check_image(source: FileSource, checked: dict[str, CheckedImage], item: ImageFile) -> CheckedImage:
    """Read and decode one image file; never raises `ExportError`.

    Content that is among `checked` (SHA-256 → result, to which the new one is added) is not decoded again.
    """
    try:
        data = source.read(item.path)
    except ExportError as error:
        return CheckedImage("", error=error)
    digest = hashlib.sha256(data).hexdigest()
    if digest not in checked:
        checked[digest] = _check_content(digest, data)
    return checked[digest]


def _check_content(digest: str, data: bytes) -> CheckedImage:
    try:
        image = describe_image(data)
    except ExportError as error:
        return CheckedImage(digest, error=error)
    height, width, _ = image.pixels.shape
    return CheckedImage(digest, (width, height), notes=image.notes)


def overview_digests(sizes: dict[str, tuple[int, int]]) -> frozenset[str]:
    """Digests of images far larger than the slide's median cell image."""
    if not sizes:
        return frozenset()
    median = statistics.median(min(s) for s in sizes.values())
    limit = max(MIN_OVERVIEW_SIDE_PX, 3 * median) if median < MIN_OVERVIEW_SIDE_PX else MIN_OVERVIEW_SIDE_PX
    return frozenset(d for d, s in sizes.items() if min(s) >= limit)


def problem_kind(error: ExportError) -> ProblemKind:
    """Kind of problem of a file that cannot be used."""
    if isinstance(error, TooLargeError):
        return ProblemKind.TOO_LARGE
    if isinstance(error.__cause__, PermissionError):
        return ProblemKind.NO_PERMISSION
    gone = isinstance(error.__cause__, FileNotFoundError | KeyError)
    return ProblemKind.VANISHED if gone else ProblemKind.UNDECODABLE
