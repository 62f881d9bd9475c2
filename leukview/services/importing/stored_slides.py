"""Comparison of the slides in a folder with those stored, before an import."""

from __future__ import annotations

from dataclasses import replace

from leukview.core.job_runner import CancelToken
from leukview.core.messages import Message
from leukview.domain.review.reducer import replay
from leukview.domain.slide import ExportPreview, Problem, ProblemKind, SlideDraft
from leukview.services.images import check_images
from leukview.services.importing.import_slide import count_new_labels, find_exported_slide
from leukview.services.ports.storage import ExportReader, ReviewLog, SlideStore


def compare_with_stored(
    preview: ExportPreview, slides: SlideStore, log: ReviewLog, reader: ExportReader, token: CancelToken
) -> ExportPreview:
    """Add what the person should know of a slide that is stored already to the problems of its draft.

    These are new cells of a signed slide, and stored cells whose image is gone or changed.

    Args:
        preview: Of a folder or archive.
        slides: Store of the slides.
        log: Their reviews.
        reader: Reads images.
        token: Checked before each slide.

    Raises:
        StoreError: The database cannot be read.
        Cancelled: The token was set.
    """
    drafts = []
    for draft in preview.slides:
        token.raise_if_cancelled()
        drafts.append(replace(draft, problems=(*draft.problems, *_problems(draft, slides, log, reader, token))))
    return replace(preview, slides=tuple(drafts))


def _problems(
    draft: SlideDraft, slides: SlideStore, log: ReviewLog, reader: ExportReader, token: CancelToken
) -> list[Problem]:
    if draft.origin is not None and find_exported_slide(slides, draft.origin) is not None:
        return []  # the stored slide stays as it is
    known = slides.find_slide(draft)
    if known is None:
        return []
    stored, found = slides.cells(known.id), {cell.sha256 for cell in draft.cells}
    problems = []
    new = len(found - {cell.sha256 for cell in stored})
    signature = replay(log.events(known.id)).signature
    if signature and new:
        words = Message(
            "Slide {slide} is signed. New cells in this folder: {count}. They are not part of the "
            "signature or of any result until the slide is amended.",
            slide=known.id,
            count=new,
        )
        problems.append(Problem(ProblemKind.SIGNED, "", words))
    relabelled = count_new_labels(draft, {cell.sha256: cell for cell in stored}) if signature else 0
    if relabelled:
        words = Message(
            "Slide {slide} is signed. Cells with a new class by the analyser: {count}. These classes are ignored.",
            slide=known.id,
            count=relabelled,
        )
        problems.append(Problem(ProblemKind.SIGNED, "", words))
    absent = [cell for cell in stored if cell.sha256 not in found]
    check = check_images(reader, absent, slides.cell_locations(known.id), token)
    if check.missing_cells:
        words = Message(
            "Cells of slide {slide} with missing images: {count} of {total}. The slide cannot be signed without them.",
            total=len(stored),
            slide=known.id,
            count=len(check.missing_cells),
        )
        problems.append(Problem(ProblemKind.IMAGES_GONE, "", words))
    if check.changed_cells:
        words = Message(
            "Cells of slide {slide} whose image was changed since the import: {count} of {total}.",
            total=len(stored),
            slide=known.id,
            count=len(check.changed_cells),
        )
        problems.append(Problem(ProblemKind.IMAGES_GONE, "", words))
    return problems
