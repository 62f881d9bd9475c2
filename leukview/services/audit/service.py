"""Use cases of the audit: trail, call record, history of a cell, and verification of the chains."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.alerts import AlertRule
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.review.events import FIRST_READING, ReviewEvent
from leukview.domain.taxonomy import Taxonomy
from leukview.services.audit.anchors import Anchor, Comparison, compare_with_files, make_anchor
from leukview.services.audit.call_record import AlertCall, find_calls
from leukview.services.audit.cell_history import HistoryEntry, cell_history
from leukview.services.audit.pages import (
    AuditOptions,
    AuditPage,
    AuditSources,
    acknowledgement_rows,
    audit_options,
    load_audit_page,
)
from leukview.services.audit.trail import AuditFilter, AuditTrail, ChainState, load_audit_trail, verify_chain
from leukview.services.ports.seals import Seals
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.review.event_text import EventNames
from leukview.services.review.reading_access import UNRESTRICTED_VIEWER, Viewer
from leukview.services.review.signed_binding import check_signatures


class _NumberedEntry(Protocol):
    @property
    def seq(self) -> int: ...


@dataclass(frozen=True, slots=True)
class AuditService:
    """Reads and verifies what the chains record.

    Attributes:
        slides: Slides, cells and predictions.
        log: The review log.
        taxonomy: The classes.
        alert_rules: The alert rules.
        grading_form: The grading form of red cells and platelets.
        seals: Seals of the chains.
        withheld_slides: Which of the given slides are withheld from a viewer.
        find_broken_profile_event: First broken row of the record of reviewers; None = none.
        find_broken_model_entry: First broken entry of the model registry; None = none.
    """

    slides: SlideStore
    log: ReviewLog
    taxonomy: Taxonomy
    alert_rules: Sequence[AlertRule]
    grading_form: GradingForm
    seals: Seals
    withheld_slides: Callable[[Viewer, Collection[str]], frozenset[str]]
    find_broken_profile_event: Callable[[], _NumberedEntry | None]
    find_broken_model_entry: Callable[[], _NumberedEntry | None]

    def verify(self, token: CancelToken, reporter: Reporter) -> ChainState:
        """Verify everything that is protected against changes outside of LeukView.

        These are the hash chains of review log, reviewers and models, their seals, and the slides that were signed.

        Raises:
            StoreError: A database cannot be read.
            Cancelled: The token was set.
        """
        chain = verify_chain(self.log)
        token.raise_if_cancelled()
        reporter(Progress(0, 0, "Verifying the seals"))
        report = self.seals.verify()
        findings = [*self._broken_records(token, reporter), *report.findings]
        token.raise_if_cancelled()
        if chain.is_readable:
            reporter(Progress(0, 0, "Verifying the signed slides"))
            by_slide: dict[str, list[ReviewEvent]] = {}
            for event in self.log.events():
                by_slide.setdefault(event.slide_id, []).append(event)
            findings += check_signatures(self.slides, by_slide, token)
        return replace(chain, findings=tuple(findings), notes=report.notes)

    def _broken_records(self, token: CancelToken, reporter: Reporter) -> list[str]:
        """First broken rows of the records of reviewers and models, as sentences."""
        found: list[str] = []
        try:
            changed = self.find_broken_profile_event()
        except StoreError as error:
            found.append(error.message)
        else:
            if changed is not None:
                found.append(
                    Message(
                        "The record of reviewers was changed outside LeukView: line {seq} is the first invalid one.",
                        seq=changed.seq,
                    )
                )
        if (entry := self.find_broken_model_entry()) is not None:
            found.append(
                Message(
                    "The model registry was changed outside LeukView: entry {seq} is the first invalid one.",
                    seq=entry.seq,
                )
            )
        token.raise_if_cancelled()
        reporter(Progress(0, 0, "Verifying the review log"))
        return found

    def anchor_heads(self) -> Anchor:
        """The present heads of all chains, to hand over. Raises `StoreError`."""
        heads = self.seals.heads()
        return make_anchor(heads, *self.seals.sign_heads(heads))

    def compare_with_files(self, paths: Sequence[Path]) -> tuple[Comparison, ...]:
        """Compare the chains with heads in reports, exports and anchors; see `leukview.services.audit.anchors`."""
        return compare_with_files(self.seals, paths)

    def load_trail(self, token: CancelToken, reporter: Reporter, viewer: Viewer = UNRESTRICTED_VIEWER) -> AuditTrail:
        """Build the whole audit trail, verified; see `leukview.services.audit.trail.load_audit_trail`.

        Rows of the first reading of slides withheld from the viewer are left out. Raises `StoreError`.
        """
        sources = self._sources(viewer)
        return load_audit_trail(
            self.log, sources.event_names, sources.withheld_slides, token, reporter, self.verify(token, reporter)
        )

    def load_page(
        self,
        row_filter: AuditFilter,
        viewer: Viewer = UNRESTRICTED_VIEWER,
        before_seq: int | None = None,
        token: CancelToken | None = None,
    ) -> AuditPage:
        """Read one page of the trail; see `leukview.services.audit.pages.load_audit_page`. Raises `StoreError`."""
        return load_audit_page(self._sources(viewer), row_filter, before_seq, token or CancelToken())

    def filter_options(self) -> AuditOptions:
        """Values of the filters of the audit trail. Raises `StoreError`."""
        return audit_options(self.log)

    def load_alert_calls(
        self,
        row_filter: AuditFilter,
        viewer: Viewer = UNRESTRICTED_VIEWER,
        token: CancelToken | None = None,
        *,
        called_only: bool = False,
    ) -> tuple[AlertCall, ...]:
        """Read the call record from the log. Raises `StoreError`."""
        rows = acknowledgement_rows(self._sources(viewer), token or CancelToken())
        return find_calls(rows, self.alert_rules, row_filter, called_only=called_only)

    def alert_calls_of(
        self, trail: AuditTrail, row_filter: AuditFilter, *, called_only: bool = False
    ) -> tuple[AlertCall, ...]:
        """Build the call record of a trail; see `leukview.services.audit.call_record.find_calls`."""
        return find_calls(trail.rows, self.alert_rules, row_filter, called_only=called_only)

    def cell_history(
        self, slide_id: str, cell_id: str, *, blind: bool, reading: int = FIRST_READING
    ) -> tuple[HistoryEntry, ...]:
        """Build a cell's history; see `leukview.services.audit.cell_history.cell_history`. Raises `StoreError`."""
        cells = {cell.id: cell for cell in self.slides.cells(slide_id)}
        return cell_history(
            cells[cell_id],
            self.slides.slide(slide_id),
            self.slides.cell_prediction_history(cell_id),
            self.log.events(slide_id),
            self._event_names({cell.id: cell.number for cell in cells.values()}),
            blind=blind,
            reading=reading,
        )

    def _sources(self, viewer: Viewer) -> AuditSources:
        return AuditSources(
            self.log,
            lambda slides: self._event_names(self.slides.cell_numbers(slides)),
            lambda slides: self.withheld_slides(viewer, slides),
        )

    def _event_names(self, cell_numbers: Mapping[str, int]) -> EventNames:
        return EventNames(self.taxonomy, tuple(self.alert_rules), self.grading_form, cell_numbers)
