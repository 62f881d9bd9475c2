"""Model files: bundles, where they are stored, their provenance, checkpoints of Segment Anything."""
