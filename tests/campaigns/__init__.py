"""Campaigns: many random trials against a promise of the program, from a seed."""
