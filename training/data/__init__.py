"""Labelled cells: import, splits, augmentation, leakage checks."""
