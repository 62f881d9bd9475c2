"""Controller of the training."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage

from leukview.core.errors import Cancelled, LeukViewError
from leukview.core.job_runner import CancelToken, Queue, Reporter
from leukview.domain.competency.grading import Answer
from leukview.domain.review.rights import Right
from leukview.gui.app.action_handlers import handles
from leukview.gui.app.i18n import join_sentences, translate_data, translated_taxonomy
from leukview.gui.competency.dialog import CompetencyDialog
from leukview.gui.imaging.overlays import to_qimage
from leukview.gui.session.window_context import WindowContext, WindowController
from leukview.gui.widgets.file_dialogs import documents_folder, save_dialog
from leukview.services.competency.service import Round, RoundRecord
from leukview.services.ports.competency import CompetencySet


class CompetencyController(WindowController):
    """Opens the dialog, stores each answer before the next cell is shown, and grades a round at its end.

    Args:
        context: What all controllers share.
    """

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self.dialog: CompetencyDialog | None = None
        self._round: Round | None = None
        self._person = ""
        self._review.reviewer_changed.connect(self._on_reviewer_changed)

    @handles("competency")
    def open_dialog(self) -> None:
        """Show sets and rounds."""
        self._person = name = self._review.viewer.name
        profiles = self._workbench.profiles

        def work(_token: CancelToken, _reporter: Reporter) -> bool:
            try:
                profiles.require_right(name, Right.ADMINISTER)
            except LeukViewError:
                return False
            return True

        self._tasks.run(self.tr("Reading the training sets"), work, done=self._show, queue=Queue.AUDIT)

    def _show(self, may_make_sets: bool) -> None:
        taxonomy = translated_taxonomy(self._workbench.taxonomy)
        self.dialog = dialog = CompetencyDialog(taxonomy, may_make_sets=may_make_sets, parent=self._window)
        dialog.begin_requested.connect(self._begin)
        dialog.set_requested.connect(self._make_set)
        dialog.export_requested.connect(self._ask_export)
        dialog.quiz.answered.connect(self._answer)
        dialog.finished.connect(self._on_closed)
        dialog.open()
        self._reload()

    def _on_reviewer_changed(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()

    def _on_closed(self) -> None:
        self.dialog, self._round = None, None

    def _reload(self) -> None:
        competency, person = self._workbench.competency, self._person

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[tuple[CompetencySet, ...], tuple[RoundRecord, ...]]:
            return competency.sets(), competency.records(person)

        def show(lists: tuple[tuple[CompetencySet, ...], tuple[RoundRecord, ...]]) -> None:
            if self.dialog is not None:
                self.dialog.show_lists(*lists)

        self._tasks.run(self.tr("Reading the training sets"), work, done=show, queue=Queue.AUDIT)

    def _make_set(self, name: str, count: int) -> None:
        workbench, person = self._workbench, self._person

        def work(token: CancelToken, reporter: Reporter) -> CompetencySet:
            slides = [slide.id for slide in workbench.slides()]
            return workbench.competency.make_set(person, name, slides, count, token, reporter)

        def done(made: CompetencySet) -> None:
            if self.dialog is not None:
                self.dialog.show_message(self.tr("The set “{0}” has {1} cells.").format(made.name, made.cell_count))
            self._reload()

        self._tasks.run(self.tr("Making the training set"), work, done=done, failed=self._tell, queue=Queue.AUDIT)

    # ---- one round
    def _begin(self, set_number: int) -> None:
        competency, person = self._workbench.competency, self._person

        def work(_token: CancelToken, _reporter: Reporter) -> Round:
            return competency.begin(set_number, person)

        self._tasks.run(
            self.tr("Reading the training set"), work, done=self._go_on, failed=self._tell, queue=Queue.AUDIT
        )

    def _go_on(self, of_round: Round) -> None:
        """Show the next cell, or the result after the last one."""
        self._round = of_round
        if self.dialog is None:
            return
        cell, workbench = of_round.next_cell, self._workbench
        if cell is None:
            self._finish(of_round)
            return
        self.dialog.stack.setCurrentIndex(1)

        def work(_token: CancelToken, _reporter: Reporter) -> QImage | None:
            try:
                return to_qimage(workbench.load_image(cell))
            except LeukViewError:
                return None

        def show(image: QImage | None) -> None:
            if self.dialog is not None and self._round is of_round:
                self.dialog.quiz.show_cell(image, len(of_round.answered), len(of_round.cells))

        self._tasks.run(self.tr("Loading the cell"), work, done=show, queue=Queue.IMAGES)

    def _answer(self, label: str) -> None:
        of_round, competency, person = self._round, self._workbench.competency, self._person
        if of_round is None or of_round.next_cell is None:
            return
        cell_id = of_round.next_cell.id

        def work(_token: CancelToken, _reporter: Reporter) -> Round:
            return competency.answer(of_round, person, cell_id, label)

        def failed(error: Exception) -> None:
            self._tasks.report_error(error)
            self._go_on(of_round)  # the answer was not stored: the cell is asked again

        self._tasks.run(self.tr("Storing the answer"), work, done=self._go_on, failed=failed, queue=Queue.AUDIT)

    def _finish(self, of_round: Round) -> None:
        competency, person = self._workbench.competency, self._person

        def work(_token: CancelToken, _reporter: Reporter) -> tuple[RoundRecord, tuple[Answer, ...]]:
            wanted = (of_round.set_number, person, of_round.number)
            record = next(r for r in competency.records(person) if (r.set_number, r.person, r.number) == wanted)
            return record, competency.wrong_answers(*wanted)

        def show(found: tuple[RoundRecord, tuple[Answer, ...]]) -> None:
            self._round = None
            if self.dialog is not None:
                self.dialog.show_result(*found)
            self._reload()

        self._tasks.run(self.tr("Grading the round"), work, done=show, queue=Queue.AUDIT)

    # ---- export
    def _ask_export(self) -> None:
        chooser = save_dialog(
            self._window, self.tr("Export rounds"), documents_folder(), self.tr("Tables (*.csv)"), "training.csv"
        )
        chooser.fileSelected.connect(self._export)
        chooser.open()

    def _export(self, file: str) -> None:
        competency, person = self._workbench.competency, self._person

        def work(_token: CancelToken, _reporter: Reporter) -> int:
            return competency.export(Path(file), person)

        def done(count: int) -> None:
            if self.dialog is not None:
                self.dialog.show_message(self.tr("{0} rounds were exported to {1}.").format(count, Path(file).name))

        self._tasks.run(self.tr("Exporting the rounds"), work, done=done, failed=self._tell, queue=Queue.AUDIT)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if isinstance(error, LeukViewError) and self.dialog is not None:
            text = join_sentences((translate_data(error.message), translate_data(error.hint)))
            self.dialog.show_message(text)
        else:
            self._tasks.report_error(error)
