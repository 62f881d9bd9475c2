"""Form with the facts of a cell: labels, prediction and measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from leukview.domain.prediction import Measurement
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.gui.app.i18n import format_datetime
from leukview.gui.cell.stage_tree import probability_text
from leukview.services.review.session import CellView

Translate = Callable[[str], str]

MODEL_FLAGS = frozenset({"uncertain", "unlike_training"})
"""Flags that reveal the model's prediction; the other flags are derived from the mask."""


@dataclass(frozen=True, slots=True)
class CellFacts:
    """Texts of the facts form; a line with "" is hidden."""

    title: str
    reviewer: str
    model: str
    analyser: str
    ratio: str
    area: str
    remarks: str
    comment: str
    outline: str = ""


def build_cell_facts(
    view: CellView, taxonomy: Taxonomy, *, um_per_px: float | None, blind: bool, tr: Translate
) -> CellFacts:
    """Return the texts of the facts form for a cell.

    Args:
        view: The cell with its labels and prediction.
        taxonomy: Class names.
        um_per_px: Scale in µm per pixel; None = unknown, areas are given in pixels only.
        blind: Leave out whatever reveals the predicted class.
        tr: Translation function.
    """
    review = view.review
    number = tr("Cell {number}").format(number=view.cell.number)
    label_visible = view.reviewed or (not blind and not view.pending)
    title = f"{number} · {taxonomy.cell_class(view.label).name}" if label_visible else number
    reviewer = tr("Not reviewed yet")
    if view.reviewed:
        reviewer = tr("{name} · {who}, {at}").format(
            name=taxonomy.cell_class(review.label).name, who=review.reviewer, at=_local_time(review.at)
        )
    return CellFacts(
        title=title,
        reviewer=reviewer,
        model=tr("Hidden (blind review)") if blind else _model_text(view, taxonomy, tr),
        analyser=_analyser_text(view, tr),
        ratio=_ratio_text(view.measurement, tr) if view.measurement else "",
        area=_area_text(view.measurement, um_per_px, tr) if view.measurement else "",
        remarks=_remarks_text(view, blind=blind, tr=tr),
        comment=review.comment,
        outline=_mask_repair_text(view, taxonomy, blind=blind, tr=tr),
    )


def _model_text(view: CellView, taxonomy: Taxonomy, tr: Translate) -> str:
    prediction = view.prediction
    if prediction is None:
        return tr("Not analysed yet")
    best = tr("{name} {percent}").format(
        name=taxonomy.cell_class(prediction.best).name, percent=probability_text(prediction.confidence)
    )
    if prediction.label == UNIDENTIFIED and prediction.best != UNIDENTIFIED:
        return tr("Unidentified (most probable: {best})").format(best=best)
    return best


def _mask_repair_text(view: CellView, taxonomy: Taxonomy, *, blind: bool, tr: Translate) -> str:
    mask, before = view.review.mask, view.segmenter_prediction
    if mask is None:
        return ""
    parts = [tr("Repaired by {who}, {at}").format(who=mask.reviewer, at=_local_time(mask.at))]
    if not view.is_mask_classified:
        parts.append(tr("being classified with it…"))
    elif before is not None and not blind:
        prediction_text = tr("{name} {percent}").format(
            name=taxonomy.cell_class(before.best).name, percent=probability_text(before.confidence)
        )
        parts.append(tr("with the segmenter's outline the model predicted {said}").format(said=prediction_text))
    return " · ".join(parts)


def _local_time(at: str) -> str:
    """Return a log time stamp in local time; an invalid one is returned unchanged."""
    try:
        return format_datetime(datetime.fromisoformat(at).astimezone())
    except ValueError:
        return at


def _analyser_text(view: CellView, tr: Translate) -> str:
    source = view.cell.source
    if view.withheld:
        return tr("Hidden (second reading)")
    if source is None:
        return tr("No label")
    text = tr("{name} ({code})").format(name=source.name, code=source.code) if source.code else source.name
    others = ", ".join(s.name for s in view.cell.conflicts)
    return tr("{words}; also exported as {others}").format(words=text, others=others) if others else text


def _ratio_text(measurement: Measurement, tr: Translate) -> str:
    ratio = measurement.nc_ratio
    return "" if ratio is None else tr("{ratio:.2f} (nuclear area to whole cell area)").format(ratio=ratio)


def _area_text(measurement: Measurement, um_per_px: float | None, tr: Translate) -> str:
    cell, nucleus = measurement.cell_area_px, measurement.nucleus_area_px
    if not cell:
        return ""
    if not um_per_px:
        return tr("Cell {cell:,} px · nucleus {nucleus:,} px").format(cell=cell, nucleus=nucleus)
    square = um_per_px * um_per_px
    text = tr("Cell {cell:,} px ({cell_um:.1f} µm²) · nucleus {nucleus:,} px ({nucleus_um:.1f} µm²)").format(
        cell=cell, nucleus=nucleus, cell_um=cell * square, nucleus_um=nucleus * square
    )
    return text.replace(" µm²", "\u00a0µm²").replace(" px", "\u00a0px")  # no line break between number and unit


def _remarks_text(view: CellView, *, blind: bool, tr: Translate) -> str:
    texts = {
        "uncertain": tr("The model is uncertain"),
        "no_cell": tr("No cell found in the image"),
        "cut": tr("Cut by the image edge"),
        "unlike_training": tr("Unlike the training set"),
    }
    flags = view.prediction.flags if view.prediction else ()
    shown = [f for f in flags if not (blind and f in MODEL_FLAGS)]
    return " · ".join(texts.get(f, f.replace("_", " ")) for f in shown)


class CellFactsForm(QWidget):
    """Form that shows the facts of a cell; lines without text are hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)  # QFormLayout miscalculates the height of wrapped lines
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._value_labels: dict[str, QLabel] = {}
        self._name_labels: dict[str, QLabel] = {}
        named = (
            ("reviewer", self.tr("Reviewer")),
            ("model", self.tr("Model")),
            ("analyser", self.tr("Analyser")),
            ("outline", self.tr("Outline")),
            ("remarks", self.tr("Flags")),
            ("comment", self.tr("Comment")),
            ("ratio", self.tr("N:C ratio")),
            ("area", self.tr("Area")),
        )
        for row, (key, name) in enumerate(named):
            value = QLabel()
            value.setAccessibleName(name)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setAlignment(Qt.AlignmentFlag.AlignTop)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            label = QLabel(name)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
            self._name_labels[key], self._value_labels[key] = label, value
        self.setAccessibleName(self.tr("Facts about the cell"))

    def show_facts(self, facts: CellFacts) -> None:
        """Show these facts."""
        for key, label in self._value_labels.items():
            text = getattr(facts, key)
            label.setText(text)
            for part in (self._name_labels[key], label):
                part.setVisible(bool(text))

    def value_text(self, key: str) -> str:
        """Return the text of a line; "" if it is hidden."""
        label = self._value_labels[key]
        return "" if label.isHidden() else label.text()
