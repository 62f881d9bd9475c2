"""Similarity of a slide's cells by the model's pooled features.

Cells are compared with the centre of a class (typicality) or with one cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_EPSILON = 1e-12


def normalise_rows(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale rows (n×d) to length 1, so that dot products are cosines.

    Rows of zeros are unchanged.
    """
    rows = np.asarray(features, np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, _EPSILON), np.float32)


def cosine_distances(rows: NDArray[np.float32], vector: NDArray[np.floating]) -> NDArray[np.float32]:
    """Compute the cosine distance of normalised rows (n×d) to one feature vector (d,).

    Returns:
        (n,), from 0 = same direction to 2.
    """
    direction = normalise_rows(np.asarray(vector, np.float32)[None, :])[0]
    return np.asarray(1.0 - rows @ direction, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ClassDistances:
    """Distance of each cell to the centre of each class, for the labels at that time.

    Attributes:
        row_by_cell: Cell id → row of `distances`.
        column_by_class: Class key → column of `distances`.
        distances: Cosine distances (n×k); NaN where a class has no other cell to compare with.
    """

    row_by_cell: Mapping[str, int]
    column_by_class: Mapping[str, int]
    distances: NDArray[np.float32]

    def lookup(self, cells: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Look up the distance of each cell to the centre of a class.

        Args:
            cells: (cell id, class key). Pass all at once, because ten thousand single calls would be noticeably slow.

        Returns:
            (n,); NaN where the distance is not known.
        """
        found = np.full(len(cells), np.nan)
        known = [
            (at, row, column)
            for at, (cell, key) in enumerate(cells)
            if (row := self.row_by_cell.get(cell)) is not None and (column := self.column_by_class.get(key)) is not None
        ]
        if known:
            places, rows, columns = np.array(known).T
            found[places] = self.distances[rows, columns]
        return found


@dataclass(frozen=True)
class SlideFeatures:
    """The features of a slide's cells in half precision.

    10,000 cells with 1,024 features take 20 MB.

    Attributes:
        ids: Cell ids.
        vectors: Normalised features (n×d, float16) in the order of `ids`.
    """

    ids: tuple[str, ...]
    vectors: NDArray[np.float16]

    @classmethod
    def from_features(cls, features: Mapping[str, NDArray[np.floating]]) -> SlideFeatures:
        """Build from cell id → features (d,).

        If lengths differ, because of several models, only features of the most frequent length are kept.
        """
        if not features:
            return cls((), np.zeros((0, 0), np.float16))
        lengths = [len(f) for f in features.values()]
        usual = max(set(lengths), key=lengths.count)
        kept = {key: np.asarray(f, np.float32) for key, f in features.items() if len(f) == usual}
        return cls(tuple(kept), normalise_rows(np.stack(list(kept.values()))).astype(np.float16))

    @cached_property
    def row_by_cell(self) -> dict[str, int]:
        """Cell id → row of `rows`."""
        return {key: row for row, key in enumerate(self.ids)}

    def distances_to(self, cell_id: str) -> dict[str, float]:
        """Compute the cosine distance of every cell to one cell.

        Returns:
            Cell id → distance; empty when that cell has no features.
        """
        row = self.row_by_cell.get(cell_id)
        if row is None:
            return {}
        apart = cosine_distances(self.vectors.astype(np.float32), self.vectors[row])
        return dict(zip(self.ids, apart.tolist(), strict=True))

    def class_distances(self, labels: Mapping[str, str]) -> ClassDistances:
        """Compute the distance of every cell to the centre of every class.

        A class's centre is the mean direction of its cells. A cell is excluded from the centre of its own class when it
        is compared with it, because an atypical cell of a small class would otherwise shift the centre towards itself.

        Args:
            labels: Cell id → class key; cells without a label contribute to no centre.
        """
        keys = sorted({labels[i] for i in self.ids if i in labels})
        column_of = {key: column for column, key in enumerate(keys)}
        table = np.full((len(self.ids), len(keys)), np.nan, np.float32)
        if not keys:
            return ClassDistances(self.row_by_cell, column_of, table)
        columns = np.array([column_of.get(labels.get(i, ""), -1) for i in self.ids])
        rows = self.vectors.astype(np.float32)
        for column in range(len(keys)):
            members = columns == column
            total = rows[members].sum(axis=0)
            table[:, column] = cosine_distances(rows, total)
            own = rows[members]
            if len(own) > 1:
                left = normalise_rows(total[None, :] - own)
                table[members, column] = 1.0 - np.einsum("nd,nd->n", own, left)
            else:
                table[members, column] = np.nan
        return ClassDistances(self.row_by_cell, column_of, table)


def rank_by_distance(query: NDArray[np.floating], others: Sequence[NDArray[np.floating] | None]) -> list[int]:
    """Rank `others` by cosine distance to `query` (d,).

    Returns:
        Indices of `others`, the nearest first; those without comparable features last, in their order.
    """
    known = [at for at, f in enumerate(others) if f is not None and len(f) == len(query)]
    if known:
        rows = normalise_rows(np.stack([np.asarray(others[at], np.float32) for at in known]))
        known = [known[at] for at in np.argsort(cosine_distances(rows, query), kind="stable")]
    ranked = set(known)
    return known + [at for at in range(len(others)) if at not in ranked]
