"""Plots and the model card."""
