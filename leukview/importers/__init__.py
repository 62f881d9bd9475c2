"""Readers of analyser and LeukView exports: folders, archives, images."""
