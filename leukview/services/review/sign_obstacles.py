"""What prevents a slide from being signed, with the cells concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukview.core.messages import Message
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import SECOND_READING
from leukview.domain.review.sign_rule import Inspection, SignRule
from leukview.domain.taxonomy import UNIDENTIFIED
from leukview.services.review.slide_view import CellView, SlideView

_EVERY_CELL_TEXTS: Mapping[Inspection, str] = {
    Inspection.SEEN: "Cells not yet shown on the screen: {count}.",
    Inspection.OPENED: "Cells not opened: {count}.",
    Inspection.OPENED_OR_LABELLED: "Cells neither opened nor labelled: {count}.",
    Inspection.LABELLED: "Cells not labelled by a reviewer: {count}.",
}
_BLAST_TEXTS: Mapping[Inspection, str] = {
    Inspection.SEEN: "Blast-like cells not yet shown on the screen: {count}.",
    Inspection.OPENED: "Blast-like cells not opened: {count}.",
    Inspection.OPENED_OR_LABELLED: "Blast-like cells neither opened nor labelled: {count}.",
    Inspection.LABELLED: "Blast-like cells not labelled by a reviewer: {count}.",
}
_UNIDENTIFIED_TEXTS: Mapping[Inspection, str] = {
    Inspection.SEEN: "Unidentified cells not yet shown on the screen: {count}.",
    Inspection.OPENED: "Unidentified cells not opened: {count}.",
    Inspection.OPENED_OR_LABELLED: "Unidentified cells neither opened nor labelled: {count}.",
    Inspection.LABELLED: "{count} cells are unidentified by the model and not reviewed.",
}


@dataclass(frozen=True, slots=True)
class SignObstacle:
    """One reason why a slide cannot be signed yet.

    Attributes:
        text: One sentence, a `Message`.
        cells: Ids of the cells to attend to, in the slide's order; empty when it is not about cells.
    """

    text: str
    cells: tuple[str, ...] = ()


def find_sign_obstacles(view: SlideView, rule: SignRule, agreement: Agreement | None) -> tuple[SignObstacle, ...]:
    """List what prevents a slide from being signed; empty when nothing does.

    A reason for too few leukocytes is no obstacle, because it is given with the signature: see `missing_leukocytes`.

    Args:
        view: The slide in the reading that is to be signed. What was seen and opened counts in this reading only.
        rule: The site's sign rule. In the second reading every cell must be labelled instead.
        agreement: Agreement with a finished second reading; None = there is none.
    """
    found = [SignObstacle(Message("The slide is already signed."))] if view.review.signature else []
    if view.reading == SECOND_READING:
        left = tuple(v.cell.id for v in view.cells if not v.reviewed)
        if left:
            text = Message("{count} cells have no label of the second reader yet.", count=len(left))
            found.append(SignObstacle(text, left))
        return tuple(found)
    if agreement and agreement.open_count:
        text = Message("{count} disagreements with the second reader are not resolved.", count=agreement.open_count)
        found.append(SignObstacle(text))
    found.extend(_cell_obstacle("{count} cells are not analysed yet.", (v for v in view.cells if v.pending)))
    outlined = (v for v in view.cells if not v.is_mask_classified)
    found.extend(_cell_obstacle("{count} cells with a repaired outline are not yet classified again.", outlined))
    found.extend(_inspection_obstacles(view, rule))
    found.extend(
        SignObstacle(Message("The alert “{title}” is not acknowledged.", title=Message(a.rule.title)), a.cell_ids)
        for a in view.unacknowledged_alerts
    )
    if rule.comment_on_unidentified:
        uncommented = (view.by_id[cell] for cell in view.unidentified_without_comment)
        found.extend(
            _cell_obstacle("Cells labelled unidentified without a comment that gives the reason: {count}.", uncommented)
        )
    counted = view.shown_tally.leukocyte_count
    if counted < rule.min_leukocytes and not rule.fewer_with_reason:
        template = "Leukocytes counted: {count}. At least {minimum} are needed for a signature."
        found.append(SignObstacle(Message(template, count=counted, minimum=rule.min_leukocytes)))
    return tuple(found)


def missing_leukocytes(view: SlideView, rule: SignRule) -> int:
    """Number of leukocytes missing to the least number; > 0 = the signature needs a reason.

    0 in the second reading, whose reader does not decide on the slide's result.
    """
    if view.reading == SECOND_READING or not rule.fewer_with_reason:
        return 0
    return max(0, rule.min_leukocytes - view.shown_tally.leukocyte_count)


def _inspection_obstacles(view: SlideView, rule: SignRule) -> Iterable[SignObstacle]:
    shown = [v for v in view.cells if not v.pending]
    blasts = [v for v in shown if _is_blast_like(view, v)]
    unidentified = [v for v in shown if v.label == UNIDENTIFIED]
    for cells, inspection, texts in (
        (blasts, rule.blast_like_cells, _BLAST_TEXTS),
        (unidentified, rule.unidentified_cells, _UNIDENTIFIED_TEXTS),
        (view.cells, rule.every_cell, _EVERY_CELL_TEXTS),
    ):
        if inspection is not Inspection.NONE:
            yield from _cell_obstacle(texts[inspection], (v for v in cells if not _is_inspected(view, v, inspection)))


def _is_blast_like(view: SlideView, cell: CellView) -> bool:
    cell_class = view.taxonomy.cell_class(cell.label)
    return cell_class.is_blast_like


def _is_inspected(view: SlideView, cell: CellView, inspection: Inspection) -> bool:
    review = cell.review
    return inspection.is_met(seen=cell.cell.id in view.review.seen, opened=review.opened, labelled=cell.reviewed)


def _cell_obstacle(template: str, cells: Iterable[CellView]) -> list[SignObstacle]:
    ids = tuple(v.cell.id for v in cells)
    return [SignObstacle(Message(template, count=len(ids)), ids)] if ids else []
