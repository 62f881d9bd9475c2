"""A slide as one value, which gives all export formats the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.exchange.orders import LabOrder
from leukview.domain.prediction import StoredPrediction
from leukview.domain.review.agreement import Agreement, compare_readings
from leukview.domain.review.events import (
    FIRST_READING,
    EventKind,
    ReviewEvent,
    flatten_imports,
    reading_of,
)
from leukview.domain.review.hash_chain import row_hash
from leukview.domain.taxonomy import CellClass
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.session import ReviewSession
from leukview.services.review.signing import signature_gaps
from leukview.services.review.slide_view import SlideView

BLAST_TOTAL_KEY = "blasts_and_equivalents"
"""Key of the line with the sum of blasts and blast equivalents."""


class ResultStatus(StrEnum):
    """Status of a result, in the terms of FHIR's and HL7's status tables."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"


class CountMethod(StrEnum):
    """Who classified the counted cells."""

    MANUAL = "manual"  # a person labelled every cell of the slide
    ASSISTED = "assisted"  # a person labelled some cells, a model the others
    MODEL = "model"  # no cell was labelled by a person


@dataclass(frozen=True, slots=True)
class DifferentialLine:
    """One class of the differential.

    Attributes:
        key: Class key, or `BLAST_TOTAL_KEY`.
        counted: Whether the class belongs to the leukocyte denominator.
        count: Number of cells by the shown labels.
        model_count: Number of cells by the model's labels.
        percent: Of the leukocytes, 0..100, three decimals; None outside the denominator or without leukocytes.
        low: Lower end of the exact 95 % interval of `percent`; None like `percent`.
        high: Upper end of the interval.
        absolute_per_nl: 10⁹/l when the white cell count was given.
        per_100_wbc: Outside the denominator: cells per 100 leukocytes, three decimals; None without leukocytes.
        part_of: Key of the class whose line includes these cells as well; "" = none.
    """

    key: str
    name: str
    counted: bool
    count: int
    model_count: int
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    absolute_per_nl: float | None = None
    per_100_wbc: float | None = None
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """A signature in the log.

    Attributes:
        valid: False once the slide was reopened after it.
    """

    name: str
    reviewer: str
    at: str
    meaning: str
    reading: int
    valid: bool


@dataclass(frozen=True, slots=True)
class PatientIdentity:
    """Identifying names, included in exports only on explicit request.

    Attributes:
        patient: Folder name of the patient.
        order: Folder name of the order.
        files: Cell id → path of its file.
    """

    patient: str
    order: str
    files: Mapping[str, str] = field(default_factory=dict)


def rounded_percent(share: float) -> float:
    """Convert a share (0..1) to per cent with three decimals."""
    return round(100.0 * share, 3)


@dataclass(frozen=True)
class SlideRecord:
    """The state of a slide at one time.

    Attributes:
        view: First reading.
        events: The slide's events in order of `seq`.
        log_head: Number and hash of the last event of the whole log; 0 and "" for an empty log.
        created_at: ISO 8601 with zone.
        identity: None unless identified output was requested.
        include_comments: Free text is included, which may identify somebody.
        prediction_history: Cell id → predictions of all models, see `SlideStore.prediction_history`.
        order: The laboratory's order; None unless the result answers one.
        is_correction: The receiver has another version of the result.
    """

    view: SlideView
    events: tuple[ReviewEvent, ...]
    log_head: tuple[int, str]
    created_at: str
    identity: PatientIdentity | None = None
    include_comments: bool = False
    prediction_history: Mapping[str, tuple[StoredPrediction, ...]] = field(default_factory=dict)
    order: LabOrder | None = None
    is_correction: bool = False

    @cached_property
    def status(self) -> ResultStatus:
        """The status of the result.

        Preliminary until signed, final once signed, corrected when signed again after an amendment. Also preliminary
        when cells that were signed are not in this slide.
        """
        if self.view.binding_signature is None:
            return ResultStatus.PRELIMINARY
        is_corrected = self.is_correction or self.view.review.amended
        return ResultStatus.CORRECTED if is_corrected else ResultStatus.FINAL

    @property
    def is_withdrawn_result(self) -> bool:
        """Whether a released result was withdrawn as a wrong import: who has received it must not use it."""
        return self.view.review.is_withdrawn and self.status is not ResultStatus.PRELIMINARY

    @cached_property
    def differential_lines(self) -> tuple[DifferentialLine, ...]:
        """Lines of messages and tables: classes with cells by the shown labels, in taxonomy order.

        A class and its finer classes are one sum: its line includes their cells, and each has a line of its own.
        """
        taxonomy, shown, model = self.view.taxonomy, self.view.shown_tally, self.view.model_tally
        lines = []
        for cell_class in taxonomy.classes:
            parts = taxonomy.class_and_parts(cell_class.key)
            count = sum(map(shown.count, parts))
            if count:
                line = self._line(cell_class, count, sum(map(model.count, parts)))
                lines.append(replace(line, part_of=cell_class.parent))
        return tuple(lines)

    @cached_property
    def class_lines(self) -> tuple[DifferentialLine, ...]:
        """Lines of the JSON files: each class by itself, in taxonomy order.

        A predicted class without a shown label has the count 0 with its interval.
        """
        shown, model = self.view.shown_tally, self.view.model_tally
        counts = ((c, shown.count(c.key), model.count(c.key)) for c in self.view.taxonomy.classes)
        return tuple(self._line(c, count, model_count) for c, count, model_count in counts if count or model_count)

    def _line(self, cell_class: CellClass, count: int, model_count: int) -> DifferentialLine:
        total, wbc = self.view.shown_tally.leukocyte_count, self.view.slide.wbc_per_nl
        line = DifferentialLine(cell_class.key, cell_class.name, cell_class.is_leukocyte, count, model_count)
        if not total:
            return line
        if not cell_class.is_leukocyte:
            return replace(line, per_100_wbc=round(100.0 * count / total, 3))
        low, high = _interval_ends(clopper_pearson(count, total))
        absolute = None if wbc is None else wbc * count / total
        return replace(line, percent=rounded_percent(count / total), low=low, high=high, absolute_per_nl=absolute)

    @cached_property
    def blast_line(self) -> DifferentialLine:
        """Sum of blasts and blast equivalents."""
        shown, model = self.view.shown_tally, self.view.model_tally
        count = shown.blast_count + shown.blast_equivalent_count
        share = rounded_percent(count / shown.leukocyte_count) if shown.leukocyte_count else None
        wbc = self.view.slide.wbc_per_nl
        return DifferentialLine(
            BLAST_TOTAL_KEY,
            "Blasts and equivalents",
            True,  # noqa: FBT003
            count,
            model.blast_count + model.blast_equivalent_count,
            share,
            *_interval_ends(shown.blast_interval),
            None if wbc is None or not shown.leukocyte_count else wbc * count / shown.leukocyte_count,
        )

    @cached_property
    def flattened_events(self) -> tuple[ReviewEvent, ...]:
        """The events, each import followed by the events of the other workstation."""
        return tuple(flatten_imports(self.events))

    @cached_property
    def signatures(self) -> tuple[SignatureRecord, ...]:
        """All signatures, also those no longer valid, the oldest first."""
        found: list[SignatureRecord] = []
        for event in self.flattened_events:
            reading = reading_of(event)
            if event.kind is EventKind.REOPEN:
                found = [_invalidated(s) if s.reading == reading else s for s in found]
            elif event.kind is EventKind.SIGN:
                name, meaning = (str(event.payload.get(key, "")) for key in ("name", "meaning"))
                found.append(SignatureRecord(name, event.reviewer, event.at, meaning, reading, valid=True))
        return tuple(found)

    @cached_property
    def reopenings(self) -> tuple[tuple[str, str, str], ...]:
        """(time, reviewer, reason) of each reopening in the first reading.

        The reason is "" without comments.
        """
        return tuple(
            (e.at, e.reviewer, str(e.payload.get("reason", "")) if self.include_comments else "")
            for e in self.flattened_events
            if e.kind is EventKind.REOPEN and reading_of(e) == FIRST_READING
        )

    @cached_property
    def agreement(self) -> Agreement | None:
        """Agreement of both readings; None before the second reader has signed."""
        found = compare_readings(self.events, [v.cell.id for v in self.view.cells])
        return found if found and found.signature else None

    @cached_property
    def bundle_counts(self) -> tuple[tuple[str, int], ...]:
        """(SHA-256 of a model, number of cells it classified), the most frequent first."""
        counts = Counter(v.prediction.bundle for v in self.view.cells if v.prediction)
        return tuple(counts.most_common())

    @property
    def count_method(self) -> CountMethod:
        """Who classified the counted cells.

        A percentage depends on the classes of all cells, so that one cell without a person's label is enough to make it
        no manual count.
        """
        if not self.view.reviewed_count:
            return CountMethod.MODEL
        return CountMethod.MANUAL if self.view.reviewed_count == len(self.view.cells) else CountMethod.ASSISTED

    @property
    def includes_model_counts(self) -> bool:
        """Whether messages carry the model's own counts: not beside a result that a person released."""
        return self.status is ResultStatus.PRELIMINARY

    @property
    def slide_comment(self) -> str:
        """The reviewer's comment on the slide; "" without comments."""
        return self.view.review.comment if self.include_comments else ""

    @property
    def last_event(self) -> ReviewEvent | None:
        """The slide's last event."""
        return self.events[-1] if self.events else None

    @property
    def method_text(self) -> str:
        """How the numbers were obtained, in one sentence."""
        view = self.view
        text = (
            f"Cell images of a stained film: {view.model_tally.cell_count} of {len(view.cells)} cells classified by a "
            f"model, {view.reviewed_count} labelled by a person; {view.shown_tally.leukocyte_count} leukocytes counted."
        )
        return " ".join((text, *signature_gaps(view)))


def make_slide_record(
    session: ReviewSession,
    slides: SlideStore,
    log: ReviewLog,
    *,
    identity: PatientIdentity | None = None,
    include_comments: bool = False,
) -> SlideRecord:
    """Read the current state of a session's slide.

    Args:
        session: Review of the slide.
        slides: Store of predictions.
        log: The review log.
        identity: See `SlideRecord`.
        include_comments: See `SlideRecord`.

    Raises:
        StoreError: The database cannot be read.
    """
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    said = slides.prediction_history(session.slide_id)
    return SlideRecord(session.view, session.events, log.head(), now, identity, include_comments, said)


def _interval_ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (rounded_percent(interval.low), rounded_percent(interval.high))


def _invalidated(signature: SignatureRecord) -> SignatureRecord:
    return SignatureRecord(
        signature.name, signature.reviewer, signature.at, signature.meaning, signature.reading, valid=False
    )


def verify_event_hashes(events: Sequence[ReviewEvent]) -> None:
    """Check the hashes of events before an export.

    Raises:
        LeukViewError: The hash of an event is wrong, because the log was changed outside of LeukView.
    """
    broken = next((e for e in events if row_hash(e) != e.hash), None)
    if broken is not None:
        raise LeukViewError(
            Message(
                "The review log was changed outside LeukView at event {seq}, so nothing was exported.",
                seq=broken.seq,
            ),
            "“leukview audit verify” gives details; restore a copy from the backups folder.",
        )
