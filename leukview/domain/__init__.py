"""Immutable domain values such as taxonomy, slide, cell and review event."""
