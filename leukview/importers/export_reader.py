"""Reader of analyser exports: folders in several layouts, ZIP archives of them.

Files are only read, never written.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ExportError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.core.prefetch import prefetch
from leukview.domain.site_classes import FolderAnswers
from leukview.domain.slide import (
    CellDraft,
    ExportPreview,
    FoundSlide,
    OverviewImage,
    Problem,
    ProblemKind,
    SlideDraft,
)
from leukview.domain.taxonomy import Taxonomy
from leukview.importers import leukview_json
from leukview.importers.cell_labels import CellLabels, count_problems
from leukview.importers.class_folders import CODED_FILE_STEM, FolderSorter
from leukview.importers.file_sources import FileSource, FolderSource, ZipSource, open_source, read_archived
from leukview.importers.folder_names import CELLS_FOLDER, SIGNED_FOLDER, UNSIGNED_FOLDER, natural_key, slide_names
from leukview.importers.image_checks import ImageFile, check_image, overview_digests, problem_kind
from leukview.importers.images import TooLargeError, decode_rgb
from leukview.importers.own_results import folder_within, own_result_folders
from leukview.importers.passed_over import IMAGE_SUFFIXES, Passed, PassedOver, not_an_image, reason_to_pass
from leukview.importers.zip_index import ambiguous_names_error

READ_AHEAD_THREADS = min(4, os.cpu_count() or 1)


@dataclass(slots=True)
class _Grouping:
    """Files of an export by slide.

    Attributes:
        slides: Location of each slide by its folder (relative; "" = the opened folder), with or without images.
        problems: What is told about the export as a whole.
    """

    slides: dict[str, FoundSlide]
    problems: list[Problem]


def _no_answers() -> FolderAnswers:
    return FolderAnswers()


class AnalyserExportReader:
    """Implements the `ExportReader` port.

    Args:
        taxonomy: Maps folder names and codes to classes.
        site_answers: What the site answered about folders of other names before; read at each export.
    """

    def __init__(self, taxonomy: Taxonomy, site_answers: Callable[[], FolderAnswers] = _no_answers) -> None:
        self._taxonomy, self._site_answers = taxonomy, site_answers

    def read(
        self,
        path: Path,
        token: CancelToken,
        reporter: Reporter,
        answers: Mapping[str, str] | None = None,
        name_encoding: str = "",
    ) -> ExportPreview:
        """See `ExportReader.read`."""
        with open_source(path, name_encoding) as source:
            files = source.list_files(token)
            grouping = self._group_by_slide(path, source, files, answers or {}, name_encoding)
            problems = grouping.problems
            problems.extend(source.problems)
            passed = source.passed.problems()
            problems.extend(p for p in passed if p.kind is not ProblemKind.HELPER)
            notices = tuple(p for p in passed if p.kind is ProblemKind.HELPER)
            choices = source.index.choices if isinstance(source, ZipSource) else ()
            used = source.index.encoding if isinstance(source, ZipSource) and choices else ""
            if used and not name_encoding:
                words = Message(
                    "The archive does not state the encoding of its file names; they are read as {encoding}.",
                    encoding=used,
                )
                problems.append(Problem(ProblemKind.NAME_ENCODING, "", words))
            groups = {key: found for key, found in grouping.slides.items() if found.files}
            questions = tuple(question for found in grouping.slides.values() for question in found.open_questions)
            total = sum(len(found.files) for found in groups.values())
            if not total and not questions:
                told = f" {problems[0].message}" if problems else ""
                raise ExportError(
                    Message("“{path}” contains no cell images.{problem}", path=path.name or path, problem=told),
                    "Choose the folder that the analyser exported, or the folder of one patient in it.",
                )
            slides, done = [], 0
            for found in groups.values():
                slide = self._read_draft(path, source, found, (token, reporter, done, total))
                if found.slide_json:
                    slide = leukview_json.apply_slide_json(slide, source, found.slide_json, self._taxonomy)
                done += len(found.files)
                if slide.cells or slide.problems:
                    slides.append(slide)
            if not questions and not any(s.cells for s in slides):
                oversized = Message("It contains only images larger than a cell.")
                first = next((p.message for s in slides for p in s.problems), oversized)
                raise ExportError(
                    Message("None of the images in “{path}” can be used. {reason}", path=path.name, reason=first)
                )
        reporter(Progress(total, total, "Reading the export"))
        usable, said = tuple(s for s in slides if s.cells), tuple((answers or {}).items())
        return ExportPreview(
            str(path), usable, count_problems(problems), notices, used, choices, questions=questions, answers=said
        )

    def find_slides(
        self, path: Path, token: CancelToken, answers: Mapping[str, str] | None = None, name_encoding: str = ""
    ) -> tuple[tuple[FoundSlide, ...], tuple[Problem, ...]]:
        """Find the slides in a folder or archive from paths alone, without reading images.

        Slides with open questions are among them; such a slide may have no images of its own.

        Args:
            path: Folder or archive.
            token: Cancels the search.
            answers: Folder name → class key, ``patient`` or ``leave out``, beside those of the site.
            name_encoding: Encoding of an archive's names that state none and are not UTF-8; "" = none is chosen.

        Raises:
            ExportError: The folder or archive cannot be opened, or the names in the archive could be read in several
                encodings and none was given.
            Cancelled: The token was set.
        """
        with open_source(path, name_encoding) as source:
            if isinstance(source, ZipSource) and source.index.choices and not name_encoding:
                raise ambiguous_names_error(source.index)
            grouping = self._group_by_slide(path, source, source.list_files(token), answers or {}, name_encoding)
            grouping.problems.extend((*source.problems, *source.passed.problems()))
        return tuple(grouping.slides.values()), count_problems(grouping.problems)

    def read_slide(self, found: FoundSlide, token: CancelToken, reporter: Reporter) -> SlideDraft:
        """Read one slide that `find_slides` returned; gives the same draft as `read`.

        Raises:
            ExportError: None of its images can be used, or its folder is gone.
            Cancelled: The token was set.
        """
        opened, files = Path(found.opened_path), found.files
        with open_source(opened, found.name_encoding) as source:
            draft = self._read_draft(opened, source, found, (token, reporter, 0, len(files)))
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
        names = slide_names(Path(found.opened_path), found.relative_folder, is_class=found.is_class_folder)
        whole.update(f"{found.relative_folder}\0{names.patient}\0{names.order}\0{found.classes!r}".encode())
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
        self, path: Path, source: FileSource, files: Sequence[str], answers: Mapping[str, str], name_encoding: str
    ) -> _Grouping:
        """Group files by slide; ask about folders that may be a class or a patient."""
        places = [PurePosixPath(name) for name in sorted(files, key=natural_key)]
        own = own_result_folders(source, files)
        for folder in sorted(own):
            source.passed.add(Passed.OWN_RESULTS, folder or path.name)
        places = [place for place in places if folder_within(place.as_posix(), own) is None]
        images = [place for place in places if _is_image(place)]
        described = [place.parts[:-1] for place in places if place.name == leukview_json.SLIDE_JSON_FILE]
        answered = self._site_answers().with_answers(answers)
        sorter = FolderSorter(self._taxonomy, answered, path, images, described)
        placements = {parts: sorter.place(parts) for parts in dict.fromkeys(place.parts[:-1] for place in places)}
        opened, present = str(path.resolve()), frozenset(files)
        groups: dict[str, list[tuple[str, str]]] = {}
        ignored: Counter[str] = Counter()
        problems: list[Problem] = []
        classes: dict[str, dict[str, str]] = {}
        for place in places:
            placement, reason = placements[place.parts[:-1]], reason_to_pass(place.name)
            if reason:
                source.passed.add(reason, place.as_posix())
            if placement is None or (not placement.is_used and _is_image(place)):
                continue
            slide = "/".join(placement.slide)
            if _is_image(place):
                groups.setdefault(slide, []).append((place.as_posix(), placement.class_folder))
                if placement.class_folder:
                    classes.setdefault(slide, {})[placement.class_folder] = placement.class_key
            elif reason is Passed.HELPER:
                ignored[slide] += 1
            elif reason is None:
                problems.append(not_an_image(place))
        asked = sorter.questions(placements)
        slides = {
            key: FoundSlide(
                opened,
                key,
                tuple(groups.get(key, ())),
                ignored[key],
                _slide_json_beside(key, present),
                name_encoding,
                classes=tuple(classes.get(key, {}).items()),
                is_class_folder=sorter.is_opened_class and not key,
                open_questions=asked.get(key, ()),
            )
            for key in dict.fromkeys((*groups, *asked))
        }
        return _Grouping(slides, [*problems, *_empty_slides(slides, ignored)])

    def _read_draft(
        self,
        opened: Path,
        source: FileSource,
        found: FoundSlide,
        job: tuple[CancelToken, Reporter, int, int],
    ) -> SlideDraft:
        token, reporter, before, total = job
        key = found.relative_folder
        files = [ImageFile(path, folder) for path, folder in found.files]
        labels = CellLabels(self._taxonomy, dict(found.classes))
        problems: list[Problem] = []
        contents: dict[str, list[ImageFile]] = {}
        sizes: dict[str, tuple[int, int]] = {}
        bad: set[str] = set()
        notes: dict[str, tuple[Passed, ...]] = {}
        reporter(Progress(before, total, "Reading the export"))
        with closing(prefetch(partial(check_image, source, {}), files, READ_AHEAD_THREADS)) as looked:
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
                cells.append(_cell_draft(labels, key, digest, places, (width, height), problems))
                for reason in notes[digest]:
                    passed.add(reason, cells[-1].path)
        problems.extend(passed.problems())
        names = slide_names(opened, key, is_class=found.is_class_folder)
        if names.doubtful_parent:
            words = Message(
                "“{name}” is read as a separate patient. If it is an order of “{parent}”, rename "
                "that folder, for example to “Patient {parent}”, and open it again.",
                name=names.patient,
                parent=names.doubtful_parent,
            )
            problems.append(Problem(ProblemKind.PATIENT_OR_ORDER, "", words))
        problems += [Problem(ProblemKind.UNKNOWN_FOLDER, q.folder, q.message, q.count) for q in found.open_questions]
        inner = key if isinstance(source, ZipSource) else ""
        root = opened if isinstance(source, ZipSource) else _slide_root(opened, key)
        return SlideDraft(
            str(root.resolve()), inner, names.patient, names.order, _layout_name(files), tuple(cells), tuple(overviews),
            count_problems(problems), found.ignored_count, open_questions=found.open_questions,
        )  # fmt: skip


def _cell_draft(
    labels: CellLabels,
    key: str,
    digest: str,
    files: Sequence[ImageFile],
    size: tuple[int, int],
    problems: list[Problem],
) -> CellDraft:
    labelled = [(p, label) for p in files if (label := labels.label(p.class_folder, p.path))]
    first = labelled[0][0] if labelled else files[0]
    path, name = _path_in_slide(key, first.path), PurePosixPath(first.path).name
    source, conflicts = labels.merged([label for _, label in labelled]) if labelled else (None, ())
    if source and conflicts:
        others = ", ".join(c.name for c in conflicts)
        words = Message("“{name}” is in “{folder}” and in “{others}”.", name=name, folder=source.name, others=others)
        problems.append(Problem(ProblemKind.CONFLICT, path, words))
    disagreement = labels.disagreement(source, first.class_folder, path) if source else None
    if disagreement:
        problems.append(disagreement)
    copies = tuple(_path_in_slide(key, p.path) for p in files if p is not first)
    return CellDraft(digest, path, copies, *size, source, conflicts)


def _is_image(place: PurePosixPath) -> bool:
    return place.suffix.casefold() in IMAGE_SUFFIXES and reason_to_pass(place.name) in {None, Passed.HIDDEN}


def _slide_json_beside(key: str, files: Collection[str]) -> str:
    """Path of the ``slide.json`` in a slide's folder; "" when there is none among the files."""
    path = f"{key}/{leukview_json.SLIDE_JSON_FILE}" if key else leukview_json.SLIDE_JSON_FILE
    return path if path in files else ""


def _empty_slides(groups: Iterable[str], ignored: Iterable[str]) -> list[Problem]:
    """Report slide folders without images, in themselves or below.

    `ignored` are the folders that contain files such as ``Thumbs.db``.
    """
    empty = [key for key in ignored if key and not any(f"{k}/".startswith(f"{key}/") for k in groups)]
    return [
        Problem(ProblemKind.EMPTY, key, Message("“{name}” contains no images.", name=PurePosixPath(key).name))
        for key in sorted(empty)
    ]  # fmt: skip


def _path_in_slide(key: str, path: str) -> str:
    return path[len(key) + 1 :] if key else path


def _slide_root(opened: Path, key: str) -> Path:
    return opened / key if key else opened


def _layout_name(files: Sequence[ImageFile]) -> str:
    lower = [f.path.casefold() for f in files]
    folders = {folder for path in lower for folder in path.split("/")[:-1]}
    for folder, layout in (
        (SIGNED_FOLDER, "signed tree"),
        (UNSIGNED_FOLDER, "unsigned"),
        (CELLS_FOLDER, "canonical"),
    ):
        if folder in folders:
            return layout
    if any(f.class_folder for f in files):
        return "class folders"
    return "coded files" if any(CODED_FILE_STEM.match(PurePosixPath(p).stem) for p in lower) else ("unlabelled files")
