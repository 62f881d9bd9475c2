"""Cross-fitting: each cell is scored by a network that never saw its patient."""
