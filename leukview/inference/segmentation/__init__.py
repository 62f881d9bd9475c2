"""Cell and nucleus segmentation: embedded network, Segment Anything, corrections by clicks."""
