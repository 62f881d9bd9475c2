"""The main window: worklist, alerts and tally left, gallery centre, current cell right, findings above."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, QElapsedTimer, QEvent, QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from typing_extensions import override

from leukview import RESEARCH_USE_LINE
from leukview.core.job_runner import JobRunner
from leukview.core.settings import Settings, SettingsProblem, read_settings
from leukview.domain.slide import Slide
from leukview.gui.alerts.panel import AlertsPanel
from leukview.gui.app.action_handlers import declared_handlers, handles
from leukview.gui.app.action_manager import ActionManager
from leukview.gui.app.action_table import ActionSpec, action_table
from leukview.gui.app.i18n import install_translators, translate_data, translated_taxonomy
from leukview.gui.app.idle_gc import IdleGarbageCollector
from leukview.gui.app.layout_keys import LayoutKeyFilter
from leukview.gui.app.notification_bar import NotificationBar, StatusBarProgress
from leukview.gui.app.notification_bus import NotificationBus
from leukview.gui.app.preferences import Preferences
from leukview.gui.app.tasks import TaskRunner
from leukview.gui.app.theme import application_icon, apply_theme
from leukview.gui.audit.controller import AuditController
from leukview.gui.cell.loader import CellLoader
from leukview.gui.cell.mask_edit_controller import MaskEditController
from leukview.gui.cell.panel import CellPanel
from leukview.gui.cell.presenter import CellPresenter
from leukview.gui.central_widget import NARROW_PX, CentralWidget
from leukview.gui.comparison.controller import ComparisonController
from leukview.gui.competency.controller import CompetencyController
from leukview.gui.data.backup_controller import BackupController
from leukview.gui.dialog_controller import DialogController
from leukview.gui.exchange.controller import LaboratoryController
from leukview.gui.export.controller import CorrectionsExportController, ExportController
from leukview.gui.export.report_controller import ReportController
from leukview.gui.gallery.feature_sorting import FeatureSorting
from leukview.gui.gallery.label_actions import LabelActions
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.gallery.seen_tracker import SeenTracker
from leukview.gui.grading.controller import GradingController
from leukview.gui.help.tour import Tour
from leukview.gui.identity.controller import IdentityController
from leukview.gui.models.controller import ModelsController
from leukview.gui.quality.controller import QualityController
from leukview.gui.quality.verification_controller import VerificationController
from leukview.gui.review.second_reading import SecondReadingController
from leukview.gui.session.image_check import ImageCheckController
from leukview.gui.session.job_notifications import JobNotifications
from leukview.gui.session.review_controller import ReviewController
from leukview.gui.session.slide_header import SlideHeader
from leukview.gui.session.slide_jobs import SlideJobs
from leukview.gui.session.window_context import WindowContext
from leukview.gui.slide_presenter import SlidePresenter, WindowPanels
from leukview.gui.tally.controller import TallyController
from leukview.gui.tally.panel import TallyPanel
from leukview.gui.users.sign_in import SignInController
from leukview.gui.widgets.elided_label import ElidedLabel
from leukview.gui.window_tour import tour_stops
from leukview.gui.worklist.database_watcher import DatabaseWatcher
from leukview.gui.worklist.model import WorklistModel
from leukview.gui.worklist.panel import WorklistPanel
from leukview.gui.worklist.urgent_notifier import UrgentSlideNotifier
from leukview.gui.worklist.watch_folder import WatchFolderController
from leukview.services.ports.identity import SlideIdentity
from leukview.services.review.session import SlideView
from leukview.services.workbench import Workbench

CLOSE_ANYWAY_MS = 3000
"""Time after a first request to close from which a second one no longer waits for the database."""


class MainWindow(QMainWindow):
    """Creates the panels and controllers of the window and connects their signals.

    The rules of the review are implemented in the controllers and services, not here.
    """

    def __init__(
        self,
        workbench: Workbench,
        runner: JobRunner,
        settings_path: Path,
        loaded: tuple[Settings, SettingsProblem],
        reviewer: str,
    ) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("LeukView · research use only"))
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self._workbench = workbench
        self._closing = self._worklist_gave_way = False
        self._identities: Mapping[str, SlideIdentity] = {}
        self._close_requested = QElapsedTimer()
        notifications = NotificationBus(self)
        self.preferences = Preferences(settings_path, loaded, notifications, self)
        settings = self.preferences.settings
        self.tasks = TaskRunner(runner, self)
        self.review = ReviewController(workbench, self.tasks, reviewer, self)
        self.slide_jobs = SlideJobs(workbench, self.tasks, notifications, lambda: self.review.viewer, self)
        self.cell_loader = CellLoader(workbench, self.tasks, self)
        self._build_panels(settings)
        self.action_manager = ActionManager(
            self, self._central.review_area, action_table(workbench.taxonomy, settings.keys)
        )
        self.action_manager.insert_header(self.slide_header)
        context = WindowContext(
            self, workbench, self.tasks, self.review, self.slide_jobs, self.action_manager, notifications
        )
        self._build_features(context, settings)
        self._connect(notifications)
        LayoutKeyFilter(
            self.action_manager.by_key.values(), (self.gallery.view, self._central.review_area, self._central), self
        )
        self._restore(settings)
        self.presenter.update_actions()
        self.preferences.announce_problem()
        self.sign_in.start()
        self.slide_jobs.load_worklist()

    # ---- construction
    def _build_panels(self, settings: Settings) -> None:
        self.gallery = GalleryPanel(self._workbench.load_image, self.tasks, settings)
        self.cell_panel = CellPanel()
        self.tally = TallyPanel()
        self.alerts = AlertsPanel()
        self.worklist_model = WorklistModel(
            translated_taxonomy(self._workbench.taxonomy), self, self._workbench.alert_titles
        )
        self._worklist_panel = WorklistPanel(self.worklist_model)
        self.notifications = NotificationBar()
        self.progress = StatusBarProgress()
        self.tally.setContentsMargins(6, 6, 6, 6)
        self.slide_header = SlideHeader()
        self._comment_label = ElidedLabel()
        self._comment_label.setContentsMargins(10, 0, 10, 3)
        self._comment_label.hide()
        self._central = CentralWidget(
            (self.notifications, self.tally.finding_strip, self._comment_label),
            self._worklist_panel,
            (self.alerts, self.tally),
            self.gallery,
            self.cell_panel,
        )
        self.setCentralWidget(self._central)
        line = QLabel(translate_data(RESEARCH_USE_LINE))
        line.setContentsMargins(8, 0, 8, 0)
        self._selection_label, self._last_action_label = QLabel(), ElidedLabel()
        self.statusBar().addWidget(line)
        self.statusBar().addWidget(self._last_action_label)
        self.statusBar().addPermanentWidget(self._selection_label)
        self.statusBar().addPermanentWidget(self.progress)
        self.resize(1480, 900)

    def _build_features(self, context: WindowContext, settings: Settings) -> None:
        """Build the controllers of all features and connect the actions to the handlers that they declare."""
        JobNotifications(self.slide_jobs, self.review, self.notifications, self)
        IdleGarbageCollector(self)
        ImageCheckController(context)
        self.label_actions = LabelActions(context, self.gallery)
        self.audit = AuditController(context, self.cell_panel.history)
        self.grading = GradingController(context, self.tally.grading_summary)
        self.dialogs = DialogController(context, self.gallery)
        self.export = ExportController(context, self.gallery.view)
        self.corrections_export = CorrectionsExportController(context, self.gallery.view, settings.corrections)
        self.report = ReportController(context, self.gallery, settings.report)
        self.comparison = ComparisonController(context, self.gallery)
        self.feature_sorting = FeatureSorting(context, self.gallery)
        self.tally_controller = TallyController(context, self.gallery, self.tally, self.label_actions)
        self.sign_in = SignInController(context, settings.lock_minutes)
        self.seen_tracker = SeenTracker(self.review, self.gallery, lambda: self.sign_in.is_locked, self)
        self.second_reading = SecondReadingController(context)
        self.mask_editing = MaskEditController(context, self.cell_panel, self.label_actions)
        self.cell_presenter = CellPresenter(
            context, self.gallery, self.cell_panel, self.cell_loader, self.label_actions, self.mask_editing
        )
        self.watch_folder = WatchFolderController(context)
        self.quality = QualityController(context)
        self.verification = VerificationController(context)
        self.competency = CompetencyController(context)
        self.models = ModelsController(context)
        self.backups = BackupController(context, self.preferences)
        self.laboratory = LaboratoryController(context, self.tally.blood_count)
        self.database_watcher = DatabaseWatcher(context, self.worklist_model)
        self.identities = IdentityController(context)
        UrgentSlideNotifier(context, self.worklist_model)
        panels = WindowPanels(
            self.gallery, self.cell_panel, self.tally, self.alerts, self._worklist_panel, self.worklist_model,
            self._last_action_label, self.slide_header, self._comment_label,
        )  # fmt: skip
        self.presenter = SlidePresenter(context, panels, self.cell_presenter, self.mask_editing)
        owners: tuple[object, ...] = (
            self, self.gallery, self.cell_panel, self.slide_jobs, self.label_actions, self.audit, self.grading,
            self.dialogs, self.export, self.corrections_export, self.report, self.comparison, self.sign_in,
            self.identities, self.second_reading, self.mask_editing, self.watch_folder, self.quality, self.models,
            self.backups, self.laboratory, self.verification, self.competency,
        )  # fmt: skip
        self.action_manager.connect_handlers(declared_handlers(*owners))

    def _restore(self, settings: Settings) -> None:
        """Restore layout and choices of the last session."""
        if settings.names:
            self.action_manager.by_key["names"].setChecked(True)
        chosen = {"grouped": settings.grouped, "key_strip": settings.key_strip, "worklist": settings.worklist}
        checked = [key for key, is_chosen in chosen.items() if is_chosen]
        for key in (*checked, f"theme_{settings.theme}", f"language_{settings.language}"):
            self.action_manager.by_key[key].setChecked(True)
        self.gallery.show_shortcuts(self.action_manager.table, bar_enabled=settings.key_strip)
        self.dialogs.last_folder = settings.last_folder
        self.restoreGeometry(QByteArray.fromHex(settings.geometry.encode()))
        self._central.restore_splitters(settings)
        self.set_worklist_shown(settings.worklist)
        if settings.watched:
            self.watch_folder.resume(settings.watched, frozenset(settings.watched_known.split()))

    def _connect(self, notifications: NotificationBus) -> None:
        notifications.notified.connect(self.notifications.notify)
        self.dialogs.path_chosen.connect(self.open_path)
        self.dialogs.show_cells_requested.connect(self.label_actions.list_cells)
        self.dialogs.signing_requested.connect(self.seen_tracker.flush)
        self.sign_in.state_changed.connect(self.seen_tracker.watch)
        self.sign_in.state_changed.connect(self.presenter.update_actions)
        self.sign_in.state_changed.connect(self.gallery.view.setFocus)
        self.sign_in.lock_minutes_changed.connect(self.preferences.set_lock_minutes)
        self.preferences.collect_state = self._collect_settings
        self.second_reading.show_cells_requested.connect(self.label_actions.select_cells)
        self.cell_panel.image_toolbar.outline_button.toggled.connect(self.action_manager.by_key["outline"].setChecked)
        self.cell_panel.map_toggled.connect(self.action_manager.by_key["map"].setChecked)
        self.cell_panel.mask_edit_requested.connect(self.action_manager.by_key["repair"].trigger)
        self.watch_folder.watch_changed.connect(self.preferences.set_watched_folder)
        self.tasks.error_reported.connect(self.notifications.notify)
        self.action_manager.theme_triggered.connect(self.preferences.set_theme)
        self.action_manager.theme_triggered.connect(self.action_manager.update_icons)
        self.action_manager.language_triggered.connect(self.preferences.set_language)
        self.action_manager.label_triggered.connect(self.label_actions.label_selected)
        self.review.reviewer_changed.connect(self._on_reviewer_changed)
        self.review.slide_opened.connect(self._on_slide_opened)
        self.review.command_refused.connect(self._on_command_refused)
        self.slide_jobs.previewed.connect(self.dialogs.choose_import)
        self.slide_jobs.imported.connect(self._on_imported)
        self.slide_jobs.batch_analysed.connect(self.review.apply_predictions)
        self.slide_jobs.worklist_has_more.connect(self.worklist_model.set_has_more)
        self.slide_jobs.worklist_found.connect(self.worklist_model.set_found)
        self.slide_jobs.worklist_loaded.connect(self.worklist_model.show_rows)
        self.slide_jobs.worklist_loaded.connect(lambda rows: self.gallery.show_waiting(len(rows)))
        self.identities.identities_changed.connect(self._on_identities_changed)
        self.slide_jobs.worklist_extended.connect(self.worklist_model.append_rows)
        self.slide_jobs.worklist_outdated.connect(self._worklist_panel.show_outdated_count)
        self.worklist_model.more_requested.connect(self.slide_jobs.load_more_worklist)
        self._worklist_panel.query_changed.connect(self.slide_jobs.set_worklist_query)
        self.slide_jobs.progress.connect(self.progress.show_progress)
        self.progress.cancel_requested.connect(self.slide_jobs.cancel_all)
        self.gallery.selection_changed.connect(self._on_selection)
        self.gallery.menu_requested.connect(self._show_menu)
        self.gallery.title_changed.connect(
            lambda text, synthetic: self.slide_header.show_title(text, synthetic=synthetic)
        )
        self.gallery.activated.connect(self.action_manager.by_key["large"].trigger)
        self.cell_panel.comment_requested.connect(self.dialogs.comment_cells)
        self.tally.class_chosen.connect(self.gallery.view.scroll_to_group)
        self.alerts.show_cells_requested.connect(self.label_actions.list_cells)
        self.alerts.acknowledgement_requested.connect(self.dialogs.acknowledge_alert)
        self._worklist_panel.slide_chosen.connect(self._on_slide_chosen)
        self.database_watcher.patients_changed.connect(self.tally_controller.on_patients_changed)
        self.gallery.shortcut_bar.action_clicked.connect(self._on_key_chosen)
        # Queued: all other slots must have run before the window closes.
        self.review.became_idle.connect(self._on_review_idle, Qt.ConnectionType.QueuedConnection)

    # ---- opening
    def open_path(self, path: Path) -> None:
        """Preview a folder or archive, then ask what to import."""
        self.notifications.dismiss_all()
        self.slide_jobs.preview(path)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        for url in (url for url in event.mimeData().urls() if url.isLocalFile()):
            event.acceptProposedAction()
            self.open_path(Path(url.toLocalFile()))

    def _on_imported(self, slides: list[Slide]) -> None:
        self.gallery.thumbnails.retry_unreadable()
        self.slide_jobs.load_worklist()
        if slides and QApplication.activeModalWidget() is None:  # nothing changes the slide under an open dialog
            self.review.open(slides[0].id)

    def _on_command_refused(self) -> None:
        self.notifications.notify(
            self.tr("Another slide is open now, so nothing was recorded."),
            self.tr("Open the intended slide and repeat the step."),
        )

    def _on_slide_chosen(self, slide_id: str) -> None:
        if slide_id and (self.review.view is None or self.review.view.slide.id != slide_id):
            self.notifications.dismiss_all()
            self.review.open(slide_id)
        else:
            self.gallery.view.setFocus()  # after opening, another slot does it

    def _on_identities_changed(self, identities: Mapping[str, SlideIdentity]) -> None:
        self._identities = identities
        self.worklist_model.set_identities(identities)
        self._show_identity()

    def _show_identity(self) -> None:
        view = self.review.view
        identity = self._identities.get(view.slide.id) if view else None
        self.slide_header.show_identity(identity.title if identity else "")

    def _on_slide_opened(self, _view: SlideView) -> None:
        """Give an open slide the room of the worklist in a narrow window."""
        worklist = self.action_manager.by_key["worklist"]
        if self.width() < NARROW_PX and worklist.isChecked():
            self._worklist_gave_way = True
            worklist.setChecked(False)
        self._show_worklist()
        self._show_identity()

    @handles("worklist")
    def set_worklist_shown(self, shown: bool) -> None:
        """Show or hide the list of the slides beside an open slide."""
        self._worklist_gave_way = self._worklist_gave_way and not shown
        self._show_worklist()
        if not shown and self.review.view is not None:
            self.gallery.view.setFocus()

    def _show_worklist(self) -> None:
        wanted = self.action_manager.by_key["worklist"].isChecked()
        self._central.show_worklist(wanted=wanted, has_slide=self.review.view is not None)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "action_manager"):
            self.action_manager.update_icons()

    # ---- signals of the review controller
    def _on_reviewer_changed(self) -> None:
        """Clear worklist and notifications of the previous reviewer, then reload.

        The new reviewer may be blinded to what the previous one was allowed to see.
        """
        self.notifications.dismiss_all()
        self.worklist_model.clear()
        self.slide_jobs.load_worklist()

    # ---- one cell
    @property
    def blind(self) -> bool:
        """Whether the model's predictions are hidden from the reviewer."""
        return self.action_manager.blind

    @handles("large")
    def set_cell_enlarged(self, enlarged: bool) -> None:
        """Show the cell alone in the window, or all panels again."""
        self._central.set_cell_enlarged(enlarged=enlarged)
        (self.cell_panel if enlarged else self.gallery.view).setFocus()

    # ---- view
    def _on_selection(self, count: int) -> None:
        self._selection_label.setText(self.tr("{0} cells selected").format(count) if count > 1 else "")

    def _show_menu(self, position: QPoint) -> None:
        self.label_actions.show_cell_menu(position, self.action_manager.by_key, blind=self.blind, window=self)

    @handles("keys")
    def show_keys(self) -> None:
        """Open the shortcut editor."""
        self.dialogs.edit_shortcuts(
            self.action_manager.table, action_table(self._workbench.taxonomy), self._set_shortcuts
        )

    def _on_key_chosen(self, key: str) -> None:
        self.action_manager.by_key[key].trigger()
        self.gallery.view.setFocus()

    def _set_shortcuts(self, table: tuple[ActionSpec, ...]) -> None:
        self.action_manager.set_shortcuts(table)
        self.gallery.show_shortcuts(table, bar_enabled=self.gallery.shortcut_bar.shown_by_user)
        self.preferences.set_shortcuts(table, action_table(self._workbench.taxonomy))

    @handles("analyse")
    def analyse(self) -> None:
        """Analyse the cells of the open slide that have no prediction yet."""
        if self.review.view:
            self.gallery.thumbnails.retry_unreadable()
            self.slide_jobs.analyse(self.review.view.slide.id, first=True)

    @handles("blind")
    def set_blind(self, blind: bool) -> None:
        """Hide or show the model's predictions in all panels."""
        self.gallery.set_blind(blind=blind)
        self.presenter.refresh()

    @handles("tour")
    def show_tour(self) -> None:
        """Start the guided tour; offer the demo slides if no slide is open."""
        stops = tour_stops(self, self.gallery, self.cell_panel, self.tally)
        tour = Tour(stops, self, offers_demo=self.review.view is None)
        tour.demo_requested.connect(lambda: self.slide_jobs.open_demo(ask=False))
        self.review.slide_opened.connect(tour.on_slide_opened)
        tour.ended.connect(self.gallery.view.setFocus)
        tour.start()

    # ---- end
    @handles("quit")
    def quit(self) -> None:
        """Close the window."""
        self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.seen_tracker.flush()
        if not self.review.is_idle and not self._may_leave_unwritten():
            event.ignore()
            return
        if self.mask_editing.blocks_closing:
            event.ignore()
            return
        event.accept()  # first: an error below must not keep the window open
        self.slide_jobs.cancel_all()
        self.watch_folder.timer.stop()
        self.database_watcher.timer.stop()
        self.gallery.thumbnails.stop()
        self.seen_tracker.stop()
        self.preferences.save()

    def _may_leave_unwritten(self) -> bool:
        """Whether to close although a command is still being written; else the window closes when it is stored.

        The first request waits for the command. A later one closes, so that a place that does not answer cannot keep
        the window open.
        """
        if self._closing and self._close_requested.elapsed() >= CLOSE_ANYWAY_MS:
            return True
        if not self._closing:
            self._closing = True
            self._close_requested.start()
            self.notifications.notify(
                self.tr("The last action is being saved; the window closes when it is stored."),
                self.tr("If the window does not close, close it once more; this action is then lost."),
            )
        return False

    def _on_review_idle(self) -> None:
        if self._closing:  # reset first: if this close is refused too, the user has to ask again
            self._closing = False
            self.close()

    def _collect_settings(self) -> dict[str, object]:
        return {
            "last_folder": self.dialogs.last_folder,
            "report": self.report.saved_options,
            "corrections": self.corrections_export.saved_options,
            "thumbnail_px": self.gallery.size_slider.value(),
            "sort": str(self.gallery.sort_combo.currentData()),
            "grouped": self.gallery.model.grouped,
            "names": self.action_manager.by_key["names"].isChecked(),
            "worklist": self.action_manager.by_key["worklist"].isChecked() or self._worklist_gave_way,
            "key_strip": self.gallery.shortcut_bar.shown_by_user,
            "collapsed": sorted(self.gallery.model.collapsed),
            "geometry": bytes(self.saveGeometry().toHex().data()).decode(),
            "layout": self._central.splitter_states(),
        }


def build_main_window(workbench: Workbench, runner: JobRunner, settings_path: Path, reviewer: str) -> MainWindow:
    """Create the main window in the user's theme and language, still hidden.

    Args:
        workbench: Facade of the services.
        runner: Runs background jobs.
        settings_path: Settings file, read here and written when settings change.
        reviewer: Name of the reviewer until somebody signs in.
    """
    application, loaded = QApplication.instance(), read_settings(settings_path)
    settings, _ = loaded
    if isinstance(application, QApplication):
        apply_theme(settings.theme, application)
        install_translators(settings.language, application)
    return MainWindow(workbench, runner, settings_path, loaded, reviewer)
