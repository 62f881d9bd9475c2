"""About dialog: intended use of LeukView and provenance of the model in use."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from leukview import RESEARCH_USE_LINE, __version__
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import heading_label, set_default_button, set_initial_size
from leukview.services.report.report_data import ModelInfo


class AboutDialog(QDialog):
    """Describes the program, its limitations, and the training of the model in use.

    Args:
        model: The model in use; None if none could be loaded.
        parent: Parent widget.
    """

    def __init__(self, model: ModelInfo | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About LeukView"))
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(self.tr("About LeukView and its model"))
        self.browser.document().setIndentWidth(2 * self.fontMetrics().averageCharWidth())
        self.browser.setHtml(self._html(model))
        buttons = QDialogButtonBox()
        self.close_button = QPushButton(self.tr("Close"))
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.addWidget(heading_label(f"LeukView {__version__}", 1.4))
        layout.addWidget(heading_label(translate_data(RESEARCH_USE_LINE)))
        layout.addWidget(self.browser, 1)
        layout.addWidget(buttons)
        set_default_button(self.close_button)
        self.close_button.setFocus()
        set_initial_size(self, 100, 44)

    def _html(self, model: ModelInfo | None) -> str:
        parts = [
            _section(
                self.tr("Purpose"),
                [
                    self.tr(
                        "A research tool for the review of blood slides: it shows the cells that a "
                        "digital morphology analyser exported, predicts a class for each, counts "
                        "them, and records what a reviewer accepts or changes."
                    )
                ],
            ),
            _section(
                self.tr("Not for"),
                [
                    self.tr("It is not a medical device and makes no diagnosis."),
                    self.tr(
                        "It does not replace the microscope: cells that the analyser did not export are not counted."
                    ),
                    self.tr(
                        "A class-activation map shows which parts of the image influenced the model. "
                        "It does not show where a disease is."
                    ),
                    self.tr("Intervals cover counting error only, not errors of the smear, the analyser or the model."),
                ],
            ),
        ]
        if model is None:
            parts.append(_section(self.tr("Model"), [self.tr("No model is loaded.")]))
            return "".join(parts)
        none = [self.tr("None")]
        untrained = list(map(translate_data, model.untrained_stages)) or none
        parts += [
            _section(
                self.tr("Model"),
                [
                    self.tr("Name: {name}").format(name=model.name),
                    self.tr("SHA-256: {hash}").format(hash=model.bundle_sha256),
                    self.tr("Segmentation: {segmenter}").format(segmenter=model.segmenter),
                    self.tr("Trained on: {data}").format(data=translate_data(model.trained_on)),
                ],
            ),
            _section(self.tr("Stages it was trained on"), list(map(translate_data, model.trained_stages)) or none),
            _section(
                self.tr("Stages it was not trained on (not assessed)"),
                untrained,
            ),
            _section(self.tr("Limits"), list(map(translate_data, model.limitations)) or none),
        ]
        if model.performance:
            parts.append(_section(self.tr("Measured performance"), list(map(translate_data, model.performance))))
        return "".join(parts)


def _section(title: str, lines: list[str]) -> str:
    if len(lines) == 1:
        return f"<h4>{escape(title)}</h4><p>{escape(lines[0])}</p>"
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h4>{escape(title)}</h4><ul>{items}</ul>"
