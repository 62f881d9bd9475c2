"""Worklist, opening and importing of slides, watched folder, changes by other programs."""
