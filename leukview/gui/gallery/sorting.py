"""In which order and groups the gallery shows the cells of a slide: values alone, nothing of Qt.

Ten thousand cells are arranged anew after each action, in the window's thread. So what an action did not touch is not
looked at again: `GalleryArranger` keeps a number, a group and a verdict of the filter a cell, and orders them as arrays.
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
from leukview.domain.prediction import class_probabilities
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.feature_similarity import ClassDistances
from leukview.services.review.session import CellView, SlideView

_CellValues = Callable[[Sequence[CellView]], "list[float] | NDArray[np.float64]"]
"""Takes notes of many cells at once: a call for each of ten thousand would be half the time."""

PENDING = "pending"
_SORTED_LAST = 1e9
_Scalar = TypeVar("_Scalar", bound=np.generic)


class SortKey(StrEnum):
    """Orders of cells."""

    NUMBER = "number"
    UNCERTAIN = "uncertain"
    MALIGNANT = "malignant"
    NC_RATIO = "nc_ratio"
    TYPICAL = "typical"
    ATYPICAL = "atypical"
    SIMILAR = "like"
    INFORMATION = "information"


FEATURE_SORTS = frozenset({SortKey.TYPICAL, SortKey.ATYPICAL, SortKey.SIMILAR})
COMPUTED_SORTS = FEATURE_SORTS | {SortKey.INFORMATION}
"""Orders whose numbers a worker has to find first."""


class CellFilter(StrEnum):
    """Which cells are shown."""

    ALL = "all"
    UNREVIEWED = "unreviewed"
    UNSEEN = "unseen"
    DISAGREEMENT = "disagreement"
    FLAGGED = "flagged"
    COMMENTED = "commented"
    CLASS = "class"


MODEL_FILTERS = frozenset({CellFilter.DISAGREEMENT, CellFilter.FLAGGED})
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
class GalleryOptions:
    """What the reviewer chose above the gallery.

    Attributes:
        class_key: Of the cells shown with `CellFilter.CLASS`.
        collapsed: Keys of the groups folded up.
        typicality: For the orders by it; None = not known yet.
        likeness: Cell id → distance to the cell chosen; empty = not known yet.
        information: Cell id → what a label is expected to teach, see `information`; absent = not known yet. A cell that
            a person labelled teaches nothing more.
    """

    sort: SortKey = SortKey.UNCERTAIN
    filter: CellFilter = CellFilter.ALL
    class_key: str = ""
    grouped: bool = True
    blind: bool = False
    collapsed: frozenset[str] = frozenset()
    typicality: ClassDistances | None = None
    distances: Mapping[str, float] = field(default_factory=dict)
    label_values: Mapping[str, float] = field(default_factory=dict)


def labels_disagree(view: CellView, taxonomy: Taxonomy) -> bool:
    """True when analyser, model and reviewer do not all go together."""
    return _conflict(_labels(view), taxonomy)


def _labels(view: CellView) -> tuple[str, str, str]:
    """What analyser, model and reviewer said; "" where one said nothing."""
    source, prediction = view.cell.source, view.prediction
    return source.class_key if source else "", prediction.best if prediction else "", view.review.label


def _conflict(labels: tuple[str, ...], taxonomy: Taxonomy) -> bool:
    return any(not taxonomy.is_compatible(a, b) for a, b in combinations(filter(None, labels), 2))


def _disagreement_values(taxonomy: Taxonomy) -> _CellValues:
    """`disagrees` for many cells: there are few kinds of opinions among them."""

    def differing(cells: Sequence[CellView]) -> list[float]:
        said = [_labels(v) for v in cells]
        known = {kind: _conflict(kind, taxonomy) for kind in set(said)}
        return [known[kind] for kind in said]

    return differing


def expected_label_value(view: CellView, taxonomy: Taxonomy, class_weights: Mapping[str, float]) -> float:
    """What a label of this cell is expected to teach the next model; 0 where no model looked.

    Ten thousand cells take most of a second: this is for a worker.

    Args:
        view: The cell.
        taxonomy: The classes.
        class_weights: Class key → how much it needs labels, see `leukview.domain.models.label_value.class_weights`; absent = 1.
    """
    prediction, source = view.prediction, view.cell.source
    if prediction is None:
        return 0.0
    disagreed = source is not None and not taxonomy.is_compatible(source.class_key, prediction.best)
    classes = tuple(class_probabilities(taxonomy, prediction.stages).values())
    return expected_information(
        classes, sources_disagree=disagreed, class_weight=class_weights.get(prediction.best, 1.0)
    )


def group_key(view: CellView, *, blind: bool) -> str:
    """The group of a cell; for a blinded reviewer only what a person said."""
    return group_keys((view,), blind=blind)[0]


def group_keys(cells: Sequence[CellView], *, blind: bool) -> list[str]:
    """The groups of cells, see `group_key`."""
    return [PENDING if v.pending or (blind and v.review.label == "") else v.label for v in cells]


def _malignant_probability(view: CellView) -> float:
    p, gate = 0.0, 1.0
    for answer in view.prediction.stages if view.prediction else ():
        if answer.stage == "stage1":
            p = answer.probability_of("malignant")
        elif answer.stage == "gate":
            gate = answer.probability_of("leukocyte")
    return p * gate


def _confidence(view: CellView) -> float:
    """The model's confidence in the class shown, or in what it left unidentified; else last.

    Where a reviewer gave another class, the model's confidence in its own says nothing of the one that is shown.
    """
    said, label = view.prediction, view.label
    return said.confidence if said is not None and label in (said.best, said.label) else _SORTED_LAST


_SORT_VALUES: dict[SortKey, _CellValues] = {
    SortKey.UNCERTAIN: lambda cells: [_confidence(v) for v in cells],
    SortKey.MALIGNANT: lambda cells: [-_malignant_probability(v) for v in cells],
    SortKey.NC_RATIO: lambda cells: [-((v.measurement.nc_ratio if v.measurement else None) or 0.0) for v in cells],
}


def _update_values(
    values: NDArray[_Scalar],
    changed: list[int] | None,
    cells: tuple[CellView, ...],
    compute: _CellValues,
    dtype: type[_Scalar],
) -> NDArray[_Scalar]:
    """Notes of all cells (`changed` None), or those kept with the fresh ones written over."""
    if changed is None:
        return np.array(compute(cells), dtype)
    values[changed] = compute([cells[at] for at in changed])
    return values


class GalleryArranger:
    """Orders and groups the cells of one slide after another."""

    def __init__(self, group_title: Callable[[str, Taxonomy], tuple[str, str]]) -> None:
        """`group_title` gives title and colour of a group."""
        self._group_title = group_title
        self._options = GalleryOptions()
        self._view: SlideView | None = None
        self._numbers = np.zeros(0)
        self._sort_values = np.zeros(0)
        self._class_ranks = np.zeros(0, np.int64)
        self._visible = np.zeros(0, np.bool_)
        self._reviewed = np.zeros(0, np.bool_)
        self._cached_sort_values: dict[SortKey, NDArray[np.float64]] = {}  # weights that follow from the cells alone
        self._index_of: dict[str, int] = {}
        self._row_at = np.zeros(0, np.int64)

    def row_of(self, cell_id: str) -> int | None:
        """Row of a cell in what was arranged last; None when it is not shown."""
        place = self._index_of.get(cell_id)
        row = -1 if place is None else int(self._row_at[place])
        return None if row < 0 else row

    def arrange(self, view: SlideView, options: GalleryOptions) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        """The cells to show, in order, and their groups."""
        self._update_cells(view, options)
        shown = np.flatnonzero(self._visible)
        keys = (self._numbers[shown], self._sort_values[shown])
        if not options.grouped:
            rows = self._set_rows(view, shown[np.lexsort(keys)])
            group = CellGroup("", "", "", 0, len(rows), len(rows), int(self._reviewed[shown].sum()))
            return rows, (group,) if rows else ()
        order = shown[np.lexsort((*keys, self._class_ranks[shown]))]
        return self._group_rows(view, options, order)

    def _group_rows(
        self, view: SlideView, options: GalleryOptions, order: NDArray[np.int64]
    ) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        groups, kept, count = [], [], 0
        ends = np.flatnonzero(np.diff(self._class_ranks[order], append=-1)).tolist()  # last place of each group
        for start, end in zip([0, *(e + 1 for e in ends[:-1])], ends, strict=False):
            members = order[start : end + 1]
            key = group_key(view.cells[members[0]], blind=options.blind)
            title, colour = self._group_title(key, view.taxonomy)
            shown = members[:0] if key in options.collapsed else members
            reviewed = int(self._reviewed[members].sum())
            groups.append(CellGroup(key, title, colour, count, len(shown), len(members), reviewed))
            kept.append(shown)
            count += len(shown)
        return self._set_rows(view, np.concatenate(kept) if kept else order), tuple(groups)

    def _set_rows(self, view: SlideView, indices: NDArray[np.int64]) -> list[CellView]:
        """The cells at these places of the slide, one a row."""
        self._row_at = np.full(len(view.cells), -1)
        self._row_at[indices] = np.arange(len(indices))
        return [view.cells[at] for at in indices.tolist()]

    def _update_cells(self, view: SlideView, options: GalleryOptions) -> None:
        """Take notes of every cell that is not as it was, and anew of what another choice asks of all."""
        before, cells = self._view, view.cells
        known = before is not None and before.slide.id == view.slide.id and len(before.cells) == len(cells)
        old = self._options if known else None
        self._view, self._options = view, options
        fresh: list[int] | None = None
        if before is not None and old is not None:
            fresh = [at for at, (a, b) in enumerate(zip(before.cells, cells, strict=True)) if a is not b]
        else:
            self._numbers = np.array([v.cell.number for v in cells], np.float64)
            self._index_of = {v.cell.id: at for at, v in enumerate(cells)}
        self._reviewed = _update_values(
            self._reviewed, fresh, cells, lambda some: [v.review.label != "" for v in some], np.bool_
        )
        same = old is not None and options.blind == old.blind
        blind, taxonomy = options.blind, view.taxonomy
        last = len(taxonomy.classes)  # of classes that this taxonomy does not know
        ranks = {PENDING: last + 1} | {c.key: taxonomy.position(c.key) for c in taxonomy.classes}
        self._class_ranks = _update_values(
            self._class_ranks,
            fresh if same else None,
            cells,
            lambda some: [ranks.get(key, last) for key in group_keys(some, blind=blind)],
            np.int64,
        )
        ordered = same and old is not None and options.sort is old.sort and options.typicality is old.typicality
        ordered = (
            ordered
            and old is not None
            and options.distances is old.distances
            and options.label_values is old.label_values
        )
        self._cached_sort_values = {
            s: _update_values(n, fresh, cells, _SORT_VALUES[s], np.float64)
            for s, n in self._cached_sort_values.items()
            if known
        }
        if options.blind or options.sort is SortKey.NUMBER:
            self._sort_values = np.zeros(len(cells))
        elif (note := _SORT_VALUES.get(options.sort)) is not None:
            if options.sort not in self._cached_sort_values:
                self._cached_sort_values[options.sort] = np.array(note(cells), np.float64)
            self._sort_values = self._cached_sort_values[options.sort]
        else:
            self._sort_values = _update_values(
                self._sort_values, fresh if ordered else None, cells, self._sort_function(options), np.float64
            )
        chosen = same and old is not None and (options.filter, options.class_key) == (old.filter, old.class_key)
        if options.filter is CellFilter.ALL or (options.blind and options.filter in MODEL_FILTERS):
            self._visible = np.ones(len(cells), np.bool_)
        else:
            self._visible = _update_values(
                self._visible, fresh if chosen else None, cells, _filter_function(options, taxonomy), np.bool_
            )

    @staticmethod
    def _sort_function(options: GalleryOptions) -> _CellValues:
        if options.sort is SortKey.INFORMATION:
            known = options.label_values
            return lambda cells: [0.0 if v.reviewed else -known.get(v.cell.id, 0.0) for v in cells]
        if options.sort is SortKey.SIMILAR:
            likeness = options.distances
            return lambda cells: [likeness.get(v.cell.id, _SORTED_LAST) for v in cells]
        typicality, sign = options.typicality, 1.0 if options.sort is SortKey.TYPICAL else -1.0
        if typicality is None:
            return lambda cells: np.full(len(cells), _SORTED_LAST)

        def weights(cells: Sequence[CellView]) -> NDArray[np.float64]:
            apart = sign * typicality.lookup([(v.cell.id, "" if v.pending else v.label) for v in cells])
            return np.where(np.isnan(apart), _SORTED_LAST, apart)

        return weights


def _filter_function(options: GalleryOptions, taxonomy: Taxonomy) -> _CellValues:
    match options.filter:
        case CellFilter.UNREVIEWED:
            return lambda cells: [v.review.label == "" for v in cells]
        case CellFilter.UNSEEN:
            return lambda cells: [not v.review.opened for v in cells]
        case CellFilter.FLAGGED:
            return lambda cells: [bool(v.prediction and v.prediction.flags) for v in cells]
        case CellFilter.COMMENTED:
            return lambda cells: [bool(v.review.comment) for v in cells]
        case CellFilter.DISAGREEMENT:
            return _disagreement_values(taxonomy)
        case CellFilter.CLASS:
            return lambda cells: [key == options.class_key for key in group_keys(cells, blind=options.blind)]
        case _:
            return lambda cells: [True] * len(cells)
