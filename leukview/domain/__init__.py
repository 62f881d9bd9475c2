"""Frozen values of the field: taxonomy, slide, cell, prediction, review event, differential, alert rules."""
