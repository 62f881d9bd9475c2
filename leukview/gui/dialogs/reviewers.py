"""The reviewers: who they are, adding one, a new PIN, and when the window locks itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.reviewer import PIN_LENGTHS, Profile, Role
from leukview.gui.dialogs.parts import calm_table, fit_columns, heading, open_at, wrapped
from leukview.gui.language import error_text


class ReviewersDialog(QDialog):
    """Shows the reviewers; what is asked for is done elsewhere and comes back by `show_profiles` or `refuse`.

    Args:
        profiles: All reviewers.
        current: Name of who sits at the window.
        minutes: Idle minutes after which the window locks itself, 0 = never.
        parent: The window.
    """

    adding = Signal(str, str, str)  # name, role, PIN
    changing = Signal(str, str, str)  # profile id, old PIN, new PIN
    minutes_changed = Signal(int)

    def __init__(self, profiles: Sequence[Profile], current: str, minutes: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = current
        self._profiles: tuple[Profile, ...] = ()
        self.setWindowTitle(self.tr("Reviewers"))
        self.model = QStandardItemModel(0, 3, self)
        self.model.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Role"), self.tr("PIN")])
        self.view = calm_table(self.tr("Reviewers"))
        self.view.setModel(self.model)
        self.view.setMinimumHeight(7 * self.fontMetrics().lineSpacing())
        self.words = wrapped("")
        self.words.setAccessibleName(self.tr("What came of it"))

        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new reviewer"))
        self.name.setPlaceholderText(self.tr("First and last name"))
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("Role of the new reviewer"))
        for role in Role:
            self.role.addItem(self._role(role), role.value)
        self.pin, self.again = self._secret(self.tr("PIN")), self._secret(self.tr("PIN, again"))
        self.add_button = QPushButton(self.tr("&Add reviewer"))
        add = QFormLayout()
        add.addRow(self.tr("Name"), self.name)
        add.addRow(self.tr("Role"), self.role)
        add.addRow(self.tr("PIN (may stay empty)"), self.pin)
        add.addRow(self.tr("PIN, again"), self.again)
        add.addRow("", self.add_button)

        self.old, self.new = self._secret(self.tr("PIN until now")), self._secret(self.tr("New PIN"))
        self.new_again = self._secret(self.tr("New PIN, again"))
        self.change_button = QPushButton(self.tr("&Set the PIN"))
        add.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        change = QFormLayout()
        change.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        change.addRow(self.tr("PIN until now"), self.old)
        change.addRow(self.tr("New PIN"), self.new)
        change.addRow(self.tr("New PIN, again"), self.new_again)
        change.addRow("", self.change_button)
        self._of_whom = heading("")

        self.minutes = QSpinBox()
        self.minutes.setAccessibleName(self.tr("Idle minutes before the window locks itself"))
        self.minutes.setRange(0, 240)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setSpecialValueText(self.tr("never"))
        self.minutes.setValue(minutes)
        idle = QHBoxLayout()
        idle.addWidget(QLabel(self.tr("Lock the window when nobody has touched it for")))
        idle.addWidget(self.minutes)
        idle.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)

        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(heading(self.tr("Add a reviewer")))
        left.addLayout(add)
        left.addStretch(1)
        right.addWidget(self._of_whom)
        right.addLayout(change)
        right.addStretch(1)
        forms = QHBoxLayout()
        forms.addLayout(left, 1)
        forms.addSpacing(24)
        forms.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(wrapped(self._about()))
        layout.addWidget(self.view, 1)
        layout.addLayout(forms)
        layout.addWidget(self.words)
        layout.addLayout(idle)
        layout.addWidget(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add)
        self.change_button.clicked.connect(self._change)
        self.minutes.valueChanged.connect(self.minutes_changed)
        self.view.selectionModel().currentRowChanged.connect(self._on_row)
        self.show_profiles(tuple(profiles))
        open_at(self, 116, self.sizeHint().height() // self.fontMetrics().lineSpacing() + 1)

    def _about(self) -> str:
        fewest, most = PIN_LENGTHS
        return self.tr(
            "A reviewer's name stands beside everything done here. A PIN of {0} to {1} characters is asked for on "
            "unlocking the window and on signing; only its fingerprint is kept. Once there is an administrator, only "
            "administrators add reviewers. A second reader opens every slide blinded to the first reader and the model."
        ).format(fewest, most)

    def _role(self, role: Role) -> str:
        return {
            Role.REVIEWER: self.tr("Reviewer"),
            Role.SECOND_READER: self.tr("Second reader"),
            Role.ADMINISTRATOR: self.tr("Administrator"),
        }[role]

    @staticmethod
    def _secret(name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        return field

    def show_profiles(self, profiles: tuple[Profile, ...]) -> None:
        """Show the reviewers as they are now; what was asked for is done."""
        first = not self._profiles
        done = self.tr("Done.") if profiles != self._profiles and not first else self.words.text()
        chosen = self._chosen()
        self._profiles = profiles
        self.model.removeRows(0, self.model.rowCount())
        for profile in profiles:
            name = profile.name + (self.tr(" (you)") if profile.name.casefold() == self._current.casefold() else "")
            pin = self.tr("set") if profile.has_pin else self.tr("none")
            self.model.appendRow([QStandardItem(text) for text in (name, self._role(profile.role), pin)])
        fit_columns(self.view, 44)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        at = next((i for i, p in enumerate(profiles) if chosen and p.id == chosen.id), 0)
        if profiles:
            self.view.selectRow(at)
        for field in (self.name, self.pin, self.again, self.old, self.new, self.new_again):
            field.clear()
        self._on_row()
        self.words.setText(done)

    def refuse(self, error: Exception) -> None:
        """Say why what was asked for was not done."""
        self.words.setText(error_text(error))

    def _chosen(self) -> Profile | None:
        at = self.view.currentIndex().row()
        return self._profiles[at] if 0 <= at < len(self._profiles) else None

    def _on_row(self) -> None:
        profile = self._chosen()
        self._of_whom.setText(self.tr("PIN of {0}").format(profile.name) if profile else self.tr("PIN"))
        for field in (self.old, self.new, self.new_again, self.change_button):
            field.setEnabled(profile is not None)
        self.old.setEnabled(profile is not None and profile.has_pin)

    def _add(self) -> None:
        if self.pin.text() != self.again.text():
            self.words.setText(self.tr("The two PINs are not the same."))
            return
        self.adding.emit(self.name.text(), str(self.role.currentData()), self.pin.text())

    def _change(self) -> None:
        profile = self._chosen()
        if self.new.text() != self.new_again.text():
            self.words.setText(self.tr("The two PINs are not the same."))
        elif profile:
            self.changing.emit(profile.id, self.old.text(), self.new.text())
