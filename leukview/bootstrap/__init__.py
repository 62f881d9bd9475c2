"""Composition root: builds the application from its packages; the only code that knows all of them."""
