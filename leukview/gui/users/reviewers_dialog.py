"""Dialog to manage reviewer profiles, PINs and the automatic lock."""

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

from leukview.domain.review.reviewer_profile import PIN_LENGTHS, Profile, ProfileEvent, ReviewerRole
from leukview.gui.app.i18n import format_datetime, translate_data, translate_error
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    heading_label,
    read_only_table,
    set_initial_size,
    wrapping_label,
)
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.users.profiles import profile_event_text


class ReviewersDialog(QDialog):
    """Shows the reviewer profiles and requests changes of them.

    The receiver of a request calls `show_profiles` or `show_error`.

    Args:
        profiles: All profiles, including retired ones.
        events: Changes of the profiles, in order.
        own_profile_id: Id of the profile that is signed in; "" = the operating system's user.
        lock_minutes: Idle minutes after which the window locks; 0 = never.
        parent: Parent widget.
    """

    add_requested = Signal(str, str, str)  # name, role, PIN
    rename_requested = Signal(str, str)  # profile id, new name
    pin_change_requested = Signal(str, str, str)  # profile id, old PIN, new PIN
    retire_requested = Signal(str, bool)  # profile id; True = retire, False = reinstate
    lock_minutes_changed = Signal(int)

    def __init__(
        self,
        profiles: Sequence[Profile],
        events: Sequence[ProfileEvent],
        own_profile_id: str,
        lock_minutes: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._own_profile_id = own_profile_id
        self._profiles: tuple[Profile, ...] = ()
        self.setWindowTitle(self.tr("Reviewers"))
        self.model = TextTableModel((self.tr("Name"), self.tr("Role"), self.tr("PIN"), self.tr("State")), self)
        self.view = read_only_table(self.tr("Reviewers"))
        self.view.setModel(self.model)
        self.view.setMinimumHeight(7 * self.fontMetrics().lineSpacing())
        self.events_model = TextTableModel((self.tr("Time"), self.tr("By"), self.tr("Action")), self)
        self._events_view = read_only_table(self.tr("Record of the reviewers"))
        self._events_view.setModel(self.events_model)
        self.message_label = wrapping_label("")
        self.message_label.setAccessibleName(self.tr("Result"))
        self.lock_minutes_spin = QSpinBox()
        self.lock_minutes_spin.setAccessibleName(self.tr("Idle minutes before the window is locked"))
        self.lock_minutes_spin.setRange(0, 240)
        self.lock_minutes_spin.setSuffix(self.tr(" min"))
        self.lock_minutes_spin.setSpecialValueText(self.tr("never"))
        self.lock_minutes_spin.setValue(lock_minutes)
        idle = QHBoxLayout()
        idle.addWidget(QLabel(self.tr("Lock the window after inactivity of")))
        idle.addWidget(self.lock_minutes_spin)
        idle.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        tabs = QTabWidget()
        tabs.setAccessibleName(self.tr("Reviewers"))
        tabs.addTab(self._build_reviewers_page(), self.tr("Reviewers"))
        tabs.addTab(self._build_add_page(), self.tr("Add a reviewer"))
        tabs.addTab(self._build_events_page(), self.tr("Record"))
        layout = QVBoxLayout(self)
        layout.addWidget(wrapping_label(self._help_text()))
        layout.addWidget(tabs, 1)
        layout.addWidget(self.message_label)
        layout.addLayout(idle)
        layout.addWidget(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self.add_button.clicked.connect(self._request_add)
        self.rename_button.clicked.connect(self._request_rename)
        self.set_pin_button.clicked.connect(self._request_pin_change)
        self.retire_button.clicked.connect(self._request_retire)
        self.lock_minutes_spin.valueChanged.connect(self.lock_minutes_changed)
        self.view.selectionModel().currentRowChanged.connect(self._on_row_selected)
        self.show_profiles(tuple(profiles), tuple(events), own_profile_id)
        set_initial_size(self, 116, self.sizeHint().height() // self.fontMetrics().lineSpacing() + 1)

    # ---- building
    def _build_reviewers_page(self) -> QWidget:
        """Return the page with the profile table and the buttons for the selected profile."""
        self._selected_label = heading_label("")
        self.new_name_edit = QLineEdit()
        self.new_name_edit.setAccessibleName(self.tr("New name"))
        self.rename_button = QPushButton(self.tr("&Rename"))
        self.rename_button.setToolTip(self.tr("Earlier actions keep the earlier name."))
        name = QHBoxLayout()
        name.addWidget(self.new_name_edit, 1)
        name.addWidget(self.rename_button)
        self.current_pin_edit, self.new_pin_edit = (
            self._password_edit(self.tr("Current PIN")),
            self._password_edit(self.tr("New PIN")),
        )
        self.new_pin_repeat_edit = self._password_edit(self.tr("New PIN (repeat)"))
        self.set_pin_button = QPushButton(self.tr("&Set the PIN"))
        self.retire_button = QPushButton()
        self.retire_button.setToolTip(
            self.tr("A retired reviewer cannot sign in. The profile and its records are kept.")
        )
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Name"), name)
        form.addRow(self.tr("Current PIN"), self.current_pin_edit)
        form.addRow(self.tr("New PIN"), self.new_pin_edit)
        form.addRow(self.tr("New PIN (repeat)"), self.new_pin_repeat_edit)
        row = QHBoxLayout()
        row.addWidget(self.set_pin_button)
        row.addStretch(1)
        row.addWidget(self.retire_button)
        form.addRow("", row)
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.view, 1)
        column.addWidget(self._selected_label)
        column.addLayout(form)
        return page

    def _build_add_page(self) -> QWidget:
        self.name_edit = QLineEdit()
        self.name_edit.setAccessibleName(self.tr("Name of the new reviewer"))
        self.name_edit.setPlaceholderText(self.tr("First and last name"))
        self.role_combo = QComboBox()
        self.role_combo.setAccessibleName(self.tr("Role of the new reviewer"))
        for role in ReviewerRole:
            self.role_combo.addItem(self._role_text(role), role.value)
        self.pin_edit, self.pin_repeat_edit = (
            self._password_edit(self.tr("PIN")),
            self._password_edit(self.tr("PIN (repeat)")),
        )
        self.add_button = QPushButton(self.tr("&Add reviewer"))
        page = QWidget()
        form = QFormLayout(page)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Name"), self.name_edit)
        form.addRow(self.tr("Role"), self.role_combo)
        form.addRow(self.tr("PIN (optional)"), self.pin_edit)
        form.addRow(self.tr("PIN (repeat)"), self.pin_repeat_edit)
        form.addRow("", self.add_button)
        return page

    def _build_events_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self._events_view, 1)
        column.addWidget(
            wrapping_label(
                self.tr(
                    "Entries cannot be changed or removed; each contains the hash of the previous "
                    "one. Earlier reviews keep the name under which they were made."
                )
            )
        )
        return page

    def _help_text(self) -> str:
        fewest, most = PIN_LENGTHS
        return self.tr(
            "Every action is recorded with the reviewer's name. A PIN of {0} to {1} characters is "
            "required to unlock the window and to sign; only its hash is stored. Once there is an "
            "administrator, only administrators can add reviewers. A second reader sees every slide "
            "blinded to the first reader and the model."
        ).format(fewest, most)

    def _role_text(self, role: ReviewerRole) -> str:
        return {
            ReviewerRole.REVIEWER: self.tr("Reviewer"),
            ReviewerRole.SECOND_READER: self.tr("Second reader"),
            ReviewerRole.ADMINISTRATOR: self.tr("Administrator"),
        }[role]

    @staticmethod
    def _password_edit(name: str) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        return field

    # ---- results
    def show_profiles(
        self, profiles: tuple[Profile, ...], events: tuple[ProfileEvent, ...], own_profile_id: str
    ) -> None:
        """Show the current profiles and their events after a successful change."""
        first = not self._profiles
        done = self.tr("Done.") if profiles != self._profiles and not first else self.message_label.text()
        chosen, self._own_profile_id = self._selected_profile(), own_profile_id
        self._profiles = profiles
        lines = []
        for profile in profiles:
            name = profile.name + (self.tr(" (you)") if profile.id == own_profile_id else "")
            pin = self.tr("set") if profile.has_pin else self.tr("none")
            lines.append(
                (name, self._role_text(profile.role), pin, self.tr("retired") if profile.retired else self.tr("active"))
            )
        self.model.set_rows(
            lines,
            muted=[at for at, p in enumerate(profiles) if p.retired],
            tool_tips={
                at: self.tr("Formerly: {0}").format(", ".join(p.former_names))
                for at, p in enumerate(profiles)
                if p.former_names
            },
        )
        fit_columns(self.view, 44)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        at = next((i for i, p in enumerate(profiles) if chosen and p.id == chosen.id), 0)
        if profiles:
            self.view.selectRow(at)
        for field in (
            self.name_edit,
            self.pin_edit,
            self.pin_repeat_edit,
            self.current_pin_edit,
            self.new_pin_edit,
            self.new_pin_repeat_edit,
        ):
            field.clear()
        self._on_row_selected()
        self._show_events(events)
        self.message_label.setText(done)

    def _show_events(self, events: Sequence[ProfileEvent]) -> None:
        self.events_model.set_rows(
            [
                (
                    format_datetime(datetime.fromisoformat(event.at).astimezone(), seconds=True),
                    event.actor,
                    translate_data(profile_event_text(event)),
                )
                for event in reversed(events)
            ]
        )
        fit_columns(self._events_view, 60)
        self._events_view.horizontalHeader().setStretchLastSection(True)

    def show_error(self, error: Exception) -> None:
        """Show why a change was rejected."""
        self.message_label.setText(translate_error(error))

    def _selected_profile(self) -> Profile | None:
        at = self.view.currentIndex().row()
        return self._profiles[at] if 0 <= at < len(self._profiles) else None

    def _on_row_selected(self) -> None:
        profile = self._selected_profile()
        self._selected_label.setText(profile.name if profile else self.tr("No reviewer is selected."))
        self.new_name_edit.setText(profile.name if profile else "")
        fields = (
            self.new_name_edit,
            self.rename_button,
            self.new_pin_edit,
            self.new_pin_repeat_edit,
            self.set_pin_button,
            self.retire_button,
        )
        for field in fields:
            field.setEnabled(profile is not None)
        self.current_pin_edit.setEnabled(profile is not None and profile.has_pin)
        retired = profile is not None and profile.retired
        self.retire_button.setText(self.tr("Re&instate") if retired else self.tr("Re&tire"))

    # ---- requests
    def _request_add(self) -> None:
        if self.pin_edit.text() != self.pin_repeat_edit.text():
            self.message_label.setText(self.tr("The two PINs are not the same."))
            return
        self.add_requested.emit(self.name_edit.text(), str(self.role_combo.currentData()), self.pin_edit.text())

    def _request_rename(self) -> None:
        profile = self._selected_profile()
        if profile:
            self.rename_requested.emit(profile.id, self.new_name_edit.text())

    def _request_pin_change(self) -> None:
        profile = self._selected_profile()
        if self.new_pin_edit.text() != self.new_pin_repeat_edit.text():
            self.message_label.setText(self.tr("The two PINs are not the same."))
        elif profile:
            self.pin_change_requested.emit(profile.id, self.current_pin_edit.text(), self.new_pin_edit.text())

    def _request_retire(self) -> None:
        profile = self._selected_profile()
        if profile:
            self.retire_requested.emit(profile.id, not profile.retired)
