"""Export of reviewed cells for training."""
