"""Verification of the laboratory's own differentials against the microscope."""
