"""Model files: bundles with storage and provenance, Segment Anything checkpoints."""
