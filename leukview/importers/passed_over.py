"""Names that were passed over or need a word, counted by reason with a few examples."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePosixPath

from leukview.core.messages import Message
from leukview.core.system_files import SystemFile, system_file
from leukview.domain.slide import Problem, ProblemKind

EXAMPLES = 3
IMAGE_SUFFIXES = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".png", ".apng", ".bmp", ".dib", ".tif", ".tiff", ".webp",
})  # fmt: skip
UNREAD_PICTURE_SUFFIXES = frozenset({
    ".gif", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".jxr", ".psd", ".svs", ".ndpi", ".mrxs", ".scn",
    ".czi", ".lif", ".nd2", ".vsi", ".dcm", ".raw", ".dng", ".cr2", ".nef", ".ico", ".tga", ".ppm", ".pgm", ".svg",
})  # fmt: skip
"""Pictures in formats that no analyser writes for cells."""
IGNORED_FILES = frozenset({"readme.txt", "sha256sums", "slide.json"})
"""Files beside cells that LeukView exported."""


class Passed(Enum):
    """Reasons, with the kind of problem and the sentence."""

    HELPER = ProblemKind.HELPER, "System files and hidden files or folders were skipped: {names}."
    LINK = ProblemKind.LINK, "Links were not followed; copy the linked files into the folder: {names}."
    PLACEHOLDER = (
        ProblemKind.PLACEHOLDER,
        "Images are in the cloud and not on this computer; download them and open the folder again: {names}.",
    )
    UNFINISHED = (
        ProblemKind.UNFINISHED,
        "Copying or downloading is not finished; open the folder again when it is: {names}.",
    )
    HIDDEN = (
        ProblemKind.HIDDEN,
        "Image names that begin with a dot are hidden by other programs; they are read here: {names}.",
    )
    REPEATED = (
        ProblemKind.REPEATED_NAME,
        "The archive contains names twice; only the last image of each name is read: {names}.",
    )
    OWN_RESULTS = ProblemKind.OWN_RESULTS, "Results of LeukView itself were ignored: {names}."
    SEVERAL_PICTURES = (
        ProblemKind.PARTLY_READ,
        "Only the first image is read of files with several images; save each image as a separate file: {names}.",
    )
    TRANSPARENT = (
        ProblemKind.PARTLY_READ,
        "Images are marked as fully transparent; the mark is ignored: {names}.",
    )
    ROTATED = ProblemKind.PARTLY_READ, "Images are marked for rotation, which is ignored: {names}."
    NO_VALUES = ProblemKind.PARTLY_READ, "Images contain pixels without a value, which are shown black: {names}."
    BLANK = ProblemKind.BLANK, "Images are blank or of one colour: {names}."

    @property
    def kind(self) -> ProblemKind:
        """Kind of problem."""
        kind: ProblemKind = self.value[0]
        return kind

    @property
    def template(self) -> str:
        """The sentence, with the field ``names``."""
        template: str = self.value[1]
        return template


class PassedOver:
    """Counts names by reason."""

    def __init__(self) -> None:
        self._counts: dict[Passed, int] = {}
        self._examples: dict[Passed, dict[str, str]] = {}  # name → path

    def add(self, reason: Passed, path: str) -> None:
        """Count a file or folder."""
        self._counts[reason] = self._counts.get(reason, 0) + 1
        examples = self._examples.setdefault(reason, {})
        name = PurePosixPath(path).name
        if len(examples) < EXAMPLES:
            examples.setdefault(name, path)

    def problems(self) -> list[Problem]:
        """One problem per reason, with the number of names and the first ones."""
        found = []
        for reason, examples in self._examples.items():
            names = ", ".join(f"“{name}”" for name in examples)
            more = self._counts[reason] - len(examples)
            told: object = Message("{names} and {count} more", names=names, count=more) if more > 0 else names
            found.append(Problem(reason.kind, next(iter(examples.values())), Message(reason.template, names=told)))
        return found


def reason_to_pass(name: str) -> Passed | None:
    """Why a file needs a word by its name alone; None if it does not."""
    found = system_file(name)
    if found is SystemFile.PLACEHOLDER:
        return Passed.PLACEHOLDER
    if found is SystemFile.UNFINISHED:
        return Passed.UNFINISHED
    if found is SystemFile.HELPER or name.casefold() in IGNORED_FILES:
        return Passed.HELPER
    if name.startswith("."):
        return Passed.HIDDEN if PurePosixPath(name).suffix.casefold() in IMAGE_SUFFIXES else Passed.HELPER
    return None


def not_an_image(place: PurePosixPath) -> Problem:
    """The problem of a file that is no cell image by its name."""
    if place.suffix.casefold() in UNREAD_PICTURE_SUFFIXES:
        words = Message(
            "“{path}” is an image in a format that cannot be read; save it as PNG or TIFF.", path=place.name
        )
    else:
        words = Message("“{path}” is not an image and was skipped.", path=place.name)
    return Problem(ProblemKind.NOT_AN_IMAGE, place.as_posix(), words)
