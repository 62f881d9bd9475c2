"""Protocols that storage, inference, importers, report and cluster implement."""
