"""Dialog to sign a slide: summary, what prevents signing, signatory, meaning."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from leukview import RESEARCH_USE_LINE
from leukview.domain.binomial import clopper_pearson
from leukview.domain.differential import percent_list
from leukview.domain.review.events import SECOND_READING
from leukview.domain.review.reviewer_profile import Profile
from leukview.domain.review.signature_meanings import FIRST_READING_MEANINGS, SECOND_READING_MEANING
from leukview.gui.app.i18n import interval_text, join_sentences, translate_data, translate_error
from leukview.gui.widgets.dialog_helpers import (
    fit_columns,
    fit_to_body,
    heading_label,
    icon_row,
    read_only_table,
    scrolling_area,
    set_default_button,
    wrapping_label,
)
from leukview.gui.widgets.meaning_combo import MeaningCombo
from leukview.gui.widgets.text_table_model import TextTableModel
from leukview.services.review.session import SlideView
from leukview.services.review.sign_obstacles import SignObstacle

# Dialog width with the differential above the form, and beside it.
_STACKED_WIDTH_EM, _SIDE_BY_SIDE_WIDTH_EM = 90, 150
_MAX_HEIGHT_FRACTION, _MAX_WIDTH_FRACTION = 0.9, 0.95  # limits as fractions of the screen
_FOOTER_LINES = 7  # height below the form: intended use and buttons
_MAX_VISIBLE_ROWS = 14  # rows of the differential visible without scrolling


class SignDialog(QDialog):
    """Dialog that asks for the signature of a slide.

    Attributes:
        reason_edit: Field for the reason, shown only if one is asked for.

    Args:
        view: The slide in its current state.
        obstacles: What prevents signing, with texts in the window's language; each leads to its cells.
        parent: Parent widget.
        profile: The profile that is signed in; its name is used, and its PIN required if it has one.
        reason_request: Text that asks for a reason; "" = the signature needs none.
    """

    show_cells_requested = Signal(object)  # tuple of the ids of cells that prevent signing
    pin_submitted = Signal(str)  # the PIN; the receiver calls `accept` or `show_error`

    def __init__(
        self,
        view: SlideView,
        obstacles: tuple[SignObstacle, ...],
        parent: QWidget | None = None,
        profile: Profile | None = None,
        reason_request: str = "",
    ) -> None:
        super().__init__(parent)
        self._has_obstacles = bool(obstacles)
        self._pin_edit = QLineEdit()
        self._pin_edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._pin_edit.setAccessibleName(self.tr("PIN"))
        self._asks_pin = profile is not None and profile.has_pin
        self._error_label = wrapping_label("")
        self._error_label.setAccessibleName(self.tr("Why it is not signed"))
        self._error_label.hide()
        self.setWindowTitle(self.tr("Sign the slide"))
        self._name_edit = QLineEdit()
        self._name_edit.setAccessibleName(self.tr("Printed name"))
        self._name_edit.setPlaceholderText(self.tr("First and last name, as printed"))
        second = (SECOND_READING_MEANING,) if view.reading == SECOND_READING else ()
        self._meaning_combo = MeaningCombo({m: translate_data(m) for m in (*second, *FIRST_READING_MEANINGS)})
        self.reason_edit = QLineEdit()
        self.reason_edit.setAccessibleName(self.tr("Reason"))
        self._asks_reason = bool(reason_request)
        self.buttons = QDialogButtonBox()
        self.sign_button = QPushButton(self.tr("Sign"))
        self.buttons.addButton(self.sign_button, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = QPushButton(self.tr("Cancel"))
        self.buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._on_sign)
        self.buttons.rejected.connect(self.reject)

        body = QWidget()
        layout = QVBoxLayout()
        self.blasts_label = wrapping_label(self._blasts_text(view))
        layout.addWidget(self.blasts_label)
        self.alerts_label = wrapping_label(self._alerts_text(view))
        layout.addWidget(self.alerts_label)
        self._obstacles_layout = QVBoxLayout()
        layout.addLayout(self._obstacles_layout)
        self._show_obstacles(obstacles)
        if reason_request:
            layout.addWidget(icon_row(QStyle.StandardPixmap.SP_MessageBoxWarning, wrapping_label(reason_request)))
        form = QFormLayout()
        form.addRow(self.tr("Printed name"), self._name_edit)
        form.addRow(self.tr("Meaning"), self._meaning_combo)
        if self._asks_reason:
            form.addRow(self.tr("Reason"), self.reason_edit)
        if self._asks_pin:
            form.addRow(self.tr("PIN"), self._pin_edit)
            self._pin_edit.textChanged.connect(self._update_button)
        layout.addLayout(form)
        layout.addWidget(self._error_label)
        layout.addWidget(
            wrapping_label(self.tr("A signed slide is read-only. It can be amended; this signature stays on record."))
        )
        layout.addStretch(1)
        self._arrange(view, body, layout)
        area = scrolling_area(body)
        outer = QVBoxLayout(self)
        outer.addWidget(area, 1)
        outer.addWidget(heading_label(translate_data(RESEARCH_USE_LINE)))
        outer.addWidget(self.buttons)
        set_default_button(self.sign_button)
        for field in (self._name_edit, self._meaning_combo, self.reason_edit, self._pin_edit):
            field.setEnabled(not obstacles)
        if profile is not None:
            self._name_edit.setText(profile.name)
            self._name_edit.setReadOnly(True)
        self._name_edit.textChanged.connect(self._update_button)
        self._meaning_combo.editTextChanged.connect(self._update_button)
        self.reason_edit.textChanged.connect(self._update_button)
        self._update_button()
        asked = self._pin_edit if self._asks_pin else (self._meaning_combo if profile else self._name_edit)
        (cancel if obstacles else asked).setFocus()
        fit_to_body(self, area, body, _SIDE_BY_SIDE_WIDTH_EM if self._side_by_side else _STACKED_WIDTH_EM)

    def _show_obstacles(self, obstacles: tuple[SignObstacle, ...]) -> None:
        """Add one row per obstacle: its text, and a button that leads to its cells."""
        if not obstacles:
            return
        todo = wrapping_label(self.tr("Before this slide can be signed:"))
        todo.setAccessibleName(self.tr("Still required"))
        self._obstacles_layout.addWidget(icon_row(QStyle.StandardPixmap.SP_MessageBoxWarning, todo))
        rows = QGridLayout()
        rows.setColumnStretch(0, 1)
        for at, obstacle in enumerate(obstacles):
            text = translate_data(obstacle.text)
            rows.addWidget(wrapping_label(f"•  {text}"), at, 0)
            if not obstacle.cells:
                continue
            show = QPushButton(self.tr("Show these cells ({0})").format(len(obstacle.cells)))
            show.setAccessibleDescription(text)
            show.setAutoDefault(False)
            show.clicked.connect(partial(self._show_cells, obstacle.cells))
            rows.addWidget(show, at, 1, Qt.AlignmentFlag.AlignTop)
        self._obstacles_layout.addLayout(rows)

    def add_obstacles(self, obstacles: tuple[SignObstacle, ...]) -> None:
        """Show what else prevents the signature, found while the dialog was open."""
        if not obstacles:
            return
        self._show_obstacles(obstacles)
        self._has_obstacles = True
        for field in (self._name_edit, self._meaning_combo, self.reason_edit, self._pin_edit):
            field.setEnabled(False)
        self._update_button()

    def _show_cells(self, cells: tuple[str, ...]) -> None:
        self.reject()
        self.show_cells_requested.emit(cells)

    def _arrange(self, view: SlideView, body: QWidget, form_layout: QVBoxLayout) -> None:
        """Place the differential above the form, or beside it on a low screen."""
        summary = QVBoxLayout()
        summary.addWidget(heading_label(self.tr("Slide {slide}").format(slide=view.slide.id), 1.2))
        summary.addWidget(wrapping_label(self._reviewed_text(view)))
        summary.addWidget(self._build_differential_table(view), 1)
        columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.addLayout(summary, 1)
        columns.addLayout(form_layout, 1)
        screen_size, em = self.screen().availableSize(), self.fontMetrics().averageCharWidth()
        needed = columns.totalHeightForWidth(_STACKED_WIDTH_EM * em) + _FOOTER_LINES * self.fontMetrics().lineSpacing()
        self._side_by_side = (
            needed > _MAX_HEIGHT_FRACTION * screen_size.height()
            and _SIDE_BY_SIDE_WIDTH_EM * em < _MAX_WIDTH_FRACTION * screen_size.width()
        )
        if self._side_by_side:
            columns.setDirection(QBoxLayout.Direction.LeftToRight)
            columns.insertSpacing(1, 2 * em)

    def name(self) -> str:
        """Return the printed name."""
        return self._name_edit.text().strip()

    def meaning(self) -> str:
        """Return the meaning of the signature: the English text of an offered one, or what was typed."""
        return self._meaning_combo.meaning()

    def reason(self) -> str:
        """Return the reason for the signature; "" when none was asked for."""
        return self.reason_edit.text().strip() if self._asks_reason else ""

    def show_error(self, error: Exception) -> None:
        """Show why the PIN was rejected; the dialog stays open."""
        self._error_label.setText(translate_error(error))
        self._error_label.show()
        self._pin_edit.clear()
        self._pin_edit.setFocus()

    def _on_sign(self) -> None:
        if not self._asks_pin:
            self.accept()
            return
        self.sign_button.setEnabled(False)
        self.pin_submitted.emit(self._pin_edit.text())

    def _update_button(self) -> None:
        complete = bool(self.name()) and bool(self.meaning()) and (bool(self._pin_edit.text()) or not self._asks_pin)
        complete = complete and (bool(self.reason()) or not self._asks_reason)
        self.sign_button.setEnabled(complete and not self._has_obstacles)

    def _reviewed_text(self, view: SlideView) -> str:
        if view.reading == SECOND_READING:
            return self.tr(
                "Second reading: {0} of {1} cells labelled, blinded to the first reader and the model."
            ).format(view.reviewed_count, len(view.cells))
        text = self.tr("{reviewed} of {cells} cells reviewed; the model was overridden on {overruled} of them.").format(
            reviewed=view.reviewed_count, cells=len(view.cells), overruled=len(view.overridden_cells)
        )
        if view.reviewed_count < len(view.cells):
            text = join_sentences((text, self.tr("Unreviewed cells are counted with the model's class.")))
        return text

    def _build_differential_table(self, view: SlideView) -> QWidget:
        shown = view.shown_tally
        rows = [
            (r.cell_class.plural, str(r.count), f"{100 * r.share:.1f}", interval_text(r.interval))
            for r in shown.leukocytes
        ]
        heading = len(rows)
        if shown.non_leukocytes:
            rows.append((translate_data("Not counted as leukocytes"), "", "", self.tr("per 100 WBC")))
        for outside in shown.non_leukocytes:
            rate = "–" if outside.per_100_wbc is None else f"{outside.per_100_wbc:.1f}"
            rows.append((outside.cell_class.plural, str(outside.count), "", rate))
        headings = (self.tr("Class"), self.tr("Cells"), self.tr("% of leukocytes"), self.tr("95 % interval"))
        model = TextTableModel(headings, self, numeric_columns=(1, 2, 3))
        model.set_rows(rows, italic=(heading,))
        self.differential_table = read_only_table(self.tr("Differential to be signed"))
        self.differential_table.setModel(model)
        header = self.differential_table.horizontalHeader()
        fit_columns(self.differential_table)
        widths = sum(header.sectionSize(column) for column in range(header.count()))
        self.differential_table.setMinimumWidth(widths + 2 * self.differential_table.frameWidth())
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        height = (
            min(model.rowCount(), _MAX_VISIBLE_ROWS) * self.differential_table.verticalHeader().defaultSectionSize()
        )
        self.differential_table.setMinimumHeight(
            height + header.sizeHint().height() + 2 * self.differential_table.frameWidth()
        )
        return self.differential_table

    def _blasts_text(self, view: SlideView) -> str:
        shown = view.shown_tally
        both = shown.blast_count + shown.blast_equivalent_count
        if not shown.leukocyte_count:
            return self.tr("No leukocyte was counted.")
        sentences = [
            self.tr(
                "Blasts {blasts}, blast equivalents {equivalents}; together {both} of {n} leukocytes: {percent:.1f} % "
                "(95 % interval {interval} %, counting error only)."
            ).format(
                blasts=shown.blast_count,
                equivalents=shown.blast_equivalent_count,
                both=both,
                n=shown.leukocyte_count,
                percent=100 * both / shown.leukocyte_count,
                interval=interval_text(clopper_pearson(both, shown.leukocyte_count)),
            )
        ]
        if shown.straddled_thresholds:
            text = self.tr("The interval includes {thresholds} %.")
            sentences.append(text.format(thresholds=percent_list(shown.straddled_thresholds)))
        if shown.is_small_sample:
            sentences.append(self.tr("Fewer than 200 leukocytes were counted: the intervals are wide."))
        return join_sentences(sentences)

    def _alerts_text(self, view: SlideView) -> str:
        if view.reading == SECOND_READING:
            return self.tr("Alerts are handled in the first reading.")
        lines = []
        for alert in view.alerts:
            event = view.review.acknowledged.get(alert.rule.key)
            if event is not None:
                called = str(event.payload.get("called", ""))
                state = self.tr("acknowledged by {who}").format(who=event.reviewer)
                state += self.tr(", called: {called}").format(called=called) if called else ""
            else:
                state = self.tr("not acknowledged") if alert.rule.must_acknowledge else self.tr("for information")
            lines.append(
                self.tr("Alert: {title} ({state}).").format(title=translate_data(alert.rule.title), state=state)
            )
        return "\n".join(lines) if lines else self.tr("No alerts.")
