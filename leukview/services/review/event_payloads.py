"""Payloads of review events, made from what a person entered and checked against the view."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leukview.core.errors import ReviewError
from leukview.core.messages import Message
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import CONSENSUS_READING, FIRST_READING
from leukview.services.review.slide_view import SlideView


def consensus_payload(agreement: Agreement | None, cell_id: str, label: str) -> dict[str, object]:
    """Payload of a consensus on a cell. Raises `ReviewError` if the readers do not differ on it."""
    found = [d for d in agreement.disagreements if d.cell_id == cell_id] if agreement else []
    if not found:
        raise ReviewError("The readers agree on this cell.", "Open the list of disagreements again.")
    return {
        "label": label,
        "first": found[0].first_label,
        "second": found[0].second_label,
        "reading": CONSENSUS_READING,
    }


def changed_grades(view: SlideView, form: GradingForm, grades: Mapping[str, str]) -> dict[str, str]:
    """Those of the grades that differ from the view's. Raises `ReviewError` for an unknown feature or grade."""
    for key, grade in grades.items():
        item = form.find_item(key)
        if item is None or (grade and grade not in {step.key for step in item.grades}):
            raise ReviewError(
                Message("The grading form has no entry “{key} {grade}”.", key=key, grade=grade),
                "Open the form again.",
            )
    now = {key: graded.grade for key, graded in view.review.grades.items()}
    return {key: grade for key, grade in grades.items() if now.get(key, "") != grade}


def slide_details_payload(
    view: SlideView, wbc_per_nl: float | None, um_per_px: float | None, wbc_includes_nrbc: bool | None
) -> dict[str, object]:
    """Payload of white cell count and scale; empty if nothing changes, see `ReviewSession.set_slide_details`.

    Raises:
        ReviewError: A value is not a positive number.
    """
    for value in (wbc_per_nl, um_per_px):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise ReviewError("White cell count and scale must be positive numbers.")
    values: dict[str, object] = {"wbc_per_nl": wbc_per_nl, "um_per_px": um_per_px}
    if wbc_includes_nrbc is not None and wbc_includes_nrbc is not view.review.wbc_includes_nrbc:
        return {**values, "wbc_includes_nrbc": wbc_includes_nrbc}
    return {} if (wbc_per_nl, um_per_px) == (view.slide.wbc_per_nl, view.slide.um_per_px) else values


def withdrawal_payload(view: SlideView, reason: str, *, withdrawn: bool, may_amend: bool) -> dict[str, object]:
    """Payload of a withdrawal or of its end; see `ReviewSession.withdraw`, also for the errors."""
    if not reason.strip():
        raise ReviewError("A withdrawal needs a reason.")
    if view.reading != FIRST_READING:
        raise ReviewError("A slide can be withdrawn in the first reading only.", "Inform the first reader.")
    if view.review.is_withdrawn is withdrawn:
        raise ReviewError("The slide is already withdrawn." if withdrawn else "The slide is not withdrawn.")
    if view.review.signature and not may_amend:
        raise ReviewError(
            "Only reviewers who may amend a slide can withdraw a signed slide.",
            "Ask a reviewer who may amend slides.",
        )
    payload: dict[str, object] = {"reason": replace_surrogates(reason).strip()}
    return payload if withdrawn else {**payload, "withdrawn": False}


def replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which some clipboards produce, by “?”.

    Text with lone surrogates cannot be encoded as UTF-8, so it could be neither stored nor hashed.
    """
    return text.encode("utf-8", "replace").decode("utf-8")
