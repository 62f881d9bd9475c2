"""Composition root: builds the application; only this package knows all others."""
