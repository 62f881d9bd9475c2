"""Grading of red cells and platelets."""
