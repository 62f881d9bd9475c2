"""Acknowledging an alert, with a record of whom the reviewer called."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.alerts import Alert
from leukview.gui.app.i18n import data_text
from leukview.gui.widgets.dialog_helpers import heading, open_around, scrolling, signed_line, wrapped

EMERGENCY = "emergency"
"""The highest severity of the rules' file: it cannot be acknowledged without a name of who was called."""


class AlertDialog(QDialog):
    """Asks the reviewer to acknowledge an alert.

    Args:
        alert: What fired.
        parent: The window.
    """

    def __init__(self, alert: Alert, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._must_call = alert.rule.severity == EMERGENCY
        self.setWindowTitle(self.tr("Acknowledge an alert"))
        self._called, self._note = QLineEdit(), QPlainTextEdit()
        self._called.setAccessibleName(self.tr("Whom you called"))
        self._called.setPlaceholderText(
            self.tr("Name or function of the person you spoke to")
            if self._must_call
            else self.tr("Name a person if you called one")
        )
        self._note.setAccessibleName(self.tr("Note"))
        self._note.setTabChangesFocus(True)
        self._note.setPlaceholderText(self.tr("For instance what was agreed. Do not name the patient."))
        self._note.setFixedHeight(5 * self.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox()
        self.acknowledge_button = QPushButton(self.tr("Acknowledge"))
        self.acknowledge_button.setDefault(True)
        self.buttons.addButton(self.acknowledge_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QPushButton(self.tr("Not now")), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        sign = (
            QStyle.StandardPixmap.SP_MessageBoxCritical
            if self._must_call
            else QStyle.StandardPixmap.SP_MessageBoxWarning
        )
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(signed_line(sign, heading(data_text(alert.rule.title), 1.2)))
        self.message = wrapped(data_text(alert.message))
        layout.addWidget(self.message)
        self.cells = wrapped(self._cells_words(alert))
        layout.addWidget(self.cells)
        if alert.rule.caveat:
            caveat = wrapped(data_text(alert.rule.caveat).replace(" %", "\u00a0%"))
            caveat.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            layout.addWidget(caveat)
        form = QFormLayout()
        form.addRow(self.tr("Called") if self._must_call else self.tr("Called (optional)"), self._called)
        form.addRow(self.tr("Note (optional)"), self._note)
        layout.addLayout(form)
        if self._must_call:
            layout.addWidget(wrapped(self.tr("This alert is an emergency: call first, then say here whom you called.")))
        layout.addWidget(
            wrapped(self.tr("The acknowledgement is recorded with your name and the time. It is not a diagnosis."))
        )
        layout.addStretch(1)
        area = scrolling(body)
        outer = QVBoxLayout(self)
        outer.addWidget(area, 1)
        outer.addWidget(self.buttons)
        self._called.textChanged.connect(self._check)
        self._check()
        self._called.setFocus()
        open_around(self, area, body, 84)

    def called(self) -> str:
        """Whom the reviewer called, "" for nobody."""
        return self._called.text().strip()

    def note(self) -> str:
        """Further words, may be empty."""
        return self._note.toPlainText().strip()

    def _check(self) -> None:
        self.acknowledge_button.setEnabled(not self._must_call or bool(self.called()))

    def _cells_words(self, alert: Alert) -> str:
        if not alert.cells:
            return self.tr("It concerns the slide as a whole.")
        if len(alert.cells) == 1:
            return self.tr("One cell led to it.")
        return self.tr("{count} cells led to it.").format(count=len(alert.cells))
