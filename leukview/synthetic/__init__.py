"""Synthetic exports: cells drawn from parameters, in the layout of an analyser."""

from leukview.synthetic.cell_rendering import render_cell
from leukview.synthetic.export import SyntheticCell, iterate_synthetic_cells, write_demo_export

__all__ = ["SyntheticCell", "iterate_synthetic_cells", "render_cell", "write_demo_export"]
