"""Review session of one slide.

Every action is one event, which is written before anything on the screen changes.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ConcurrentWriteError, ReviewError
from leukview.core.messages import Message
from leukview.domain.alerts import AlertRule
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import mask_payload
from leukview.domain.review.agreement import Agreement, compare_readings
from leukview.domain.review.events import (
    CONSENSUS_READING,
    FIRST_READING,
    SECOND_READING,
    EventKind,
    ReviewEvent,
)
from leukview.domain.taxonomy import Taxonomy
from leukview.services.ports.inference import Click
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.event_text import describe_event
from leukview.services.review.reading_access import check_second_reader
from leukview.services.review.slide_view import CellView, SlideView
from leukview.services.review.view_builder import LimitsOf, SlideViewBuilder, no_limits

__all__ = ["CellView", "ReviewSession", "SlideView", "describe_event"]


class ReviewSession:
    """Review of one slide by one reviewer.

    Actions return the new view and raise `ReviewError` on a signed slide. Each action is appended to the log before the
    view changes; if that raises `StoreError`, the view is unchanged.
    """

    def __init__(
        self,
        slides: SlideStore,
        log: ReviewLog,
        taxonomy: Taxonomy,
        rules: Sequence[AlertRule],
        slide_id: str,
        reviewer: str,
        reading: int = FIRST_READING,
        aliases: Collection[str] = (),
        limits_of: LimitsOf = no_limits,
    ) -> None:
        """Begin or resume a review.

        Args:
            slides: Slides, cells and predictions.
            log: Their reviews.
            taxonomy: The classes.
            rules: The alert rules.
            slide_id: The slide.
            reviewer: Name under which events are written.
            reading: `FIRST_READING`, or `SECOND_READING`: blinded to analyser, model and first reader, own labels.
            aliases: Other names of the reviewer in the log.
            limits_of: See `SlideViewBuilder`.

        Raises:
            ReviewError: The reviewer may not be the second reader of this slide.
            StoreError: The slide cannot be read.
        """
        self._slides, self._log, self._taxonomy = slides, log, taxonomy
        self.slide_id, self.reviewer, self.reading = slide_id, reviewer, reading
        self._slide = slides.slide(slide_id)
        self._cells = slides.cells(slide_id)
        predictions, inside = slides.predictions(slide_id), slides.mask_predictions(slide_id)
        self._view_builder = SlideViewBuilder(
            self._cells, predictions, inside, taxonomy, tuple(rules), reading, limits_of
        )
        self._events: list[ReviewEvent] = log.events(slide_id)
        if reading == SECOND_READING:
            check_second_reader(self._events, reviewer, aliases)
        self._view = self._build_view()

    @property
    def view(self) -> SlideView:
        """The current state of the slide."""
        return self._view

    @property
    def events(self) -> tuple[ReviewEvent, ...]:
        """The slide's events in order of `seq`."""
        return tuple(self._events)

    def reload(self) -> SlideView:
        """Reload everything that other programs may have changed.

        These are events of all readings, predictions and slide details.
        """
        self._slide = self._slides.slide(self.slide_id)
        self._view_builder.predictions = dict(self._slides.predictions(self.slide_id))
        self._view_builder.mask_predictions = dict(self._slides.mask_predictions(self.slide_id))
        self._events = self._log.events(self.slide_id)
        self._view = self._build_view()
        return self._view

    def apply_new_events(self) -> SlideView:
        """Read new events and predictions for repaired masks written by other programs.

        Their other predictions are passed to `apply_predictions`.
        """
        new = self._log.events(self.slide_id, self._events[-1].seq if self._events else 0)
        if any(event.kind is EventKind.SET_SLIDE for event in new):
            self._slide = self._slides.slide(self.slide_id)
        inside = dict(self._slides.mask_predictions(self.slide_id))
        if inside == self._view_builder.mask_predictions:
            return self._apply_events(new) if new else self._view
        self._view_builder.mask_predictions = inside
        self._events += new
        self._view = self._build_view()
        return self._view

    def agreement(self) -> Agreement | None:
        """Agreement of both readings; None before the second reader has signed."""
        found = compare_readings(self._events, [cell.id for cell in self._cells])
        return found if found and found.signature and self.reading == FIRST_READING else None

    def record_consensus(self, cell_id: str, label: str) -> SlideView:
        """Record the consensus of both readers on a cell that they labelled differently.

        Args:
            cell_id: The cell.
            label: Class key; "" = open the cell again.

        Raises:
            ReviewError: The readers do not differ on this cell, or the slide is signed.
        """
        agreement = self.agreement()
        found = [d for d in agreement.disagreements if d.cell_id == cell_id] if agreement else []
        if not found:
            raise ReviewError("The readers do not differ on this cell.", "Open the list of disagreements again.")
        if label:
            self._taxonomy.cell_class(label)
        body = {
            "label": label,
            "first": found[0].first_label,
            "second": found[0].second_label,
            "reading": CONSENSUS_READING,
        }
        return self._append_action(EventKind.CONSENSUS, (cell_id,), body)

    def record_failed_pin(self, reviewer: str) -> SlideView:
        """Record that a wrong PIN was entered for a reviewer while this slide was open."""
        return self._append(EventKind.UNLOCK_FAILED, (), {}, reviewer=reviewer)

    def apply_predictions(self, predictions: Mapping[str, Prediction]) -> SlideView:
        """Update the view with a stored batch of predictions.

        Predictions for a mask that is no longer the current one are ignored.
        """
        self._view = self._view_builder.apply_predictions(self._view, predictions)
        return self._view

    def accept(self, cells: Sequence[str]) -> SlideView:
        """Confirm the shown label of cells (one event)."""
        labels = {c: self._view.by_id[c].label for c in cells if not self._view.by_id[c].pending}
        if not labels:
            return self._view
        return self._append_action(EventKind.ACCEPT, tuple(labels), {"labels": labels})

    def override(self, cells: Sequence[str], label: str) -> SlideView:
        """Give cells another label (one event)."""
        self._taxonomy.cell_class(label)
        before = {c: self._view.by_id[c].label for c in cells}
        return self._append_action(EventKind.OVERRIDE, cells, {"label": label, "from": before})

    def comment(self, cells: Sequence[str], text: str, codes: Sequence[str] = ()) -> SlideView:
        """Comment on cells, or on the slide when `cells` is empty (one event).

        `codes` are those of the phrases in the text.
        """
        body: dict[str, object] = {"text": _replace_surrogates(text)}
        return self._append_action(EventKind.COMMENT, cells, {**body, "codes": list(codes)} if codes else body)

    def record_opened(self, cell_id: str) -> SlideView:
        """Record, once per cell, that its large image was shown."""
        if self._view.by_id[cell_id].review.opened or self._view.review.signature:
            return self._view
        return self._append_action(EventKind.OPEN, (cell_id,), {})

    def record_map_shown(self, cell_id: str, stage: str, choice: str) -> SlideView:
        """Record, once per cell, that a class-activation map was shown."""
        if self._view.by_id[cell_id].review.map_shown or self._view.review.signature:
            return self._view
        return self._append_action(EventKind.MAP_SHOWN, (cell_id,), {"stage": stage, "choice": choice})

    def repair_mask(
        self,
        cell_id: str,
        mask: NDArray[np.uint8],
        *,
        methods: Sequence[str],
        refiner: str = "",
        clicks: Sequence[Click] = (),
    ) -> SlideView:
        """Record a repaired mask; the segmenter's mask is kept as well.

        Args:
            cell_id: Id of the cell.
            mask: H×W of the cell's image, 0/1/2.
            methods: ``brush`` and ``clicks``, as far as they were used.
            refiner: Identity of the click-based refiner.
            clicks: In the order in which they were made.

        Raises:
            ReviewError: The slide is signed, this is the second reading, or the mask does not have the image's size.
        """
        known = self._view.by_id[cell_id].cell
        if mask.shape != (known.height_px, known.width_px):
            raise ReviewError("The outline is not of the picture's size.", "Open the cell again and repair it anew.")
        points = [(click.x, click.y, click.region) for click in clicks]
        return self._record_mask(cell_id, mask_payload(mask, methods=methods, refiner=refiner, clicks=points))

    def discard_repaired_mask(self, cell_id: str) -> SlideView:
        """Restore the segmenter's mask; nothing happens without a repaired mask.

        Raises:
            ReviewError: The slide is signed, or this is the second reading.
        """
        return self._record_mask(cell_id, {"mask": None}) if self._view.by_id[cell_id].review.mask else self._view

    def _record_mask(self, cell_id: str, payload: Mapping[str, object]) -> SlideView:
        if self.reading != FIRST_READING:  # masks of the segmenter or the first reader would unblind the second reader
            raise ReviewError("Outlines are repaired in the first reading.", "Label the cell as you see it.")
        return self._append_action(EventKind.REPAIR_MASK, (cell_id,), payload)

    def grade(self, form: GradingForm, grades: Mapping[str, str]) -> SlideView:
        """Grade features of red cells and platelets (one event with the changes).

        Args:
            form: Defines the features and their grades.
            grades: Item key → grade key; "" = not assessed.

        Raises:
            ReviewError: A feature or grade is unknown, or the slide is signed.
        """
        for key, grade in grades.items():
            item = form.find_item(key)
            if item is None or (grade and grade not in {step.key for step in item.grades}):
                raise ReviewError(
                    Message("The grading form does not know “{key} {grade}”.", key=key, grade=grade),
                    "Open the form again.",
                )
        now = {key: graded.grade for key, graded in self._view.review.grades.items()}
        changed = {key: grade for key, grade in grades.items() if now.get(key, "") != grade}
        return self._append_action(EventKind.GRADE, (), {"grades": changed}) if changed else self._view

    def undo(self) -> SlideView:
        """Undo the last action; nothing happens when there is none."""
        stack = self._view.review.undo_stack
        return self._append_action(EventKind.UNDO, (), {"event": stack[-1]}) if stack else self._view

    def redo(self) -> SlideView:
        """Redo the action that was undone last; nothing happens when there is none."""
        stack = self._view.review.redo_stack
        return self._append_action(EventKind.UNDO, (), {"event": stack[-1]}) if stack else self._view

    def acknowledge_alert(self, alert_key: str, *, called_person: str = "", note: str = "") -> SlideView:
        """Acknowledge an alert, with the name of the person called ("" = nobody)."""
        return self._append_action(
            EventKind.ACKNOWLEDGE,
            (),
            {"alert": alert_key, "called": _replace_surrogates(called_person), "note": _replace_surrogates(note)},
        )

    def unmet_requirements(self) -> tuple[str, ...]:
        """List why the slide cannot be signed, one sentence each; empty when it can."""
        view, found = self._view, []
        if view.review.signature:
            found.append("The slide is signed already.")
        if self.reading == SECOND_READING:
            left = len(view.cells) - view.reviewed_count
            return (
                (*found, Message("{count} cells have no label of the second reader yet.", count=left))
                if left
                else tuple(found)
            )
        agreement = self.agreement()
        if agreement and agreement.open_count:
            found.append(
                Message("{count} disagreements with the second reader are not settled.", count=agreement.open_count)
            )
        if view.pending_count:
            found.append(Message("{count} cells are not analysed yet.", count=view.pending_count))
        outlined = sum(not v.is_mask_classified for v in view.cells)
        if outlined:
            found.append(Message("{count} cells with a repaired outline are not classified again yet.", count=outlined))
        if view.unopened_blasts:
            found.append(Message("Blast-like cells not opened yet: {count}.", count=len(view.unopened_blasts)))
        found.extend(
            Message("The alert “{title}” is not acknowledged.", title=Message(a.rule.title))
            for a in view.unacknowledged_alerts
        )
        if view.unreviewed_unidentified:
            found.append(
                Message(
                    "{count} cells are unidentified by the model and not reviewed.",
                    count=len(view.unreviewed_unidentified),
                )
            )
        if view.unidentified_without_comment:
            found.append(
                Message(
                    "Cells left unidentified without a comment that says why: {count}.",
                    count=len(view.unidentified_without_comment),
                )
            )
        return tuple(found)

    def sign(self, name: str, meaning: str) -> SlideView:
        """Sign the slide with a printed name, which makes it read-only.

        Raises:
            ReviewError: The name is empty, or the slide cannot be signed (see `obstacles`).
        """
        if not name.strip():
            raise ReviewError("A signature needs the printed name of the person who signs.")
        obstacles = self.unmet_requirements()
        if obstacles:
            raise ReviewError("The slide cannot be signed yet.", " ".join(obstacles))
        return self._append_action(
            EventKind.SIGN, (), {"name": _replace_surrogates(name).strip(), "meaning": _replace_surrogates(meaning)}
        )

    def reopen(self, reason: str) -> SlideView:
        """Reopen a signed slide for an amendment; its signature is kept in the log.

        Raises:
            ReviewError: The slide is not signed, or no reason is given.
        """
        if not self._view.review.signature:
            raise ReviewError("The slide is not signed.")
        if not reason.strip():
            raise ReviewError("An amendment needs a reason.")
        return self._append(EventKind.REOPEN, (), {"reason": _replace_surrogates(reason).strip()})

    def set_slide_details(self, *, wbc_per_nl: float | None, um_per_px: float | None) -> SlideView:
        """Set white cell count (10⁹/l) and scale (µm per pixel); None = not known.

        Raises:
            ReviewError: A value is not a positive number, or the slide is signed.
        """
        for value in (wbc_per_nl, um_per_px):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ReviewError("White cell count and scale are positive numbers.")
        values = {"wbc_per_nl": wbc_per_nl, "um_per_px": um_per_px}
        if values == {"wbc_per_nl": self._slide.wbc_per_nl, "um_per_px": self._slide.um_per_px}:
            return self._view
        self._append_action(EventKind.SET_SLIDE, (), values)
        self._slide = self._slides.slide(self.slide_id)
        self._view = self._build_view()
        return self._view

    def record_report(self, report_id: str, sha256: str) -> SlideView:
        """Record that a report was written; also possible on a signed slide."""
        return self._append(EventKind.REPORT, (), {"report_id": report_id, "sha256": sha256})

    def record_export(
        self, export_format: str, sha256: str, *, include_names: bool, include_comments: bool
    ) -> SlideView:
        """Record an export with its hash, and whether it contains names and free text.

        Also possible on a signed slide.
        """
        body = {"format": export_format, "sha256": sha256, "names": include_names, "comments": include_comments}
        return self._append(EventKind.EXPORT, (), body)

    def _append_action(self, kind: EventKind, cells: Sequence[str], payload: Mapping[str, object]) -> SlideView:
        self._require_unsigned()
        if not self._view.by_id.keys() >= set(cells):
            raise ReviewError("A cell does not belong to this slide.", "Open the slide of the cell and try again.")
        return self._append(kind, cells, payload, requires_unsigned=True)

    def _require_unsigned(self) -> None:
        if self._view.review.signature:
            raise ReviewError("The slide is signed and read-only.", "Reopen it with a reason to change it.")

    def _append(
        self,
        kind: EventKind,
        cells: Sequence[str],
        payload: Mapping[str, object],
        *,
        requires_unsigned: bool = False,
        reviewer: str = "",
    ) -> SlideView:
        """Append an event after reading all earlier ones, and update the view.

        Args:
            kind: Kind of the event.
            cells: Ids of the cells concerned.
            payload: Without the reading, which is added.
            requires_unsigned: Raise `ReviewError` if another program has signed the slide meanwhile.
            reviewer: Name of the reviewer; "" = the session's.
        """
        body = dict(payload) if self.reading == FIRST_READING else {"reading": self.reading, **payload}
        while True:
            known = self._events[-1].seq if self._events else 0
            try:
                event = self._log.append(
                    self.slide_id,
                    kind,
                    reviewer=reviewer or self.reviewer,
                    cells=tuple(cells),
                    payload=body,
                    expected_seq=known,
                )
                break
            except ConcurrentWriteError:
                self.apply_new_events()
                if requires_unsigned:
                    self._require_unsigned()
        return self._apply_events([event])

    def _apply_events(self, new_events: Sequence[ReviewEvent]) -> SlideView:
        """Update the view with events that follow the known ones."""
        self._events += new_events
        self._view = self._view_builder.apply_events(self._view, self._slide, new_events, self._events)
        return self._view

    def _build_view(self) -> SlideView:
        return self._view_builder.build(self._slide, self._events)


def _replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which some clipboards produce, by “?".

    Text with lone surrogates cannot be encoded as UTF-8, so it could be neither stored nor hashed.
    """
    return text.encode("utf-8", "replace").decode("utf-8")
