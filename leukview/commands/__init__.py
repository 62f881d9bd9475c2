"""The commands of the command line, a module a family; each has ``register``, which adds its parsers."""
