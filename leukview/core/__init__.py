"""Errors, background jobs, paths, settings and logging, used by all other layers.

This package may import the standard library and platformdirs only.
"""
