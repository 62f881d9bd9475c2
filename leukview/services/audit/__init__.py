"""Audit trail, history of a cell, call record."""
