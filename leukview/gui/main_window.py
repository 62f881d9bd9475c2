"""The window: worklist and tally on the left, the gallery in the middle, one cell large on the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from typing_extensions import override

from leukview import RESEARCH_USE_LINE
from leukview.core.job_runner import JobRunner
from leukview.core.settings import load_settings
from leukview.domain.review.events import FIRST
from leukview.domain.slide import Slide
from leukview.gui.action_handlers import begin_tour, handlers
from leukview.gui.alerts.panel import AlertsPanel
from leukview.gui.app.action_manager import ActionBar
from leukview.gui.app.action_table import ActionSpec, action_table
from leukview.gui.app.i18n import data_text, install, spoken
from leukview.gui.app.idle_gc import Housekeeping
from leukview.gui.app.notification_bar import NoticeBar, ProgressStrip
from leukview.gui.app.preferences import Preferences
from leukview.gui.app.tasks import Jobs
from leukview.gui.app.theme import apply_theme
from leukview.gui.audit.controller import Auditing
from leukview.gui.cell.loader import CellLoader
from leukview.gui.cell.mask_edit_controller import Repairing
from leukview.gui.cell.panel import CellPanel
from leukview.gui.cell.presenter import Showing
from leukview.gui.central_widget import Bench
from leukview.gui.export.controller import Exporting, ExportingCorrections
from leukview.gui.export.report_controller import Reporting
from leukview.gui.gallery.label_actions import Reviewing
from leukview.gui.gallery.panel import GalleryPanel
from leukview.gui.grading.controller import Grading
from leukview.gui.models.controller import ModelsDesk
from leukview.gui.quality.controller import QualityDesk
from leukview.gui.review.dialog_controller import Asking
from leukview.gui.review.second_reading import SecondReading
from leukview.gui.session.job_notifications import Announcements
from leukview.gui.session.review_controller import Command, ReviewDesk
from leukview.gui.session.slide_jobs import SlideFlow
from leukview.gui.tally.controller import Companions
from leukview.gui.tally.panel import TallyPanel
from leukview.gui.users.sign_in import Seating
from leukview.gui.widgets.elided_label import ElidedLabel
from leukview.gui.worklist.database_watcher import Following
from leukview.gui.worklist.model import WorklistModel
from leukview.gui.worklist.panel import WorklistPanel
from leukview.gui.worklist.watch_folder import Watching
from leukview.services.review.session import SlideView
from leukview.services.workbench import Workbench


class MainWindow(QMainWindow):
    """Wires the parts; every decision lies in them."""

    def __init__(self, workbench: Workbench, runner: JobRunner, settings_path: Path, reviewer: str) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("LeukView · research use only"))
        self.setAcceptDrops(True)
        self._workbench = workbench
        self.preferences = Preferences(settings_path, self)
        settings = self.preferences.settings
        self.jobs = Jobs(runner, self)
        self.desk = ReviewDesk(workbench, self.jobs, reviewer, self)
        self.flow = SlideFlow(workbench, self.jobs, self, lambda: self.desk.reader)
        self.loader = CellLoader(workbench, self.jobs, self)
        self._closing = False
        self._chosen = ""  # the cell laid on the bench unasked
        self.gallery = GalleryPanel(workbench.image, self.jobs, settings)
        self.cell = CellPanel()
        self.tally = TallyPanel()
        self.alerts = AlertsPanel()
        self.worklist = WorklistModel(spoken(workbench.taxonomy), self)
        self.notices = NoticeBar()
        self.strip = ProgressStrip()
        Announcements(self.flow, self.desk, self.notices, self)
        self._lay_out()
        self.reviewing = Reviewing(self.desk, self.gallery, self)
        self.auditing = Auditing(self, workbench, self.jobs, self.desk, self.cell.history)
        self.grading = Grading(self, workbench, self.jobs, self.desk, self.tally.grading)
        self.asking = Asking(self, workbench, self.jobs, self.desk, self.flow, self.gallery)
        self.asking.folder = settings.last_folder
        self.exporting = Exporting(self, self.desk, self.flow, self.gallery.view)
        self.corrections = ExportingCorrections(
            self, workbench, self.jobs, self.desk, self.gallery.view, settings.corrections
        )
        self.reporting = Reporting(self, workbench, self.jobs, self.desk, self.flow, self.gallery, settings.report)
        self.companions = Companions(
            self, workbench, self.jobs, self.desk, self.gallery, self.tally, self.reviewing, self.notices
        )
        self.seating = Seating(self, workbench, self.jobs, self.desk, settings.lock_minutes)
        self.second = SecondReading(self, workbench, self.jobs, self.desk)
        self.repairing = Repairing(self, workbench, self.jobs, self.desk, self.cell)
        self.showing = Showing(
            self,
            workbench,
            self.desk,
            self.gallery,
            self.cell,
            self.loader,
            self.reviewing,
            self.repairing,
            lambda: self.blind,
        )
        self.watching = Watching(self, self.jobs, self.flow)
        self.quality = QualityDesk(self, workbench, self.jobs, self.desk)
        self.models = ModelsDesk(self, workbench, self.jobs, self.desk)
        Housekeeping(self)
        self.following = Following(workbench, self.jobs, self.desk, self.flow, self.worklist)
        self.actions_ = ActionBar(
            self, self._bench.review, action_table(workbench.taxonomy, settings.keys), handlers(self)
        )
        for name, chosen in (("grouped", settings.grouped), ("key_strip", settings.key_strip)):
            self.actions_.by_key[name].setChecked(chosen)
        self.gallery.show_keys(self.actions_.table, wanted=settings.key_strip)
        self.gallery.keys.chosen.connect(self._on_key_chosen)
        for name in (f"theme_{settings.theme}", f"language_{settings.language}"):
            self.actions_.by_key[name].setChecked(True)
        self.second.begin(self.actions_)
        self._connect()
        self.repairing.start(self.actions_)
        self.seating.begin(self.actions_)
        self.desk.rested.connect(self._on_rested)  # the last to hear it: the others have ended their work
        self.restoreGeometry(QByteArray.fromHex(settings.geometry.encode()))
        self._bench.restore(settings)
        self._enable()
        self.flow.read_worklist()
        if settings.watched:
            self.watching.resume(settings.watched, frozenset(settings.watched_known.split()))

    # ---- layout
    def _lay_out(self) -> None:
        self._slides = WorklistPanel(self.worklist)
        self.tally.setContentsMargins(6, 6, 6, 6)
        self._bench = Bench(self.notices, (self._slides, self.alerts, self.tally), self.gallery, self.cell)
        self.setCentralWidget(self._bench)
        line = QLabel(data_text(RESEARCH_USE_LINE))
        line.setContentsMargins(8, 0, 8, 0)
        self._selected, self._last = QLabel(), ElidedLabel()
        self.statusBar().addWidget(line)
        self.statusBar().addWidget(self._last)
        self.statusBar().addPermanentWidget(self._selected)
        self.statusBar().addPermanentWidget(self.strip)
        self.resize(1480, 900)

    def _connect(self) -> None:
        self.asking.path_chosen.connect(self.open_path)
        self.asking.cells_wanted.connect(self.reviewing.select_cells)
        self.reviewing.told.connect(self.notices.tell)
        self.seating.told.connect(self.notices.tell)
        self.seating.changed.connect(self._enable)
        self.seating.changed.connect(self.gallery.view.setFocus)
        self.seating.minutes_chosen.connect(self.preferences.set_lock_minutes)
        self.preferences.told.connect(self.notices.tell)
        self.preferences.collect = self._remembered
        self.second.told.connect(self.notices.tell)
        self.second.show_cells.connect(self.reviewing.select_cells)
        self.repairing.told.connect(self.notices.tell)
        self.repairing.ended.connect(self._on_repaired)
        self.cell.controls.outline_button.toggled.connect(self.actions_.by_key["outline"].setChecked)
        self.cell.map_turned.connect(self.actions_.by_key["map"].setChecked)
        self.cell.repair_wanted.connect(self.actions_.by_key["repair"].trigger)
        self.watching.told.connect(self.notices.tell)
        self.watching.changed.connect(self.preferences.set_watched)
        self.auditing.told.connect(self.notices.tell)
        self.models.told.connect(self.notices.tell)
        self.jobs.problem.connect(self.notices.tell)
        self.actions_.themed.connect(self.preferences.set_theme)
        self.actions_.spoke.connect(self.preferences.set_language)
        self.actions_.labelled.connect(self.reviewing.label)
        self.desk.seated.connect(self._on_seated)
        self.desk.opened.connect(self._on_opened)
        self.desk.changed.connect(self._on_changed)
        self.flow.previewed.connect(self.asking.what_to_import)
        self.flow.imported.connect(self._on_imported)
        self.flow.batch.connect(self.desk.predictions_arrived)
        self.flow.analysed.connect(self._on_analysed)
        self.flow.worklist.connect(self.worklist.show_rows)
        self.exporting.told.connect(self.notices.tell)
        self.flow.told.connect(self.notices.tell)
        self.flow.progress.connect(self.strip.show_progress)
        self.strip.cancelled.connect(self.flow.cancel)
        self.gallery.selection_changed.connect(self._on_selection)
        self.gallery.menu_wanted.connect(self._show_menu)
        self.gallery.activated.connect(self.actions_.by_key["large"].trigger)
        self.cell.comment_wanted.connect(self.asking.for_comment)
        self.tally.class_chosen.connect(self.gallery.view.scroll_to_group)
        self.alerts.show_cells.connect(self.reviewing.select_cells)
        self.alerts.acknowledge.connect(self.asking.for_acknowledgement)
        self._slides.chosen.connect(self._on_slide_chosen)
        self.following.patients_changed.connect(self.companions.on_patients_changed)

    def _enable(self) -> None:
        view = self.desk.view
        signed = bool(view and view.review.signature)
        undo, redo = self.desk.undo_words, self.desk.redo_words
        self.actions_.set_enabled(slide=view is not None, signed=signed, blind=self.blind, undo=undo, redo=redo)
        for button, key in ((self.cell.controls.repair_button, "repair"), (self.cell.comment_button, "comment")):
            button.setEnabled(self.actions_.by_key[key].isEnabled())

    def _on_repaired(self) -> None:
        self._enable()
        self.showing.again()

    # ---- opening
    def open_path(self, path: Path) -> None:
        """Preview a folder or archive, then ask what to import."""
        self.notices.dismiss()
        self.asking.folder = str(path.parent)
        self.flow.look_at(path)

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
        self.gallery.thumbnails.forget_missing()
        self.flow.read_worklist()
        if slides:
            self.desk.open(slides[0].id)

    def _on_slide_chosen(self, slide_id: str) -> None:
        if slide_id and (self.desk.view is None or self.desk.view.slide.id != slide_id):
            self.notices.dismiss()
            self.desk.open(slide_id)

    # ---- what the desk says
    def _on_seated(self) -> None:
        """What the reader before saw of the slides, and was told, is gone before anything is uncovered."""
        self.notices.dismiss()
        self.worklist.forget()
        self.flow.read_worklist()

    def _on_opened(self, view: SlideView) -> None:
        here = self.gallery.current
        self._chosen = here if view.reading != FIRST and here in view.by_id else ""  # a second reader starts in front
        self.gallery.show_slide(view)
        focus = self.gallery.view.setFocus  # after `_begin`: an empty gallery that gets the keys goes to its first cell
        for step in (self._begin, self._show_cell, focus, *self._figures(view), self._show_last):
            self.desk.show_next(step)

    def _show_last(self) -> None:
        last = self.desk.last_words
        self._last.setText(self.tr("Last here: {0}").format(last) if last else "")

    def _begin(self) -> None:
        """Lay the first cell to be reviewed on the bench, unless the reviewer has gone elsewhere already."""
        if self.gallery.current != self._chosen or self.repairing.cell_id:
            return
        first = self.gallery.model.next_unreviewed(-1)
        if first:
            self._chosen = first
            self.gallery.view.verticalScrollBar().setValue(0)
            self.gallery.view.go_to(first)

    def _settle(self) -> Command | None:
        """The analysis is done and shown: the worst cells are on top now."""
        if self.desk.view and not self.desk.view.reviewed:
            self._begin()
        return None

    def _on_changed(self, view: SlideView) -> None:
        self.gallery.show_slide(view)
        for step in (self._show_cell, *self._figures(view), self._show_last):  # what takes keys comes first
            self.desk.show_next(step)

    def _figures(self, view: SlideView) -> tuple[Callable[[], None], ...]:
        """What stands beside the gallery, in the steps in which it is shown."""
        return (
            lambda: self.tally.show_slide(view, blind=self.blind),
            lambda: self.alerts.show_slide(view, blind=self.blind),
            lambda: self._show_in_worklist(view),
        )

    def _show_in_worklist(self, view: SlideView) -> None:
        self.worklist.set_blind(blind=self.blind)
        self.worklist.refresh(view)
        self._slides.show_current(view.slide.id)

    def _show_cell(self) -> None:
        self.showing.again()
        self._enable()
        if not self.gallery.current:
            self._begin()

    def _on_analysed(self, slide_id: str) -> None:
        view = self.desk.view
        if view is None or view.slide.id != slide_id:
            self.flow.read_worklist()
        else:
            self.desk.give(self._settle)

    # ---- one cell
    @property
    def blind(self) -> bool:
        """The reviewer works without the model's opinion."""
        return self.actions_.by_key["blind"].isChecked()

    def show_large(self, large: bool) -> None:
        """Give the cell the whole window, or everything its place again."""
        self._bench.show_large(large=large)
        (self.cell if large else self.gallery.view).setFocus()

    # ---- view
    def _on_selection(self, count: int) -> None:
        self._selected.setText(self.tr("{0} cells selected").format(count) if count > 1 else "")

    def _show_menu(self, place: QPoint) -> None:
        self.reviewing.show_menu(place, self.actions_.by_key, blind=self.blind, window=self)

    def show_keys(self) -> None:
        """Show every key."""
        self.asking.keys(self.actions_.table, action_table(self._workbench.taxonomy), self._rebind)

    def _on_key_chosen(self, key: str) -> None:
        self.actions_.by_key[key].trigger()
        self.gallery.view.setFocus()

    def _rebind(self, table: tuple[ActionSpec, ...]) -> None:
        self.actions_.rebind(table)
        self.gallery.show_keys(table, wanted=self.gallery.keys.wanted)
        self.preferences.set_keys(table, action_table(self._workbench.taxonomy))

    def analyse(self) -> None:
        """Analyse what is not analysed yet of the slide on the bench."""
        if self.desk.view:
            self.gallery.thumbnails.forget_missing()
            self.flow.analyse(self.desk.view.slide.id, first=True)

    def set_blind(self, blind: bool) -> None:
        """Hide or show the model's opinion everywhere."""
        self.gallery.set_blind(blind=blind)
        if self.desk.view:
            for step in (self._show_cell, *self._figures(self.desk.view)):
                self.desk.show_next(step)

    def set_grouped(self, grouped: bool) -> None:
        """Group the gallery by class, or not."""
        self.gallery.set_grouped(grouped=grouped)

    def resize_thumbnails(self, by: int) -> None:
        """Make thumbnails larger or smaller by so many pixels."""
        slider = self.gallery.size_slider
        slider.setValue(slider.value() + by)

    def tour(self) -> None:
        """Show the parts of the window, one after the other."""
        begin_tour(self)

    # ---- end
    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.desk.idle:  # the last click is still being written: close when it is
            self._closing = True
            event.ignore()
            return
        if self.repairing.unfinished:
            event.ignore()
            return
        self.flow.cancel()
        self.watching.timer.stop()
        self.following.timer.stop()
        self.gallery.thumbnails.stop()
        self.preferences.save()
        event.accept()

    def _on_rested(self) -> None:
        if self._closing:  # once: a closing that is refused then is asked for anew
            self._closing = False
            self.close()

    def _remembered(self) -> dict[str, object]:
        return {
            "last_folder": self.asking.folder,
            "report": self.reporting.remembered,
            "corrections": self.corrections.remembered,
            "thumbnail_px": self.gallery.size_slider.value(),
            "sort": str(self.gallery.sort.currentData()),
            "grouped": self.gallery.model.grouped,
            "key_strip": self.gallery.keys.wanted,
            "collapsed": sorted(self.gallery.model.collapsed),
            "geometry": bytes(self.saveGeometry().toHex().data()).decode(),
            "layout": self._bench.places(),
        }


def build_main_window(workbench: Workbench, runner: JobRunner, settings_path: Path, reviewer: str) -> MainWindow:
    """The window in the user's theme and language, not shown yet."""
    application, settings = QApplication.instance(), load_settings(settings_path)
    if isinstance(application, QApplication):
        apply_theme(settings.theme, application)
        install(settings.language, application)
    return MainWindow(workbench, runner, settings_path, reviewer)
