"""Report strings, from ``texts.<language>.toml``; the laboratory's override ours."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leukview.core.atomic_files import read_file
from leukview.core.errors import ReportError
from leukview.core.messages import DATA, Message, MessageTranslator, read_linguist
from leukview.core.strict_files import parse_toml

_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_HEAD_TYPES = {"version": int, "name": str, "fonts": list, "sample": str, "lower_names": bool}
_MAX_TEXTS_BYTES = 16 * 1024**2
_SOURCE_LANGUAGE = "en"
STRINGS_VERSION = 1

StringTemplate = str | Mapping[str, str]
"""A format string, or one for the number one and one for all others."""


@dataclass(frozen=True)
class ReportStrings:
    """All strings of the report in one language.

    Attributes:
        language: Language code, such as ``zh_CN``.
        name: The language's own name.
        font_families: Font families needed besides the template's own, in order of preference.
        font_sample: Characters that these fonts must contain; "" = no font is needed.
        lowercase_names: Whether class names are lower-cased inside a sentence.
        templates: (section, key) → format string.
        site_translations: English data text → translation, from the language's file.
        translate_shipped: Translates data texts that `site_translations` lacks.
    """

    language: str
    name: str
    font_families: tuple[str, ...]
    font_sample: str
    lowercase_names: bool
    templates: Mapping[tuple[str, str], StringTemplate]
    site_translations: Mapping[str, str]
    translate_shipped: Callable[[str], str]

    def __call__(self, key: str, /, **fields: object) -> str:
        """Format the string of a key such as ``facts.slide``."""
        section, _, name = key.partition(".")
        template = self.templates[section, name]
        text = template if isinstance(template, str) else template["other"]
        return text.format_map(fields)

    def plural(self, key: str, number: int, **fields: object) -> str:
        """Format the string of a key, in the plural form for `number` (field ``n``)."""
        section, _, name = key.partition(".")
        template = self.templates[section, name]
        text = template if isinstance(template, str) else template["one" if number == 1 else "other"]
        return text.format_map({"n": number, **fields})

    def section(self, section: str) -> dict[str, str]:
        """Unformatted strings of a section, by key."""
        return {k: t for (s, k), t in self.templates.items() if s == section and isinstance(t, str)}

    def translate(self, text: str) -> str:
        """Translate a data text, such as the name of a class, alert, stage or grade."""
        return self.site_translations.get(text) or self.translate_shipped(text)

    def join_list(self, parts: Sequence[str]) -> str:
        """Join with commas, and an “and” before the last part."""
        comma, last = self("list.comma"), self("list.last")
        return f"{comma.join(parts[:-1])}{last}{parts[-1]}" if len(parts) > 1 else "".join(parts)

    def join_sentences(self, parts: Sequence[str]) -> str:
        """Join sentences with spaces, except after Chinese punctuation."""
        text = ""
        for part in filter(None, parts):
            text += part if not text or text.endswith(("。", "：")) else f" {part}"
        return text


@dataclass(frozen=True, slots=True)
class _StringsFile:
    """Contents of one file: head, strings, and translations of data texts."""

    head: Mapping[str, object]
    templates: Mapping[tuple[str, str], StringTemplate]
    translations: Mapping[str, str]


def available_languages(shipped: Path, site_folder: Path) -> list[str]:
    """Codes of the available languages, English first."""
    found = {p.name[6:-5] for folder in (shipped, site_folder) for p in folder.glob("texts.*.toml")}
    return sorted((c for c in found if _LANGUAGE_CODE.fullmatch(c)), key=lambda c: (c != _SOURCE_LANGUAGE, c))


def load_report_strings(language: str, shipped: Path, site_folder: Path, translations: Path) -> ReportStrings:
    """Load and check the strings of a language.

    Args:
        language: Language code, such as ``zh_CN``.
        shipped: Folder of the shipped files.
        site_folder: The laboratory's folder; may be absent.
        translations: Folder of the GUI translations, which also translate data texts.

    Raises:
        ReportError: The language is unknown, a file cannot be read, or has a wrong, missing or surplus key, field or
            value; the message names the file and the key.
    """
    if language not in available_languages(shipped, site_folder):
        raise ReportError(
            Message("There are no report texts for the language “{language}”.", language=language),
            Message("Available: {names}.", names=", ".join(available_languages(shipped, site_folder))),
        )
    source = _read_strings_file(shipped / f"texts.{_SOURCE_LANGUAGE}.toml", None)
    paths = [p for folder in (shipped, site_folder) if (p := folder / f"texts.{language}.toml").exists()]
    files = [
        source if p == shipped / f"texts.{_SOURCE_LANGUAGE}.toml" else _read_strings_file(p, source) for p in paths
    ]
    head: dict[str, object] = {}
    templates: dict[tuple[str, str], StringTemplate] = {}
    names: dict[str, str] = {}
    for file in files:
        head, templates, names = {**head, **file.head}, {**templates, **file.templates}, {**names, **file.translations}
    missing = [f"{section}.{key}" for section, key in source.templates if (section, key) not in templates]
    if missing:
        raise ReportError(
            Message(
                "“{name}” is not complete: “{missing}” is missing ({count} in all).",
                name=paths[-1].name,
                missing=missing[0],
                count=len(missing),
            ),
            "Compare it with texts.en.toml.",
        )
    fonts = head.get("fonts")
    return ReportStrings(
        language=language,
        name=str(head.get("name") or language),
        font_families=tuple(map(str, fonts)) if isinstance(fonts, list) else (),
        font_sample=str(head.get("sample", "")),
        lowercase_names=head.get("lower_names") is True,
        templates=templates,
        site_translations=names,
        translate_shipped=_data_translator(language, names, translations),
    )


def _data_translator(language: str, site_translations: Mapping[str, str], translations: Path) -> Callable[[str], str]:
    path = translations / f"leukview_{language}.ts"
    if language == _SOURCE_LANGUAGE or not (path.exists() or site_translations):
        return str
    known = {s: t for (context, s), t in read_linguist(path).items() if context == DATA} if path.exists() else {}
    known |= site_translations
    return MessageTranslator(lambda text: known.get(text) or text, language).text


def _read_strings_file(path: Path, source: _StringsFile | None) -> _StringsFile:
    """Read one file; with `source`, check its keys and fields against it."""
    raw = read_toml(path)
    head = {key: value for key, value in raw.items() if not isinstance(value, dict)}
    sections = {key: value for key, value in raw.items() if isinstance(value, dict)}
    own = sections.pop("data", {})
    for key, value in head.items():
        if key not in _HEAD_TYPES:
            raise ReportError(Message("“{path}” has the unknown key “{key}”.", path=path.name, key=key), "Remove it.")
        if type(value) is not _HEAD_TYPES[key]:
            raise ReportError(
                Message("“{path}”: the value of “{key}” has the wrong type.", path=path.name, key=key),
                _type_hint(_HEAD_TYPES[key]),
            )
    if head.get("version", STRINGS_VERSION) != STRINGS_VERSION:
        raise ReportError(
            Message("“{path}”: “version” is not {version}.", path=path.name, version=STRINGS_VERSION),
            "This version of LeukView cannot read any other version.",
        )
    templates: dict[tuple[str, str], StringTemplate] = {}
    for section, entries in sections.items():
        for key, value in entries.items():
            templates[section, key] = _parse_template(path, f"{section}.{key}", value, source)
    for text, translation in own.items():
        if not isinstance(translation, str):
            raise ReportError(
                Message("“{path}”: the value of “data.{text}” is not a text.", path=path.name, text=text),
                "Put it in quotes.",
            )
    return _StringsFile(head, templates, dict(own))


def _parse_template(path: Path, key: str, value: object, source: _StringsFile | None) -> StringTemplate:
    section, _, name = key.partition(".")
    known = source.templates.get((section, name)) if source else value
    if known is None:
        raise ReportError(
            Message("“{path}” has the unknown key “{key}”.", path=path.name, key=key),
            "Remove it, or correct its spelling.",
        )
    forms = value if isinstance(value, dict) else {"other": value}
    if not all(isinstance(text, str) for text in forms.values()):
        raise ReportError(
            Message("“{path}”: the value of “{key}” is not a text.", path=path.name, key=key), "Put it in quotes."
        )
    if isinstance(value, dict) and (set(value) != {"one", "other"} or isinstance(known, str)):
        raise ReportError(
            Message("“{path}”: the value of “{key}” has other forms than “one” and “other”.", path=path.name, key=key),
            "Give one text in quotes.",
        )
    allowed = _template_fields(path, key, known)
    for text in forms.values():
        extra = sorted(_template_fields(path, key, text) - allowed)
        if extra:
            raise ReportError(
                f"“{path.name}”: the text of “{key}” has the unknown field “{{{extra[0]}}}”.",
                Message("It may contain {names}.", names=", ".join(f"{{{f}}}" for f in sorted(allowed)) or "no field"),
            )
    return value if isinstance(value, str) else {k: str(v) for k, v in forms.items()}


def _template_fields(path: Path, key: str, template: object) -> set[str]:
    texts = template.values() if isinstance(template, Mapping) else (str(template),)
    found = set()
    try:
        for text in texts:
            for _, name, form, conversion in string.Formatter().parse(text):
                if name is not None:
                    found.add(f"{name}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}")
    except ValueError as error:
        raise ReportError(
            Message("“{path}”: in the text of “{key}” a brace is not closed or not opened.", path=path.name, key=key),
            "Write {{ for a brace.",
        ) from error
    return found


def read_toml(path: Path) -> dict[str, object]:
    """Parse a TOML file; `ReportError` names the file when that fails."""
    try:
        return parse_toml(read_file(path, _MAX_TEXTS_BYTES).decode("utf-8-sig"))
    except OSError as error:
        raise ReportError(
            Message("“{path}” cannot be read: {reason}.", path=path.name, reason=str(error.strerror or error)),
            "Correct or remove the file.",
        ) from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise ReportError(
            Message("“{path}” cannot be read: {reason}.", path=path.name, reason=str(error)),
            "Correct or remove the file.",
        ) from error


def _type_hint(kind: type) -> str:
    words = {int: "Write a whole number.", str: "Put it in quotes.", bool: "Write true or false."}
    return words.get(kind, "Write a list in brackets.")
