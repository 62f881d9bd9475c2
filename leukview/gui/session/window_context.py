"""What every controller of the window is built with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from leukview.gui.app.action_manager import ActionManager
from leukview.gui.app.notification_bus import NotificationBus
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.session.review_controller import ReviewController
from leukview.gui.session.slide_jobs import SlideJobs
from leukview.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class WindowContext:
    """Objects that the controllers of one window share.

    Attributes:
        window: Parent of dialogs and controllers.
        workbench: Facade of the services.
        tasks: Runs background tasks.
        review: Review of the open slide.
        slide_jobs: Import, analysis, report and export.
        actions: Actions of menus, tool bar and shortcuts.
        notifications: Carries notifications to the notification bar.
    """

    window: QMainWindow
    workbench: Workbench
    tasks: TaskRunner
    review: ReviewController
    slide_jobs: SlideJobs
    actions: ActionManager
    notifications: NotificationBus


class WindowController(QObject):
    """Base of the controllers: a child object of the window with access to its context."""

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context.window)
        self._window = context.window
        self._workbench = context.workbench
        self._tasks = context.tasks
        self._review = context.review
        self._slide_jobs = context.slide_jobs
        self._actions = context.actions
        self._notify = context.notifications.notify
