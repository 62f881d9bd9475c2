"""Command line: one module per group of commands; `main` parses and runs them."""
