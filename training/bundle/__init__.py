"""Build a model bundle and add measured figures to it."""
