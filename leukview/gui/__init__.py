"""The window. Owner of Qt."""
