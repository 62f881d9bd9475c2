"""Comparison of two methods of counting, as a laboratory verifies its own differentials."""
