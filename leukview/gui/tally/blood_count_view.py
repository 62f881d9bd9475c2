"""The analyser's blood count beside the differential: values, raised flags, scattergrams."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from leukview.domain.exchange.blood_count import BloodCount, CountValue

SHOWN_VALUES = ("WBC", "HGB", "MCV", "PLT", "IG%", "NRBC%")
_UNIT_LETTERS = {"10*": "10^", "uL": "µl", "/L": "/l", "dL": "dl", "L": "l"}
_WARNING_COLOUR = "#b35900"


class BloodCountView(QWidget):
    """Shows the newest blood count of the slide's sample; hidden where there is none.

    Signals:
        plots_requested: The user wants to see the scattergrams.
    """

    plots_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Blood count"))
        self.values_label, self.flags_label = QLabel(), QLabel()
        for label in (self.values_label, self.flags_label):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.plots_button = QPushButton(self.tr("Scattergrams…"))
        self.plots_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.plots_button.clicked.connect(self.plots_requested)
        head = QHBoxLayout()
        head.addWidget(self.values_label, 1)
        head.addWidget(self.plots_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.flags_label)
        self.show_count(None, has_plots=False)

    def show_count(self, count: BloodCount | None, *, has_plots: bool) -> None:
        """Show a blood count; None hides the view."""
        self.setVisible(count is not None)
        self.plots_button.setVisible(has_plots)
        if count is None:
            self.values_label.clear()
            self.flags_label.clear()
            return
        values = [self._value_text(v) for name in SHOWN_VALUES if (v := count.value(name)) is not None]
        at = count.measured_at.replace("T", " ")[:16]
        title = self.tr("Blood count {0}").format(escape(at)) if at else self.tr("Blood count")
        self.values_label.setText(f"<b>{title}</b> · " + " · ".join(values))
        self.values_label.setToolTip(escape(count.analyser))
        flags = [f"{f.name} {f.score}" if f.score is not None else f.name for f in count.raised_flags]
        self.flags_label.setVisible(True)
        if flags:
            names = " · ".join(escape(flag) for flag in flags)
            self.flags_label.setText(self.tr("⚠ Analyser flags: {0}").format(names))
        else:
            self.flags_label.setText(self.tr("No analyser flag"))

    def _value_text(self, value: CountValue) -> str:
        number = "–" if value.value is None else f"{value.value:g}"
        unit = value.unit
        for old, new in _UNIT_LETTERS.items():
            unit = unit.replace(old, new)
        unit = unit.replace("10^3", "10³").replace("10^9", "10⁹").replace("10^6", "10⁶")
        text = f"{escape(value.name)} {number} {escape(unit)}".strip()
        if value.mark:
            arrow = {"H": "↑", "L": "↓"}.get(value.mark, escape(value.mark))
            return f"<b>{text} {arrow}</b>"
        return text
