from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from leukview.gui.gallery.layout import GalleryLayout
from leukview.gui.gallery.model import CellGroup

counts = st.lists(st.integers(0, 40), min_size=1, max_size=8)
widths = st.integers(20, 900)


def make_layout(sizes: list[int], width: int) -> GalleryLayout:
    starts = [0, *accumulate(sizes)]
    groups = [CellGroup(f"g{i}", "", "", starts[i], n, n, 0) for i, n in enumerate(sizes)]
    return GalleryLayout(groups, width, (70, 90), 24)


@given(counts, widths)
def test_that_each_tile_is_found_where_it_lies_and_none_overlap(sizes: list[int], width: int):
    made = make_layout(sizes, width)
    places = [made.tile_position(row) for row in range(sum(sizes))]
    assert len(set(places)) == len(places)
    for row, (x, y) in enumerate(places):
        assert made.row_at(x, y) == row
        assert made.row_at(x + 69, y + 89) == row
        assert y + 90 <= made.height
    assert places == sorted(places, key=lambda p: (p[1], p[0]))


@given(counts, widths, st.integers(-50, 2000), st.integers(1, 600))
def test_that_the_visible_rows_are_those_that_reach_into_the_window(
    sizes: list[int], width: int, top: int, height: int
):
    made = make_layout(sizes, width)
    bottom = top + height
    seen = [r for r in range(sum(sizes)) if made.tile_position(r)[1] < bottom and made.tile_position(r)[1] + 90 > top]
    rows = made.rows_between(top, bottom)
    assert rows == sorted(set(rows))
    assert set(seen) <= set(rows)
    assert len(rows) <= len(seen) + 2 * made.columns * len(sizes)


@given(counts.filter(any), widths, st.data())
def test_that_one_line_down_and_up_again_stays_in_the_slide(sizes: list[int], width: int, data: st.DataObject):
    made = make_layout(sizes, width)
    row = data.draw(st.integers(0, sum(sizes) - 1))
    down = made.row_above_or_below(row, 1)
    assert 0 <= made.row_above_or_below(row, -1) <= row <= down < sum(sizes)
    if down != row:
        assert made.tile_position(down)[1] > made.tile_position(row)[1] or down - row < made.columns
