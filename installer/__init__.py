"""Builds the programs that people install."""
