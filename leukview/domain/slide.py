"""A slide as found in an export and as stored.

Drafts of found slides contain names that may identify people; stored slides have pseudonyms only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from leukview.core.messages import Message
from leukview.domain.export_origin import SlideOrigin


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """The analyser's label of a cell, taken from its class folder.

    Attributes:
        class_key: Class of the taxonomy; ``other`` when the taxonomy has no such class.
        name: The folder's name, unchanged.
        code: The code in the file's name, e.g. ``SNE``; "" when there is none.
    """

    class_key: str
    name: str
    code: str = ""


class ProblemKind(StrEnum):
    """Reason why a file was skipped or needs a warning."""

    UNDECODABLE = "undecodable"
    TOO_LARGE = "too_large"
    NOT_AN_IMAGE = "not_an_image"
    NO_PERMISSION = "no_permission"
    VANISHED = "vanished"
    UNSAFE_ARCHIVE_ENTRY = "unsafe_archive_entry"
    CODE_DISAGREES = "code_disagrees"
    CONFLICT = "conflict"
    EMPTY = "empty"
    CHANGED = "changed"
    PATIENT_OR_ORDER = "patient_or_order"
    SIGNED = "signed"
    IMAGES_GONE = "images_gone"
    HELPER = "helper"
    LINK = "link"
    PLACEHOLDER = "placeholder"
    UNFINISHED = "unfinished"
    HIDDEN = "hidden"
    REPEATED_NAME = "repeated_name"
    NAME_ENCODING = "name_encoding"
    OWN_RESULTS = "own_results"
    PARTLY_READ = "partly_read"
    BLANK = "blank"
    UNKNOWN_FOLDER = "unknown_folder"
    SAME_CELLS = "same_cells"
    CLASS_CHANGED = "class_changed"
    SIMILAR_NAME = "similar_name"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem to show to the user.

    Attributes:
        path: Relative to the slide's folder.
        message: One sentence.
        count: Number of files that it concerns.
    """

    kind: ProblemKind
    path: str
    message: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class FolderQuestion:
    """A folder of which a person has to say whether it is a class or a patient.

    Its name may identify a person: it is shown, and never stored without an answer.

    Attributes:
        name: Name of the folder.
        folder: Its path, relative to the opened folder; "" = the opened folder itself.
        count: Number of images in it.
        class_key: Class whose name or code it has; "" = it has none.
    """

    name: str
    folder: str
    count: int
    class_key: str = ""

    @property
    def message(self) -> Message:
        """What is in doubt, in one sentence."""
        if self.class_key:
            words = "“{name}” may be a class or a patient ({count} images): its name is that of a class."
        else:
            words = "“{name}” is not a class known to LeukView ({count} images): it may be a class or a patient."
        return Message(words, name=self.name, count=self.count)


@dataclass(frozen=True, slots=True)
class CellDraft:
    """One distinct cell of an export; files with the same bytes are one cell.

    Attributes:
        sha256: Of the file's bytes.
        path: Posix path relative to the slide's folder (or inside the archive); the labelled copy when there is one.
        duplicate_paths: The other paths with the same bytes.
        source: The laboratory's label, if the file is in a class folder.
        conflicts: Further, different labels of the same bytes.
    """

    sha256: str
    path: str
    duplicate_paths: tuple[str, ...]
    width_px: int
    height_px: int
    source: SourceLabel | None
    conflicts: tuple[SourceLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class OverviewImage:
    """An overview image (field of view) found among the cell images."""

    sha256: str
    path: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class FoundSlide:
    """Location of a slide in the opened folder or archive, and its unread files.

    Attributes:
        opened_path: Absolute path of the folder or archive that was opened.
        relative_folder: The slide's folder relative to it, posix; "" = the opened folder itself.
        files: Image files: posix path relative to `opened_path`, and the class folder of each ("" = none).
        ignored_count: Number of files skipped silently.
        slide_json: Path of the ``slide.json`` of a cell export beside them, relative to `opened_path`; "" = none.
        name_encoding: Encoding of an archive's names that state none; "" = the likeliest.
        classes: Name of each class folder, and the key of its class.
        is_class_folder: Whether the opened folder is a class folder of the slide above it.
        open_questions: Folders that wait for an answer; until then the slide cannot be imported.
    """

    opened_path: str
    relative_folder: str
    files: tuple[tuple[str, str], ...]
    ignored_count: int = 0
    slide_json: str = ""
    name_encoding: str = ""
    classes: tuple[tuple[str, str], ...] = ()
    is_class_folder: bool = False
    open_questions: tuple[FolderQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class SlideDraft:
    """One slide found in an export, before anything is stored.

    Its names may identify a person.

    Attributes:
        root: Absolute folder of the slide, or the archive's path.
        archive_folder: Folder inside the archive, "" otherwise.
        patient: Name of the patient's folder.
        order: Name of the order or date level, "" when there is none.
        layout: Which layout was recognised, e.g. ``signed tree``.
        problems: Skipped files and warnings.
        ignored_count: Number of files skipped silently, such as ``Thumbs.db``.
        origin: The slide on the workstation that exported it with its review; None for an analyser's export.
        open_questions: Folders that wait for an answer; until then the slide cannot be imported.
        known_slide: Id of a stored slide with the same cells under another name; "" = none is known.
        joins_known: The person said that it is that slide: it is not stored a second time.
    """

    root: str
    archive_folder: str
    patient: str
    order: str
    layout: str
    cells: tuple[CellDraft, ...]
    overviews: tuple[OverviewImage, ...]
    problems: tuple[Problem, ...]
    ignored_count: int = 0
    origin: SlideOrigin | None = None
    open_questions: tuple[FolderQuestion, ...] = ()
    known_slide: str = ""
    joins_known: bool = False

    @property
    def synthetic(self) -> bool:
        """Whether the slide comes from the demo renderer."""
        return "synthetic" in f"{self.patient} {self.order} {self.root}".casefold()

    @property
    def labelled_count(self) -> int:
        """Number of cells with a source label."""
        return sum(c.source is not None for c in self.cells)

    @property
    def conflict_count(self) -> int:
        """Number of cells with more than one label."""
        return sum(bool(c.conflicts) for c in self.cells)

    @property
    def undecodable_count(self) -> int:
        """Number of files that cannot be decoded."""
        return sum(p.count for p in self.problems if p.kind is ProblemKind.UNDECODABLE)

    @property
    def duplicate_count(self) -> int:
        """Number of files that repeat another cell's bytes."""
        return sum(len(c.duplicate_paths) for c in self.cells)

    def class_counts(self) -> dict[str, int]:
        """Source class key ("" = unlabelled) → number of cells."""
        return dict(Counter(c.source.class_key if c.source else "" for c in self.cells))


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """Content of an opened folder or archive, before anything is stored.

    Attributes:
        root: The folder or archive.
        slides: The slides found.
        problems: Of no slide in particular.
        notices: What was passed over although nothing is wrong: helper files of the system.
        name_encoding: Encoding in which an archive's names are read that state none; "" where there is no doubt.
        name_encodings: Encodings in which they can be read, the likeliest first.
        questions: Folders that wait for an answer.
        answers: What was answered before the reading: folder name → class key, ``patient`` or ``leave out``.
    """

    root: str
    slides: tuple[SlideDraft, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...] = ()
    name_encoding: str = ""
    name_encodings: tuple[str, ...] = ()
    questions: tuple[FolderQuestion, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


class SlideState(StrEnum):
    """State of a slide in the workflow."""

    IMPORTED = "imported"
    ANALYSING = "analysing"
    IN_REVIEW = "in_review"
    SIGNED = "signed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Cell:
    """One stored cell, without names that identify a person.

    Attributes:
        id: ``<slide id>-<first 12 hex digits of sha256>``.
        number: 1, 2, … in the order of import, as shown to users.
    """

    id: str
    slide_id: str
    number: int
    sha256: str
    width_px: int
    height_px: int
    source: SourceLabel | None
    conflicts: tuple[SourceLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class Slide:
    """One stored slide.

    Attributes:
        id: Pseudonym of the slide, e.g. ``S-7F3K9Q2M`` (keyed hash of patient and order).
        patient: Pseudonym of the patient, e.g. ``P-2W8XK4TD``.
        imported_at: UTC, ISO 8601.
        um_per_px: Scale if the user gave it; None = unknown, and nothing is shown in µm.
        synthetic: Whether it comes from the demo renderer.
        wbc_per_nl: White cell count given by the user (10⁹/l), for absolute counts; None = not given.
    """

    id: str
    patient: str
    layout: str
    imported_at: str
    cell_count: int
    overview_count: int
    synthetic: bool = False
    um_per_px: float | None = None
    wbc_per_nl: float | None = None
