"""In which order and groups the gallery shows the cells of a slide: values alone, nothing of Qt.

Ten thousand cells are arranged anew after each action, in the window's thread. So what an action did not touch is not
looked at again: `Arranger` keeps a number, a group and a verdict of the filter a cell, and orders them as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leukview.domain.models.label_value import expected_information
from leukview.domain.prediction import compose
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.feature_similarity import Typicality
from leukview.services.review.session import CellView, SlideView

_Notes = Callable[[Sequence[CellView]], "list[float] | NDArray[np.float64]"]
"""Takes notes of many cells at once: a call for each of ten thousand would be half the time."""

PENDING = "pending"
_LAST = 1e9
_Number = TypeVar("_Number", bound=np.generic)


class Sort(StrEnum):
    """Orders of cells."""

    NUMBER = "number"
    UNCERTAIN = "uncertain"
    MALIGNANT = "malignant"
    NC_RATIO = "nc_ratio"
    TYPICAL = "typical"
    ATYPICAL = "atypical"
    LIKE = "like"
    INFORMATION = "information"


BY_FEATURES = frozenset({Sort.TYPICAL, Sort.ATYPICAL, Sort.LIKE})
WORKED_OUT = BY_FEATURES | {Sort.INFORMATION}
"""Orders whose numbers a worker has to find first."""


class Filter(StrEnum):
    """Which cells are shown."""

    ALL = "all"
    UNREVIEWED = "unreviewed"
    UNSEEN = "unseen"
    DISAGREEMENT = "disagreement"
    FLAGGED = "flagged"
    COMMENTED = "commented"
    CLASS = "class"


BY_MODEL = frozenset({Filter.DISAGREEMENT, Filter.FLAGGED})
"""Filters that tell the model's opinion: a blinded reviewer has them not."""


@dataclass(frozen=True, slots=True)
class CellGroup:
    """One class of cells in the gallery: rows `start` … `start + count − 1`, or none when it is collapsed.

    Attributes:
        total: Cells of the group, collapsed or not.
        reviewed: Of them, cells a person has confirmed or relabelled.
    """

    key: str
    title: str
    colour: str
    start: int
    count: int
    total: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the reviewer chose above the gallery.

    Attributes:
        class_key: Of the cells shown with `Filter.CLASS`.
        collapsed: Keys of the groups folded up.
        typicality: For the orders by it; None = not known yet.
        likeness: Cell id → distance to the cell chosen; empty = not known yet.
        information: Cell id → what a label is expected to teach, see `information`; absent = not known yet. A cell that
            a person labelled teaches nothing more.
    """

    sort: Sort = Sort.UNCERTAIN
    filter: Filter = Filter.ALL
    class_key: str = ""
    grouped: bool = True
    blind: bool = False
    collapsed: frozenset[str] = frozenset()
    typicality: Typicality | None = None
    likeness: Mapping[str, float] = field(default_factory=dict)
    information: Mapping[str, float] = field(default_factory=dict)


def disagrees(view: CellView, taxonomy: Taxonomy) -> bool:
    """True when analyser, model and reviewer do not all go together."""
    return _differ(_opinions(view), taxonomy)


def _opinions(view: CellView) -> tuple[str, str, str]:
    """What analyser, model and reviewer said; "" where one said nothing."""
    source, prediction = view.cell.source, view.prediction
    return source.class_key if source else "", prediction.best if prediction else "", view.review.label


def _differ(opinions: tuple[str, ...], taxonomy: Taxonomy) -> bool:
    return any(not taxonomy.agrees(a, b) for a, b in combinations(filter(None, opinions), 2))


def _differing(taxonomy: Taxonomy) -> _Notes:
    """`disagrees` for many cells: there are few kinds of opinions among them."""

    def differing(cells: Sequence[CellView]) -> list[float]:
        said = [_opinions(v) for v in cells]
        known = {kind: _differ(kind, taxonomy) for kind in set(said)}
        return [known[kind] for kind in said]

    return differing


def information(view: CellView, taxonomy: Taxonomy, need: Mapping[str, float]) -> float:
    """What a label of this cell is expected to teach the next model; 0 where no model looked.

    Ten thousand cells take most of a second: this is for a worker.

    Args:
        view: The cell.
        taxonomy: The classes.
        need: Class key → how much it needs labels, see `leukview.domain.models.label_value.class_weight`; absent = 1.
    """
    prediction, source = view.prediction, view.cell.source
    if prediction is None:
        return 0.0
    disagreed = source is not None and not taxonomy.agrees(source.class_key, prediction.best)
    classes = tuple(compose(taxonomy, prediction.stages).values())
    return expected_information(classes, disagreed=disagreed, need=need.get(prediction.best, 1.0))


def group_key(view: CellView, *, blind: bool) -> str:
    """The group of a cell; for a blinded reviewer only what a person said."""
    return group_keys((view,), blind=blind)[0]


def group_keys(cells: Sequence[CellView], *, blind: bool) -> list[str]:
    """The groups of cells, see `group_key`."""
    return [PENDING if v.pending or (blind and v.review.label == "") else v.label for v in cells]


def _p_malignant(view: CellView) -> float:
    p, gate = 0.0, 1.0
    for answer in view.prediction.stages if view.prediction else ():
        if answer.stage == "stage1":
            p = answer.of("malignant")
        elif answer.stage == "gate":
            gate = answer.of("leukocyte")
    return p * gate


def _certainty(view: CellView) -> float:
    """The model's confidence in the class shown, or in what it left unidentified; else last.

    Where a reviewer gave another class, the model's confidence in its own says nothing of the one that is shown.
    """
    said, label = view.prediction, view.label
    return said.confidence if said is not None and label in (said.best, said.label) else _LAST


_SORTS: dict[Sort, _Notes] = {
    Sort.UNCERTAIN: lambda cells: [_certainty(v) for v in cells],
    Sort.MALIGNANT: lambda cells: [-_p_malignant(v) for v in cells],
    Sort.NC_RATIO: lambda cells: [-((v.measurement.nc_ratio if v.measurement else None) or 0.0) for v in cells],
}


def _noted(
    notes: NDArray[_Number],
    fresh: list[int] | None,
    cells: tuple[CellView, ...],
    note: _Notes,
    kind: type[_Number],
) -> NDArray[_Number]:
    """Notes of all cells (`fresh` None), or those kept with the fresh ones written over."""
    if fresh is None:
        return np.array(note(cells), kind)
    notes[fresh] = note([cells[at] for at in fresh])
    return notes


class Arranger:
    """Orders and groups the cells of one slide after another."""

    def __init__(self, names: Callable[[str, Taxonomy], tuple[str, str]]) -> None:
        """`names` gives title and colour of a group."""
        self._names = names
        self._how = Arrangement()
        self._view: SlideView | None = None
        self._numbers = np.zeros(0)
        self._weights = np.zeros(0)
        self._ranks = np.zeros(0, np.int64)
        self._passing = np.zeros(0, np.bool_)
        self._reviewed = np.zeros(0, np.bool_)
        self._sorted: dict[Sort, NDArray[np.float64]] = {}  # weights that follow from the cells alone
        self._place_of: dict[str, int] = {}
        self._row_at = np.zeros(0, np.int64)

    def row_of(self, cell_id: str) -> int | None:
        """Row of a cell in what was arranged last; None when it is not shown."""
        place = self._place_of.get(cell_id)
        row = -1 if place is None else int(self._row_at[place])
        return None if row < 0 else row

    def arrange(self, view: SlideView, how: Arrangement) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        """The cells to show, in order, and their groups."""
        self._look(view, how)
        shown = np.flatnonzero(self._passing)
        keys = (self._numbers[shown], self._weights[shown])
        if not how.grouped:
            rows = self._laid(view, shown[np.lexsort(keys)])
            group = CellGroup("", "", "", 0, len(rows), len(rows), int(self._reviewed[shown].sum()))
            return rows, (group,) if rows else ()
        order = shown[np.lexsort((*keys, self._ranks[shown]))]
        return self._grouped(view, how, order)

    def _grouped(
        self, view: SlideView, how: Arrangement, order: NDArray[np.int64]
    ) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        groups, kept, count = [], [], 0
        ends = np.flatnonzero(np.diff(self._ranks[order], append=-1)).tolist()  # last place of each group
        for start, end in zip([0, *(e + 1 for e in ends[:-1])], ends, strict=False):
            members = order[start : end + 1]
            key = group_key(view.cells[members[0]], blind=how.blind)
            title, colour = self._names(key, view.taxonomy)
            shown = members[:0] if key in how.collapsed else members
            reviewed = int(self._reviewed[members].sum())
            groups.append(CellGroup(key, title, colour, count, len(shown), len(members), reviewed))
            kept.append(shown)
            count += len(shown)
        return self._laid(view, np.concatenate(kept) if kept else order), tuple(groups)

    def _laid(self, view: SlideView, places: NDArray[np.int64]) -> list[CellView]:
        """The cells at these places of the slide, one a row."""
        self._row_at = np.full(len(view.cells), -1)
        self._row_at[places] = np.arange(len(places))
        return [view.cells[at] for at in places.tolist()]

    def _look(self, view: SlideView, how: Arrangement) -> None:
        """Take notes of every cell that is not as it was, and anew of what another choice asks of all."""
        before, cells = self._view, view.cells
        known = before is not None and before.slide.id == view.slide.id and len(before.cells) == len(cells)
        old = self._how if known else None
        self._view, self._how = view, how
        fresh: list[int] | None = None
        if before is not None and old is not None:
            fresh = [at for at, (a, b) in enumerate(zip(before.cells, cells, strict=True)) if a is not b]
        else:
            self._numbers = np.array([v.cell.number for v in cells], np.float64)
            self._place_of = {v.cell.id: at for at, v in enumerate(cells)}
        self._reviewed = _noted(
            self._reviewed, fresh, cells, lambda some: [v.review.label != "" for v in some], np.bool_
        )
        same = old is not None and how.blind == old.blind
        blind, taxonomy = how.blind, view.taxonomy
        last = len(taxonomy.classes)  # of classes that this taxonomy does not know
        ranks = {PENDING: last + 1} | {c.key: taxonomy.order(c.key) for c in taxonomy.classes}
        self._ranks = _noted(
            self._ranks,
            fresh if same else None,
            cells,
            lambda some: [ranks.get(key, last) for key in group_keys(some, blind=blind)],
            np.int64,
        )
        ordered = same and old is not None and how.sort is old.sort and how.typicality is old.typicality
        ordered = ordered and old is not None and how.likeness is old.likeness and how.information is old.information
        self._sorted = {s: _noted(n, fresh, cells, _SORTS[s], np.float64) for s, n in self._sorted.items() if known}
        if how.blind or how.sort is Sort.NUMBER:
            self._weights = np.zeros(len(cells))
        elif (note := _SORTS.get(how.sort)) is not None:
            if how.sort not in self._sorted:
                self._sorted[how.sort] = np.array(note(cells), np.float64)
            self._weights = self._sorted[how.sort]
        else:
            self._weights = _noted(self._weights, fresh if ordered else None, cells, self._weight(how), np.float64)
        chosen = same and old is not None and (how.filter, how.class_key) == (old.filter, old.class_key)
        if how.filter is Filter.ALL or (how.blind and how.filter in BY_MODEL):
            self._passing = np.ones(len(cells), np.bool_)
        else:
            self._passing = _noted(self._passing, fresh if chosen else None, cells, _passes(how, taxonomy), np.bool_)

    @staticmethod
    def _weight(how: Arrangement) -> _Notes:
        if how.sort is Sort.INFORMATION:
            known = how.information
            return lambda cells: [0.0 if v.reviewed else -known.get(v.cell.id, 0.0) for v in cells]
        if how.sort is Sort.LIKE:
            likeness = how.likeness
            return lambda cells: [likeness.get(v.cell.id, _LAST) for v in cells]
        typicality, sign = how.typicality, 1.0 if how.sort is Sort.TYPICAL else -1.0
        if typicality is None:
            return lambda cells: np.full(len(cells), _LAST)

        def weights(cells: Sequence[CellView]) -> NDArray[np.float64]:
            apart = sign * typicality.of([(v.cell.id, "" if v.pending else v.label) for v in cells])
            return np.where(np.isnan(apart), _LAST, apart)

        return weights


def _passes(how: Arrangement, taxonomy: Taxonomy) -> _Notes:
    match how.filter:
        case Filter.UNREVIEWED:
            return lambda cells: [v.review.label == "" for v in cells]
        case Filter.UNSEEN:
            return lambda cells: [not v.review.opened for v in cells]
        case Filter.FLAGGED:
            return lambda cells: [bool(v.prediction and v.prediction.flags) for v in cells]
        case Filter.COMMENTED:
            return lambda cells: [bool(v.review.comment) for v in cells]
        case Filter.DISAGREEMENT:
            return _differing(taxonomy)
        case Filter.CLASS:
            return lambda cells: [key == how.class_key for key in group_keys(cells, blind=how.blind)]
        case _:
            return lambda cells: [True] * len(cells)
