"""Protocols that storage, inference and importers implement."""
