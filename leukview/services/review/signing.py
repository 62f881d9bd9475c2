"""What a signature is given for, and the images that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from leukview.core.messages import Message
from leukview.domain.review.events import ReviewEvent
from leukview.domain.review.signed_state import SignedState
from leukview.services.images import ImageCheck
from leukview.services.review.sign_obstacles import SignObstacle
from leukview.services.review.slide_view import SlideView


def make_signed_state(view: SlideView, events: Sequence[ReviewEvent]) -> SignedState:
    """Describe what a signature is given for.

    Args:
        view: The slide as the person sees it.
        events: All its events in order of `seq`.
    """
    last = events[-1] if events else None
    return SignedState(
        last.seq if last else 0,
        last.hash if last else "",
        {v.cell.id: v.cell.sha256 for v in view.cells},
        {v.cell.id: v.label for v in view.cells},
    )


def signed_content(view: SlideView) -> object:
    """What a person signs, as a value to compare: two views are equal if a signature means the same on both."""
    review = view.review
    cells = [(v.cell.id, v.cell.sha256, v.label, v.review.comment, v.review.mask) for v in view.cells]
    return (
        cells,
        (view.slide.wbc_per_nl, view.slide.um_per_px, review.wbc_includes_nrbc, review.comment),
        {key: graded.grade for key, graded in review.grades.items()},
        {key: event.id for key, event in review.acknowledged.items()},
        [(alert.rule.key, alert.cell_ids, alert.full_message) for alert in view.alerts],
    )


def signature_gaps(view: SlideView) -> tuple[str, ...]:
    """What the signature and the cells of a slide do not have in common, one sentence each."""
    found = []
    if view.late_cells:
        found.append(
            Message("Cells imported after the signature, not part of this result: {count}.", count=len(view.late_cells))
        )
    if view.unavailable_signed_cells:
        found.append(
            Message(
                "Signed cells missing from this slide: {count}. The signature is not valid for the rest.",
                count=len(view.unavailable_signed_cells),
            )
        )
    return tuple(found)


def image_obstacles(check: ImageCheck) -> tuple[SignObstacle, ...]:
    """List why a slide cannot be signed because of its images, with the cells concerned."""
    gone = Message("Cells whose image can no longer be read: {count}.", count=len(check.missing_cells))
    changed = Message("Cells whose image was changed since the import: {count}.", count=len(check.changed_cells))
    found = (SignObstacle(gone, tuple(check.missing_cells)), SignObstacle(changed, tuple(check.changed_cells)))
    return tuple(obstacle for obstacle in found if obstacle.cells)
