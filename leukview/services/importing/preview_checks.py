"""Comparison of a preview with the stored slides: known cells, changed classes, similar names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from leukview.core.messages import Message, MessageList
from leukview.domain.class_names import fold_name
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Cell, CellDraft, ExportPreview, Problem, ProblemKind, SlideDraft
from leukview.services.ports.storage import KnownContent, ReviewLog

_EXAMPLES = 3


def check_preview(preview: ExportPreview, known: KnownContent, log: ReviewLog) -> ExportPreview:
    """Add what the stored slides tell about a preview, as problems of the slides concerned.

    These are cells that are stored under another name or stand under two names here, cells whose class was changed on
    the analyser since their import, and names that differ from a known one only in case or accents. A slide that
    another workstation exported with its review is known by its own ids and is left as it is.

    Args:
        preview: What was read.
        known: The stored slides.
        log: Their reviews.

    Raises:
        StoreError: The database or the vault cannot be read.
    """
    compared = [draft for draft in preview.slides if draft.origin is None]
    if not compared:
        return preview
    stored = known.cells_with({cell.sha256 for draft in compared for cell in draft.cells})
    names = {slide: known.folder_names(slide) for slide in stored}
    patients = [*known.patient_names(), *(draft.patient for draft in compared)]
    twice = _cells_of_two(compared)
    checked = []
    for draft in preview.slides:
        if draft.origin is not None:
            checked.append(draft)
            continue
        problems, twin = _check_stored(draft, stored, names, log)
        problems += _check_twice(draft, twice)
        problems += _check_name(draft, patients)
        checked.append(replace(draft, problems=(*draft.problems, *problems), known_slide=twin))
    return replace(preview, slides=tuple(checked))


def _check_stored(
    draft: SlideDraft,
    stored: Mapping[str, Sequence[Cell]],
    names: Mapping[str, tuple[str, str] | None],
    log: ReviewLog,
) -> tuple[list[Problem], str]:
    """Problems of a draft beside the stored slides, and the stored slide that holds most of its cells."""
    by_digest = {cell.sha256: cell for cell in draft.cells}
    problems: list[Problem] = []
    twin, most = "", 0
    for slide, cells in stored.items():
        common = [cell for cell in cells if cell.sha256 in by_digest]
        if not common:
            continue
        problems += _changed_classes(slide, common, by_digest)
        if names[slide] is None or _same_names(draft, names[slide]):
            continue  # without names here it is another workstation's, which may have had the same
        reviewed = replay(log.events(slide)).cells
        judged = sum(bool(reviewed[cell.id].label) for cell in common if cell.id in reviewed)
        words = Message(
            "{count} of its {total} cells are those of slide {slide}, imported under another name; {reviewed} of them "
            "were reviewed there.",
            count=len(common),
            total=len(draft.cells),
            slide=slide,
            reviewed=judged,
        )
        problems.append(Problem(ProblemKind.SAME_CELLS, "", words, len(common)))
        if 2 * len(common) > len(draft.cells) and len(common) > most:
            twin, most = slide, len(common)
    return problems, twin


def _same_names(draft: SlideDraft, names: tuple[str, str] | None) -> bool:
    return names is not None and [_normal(n) for n in names] == [_normal(draft.patient), _normal(draft.order)]


def _normal(name: str) -> str:
    """A folder's name as the vault keeps it: macOS decomposes accents."""
    return unicodedata.normalize("NFC", name).strip()


def _changed_classes(slide: str, cells: Iterable[Cell], by_digest: Mapping[str, CellDraft]) -> list[Problem]:
    changed = []
    for cell in cells:
        draft = by_digest[cell.sha256]
        known = {label.class_key for label in cell.conflicts} | ({cell.source.class_key} if cell.source else set())
        if cell.source and draft.source and draft.source.class_key not in known:
            changed.append((cell, draft))
    if not changed:
        return []
    examples = [
        Message(
            "“{name}” (“{before}”, now “{now}”)",
            name=PurePosixPath(draft.path).name,
            before=cell.source.name if cell.source else "",
            now=draft.source.name if draft.source else "",
        )
        for cell, draft in changed[:_EXAMPLES]
    ]
    words = Message(
        "{count} cells have another class on the analyser than at the import of slide {slide}: {examples}.",
        count=len(changed),
        slide=slide,
        examples=MessageList(examples),
    )
    return [Problem(ProblemKind.CLASS_CHANGED, changed[0][1].path, words, len(changed))]


def _cells_of_two(drafts: Sequence[SlideDraft]) -> dict[str, list[SlideDraft]]:
    """Content → the slides of this preview that hold it, where two names do."""
    found: dict[str, list[SlideDraft]] = {}
    for draft in drafts:
        for cell in draft.cells:
            found.setdefault(cell.sha256, []).append(draft)
    return {digest: its for digest, its in found.items() if len({(d.patient, d.order) for d in its}) > 1}


def _check_twice(draft: SlideDraft, twice: Mapping[str, Sequence[SlideDraft]]) -> list[Problem]:
    others: dict[str, int] = {}
    for cell in draft.cells:
        for other in twice.get(cell.sha256, ()):
            if (other.patient, other.order) != (draft.patient, draft.order):
                title = f"{other.patient} / {other.order}" if other.order else other.patient
                others[title] = others.get(title, 0) + 1
    words = "{count} of its cells are also in “{name}”: the same images under two names."
    return [
        Problem(ProblemKind.SAME_CELLS, "", Message(words, count=count, name=title), count)
        for title, count in others.items()
    ]


def _check_name(draft: SlideDraft, patients: Iterable[str]) -> list[Problem]:
    own = _normal(draft.patient)
    similar = {_normal(name) for name in patients if fold_name(name) == fold_name(own) != ""} - {own}
    words = (
        "“{name}” and the patient “{other}” differ in capital letters or accents only; they are kept as two patients."
    )
    return [Problem(ProblemKind.SIMILAR_NAME, "", Message(words, name=own, other=other)) for other in sorted(similar)]
