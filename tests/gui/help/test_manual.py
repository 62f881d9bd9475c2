"""Help › Manual: opens the page that lies on this machine, in the window's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from leukview.core import paths
from leukview.gui import dialog_controller
from leukview.gui.main_window import MainWindow


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files that the browser was asked to open."""
    files: list[str] = []

    def open_url(url: QUrl) -> bool:
        files.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return files


@pytest.fixture
def manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manual with an English and a Chinese first page, in the place of the resources."""
    folder = tmp_path / "resources" / "manual"
    (folder / "zh").mkdir(parents=True)
    for page in (folder / "index.html", folder / "zh" / "index.html"):
        page.write_text("<p>manual</p>")
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path / "resources")
    return folder


@pytest.mark.parametrize(("language", "page"), [("en", "index.html"), ("zh_CN", "zh/index.html")])
def test_that_the_manual_opens_from_this_machine_in_the_language_of_the_window(
    opened: MainWindow, manual: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch, language: str, page: str
):
    monkeypatch.setattr(dialog_controller, "current_language", lambda: language)
    opened.action_manager.by_key["manual"].trigger()
    assert [Path(file) for file in shown] == [manual / page]


def test_that_an_installation_without_manual_says_so(
    opened: MainWindow, shown: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dialog_controller, "manual_page", lambda _language: None)
    opened.action_manager.by_key["manual"].trigger()
    assert shown == []
    assert "holds no manual" in opened.notifications.text
    assert "make docs" in opened.notifications.text
