"""Review session of one slide.

Every action is one event, which is written before anything on the screen changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ConcurrentWriteError, ReviewError
from leukview.core.messages import Message
from leukview.domain.alerts import Alert, AlertRule
from leukview.domain.counting_rules import CountingRules
from leukview.domain.differential import DEFAULT_RULES
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import mask_payload
from leukview.domain.review.agreement import Agreement, compare_readings
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.domain.review.events import (
    ANALYSER_OPINION,
    CONSENSUS_READING,
    FIRST_READING,
    SECOND_READING,
    EventKind,
    ReviewEvent,
)
from leukview.domain.review.rights import Right
from leukview.domain.review.sign_rule import SignRule
from leukview.domain.review.signed_binding import BINDING_KEY, SignedBinding
from leukview.domain.review.signed_state import PAYLOAD_KEY
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import OTHER, UNIDENTIFIED, Taxonomy
from leukview.services.images import ImageCheck
from leukview.services.ports.access import UNRESTRICTED_ACCESS, Access
from leukview.services.ports.inference import Click
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.concurrency import OutdatedDecisionError, is_outdated
from leukview.services.review.event_text import describe_event
from leukview.services.review.reading_access import check_second_reader
from leukview.services.review.sign_obstacles import SignObstacle, find_sign_obstacles, missing_leukocytes
from leukview.services.review.signed_binding import current_binding
from leukview.services.review.signing import image_obstacles, make_signed_state, signed_content
from leukview.services.review.slide_view import CellView, SlideView
from leukview.services.review.view_builder import LimitsOf, SlideViewBuilder, no_limits

__all__ = ["CellView", "ReviewSession", "SlideView", "describe_event"]

_Payload: TypeAlias = Mapping[str, object] | Callable[[], Mapping[str, object]]


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
        check_images: Callable[[Sequence[Cell]], ImageCheck] = lambda _cells: ImageCheck(),
        access: Access = UNRESTRICTED_ACCESS,
        sign_rule: SignRule = SignRule(),  # noqa: B008 - frozen
        limits_of: LimitsOf = no_limits,
        counting: CountingRules = DEFAULT_RULES,
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
            check_images: Finds the cells whose image is missing or changed; reads all of them.
            access: Rights of the reviewer.
            sign_rule: What the review needs before it can be signed.
            limits_of: See `SlideViewBuilder`.
            counting: Counting rules of the site.

        Raises:
            ReviewError: The reviewer may not be the second reader of this slide.
            StoreError: The slide cannot be read.
        """
        self._slides, self._log, self._taxonomy = slides, log, taxonomy
        self._check_images, self._access = check_images, access
        self._own_events: set[str] = set()  # ids of the events that this session wrote
        self._decided_at: int | None = None  # see `based_on`
        self.slide_id, self.reviewer, self.reading = slide_id, reviewer, reading
        self._sign_rule = sign_rule
        self._slide = slides.slide(slide_id)
        cells = slides.cells(slide_id)
        predictions, inside = slides.predictions(slide_id), slides.mask_predictions(slide_id)
        self._view_builder = SlideViewBuilder(
            cells, predictions, inside, taxonomy, tuple(rules), reading, limits_of, counting
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

    @property
    def last_seq(self) -> int:
        """Number of the slide's last event that is known; 0 = none."""
        return self._events[-1].seq if self._events else 0

    @contextmanager
    def based_on(self, seq: int) -> Iterator[None]:
        """Take the actions inside as decisions on what the person saw after event `seq`.

        They raise `OutdatedDecisionError` if another program has changed what they are about since then. Without this,
        an action is a decision on `view`.
        """
        before, self._decided_at = self._decided_at, seq
        try:
            yield
        finally:
            self._decided_at = before

    def reload(self) -> SlideView:
        """Reload everything that other programs may have changed.

        These are events of all readings, cells, predictions and slide details.
        """
        self._slide = self._slides.slide(self.slide_id)
        self._view_builder.cells = self._slides.cells(self.slide_id)
        self._view_builder.predictions = dict(self._slides.predictions(self.slide_id))
        self._view_builder.mask_predictions = dict(self._slides.mask_predictions(self.slide_id))
        self._events = self._log.events(self.slide_id)
        self._view = self._build_view()
        return self._view

    def apply_new_events(self) -> SlideView:
        """Read new events and predictions for repaired masks written by other programs.

        Their other predictions are passed to `apply_predictions`.
        """
        new = self._log.events(self.slide_id, self.last_seq)
        if any(event.kind is EventKind.CELLS_ADDED for event in new):
            return self.reload()
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
        found = compare_readings(self._events, [cell.id for cell in self._view_builder.cells])
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
            raise ReviewError("The readers agree on this cell.", "Open the list of disagreements again.")
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

    def accept_analyser(self, cells: Sequence[str]) -> SlideView:
        """Give cells the class that the analyser gave them (one event).

        Cells without such a class, or whose class the taxonomy lacks, are left as they are.
        """
        sources = {c: self._view.by_id[c].cell.source for c in cells}
        labels = {c: s.class_key for c, s in sources.items() if s and s.class_key not in {OTHER, UNIDENTIFIED}}
        if not labels:
            return self._view
        return self._append_action(EventKind.ACCEPT, tuple(labels), {"labels": labels, "opinion": ANALYSER_OPINION})

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

    def record_seen(self, cells: Sequence[str]) -> SlideView:
        """Record, once per cell and reading, that the images of cells were on the screen (one event).

        Nothing is recorded on a signed slide: its signature covers what was seen before.
        """
        new = [cell for cell in cells if cell not in self._view.review.seen]
        if not new or self._view.review.signature:
            return self._view
        return self._append_action(EventKind.SEEN, new, {})

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
            raise ReviewError(
                "The outline does not have the size of the image.", "Open the cell and repair its outline again."
            )
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
            raise ReviewError("Outlines can be repaired in the first reading only.", "Label the cell manually.")
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
                    Message("The grading form has no entry “{key} {grade}”.", key=key, grade=grade),
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

    def acknowledge_alert(
        self, alert_key: str, *, called_person: str = "", note: str = "", seen: Alert | None = None
    ) -> SlideView:
        """Acknowledge an alert.

        Args:
            alert_key: Its rule.
            called_person: Name of the person called, "" = nobody.
            note: Free text.
            seen: The alert as the person saw it; None = as in `view`.

        Raises:
            ReviewError: The alert has changed since it was seen, or the slide is signed.
        """
        return self.answer_alert(alert_key, AlertAnswer(called_person, note), seen=seen)

    def answer_alert(self, alert_key: str, answer: AlertAnswer, *, seen: Alert | None = None) -> SlideView:
        """Acknowledge an alert with all that was answered; see `acknowledge_alert`."""
        known = seen or self._find_alert(alert_key)

        def decide() -> dict[str, object]:
            if self._find_alert(alert_key) != known:
                raise OutdatedDecisionError
            answered = {key: _replace_surrogates(text) for key, text in answer.texts().items()}
            return {"alert": alert_key, **answered, **answer.marks()}

        return self._append_action(EventKind.ACKNOWLEDGE, (), decide)

    def _find_alert(self, alert_key: str) -> Alert | None:
        return next((alert for alert in self._view.alerts if alert.rule.key == alert_key), None)

    def sign_obstacles(self) -> tuple[SignObstacle, ...]:
        """List what prevents signing, with the cells concerned; empty when nothing does."""
        return find_sign_obstacles(self._view, self._sign_rule, self.agreement())

    def unmet_requirements(self) -> tuple[str, ...]:
        """List why the slide cannot be signed, one sentence each; empty when it can."""
        return tuple(obstacle.text for obstacle in self.sign_obstacles())

    def check_images(self) -> ImageCheck:
        """Read the images of all cells to find those that nobody can look at any more."""
        return self._check_images([v.cell for v in self._view.cells])

    @property
    def reason_request(self) -> str:
        """Why the signature needs a reason, one sentence; "" when it needs none."""
        if not missing_leukocytes(self._view, self._sign_rule):
            return ""
        counted, minimum = self._view.shown_tally.leukocyte_count, self._sign_rule.min_leukocytes
        template = "Leukocytes counted: {count}, fewer than {minimum}. To sign nevertheless, give the reason."
        return Message(template, count=counted, minimum=minimum)

    def sign(self, name: str, meaning: str, reason: str = "", seen: SlideView | None = None) -> SlideView:
        """Sign the slide with a printed name, which makes it read-only.

        The signature is given for the state that the person saw: its last event, its cells with the hashes of their
        images, and the class of each. These are stored in its event, which also binds everything else that is stored
        of the slide, see `leukview.domain.review.signed_binding`.

        Args:
            name: Printed name of the person who signs.
            meaning: Meaning of the signature: a text of `SIGNATURE_MEANINGS`, or the person's own.
            reason: Why the slide is signed with fewer leukocytes than the sign rule demands.
            seen: The state of the slide that the person saw; None = `view`.

        Raises:
            ReviewError: The name is empty or another reviewer's, the reviewer may not sign, the slide cannot be signed
                (see `sign_obstacles` and `check_images`), the reason is missing, or the slide is no longer as it was
                seen.
        """
        if not name.strip():
            raise ReviewError("A signature needs the printed name of the person who signs.")
        self._access.require_right(self.reviewer, Right.SIGN)
        self._access.require_own_name(self.reviewer, name.strip())
        known, decided_at = signed_content(seen or self._view), self._decided_at
        if decided_at is None:
            decided_at = self.last_seq
        self.reload()
        image_problems = tuple(obstacle.text for obstacle in image_obstacles(self.check_images()))

        def decide() -> dict[str, object]:
            if signed_content(self._view) != known:
                raise OutdatedDecisionError
            obstacles = (*self.unmet_requirements(), *image_problems)
            if obstacles:
                raise ReviewError("The slide cannot be signed yet.", " ".join(obstacles))
            if self.reason_request and not reason.strip():
                raise ReviewError("This signature needs a reason.", self.reason_request)
            body: dict[str, object] = {
                "name": _replace_surrogates(name).strip(),
                "meaning": _replace_surrogates(meaning),
                "rule": self._sign_rule.to_payload(),
                PAYLOAD_KEY: make_signed_state(self._view, self._events).to_payload(),
                BINDING_KEY: self._binding().to_payload(),
            }
            if reason.strip() and self.reason_request:
                body["reason"] = _replace_surrogates(reason).strip()
            return body

        with self.based_on(decided_at):
            return self._append_action(EventKind.SIGN, (), decide)

    def _binding(self) -> SignedBinding:
        """Everything that is signed now; requires that it is what is shown."""
        shown = self._view_builder.predictions, self._view_builder.mask_predictions, self._slide
        stored = (
            self._slides.predictions(self.slide_id),
            self._slides.mask_predictions(self.slide_id),
            self._slides.slide(self.slide_id),
        )
        if stored != shown:
            self.reload()
            raise ReviewError("The slide was changed after it was shown.", "Check the slide again, then sign.")
        role = self._access.role_of(self.reviewer)
        return current_binding(self._slides, self.slide_id, self._events, self.reading, role)

    def reopen(self, reason: str) -> SlideView:
        """Reopen a signed slide for an amendment; its signature is kept in the log.

        Raises:
            ReviewError: The slide is not signed, no reason is given, or the reviewer may not amend.
        """
        if not self._view.review.signature:
            raise ReviewError("The slide is not signed.")
        if not reason.strip():
            raise ReviewError("An amendment needs a reason.")
        self._access.require_right(self.reviewer, Right.AMEND)
        return self._append(EventKind.REOPEN, (), {"reason": _replace_surrogates(reason).strip()})

    def withdraw(self, reason: str, *, withdrawn: bool = True, may_amend: bool = False) -> SlideView:
        """Withdraw the slide as a wrong import, or take it back into the worklist; nothing is deleted.

        Args:
            reason: Why.
            withdrawn: False takes it back.
            may_amend: Also withdraw a signed slide, which needs the right to amend.

        Raises:
            ReviewError: No reason is given, nothing would change, or the slide is signed and may not be amended.
        """
        if not reason.strip():
            raise ReviewError("A withdrawal needs a reason.")
        if self.reading != FIRST_READING:
            raise ReviewError("A slide can be withdrawn in the first reading only.", "Inform the first reader.")
        if self._view.review.is_withdrawn is withdrawn:
            raise ReviewError("The slide is already withdrawn." if withdrawn else "The slide is not withdrawn.")
        if self._view.review.signature and not may_amend:
            raise ReviewError(
                "Only reviewers who may amend a slide can withdraw a signed slide.",
                "Ask a reviewer who may amend slides.",
            )
        if self._view.review.signature:
            self._access.require_right(self.reviewer, Right.AMEND)
        payload: dict[str, object] = {"reason": _replace_surrogates(reason).strip()}
        return self._append(EventKind.WITHDRAW, (), payload if withdrawn else {**payload, "withdrawn": False})

    def set_slide_details(
        self, *, wbc_per_nl: float | None, um_per_px: float | None, wbc_includes_nrbc: bool | None = None
    ) -> SlideView:
        """Set white cell count (10⁹/l) and scale (µm per pixel); None = not known.

        `wbc_includes_nrbc`: whether the counter took erythroblasts for white cells; None = as it is.

        Raises:
            ReviewError: A value is not a positive number, or the slide is signed.
        """
        for value in (wbc_per_nl, um_per_px):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ReviewError("White cell count and scale must be positive numbers.")
        values: dict[str, object] = {"wbc_per_nl": wbc_per_nl, "um_per_px": um_per_px}
        includes = self._view.review.wbc_includes_nrbc
        if wbc_includes_nrbc is not None and wbc_includes_nrbc is not includes:
            values["wbc_includes_nrbc"] = wbc_includes_nrbc
        elif (wbc_per_nl, um_per_px) == (self._slide.wbc_per_nl, self._slide.um_per_px):
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

    def _append_action(self, kind: EventKind, cells: Sequence[str], payload: _Payload) -> SlideView:
        self._require_unsigned()
        if not self._view.by_id.keys() >= set(cells):
            raise ReviewError("A cell does not belong to this slide.", "Open the slide of the cell and try again.")
        return self._append(kind, cells, payload, requires_unsigned=True)

    def _require_unsigned(self) -> None:
        if self._view.review.signature:
            raise ReviewError("The slide is signed and read-only.", "To change it, amend the slide and give a reason.")

    def _append(
        self,
        kind: EventKind,
        cells: Sequence[str],
        payload: _Payload,
        *,
        requires_unsigned: bool = False,
        reviewer: str = "",
    ) -> SlideView:
        """Append an event after reading all earlier ones, and update the view.

        Args:
            kind: Kind of the event.
            cells: Ids of the cells concerned.
            payload: Without the reading, which is added; or a function that takes the decision on the current view and
                returns the payload, or raises `ReviewError`. It is called again when another program wrote meanwhile.
            requires_unsigned: Raise `ReviewError` if another program has signed the slide meanwhile.
            reviewer: Name of the reviewer; "" = the session's.

        Raises:
            OutdatedDecisionError: Another program changed what the event is about, see `based_on`.
        """
        decided_at = self.last_seq if self._decided_at is None else self._decided_at
        while True:
            known = self.last_seq
            decided = payload() if callable(payload) else payload
            body = dict(decided) if self.reading == FIRST_READING else {"reading": self.reading, **decided}
            foreign = [e for e in self._events if e.seq > decided_at and e.id not in self._own_events]
            if foreign and is_outdated(kind, cells, body, foreign, self._events):
                raise OutdatedDecisionError
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
        self._own_events.add(event.id)
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
