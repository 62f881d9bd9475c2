"""Values of tables that spreadsheets open."""

from __future__ import annotations

_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(text: str) -> str:
    """A text that a spreadsheet will not take for a formula: a quote goes before it."""
    return f"'{text}" if text.startswith(_FORMULA_PREFIXES) else text
