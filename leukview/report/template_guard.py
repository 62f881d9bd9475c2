"""Check of a laboratory's own Typst template: it can neither load packages nor run text as code.

Typst fetches a package from the network as soon as a template imports it, and offers no switch against that. So each
``import`` and ``include`` must name a ``.typ`` file of the report by a literal name, and what runs text as code, or
reaches such functions by a computed name, is refused.
"""

from __future__ import annotations

import re

_LOAD = re.compile(r"\b(?:import|include)\b")
_LITERAL_FILE = re.compile(r'\s*"[A-Za-z0-9_ -]+\.typ"(?=\s*(?:$|[:;,)\]}\n]|as\b))')
_EVALUATION = re.compile(r"(?<![\w-])(?:eval|std|plugin)(?![\w-])")
_WORD_BEFORE = re.compile(r"([\w'’]+)[ \t]+$")
_CODE_WORDS = frozenset(
    {"return", "in", "and", "or", "not", "else", "context", "let", "set", "show", "if", "for", "while", "as", "break"}
)
"""Keywords of Typst after which an expression may follow; after another word, ``include`` is prose."""


def find_forbidden(template: str) -> str:
    """The first passage of a template that may load a package or run text as code; "" if there is none.

    Prose such as “the values include …” is no such passage, because a word stands before it.
    """
    for match in _LOAD.finditer(template):
        before = _WORD_BEFORE.search(template, 0, match.start())
        is_prose = before is not None and before[1] not in _CODE_WORDS and not before[1].isdigit()
        if not is_prose and not _LITERAL_FILE.match(template, match.end()):
            return _passage(template, match.start())
    match_or_none = _EVALUATION.search(template)
    return _passage(template, match_or_none.start()) if match_or_none else ""


def _passage(template: str, start: int) -> str:
    return template[start : start + 40].split("\n", maxsplit=1)[0].strip()
