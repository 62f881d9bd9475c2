"""The current cell: image, details, stage tree, mask editing."""
