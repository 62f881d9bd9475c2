"""Reviewer profiles and authentication."""
