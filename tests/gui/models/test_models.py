from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.main_window import MainWindow
from leukview.gui.models.comparison_dialog import ModelComparisonDialog, ModelSignatureDialog
from leukview.gui.models.registry_dialog import ModelRegistryDialog
from leukview.services.workbench import Workbench
from tests.gui.conftest import opened_dialog
from tests.services.test_model_registry import ModelRegistryFixture, RecordedClassifier


@pytest.fixture
def station(workbench: Workbench, taxonomy: Taxonomy) -> ModelRegistryFixture:
    """Models that are told what to say, in the workbench of the window."""
    made = ModelRegistryFixture(taxonomy)
    workbench._dependencies = replace(workbench._dependencies, model_registry=made.models)
    return made


def open_models(qtbot: QtBot, window: MainWindow) -> ModelRegistryDialog:
    dialog: ModelRegistryDialog = opened_dialog(
        qtbot, ModelRegistryDialog, window.action_manager.by_key["models"].trigger
    )
    qtbot.waitUntil(dialog.check_button.isEnabled, timeout=20_000)
    return dialog


def table_rows(model) -> list[list[str]]:
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def test_that_the_page_shows_the_shipped_model_and_its_card(
    qtbot: QtBot, window: MainWindow, station: ModelRegistryFixture
):
    dialog = open_models(qtbot, window)
    assert dialog.state_label.text() == "Model in use: shipped. No model was installed yet."
    assert table_rows(dialog.bundles_model) == [
        ["shipped", "in use, ships with LeukView", "intact", "–", "–", "shipped"]
    ]
    assert "card" in dialog.card_browser.toPlainText()
    assert not dialog.roll_back_button.isEnabled()
    dialog.reject()


def test_that_a_candidate_is_compared_signed_installed_and_taken_back(
    qtbot: QtBot, window: MainWindow, station: ModelRegistryFixture
):
    station.classifiers["better"] = RecordedClassifier("better")
    dialog = open_models(qtbot, window)
    comparing = opened_dialog(qtbot, ModelComparisonDialog, dialog.compare_button.click)
    assert not comparing.compare_button.isEnabled()
    comparing.candidate_edit.setText("better")
    comparing.add_folder("frozen")
    comparing.compare_button.click()
    qtbot.waitUntil(comparing.install_button.isEnabled, timeout=60_000)
    assert "All acceptance criteria are met" in comparing.outcome_label.text()
    assert "Recall: Lymphocyte" in comparing.report_browser.toPlainText()
    signing = opened_dialog(qtbot, ModelSignatureDialog, comparing.install_button.click)
    assert not signing.sign_button.isEnabled()
    signing.name_edit.setText("Dr. A")
    signing.reason_edit.setText("it misses less")
    signing.sign_button.click()
    qtbot.waitUntil(lambda: dialog.history_model.rowCount() == 1, timeout=20_000)
    qtbot.waitUntil(dialog.roll_back_button.isEnabled, timeout=20_000)
    assert table_rows(dialog.bundles_model)[0][:4] == ["better", "in use", "intact", "Dr. A"]
    assert station.models.champion_sha256() == "better"
    assert "Model in use from now on: better." in window.notifications.text

    back = opened_dialog(qtbot, ModelSignatureDialog, dialog.roll_back_button.click)
    back.name_edit.setText("Dr. A")
    assert not back.sign_button.isEnabled(), "a rollback needs a reason"
    back.reason_edit.setText("a trial")
    back.sign_button.click()
    qtbot.waitUntil(lambda: dialog.history_model.rowCount() == 2, timeout=20_000)
    assert table_rows(dialog.history_model)[0][2:7:2] == ["rolled back to", "Dr. A", "a trial"]
    assert station.models.champion_sha256() == ""
    dialog.reject()


def test_that_a_worse_candidate_cannot_be_installed_and_the_reasons_are_told(
    qtbot: QtBot, window: MainWindow, station: ModelRegistryFixture
):
    station.classifiers["worse"] = RecordedClassifier("worse", frozenset(range(1, 20)))
    dialog = open_models(qtbot, window)
    comparing = opened_dialog(qtbot, ModelComparisonDialog, dialog.compare_button.click)
    comparing.candidate_edit.setText("worse")
    comparing.add_folder("frozen")
    comparing.compare_button.click()
    qtbot.waitUntil(comparing.save_button.isEnabled, timeout=60_000)
    assert not comparing.install_button.isEnabled()
    assert "blast sensitivity) on frozen: worse" in comparing.outcome_label.text()
    comparing.candidate_edit.setText("shipped")
    comparing.compare_button.click()
    qtbot.waitUntil(lambda: "the same model" in comparing.outcome_label.text(), timeout=20_000)
    comparing.reject()
    dialog.reject()


def test_that_a_wrong_pin_keeps_the_dialog_open(
    qtbot: QtBot, window: MainWindow, station: ModelRegistryFixture, workbench: Workbench
):
    station.installed("better")
    station.profiles.pins = {"Dr. Test": "2468"}
    window.review.set_reviewer(replace(station.profiles.profiles()[0], role=ReviewerRole.REVIEWER))
    dialog = open_models(qtbot, window)
    back = opened_dialog(qtbot, ModelSignatureDialog, dialog.roll_back_button.click)
    assert back.name_edit.text() == "Dr. Test"
    back.reason_edit.setText("a trial")
    back.pin_edit.setText("1111")
    back.sign_button.click()
    qtbot.waitUntil(lambda: not back.pin_edit.text(), timeout=20_000)
    assert back.isVisible()
    assert station.models.champion_sha256() == "better"
    back.pin_edit.setText("2468")
    back.sign_button.click()
    qtbot.waitUntil(lambda: dialog.history_model.rowCount() == 2, timeout=20_000)
    assert station.models.champion_sha256() == ""
    dialog.reject()
