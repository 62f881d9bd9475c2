"""The analyser's label of a cell from its class folder and the code in its file's name; problems by kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from leukview.core.messages import Message, MessageList
from leukview.domain.class_names import without_counts
from leukview.domain.slide import Problem, ProblemKind, SourceLabel
from leukview.domain.taxonomy import OTHER, Taxonomy
from leukview.importers.class_folders import CODED_FILE_STEM, OWN_OTHER_PREFIX

MAX_PROBLEMS_OF_A_KIND = 25
"""Up to this number each problem of a slide is told by itself; above it they are counted, with examples."""
MAX_WARNINGS_OF_A_KIND = 3
"""The same for warnings about labels, whose cells are all read."""
_EXAMPLES = 3
_WARNINGS = frozenset({ProblemKind.CODE_DISAGREES, ProblemKind.CONFLICT})
_USER_CLASS_CODE = re.compile(r"USR[A-Z]*\d*", re.IGNORECASE)
"""Codes of classes defined by the laboratory, such as ``USRWBC2``."""
_COUNTED: Mapping[ProblemKind, str] = {
    ProblemKind.UNDECODABLE: "{count} files cannot be read, for example {examples}.",
    ProblemKind.TOO_LARGE: "{count} files are too large, for example {examples}.",
    ProblemKind.NOT_AN_IMAGE: "{count} files are not images and were skipped, for example {examples}.",
    ProblemKind.NO_PERMISSION: "{count} files may not be read (no permission), for example {examples}.",
    ProblemKind.VANISHED: "{count} files are missing, for example {examples}.",
    ProblemKind.UNSAFE_ARCHIVE_ENTRY: "{count} entries of the archive are unsafe, for example {examples}.",
    ProblemKind.CODE_DISAGREES: (
        "The code of {count} files differs from their folder; the folder is used, for example {examples}."
    ),
    ProblemKind.CONFLICT: "{count} cells are in two class folders, for example {examples}.",
    ProblemKind.EMPTY: "{count} folders contain no images, for example {examples}.",
}


@dataclass(frozen=True, slots=True)
class CellLabels:
    """Labels by folder and code.

    Attributes:
        taxonomy: Maps codes to classes.
        classes: Name of each class folder of the slide → key of its class.
    """

    taxonomy: Taxonomy
    classes: Mapping[str, str]

    def label(self, folder: str, path: str) -> SourceLabel | None:
        """The label of a file; None when neither folder nor code gives one.

        A code that names a part of the folder's class is the finer label and is meant.

        Args:
            folder: Name of its class folder; "" = none.
            path: Path of the file.
        """
        match = CODED_FILE_STEM.match(PurePosixPath(path).stem)
        code = match["code"] if match else ""
        by_code = self.taxonomy.class_by_code(code) if code else None
        if by_code is None and not _USER_CLASS_CODE.fullmatch(code):
            code = ""  # it may be a person's name, which is stored in the vault alone
        if folder:
            key = self.classes.get(folder, OTHER)
            if by_code and code.casefold() != folder.casefold() and self.taxonomy.is_finer(by_code.key, key):
                key = by_code.key
            return SourceLabel(key, self._stored_name(folder), code)
        if by_code:
            return SourceLabel(by_code.key, by_code.name, code)
        return SourceLabel(OTHER, code, code) if _USER_CLASS_CODE.fullmatch(code) else None

    def disagreement(self, label: SourceLabel, folder: str, path: str) -> Problem | None:
        """The problem of a file whose code is another class than its folder; None when the two agree."""
        by_code = self.taxonomy.class_by_code(label.code) if label.code else None
        if by_code is None or by_code.key == label.class_key or label.code.casefold() == folder.casefold():
            return None
        if self.taxonomy.is_finer(label.class_key, by_code.key):
            return None
        words = Message(
            "“{name}” has the code {code} but is in the folder “{folder}”; the folder is used.",
            name=PurePosixPath(path).name,
            code=label.code,
            folder=label.name,
        )
        return Problem(ProblemKind.CODE_DISAGREES, path, words)

    def merged(self, labels: Sequence[SourceLabel]) -> tuple[SourceLabel, tuple[SourceLabel, ...]]:
        """The label of one cell that has several, and the others that contradict it.

        Of a class and a part of it, the part is meant and nothing contradicts.
        """
        chosen = labels[0]
        for label in labels[1:]:
            if self.taxonomy.is_finer(label.class_key, chosen.class_key):
                chosen = label
        conflicts = {
            label.class_key: label
            for label in labels
            if label.class_key != chosen.class_key and not self.taxonomy.is_finer(chosen.class_key, label.class_key)
        }
        return chosen, tuple(conflicts.values())

    def _stored_name(self, folder: str) -> str:
        """The folder's name without a number or count beside a name that is known without it.

        Of LeukView's own folder for a class that is none here, the rest comes from its ``slide.json`` alone.
        """
        if folder.startswith(OWN_OTHER_PREFIX):
            return OWN_OTHER_PREFIX.strip()
        plain = without_counts(folder)
        return plain if plain != folder and self.taxonomy.class_by_folder(plain) else folder


def count_problems(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems in their order; many of one kind become one that gives their number and examples."""
    by_kind: dict[ProblemKind, list[Problem]] = {}
    for problem in problems:
        by_kind.setdefault(problem.kind, []).append(problem)
    counted: list[Problem] = []
    for kind, found in by_kind.items():
        most = MAX_WARNINGS_OF_A_KIND if kind in _WARNINGS else MAX_PROBLEMS_OF_A_KIND
        if len(found) <= most or kind not in _COUNTED:
            counted.extend(found)
            continue
        names = dict.fromkeys(f"“{PurePosixPath(p.path).name or p.path}”" for p in found)
        words = Message(_COUNTED[kind], count=len(found), examples=MessageList(list(names)[:_EXAMPLES]))
        counted.append(replace(found[0], message=words, count=sum(p.count for p in found)))
    return tuple(counted)
