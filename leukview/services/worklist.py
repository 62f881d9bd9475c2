"""One slide of the worklist, as it stands."""

from __future__ import annotations

from dataclasses import dataclass

from leukview.domain.slide import Slide, SlideState
from leukview.services.slide_view import SlideView


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One slide of the worklist.

    Attributes:
        open_alerts: Titles of alerts that still must be acknowledged.
        classes: Keys of the classes present.
    """

    slide: Slide
    state: SlideState
    reviewed: int
    open_alerts: tuple[str, ...]
    classes: tuple[str, ...] = ()

    @classmethod
    def of(cls, view: SlideView) -> WorklistRow:
        """The line of a slide as it stands."""
        titles = tuple(a.rule.title for a in view.open_alerts)
        return cls(view.slide, view.state, view.reviewed, titles, tuple(view.shown.counts()))
