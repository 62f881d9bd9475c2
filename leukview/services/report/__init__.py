"""Data of the screening report and the use case that writes it."""
