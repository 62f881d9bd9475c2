"""Model registry and comparison of models."""
