"""Segmentation of cell and nucleus, and correction of masks by clicks."""
