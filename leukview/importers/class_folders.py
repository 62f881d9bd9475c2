"""Decision for each folder of an export: a class, a slide of its own, left out, or to be asked.

Two patients never become one slide by a guess: a folder is a class only when its name is known as one, or when a person
said so, and the folders beside it do not contradict.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path, PurePosixPath

from leukview.domain.site_classes import LEAVE_OUT, PATIENT, FolderAnswers
from leukview.domain.slide import FolderQuestion
from leukview.domain.taxonomy import OTHER, UNIDENTIFIED, CellClass, Taxonomy
from leukview.importers.folder_names import (
    CELLS_FOLDER,
    SIGNED_FOLDER,
    UNSIGNED_FOLDER,
    is_order_name,
    is_patient_name,
)

CODED_FILE_STEM = re.compile(r"\.?(?P<code>[A-Za-z]{2,8}\d?)_(?P<id>\d+)(?:[\s(（~.\-–].*)?$", re.DOTALL)
"""Code and number, also with what systems append to copies: ``LY_1001 (1)``, ``LY_1001 - Copy``, ``LY_1001 2``."""
MIN_CODES_ALONE = 5
"""Number of codes side by side that cannot be the initials of as many patients."""
OWN_OTHER_PREFIX = "Other "
"""Beginning of the folders that LeukView's own export makes for cells of a class that the taxonomy lacks."""
_WEAK = frozenset({OTHER, UNIDENTIFIED})
"""Classes whose names also stand for a patient or a rest: they make no folder a slide."""
_CLASS_MARKERS = frozenset({SIGNED_FOLDER, CELLS_FOLDER})
_MARKERS = _CLASS_MARKERS | {UNSIGNED_FOLDER}
Parts = tuple[str, ...]


class _Kind(Enum):
    """What a folder holds."""

    CLASS = auto()
    SLIDE = auto()
    LEFT_OUT = auto()
    ASK_IN_SLIDE = auto()  # part of the slide above, or a patient: its images are in no slide until answered
    ASK_ALONE = auto()  # a patient, or a class of the slide above: a slide of its own that waits for the answer


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the images of one folder belong.

    Attributes:
        slide: Folder of the slide, relative to the opened folder.
        class_folder: Name of the class folder; "" = none.
        class_key: Class that it stands for; "" = none.
        question_folder: Folder to ask about; None = nothing to ask.
        is_used: Whether the images are cells of the slide.
    """

    slide: Parts
    class_folder: str = ""
    class_key: str = ""
    question_folder: Parts | None = None
    is_used: bool = True


@dataclass(slots=True)
class _Home:
    """The folders side by side in one folder."""

    evidence: bool = False  # at least one of them is a class beyond doubt
    names: set[str] = field(default_factory=set)
    coded: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


class FolderSorter:
    """Sorts the image folders of one export into slides and classes.

    Args:
        taxonomy: Names and codes of classes.
        answers: What persons answered.
        opened: The folder or archive that was opened.
        images: Paths of all images, relative to it.
        described: Folders that hold a ``slide.json``, so that LeukView itself wrote what lies below.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        answers: FolderAnswers,
        opened: Path,
        images: Iterable[PurePosixPath],
        described: Collection[Parts] = (),
    ) -> None:
        self._taxonomy, self._answers, self._described = taxonomy, answers, frozenset(described)
        resolved = opened.resolve()
        self._opened_name = opened.stem if opened.is_file() else resolved.name
        self._above = "" if opened.is_file() else resolved.parent.name.casefold()
        self._stems: dict[Parts, list[str]] = {}
        for path in images:
            self._stems.setdefault(path.parts[:-1], []).append(path.stem)
        self._children: dict[Parts, set[str]] = {}
        for parts in self._stems:
            for depth in range(1, len(parts) + 1):
                if depth == len(parts) or self._is_marked(parts[: depth - 1]):
                    self._children.setdefault(parts[: depth - 1], set()).add(parts[depth - 1])
        self._homes: dict[Parts, _Home] = {}

    def place(self, parts: Parts) -> Placement | None:
        """Where the images in a folder belong; None when a person left the folder out."""
        marks = [at for at, part in enumerate(parts) if part.casefold() in _MARKERS]
        for at in marks:
            if at + 1 == len(parts):
                return Placement(parts[:at])
            if at < marks[-1] and not self._taxonomy.class_by_folder(parts[at + 1]):
                continue  # a folder that holds “Signed slides” itself is no class
            found = self._below_marker(parts, at)
            if found is None or not found.is_used or found.slide != parts:
                return found
        if not parts:
            return self._opened_itself()
        return self._decided(parts[:-1], parts[:-1], parts[-1], parts)

    @property
    def is_opened_class(self) -> bool:
        """Whether the opened folder itself is a class folder of the slide above it."""
        found = self._opened_itself()
        return found is not None and bool(found.class_key)

    def questions(self, placements: Mapping[Parts, Placement | None]) -> dict[str, tuple[FolderQuestion, ...]]:
        """What is to be asked, by slide folder.

        Args:
            placements: Folder → its placement.
        """
        found: dict[str, dict[Parts, int]] = {}
        for parts, placement in placements.items():
            if placement is not None and placement.question_folder is not None and parts in self._stems:
                counts = found.setdefault("/".join(placement.slide), {})
                folder = placement.question_folder
                counts[folder] = counts.get(folder, 0) + len(self._stems[parts])
        return {
            slide: tuple(
                FolderQuestion(
                    folder[-1] if folder else self._opened_name, "/".join(folder), count, self._suggestion(folder)
                )
                for folder, count in counts.items()
            )
            for slide, counts in found.items()
        }

    def _below_marker(self, parts: Parts, at: int) -> Placement | None:
        """Placement of a folder below “Signed slides”, “Cells” or “Unsigned slides”.

        A folder below a class folder is asked about as well: patients may lie below the classes.
        """
        found = self._decided(parts[:at], parts[: at + 1], parts[at + 1], parts)
        for depth in range(at + 2, len(parts)):
            if found is None or not found.class_key:
                break
            finer = self._decided(parts[:at], parts[:depth], parts[depth], parts)
            found = finer if finer is None or finer.class_key or not finer.is_used or finer.slide == parts else found
        unlabelled = parts[at].casefold() == UNSIGNED_FOLDER and found is not None and found.class_key
        if unlabelled and not self._answers.answer(parts[at + 1]):
            return Placement(parts[:at])
        return found

    def _decided(self, slide: Parts, home: Parts, name: str, parts: Parts) -> Placement | None:
        """Placement of the images in `parts` by what the folder `name` in `home` is."""
        kind = self._kind(home, name)
        folder = (*home, name)
        match kind:
            case _Kind.LEFT_OUT:
                return None
            case _Kind.CLASS:
                found = self._class(home, name)
                return Placement(slide, name, found.key if found else OTHER)
            case _Kind.ASK_IN_SLIDE:
                return Placement(slide, question_folder=folder, is_used=False)
            case _Kind.ASK_ALONE:
                return Placement(parts, question_folder=folder)
            case _Kind.SLIDE:
                return Placement(parts)

    def _kind(self, home: Parts, name: str) -> _Kind:
        answer = self._answers.answer(name)
        if answer == LEAVE_OUT:
            return _Kind.LEFT_OUT
        if answer == PATIENT:
            return _Kind.SLIDE
        if answer:
            return _Kind.CLASS
        beside, marked = self._home(home), self._is_marked(home)
        if self._is_own_export(home, name):
            return _Kind.CLASS
        named = self._taxonomy.class_by_folder(name)
        if beside.evidence and (named or name in beside.coded):
            return _Kind.CLASS
        if named and marked and not beside.unknown and not beside.coded:
            return _Kind.CLASS
        if named is None and name not in beside.coded and (is_patient_name(name) or is_order_name(name)):
            return _Kind.SLIDE
        if marked or (beside.evidence and name in beside.unknown):
            return _Kind.ASK_IN_SLIDE
        if named or (name in beside.coded and 2 * len(beside.coded) >= len(beside.names)):
            return _Kind.ASK_ALONE
        return _Kind.SLIDE

    def _home(self, home: Parts) -> _Home:
        if home in self._homes:
            return self._homes[home]
        found = self._homes[home] = _Home()
        for name in self._children.get(home, ()):
            answer = self._answers.answer(name)
            if self._is_own_export(home, name):
                continue
            if name.casefold() in _MARKERS or answer in {PATIENT, LEAVE_OUT}:
                continue
            found.names.add(name)
            named = self._taxonomy.class_by_folder(name)
            if answer or (named and named.key not in _WEAK):
                found.evidence = True
            elif named is None and self._taxonomy.class_by_folder_code(name, self._children[home]):
                found.coded.add(name)
            elif named is None and not is_patient_name(name) and not is_order_name(name):
                found.unknown.add(name)
        found.evidence = found.evidence or self._are_codes(home, found)
        return found

    def _are_codes(self, home: Parts, found: _Home) -> bool:
        """Whether folders named by codes are classes beyond doubt, and not patients with such initials."""
        if not found.coded:
            return False
        if any(known.applies_to(found.names) for known in self._taxonomy.aliases.sets):
            return True
        if len(found.coded) >= MIN_CODES_ALONE and 4 * len(found.coded) >= 3 * len(found.names):
            return True
        if home[:-1] in self._described and self._is_marked(home):
            return True
        confirmed = sum(self._is_confirmed(home, name) for name in found.coded)
        return 2 * confirmed > len(found.coded)

    def _is_confirmed(self, home: Parts, name: str) -> bool:
        """Whether most files of a folder carry its code: ``LY/LY_1001.jpg``."""
        stems = self._stems.get((*home, name), [])
        carrying = sum(
            bool(match) and match["code"].casefold() == name.casefold()
            for match in map(CODED_FILE_STEM.match, stems)
            if match
        )
        return bool(stems) and 2 * carrying > len(stems)

    def _is_own_export(self, home: Parts, name: str) -> bool:
        """Whether LeukView wrote the folder itself, for a class without a code or for one that is none here."""
        if not self._is_marked(home) or home[:-1] not in self._described:
            return False
        return name.startswith(OWN_OTHER_PREFIX) or self._class_by_key(name) is not None

    def _class_by_key(self, name: str) -> CellClass | None:
        return next((c for c in self._taxonomy.classes if c.key == name), None)

    def _class(self, home: Parts, name: str) -> CellClass | None:
        if self._is_own_export(home, name):
            return self._class_by_key(name) or self._taxonomy.cell_class(OTHER)
        answer = self._answers.answer(name)
        if answer and answer not in {PATIENT, LEAVE_OUT}:
            return self._taxonomy.cell_class(answer)
        by_code = self._taxonomy.class_by_folder_code(name, self._children.get(home, ()))
        return self._taxonomy.class_by_folder(name) or by_code

    def _suggestion(self, folder: Parts) -> str:
        name = folder[-1] if folder else self._opened_name
        found = self._class(folder[:-1], name)
        return found.key if found else ""

    def _is_marked(self, home: Parts) -> bool:
        """Whether the folders in a folder are expected to be classes."""
        return any(part.casefold() in _MARKERS for part in home or (self._opened_name,))

    def _opened_itself(self) -> Placement | None:
        """Placement of the images that lie directly in the opened folder."""
        name, answer = self._opened_name, self._answers.answer(self._opened_name)
        if answer == PATIENT or not (self._above in _CLASS_MARKERS or self._taxonomy.class_by_folder(name) or answer):
            return Placement(())
        if answer == LEAVE_OUT:
            return None
        found = self._class((), name)
        if answer or (found and self._above in _CLASS_MARKERS):
            return Placement((), name, found.key if found else OTHER)
        return Placement((), question_folder=())
