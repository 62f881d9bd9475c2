"""Metrics, calibration, prediction sets, error analysis, out-of-distribution scores."""
