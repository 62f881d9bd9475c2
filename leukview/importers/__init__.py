"""Reads what an analyser or LeukView exported: folders, archives, images. Owner of Pillow."""
