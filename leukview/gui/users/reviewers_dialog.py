"""The reviewers: who they are, adding one, renaming and retiring, a new PIN, and when the window locks itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
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
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from leukview.domain.review.reviewer_profile import PIN_LENGTHS, Profile, ProfileEvent, Role
from leukview.gui.app.i18n import data_text, error_text, moment
from leukview.gui.widgets.dialog_helpers import calm_table, fit_columns, heading, open_at, wrapped
from leukview.gui.widgets.text_table_model import Lines
from leukview.services.users.profiles import profile_event_words


class ReviewersDialog(QDialog):
    """Shows the reviewers; what is asked for is done elsewhere and comes back by `show_profiles` or `refuse`.

    Args:
        profiles: All reviewers, those retired as well.
        record: What was done to their profiles, in order.
        current: Id of the profile that sits at the window; "" = the system's user.
        minutes: Idle minutes after which the window locks itself, 0 = never.
        parent: The window.
    """

    adding = Signal(str, str, str)  # name, role, PIN
    renaming = Signal(str, str)  # profile id, new name
    changing = Signal(str, str, str)  # profile id, old PIN, new PIN
    retiring = Signal(str, bool)  # profile id; True = retire, False = bring back
    minutes_changed = Signal(int)

    def __init__(
        self,
        profiles: Sequence[Profile],
        record: Sequence[ProfileEvent],
        current: str,
        minutes: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._profiles: tuple[Profile, ...] = ()
        self.setWindowTitle(self.tr("Reviewers"))
        self.model = Lines((self.tr("Name"), self.tr("Role"), self.tr("PIN"), self.tr("State")), self)
        self.view = calm_table(self.tr("Reviewers"))
        self.view.setModel(self.model)
        self.view.setMinimumHeight(7 * self.fontMetrics().lineSpacing())
        self.record = Lines((self.tr("Time"), self.tr("By"), self.tr("What was done")), self)
        self._record_view = calm_table(self.tr("Record of the reviewers"))
        self._record_view.setModel(self.record)
        self.words = wrapped("")
        self.words.setAccessibleName(self.tr("What came of it"))
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
        tabs = QTabWidget()
        tabs.setAccessibleName(self.tr("Reviewers"))
        tabs.addTab(self._everybody(), self.tr("Reviewers"))
        tabs.addTab(self._new_one(), self.tr("Add a reviewer"))
        tabs.addTab(self._told(), self.tr("Record"))
        layout = QVBoxLayout(self)
        layout.addWidget(wrapped(self._about()))
        layout.addWidget(tabs, 1)
        layout.addWidget(self.words)
        layout.addLayout(idle)
        layout.addWidget(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add)
        self.rename_button.clicked.connect(self._rename)
        self.change_button.clicked.connect(self._change)
        self.retire_button.clicked.connect(self._retire)
        self.minutes.valueChanged.connect(self.minutes_changed)
        self.view.selectionModel().currentRowChanged.connect(self._on_row)
        self.show_profiles(tuple(profiles), tuple(record), current)
        open_at(self, 116, self.sizeHint().height() // self.fontMetrics().lineSpacing() + 1)

    # ---- parts
    def _everybody(self) -> QWidget:
        """The table, and what can be done to who is chosen in it."""
        self._of_whom = heading("")
        self.new_name = QLineEdit()
        self.new_name.setAccessibleName(self.tr("New name"))
        self.rename_button = QPushButton(self.tr("&Rename"))
        self.rename_button.setToolTip(self.tr("What was done under the name until now keeps it."))
        name = QHBoxLayout()
        name.addWidget(self.new_name, 1)
        name.addWidget(self.rename_button)
        self.old, self.new = self._secret(self.tr("Current PIN")), self._secret(self.tr("New PIN"))
        self.new_again = self._secret(self.tr("New PIN, again"))
        self.change_button = QPushButton(self.tr("&Set the PIN"))
        self.retire_button = QPushButton()
        self.retire_button.setToolTip(
            self.tr("A retired reviewer cannot sign in. The profile, and what was done under it, stays.")
        )
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Name"), name)
        form.addRow(self.tr("Current PIN"), self.old)
        form.addRow(self.tr("New PIN"), self.new)
        form.addRow(self.tr("New PIN, again"), self.new_again)
        row = QHBoxLayout()
        row.addWidget(self.change_button)
        row.addStretch(1)
        row.addWidget(self.retire_button)
        form.addRow("", row)
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.view, 1)
        column.addWidget(self._of_whom)
        column.addLayout(form)
        return page

    def _new_one(self) -> QWidget:
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new reviewer"))
        self.name.setPlaceholderText(self.tr("First and last name"))
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("Role of the new reviewer"))
        for role in Role:
            self.role.addItem(self._role(role), role.value)
        self.pin, self.again = self._secret(self.tr("PIN")), self._secret(self.tr("PIN, again"))
        self.add_button = QPushButton(self.tr("&Add reviewer"))
        page = QWidget()
        form = QFormLayout(page)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Role"), self.role)
        form.addRow(self.tr("PIN (may stay empty)"), self.pin)
        form.addRow(self.tr("PIN, again"), self.again)
        form.addRow("", self.add_button)
        return page

    def _told(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self._record_view, 1)
        column.addWidget(
            wrapped(
                self.tr(
                    "Nothing here is changed or removed; each line holds the hash of the one before. Past reviews keep "
                    "the name under which they were made."
                )
            )
        )
        return page

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

    # ---- what comes
    def show_profiles(self, profiles: tuple[Profile, ...], record: tuple[ProfileEvent, ...], current: str) -> None:
        """Show the reviewers and their record as they are now; what was asked for is done."""
        first = not self._profiles
        done = self.tr("Done.") if profiles != self._profiles and not first else self.words.text()
        chosen, self._current = self._chosen(), current
        self._profiles = profiles
        lines = []
        for profile in profiles:
            name = profile.name + (self.tr(" (you)") if profile.id == current else "")
            pin = self.tr("set") if profile.has_pin else self.tr("none")
            lines.append(
                (name, self._role(profile.role), pin, self.tr("retired") if profile.retired else self.tr("active"))
            )
        self.model.show_lines(
            lines,
            muted=[at for at, p in enumerate(profiles) if p.retired],
            tips={at: self.tr("Before: {0}").format(", ".join(p.former)) for at, p in enumerate(profiles) if p.former},
        )
        fit_columns(self.view, 44)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        at = next((i for i, p in enumerate(profiles) if chosen and p.id == chosen.id), 0)
        if profiles:
            self.view.selectRow(at)
        for field in (self.name, self.pin, self.again, self.old, self.new, self.new_again):
            field.clear()
        self._on_row()
        self._show_record(record)
        self.words.setText(done)

    def _show_record(self, record: Sequence[ProfileEvent]) -> None:
        self.record.show_lines(
            [
                (
                    moment(datetime.fromisoformat(event.at).astimezone(), seconds=True),
                    event.actor,
                    data_text(profile_event_words(event)),
                )
                for event in reversed(record)
            ]
        )
        fit_columns(self._record_view, 60)
        self._record_view.horizontalHeader().setStretchLastSection(True)

    def refuse(self, error: Exception) -> None:
        """Say why what was asked for was not done."""
        self.words.setText(error_text(error))

    def _chosen(self) -> Profile | None:
        at = self.view.currentIndex().row()
        return self._profiles[at] if 0 <= at < len(self._profiles) else None

    def _on_row(self) -> None:
        profile = self._chosen()
        self._of_whom.setText(profile.name if profile else self.tr("No reviewer is chosen."))
        self.new_name.setText(profile.name if profile else "")
        fields = (self.new_name, self.rename_button, self.new, self.new_again, self.change_button, self.retire_button)
        for field in fields:
            field.setEnabled(profile is not None)
        self.old.setEnabled(profile is not None and profile.has_pin)
        retired = profile is not None and profile.retired
        self.retire_button.setText(self.tr("&Bring back") if retired else self.tr("Re&tire"))

    # ---- what is asked for
    def _add(self) -> None:
        if self.pin.text() != self.again.text():
            self.words.setText(self.tr("The two PINs are not the same."))
            return
        self.adding.emit(self.name.text(), str(self.role.currentData()), self.pin.text())

    def _rename(self) -> None:
        profile = self._chosen()
        if profile:
            self.renaming.emit(profile.id, self.new_name.text())

    def _change(self) -> None:
        profile = self._chosen()
        if self.new.text() != self.new_again.text():
            self.words.setText(self.tr("The two PINs are not the same."))
        elif profile:
            self.changing.emit(profile.id, self.old.text(), self.new.text())

    def _retire(self) -> None:
        profile = self._chosen()
        if profile:
            self.retiring.emit(profile.id, not profile.retired)
