"""The window's language: Qt's translator, and the words of data that the window shows but does not own.

Class names, alert titles, sentences of services and of errors are English data: files, log and report keep them so.
Where the window shows them it asks `data_text`, whose translations are the context ``data`` of the same Linguist file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, QTime, QTranslator
from typing_extensions import override

from leukview.core.errors import LeukViewError
from leukview.core.messages import DATA, MessageTranslator
from leukview.core.paths import resources_dir
from leukview.core.settings import LANGUAGES
from leukview.domain.morphology_grading import Grade, GradingForm, GradingItem
from leukview.domain.taxonomy import Taxonomy

_installed: list[QTranslator] = []
_translated_taxonomies: dict[str, Taxonomy] = {}  # by the taxonomy's hash


class Translator(QTranslator):
    """Looks for a text in its own context, then among the data: a text may reach `tr` from a table of data."""

    @override
    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        own = super().translate(context, source, disambiguation, n)
        return own or super().translate(DATA, source, "", n) or None


def resolve_language(language: str) -> str:
    """The translation for a setting; ``system`` follows the desktop, ``en`` where it has none."""
    if language == "system":
        language = "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"
    return language if language in LANGUAGES else "en"


def current_language() -> str:
    """The language that the window speaks now: ``en`` or another of `LANGUAGES`."""
    return QLocale().name() if _installed else "en"


def format_percent(number: str) -> str:
    """A figure with the sign as the language sets it: “44.3 %”, in Chinese “44.3%”."""
    return f"{number}%" if current_language().startswith("zh") else f"{number} %"


def join_sentences(parts: Iterable[str]) -> str:
    """Sentences one after the other; in Chinese without a space between."""
    return ("" if current_language().startswith("zh") else " ").join(parts)


def join_list(items: Iterable[str]) -> str:
    """Words one after the other, with the language's own comma."""
    return ("、" if current_language().startswith("zh") else ", ").join(items)


def install_translators(language: str, application: QCoreApplication) -> str:
    """Make the application speak a language; what was installed before is taken out.

    Args:
        language: ``system``, ``en`` or ``zh_CN``.
        application: The application.

    Returns:
        The language it speaks now: English when the translation's file is missing.
    """
    for old in _installed:
        application.removeTranslator(old)
    _installed.clear()
    translate_data.cache_clear()
    _message_translator.cache_clear()
    _translated_taxonomies.clear()
    wanted = resolve_language(language)
    own = Translator(application)
    if wanted == "en" or not own.load(str(resources_dir() / "i18n" / f"leukview_{wanted}.qm")):
        QLocale.setDefault(QLocale(QLocale.Language.English))
        return "en"
    qt = QTranslator(application)
    if qt.load(f"qtbase_{wanted}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qt)
        _installed.append(qt)
    application.installTranslator(own)
    _installed.append(own)
    QLocale.setDefault(QLocale(wanted))
    return wanted


@lru_cache(maxsize=1)
def _message_translator() -> MessageTranslator:
    return MessageTranslator(lambda text: QCoreApplication.translate(DATA, text), current_language())


@lru_cache(maxsize=4096, typed=True)  # a `Message` equals the string that it reads as
def translate_data(text: str) -> str:
    """Translate a name, a `Message` or a `MessageList`; without a translation the text is returned unchanged."""
    if not _installed or not text:
        return text
    return _message_translator().text(text)


def translate_error(error: Exception) -> str:
    """An error in the window's language: its sentence and its remedy."""
    if isinstance(error, LeukViewError):
        return join_sentences(translate_data(part) for part in (error.message, error.hint) if part)
    return translate_data(str(error))


def format_datetime(when: datetime, *, seconds: bool = False) -> str:
    """A point in time as the window's language writes it; English has no one order of day and month, so ISO 8601."""
    clock = "HH:mm:ss" if seconds else "HH:mm"
    if not _installed:
        return f"{when:%Y-%m-%d %H:%M:%S}" if seconds else f"{when:%Y-%m-%d %H:%M}"
    date = QDate(when.year, when.month, when.day)
    time = QTime(when.hour, when.minute, when.second)
    locale = QLocale()
    return f"{locale.toString(date, QLocale.FormatType.ShortFormat)} {locale.toString(time, clock)}"


def translated_taxonomy(taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy with names in the window's language; keys, codes and order are the same."""
    if not _installed:
        return taxonomy
    if taxonomy.sha256 not in _translated_taxonomies:
        classes = tuple(
            replace(c, name=translate_data(c.name), plural=translate_data(c.plural)) for c in taxonomy.classes
        )
        stages = tuple(replace(s, name=translate_data(s.name)) for s in taxonomy.stages)
        _translated_taxonomies[taxonomy.sha256] = replace(taxonomy, classes=classes, stages=stages)
    return _translated_taxonomies[taxonomy.sha256]


def translated_grading_form(form: GradingForm) -> GradingForm:
    """The grading form with names in the window's language; keys and limits are the same."""
    if not _installed:
        return form

    def step(grade: Grade) -> Grade:
        return replace(grade, text=translate_data(grade.text), short_text=translate_data(grade.short_text))

    def item(one: GradingItem) -> GradingItem:
        grades = tuple(step(grade) for grade in one.grades)
        return replace(one, name=translate_data(one.name), grades=grades, description=translate_data(one.description))

    groups = tuple(
        replace(group, name=translate_data(group.name), items=tuple(item(one) for one in group.items))
        for group in form.groups
    )
    return replace(form, source=translate_data(form.source), groups=groups)
