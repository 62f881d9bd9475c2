"""Synthetic exports: cells drawn from their morphology, in the layout that an analyser writes."""

from leukview.synthetic.cell_rendering import render_cell
from leukview.synthetic.export import SyntheticCell, iterate_labelled, write_demo

__all__ = ["SyntheticCell", "iterate_labelled", "render_cell", "write_demo"]
