"""Review a slide: every action is one event, written before anything on the screen changes."""

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
from leukview.services.review.view_builder import SlideViewBuilder

__all__ = ["CellView", "ReviewSession", "SlideView", "describe_event"]


class ReviewSession:
    """One reviewer on one slide. Actions return the new view; each raises `ReviewError` on a signed slide.

    Every method that acts first appends to the log (a `StoreError` then leaves the view as it was).
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
    ) -> None:
        """Begin or resume.

        Args:
            slides: Slides, cells and predictions.
            log: Their reviews.
            taxonomy: The classes.
            rules: The alert rules.
            slide_id: The slide.
            reviewer: Under whose name events are written.
            reading: `FIRST_READING`, or `SECOND_READING`: blinded to analyser, model and first reader, with labels of its own.
            aliases: Other names under which the reviewer may stand in the log.

        Raises:
            ReviewError: The reviewer may not be the second reader of this slide.
            StoreError: The slide cannot be read.
        """
        self._slides, self._log, self._taxonomy = slides, log, taxonomy
        self.slide_id, self.reviewer, self.reading = slide_id, reviewer, reading
        self._slide = slides.slide(slide_id)
        self._cells = slides.cells(slide_id)
        predictions, inside = slides.predictions(slide_id), slides.mask_predictions(slide_id)
        self._view_builder = SlideViewBuilder(self._cells, predictions, inside, taxonomy, tuple(rules), reading)
        self._events: list[ReviewEvent] = log.events(slide_id)
        if reading == SECOND_READING:
            check_second_reader(self._events, reviewer, aliases)
        self._view = self._build_view()

    @property
    def view(self) -> SlideView:
        """The slide as it stands now."""
        return self._view

    @property
    def events(self) -> tuple[ReviewEvent, ...]:
        """The slide's log."""
        return tuple(self._events)

    def reload(self) -> SlideView:
        """Take in what another program wrote since: events of every reading, predictions, slide details."""
        self._slide = self._slides.slide(self.slide_id)
        self._view_builder.predictions = dict(self._slides.predictions(self.slide_id))
        self._view_builder.mask_predictions = dict(self._slides.mask_predictions(self.slide_id))
        self._events = self._log.events(self.slide_id)
        self._view = self._build_view()
        return self._view

    def apply_new_events(self) -> SlideView:
        """Take in the events and repaired outlines that another program wrote since.

        Its predictions come by `predictions_arrived`.
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
        """The finished second reading beside the first; None before the second reader has signed."""
        found = compare_readings(self._events, [cell.id for cell in self._cells])
        return found if found and found.signature and self.reading == FIRST_READING else None

    def record_consensus(self, cell_id: str, label: str) -> SlideView:
        """Write what the two readers settled on for a cell they called differently; "" opens it again.

        Raises:
            ReviewError: They do not differ on this cell, or the slide is signed.
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
        """A wrong PIN was given for a reviewer while this slide lay on the bench."""
        return self._append(EventKind.UNLOCK_FAILED, (), {}, reviewer=reviewer)

    def apply_predictions(self, predictions: Mapping[str, Prediction]) -> SlideView:
        """Take in a batch that the analysis has stored; what is said inside a mask drawn since is left out."""
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
        """Comment on cells, or on the slide when `cells` is empty; `codes` are those of the phrases in the text."""
        body: dict[str, object] = {"text": _replace_surrogates(text)}
        return self._append_action(EventKind.COMMENT, cells, {**body, "codes": list(codes)} if codes else body)

    def record_opened(self, cell_id: str) -> SlideView:
        """A cell was looked at large; recorded once."""
        if self._view.by_id[cell_id].review.opened or self._view.review.signature:
            return self._view
        return self._append_action(EventKind.OPEN, (cell_id,), {})

    def record_map_shown(self, cell_id: str, stage: str, choice: str) -> SlideView:
        """A class-activation map was asked for; recorded once a cell."""
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
        """Keep the outline that the reviewer drew, beside the segmenter's.

        Args:
            cell_id: Id of the cell.
            mask: H×W of the cell's image, 0/1/2.
            methods: ``brush`` and ``clicks``, as far as they were used.
            refiner: Identity of what followed the clicks.
            clicks: In the order given.

        Raises:
            ReviewError: The slide is signed, it is read a second time, or the mask is not of the image's size.
        """
        known = self._view.by_id[cell_id].cell
        if mask.shape != (known.height_px, known.width_px):
            raise ReviewError("The outline is not of the picture's size.", "Open the cell again and repair it anew.")
        points = [(click.x, click.y, click.region) for click in clicks]
        return self._record_mask(cell_id, mask_payload(mask, methods=methods, refiner=refiner, clicks=points))

    def discard_repaired_mask(self, cell_id: str) -> SlideView:
        """Let the segmenter's outline stand again; nothing happens where it does.

        Raises:
            ReviewError: The slide is signed, or it is read a second time.
        """
        return self._record_mask(cell_id, {"mask": None}) if self._view.by_id[cell_id].review.mask else self._view

    def _record_mask(self, cell_id: str, payload: Mapping[str, object]) -> SlideView:
        if self.reading != FIRST_READING:  # an outline would tell the first reader's opinion, or the segmenter's
            raise ReviewError("Outlines are repaired in the first reading.", "Label the cell as you see it.")
        return self._append_action(EventKind.REPAIR_MASK, (cell_id,), payload)

    def grade(self, form: GradingForm, grades: Mapping[str, str]) -> SlideView:
        """Grade features of red cells and platelets (one event); what stands so already is left out.

        Args:
            form: Knows the features and their grades.
            grades: Item key → grade key; "" = not assessed after all.

        Raises:
            ReviewError: The form does not know a feature or a grade, or the slide is signed.
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
        """Take back the last action; nothing happens when there is none."""
        stack = self._view.review.undo_stack
        return self._append_action(EventKind.UNDO, (), {"event": stack[-1]}) if stack else self._view

    def redo(self) -> SlideView:
        """Do again what was taken back last."""
        stack = self._view.review.redo_stack
        return self._append_action(EventKind.UNDO, (), {"event": stack[-1]}) if stack else self._view

    def acknowledge_alert(self, alert_key: str, *, called_person: str = "", note: str = "") -> SlideView:
        """Acknowledge an alert, with whom the reviewer called."""
        return self._append_action(
            EventKind.ACKNOWLEDGE,
            (),
            {"alert": alert_key, "called": _replace_surrogates(called_person), "note": _replace_surrogates(note)},
        )

    def unmet_requirements(self) -> tuple[str, ...]:
        """What stands between the slide and a signature, one sentence each; empty when it can be signed."""
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
        """Sign the slide; from then on it is read-only.

        Raises:
            ReviewError: The name is empty or something stands in the way (see `obstacles`).
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
        """Reopen a signed slide for an amendment; the earlier signature stays in the log.

        Raises:
            ReviewError: The slide is not signed, or no reason is given.
        """
        if not self._view.review.signature:
            raise ReviewError("The slide is not signed.")
        if not reason.strip():
            raise ReviewError("An amendment needs a reason.")
        return self._append(EventKind.REOPEN, (), {"reason": _replace_surrogates(reason).strip()})

    def set_slide_details(self, *, wbc_per_nl: float | None, um_per_px: float | None) -> SlideView:
        """Set what the user knows of the slide: white cell count (10⁹/l) and scale; None = not known.

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
        """A report was written."""
        return self._append(EventKind.REPORT, (), {"report_id": report_id, "sha256": sha256})

    def record_export(
        self, export_format: str, sha256: str, *, include_names: bool, include_comments: bool
    ) -> SlideView:
        """The slide left the program: as what, with whose hash, with names, with comments."""
        body = {"format": export_format, "sha256": sha256, "names": include_names, "comments": include_comments}
        return self._append(EventKind.EXPORT, (), body)

    def _append_action(self, kind: EventKind, cells: Sequence[str], payload: Mapping[str, object]) -> SlideView:
        self._require_unsigned()
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
        """Write an event that rests on all that was written so far; `requires_unsigned`: never on a slide signed meanwhile."""
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
        """The view with events that follow those known."""
        self._events += new_events
        self._view = self._view_builder.apply_events(self._view, self._slide, new_events, self._events)
        return self._view

    def _build_view(self) -> SlideView:
        return self._view_builder.build(self._slide, self._events)


def _replace_surrogates(text: str) -> str:
    """Text as it can be stored and hashed: half characters, as a broken clipboard leaves them, become “?”."""
    return text.encode("utf-8", "replace").decode("utf-8")
