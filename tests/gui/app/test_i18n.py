"""The window in another language: complete, true to its source, and English where nothing was chosen."""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from leukview.bootstrap.site_config import load_alert_rules, load_grading_form
from leukview.core.errors import LeukViewError
from leukview.core.job_runner import JobRunner
from leukview.core.messages import Message, MessageList
from leukview.core.paths import data_dir, resources_dir
from leukview.core.settings import Settings, load_settings, save_settings
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import (
    format_datetime,
    format_percent,
    install_translators,
    join_list,
    join_sentences,
    translate_data,
    translate_error,
    translated_grading_form,
    translated_taxonomy,
)
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.review.sign_dialog import SignDialog
from leukview.services.review.event_text import EventNames, event_text
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from scripts import translations
from tests.gui.conftest import close_window, current_view, is_analysed, open_slide, opened_dialog

SOURCE = resources_dir() / "i18n" / "leukview_zh_CN.ts"
HAN = re.compile(r"[\u4e00-\u9fff]")
FIELD = re.compile(r"\{\w*(?::[^}]*)?\}")
MNEMONIC = re.compile(r"&(\w)")


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    """The application speaks Chinese; afterwards English again."""
    assert install_translators("zh_CN", qapp) == "zh_CN"
    yield
    install_translators("en", qapp)


@pytest.fixture(scope="module")
def translated() -> dict[tuple[str, str], str]:
    return translations.read_translations(SOURCE)


@pytest.fixture(scope="module")
def gathered() -> dict[str, set[str]]:
    return translations.gather_texts()


def test_that_every_text_of_the_window_is_translated(
    gathered: dict[str, set[str]], translated: dict[tuple[str, str], str]
) -> None:
    texts = {(context, text) for context, found in gathered.items() for text in found}
    assert not sorted(text for text in texts if not translated.get(text))
    assert not sorted(set(translated) - texts)  # what the code no longer says


def test_that_translations_keep_the_fields_of_their_source(translated: dict[tuple[str, str], str]) -> None:
    wrong = [s for (_, s), t in translated.items() if Counter(FIELD.findall(s)) != Counter(FIELD.findall(t))]
    assert not wrong


def test_that_translations_keep_the_mnemonics_of_their_source(translated: dict[tuple[str, str], str]) -> None:
    wrong = [
        s
        for (_, s), t in translated.items()
        if [k.upper() for k in MNEMONIC.findall(s)] != [k.upper() for k in MNEMONIC.findall(t)]
    ]
    assert not wrong


def test_that_sentences_end_as_sentences(translated: dict[tuple[str, str], str]) -> None:
    wrong = [s for (_, s), t in translated.items() if s.endswith("…") != t.rstrip().endswith("…") or "  。" in t]
    assert not wrong


def test_that_the_compiled_file_is_made_from_the_source(tmp_path: Path) -> None:
    compiled = tmp_path / "again.qm"
    translations.compile_translations(SOURCE, compiled)
    assert compiled.read_bytes() == SOURCE.with_suffix(".qm").read_bytes()


def test_that_english_is_spoken_unless_another_language_was_chosen(qapp: QApplication, taxonomy: Taxonomy) -> None:
    assert Settings().language == "en"
    assert install_translators(Settings().language, qapp) == "en"
    assert translate_data("Blast") == "Blast"
    assert translated_taxonomy(taxonomy) is taxonomy
    assert format_datetime(datetime(2026, 2, 3, 4, 5, 6), seconds=True) == "2026-02-03 04:05:06"  # noqa: DTZ001 - shown as it is


def test_that_an_unknown_language_in_the_settings_is_english(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(path, replace(Settings(), language="xx"))
    assert load_settings(path).language == "en"


@pytest.mark.usefixtures("chinese")
def test_that_names_are_spoken_and_keys_stay(taxonomy: Taxonomy) -> None:
    named = translated_taxonomy(taxonomy)
    assert [c.key for c in named.classes] == [c.key for c in taxonomy.classes]
    assert named.cell_class("blast").name == "原始细胞"
    assert all(HAN.search(c.plural) for c in named.classes)
    form = translated_grading_form(load_grading_form())
    assert [i.key for i in form.items] == [i.key for i in load_grading_form().items]
    assert all(HAN.search(item.name) for item in form.items)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("message", "english", "expected"),
    [
        (
            Message("{cells}: {label}", cells=Message("{count} cells", count=3), label=Message("Band neutrophil")),
            "3 cells: Band neutrophil",
            "3 个细胞：中性杆状核粒细胞",
        ),
        (
            Message("The alert “{title}” is not acknowledged.", title=Message("Too few cells")),
            "The alert “Too few cells” is not acknowledged.",
            "警示“分类白细胞数过少”尚未知悉。",
        ),
        (
            Message("“{path}” cannot be read: {reason}.", path="x.jpg", reason=Message("no permission")),
            "“x.jpg” cannot be read: no permission.",
            "“x.jpg”无法读取：没有权限。",
        ),
        (
            Message("Imported as “{name}” ({code}).", name="Blast, no lineage spec", code="BL"),
            "Imported as “Blast, no lineage spec” (BL).",
            "导入时标注为“Blast, no lineage spec”（BL）。",
        ),
        (
            MessageList([Message("Blast"), Message("Smudge cell")], "; "),
            "Blast; Smudge cell",
            "原始细胞；涂抹细胞",
        ),
    ],
)
def test_that_a_message_is_translated_with_its_arguments(message: str, english: str, expected: str) -> None:
    assert message == english
    assert translate_data(message) == expected
    assert translate_data(pickle.loads(pickle.dumps(message))) == expected  # noqa: S301 - our own, as between processes


@pytest.mark.usefixtures("chinese")
def test_that_every_event_of_the_log_is_translated_and_what_a_person_typed_stays(taxonomy: Taxonomy) -> None:
    names = EventNames(taxonomy, load_alert_rules(taxonomy), load_grading_form(), {"a": 3, "b": 4, "c": 5})
    blasts = {"label": "blast", "from": dict.fromkeys("abc", "neutrophil")}
    typed = "a: b; c, d as e"
    events = (
        (EventKind.OVERRIDE, "abc", blasts, "将 3、4、5 号细胞标注为原始细胞"),
        (EventKind.ACCEPT, "ab", {"labels": {"a": "blast", "b": "neutrophil"}}, "接受：3 号细胞为原始细胞；4 号细胞为"),
        (EventKind.COMMENT, "a", {"text": typed}, f"“{typed}”"),
        (EventKind.GRADE, "", {"grades": {"target_cells": "1+"}}, "靶形红细胞"),
        (EventKind.SIGN, "", {"name": "Blast", "meaning": "Reviewed and released for research use"}, "由 Blast 签名"),
    )
    for kind, cells, payload, chinese_text in events:
        event = ReviewEvent(1, "e1", "S-1", kind, tuple(cells), payload, "Dr. A", "2026-01-01T00:00:00+00:00", "", "")
        assert chinese_text in translate_data(event_text(event, names, {}))


@pytest.mark.usefixtures("chinese")
def test_that_a_text_without_a_translation_stays_as_it_is() -> None:
    assert translate_data("words that nobody translated") == "words that nobody translated"
    assert translate_data("Slide S1 as well: so it is") == "Slide S1 as well: so it is"


@pytest.mark.usefixtures("chinese")
def test_that_figures_and_lists_are_set_as_chinese_sets_them() -> None:
    assert (format_percent("44.3"), join_list(["a", "b"]), join_sentences(["甲。", "乙。"])) == (
        "44.3%",
        "a、b",
        "甲。乙。",
    )


@pytest.mark.usefixtures("chinese")
def test_that_errors_are_spoken_with_their_remedy() -> None:
    told = translate_error(LeukViewError("The PIN is wrong.", "Try again."))
    assert told == "PIN 码错误。请重试。"
    assert translate_error(OSError("no such thing")) == "no such thing"


@pytest.mark.usefixtures("chinese")
def test_that_a_text_from_a_table_finds_its_translation_in_any_widget(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    assert label.tr("Blast") == "原始细胞"
    assert QCoreApplication.translate("MainWindow", "Report") == "报告"


def test_that_the_whole_window_speaks_chinese(qtbot: QtBot, workbench: Workbench, slide_folder: Path) -> None:
    settings = data_dir() / "settings.json"
    save_settings(settings, replace(Settings(), language="zh_CN"))
    runner = JobRunner()
    window = build_main_window(workbench, runner, settings, "Dr. Test")
    qtbot.addWidget(window)
    try:
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        open_slide(qtbot, window, slide_folder)
        qtbot.waitUntil(lambda: is_analysed(window), timeout=60_000)
        qtbot.waitUntil(lambda: not window.tasks.is_busy, timeout=20_000)
        for action in window.action_manager.by_key.values():
            assert HAN.search(action.text()) or action.text() == ""
            assert HAN.search(action.toolTip())
        assert all(HAN.search(c.name) for c in current_view(window).taxonomy.classes)
        first = window.tally.model.index(0, 0).data()
        assert HAN.search(first)
        assert all(HAN.search(words) for words in window.review.unmet_requirements)
    finally:
        qtbot.waitUntil(lambda: window.review.is_idle, timeout=20_000)
        close_window(qtbot, window)
        assert runner.shutdown()
        install_translators("en", QApplication.instance() or QApplication([]))


@pytest.fixture
def chinese_settings() -> Iterator[None]:
    """The window starts in Chinese; afterwards the application speaks English again."""
    save_settings(data_dir() / "settings.json", replace(Settings(), language="zh_CN"))
    yield
    install_translators("en", QApplication.instance() or QApplication([]))


def test_that_the_meaning_of_a_signature_is_logged_in_english_and_shown_in_the_readers_language(
    qtbot: QtBot, chinese_settings: None, opened: MainWindow, workbench: Workbench, taxonomy: Taxonomy
) -> None:
    for blast in current_view(opened).unopened_blasts:
        opened.review.submit(partial(ReviewSession.record_opened, cell_id=blast))
    for alert in current_view(opened).unacknowledged_alerts:
        opened.review.submit(partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key))
    qtbot.waitUntil(lambda: opened.review.is_idle)
    dialog = opened_dialog(qtbot, SignDialog, opened.action_manager.by_key["sign"].trigger)
    assert HAN.search(dialog._meaning_combo.currentText())
    dialog._meaning_combo.setCurrentIndex(1)
    qtbot.keyClicks(dialog._name_edit, "Ada Example")
    dialog.sign_button.click()
    qtbot.waitUntil(lambda: current_view(opened).review.signature is not None, timeout=10_000)
    event = next(e for e in workbench.review_log.events() if e.kind is EventKind.SIGN)
    assert event.payload["meaning"] == "Reviewed and released for research use"
    words = event_text(event, EventNames(taxonomy, (), load_grading_form(), {}), {})
    assert HAN.search(translate_data(words).replace("由", "").replace("签名", ""))


def test_that_a_chosen_language_is_remembered_for_the_next_start(qtbot: QtBot, window: MainWindow) -> None:
    window.action_manager.by_key["language_zh_CN"].trigger()
    assert "restarted" in window.notifications.text
    close_window(qtbot, window)
    assert load_settings(data_dir() / "settings.json").language == "zh_CN"
