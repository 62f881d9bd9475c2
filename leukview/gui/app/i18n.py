"""Language of the window: Qt translators and translation of data texts.

Class names, alert titles and the messages of services and errors are English data: files, review log and report store
them in English. The window translates them with `translate_data`, from the context ``data`` of the same Qt Linguist
file.
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
from leukview.domain.binomial import Interval
from leukview.domain.morphology_grading import Grade, GradingForm, GradingItem
from leukview.domain.taxonomy import Taxonomy

_installed: list[QTranslator] = []
_translated_taxonomies: dict[str, Taxonomy] = {}  # by the taxonomy's hash


class Translator(QTranslator):
    """Looks a text up in its own context, then in the context ``data``.

    Texts from data tables may reach `tr` too.
    """

    @override
    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        own = super().translate(context, source, disambiguation, n)
        return own or super().translate(DATA, source, "", n) or None


def resolve_language(language: str) -> str:
    """Language code of a setting; ``system`` follows the desktop.

    Returns:
        One of `TRANSLATED_LANGUAGES`; ``en`` where there is no translation.
    """
    if language == "system":
        language = "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"
    return language if language in LANGUAGES else "en"


def current_language() -> str:
    """Language code of the installed translation: ``en`` or another of `TRANSLATED_LANGUAGES`."""
    return QLocale().name() if _installed else "en"


def format_percent(number: str) -> str:
    """Append the percent sign as the language sets it: “44.3 %”, in Chinese “44.3%”."""
    return f"{number}%" if current_language().startswith("zh") else f"{number} %"


def join_sentences(parts: Iterable[str]) -> str:
    """Join sentences with a space; in Chinese without one."""
    return ("" if current_language().startswith("zh") else " ").join(parts)


def join_list(items: Iterable[str]) -> str:
    """Join items with the comma of the language."""
    return ("、" if current_language().startswith("zh") else ", ").join(items)


def install_translators(language: str, application: QCoreApplication) -> str:
    """Install the translators of a language in place of those installed before.

    Args:
        language: ``system``, ``en`` or ``zh_CN``.
        application: The application.

    Returns:
        Code of the language in effect: ``en`` when the translation file is missing.
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
    """Message and hint of an error in the window's language."""
    if isinstance(error, LeukViewError):
        return join_sentences(translate_data(part) for part in (error.message, error.hint) if part)
    return translate_data(str(error))


def format_datetime(when: datetime, *, seconds: bool = False) -> str:
    """Format a timestamp for the window's language.

    English has no single order of day and month: there the date is ISO 8601.
    """
    clock = "HH:mm:ss" if seconds else "HH:mm"
    if not _installed:
        return f"{when:%Y-%m-%d %H:%M:%S}" if seconds else f"{when:%Y-%m-%d %H:%M}"
    date = QDate(when.year, when.month, when.day)
    time = QTime(when.hour, when.minute, when.second)
    locale = QLocale()
    return f"{locale.toString(date, QLocale.FormatType.ShortFormat)} {locale.toString(time, clock)}"


def translated_taxonomy(taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy with translated names; keys, codes and order are unchanged."""
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
    """The grading form with translated names; keys and limits are unchanged."""
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


def interval_text(interval: Interval | None) -> str:
    """Return a confidence interval of a proportion in percent."""
    return "–" if interval is None else f"{100 * interval.low:.1f}–{100 * interval.high:.1f}"
