"""Training and evaluation of the embedded segmenter."""
