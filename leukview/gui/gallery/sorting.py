"""Sorting, grouping and filtering of the gallery's cells, independent of Qt.

Up to ten thousand cells are arranged in the GUI thread after each action. `GalleryArranger` therefore keeps sort value,
class rank and filter result of each cell in arrays, updates only the cells that changed, and sorts with NumPy.
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
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.services.analysis.feature_similarity import ClassDistances
from leukview.services.review.session import CellView, SlideView

_CellValues = Callable[[Sequence[CellView]], "list[float] | NDArray[np.float64]"]
"""Computes a value for each of many cells: ten thousand single calls would take half of the total time."""

PENDING = "pending"
_SORTED_LAST = 1e9
_Scalar = TypeVar("_Scalar", bound=np.generic)


class SortKey(StrEnum):
    """Sort keys; the values are stored in the settings."""

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
"""Sort keys whose values are computed in a worker thread first."""


class CellFilter(StrEnum):
    """Filters: which cells are shown."""

    ALL = "all"
    UNREVIEWED = "unreviewed"
    UNSEEN = "unseen"
    DISAGREEMENT = "disagreement"
    FLAGGED = "flagged"
    COMMENTED = "commented"
    CLASS = "class"
    LISTED = "listed"


MODEL_FILTERS = frozenset({CellFilter.DISAGREEMENT, CellFilter.FLAGGED})
"""Filters that reveal the model's predictions: not available to a blinded reviewer."""


@dataclass(frozen=True, slots=True)
class CellGroup:
    """A group of cells: rows `start` … `start + count − 1`, none when collapsed.

    Attributes:
        key: Class key, `PENDING`, or "" when cells are not grouped.
        title: Text of the header.
        colour: Colour of the class, ``#rrggbb``.
        start: First row.
        count: Number of rows; 0 when collapsed.
        total: Number of cells, collapsed or not.
        reviewed: How many of them were accepted or relabelled by a reviewer.
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
    """Display options of the gallery and the computed sort values.

    Attributes:
        sort: Sort key within a group.
        filter: Which cells are shown.
        class_key: Class for `CellFilter.CLASS`.
        listed: Ids of the cells for `CellFilter.LISTED`, which are shown in collapsed groups as well.
        grouped: Group by class.
        blind: The model's predictions are hidden: cells without a reviewer's label are `PENDING`; all cells are
            sorted by number.
        collapsed: Keys of the collapsed groups.
        typicality: For `SortKey.TYPICAL` and `ATYPICAL`; None = not computed yet.
        distances: Cell id → distance to the chosen cell, for `SortKey.SIMILAR`; empty = not computed yet.
        label_values: Cell id → `expected_label_value`, for `SortKey.INFORMATION`; absent = not computed yet. Reviewed
            cells count as 0.
    """

    sort: SortKey = SortKey.UNCERTAIN
    filter: CellFilter = CellFilter.ALL
    class_key: str = ""
    listed: frozenset[str] = frozenset()
    grouped: bool = True
    blind: bool = False
    collapsed: frozenset[str] = frozenset()
    typicality: ClassDistances | None = None
    distances: Mapping[str, float] = field(default_factory=dict)
    label_values: Mapping[str, float] = field(default_factory=dict)


def labels_disagree(view: CellView, taxonomy: Taxonomy) -> bool:
    """Whether the labels of analyser, model and reviewer contradict each other."""
    return _conflict(_labels(view), taxonomy)


def is_open_disagreement(view: CellView, taxonomy: Taxonomy) -> bool:
    """Whether analyser and model contradict each other on a cell that no person decided yet.

    Accepting a whole group decides nothing on the cells in it that were not opened.
    """
    return not _is_decided(view) and labels_disagree(view, taxonomy)


def _is_decided(view: CellView) -> bool:
    model = view.prediction.best if view.prediction else ""
    return view.reviewed and (view.review.opened or view.review.label != model)


def _labels(view: CellView) -> tuple[str, str, str]:
    """Class keys from analyser, model and reviewer; "" where there is none."""
    source, prediction = view.cell.source, view.prediction
    return source.class_key if source else "", prediction.best if prediction else "", view.review.label


def _conflict(labels: tuple[str, ...], taxonomy: Taxonomy) -> bool:
    return any(not taxonomy.is_compatible(a, b) for a, b in combinations(filter(None, labels), 2))


def _disagreement_values(taxonomy: Taxonomy) -> _CellValues:
    """`is_open_disagreement` for many cells, with the conflict computed once per combination of labels."""

    def values(cells: Sequence[CellView]) -> list[float]:
        labels = [_labels(v) for v in cells]
        conflicts = {combination: _conflict(combination, taxonomy) for combination in set(labels)}
        return [conflicts[found] and not _is_decided(v) for v, found in zip(cells, labels, strict=True)]

    return values


def expected_label_value(view: CellView, taxonomy: Taxonomy, class_weights: Mapping[str, float]) -> float:
    """Expected information that a label of the cell adds to the training data.

    Ten thousand cells take nearly a second: call it in a worker thread.

    Args:
        view: The cell.
        taxonomy: The classes.
        class_weights: Class key → weight by its need for labels, see
            `leukview.domain.models.label_value.class_weights`; absent = 1.

    Returns:
        0 for a cell without prediction.
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
    """Class key of a cell, or `PENDING`; blinded, only a reviewer's label counts."""
    return group_keys((view,), blind=blind)[0]


def group_keys(cells: Sequence[CellView], *, blind: bool) -> list[str]:
    """`group_key` of each cell."""
    return [PENDING if v.pending or (blind and v.review.label == "") else v.label for v in cells]


def _group_order(taxonomy: Taxonomy) -> list[str]:
    """Class keys in the order of their groups: as in the taxonomy, with the unidentified cells below the blasts."""
    others = [c for c in taxonomy.classes if c.key != UNIDENTIFIED]
    blasts = sum(1 for c in others if c.is_blast_like)  # they come first
    keys = [c.key for c in others]
    return [*keys[:blasts], UNIDENTIFIED, *keys[blasts:]]


def _malignant_probability(view: CellView) -> float:
    p, gate = 0.0, 1.0
    for output in view.prediction.stages if view.prediction else ():
        if output.stage == "stage1":
            p = output.probability_of("malignant")
        elif output.stage == "gate":
            gate = output.probability_of("leukocyte")
    return p * gate


def _confidence(view: CellView) -> float:
    """The model's confidence if the shown label is its own, else `_SORTED_LAST`.

    Where a reviewer gave another class, the confidence does not refer to the label shown. Among unidentified cells the
    most malignant comes first.
    """
    prediction, label = view.prediction, view.label
    if label == UNIDENTIFIED and prediction is not None:
        return -_malignant_probability(view)
    return (
        prediction.confidence
        if prediction is not None and label in (prediction.best, prediction.label)
        else _SORTED_LAST
    )


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
    """Values of all cells.

    Args:
        values: Previous values, one per cell; overwritten in place.
        changed: Indexes of the cells to compute again; None = compute all into a new array.
        cells: All cells.
        compute: Computes the values.
        dtype: Type of the array.
    """
    if changed is None:
        return np.array(compute(cells), dtype)
    values[changed] = compute([cells[at] for at in changed])
    return values


class GalleryArranger:
    """Sorts, groups and filters the cells of a slide, incrementally between calls."""

    def __init__(self, group_title: Callable[[str, Taxonomy], tuple[str, str]]) -> None:
        """Create it without a slide.

        Args:
            group_title: `group_title(key, taxonomy)` returns title and colour of a group.
        """
        self._group_title = group_title
        self._options = GalleryOptions()
        self._view: SlideView | None = None
        self._numbers = np.zeros(0)
        self._sort_values = np.zeros(0)
        self._class_ranks = np.zeros(0, np.int64)
        self._visible = np.zeros(0, np.bool_)
        self._reviewed = np.zeros(0, np.bool_)
        self._cached_sort_values: dict[SortKey, NDArray[np.float64]] = {}  # values that depend on the cells alone
        self._index_of: dict[str, int] = {}
        self._row_at = np.zeros(0, np.int64)

    def row_of(self, cell_id: str) -> int | None:
        """Row of a cell in the last arrangement; None when it is not shown."""
        index = self._index_of.get(cell_id)
        row = -1 if index is None else int(self._row_at[index])
        return None if row < 0 else row

    def arrange(self, view: SlideView, options: GalleryOptions) -> tuple[list[CellView], tuple[CellGroup, ...]]:
        """Cells to show, in order, and their groups (one without key when not grouped)."""
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
        # Last position of each group in `order`.
        ends = np.flatnonzero(np.diff(self._class_ranks[order], append=-1)).tolist()
        for start, end in zip([0, *(e + 1 for e in ends[:-1])], ends, strict=False):
            members = order[start : end + 1]
            key = group_key(view.cells[members[0]], blind=options.blind)
            title, colour = self._group_title(key, view.taxonomy)
            shown = members[:0] if key in options.collapsed and options.filter is not CellFilter.LISTED else members
            reviewed = int(self._reviewed[members].sum())
            groups.append(CellGroup(key, title, colour, count, len(shown), len(members), reviewed))
            kept.append(shown)
            count += len(shown)
        return self._set_rows(view, np.concatenate(kept) if kept else order), tuple(groups)

    def _set_rows(self, view: SlideView, indices: NDArray[np.int64]) -> list[CellView]:
        """The cells at these indexes of the slide, one per row; remembers their rows."""
        self._row_at = np.full(len(view.cells), -1)
        self._row_at[indices] = np.arange(len(indices))
        return [view.cells[at] for at in indices.tolist()]

    def _update_cells(self, view: SlideView, options: GalleryOptions) -> None:
        """Update the arrays for changed cells, or for all if a relevant option changed."""
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
        last = len(taxonomy.classes)  # rank of classes that are not in the taxonomy
        ranks = {PENDING: last + 1} | {key: at for at, key in enumerate(_group_order(taxonomy))}
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
        elif (compute := _SORT_VALUES.get(options.sort)) is not None:
            if options.sort not in self._cached_sort_values:
                self._cached_sort_values[options.sort] = np.array(compute(cells), np.float64)
            self._sort_values = self._cached_sort_values[options.sort]
        else:
            self._sort_values = _update_values(
                self._sort_values, fresh if ordered else None, cells, self._sort_function(options), np.float64
            )
        chosen = same and old is not None and _filter_values(options) == _filter_values(old)
        if options.filter is CellFilter.ALL or (options.blind and options.filter in MODEL_FILTERS):
            self._visible = np.ones(len(cells), np.bool_)
        else:
            self._visible = _update_values(
                self._visible, fresh if chosen else None, cells, _filter_function(options, taxonomy), np.bool_
            )

    @staticmethod
    def _sort_function(options: GalleryOptions) -> _CellValues:
        if options.sort is SortKey.INFORMATION:
            label_values = options.label_values
            return lambda cells: [0.0 if v.reviewed else -label_values.get(v.cell.id, 0.0) for v in cells]
        if options.sort is SortKey.SIMILAR:
            distances = options.distances
            return lambda cells: [distances.get(v.cell.id, _SORTED_LAST) for v in cells]
        typicality, sign = options.typicality, 1.0 if options.sort is SortKey.TYPICAL else -1.0
        if typicality is None:
            return lambda cells: np.full(len(cells), _SORTED_LAST)

        def signed_distances(cells: Sequence[CellView]) -> NDArray[np.float64]:
            values = sign * typicality.lookup([(v.cell.id, "" if v.pending else v.label) for v in cells])
            return np.where(np.isnan(values), _SORTED_LAST, values)

        return signed_distances


def _filter_values(options: GalleryOptions) -> tuple[CellFilter, str, frozenset[str]]:
    return options.filter, options.class_key, options.listed


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
        case CellFilter.LISTED:
            return lambda cells: [v.cell.id in options.listed for v in cells]
        case _:
            return lambda cells: [True] * len(cells)
