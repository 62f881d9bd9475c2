"""Import of slides, and watched folders."""
