"""Rows of the worklist, read from an index in pages."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum

from leukview.core.errors import StoreError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.domain.alerts import SEVERITIES, AlertRule
from leukview.domain.counting_rules import CountingRules
from leukview.domain.differential import DEFAULT_RULES
from leukview.domain.review.events import FIRST_READING, SECOND_READING, EventKind, ReviewEvent, reading_of
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Slide, SlideState
from leukview.domain.taxonomy import Taxonomy
from leukview.services.ports.storage import ReviewLog, SlideStore
from leukview.services.ports.worklist import (
    UNKNOWN_URGENCY,
    Headline,
    IndexedSlide,
    IndexReader,
    PageKey,
    ReadingSummary,
    SlideSummary,
    WorklistIndex,
    WorklistQuery,
)
from leukview.services.review.slide_view import SlideView
from leukview.services.review.view_builder import LimitsOf, SlideViewBuilder, no_limits

_log = logging.getLogger(__name__)

PAGE_SIZE = 50
"""Number of slides of a page of the worklist."""
_SUMMARY_FORM = "2"  # raised when summaries are made in another way
_BATCH = 25  # slides summarised in one transaction


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One slide of the worklist.

    Attributes:
        reviewed_count: Number of cells labelled in this reading.
        unacknowledged_alerts: Titles of alerts that still must be acknowledged; none in a second reading.
        class_keys: Keys of the classes present; in a second reading those given by its reader.
        reading: The reading whose progress is shown. A row of a second reading reveals nothing of the first.
        late_count: Number of cells that were imported after the signature.
        is_withdrawn: The slide was withdrawn as a wrong import.
        headline: The most severe alert; None = no alert, or a second reading.
        urgency: See `SlideSummary.urgency`.
        reviewers: Names of those who labelled cells in this reading.
    """

    slide: Slide
    state: SlideState
    reviewed_count: int
    unacknowledged_alerts: tuple[str, ...]
    class_keys: tuple[str, ...] = ()
    reading: int = FIRST_READING
    late_count: int = 0
    is_withdrawn: bool = False
    headline: Headline | None = None
    urgency: str = ""
    reviewers: tuple[str, ...] = ()

    @classmethod
    def from_view(cls, view: SlideView) -> WorklistRow:
        """Build the row of a slide from its view, in the reading of that view."""
        if view.reading == SECOND_READING:
            return cls(
                view.slide,
                view.state,
                view.reviewed_count,
                (),
                tuple(view.reviewer_tally.counts_by_class()),
                SECOND_READING,
                len(view.late_cells),
                is_withdrawn=view.review.is_withdrawn,
                urgency=UNKNOWN_URGENCY + view.slide.imported_at,
                reviewers=_reviewers(view),
            )
        titles = tuple(a.rule.title for a in view.unacknowledged_alerts)
        classes = tuple(view.shown_tally.counts_by_class())
        return cls(
            view.slide,
            view.state,
            view.reviewed_count,
            titles,
            classes,
            late_count=len(view.late_cells),
            is_withdrawn=view.review.is_withdrawn,
            headline=_headline(view),
            urgency=_urgency(view),
            reviewers=_reviewers(view),
        )

    @classmethod
    def from_summary(cls, slide: Slide, summary: SlideSummary, *, is_withheld: bool) -> WorklistRow:
        """Build the row of a slide from its summary; a withheld one shows the second reading."""
        shown, alerts = (summary.second, ()) if is_withheld else (summary.first, summary.unacknowledged_alerts)
        return cls(
            slide,
            shown.state,
            shown.reviewed_count,
            alerts,
            shown.class_keys,
            SECOND_READING if is_withheld else FIRST_READING,
            shown.late_count,
            is_withdrawn=summary.is_withdrawn,
            headline=None if is_withheld else summary.headline,
            urgency=UNKNOWN_URGENCY + slide.imported_at if is_withheld else summary.urgency,
            reviewers=tuple(sorted(summary.second_readers if is_withheld else summary.first_readers)),
        )


def _reviewers(view: SlideView) -> tuple[str, ...]:
    return tuple(sorted({review.reviewer for review in view.review.cells.values() if review.label}))


def _headline(view: SlideView) -> Headline | None:
    """The most severe alert, one that must be acknowledged before all others."""
    alerts = view.unacknowledged_alerts or view.alerts
    if not alerts:
        return None
    rule = alerts[0].rule
    return Headline(rule.short_title or rule.title, alerts[0].figure, rule.severity)


def _urgency(view: SlideView) -> str:
    """See `SlideSummary.urgency`: unsigned slides by their alerts to acknowledge, then signed ones."""
    if view.review.signature is not None:
        level = 9
    elif view.unacknowledged_alerts:
        level = 1 + SEVERITIES.index(view.unacknowledged_alerts[0].rule.severity)
    else:
        level = 6 if view.alerts else 7
    return f"{level}{view.slide.imported_at}"


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """One page of the worklist.

    Attributes:
        next_key: Where the next page begins; None = this is the last one.
        outdated_count: Number of slides not summarised yet, which search and filter cannot find by their content.
        found_by_number: Word of the search → slides that it found as a number or name.
    """

    rows: tuple[WorklistRow, ...]
    next_key: PageKey | None
    outdated_count: int = 0
    found_by_number: Mapping[str, frozenset[str]] = field(default_factory=dict)


class WorklistService:
    """Reads the worklist from its index, and keeps the index up to date.

    Args:
        slides: Slides, cells and predictions.
        log: Their reviews.
        index: The index.
        taxonomy: The classes.
        rules: The alert rules.
        limits_of: See `SlideViewBuilder`.
        counting: Counting rules of the site.
    """

    def __init__(
        self,
        slides: SlideStore,
        log: ReviewLog,
        index: WorklistIndex,
        taxonomy: Taxonomy,
        rules: Sequence[AlertRule],
        limits_of: LimitsOf = no_limits,
        counting: CountingRules = DEFAULT_RULES,
    ) -> None:
        self._slides, self._log, self._index, self._taxonomy, self._rules = slides, log, index, taxonomy, tuple(rules)
        self._limits_of, self._counting = limits_of, counting
        self._basis = summary_basis(taxonomy, rules, counting)
        self._is_writable = True

    def page(
        self, query: WorklistQuery, reader: IndexReader, after: PageKey | None = None, limit: int = PAGE_SIZE
    ) -> WorklistPage:
        """Read one page; the few slides that changed since are summarised first.

        Args:
            query: Selection and order.
            reader: For whom.
            after: `next_key` of the page before; None = the first page.
            limit: Largest number of rows.

        Raises:
            StoreError: The database cannot be read.
        """
        left = self.update(_BATCH)
        page = self._index.page(query, reader, self._basis, after, limit)
        return WorklistPage(tuple(self._rows(page.slides, reader)), page.next_key, left)

    def rows(
        self, reader: IndexReader, token: CancelToken, reporter: Reporter, slide_ids: Collection[str] | None = None
    ) -> list[WorklistRow]:
        """Build the rows of some slides (None = of all), the newest first.

        Raises:
            StoreError: The database cannot be read.
            Cancelled: The token was set.
        """
        if slide_ids is None:
            self.update_all(token, reporter)
            slide_ids = [slide.id for slide in self._slides.slides()]
        return self._rows(self._index.slides(slide_ids, reader, self._basis), reader)

    def _rows(self, found: Sequence[IndexedSlide], reader: IndexReader) -> list[WorklistRow]:
        stale = {indexed.slide.id: indexed.version for indexed in found if indexed.summary is None}
        if stale and self._save(stale):
            again = {i.slide.id: i for i in self._index.slides(list(stale), reader, self._basis)}
            found = [again.get(i.slide.id, i) for i in found]
        rows = []
        for indexed in found:
            # Another program may write to the slide between the two steps: what was read then is shown.
            summary = indexed.summary or self._summarise(indexed.slide.id)
            rows.append(WorklistRow.from_summary(indexed.slide, summary, is_withheld=indexed.is_withheld))
        return rows

    def withheld(self, reader: IndexReader, slide_ids: Collection[str] | None = None) -> frozenset[str]:
        """Ids of those of the slides (None = of all) whose first reading is withheld from a reader.

        Raises:
            StoreError: The database cannot be read.
        """
        if slide_ids is None:
            self.update_all(CancelToken(), lambda _progress: None)
            return self._index.withheld(reader)
        found = self._index.slides(slide_ids, reader, self._basis)
        stale = {indexed.slide.id: indexed.version for indexed in found if indexed.summary is None}
        if stale:
            self._save(stale)
            found = self._index.slides(slide_ids, reader, self._basis)
        return frozenset(indexed.slide.id for indexed in found if indexed.is_withheld)

    def update(self, limit: int) -> int:
        """Summarise up to `limit` slides that changed; returns how many are left.

        Raises:
            StoreError: The database cannot be read.
        """
        stale = self._index.outdated(self._basis, limit + 1) if self._is_writable else {}
        if not stale or not self._save(dict(list(stale.items())[:limit])):
            return 0
        return self._index.outdated_count(self._basis) if len(stale) > limit else 0

    def update_all(self, token: CancelToken, reporter: Reporter) -> None:
        """Summarise all slides that changed, some at a time.

        Raises:
            StoreError: The database cannot be read or written.
            Cancelled: The token was set.
        """
        left = total = self._index.outdated_count(self._basis)
        while left:
            token.raise_if_cancelled()
            reporter(Progress(total - left, total, "Reading the worklist"))
            left = min(self.update(_BATCH), left - 1)  # ends even if other programs write to slides all the time

    def _save(self, versions: Mapping[str, int]) -> bool:
        """Summarise slides; False where the database is read-only, so that rows are built from the slides."""
        found = {key: (self._summarise(key), version) for key, version in versions.items()}
        try:
            self._index.save(found, self._basis)
        except StoreError:
            _log.warning("the index of the worklist cannot be written")
            self._is_writable = False
            return False
        return True

    def _summarise(self, slide_id: str) -> SlideSummary:
        slide, cells, events = self._slides.slide(slide_id), self._slides.cells(slide_id), self._log.events(slide_id)

        def view(reading: int) -> SlideView:
            said = self._slides.predictions(slide_id) if reading == FIRST_READING else {}
            inside = self._slides.mask_predictions(slide_id) if reading == FIRST_READING else {}
            builder = SlideViewBuilder(
                cells, said, inside, self._taxonomy, self._rules, reading, self._limits_of, self._counting
            )
            return builder.build(slide, events, precompute=False)

        first, second = view(FIRST_READING), view(SECOND_READING)
        return SlideSummary(
            self._reading_summary(WorklistRow.from_view(first)),
            self._reading_summary(WorklistRow.from_view(second)),
            tuple(alert.rule.title for alert in first.unacknowledged_alerts),
            _labellers(events, first),
            _labellers(events, second),
            is_second_signed=second.review.signature is not None,
            is_withdrawn=is_withdrawn(events),
            dates=_date_texts(slide.imported_at),
            headline=_headline(first),
            urgency=_urgency(first),
        )

    def _reading_summary(self, row: WorklistRow) -> ReadingSummary:
        classes = [self._taxonomy.cell_class(key) for key in row.class_keys]
        words = [*(c.name for c in classes), *(c.plural for c in classes), *row.unacknowledged_alerts]
        findings = "\n".join(words).casefold()
        return ReadingSummary(row.state, row.reviewed_count, row.class_keys, findings, row.late_count)


def _date_texts(at: str) -> str:
    """Forms in which people type a time, local; an unreadable time is returned unchanged."""
    try:
        when = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return at
    return f"{when:%Y-%m-%d %H:%M} {when:%d.%m.%Y} {when.year}/{when.month}/{when.day} {when:%H:%M}"


def _labellers(events: Sequence[ReviewEvent], view: SlideView) -> frozenset[str]:
    if not any(reading_of(event) == view.reading or event.kind is EventKind.IMPORT for event in events):
        return frozenset()
    return frozenset(review.reviewer for review in view.review.cells.values() if review.label)


def is_withdrawn(events: Sequence[ReviewEvent]) -> bool:
    """Whether a slide is withdrawn as a wrong import, from its events in order of `seq`."""
    return replay(events).is_withdrawn


def summary_basis(taxonomy: Taxonomy, rules: Sequence[AlertRule], counting: CountingRules = DEFAULT_RULES) -> str:
    """Identity of the rules from which summaries are made; equal in each run."""
    return hashlib.sha256(_stable_text((_SUMMARY_FORM, taxonomy, tuple(rules), counting)).encode()).hexdigest()[:16]


def _stable_text(value: object) -> str:
    """Text of a value that does not depend on the order of sets."""
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({','.join(_stable_text(getattr(value, f.name)) for f in fields(value))})"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{_stable_text(k)}:{_stable_text(v)}" for k, v in value.items())) + "}"
    if isinstance(value, set | frozenset):
        return "{" + ",".join(sorted(map(_stable_text, value))) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_stable_text, value)) + "]"
    return repr(value)


def worklist_rows(
    slides: Sequence[Slide],
    viewer_name: str,
    withheld_slides: Collection[str],
    open_view: Callable[[str, str, int], SlideView],
    token: CancelToken,
    reporter: Reporter,
) -> list[WorklistRow]:
    """Build the rows of slides without an index, in their order.

    Args:
        slides: Of the worklist.
        viewer_name: Name of the viewer.
        withheld_slides: Ids of the slides that the viewer reads as second reader; their rows show only that reading.
        open_view: Opens a slide for a reviewer in a reading.
        token: Checked before each slide.
        reporter: Called before each slide.

    Raises:
        StoreError: A slide cannot be read.
        Cancelled: The token was set.
    """
    rows = []
    for done, slide in enumerate(slides):
        token.raise_if_cancelled()
        reporter(Progress(done, len(slides), "Reading the worklist"))
        own = slide.id in withheld_slides
        reading = SECOND_READING if own else FIRST_READING
        rows.append(WorklistRow.from_view(open_view(slide.id, viewer_name if own else "", reading)))
    return rows
