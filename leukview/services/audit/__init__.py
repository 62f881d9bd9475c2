"""Audit trail, event texts, history of a cell, call record."""
