"""The command line: one module per family of commands; `main` parses and runs them."""
