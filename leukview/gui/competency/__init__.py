"""Training on sets of cells with a key."""
