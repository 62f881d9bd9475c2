"""Monkey testing of the real window: keys, clicks, wheels, drags, menus, dialogs and new sizes at random.

``python -m tests.manual.monkey [EXPORT...] --seconds 120 --seed 1`` works on copies, in its own home, and ends with
1 when anything was raised in any thread, Qt complained, the window hung, or the log does not hold in the end.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QDialog,
    QFileDialog,
    QMenu,
    QSplitter,
    QSplitterHandle,
    QWidget,
)

from leukview.bootstrap.composition import open_workbench
from leukview.bootstrap.model_loading import RuntimeOptions
from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.job_runner import CancelToken, JobRunner, null_reporter
from leukview.core.paths import HOME_VARIABLE, data_dir
from leukview.domain.review.events import ReviewState
from leukview.gui.imaging.image_view import ImageView
from leukview.gui.main_window import MainWindow, build_main_window
from leukview.gui.worklist.import_dialog import ImportDialog
from leukview.services.review.slide_view import SlideView
from leukview.services.workbench import Workbench
from leukview.synthetic import write_demo_export

HANG_TIMEOUT_S = 60.0
STEP_INTERVAL_MS = 5
LETTERS = [Qt.Key(ord(c)) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]
NAMED_KEYS = (
    "Space Return Escape Tab Left Right Up Down Home End PageDown PageUp Delete Backspace F1 F2 Period Plus Minus Comma"
)
KEYS = LETTERS + [getattr(Qt.Key, f"Key_{name}") for name in NAMED_KEYS.split()]
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
MODIFIERS = [NONE] * 8 + [SHIFT, CONTROL, ALT, CONTROL | SHIFT]
BUTTONS = [Qt.MouseButton.LeftButton] * 6 + [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton]
SIZES = [QSize(1480, 900), QSize(1024, 640), QSize(1920, 1080), QSize(800, 600)]
IGNORED_QT_MESSAGES = ("This plugin does not support",)  # limitations of the offscreen platform
EXCLUDED_ACTIONS = ("quit",)
REVIEWER = "Monkey"


class Monkey:
    """Sends random input to the window, one step at a time.

    Attributes:
        steps: Number of steps.
        recent_actions: Descriptions of the last steps.
    """

    def __init__(self, window: MainWindow, seed: int, exports: Sequence[Path]) -> None:
        self._window, self._exports = window, exports
        self._random = random.Random(seed)
        self.steps = 0
        self.recent_actions: deque[str] = deque(maxlen=20)

    def step(self) -> None:
        """Send one random input to the open popup, the modal dialog or the window."""
        self.steps += 1
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if not self._window.isVisible():
            self._window.show()
        if popup is not None:
            self._handle_popup(popup)
        elif isinstance(modal, QFileDialog):  # do not touch the files of the machine
            self._record("reject QFileDialog")
            modal.reject()
        elif isinstance(modal, ImportDialog) and self._random.random() < 0.3:
            self._record("accept PreviewDialog")
            modal.accept()
        elif isinstance(modal, QDialog) and self._random.random() < 0.12:
            self._record(f"reject {type(modal).__name__}")
            modal.reject()
        else:
            if modal is None:
                self._window.activateWindow()
            self._random_input(modal or self._window)

    def _record(self, description: str) -> None:
        self.recent_actions.append(description)

    def _handle_popup(self, popup: QWidget) -> None:
        actions = popup.actions() if isinstance(popup, QMenu) else []
        able = [a for a in actions if a.isEnabled() and not a.isSeparator() and not a.menu()]
        if able and self._random.random() < 0.6:
            action = self._random.choice(able)
            self._record(f"menu {action.text()!r}")
            popup.close()
            if action is not self._window.action_manager.by_key["quit"]:
                action.trigger()
        else:
            self._record("close popup")
            popup.close()

    def _random_input(self, window: QWidget) -> None:
        within = [w for w in window.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.window() is window]
        within = [w for w in within if w.width() > 2 and w.height() > 2]
        kinds: list[Callable[[], None]] = [lambda: self._key(window)] * 7 + [lambda: self._click(within)] * 7
        kinds += [lambda: self._wheel(within), lambda: self._drag(within)]
        if window is self._window:
            kinds += [self._trigger_action, self._trigger_action, self._resize, self._open_folder]
        if within:
            self._random.choice(kinds)()

    def _key(self, root: QWidget) -> None:
        focus = QApplication.focusWidget()
        widget = focus if focus is not None and focus.window() is root else root
        key, modifiers = self._random.choice(KEYS), self._random.choice(MODIFIERS)
        if modifiers == CONTROL and key == Qt.Key.Key_Q:
            return
        self._record(f"key {modifiers} {key} on {type(widget).__name__}")
        QTest.keyClick(widget, key, modifiers)

    def _click(self, widgets: list[QWidget]) -> None:
        widget, button = self._random.choice(widgets), self._random.choice(BUTTONS)
        place = self._random_point(widget)
        self._record(f"{button} on {type(widget).__name__} {widget.accessibleName()!r} at {place.toTuple()}")
        if button == Qt.MouseButton.RightButton:
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
            QApplication.postEvent(widget, event)
        elif self._random.random() < 0.1:
            QTest.mouseDClick(widget, button, self._random.choice(MODIFIERS), place)
        else:
            QTest.mouseClick(widget, button, self._random.choice(MODIFIERS), place)

    def _wheel(self, widgets: list[QWidget]) -> None:
        widget, by = self._random.choice(widgets), self._random.choice((-360, -120, 120, 360))
        place = self._random_point(widget)
        self._record(f"wheel {by} on {type(widget).__name__}")
        there = QPointF(widget.mapToGlobal(place))
        up, modifiers = Qt.MouseButton.NoButton, self._random.choice(MODIFIERS)
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(QPointF(place), there, QPoint(), QPoint(0, by), up, modifiers, phase, False)
        QApplication.postEvent(widget, event)

    def _drag(self, widgets: list[QWidget]) -> None:
        able = [w for w in widgets if isinstance(w, ImageView | QSplitter | QSplitterHandle | QAbstractSlider)]
        if not able:
            return
        widget = self._random.choice(able)
        begin, end = self._random_point(widget), self._random_point(widget)
        self._record(f"drag on {type(widget).__name__} from {begin.toTuple()} to {end.toTuple()}")
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, self._random.choice(MODIFIERS), begin)
        QTest.mouseMove(widget, (begin + end) / 2)
        QTest.mouseMove(widget, end)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, NONE, end)

    def _trigger_action(self) -> None:
        able = [
            key
            for key, action in self._window.action_manager.by_key.items()
            if action.isEnabled() and key not in EXCLUDED_ACTIONS
        ]
        key = self._random.choice(able)
        self._record(f"action {key}")
        self._window.action_manager.by_key[key].trigger()

    def _resize(self) -> None:
        size = self._random.choice(SIZES)
        self._record(f"resize to {size.toTuple()}")
        self._window.resize(size)

    def _open_folder(self) -> None:
        if self._random.random() < 0.2:
            self._record("open a folder")
            self._window.open_path(self._random.choice(self._exports))

    def _random_point(self, widget: QWidget) -> QPoint:
        return QPoint(self._random.randrange(widget.width()), self._random.randrange(widget.height()))


class FaultCollector:
    """Collects errors, each kind once, with the preceding actions."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.recent_actions: deque[str] = deque()
        sys.excepthook = lambda kind, error, trace: self.add("".join(traceback.format_exception(kind, error, trace)))
        threading.excepthook = lambda args: self.add("".join(traceback.format_exception(args.exc_value)))
        qInstallMessageHandler(self._on_message)

    def add(self, text: str) -> None:
        """Record an error, identified by its last line."""
        self.faults.setdefault(text.strip().splitlines()[-1], text + "\nafter: " + " | ".join(self.recent_actions))

    def _on_message(self, _kind: QtMsgType, _context: object, message: str | None) -> None:
        if message and not any(words in message for words in IGNORED_QT_MESSAGES):
            self.add(f"Qt: {message}")


def _replayed_review(workbench: Workbench, view: SlideView) -> ReviewState:
    return workbench.open_session(view.slide.id, REVIEWER, view.reading).view.review


def run_monkey(exports: Sequence[Path], seconds: float, seed: int) -> tuple[int, dict[str, str]]:
    """Run the monkey test in the home of `HOME_VARIABLE`.

    Args:
        exports: Folders to open.
        seconds: Duration.
        seed: Seed of the random input.

    Returns:
        Number of steps; errors by their last line.
    """
    application = QApplication.instance() or QApplication(["leukview"])
    application.setQuitOnLastWindowClosed(False)  # type: ignore[attr-defined]
    QDesktopServices.openUrl = staticmethod(lambda *_: True)  # type: ignore[method-assign]
    troubles, runner = FaultCollector(), JobRunner()
    with open_workbench(RuntimeOptions()) as workbench:
        window = build_main_window(workbench, runner, data_dir() / "settings.json", REVIEWER)
        window.show()
        window.open_path(exports[0])
        monkey = Monkey(window, seed, exports)
        troubles.recent_actions = monkey.recent_actions
        end = time.monotonic() + seconds

        def turn() -> None:
            faulthandler.dump_traceback_later(HANG_TIMEOUT_S, exit=True)
            if time.monotonic() < end:
                QTimer.singleShot(0, monkey.step)  # separate timer: a drag or a menu may run a nested event loop
                return
            popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
            if popup is not None:
                popup.close()
            elif isinstance(modal, QDialog):
                modal.reject()
            elif window.review.is_idle:
                application.quit()

        timer = QTimer()
        timer.setInterval(STEP_INTERVAL_MS)
        timer.timeout.connect(turn)
        timer.start()
        application.exec()
        timer.stop()
        faulthandler.cancel_dump_traceback_later()
        chain = workbench.audit.verify(CancelToken(), null_reporter)
        if chain.first_broken is not None:
            troubles.add(f"The chain breaks at event {chain.first_broken}.")
        view = window.review.view
        if view is not None and view.review != _replayed_review(workbench, view):
            troubles.add("The window does not show what the log holds.")
        window.close()
        if not runner.shutdown():
            troubles.add("A job did not end.")
    return monkey.steps, troubles.faults


def main() -> int:
    """Run the command line; return 1 if errors were found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exports", nargs="*", type=Path, help="folders to play with; synthetic ones when none is named")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        folders = [Path(shutil.copytree(e, home / "exports" / e.name)) for e in map(Path.resolve, options.exports)]
        if not folders:
            folders = write_demo_export(
                home / "exports",
                slides=2,
                cells=40,
                seed=5,
                taxonomy=load_taxonomy(),
                token=CancelToken(),
                reporter=null_reporter,
            )
        (home / "desk").mkdir()
        os.chdir(home / "desk")  # files written with a relative path go here
        os.environ |= {"HOME": name, HOME_VARIABLE: str(home / "leukview")}
        steps, said = run_monkey(folders, options.seconds, options.seed)
    for words in said.values():
        sys.stdout.write(f"{words}\n")
    sys.stdout.write(f"{steps} things done with seed {options.seed}; {len(said)} kinds of trouble\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
