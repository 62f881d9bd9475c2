"""Use cases of the competency sets."""
