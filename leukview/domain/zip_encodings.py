"""Encodings of names in ZIP archives that state none."""

from __future__ import annotations

ZIP_ENCODINGS = ("cp932", "gbk", "cp437", "cp1252", "big5", "cp949", "cp850", "cp866", "cp1251")
"""By Python's names: Japanese, simplified Chinese, DOS, Western Europe, and further ones."""
