"""Dialog that acknowledges an alert: whom the reviewer called, or why it is not confirmed."""

from __future__ import annotations

from PySide6.QtCore import QTime
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.alerts import Alert
from leukview.gui.app.i18n import translate_data
from leukview.gui.widgets.dialog_helpers import (
    fit_to_body,
    heading_label,
    icon_row,
    scrolling_area,
    set_default_button,
    wrapping_label,
)

EMERGENCY = "emergency"
"""Highest severity in the rules file; acknowledging it requires a call with read-back, or a reason against it."""


class AcknowledgeAlertDialog(QDialog):
    """Dialog that asks the reviewer to acknowledge an alert.

    Args:
        alert: The alert to acknowledge.
        parent: Parent widget.
    """

    def __init__(self, alert: Alert, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call_required = alert.rule.severity == EMERGENCY
        self.setWindowTitle(self.tr("Acknowledge an alert"))
        self._called_edit, self._note_edit = QLineEdit(), QPlainTextEdit()
        self._called_edit.setAccessibleName(self.tr("Person called"))
        self._called_edit.setPlaceholderText(
            self.tr("Name or function of the person called")
            if self._call_required
            else self.tr("Name or function, if you called somebody")
        )
        self._note_edit.setAccessibleName(self.tr("Note"))
        self._note_edit.setTabChangesFocus(True)
        self._note_edit.setPlaceholderText(
            self.tr("For example the read-back or what was agreed. Do not enter the patient's name.")
        )
        self._called_button = QRadioButton(self.tr("Called"))
        self._not_confirmed_button = QRadioButton(self.tr("Checked, not confirmed"))
        self._called_button.setChecked(True)
        self._time_edit = QTimeEdit(QTime.currentTime())
        self._time_edit.setDisplayFormat("HH:mm")
        self._time_edit.setAccessibleName(self.tr("Time of the call"))
        self._read_back_box = QCheckBox(self.tr("The result was read back"))
        self._note_edit.setFixedHeight(5 * self.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox()
        self.acknowledge_button = QPushButton(self.tr("Acknowledge"))
        self.buttons.addButton(self.acknowledge_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(self.tr("Not now")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        sign = (
            QStyle.StandardPixmap.SP_MessageBoxCritical
            if self._call_required
            else QStyle.StandardPixmap.SP_MessageBoxWarning
        )
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(icon_row(sign, heading_label(translate_data(alert.rule.title), 1.2)))
        self.message_label = wrapping_label(translate_data(alert.message))
        layout.addWidget(self.message_label)
        self.cells_label = wrapping_label(self._cells_text(alert))
        layout.addWidget(self.cells_label)
        if alert.rule.caveat:
            caveat = wrapping_label(translate_data(alert.rule.caveat).replace(" %", "\u00a0%"))
            caveat.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            layout.addWidget(caveat)
        form = QFormLayout()
        if self._call_required:
            form.addRow(self._called_button)
            form.addRow(self.tr("Person called"), self._called_edit)
            form.addRow(self.tr("Time"), self._time_edit)
            form.addRow(self._read_back_box)
            form.addRow(self._not_confirmed_button)
            form.addRow(self.tr("Note or reason"), self._note_edit)
        else:
            form.addRow(self.tr("Person called (optional)"), self._called_edit)
            form.addRow(self.tr("Note (optional)"), self._note_edit)
        layout.addLayout(form)
        if self._call_required:
            layout.addWidget(
                wrapping_label(
                    self.tr(
                        "This alert is an emergency. Call the clinician first; then record whom you "
                        "called, when, and that the result was read back. If you checked the cells "
                        "and do not confirm the alert, give the reason."
                    )
                )
            )
        layout.addWidget(
            wrapping_label(
                self.tr("The acknowledgement is recorded with your name and the time. It is not a diagnosis.")
            )
        )
        layout.addStretch(1)
        area = scrolling_area(body)
        outer = QVBoxLayout(self)
        outer.addWidget(area, 1)
        outer.addWidget(self.buttons)
        set_default_button(self.acknowledge_button)
        self._called_edit.textChanged.connect(self._update_button)
        self._note_edit.textChanged.connect(self._update_button)
        self._read_back_box.toggled.connect(self._update_button)
        self._called_button.toggled.connect(self._update_button)
        self._update_button()
        self._called_edit.setFocus()
        fit_to_body(self, area, body, 84)

    def called_person(self) -> str:
        """Return the person whom the reviewer called; "" if nobody."""
        return "" if self.is_not_confirmed() else self._called_edit.text().strip()

    def called_at(self) -> str:
        """Return the local time of the call as ``HH:MM``; "" when none is asked for or nobody was called."""
        return self._time_edit.time().toString("HH:mm") if self._call_required and self.called_person() else ""

    def is_read_back(self) -> bool:
        """Whether the person called read the result back."""
        return bool(self.called_person()) and self._read_back_box.isChecked()

    def is_not_confirmed(self) -> bool:
        """Whether the reviewer looked and does not confirm the emergency; `note` is the reason."""
        return self._call_required and self._not_confirmed_button.isChecked()

    def note(self) -> str:
        """Return the reviewer's note; may be empty."""
        return self._note_edit.toPlainText().strip()

    def _update_button(self) -> None:
        not_confirmed = self.is_not_confirmed()
        for field in (self._called_edit, self._time_edit, self._read_back_box):
            field.setEnabled(not not_confirmed)
        answered = bool(self.note()) if not_confirmed else self.is_read_back()
        self.acknowledge_button.setEnabled(not self._call_required or answered)

    def _cells_text(self, alert: Alert) -> str:
        if not alert.cell_ids:
            return self.tr("This alert concerns the whole slide.")
        if len(alert.cell_ids) == 1:
            return self.tr("One cell triggered this alert.")
        return self.tr("{count} cells triggered this alert.").format(count=len(alert.cell_ids))
