"""Dialog for the white cell count and the scale of a slide."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from leukview.domain.differential import ERYTHROBLAST, Differential, correct_for_erythroblasts
from leukview.domain.slide import Slide
from leukview.gui.widgets.decimal_spin_box import DecimalSpinBox


class SlideDetailsDialog(QDialog):
    """Asks for white cell count (10⁹/l) and scale (µm per pixel); empty = unknown.

    Args:
        slide: The slide as it is stored.
        tally: Its differential, which tells the erythroblasts per 100 leukocytes.
        wbc_includes_nrbc: Whether the white cell count is corrected for erythroblasts now.
        parent: Parent widget.
    """

    def __init__(
        self, slide: Slide, tally: Differential, *, wbc_includes_nrbc: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Slide details"))
        self._wbc_spin = self._spin_box(0.01, 2000.0, 2, self.tr(" ×10⁹/l"), slide.wbc_per_nl)
        self._wbc_spin.setAccessibleName(self.tr("White cell count"))
        self._scale_spin = self._spin_box(0.001, 1.0, 4, self.tr(" µm/px"), slide.um_per_px)
        self._scale_spin.setAccessibleName(self.tr("Scale"))
        self._nrbc_per_100 = tally.per_100_wbc(ERYTHROBLAST)
        self.includes_nrbc_box = QCheckBox(self.tr("The analyser counted erythroblasts as white cells"))
        self.includes_nrbc_box.setChecked(wbc_includes_nrbc)
        self.corrected_label = QLabel()
        self.corrected_label.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("&White cell count"), self._wbc_spin)
        form.addRow("", self.includes_nrbc_box)
        form.addRow("", self.corrected_label)
        form.addRow(self.tr("&Scale"), self._scale_spin)
        note = QLabel(
            self.tr(
                "The count gives absolute numbers beside the percentages. Without a scale nothing is "
                "shown in µm, because the export does not contain it. A new scale applies to cells "
                "analysed from now on."
            )
        )
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._wbc_spin.valueChanged.connect(self._show_corrected)
        self.includes_nrbc_box.toggled.connect(self._show_corrected)
        self._show_corrected()
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(buttons)
        self.setMinimumWidth(380)

    def _spin_box(self, step: float, maximum: float, decimals: int, unit: str, value: float | None) -> DecimalSpinBox:
        spin = DecimalSpinBox()
        spin.setDecimals(decimals)
        spin.setRange(0.0, maximum)
        spin.setSingleStep(step)
        spin.setSuffix(unit)
        spin.setSpecialValueText(self.tr("not known"))
        spin.setValue(value or 0.0)
        return spin

    def _show_corrected(self) -> None:
        wbc, per_100 = self.wbc_per_nl(), self._nrbc_per_100
        self.includes_nrbc_box.setEnabled(wbc is not None)
        if wbc is None or per_100 is None or not self.wbc_includes_nrbc():
            self.corrected_label.setText("")
            return
        text = self.tr(
            "{nrbc:.1f} erythroblasts per 100 white cells: {wbc:.2f} is corrected to {corrected:.2f} ×10⁹/l."
        )
        corrected = correct_for_erythroblasts(wbc, per_100)
        self.corrected_label.setText(text.format(nrbc=per_100, wbc=wbc, corrected=corrected))

    def wbc_includes_nrbc(self) -> bool:
        """Return whether the count is to be corrected for erythroblasts."""
        return self.wbc_per_nl() is not None and self.includes_nrbc_box.isChecked()

    def wbc_per_nl(self) -> float | None:
        """Return the white cell count in 10⁹/l; None = unknown."""
        return self._wbc_spin.value() or None

    def um_per_px(self) -> float | None:
        """Return the scale in µm per pixel; None = unknown."""
        return self._scale_spin.value() or None
