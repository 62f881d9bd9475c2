"""Comparison, acceptance and control of models: metrics, criteria, labelled cells, registry."""
