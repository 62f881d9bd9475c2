"""Protection of CSV values against formula injection in spreadsheets."""

from __future__ import annotations

BYTE_ORDER_MARK = "\ufeff"
"""First character of a table in a file; spreadsheets detect UTF-8 by it."""
_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(text: str) -> str:
    """Prefix a quote to a value that a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_PREFIXES) else text
