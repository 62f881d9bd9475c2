"""Reader of analyser exports: folders in several layouts, ZIP archives of them.

Files are only read, never written.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.core.prefetch import prefetch
from leukview.domain.slide import (
    CellDraft,
    ExportPreview,
    FoundSlide,
    OverviewImage,
    Problem,
    ProblemKind,
    SlideDraft,
    SourceLabel,
)
from leukview.domain.taxonomy import OTHER, Taxonomy
from leukview.importers import leukview_json
from leukview.importers.file_sources import FileSource, FolderSource, ZipSource, open_source, read_archived
from leukview.importers.folder_names import SIGNED_FOLDER, UNSIGNED_FOLDER, natural_key, slide_names
from leukview.importers.image_checks import ImageFile, check_image, overview_digests, problem_kind
from leukview.importers.images import TooLargeError, decode_rgb
from leukview.importers.own_results import folder_within, own_result_folders
from leukview.importers.passed_over import IMAGE_SUFFIXES, Passed, PassedOver, not_an_image, reason_to_pass
from leukview.importers.zip_index import ambiguous_names_error

READ_AHEAD_THREADS = min(4, os.cpu_count() or 1)
_CODED_FILE_STEM = re.compile(r"\.?(?P<code>[A-Za-z]{2,8}\d?)_(?P<id>\d+)(?:[\s(（~.\-–].*)?$", re.DOTALL)
"""Code and number, also with what systems append to copies: ``LY_1001 (1)``, ``LY_1001 - Copy``, ``LY_1001 2``."""
_USER_CLASS_CODE = re.compile(r"USR[A-Z]*\d*", re.IGNORECASE)
"""Codes of classes defined by the laboratory, such as ``USRWBC2``."""


class AnalyserExportReader:
    """Implements the `ExportReader` port.

    Args:
        taxonomy: Maps folder names and codes to classes.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy

    def read(self, path: Path, token: CancelToken, reporter: Reporter, name_encoding: str = "") -> ExportPreview:
        """See `ExportReader.read`."""
        with open_source(path, name_encoding) as source:
            files = source.list_files(token)
            groups, ignored, problems = self._group_by_slide(path, source, files)
            present = frozenset(files)
            problems.extend(_empty_slides(groups, ignored))
            problems.extend(source.problems)
            passed = source.passed.problems()
            problems.extend(p for p in passed if p.kind is not ProblemKind.HELPER)
            notices = tuple(p for p in passed if p.kind is ProblemKind.HELPER)
            choices = source.index.choices if isinstance(source, ZipSource) else ()
            used = source.index.encoding if isinstance(source, ZipSource) and choices else ""
            if used and not name_encoding:
                words = Message(
                    "The names in the archive do not say how they are written; they are read as {encoding}.",
                    encoding=used,
                )
                problems.append(Problem(ProblemKind.NAME_ENCODING, "", words))
            total = sum(len(found) for found in groups.values())
            if not total:
                told = f" {problems[0].message}" if problems else ""
                raise ExportError(
                    Message("“{path}” holds no cell images.{problem}", path=path.name or path, problem=told),
                    "Choose the folder that the analyser exported, or one of its patients.",
                )
            slides, done = [], 0
            for key, found in groups.items():
                slide = self._read_draft(path, source, key, found, ignored.get(key, 0), (token, reporter, done, total))
                if beside := _slide_json_beside(key, present):
                    slide = leukview_json.apply_slide_json(slide, source, beside, self._taxonomy)
                done += len(found)
                if slide.cells or slide.problems:
                    slides.append(slide)
            if not any(s.cells for s in slides):
                oversized = Message("It holds only images that are larger than a cell.")
                first = next((p.message for s in slides for p in s.problems), oversized)
                raise ExportError(
                    Message("None of the images in “{path}” can be used. {reason}", path=path.name, reason=first)
                )
        reporter(Progress(total, total, "Reading the export"))
        usable = tuple(s for s in slides if s.cells)
        return ExportPreview(str(path), usable, tuple(problems), notices, used, choices)

    def find_slides(
        self, path: Path, token: CancelToken, name_encoding: str = ""
    ) -> tuple[tuple[FoundSlide, ...], tuple[Problem, ...]]:
        """Find the slides in a folder or archive from paths alone, without reading images.

        Raises:
            ExportError: The folder or archive cannot be opened, or the names in the archive could be read in several
                encodings and none was given.
            Cancelled: The token was set.
        """
        with open_source(path, name_encoding) as source:
            if isinstance(source, ZipSource) and source.index.choices and not name_encoding:
                raise ambiguous_names_error(source.index)
            files = source.list_files(token)
            groups, ignored, problems = self._group_by_slide(path, source, files)
            problems.extend((*_empty_slides(groups, ignored), *source.problems, *source.passed.problems()))
        opened, present = str(path.resolve()), frozenset(files)
        return tuple(
            FoundSlide(
                opened,
                key,
                tuple((f.path, f.class_folder) for f in found),
                ignored.get(key, 0),
                _slide_json_beside(key, present),
                name_encoding,
            )
            for key, found in groups.items()
        ), tuple(problems)

    def read_slide(self, found: FoundSlide, token: CancelToken, reporter: Reporter) -> SlideDraft:
        """Read one slide that `find_slides` returned; gives the same draft as `read`.

        Raises:
            ExportError: None of its images can be used, or its folder is gone.
            Cancelled: The token was set.
        """
        opened = Path(found.opened_path)
        files = [ImageFile(path, folder) for path, folder in found.files]
        with open_source(opened, found.name_encoding) as source:
            draft = self._read_draft(
                opened, source, found.relative_folder, files, found.ignored_count, (token, reporter, 0, len(files))
            )
            if found.slide_json and draft.cells:
                draft = leukview_json.apply_slide_json(draft, source, found.slide_json, self._taxonomy)
        if not draft.cells:
            reason = f" {draft.problems[0].message}" if draft.problems else ""
            raise ExportError(
                Message("None of its {count} images can be used.{reason}", count=len(files), reason=reason)
            )
        return draft

    def slide_digest(self, found: FoundSlide, token: CancelToken) -> str:
        """SHA-256 over names and contents of a slide's files, to detect changes.

        Raises:
            ExportError: Its folder or archive is gone.
            Cancelled: The token was set.
        """
        whole = hashlib.sha256()
        described = ((found.slide_json, ""),) if found.slide_json else ()
        with open_source(Path(found.opened_path), found.name_encoding) as source:
            for path, folder in (*found.files, *described):
                token.raise_if_cancelled()
                try:
                    content = hashlib.sha256(source.read(path)).hexdigest()
                except ExportError:
                    content = "unreadable"
                whole.update(f"{_path_in_slide(found.relative_folder, path)}\0{folder}\0{content}\n".encode())
        names = slide_names(Path(found.opened_path), found.relative_folder, self._is_class)
        whole.update(f"{found.relative_folder}\0{names.patient}\0{names.order}".encode())
        return whole.hexdigest()

    def read_bytes(self, root: Path, archive_folder: str, path: str) -> bytes:
        """See `ExportReader.read_bytes`."""
        if root.is_file():
            return read_archived(root, f"{archive_folder}/{path}" if archive_folder else path)
        return FolderSource(root).read(path)

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """See `ExportReader.decode`."""
        return decode_rgb(data)

    def _group_by_slide(
        self, path: Path, source: FileSource, files: Sequence[str]
    ) -> tuple[dict[str, list[ImageFile]], dict[str, int], list[Problem]]:
        """Group files by slide.

        Returns:
            Images per slide folder (relative; "" = the opened folder), number of ignored files per slide folder,
            problems.
        """
        groups: dict[str, list[ImageFile]] = {}
        ignored: dict[str, int] = {}
        problems: list[Problem] = []
        places = [PurePosixPath(name) for name in sorted(files, key=natural_key)]
        own = own_result_folders(source, files)
        for folder in sorted(own):
            source.passed.add(Passed.OWN_RESULTS, folder or path.name)
        places = [place for place in places if folder_within(place.as_posix(), own) is None]
        class_homes = self._class_parents(p.parts[:-1] for p in places if p.suffix.casefold() in IMAGE_SUFFIXES)
        for place in places:
            name = place.as_posix()
            slide, folder = self._slide_and_class(place.parts[:-1], path, class_homes)
            reason = reason_to_pass(place.name)
            if reason:
                source.passed.add(reason, name)
            if reason is Passed.HELPER:
                ignored[slide] = ignored.get(slide, 0) + 1
            elif reason in {None, Passed.HIDDEN} and place.suffix.casefold() in IMAGE_SUFFIXES:
                groups.setdefault(slide, []).append(ImageFile(name, folder))
            elif reason is None:
                problems.append(not_an_image(place))
        return groups, ignored, problems

    def _class_parents(self, folders: Iterable[tuple[str, ...]]) -> frozenset[tuple[str, ...]]:
        """Folders whose subfolders are classes.

        At least one subfolder must have the name of a class, or at least half of them the code of one. A single code is
        not enough: “MO” and “LY” may be the initials of two patients among many.
        """
        children: dict[tuple[str, ...], set[str]] = {}
        for parts in folders:
            if parts:
                children.setdefault(parts[:-1], set()).add(parts[-1])
        homes = set()
        for home, names in children.items():
            named = any(self._taxonomy.class_by_folder(name) for name in names)
            coded = sum(self._taxonomy.class_by_code(name) is not None for name in names)
            if named or 2 * coded >= len(names):
                homes.add(home)
        return frozenset(homes)

    def _slide_and_class(
        self, parts: tuple[str, ...], opened: Path, class_parents: frozenset[tuple[str, ...]]
    ) -> tuple[str, str]:
        """Slide folder and class folder of a file in the folder `parts`.

        A folder of unknown name next to known class folders (their parents are `class_parents`) is a class defined by
        the laboratory, not a slide.
        """
        lower = [p.casefold() for p in parts]
        for marker in (SIGNED_FOLDER, UNSIGNED_FOLDER):
            if marker in lower:
                at = lower.index(marker)
                folder = parts[at + 1] if marker == SIGNED_FOLDER and len(parts) > at + 1 else ""
                return "/".join(parts[:at]), folder
        if "cells" in lower:
            at = lower.index("cells")
            return "/".join(parts[:at]), parts[at + 1] if len(parts) > at + 1 else ""
        if not parts:
            return "", opened.name if self._is_class_folder(opened.name) or self._opened_inside_signed(opened) else ""
        if parts[:-1] in class_parents or opened.name.casefold() == SIGNED_FOLDER:
            return "/".join(parts[:-1]), parts[-1]
        return "/".join(parts), ""

    @staticmethod
    def _opened_inside_signed(opened: Path) -> bool:
        return opened.parent.name.casefold() == SIGNED_FOLDER

    def _is_class_folder(self, folder: str) -> bool:
        return self._taxonomy.class_by_folder(folder) is not None or self._taxonomy.class_by_code(folder) is not None

    def _source_label(self, folder: str, file: str) -> SourceLabel | None:
        match = _CODED_FILE_STEM.match(PurePosixPath(file).stem)
        code = match["code"] if match else ""
        if self._taxonomy.class_by_code(code) is None and not _USER_CLASS_CODE.fullmatch(code):
            code = ""  # it may be a person's name, which is stored in the vault alone
        if folder:
            found = self._taxonomy.class_by_folder(folder) or self._taxonomy.class_by_code(folder)
            return SourceLabel(found.key if found else OTHER, folder, code)
        by_code = self._taxonomy.class_by_code(code) if code else None
        if by_code:
            return SourceLabel(by_code.key, by_code.name, code)
        return SourceLabel(OTHER, code, code) if _USER_CLASS_CODE.fullmatch(code) else None

    def _read_draft(
        self,
        opened: Path,
        source: FileSource,
        key: str,
        files: Sequence[ImageFile],
        ignored: int,
        job: tuple[CancelToken, Reporter, int, int],
    ) -> SlideDraft:
        token, reporter, before, total = job
        problems: list[Problem] = []
        contents: dict[str, list[ImageFile]] = {}
        sizes: dict[str, tuple[int, int]] = {}
        bad: set[str] = set()
        notes: dict[str, tuple[Passed, ...]] = {}
        reporter(Progress(before, total, "Reading the export"))
        with closing(prefetch(partial(check_image, source), files, READ_AHEAD_THREADS)) as looked:
            for number, (item, one) in enumerate(zip(files, looked, strict=True)):
                token.raise_if_cancelled()
                if number and number % 16 == 0:
                    reporter(Progress(before + number, total, "Reading the export"))
                if one.error is None:
                    contents.setdefault(one.sha256, []).append(item)
                    sizes[one.sha256], notes[one.sha256] = one.size, one.notes
                elif not one.sha256:
                    problems.append(Problem(problem_kind(one.error), _path_in_slide(key, item.path), one.error.message))
                elif one.sha256 not in bad:
                    bad.add(one.sha256)
                    kind = ProblemKind.TOO_LARGE if isinstance(one.error, TooLargeError) else ProblemKind.UNDECODABLE
                    words = Message(
                        "“{name}”: {reason}", name=PurePosixPath(item.path).name, reason=Message(one.error.message)
                    )
                    problems.append(Problem(kind, _path_in_slide(key, item.path), words))
        large = overview_digests(sizes)
        overviews, cells, passed = [], [], PassedOver()
        for digest, places in contents.items():
            width, height = sizes[digest]
            if digest in large:
                overviews.append(OverviewImage(digest, _path_in_slide(key, places[0].path), width, height))
            else:
                cells.append(self._cell_draft(key, digest, places, (width, height), problems))
                for reason in notes[digest]:
                    passed.add(reason, cells[-1].path)
        problems.extend(passed.problems())
        names = slide_names(opened, key, self._is_class)
        if names.doubtful_parent:
            words = Message(
                "“{name}” is taken for a patient of its own. If it is an order of “{parent}”, give that folder a name "
                "such as “Patient {parent}” and open it again.",
                name=names.patient,
                parent=names.doubtful_parent,
            )
            problems.append(Problem(ProblemKind.PATIENT_OR_ORDER, "", words))
        inner = key if isinstance(source, ZipSource) else ""
        root = opened if isinstance(source, ZipSource) else _slide_root(opened, key)
        return SlideDraft(
            str(root.resolve()), inner, names.patient, names.order, _layout_name(files), tuple(cells), tuple(overviews),
            tuple(problems), ignored,
        )  # fmt: skip

    def _is_class(self, folder: str) -> bool:
        taxonomy = self._taxonomy
        return taxonomy.class_by_folder(folder) is not None or taxonomy.class_by_code(folder) is not None

    def _cell_draft(
        self, key: str, digest: str, files: Sequence[ImageFile], size: tuple[int, int], problems: list[Problem]
    ) -> CellDraft:
        labelled = [(p, label) for p in files if (label := self._source_label(p.class_folder, p.path))]
        first = labelled[0][0] if labelled else files[0]
        source = labelled[0][1] if labelled else None
        conflicts = {label.class_key: label for _, label in labelled if source and label.class_key != source.class_key}
        name = PurePosixPath(first.path).name
        if source and conflicts:
            others = ", ".join(c.name for c in conflicts.values())
            words = Message(
                "“{name}” lies under “{folder}” and under “{others}”.", name=name, folder=source.name, others=others
            )
            problems.append(Problem(ProblemKind.CONFLICT, _path_in_slide(key, first.path), words))
        by_code = self._taxonomy.class_by_code(source.code) if source and source.code else None
        if source and by_code and by_code.key != source.class_key:
            words = Message(
                "“{name}” has the code {code} but lies under “{folder}”; the folder is trusted.",
                name=name,
                code=source.code,
                folder=source.name,
            )
            problems.append(Problem(ProblemKind.CODE_DISAGREES, _path_in_slide(key, first.path), words))
        copies = tuple(_path_in_slide(key, p.path) for p in files if p is not first)
        return CellDraft(digest, _path_in_slide(key, first.path), copies, *size, source, tuple(conflicts.values()))


def _slide_json_beside(key: str, files: Collection[str]) -> str:
    """Path of the ``slide.json`` in a slide's folder; "" when there is none among the files."""
    path = f"{key}/{leukview_json.SLIDE_JSON_FILE}" if key else leukview_json.SLIDE_JSON_FILE
    return path if path in files else ""


def _empty_slides(groups: Mapping[str, object], ignored: Iterable[str]) -> list[Problem]:
    """Report slide folders without images, in themselves or below.

    `ignored` are the folders that contain files such as ``Thumbs.db``.
    """
    empty = [key for key in ignored if key and not any(f"{k}/".startswith(f"{key}/") for k in groups)]
    return [
        Problem(ProblemKind.EMPTY, key, Message("“{name}” holds no images.", name=PurePosixPath(key).name))
        for key in sorted(empty)
    ]  # fmt: skip


def _path_in_slide(key: str, path: str) -> str:
    return path[len(key) + 1 :] if key else path


def _slide_root(opened: Path, key: str) -> Path:
    return opened / key if key else opened


def _layout_name(files: Sequence[ImageFile]) -> str:
    lower = [f.path.casefold() for f in files]
    folders = {folder for path in lower for folder in path.split("/")[:-1]}
    for folder, layout in ((SIGNED_FOLDER, "signed tree"), (UNSIGNED_FOLDER, "unsigned"), ("cells", "canonical")):
        if folder in folders:
            return layout
    if any(f.class_folder for f in files):
        return "class folders"
    return "coded files" if any(_CODED_FILE_STEM.match(PurePosixPath(p).stem) for p in lower) else "unlabelled files"
