"""Quality control dialog: reference slide runs with limits, and overrides by week."""

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
    MIN_RUNS_FOR_LIMITS,
    QC_MEASURES,
    QcMeasure,
    QcRun,
    WeeklyOverrides,
    comparable_runs,
    control_limits,
    is_rate_rising,
    westgard_violations,
)
from leukview.domain.taxonomy import Taxonomy
from leukview.gui.app.i18n import format_datetime, interval_text, join_sentences, translate_data
from leukview.gui.quality.levey_jennings import LeveyJenningsChart
from leukview.gui.widgets.dialog_helpers import fit_columns, read_only_table, set_initial_size, wrapping_label
from leukview.gui.widgets.text_table_model import TextTableModel


def _measure_title(measure: QcMeasure) -> str:
    name = translate_data(measure.name)
    return f"{name} [{measure.unit}]" if measure.unit else name


class QualityDialog(QDialog):
    """Shows runs and overrides; the open slide can be measured as a run."""

    measurement_requested = Signal()

    def __init__(self, taxonomy: Taxonomy, slide_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Quality control"))
        self._taxonomy = taxonomy
        self._runs: list[QcRun] = []
        self.measure_combo = QComboBox()
        self.measure_combo.setAccessibleName(self.tr("Measure"))
        for measure in QC_MEASURES:
            self.measure_combo.addItem(_measure_title(measure), measure.key)
        self.chart = LeveyJenningsChart()
        self.summary_label = wrapping_label("")
        headings = (
            self.tr("Time"),
            self.tr("Slide"),
            self.tr("Value"),
            "z",
            self.tr("Rule broken"),
        )
        self.runs_model = TextTableModel(headings, self, (2, 3))
        self._run_table = read_only_table(self.tr("Measurements of the reference slide"))
        self._run_table.setModel(self.runs_model)
        self._run_table.horizontalHeader().setStretchLastSection(True)
        self.overrides_model = TextTableModel(
            (
                self.tr("Week"),
                self.tr("Class of the model"),
                self.tr("Reviewed"),
                self.tr("Overridden"),
                "%",
                self.tr("95 % interval"),
                self.tr("Drift"),
            ),
            self,
            (2, 3, 4, 5),
        )
        self._overrides_table = read_only_table(self.tr("How often reviewers overrode the model"))
        self._overrides_table.setModel(self.overrides_model)
        self._overrides_table.horizontalHeader().setStretchLastSection(True)
        self.measure_button = QPushButton(self.tr("&Measure slide {0} as reference slide").format(slide_id or "–"))
        self.measure_button.setEnabled(bool(slide_id))
        self.measure_button.clicked.connect(self.measurement_requested)
        self.measure_combo.currentIndexChanged.connect(self._show_measure)
        tabs = QTabWidget()
        tabs.addTab(self._build_reference_page(), self.tr("Reference slide"))
        tabs.addTab(self._build_overrides_page(), self.tr("Overridden"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        set_initial_size(self, 120, 42)

    def _build_reference_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.measure_combo)
        column.addWidget(self.chart, 3)
        column.addWidget(self.summary_label)
        column.addWidget(self._run_table, 2)
        column.addWidget(self.measure_button)
        return page

    def _build_overrides_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(
            wrapping_label(
                self.tr(
                    "Share of cells reviewed by a person, classified by the model on its own "
                    "outline, whose class was overridden by a class outside the model's. A week is "
                    "marked when its interval lies above the rate of all earlier weeks: check stain, "
                    "analyser and model."
                )
            )
        )
        column.addWidget(self._overrides_table, 1)
        return page

    def show_runs(self, runs: Sequence[QcRun]) -> None:
        """Show the runs, oldest first."""
        self._runs = list(runs)
        self._show_measure()

    def show_overrides(self, rows: Sequence[WeeklyOverrides]) -> None:
        """Show the overrides by week, newest first, and class."""
        names = {c.key: c.plural for c in self._taxonomy.classes}
        lines = sorted(zip(rows, is_rate_rising(rows), strict=True), key=lambda line: line[0].week, reverse=True)
        self.overrides_model.set_rows(
            [
                (
                    row.week,
                    names.get(row.label, row.label),
                    str(row.reviewed_count),
                    str(row.override_count),
                    f"{100 * row.override_rate:.1f}",
                    interval_text(clopper_pearson(row.override_count, row.reviewed_count)),
                    self.tr("⚠ higher than before") if more else "",
                )
                for row, more in lines
            ]
        )
        fit_columns(self._overrides_table)

    def _show_measure(self) -> None:
        measure: QcMeasure = QC_MEASURES[self.measure_combo.currentIndex()]
        having = comparable_runs(measure, self._runs)
        others = sum(measure.key in r.values for r in self._runs) - len(having)
        values = [r.values[measure.key] for r in having]
        limits = control_limits(values)
        broken = westgard_violations(values, limits) if limits else ("",) * len(values)
        self.chart.show_runs(measure, values, limits, broken)
        self.runs_model.set_rows(
            [
                (
                    format_datetime(datetime.fromisoformat(run.at).astimezone()),
                    run.slide_id,
                    f"{value:.{measure.decimals}f}",
                    f"{limits.z_score(value):+.1f}" if limits else "",
                    rule,
                )
                for run, value, rule in reversed(list(zip(having, values, broken, strict=True)))
            ]
        )
        fit_columns(self._run_table)
        text = self._judgement_text(limits is not None, values, broken)
        if others:
            left_out = self.tr("{0} earlier measurements with another model are not included.").format(others)
            text = join_sentences((text, left_out))
        self.summary_label.setText(text)

    def _judgement_text(self, has_limits: bool, values: Sequence[float], violations: Sequence[str]) -> str:
        if not has_limits:
            return self.tr("{0} measurements; control rules apply from measurement {1} on.").format(
                len(values), MIN_RUNS_FOR_LIMITS + 1
            )
        if violations[-1]:
            return self.tr(
                "⚠ The last measurement violates the Westgard rule {0}. Check stain and focus before reviewing slides."
            ).format(violations[-1])
        return self.tr("The last measurement lies within the limits.")
