"""Index of the worklist: one row per slide, read in pages, searched in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from leukview.domain.slide import Slide, SlideState

UNKNOWN_URGENCY = "8"
"""First character of the urgency of a slide about which a reader may not know more, see `SlideSummary.urgency`."""


class WorklistOrder(StrEnum):
    """Order of the worklist."""

    URGENCY = "urgency"
    NEWEST = "newest"
    OLDEST = "oldest"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class ReadingSummary:
    """Progress of one reading of a slide.

    Attributes:
        reviewed_count: Number of cells labelled in this reading.
        class_keys: Keys of the classes present.
        findings: Searchable text of classes and alerts, in lower case.
        late_count: Number of cells that were imported after the signature.
    """

    state: SlideState
    reviewed_count: int
    class_keys: tuple[str, ...]
    findings: str
    late_count: int = 0


@dataclass(frozen=True, slots=True)
class Headline:
    """The most severe alert of a slide.

    Attributes:
        title: English short title of its rule.
        figure: See `leukview.domain.alerts.Alert.figure`.
        severity: See `leukview.domain.alerts.SEVERITIES`.
    """

    title: str
    figure: str
    severity: str


@dataclass(frozen=True, slots=True)
class SlideSummary:
    """What the worklist shows of a slide without reading its cells.

    Attributes:
        first: The first reading, with the predictions.
        second: The second reading; reveals nothing of the first.
        unacknowledged_alerts: Titles of the alerts that must still be acknowledged.
        first_readers: Names of those who labelled cells in the first reading.
        second_readers: Names of those who labelled cells in the second reading.
        is_second_signed: The second reading is signed.
        is_withdrawn: The slide was withdrawn as a wrong import.
        dates: Searchable text of the time of import.
        headline: The most severe alert, one that must be acknowledged before all others; None = no alert.
        urgency: Text by which the most urgent slides come first, those of the same urgency by their time of import.
    """

    first: ReadingSummary
    second: ReadingSummary
    unacknowledged_alerts: tuple[str, ...]
    first_readers: frozenset[str]
    second_readers: frozenset[str]
    is_second_signed: bool
    is_withdrawn: bool
    dates: str
    headline: Headline | None = None
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class IndexReader:
    """The person for whom the index is read.

    Attributes:
        names: All names of the person in the log; empty = nothing is withheld.
        is_second_reader: The person's role is second reader.
    """

    names: frozenset[str] = frozenset()
    is_second_reader: bool = False


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """One word of a search; a slide matches if any of its parts does.

    Attributes:
        texts: Parts of ids, dates, English names of classes and titles of alerts, in lower case.
        class_keys: Classes whose name in the window's language contains the word.
        alert_titles: English titles of alerts whose title in the window's language contains the word.
        slide_ids: Slides that the word finds by itself, such as an order number.
    """

    texts: tuple[str, ...]
    class_keys: tuple[str, ...] = ()
    alert_titles: tuple[str, ...] = ()
    slide_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """Selection and order of slides; a slide must match all terms.

    Attributes:
        states: States of the slides; empty = all.
        is_blind: Search neither classes nor alerts, which reveal predictions.
        is_withdrawn: Only withdrawn slides, which are left out otherwise.
    """

    terms: tuple[SearchTerm, ...] = ()
    states: frozenset[SlideState] = frozenset()
    order: WorklistOrder = WorklistOrder.URGENCY
    is_blind: bool = False
    is_withdrawn: bool = False


PageKey = tuple[str, str]
"""Value of the order and id of the last slide of a page."""


@dataclass(frozen=True, slots=True)
class IndexedSlide:
    """A slide of the index.

    Attributes:
        summary: None when it is missing or out of date.
        version: Version of the slide when it was read, for `WorklistIndex.save`.
        is_withheld: The reader opens the slide in the second reading, so that the first must not be shown.
    """

    slide: Slide
    summary: SlideSummary | None
    version: int
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of slides.

    Attributes:
        next_key: Where the next page begins; None = this is the last one.
    """

    slides: tuple[IndexedSlide, ...]
    next_key: PageKey | None


class WorklistIndex(Protocol):
    """Index over all slides. Safe to call from any thread; each method is one transaction.

    Each write to a slide raises its version. A summary counts as long as version and `basis` are those with which it
    was saved.
    """

    def page(
        self, query: WorklistQuery, reader: IndexReader, basis: str, after: PageKey | None, limit: int
    ) -> IndexPage:
        """Read one page; slides without a current summary are found by their ids and dates only.

        Args:
            query: Selection and order.
            reader: For whom; decides about withheld readings.
            basis: Identity of the rules from which summaries are made.
            after: `next_key` of the page before; None = the first page.
            limit: Largest number of slides.

        Raises:
            StoreError: The database cannot be read.
        """

    def slides(self, slide_ids: Collection[str], reader: IndexReader, basis: str) -> list[IndexedSlide]:
        """Read some slides, the newest first; unknown ids are left out. Raises `StoreError`."""

    def outdated(self, basis: str, limit: int) -> dict[str, int]:
        """Ids of slides without a current summary, the newest first, with their versions. Raises `StoreError`."""

    def outdated_count(self, basis: str) -> int:
        """Number of slides without a current summary. Raises `StoreError`."""

    def save(self, summaries: Mapping[str, tuple[SlideSummary, int]], basis: str) -> None:
        """Store summaries with the versions read before they were made. Raises `StoreError`."""

    def withheld(self, reader: IndexReader) -> frozenset[str]:
        """Ids of all slides whose first reading is withheld from a reader. Raises `StoreError`."""
