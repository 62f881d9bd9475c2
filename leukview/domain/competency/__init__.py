"""Competency of persons: sets of cells with a key, graded like the rounds of a proficiency scheme."""
