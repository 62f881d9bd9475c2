"""The site's settings of the exchange with the laboratory."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from leukview.core.errors import LeukViewError
from leukview.domain.exchange.settings import ExchangeSettings, OrderSettings, ResultSettings, TlsFiles
from leukview.gui.app.i18n import join_sentences, translate_data
from leukview.gui.widgets.dialog_helpers import wrapping_label


class _TlsFields:
    """Fields of a TLS connection, as rows of a form.

    Args:
        form: Where the rows are added.
        texts: Labels of the box, the authority, the certificate and its key.
    """

    def __init__(self, form: QFormLayout, texts: tuple[str, str, str, str]) -> None:
        self.box = QCheckBox(texts[0])
        self.authority, self.certificate, self.key = QLineEdit(), QLineEdit(), QLineEdit()
        form.addRow("", self.box)
        for label, edit in zip(texts[1:], (self.authority, self.certificate, self.key), strict=True):
            form.addRow(label, edit)
            self.box.toggled.connect(edit.setEnabled)
            edit.setEnabled(False)

    def show_files(self, files: TlsFiles, *, is_on: bool) -> None:
        """Show settings."""
        self.box.setChecked(is_on)
        for edit, text in zip(
            (self.authority, self.certificate, self.key), (files.authority, files.certificate, files.key), strict=True
        ):
            edit.setText(text)

    @property
    def files(self) -> TlsFiles:
        """The files as typed."""
        return TlsFiles(*(edit.text().strip() for edit in (self.authority, self.certificate, self.key)))


class SettingsPage(QWidget):
    """Form of the settings; only an administrator may save it.

    Signals:
        save_requested: The new `ExchangeSettings`.
    """

    save_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ExchangeSettings()
        tls_texts = (
            self.tr("Encrypted (TLS)"),
            self.tr("Trusted authority (PEM file)"),
            self.tr("Own certificate (PEM file)"),
            self.tr("Its key (PEM file)"),
        )
        results_group = QGroupBox(self.tr("Results (HL7 v2.5.1 ORU^R01 over MLLP)"))
        self.results_box = QCheckBox(self.tr("Send signed results"))
        results = QFormLayout(results_group)
        results.addRow(self.results_box)
        self.host_edit, self.port_spin = QLineEdit(), _port_spin()
        self.application_edit, self.facility_edit, self.own_facility_edit = QLineEdit(), QLineEdit(), QLineEdit()
        self.names_box = QCheckBox(self.tr("with name, birth date and sex; numbers of order and patient always"))
        results.addRow(self.tr("Receiver"), self.host_edit)
        results.addRow(self.tr("Port"), self.port_spin)
        results.addRow(self.tr("Receiving application (MSH-5)"), self.application_edit)
        results.addRow(self.tr("Receiving facility (MSH-6)"), self.facility_edit)
        results.addRow(self.tr("This laboratory (MSH-4)"), self.own_facility_edit)
        results.addRow("", self.names_box)
        self.results_tls = _TlsFields(results, tls_texts)
        orders_group = QGroupBox(self.tr("Orders (HL7 v2.5.1 OML^O33, ORM^O01 over MLLP)"))
        self.orders_box = QCheckBox(self.tr("Listen for orders"))
        orders = QFormLayout(orders_group)
        orders.addRow(self.orders_box)
        self.address_edit, self.listen_port_spin, self.astm_port_spin = QLineEdit(), _port_spin(), _port_spin()
        self.astm_port_spin.setMinimum(0)
        self.astm_port_spin.setSpecialValueText(self.tr("none"))
        orders.addRow(self.tr("Address of this computer"), self.address_edit)
        orders.addRow(self.tr("Port"), self.listen_port_spin)
        orders.addRow(self.tr("Port for analysers (ASTM)"), self.astm_port_spin)
        self.orders_tls = _TlsFields(orders, tls_texts)
        self.folder_edit = QLineEdit()
        self.folder_edit.setPlaceholderText(self.tr("none"))
        folder = QFormLayout()
        folder.addRow(
            self.tr("Folder with orders (.hl7, .astm) and blood counts (.astm, .csv, .png)"), self.folder_edit
        )
        self.problem_label = wrapping_label("")
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.problem_label, 1)
        row.addWidget(self.save_button)
        columns = QHBoxLayout()
        columns.addWidget(results_group, 1)
        columns.addWidget(orders_group, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(columns)
        layout.addLayout(folder)
        layout.addStretch(1)
        layout.addLayout(row)
        self.save_button.clicked.connect(self._save)
        self.show_settings(self._settings)

    def show_settings(self, settings: ExchangeSettings) -> None:
        """Show the stored settings."""
        self._settings = settings
        results, orders = settings.results, settings.orders
        self.results_box.setChecked(results.enabled)
        self.host_edit.setText(results.host)
        self.port_spin.setValue(results.port)
        self.application_edit.setText(results.receiving_application)
        self.facility_edit.setText(results.receiving_facility)
        self.own_facility_edit.setText(results.sending_facility)
        self.names_box.setChecked(results.names)
        self.results_tls.show_files(results.files, is_on=results.tls)
        self.orders_box.setChecked(orders.listening)
        self.address_edit.setText(orders.address)
        self.listen_port_spin.setValue(orders.port)
        self.astm_port_spin.setValue(orders.astm_port)
        self.orders_tls.show_files(orders.files, is_on=orders.tls)
        self.folder_edit.setText(orders.folder)
        self.problem_label.clear()

    def show_problem(self, text: str) -> None:
        """Tell why the settings were not saved, or that they were."""
        self.problem_label.setText(text)

    def _save(self) -> None:
        try:
            results = ResultSettings(
                self.results_box.isChecked(),
                self.host_edit.text().strip(),
                self.port_spin.value(),
                self.application_edit.text().strip(),
                self.facility_edit.text().strip(),
                self.own_facility_edit.text().strip(),
                self.names_box.isChecked(),
                self.results_tls.box.isChecked(),
                self.results_tls.files,
            )
            orders = OrderSettings(
                self.orders_box.isChecked(),
                self.address_edit.text().strip(),
                self.listen_port_spin.value(),
                self.astm_port_spin.value(),
                self.folder_edit.text().strip(),
                self.orders_tls.box.isChecked(),
                self.orders_tls.files,
            )
            settings = replace(self._settings, results=results, orders=orders)
        except LeukViewError as error:
            self.show_problem(join_sentences((translate_data(error.message), translate_data(error.hint))))
            return
        self.save_requested.emit(settings)


def _port_spin() -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(1, 65535)
    return spin
