"""The cells of a slide as a sorted, grouped gallery."""
