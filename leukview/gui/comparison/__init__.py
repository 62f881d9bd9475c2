"""Cells side by side with reference cells."""
