"""Audit trail and call record."""
