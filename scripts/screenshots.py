"""``make screenshots``: each screen of the real application and the report's pages, as PNG to look at.

``python -m scripts.screenshots FOLDER`` takes them in one theme, language and size; with ``--all`` in light and dark,
English and Chinese, at 100 and 200 %, a folder each such as ``dark-zh_CN-200``, two at a time. Parts that lie on each
other or cut their words are named, and the command fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pypdfium2
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTabWidget, QWidget

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, JobRunner, null_reporter
from leukview.core.paths import HOME_VARIABLE, data_dir
from leukview.core.settings import LANGUAGES, Settings, save_settings
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.gui.alerts.acknowledge_dialog import AcknowledgeAlertDialog
from leukview.gui.app.i18n import current_language
from leukview.gui.export.corrections_dialog import CorrectionsDialog
from leukview.gui.help.tour import Tour
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.services.report.report_data import ReportOptions
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Workbench
from tests.support.layout_checks import layout_faults

TIMEOUT_S = 600.0
PARALLEL_PROCESSES = 2
CELLS = 80
SCREEN_SIZE = QSize(1920, 1080)
"""Screen size in pixels on which an enlarged desktop has to fit."""


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        QApplication.processEvents()
        time.sleep(0.005)
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")


class ScreenshotTaker:
    """Drives the main window from screen to screen and saves an image of each."""

    def __init__(self, window: MainWindow, workbench: Workbench, folder: Path, theme: str) -> None:
        self._window, self._workbench, self._folder, self._theme = window, workbench, folder, theme
        self.faults: list[str] = []

    def capture(self, name: str, widget: QWidget | None = None) -> None:
        """Save an image of the window, or of `widget`, when all pending work is done."""
        wait_until(lambda: self._window.review.is_idle)
        QTest.qWait(150)
        shown = widget or self._window
        shown.grab().save(str(self._folder / f"{name}.png"))
        self.faults += [f"{self._folder.name}/{name}: {fault}" for fault in layout_faults(shown)]
        sys.stdout.write(f"{self._folder / name}.png\n")

    def open_dialog(self, key: str) -> QDialog:
        """Trigger an action and return the dialog that it opens; "" = no action."""
        if key:
            self._window.action_manager.by_key[key].trigger()
        wait_until(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
        found = QApplication.activeModalWidget()
        if not isinstance(found, QDialog):
            raise TypeError("no dialog opened")
        return found

    def capture_all(self, export: Path, report: Path) -> None:
        """Capture everything from the empty window to the signed slide."""
        window = self._window
        self.capture("01-empty")
        window.open_path(export)
        dialog = self.open_dialog("")
        self.capture("02-import-preview", dialog)
        dialog.accept()
        wait_until(
            lambda: (
                window.review.view is not None and 0 < window.review.view.pending_count < len(window.review.view.cells)
            )
        )
        self.capture("03-during-analysis")
        wait_until(
            lambda: (
                window.review.view is not None
                and window.review.view.pending_count == 0
                and window.slide_jobs.analysing_slide_id == ""
            )
        )
        wait_until(lambda: not window.tasks.is_busy)
        self.capture("04-gallery")
        window.activateWindow()  # the offscreen platform does not reactivate it after a dialog
        window.gallery.view.setFocus()
        wait_until(window.gallery.view.hasFocus)
        for press in (Qt.Key.Key_Space, Qt.Key.Key_Space, Qt.Key.Key_B, Qt.Key.Key_Space):
            QTest.keyClick(window.gallery.view, press)
        wait_until(lambda: window.review.is_idle and not window.tasks.is_busy)
        window.action_manager.by_key["outline"].trigger()
        window.action_manager.by_key["map"].trigger()
        self.capture("05-cell-with-map")
        window.action_manager.by_key["large"].trigger()
        self.capture("06-large-view")
        window.action_manager.by_key["large"].trigger()
        for name, key in (
            ("07-sign", "sign"),
            ("08-keys", "keys"),
            ("09-comment", "comment"),
            ("10-about", "about"),
            ("10-licences", "licences"),
        ):
            dialog = self.open_dialog(key)
            self.capture(name, dialog)
            dialog.reject()
        self._capture_alert()
        waiting = ("14-red-cells", "grade"), ("15-audit", "audit"), ("34-calls", "calls"), ("35-quality", "quality")
        leaving = ("36-export-data", "export"), ("37-export-report", "report"), ("38-export-corrections", "corrections")
        for name, key in (("24-details", "details"), *waiting, *leaving):
            dialog = self.open_dialog(key)
            wait_until(lambda: not window.tasks.is_busy)
            self.capture(name, dialog)
            dialog.reject()
        window.cell_panel.image_toolbar.adjust_button.click()
        self.capture("25-adjust")
        window.cell_panel.image_toolbar.adjust_button.click()
        window.show_tour()
        self.capture("26-tour")
        window.findChildren(Tour)[0].end()
        shown = [v.cell.id for v in window.gallery.model.rows()[:6]]
        window.gallery.view.select_cells(shown, shown[0])
        dialog = self.open_dialog("compare")
        wait_until(lambda: not window.tasks.is_busy)
        self.capture("17-compare", dialog)
        dialog.reject()
        window.cell_panel.tabs.setCurrentWidget(window.cell_panel.history)
        wait_until(lambda: not window.tasks.is_busy)
        self.capture("16-history")
        window.cell_panel.tabs.setCurrentIndex(0)
        window.preferences.set_theme("contrast")
        self.capture("11-contrast")
        window.preferences.set_theme(self._theme)
        window.action_manager.by_key["blind"].trigger()
        self.capture("12-blind")
        window.action_manager.by_key["blind"].trigger()
        if window.review.view:
            options = ReportOptions(language=current_language())
            window.slide_jobs.write_report(window.review.view.slide.id, "screenshots", report, options)
        wait_until(lambda: report.exists() and not window.tasks.is_busy)
        self.capture("13-report-written")
        self._capture_laboratory()
        self.capture_repair()
        self.capture_second_reading()

    def _capture_laboratory(self) -> None:
        """Capture the outbox, the orders and the settings of the exchange with the laboratory."""
        dialog = self.open_dialog("laboratory")
        wait_until(lambda: not self._window.tasks.is_busy)
        for at, name in enumerate(("36-results-sent", "37-orders", "38-laboratory-settings")):
            dialog.findChildren(QTabWidget)[0].setCurrentIndex(at)
            self.capture(name, dialog)
        dialog.reject()

    def capture_repair(self) -> None:
        """Capture mask correction: a brush stroke, then clicks, then the corrected cell."""
        window = self._window
        wait_until(lambda: window.cell_panel.cell_mask is not None)
        window.action_manager.by_key["repair"].trigger()
        wait_until(lambda: not window.tasks.is_busy)
        draft = window.cell_panel.mask_editor.draft
        assert draft is not None
        image_view, (height, width) = window.cell_panel.image_view, draft.mask.shape
        points = [image_view.mapFromScene(width * x, height * 0.3) for x in (0.42, 0.5, 0.58)]
        QTest.mousePress(image_view.viewport(), Qt.MouseButton.LeftButton, pos=points[0])
        for point in points[1:]:
            QTest.mouseMove(image_view.viewport(), point)
        QTest.mouseRelease(image_view.viewport(), Qt.MouseButton.LeftButton, pos=points[-1])
        self.capture("18-repair-brush")
        window.action_manager.by_key["repair_tool"].trigger()
        inside = image_view.mapFromScene(width * 0.5, height * 0.36)
        QTest.mouseClick(image_view.viewport(), Qt.MouseButton.LeftButton, pos=inside)
        wait_until(lambda: not window.tasks.is_busy)
        self.capture("18-repair-clicks")
        window.action_manager.by_key["accept"].trigger()
        wait_until(lambda: not window.mask_editing.cell_id and window.review.is_idle and not window.tasks.is_busy)
        self.capture("19-repaired")

    def _capture_alert(self) -> None:
        """Capture an alert, the dialog that asks whom the reviewer called, and the result."""
        window = self._window
        if window.review.view is None or not window.review.view.unacknowledged_alerts:
            return
        window.dialogs.acknowledge_alert(window.review.view.unacknowledged_alerts[0])
        dialog = self.open_dialog("")
        self.capture("27-alert", dialog)
        if isinstance(dialog, AcknowledgeAlertDialog):
            QTest.keyClicks(dialog._called_edit, "Dr. Weiss, 3 North")
            dialog._read_back_box.setChecked(True)
            dialog.acknowledge_button.click()
        wait_until(lambda: window.review.is_idle)
        window.review.submit(lambda session: session.set_slide_details(wbc_per_nl=12.5, um_per_px=0.1))
        self.capture("28-called")

    def capture_second_reading(self) -> None:
        """Capture the reviewers, the lock screen, a second reading and the agreement."""
        window, profiles = self._window, self._workbench.profiles
        view = window.review.view
        if view is None:
            raise TypeError("no slide lies on the bench")
        labels = {v.cell.id: v.label for v in view.cells}
        window.review.submit(lambda session: session.accept(list(labels)))
        profiles.add("screenshots", "Ada Klee", ReviewerRole.ADMINISTRATOR, "1234")
        profiles.add("Ada Klee", "Bo Lind", ReviewerRole.SECOND_READER, "5678")
        dialog = self.open_dialog("reviewers")
        self.capture("20-reviewers", dialog)
        for at, name in ((1, "29-add-a-reviewer"), (2, "30-record-of-reviewers")):
            dialog.findChildren(QTabWidget)[0].setCurrentIndex(at)
            self.capture(name, dialog)
        dialog.reject()
        self._sign_in("Ada Klee", "1234")
        window.sign_in.lock()
        wait_until(lambda: window.sign_in.is_locked)
        self.capture("21-locked")
        self._unlock("Bo Lind", "5678")
        self.capture("22-second-reading")
        for at, (cell, label) in enumerate(labels.items()):
            again = "monocyte" if at % 9 == 0 else label
            window.review.submit(partial(ReviewSession.override, cells=[cell], label=again))
        window.review.submit(lambda session: session.sign("Bo Lind", "Second reading"))
        wait_until(lambda: window.review.is_idle)
        self._sign_in("Ada Klee", "1234")
        dialog = self.open_dialog("agreement")
        self.capture("23-agreement", dialog)
        dialog.reject()
        self._capture_signing()

    def _capture_signing(self) -> None:
        """Capture the signed slide, and the dialog that asks for the reason to amend it."""
        window = self._window
        view = window.review.view
        agreement = window.review.agreement()
        if view is None or agreement is None:
            raise TypeError("no slide lies on the bench")
        for found in agreement.disagreements:
            window.review.submit(
                partial(ReviewSession.record_consensus, cell_id=found.cell_id, label=found.first_label)
            )
        for cell in view.cells:
            window.review.submit(partial(ReviewSession.record_opened, cell_id=cell.cell.id))
        window.review.submit(
            lambda session: session.comment(
                session.view.unidentified_without_comment, "Nucleus smudged, cannot identify"
            )
        )
        for alert in view.alerts:
            window.review.submit(
                partial(ReviewSession.acknowledge_alert, alert_key=alert.rule.key, called_person="Dr. Weiss")
            )
        wait_until(lambda: window.review.is_idle)
        dialog = self.open_dialog("sign")
        self.capture("31-ready-to-sign", dialog)
        dialog.reject()
        window.review.submit(
            lambda session: session.sign("Ada Klee", "Review of the differential by a person", "Demonstration")
        )
        wait_until(lambda: window.review.is_idle)
        self.capture("32-signed")
        dialog = self.open_dialog("reopen")
        self.capture("33-amend", dialog)
        dialog.reject()
        self._capture_corrections_and_quality()

    def _capture_corrections_and_quality(self) -> None:
        """Capture the export of corrections from signed slides, and the override rates."""
        dialog = self.open_dialog("corrections")
        if not isinstance(dialog, CorrectionsDialog):
            raise TypeError("no corrections are asked for")
        with tempfile.TemporaryDirectory() as scratch:
            dialog.folder_edit.setText(scratch)
            dialog.synthetic_checkbox.setChecked(True)
            dialog.export_button.click()
            wait_until(dialog.export_button.isEnabled)
            dialog.outcome_label.setText(dialog.outcome_label.text().replace(scratch, "/archive"))
            dialog.folder_edit.setText("/archive")
            self.capture("39-corrections-written", dialog)
        dialog.reject()
        dialog = self.open_dialog("quality")
        wait_until(lambda: not self._window.tasks.is_busy)
        dialog.findChildren(QTabWidget)[0].setCurrentIndex(1)
        self.capture("40-overruled", dialog)
        dialog.reject()

    def _sign_in(self, name: str, pin: str) -> None:
        self._window.sign_in.lock()
        wait_until(lambda: self._window.sign_in.is_locked)
        self._unlock(name, pin)

    def _unlock(self, name: str, pin: str) -> None:
        window = self._window
        if window.sign_in.lock_screen is not None:
            window.sign_in.lock_screen.reviewer_combo.setCurrentText(name)
            window.sign_in.lock_screen.pin_edit.setText(pin)
            window.sign_in.lock_screen.unlock_button.click()
        wait_until(lambda: not window.sign_in.is_locked and window.review.is_idle)


def _configure_screen(scratch: Path, scale: float) -> None:
    """Configure an off-screen desktop; Qt's default is smaller than the window."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": SCREEN_SIZE.width(), "height": SCREEN_SIZE.height()}
    config_file = scratch / "screen.json"
    config_file.write_text(json.dumps({"screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}))
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={config_file}"
    os.environ["QT_SCALE_FACTOR"] = str(scale)


def _render_pages(report: Path, folder: Path) -> None:
    document = pypdfium2.PdfDocument(report)
    for number, page in enumerate(document, start=1):
        name = folder / f"report-{number:02d}.png"
        page.render(scale=1.4).to_pil().save(name)
        sys.stdout.write(f"{name}\n")
    document.close()


def capture_combinations(arguments: argparse.Namespace) -> int:
    """Run each theme, language and scale (100, 200 %) in its own process.

    At most `PARALLEL_PROCESSES` run at a time; returns 1 if any failed.
    """
    waiting = [(t, lang, scale) for scale in (1, 2) for lang in ("en", "zh_CN") for t in ("light", "dark")]
    running: list[subprocess.Popen[bytes]] = []
    failed = 0
    while waiting or running:
        while waiting and len(running) < PARALLEL_PROCESSES:
            theme, language, scale = waiting.pop(0)
            folder = arguments.folder / f"{theme}-{language}-{100 * scale}"
            command = [sys.executable, "-m", "scripts.screenshots", str(folder), "--theme", theme]
            command += ["--language", language, "--scale", str(scale)]
            command += [str(arguments.export)] if arguments.export else []
            running.append(subprocess.Popen(command))
        failed += running.pop(0).wait() != 0
    return int(failed > 0)


def main() -> None:
    """Take all screenshots; exits with an error if a layout fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("export", nargs="?", type=Path, help="an exported slide; default: a synthetic one")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="the window's language")
    parser.add_argument("--scale", type=float, default=1.0, help="enlargement of the desktop, 1 to 3")
    parser.add_argument("--theme", choices=("light", "dark", "contrast"), default="light", help="of most pictures")
    parser.add_argument("--all", action="store_true", help="every theme, language and size")
    arguments = parser.parse_args()
    if arguments.all:
        raise SystemExit(capture_combinations(arguments))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ[HOME_VARIABLE] = str(Path(scratch) / "home")
        export = arguments.export
        if export is None:
            from leukview.synthetic import write_demo_export

            demo = Path(scratch) / "demo"
            export = write_demo_export(
                demo,
                slides=2,
                cells=CELLS,
                seed=0,
                taxonomy=load_taxonomy(),
                token=CancelToken(),
                reporter=null_reporter,
            )[1]
        _configure_screen(Path(scratch), arguments.scale)
        QApplication(["leukview"])
        runner = JobRunner()
        settings = data_dir() / "settings.json"
        save_settings(settings, Settings(theme=arguments.theme, language=arguments.language))
        with open_workbench(RuntimeOptions()) as workbench:
            window = build_main_window(workbench, runner, settings, "screenshots")
            window.resize(SCREEN_SIZE / arguments.scale if arguments.scale > 1 else window.size())
            window.show()
            window.activateWindow()
            report = arguments.folder / "report.pdf"
            taker = ScreenshotTaker(window, workbench, arguments.folder, arguments.theme)
            taker.capture_all(export, report)
            window.close()
            runner.shutdown()
        _render_pages(report, arguments.folder)
    sys.stderr.writelines(f"{fault}\n" for fault in taker.faults)
    raise SystemExit(len(taker.faults) > 0)


if __name__ == "__main__":
    main()
