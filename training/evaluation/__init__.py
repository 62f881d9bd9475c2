"""Metrics, calibration, prediction sets, error analysis, OOD detection."""
