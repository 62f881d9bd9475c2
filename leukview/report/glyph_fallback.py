"""Replacement of characters that no available font can show.

They are printed as Unicode numbers, and the report says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from leukview.report.report_strings import ReportStrings

TemplateContext = dict[str, Any]
"""Template context: strings in lists and mappings, by section."""

_DISPLAYABLE = re.compile("[\n\u0020-\u007e\u00a0-\u017fΑ-Ωα-ωА-я–—‘’“”„…⁰⁴-⁹→↑↓−≤≥▲]")
"""Characters that the template's font certainly has, because its own texts contain them."""
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Invisible characters that can make text look different from what is stored."""


def unicode_notation(character: str) -> str:
    """Unicode number of a character, such as ``[U+0E44]``."""
    return f"[U+{ord(character):04X}]"


def is_invisible(character: str) -> bool:
    """Whether a character is invisible but significant.

    These are control characters, lone surrogates and marks that reorder text; a line feed is not one of them.
    """
    return character != "\n" and (
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_CONTROLS
    )


def doubtful_characters(context: TemplateContext) -> list[str]:
    """Distinct characters that the fonts may lack, sorted."""
    texts: list[str] = []

    def gather(text: str) -> str:
        texts.append(text)
        return text

    _map_strings(context, gather)
    return sorted(c for c in set().union(*texts) if not _DISPLAYABLE.match(c))


def replace_characters(
    context: TemplateContext, doubtful: frozenset[str], texts: ReportStrings
) -> tuple[TemplateContext, str]:
    """Replace each character of `doubtful` by its Unicode number.

    Returns:
        The changed texts, and a sentence on the sections concerned; "" when nothing was changed.
    """
    seen: dict[str, str] = {}
    sections: list[str] = []
    changed: TemplateContext = {}
    places = texts.section("unset")
    for key, value in context.items():

        def spelled(text: str, key: str = key) -> str:
            hits = [c for c in text if c in doubtful]
            if not hits:
                return text
            seen.update(dict.fromkeys(hits, ""))
            sections.append(places.get(key, places["other"]))
            return "".join(unicode_notation(c) if c in doubtful else c for c in text)

        changed[key] = _map_strings(value, spelled)
    if not seen:
        return changed, ""
    first = min(seen)
    name = unicodedata.name(first, "").lower() or places["control" if is_invisible(first) else "nameless"]
    where = texts.join_list(list(dict.fromkeys(sections)))
    where = f"{where[0].upper()}{where[1:]}"
    return changed, texts("unset.sentence", places=where, n=len(seen), character=unicode_notation(first), name=name)


def _map_strings(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case Mapping():
            return {key: _map_strings(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [_map_strings(inner, change) for inner in value]
        case _:
            return value
