"""Export of data, corrections and reports."""
