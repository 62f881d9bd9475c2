"""Alerts and their acknowledgement."""
