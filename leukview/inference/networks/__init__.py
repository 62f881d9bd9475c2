"""Network definitions. Every module imports torch, so import them only where torch is needed."""
