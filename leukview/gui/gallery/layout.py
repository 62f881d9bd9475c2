"""Geometry of groups and tiles in the gallery, in pixels from the top left corner."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from leukview.gui.gallery.model import CellGroup

MARGIN = 8


@dataclass(frozen=True, slots=True)
class GroupBand:
    """Vertical extent of a group: tops of header and first line of tiles, and bottom."""

    group: CellGroup
    header_top: int
    tiles_top: int
    bottom: int


class GalleryLayout:
    """Stacks groups vertically; tiles of one size in lines spread over the width.

    Args:
        groups: In order; `start` of each is the sum of the counts before it.
        width: Width of the viewport.
        tile_size: Width and height of a tile.
        header_height: Height of a header; a group without key has none.
    """

    def __init__(self, groups: Sequence[CellGroup], width: int, tile_size: tuple[int, int], header_height: int) -> None:
        self.tile_width, self.tile_height = tile_size
        self.columns = max(1, (width - 2 * MARGIN) // self.tile_width)
        self._column_step = max(self.tile_width, (width - 2 * MARGIN) // self.columns)
        self.bands: list[GroupBand] = []
        y = 0
        for group in groups:
            tiles = y + (header_height if group.key else MARGIN)
            end = tiles + -(-group.count // self.columns) * self.tile_height + MARGIN
            self.bands.append(GroupBand(group, y, tiles, end))
            y = end
        self.height = y
        self._nonempty_bands = [b for b in self.bands if b.group.count]
        self._start_rows = [b.group.start for b in self._nonempty_bands]
        self._band_tops = [b.header_top for b in self.bands]

    def tile_position(self, row: int) -> tuple[int, int]:
        """Left and top coordinate of a row's tile."""
        band = self._nonempty_bands[bisect_right(self._start_rows, row) - 1]
        line, column = divmod(row - band.group.start, self.columns)
        return MARGIN + column * self._column_step, band.tiles_top + line * self.tile_height

    def band_at(self, y: int) -> GroupBand | None:
        """The group at a vertical coordinate; None outside the contents."""
        at = bisect_right(self._band_tops, y) - 1
        return self.bands[at] if at >= 0 and y < self.bands[at].bottom else None

    def row_at(self, x: int, y: int) -> int | None:
        """The row whose tile is at a point; None where there is no tile."""
        band = self.band_at(y)
        if band is None or x < MARGIN or y < band.tiles_top:
            return None
        column = (x - MARGIN) // self._column_step
        offset = (y - band.tiles_top) // self.tile_height * self.columns + column
        return band.group.start + offset if column < self.columns and offset < band.group.count else None

    def rows_between(self, top: int, bottom: int) -> list[int]:
        """Rows whose tiles overlap a vertical range, ascending."""
        rows: list[int] = []
        for band in self._nonempty_bands:
            if band.bottom < top or band.header_top > bottom:
                continue
            first = max(0, (top - band.tiles_top) // self.tile_height) * self.columns
            last = min(band.group.count, ((bottom - band.tiles_top) // self.tile_height + 1) * self.columns)
            rows.extend(range(band.group.start + first, band.group.start + last))
        return rows

    def row_above_or_below(self, row: int, step: int) -> int:
        """The row one line down (`step` 1) or up (`step` −1), also across groups.

        Returns:
            The row in the same column, or the last of a shorter line; `row` itself at either end.
        """
        at = bisect_right(self._start_rows, row) - 1
        group = self._nonempty_bands[at].group
        line, column = divmod(row - group.start, self.columns)
        last_line = (group.count - 1) // self.columns
        if 0 <= line + step <= last_line:
            return min(row + step * self.columns, group.start + group.count - 1)
        if not 0 <= at + step < len(self._nonempty_bands):
            return row
        other = self._nonempty_bands[at + step].group
        first = 0 if step > 0 else (other.count - 1) // self.columns * self.columns
        return other.start + min(first + column, other.count - 1)
