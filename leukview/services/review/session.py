"""Review session of one slide.

Every action is one event, which is written before anything on the screen changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ReviewError
from leukview.core.messages import Message
from leukview.domain.alerts import Alert, AlertRule
from leukview.domain.counting_rules import CountingRules
from leukview.domain.differential import DEFAULT_RULES
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.prediction import Prediction
from leukview.domain.repaired_mask import mask_payload
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.alert_answer import AlertAnswer
from leukview.domain.review.events import (
    ANALYSER_OPINION,
    FIRST_READING,
    EventKind,
    ReviewEvent,
)
from leukview.domain.review.rights import Right
from leukview.domain.review.sign_rule import SignRule
from leukview.domain.review.signed_binding import BINDING_KEY
from leukview.domain.review.signed_state import PAYLOAD_KEY
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import OTHER, UNIDENTIFIED, Taxonomy
from leukview.services.images import ImageCheck
from leukview.services.ports.access import UNRESTRICTED_ACCESS, Access
from leukview.services.ports.inference import Click
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.concurrency import OutdatedDecisionError
from leukview.services.review.event_payloads import (
    changed_grades,
    consensus_payload,
    replace_surrogates,
    slide_details_payload,
    withdrawal_payload,
)
from leukview.services.review.event_text import describe_event
from leukview.services.review.open_slide import OpenSlide
from leukview.services.review.sign_obstacles import SignObstacle, find_sign_obstacles, missing_leukocytes
from leukview.services.review.signing import image_obstacles, make_signed_state, signed_content
from leukview.services.review.slide_view import CellView, SlideView
from leukview.services.review.view_builder import LimitsOf, no_limits

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
        self._open = OpenSlide(slides, log, taxonomy, rules, slide_id, reviewer, reading, aliases, limits_of, counting)
        self._taxonomy, self._sign_rule = taxonomy, sign_rule
        self._check_images, self._access = check_images, access
        self.slide_id, self.reading = slide_id, reading

    @property
    def reviewer(self) -> str:
        """Name under which events are written; may be set when the reviewer was renamed."""
        return self._open.reviewer

    @reviewer.setter
    def reviewer(self, name: str) -> None:
        self._open.reviewer = name

    @property
    def view(self) -> SlideView:
        """The current state of the slide."""
        return self._open.view

    @property
    def events(self) -> tuple[ReviewEvent, ...]:
        """The slide's events in order of `seq`."""
        return self._open.events

    @property
    def last_seq(self) -> int:
        """Number of the slide's last event that is known; 0 = none."""
        return self._open.last_seq

    def based_on(self, seq: int) -> AbstractContextManager[None]:
        """Take the actions inside as decisions on what the person saw after event `seq`; see `OpenSlide.based_on`."""
        return self._open.based_on(seq)

    def reload(self) -> SlideView:
        """Reload everything that other programs may have changed; see `OpenSlide.reload`."""
        return self._open.reload()

    def apply_new_events(self) -> SlideView:
        """Read what other programs wrote since; see `OpenSlide.apply_new_events`."""
        return self._open.apply_new_events()

    def apply_predictions(self, predictions: Mapping[str, Prediction]) -> SlideView:
        """Update the view with a stored batch of predictions; see `OpenSlide.apply_predictions`."""
        return self._open.apply_predictions(predictions)

    def agreement(self) -> Agreement | None:
        """Agreement of both readings; None before the second reader has signed."""
        return self._open.agreement()

    def record_consensus(self, cell_id: str, label: str) -> SlideView:
        """Record the consensus of both readers on a cell that they labelled differently.

        Args:
            cell_id: The cell.
            label: Class key; "" = open the cell again.

        Raises:
            ReviewError: The readers do not differ on this cell, or the slide is signed.
        """
        payload = consensus_payload(self.agreement(), cell_id, label)
        if label:
            self._taxonomy.cell_class(label)
        return self._open.append_action(EventKind.CONSENSUS, (cell_id,), payload)

    def record_failed_pin(self, reviewer: str) -> SlideView:
        """Record that a wrong PIN was entered for a reviewer while this slide was open."""
        return self._open.append(EventKind.UNLOCK_FAILED, (), {}, reviewer=reviewer)

    def accept(self, cells: Sequence[str]) -> SlideView:
        """Confirm the shown label of cells (one event)."""
        labels = {c: self.view.by_id[c].label for c in cells if not self.view.by_id[c].pending}
        if not labels:
            return self.view
        return self._open.append_action(EventKind.ACCEPT, tuple(labels), {"labels": labels})

    def accept_analyser(self, cells: Sequence[str]) -> SlideView:
        """Give cells the class that the analyser gave them (one event).

        Cells without such a class, or whose class the taxonomy lacks, are left as they are.
        """
        sources = {c: self.view.by_id[c].cell.source for c in cells}
        labels = {c: s.class_key for c, s in sources.items() if s and s.class_key not in {OTHER, UNIDENTIFIED}}
        if not labels:
            return self.view
        return self._open.append_action(
            EventKind.ACCEPT, tuple(labels), {"labels": labels, "opinion": ANALYSER_OPINION}
        )

    def override(self, cells: Sequence[str], label: str) -> SlideView:
        """Give cells another label (one event)."""
        self._taxonomy.cell_class(label)
        before = {c: self.view.by_id[c].label for c in cells}
        return self._open.append_action(EventKind.OVERRIDE, cells, {"label": label, "from": before})

    def comment(self, cells: Sequence[str], text: str, codes: Sequence[str] = ()) -> SlideView:
        """Comment on cells, or on the slide when `cells` is empty (one event).

        `codes` are those of the phrases in the text.
        """
        body: dict[str, object] = {"text": replace_surrogates(text)}
        return self._open.append_action(EventKind.COMMENT, cells, {**body, "codes": list(codes)} if codes else body)

    def record_opened(self, cell_id: str) -> SlideView:
        """Record, once per cell, that its large image was shown."""
        if self.view.by_id[cell_id].review.opened or self.view.review.signature:
            return self.view
        return self._open.append_action(EventKind.OPEN, (cell_id,), {})

    def record_seen(self, cells: Sequence[str]) -> SlideView:
        """Record, once per cell and reading, that the images of cells were on the screen (one event).

        Nothing is recorded on a signed slide: its signature covers what was seen before.
        """
        new = [cell for cell in cells if cell not in self.view.review.seen]
        if not new or self.view.review.signature:
            return self.view
        return self._open.append_action(EventKind.SEEN, new, {})

    def record_map_shown(self, cell_id: str, stage: str, choice: str) -> SlideView:
        """Record, once per cell, that a class-activation map was shown."""
        if self.view.by_id[cell_id].review.map_shown or self.view.review.signature:
            return self.view
        return self._open.append_action(EventKind.MAP_SHOWN, (cell_id,), {"stage": stage, "choice": choice})

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
        known = self.view.by_id[cell_id].cell
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
        return self._record_mask(cell_id, {"mask": None}) if self.view.by_id[cell_id].review.mask else self.view

    def _record_mask(self, cell_id: str, payload: Mapping[str, object]) -> SlideView:
        if self.reading != FIRST_READING:  # masks of the segmenter or the first reader would unblind the second reader
            raise ReviewError("Outlines can be repaired in the first reading only.", "Label the cell manually.")
        return self._open.append_action(EventKind.REPAIR_MASK, (cell_id,), payload)

    def grade(self, form: GradingForm, grades: Mapping[str, str]) -> SlideView:
        """Grade features of red cells and platelets (one event with the changes).

        Args:
            form: Defines the features and their grades.
            grades: Item key → grade key; "" = not assessed.

        Raises:
            ReviewError: A feature or grade is unknown, or the slide is signed.
        """
        changed = changed_grades(self.view, form, grades)
        return self._open.append_action(EventKind.GRADE, (), {"grades": changed}) if changed else self.view

    def undo(self) -> SlideView:
        """Undo the last action; nothing happens when there is none."""
        stack = self.view.review.undo_stack
        return self._open.append_action(EventKind.UNDO, (), {"event": stack[-1]}) if stack else self.view

    def redo(self) -> SlideView:
        """Redo the action that was undone last; nothing happens when there is none."""
        stack = self.view.review.redo_stack
        return self._open.append_action(EventKind.UNDO, (), {"event": stack[-1]}) if stack else self.view

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
            answered = {key: replace_surrogates(text) for key, text in answer.texts().items()}
            return {"alert": alert_key, **answered, **answer.marks()}

        return self._open.append_action(EventKind.ACKNOWLEDGE, (), decide)

    def _find_alert(self, alert_key: str) -> Alert | None:
        return next((alert for alert in self.view.alerts if alert.rule.key == alert_key), None)

    def sign_obstacles(self) -> tuple[SignObstacle, ...]:
        """List what prevents signing, with the cells concerned; empty when nothing does."""
        return find_sign_obstacles(self.view, self._sign_rule, self.agreement())

    def unmet_requirements(self) -> tuple[str, ...]:
        """List why the slide cannot be signed, one sentence each; empty when it can."""
        return tuple(obstacle.text for obstacle in self.sign_obstacles())

    def check_images(self) -> ImageCheck:
        """Read the images of all cells to find those that nobody can look at any more."""
        return self._check_images([v.cell for v in self.view.cells])

    @property
    def reason_request(self) -> str:
        """Why the signature needs a reason, one sentence; "" when it needs none."""
        if not missing_leukocytes(self.view, self._sign_rule):
            return ""
        counted, minimum = self.view.shown_tally.leukocyte_count, self._sign_rule.min_leukocytes
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
        known, decided_at = signed_content(seen or self.view), self._open.decided_at
        self.reload()
        image_problems = tuple(obstacle.text for obstacle in image_obstacles(self.check_images()))

        def decide() -> dict[str, object]:
            if signed_content(self.view) != known:
                raise OutdatedDecisionError
            obstacles = (*self.unmet_requirements(), *image_problems)
            if obstacles:
                raise ReviewError("The slide cannot be signed yet.", " ".join(obstacles))
            if self.reason_request and not reason.strip():
                raise ReviewError("This signature needs a reason.", self.reason_request)
            body: dict[str, object] = {
                "name": replace_surrogates(name).strip(),
                "meaning": replace_surrogates(meaning),
                "rule": self._sign_rule.to_payload(),
                PAYLOAD_KEY: make_signed_state(self.view, self.events).to_payload(),
                BINDING_KEY: self._open.require_binding(self._access.role_of(self.reviewer)).to_payload(),
            }
            if reason.strip() and self.reason_request:
                body["reason"] = replace_surrogates(reason).strip()
            return body

        with self.based_on(decided_at):
            return self._open.append_action(EventKind.SIGN, (), decide)

    def reopen(self, reason: str) -> SlideView:
        """Reopen a signed slide for an amendment; its signature is kept in the log.

        Raises:
            ReviewError: The slide is not signed, no reason is given, or the reviewer may not amend.
        """
        if not self.view.review.signature:
            raise ReviewError("The slide is not signed.")
        if not reason.strip():
            raise ReviewError("An amendment needs a reason.")
        self._access.require_right(self.reviewer, Right.AMEND)
        return self._open.append(EventKind.REOPEN, (), {"reason": replace_surrogates(reason).strip()})

    def withdraw(self, reason: str, *, withdrawn: bool = True, may_amend: bool = False) -> SlideView:
        """Withdraw the slide as a wrong import, or take it back into the worklist; nothing is deleted.

        Args:
            reason: Why.
            withdrawn: False takes it back.
            may_amend: Also withdraw a signed slide, which needs the right to amend.

        Raises:
            ReviewError: No reason is given, nothing would change, or the slide is signed and may not be amended.
        """
        payload = withdrawal_payload(self.view, reason, withdrawn=withdrawn, may_amend=may_amend)
        if self.view.review.signature:
            self._access.require_right(self.reviewer, Right.AMEND)
        return self._open.append(EventKind.WITHDRAW, (), payload)

    def set_slide_details(
        self, *, wbc_per_nl: float | None, um_per_px: float | None, wbc_includes_nrbc: bool | None = None
    ) -> SlideView:
        """Set white cell count (10⁹/l) and scale (µm per pixel); None = not known.

        `wbc_includes_nrbc`: whether the counter took erythroblasts for white cells; None = as it is.

        Raises:
            ReviewError: A value is not a positive number, or the slide is signed.
        """
        values = slide_details_payload(self.view, wbc_per_nl, um_per_px, wbc_includes_nrbc)
        if not values:
            return self.view
        self._open.append_action(EventKind.SET_SLIDE, (), values)
        return self._open.reload_details()

    def take_over_wbc(self, wbc_per_nl: float, measured_at: str) -> SlideView:
        """Take the white cell count (10⁹/l) over from the analyser's blood count.

        Only where nobody has set one before and the slide is not signed; else nothing is written.

        Args:
            wbc_per_nl: The count.
            measured_at: When it was measured, ISO 8601.
        """
        view = self.view
        is_set = any(e.kind is EventKind.SET_SLIDE and "wbc_per_nl" in e.payload for e in self.events)
        if is_set or view.slide.wbc_per_nl is not None or view.review.signature or view.reading != FIRST_READING:
            return view
        values: dict[str, object] = {"wbc_per_nl": wbc_per_nl, "measured_at": measured_at}
        self._open.append_action(EventKind.SET_SLIDE, (), values)
        return self._open.reload_details()

    def record_report(self, report_id: str, sha256: str, *, include_names: bool = False) -> SlideView:
        """Record that a report was written, and whether it names the patient; also possible on a signed slide."""
        named = {"names": True} if include_names else {}
        return self._open.append(EventKind.REPORT, (), {"report_id": report_id, "sha256": sha256, **named})

    def record_export(
        self, export_format: str, sha256: str, *, include_names: bool, include_comments: bool
    ) -> SlideView:
        """Record an export with its hash, and whether it contains names and free text.

        Also possible on a signed slide.
        """
        body = {"format": export_format, "sha256": sha256, "names": include_names, "comments": include_comments}
        return self._open.append(EventKind.EXPORT, (), body)
