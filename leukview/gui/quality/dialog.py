"""Quality control: the runs of the reference slide with their limits, and how often the model is overruled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.binomial import clopper_pearson
from leukview.domain.models.quality_control import (
    FEWEST_FOR_LIMITS,
    MEASURES,
    Measure,
    Overruled,
    QcRun,
    limits_of,
    rising,
    series_of,
    westgard,
)
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import data_text, moment, sentences
from leukview.gui.quality.levey_jennings import LeveyJennings
from leukview.gui.review.sign_dialog import interval_words
from leukview.gui.widgets.dialog_helpers import calm_table, fit_columns, open_at, wrapped
from leukview.gui.widgets.text_table_model import Lines


def _titled(measure: Measure) -> str:
    name = data_text(measure.name)
    return f"{name} [{measure.unit}]" if measure.unit else name


class QualityDialog(QDialog):
    """Shows runs and overrulings; the slide on the bench can be measured as a run."""

    measure_wanted = Signal()

    def __init__(self, taxonomy: Taxonomy, slide_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Quality control"))
        self._taxonomy = taxonomy
        self._runs: list[QcRun] = []
        self.measure = QComboBox()
        self.measure.setAccessibleName(self.tr("Measure"))
        for measure in MEASURES:
            self.measure.addItem(_titled(measure), measure.key)
        self.chart = LeveyJennings()
        self.words = wrapped("")
        headings = self.tr("Time"), self.tr("Slide"), self.tr("Value"), "z", self.tr("Rule broken")
        self.runs = Lines(headings, self, (2, 3))
        self._run_table = calm_table(self.tr("Runs of the reference slide"))
        self._run_table.setModel(self.runs)
        self._run_table.horizontalHeader().setStretchLastSection(True)
        self.overruled = Lines(
            (
                self.tr("Week"),
                self.tr("Class of the model"),
                self.tr("Reviewed"),
                self.tr("Overruled"),
                "%",
                self.tr("95 % interval"),
                self.tr("Drift"),
            ),
            self,
            (2, 3, 4, 5),
        )
        self._overruled_table = calm_table(self.tr("How often reviewers overruled the model"))
        self._overruled_table.setModel(self.overruled)
        self._overruled_table.horizontalHeader().setStretchLastSection(True)
        self.measure_button = QPushButton(self.tr("&Measure slide {0} as a run").format(slide_id or "–"))
        self.measure_button.setEnabled(bool(slide_id))
        self.measure_button.clicked.connect(self.measure_wanted)
        self.measure.currentIndexChanged.connect(self._show_measure)
        tabs = QTabWidget()
        tabs.addTab(self._reference_page(), self.tr("Reference slide"))
        tabs.addTab(self._overruled_page(), self.tr("Overruled"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        open_at(self, 120, 42)

    def _reference_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.measure)
        column.addWidget(self.chart, 3)
        column.addWidget(self.words)
        column.addWidget(self._run_table, 2)
        column.addWidget(self.measure_button)
        return page

    def _overruled_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(
            wrapped(
                self.tr(
                    "Cells that the model classified on its own outline and a person then judged: how many were given "
                    "a class outside the model's. A week whose interval lies above the rate of all earlier weeks is "
                    "marked: look at stain, scanner and model."
                )
            )
        )
        column.addWidget(self._overruled_table, 1)
        return page

    def show_runs(self, runs: Sequence[QcRun]) -> None:
        """Show the runs, the oldest first."""
        self._runs = list(runs)
        self._show_measure()

    def show_overruled(self, rows: Sequence[Overruled]) -> None:
        """Show overrulings by week, the newest first, and class."""
        names = {c.key: c.plural for c in self._taxonomy.classes}
        lines = sorted(zip(rows, rising(rows), strict=True), key=lambda line: line[0].week, reverse=True)
        self.overruled.show_lines(
            [
                (
                    row.week,
                    names.get(row.label, row.label),
                    str(row.reviewed),
                    str(row.overruled),
                    f"{100 * row.rate:.1f}",
                    interval_words(clopper_pearson(row.overruled, row.reviewed)),
                    self.tr("⚠ more than before") if more else "",
                )
                for row, more in lines
            ]
        )
        fit_columns(self._overruled_table)

    def _show_measure(self) -> None:
        measure: Measure = MEASURES[self.measure.currentIndex()]
        having = series_of(measure, self._runs)
        others = sum(measure.key in r.values for r in self._runs) - len(having)
        values = [r.values[measure.key] for r in having]
        limits = limits_of(values)
        broken = westgard(values, limits) if limits else ("",) * len(values)
        self.chart.show_runs(measure, values, limits, broken)
        self.runs.show_lines(
            [
                (
                    moment(datetime.fromisoformat(run.at).astimezone()),
                    run.slide_id,
                    f"{value:.{measure.decimals}f}",
                    f"{limits.z(value):+.1f}" if limits else "",
                    rule,
                )
                for run, value, rule in reversed(list(zip(having, values, broken, strict=True)))
            ]
        )
        fit_columns(self._run_table)
        words = self._judged(limits is not None, values, broken)
        if others:
            left_out = self.tr("{0} earlier runs with another model are left out of this figure.").format(others)
            words = sentences((words, left_out))
        self.words.setText(words)

    def _judged(self, limited: bool, values: Sequence[float], broken: Sequence[str]) -> str:
        if not limited:
            return self.tr("{0} runs; runs are judged from the {1}th on.").format(len(values), FEWEST_FOR_LIMITS + 1)
        if broken[-1]:
            return self.tr(
                "⚠ The last run breaks the Westgard rule {0}. Look at stain and focus before slides are reviewed."
            ).format(broken[-1])
        return self.tr("The last run lies within the limits.")
