"""Comparison, acceptance criteria, registry and quality control of models."""
