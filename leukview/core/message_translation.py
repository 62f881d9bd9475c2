"""The words of data in another language: names, and sentences made of a template and fields.

Class names, alert titles, sentences of services and of errors are English data. Their translations are the context
``data`` of the Linguist files in ``resources/i18n``; window and report read them here, each looking up in its own way.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

DATA = "data"
"""Context of the texts that are data."""
_FIELD = re.compile(r"\{(\w+)\}")
_NUMBERS = frozenset("nm")
_PERCENT = re.compile(r"(\d) %$")
_COUNTED = re.compile(r"(.+) (\d+)")


class _Pattern(NamedTuple):
    """A sentence with fields: those named by a digit are data, ``n`` and ``m`` numbers; others stand."""

    template: str
    match: re.Pattern[str]


class MessageTranslator:
    """Translates texts of the data.

    Args:
        lookup: Gives the translation of a text, or the text itself where there is none.
        templates: Sentences with fields such as ``{0}``, recognised once the fields are filled in.
    """

    def __init__(self, lookup: Callable[[str], str], templates: Iterable[str]) -> None:
        self._lookup = lookup
        made = [_Pattern(t, _compiled(t)) for t in templates]
        self._patterns = tuple(sorted(made, key=lambda p: -len(_FIELD.sub("", p.template))))

    def text(self, text: str) -> str:
        """A name, or a sentence made by a template; as it is where there is no translation."""
        known = self._lookup(text)
        if known != text:
            return known
        for pattern in self._patterns:
            found = pattern.match.fullmatch(text)
            if found:
                fields = {k.removeprefix("f"): v for k, v in found.groupdict().items()}
                shown = {k: self._shown(k, v) for k, v in fields.items()}
                template = self._lookup(pattern.template)
                return _filled(template, shown)
        return text

    def _shown(self, name: str, value: str) -> str:
        if name in _NUMBERS:
            return value.replace(", ", "、")
        return self._listed(value) if name.isdigit() else _PERCENT.sub(r"\1%", value)

    def _listed(self, text: str) -> str:
        """A field: one text of the data, or several with semicolons or commas between, each perhaps with its count."""
        if "; " in text:
            return "；".join(self._listed(part) for part in text.split("; "))
        shown = self.text(text)
        if shown != text:
            return shown
        if ", " in text:
            return "、".join(self._listed(part) for part in text.split(", "))
        counted = _COUNTED.fullmatch(text)
        return f"{self.text(counted[1])} {counted[2]}" if counted else text


def _filled(template: str, fields: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda field: fields.get(field[1], field[0]), template)


def _compiled(template: str) -> re.Pattern[str]:
    parts = _FIELD.split(template)
    made = [re.escape(part) if at % 2 == 0 else _field(part) for at, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


def _field(name: str) -> str:
    return f"(?P<f{name}>{'[0-9,. …]+?' if name in _NUMBERS else '.+?'})"


def read_templates(folder: Path) -> list[str]:
    """The templates of ``templates.txt`` in a folder. Raises `OSError`."""
    return (folder / "templates.txt").read_text(encoding="utf-8").splitlines()


def read_linguist(path: Path) -> Mapping[tuple[str, str], str]:
    """(context, text) → translation, as a Linguist file has them; unfinished ones are "". Raises `OSError`."""
    known = {}
    for context in ET.parse(path).iter("context"):  # noqa: S314 - a file that ships with the program
        for message in context.iter("message"):
            translation = message.find("translation")
            text = "" if translation is None or translation.get("type") else translation.text or ""
            known[context.findtext("name") or "", message.findtext("source") or ""] = text
    return known
