"""Translatable messages: English text that keeps its template and arguments, and their translation.

Services, errors and progress reports build English `Message` values. Database, log and exports store them as plain
text. Window and report translate the template and fill in the arguments. The translations are the context ``data`` of
the Qt Linguist files in ``resources/i18n``.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self, TypeAlias

DATA = "data"
"""Linguist context of all texts that do not come from the window's own code."""
_FIELD = re.compile(r"\{(\w+)\}")
_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef，。；：、“”（）]"
_LATIN = r"[A-Za-z0-9]"
_SEPARATORS: Mapping[str, Mapping[str, str]] = {"zh": {", ": "、", "; ": "；", " and ": "和", " ": ""}}
"""Language → English separator of a list → the separator there."""


class Message(str):  # noqa: SLOT000 - carries template and arguments
    """English text made from a template and named arguments.

    Args:
        template: Text with fields such as ``{count}``. Without arguments it is the text itself, braces included.
        arguments: Values of the fields. A `Message` or a `MessageList` is translated with the template; any other
            value, such as a name that a person typed, stays as it is.
    """

    template: str
    arguments: Mapping[str, object]

    def __new__(cls, template: str, /, **arguments: object) -> Self:
        """Build the English text; a message without arguments of its own is returned unchanged."""
        if isinstance(template, Message | MessageList) and not arguments:
            return template  # type: ignore[return-value]  # a list of messages is translated as such
        message = super().__new__(cls, template.format(**arguments) if arguments else template)
        message.template, message.arguments = str(template), arguments
        return message

    def __reduce__(self) -> tuple[Callable[..., Message], tuple[str, Mapping[str, object]]]:
        """Pickle template and arguments: messages travel between processes."""
        return _restored, (self.template, self.arguments)


def _restored(template: str, arguments: Mapping[str, object]) -> Message:
    return Message(template, **arguments)


class MessageList(str):  # noqa: SLOT000 - carries its items
    """English texts joined by a separator; each is translated, and the separator too.

    Args:
        items: The texts; a plain string is looked up as a whole.
        separator: ``", "``, ``"; "``, ``" and "`` or ``" "``.
    """

    items: tuple[str, ...]
    separator: str

    def __new__(cls, items: Iterable[str], separator: str = ", ") -> Self:
        """Join the English texts."""
        parts = tuple(items)
        joined = super().__new__(cls, separator.join(parts))
        joined.items, joined.separator = parts, separator
        return joined

    def __reduce__(self) -> tuple[type[MessageList], tuple[tuple[str, ...], str]]:
        """Pickle the items."""
        return MessageList, (self.items, self.separator)


Lookup: TypeAlias = Callable[[str], str]


class MessageTranslator:
    """Translates texts of the context ``data``.

    Args:
        lookup: Gives the translation of a text or template, or the text itself where there is none.
        language: ``en``, ``zh_CN`` …; decides on separators of lists and on blanks.
    """

    def __init__(self, lookup: Lookup, language: str) -> None:
        self._lookup = lookup
        self._separators = _SEPARATORS.get(language[:2], {})
        self._cjk = language.startswith(("zh", "ja"))

    def text(self, text: str) -> str:
        """Translate a name, a message or a list of messages; a text without a translation is returned unchanged."""
        if isinstance(text, MessageList):
            return self._separators.get(text.separator, text.separator).join(map(self.text, text.items))
        if isinstance(text, Message) and text.arguments:
            template = self._lookup(text.template)
            values = {name: self._value(value) for name, value in text.arguments.items()}
            return self._filled(template, values)
        return self._lookup(str(text))

    def _value(self, value: object) -> str:
        if isinstance(value, Message | MessageList):
            return self.text(value)
        return re.sub(r"(\d) %$", r"\1%", str(value)) if self._cjk else str(value)

    def _filled(self, template: str, values: Mapping[str, str]) -> str:
        if not self._cjk:
            return _FIELD.sub(lambda field: values.get(field[1], field[0]), template)
        text = ""
        for at, part in enumerate(_FIELD.split(template)):
            text = _joined(text, values.get(part, f"{{{part}}}") if at % 2 else part)
        return text


def _joined(left: str, right: str) -> str:
    """Join two pieces of Chinese or Japanese: a blank before and after Latin letters and digits, none between CJK."""
    if re.search(rf"{_CJK}\s*$", left) and re.match(rf"\s*{_CJK}", right):
        return left.rstrip() + right.lstrip()
    if (re.search(r"[\u3040-\u9fff]$", left) and re.match(_LATIN, right)) or (
        re.search(rf"{_LATIN}$", left) and re.match(r"[\u3040-\u9fff]", right)
    ):
        return f"{left} {right}"
    return left + right


def read_linguist(path: Path) -> Mapping[tuple[str, str], str]:
    """(context, text) → translation, as a Linguist file has them; unfinished ones are "". Raises `OSError`."""
    known = {}
    for context in ET.parse(path).iter("context"):  # noqa: S314 - a file that ships with the program
        for message in context.iter("message"):
            translation = message.find("translation")
            text = "" if translation is None or translation.get("type") else translation.text or ""
            known[context.findtext("name") or "", message.findtext("source") or ""] = text
    return known
