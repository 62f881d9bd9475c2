"""Signing a slide: what is signed, what is still to do, who signs and what it means."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from leukview import RESEARCH_USE_LINE
from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.review.events import SECOND
from leukview.domain.review.reviewer_profile import Profile
from leukview.gui.app.i18n import data_text, error_text, sentences
from leukview.gui.widgets.dialog_helpers import (
    calm_table,
    fit_columns,
    heading,
    open_around,
    scrolling,
    signed_line,
    wrapped,
)
from leukview.gui.widgets.text_table_model import Lines
from leukview.services.review.session import SlideView

_BELOW_EM, _BESIDE_EM = 90, 150  # width of the dialog with the differential above the words, and beside them
_USED, _WIDE = 0.9, 0.95  # of the screen's height and width, at most
_AROUND_LINES = 7  # below the words: what the program is for, and the buttons
_ROWS = 14  # of the differential that are seen without scrolling


def interval_words(interval: Interval | None) -> str:
    """An interval of proportions in percent."""
    return "–" if interval is None else f"{100 * interval.low:.1f}–{100 * interval.high:.1f}"


class SignDialog(QDialog):
    """Asks for a signature.

    Args:
        view: The slide as it stands.
        obstacles: What stands in the way, one sentence each; the slide can be signed when there is none.
        parent: The window.
        profile: Who sits at the window; the name is given, and the PIN asked for where there is one.
    """

    cells_wanted = Signal(object)  # tuple of cell ids: the reviewer wants to see what stands in the way
    proving = Signal(str)  # the PIN; `accept` follows when it is right, `refuse` when it is not

    def __init__(
        self,
        view: SlideView,
        obstacles: tuple[str, ...],
        parent: QWidget | None = None,
        profile: Profile | None = None,
    ) -> None:
        super().__init__(parent)
        self._obstacles = obstacles
        self._pin = QLineEdit()
        self._pin.setEchoMode(QLineEdit.EchoMode.Password)
        self._pin.setAccessibleName(self.tr("PIN"))
        self._asks_pin = profile is not None and profile.has_pin
        self._trouble = wrapped("")
        self._trouble.setAccessibleName(self.tr("Why it is not signed"))
        self._trouble.hide()
        self.setWindowTitle(self.tr("Sign the slide"))
        self._name = QLineEdit()
        self._name.setAccessibleName(self.tr("Printed name"))
        self._name.setPlaceholderText(self.tr("First and last name, as they are to be printed"))
        self._meaning = QComboBox()
        self._meaning.setAccessibleName(self.tr("Meaning of the signature"))
        self._meaning.setEditable(True)
        self._meaning.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._meaning.addItems(
            [
                self.tr("Review of the differential by a person"),
                self.tr("Reviewed and released for research use"),
            ]
        )
        if view.reading == SECOND:
            self._meaning.insertItem(0, self.tr("Second reading, blinded to the first reader and the model"))
            self._meaning.setCurrentIndex(0)
        self.buttons = QDialogButtonBox()
        self.sign_button = QPushButton(self.tr("Sign"))
        self.sign_button.setDefault(True)
        self.buttons.addButton(self.sign_button, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = QPushButton(self.tr("Cancel"))
        self.buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._on_sign)
        self.buttons.rejected.connect(self.reject)

        body = QWidget()
        layout = QVBoxLayout()
        self.blasts = wrapped(self._blast_words(view))
        layout.addWidget(self.blasts)
        self.alerts = wrapped(self._alert_words(view))
        layout.addWidget(self.alerts)
        if obstacles:
            lines = "\n".join(f"•  {sentence}" for sentence in obstacles)
            todo = wrapped(self.tr("Before this slide can be signed:") + "\n" + lines)
            todo.setAccessibleName(self.tr("Still to do"))
            layout.addWidget(signed_line(QStyle.StandardPixmap.SP_MessageBoxWarning, todo))
            self._offer_cells(view.in_the_way, layout)
        form = QFormLayout()
        form.addRow(self.tr("Printed name"), self._name)
        form.addRow(self.tr("Meaning"), self._meaning)
        if self._asks_pin:
            form.addRow(self.tr("PIN"), self._pin)
            self._pin.textChanged.connect(self._check)
        layout.addLayout(form)
        layout.addWidget(self._trouble)
        layout.addWidget(
            wrapped(
                self.tr("Once signed, the slide is read-only. An amendment reopens it; this signature stays on record.")
            )
        )
        layout.addStretch(1)
        self._place(view, body, layout)
        area = scrolling(body)
        outer = QVBoxLayout(self)
        outer.addWidget(area, 1)
        outer.addWidget(heading(data_text(RESEARCH_USE_LINE)))
        outer.addWidget(self.buttons)
        for field in (self._name, self._meaning, self._pin):
            field.setEnabled(not obstacles)
        if profile is not None:
            self._name.setText(profile.name)
            self._name.setReadOnly(True)
        self._name.textChanged.connect(self._check)
        self._meaning.editTextChanged.connect(self._check)
        self._check()
        asked = self._pin if self._asks_pin else (self._meaning if profile else self._name)
        (cancel if obstacles else asked).setFocus()
        open_around(self, area, body, _BESIDE_EM if self._beside else _BELOW_EM)

    def _offer_cells(self, cells: tuple[str, ...], layout: QVBoxLayout) -> None:
        """A way to the cells that stand between the slide and its signature."""
        if not cells:
            return
        show = QPushButton(self.tr("&Show these cells ({0})").format(len(cells)))
        show.setAutoDefault(False)
        show.clicked.connect(self.reject)
        show.clicked.connect(lambda: self.cells_wanted.emit(cells))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(show)
        layout.addLayout(row)

    def _place(self, view: SlideView, body: QWidget, words: QVBoxLayout) -> None:
        """The differential above the words; beside them where the screen is too low for both."""
        what = QVBoxLayout()
        what.addWidget(heading(self.tr("Slide {slide}").format(slide=view.slide.id), 1.2))
        what.addWidget(wrapped(self._reviewed_words(view)))
        what.addWidget(self._tally(view), 1)
        both = QBoxLayout(QBoxLayout.Direction.TopToBottom, body)
        both.setContentsMargins(0, 0, 0, 0)
        both.addLayout(what, 1)
        both.addLayout(words, 1)
        room, em = self.screen().availableSize(), self.fontMetrics().averageCharWidth()
        needed = both.totalHeightForWidth(_BELOW_EM * em) + _AROUND_LINES * self.fontMetrics().lineSpacing()
        self._beside = needed > _USED * room.height() and _BESIDE_EM * em < _WIDE * room.width()
        if self._beside:
            both.setDirection(QBoxLayout.Direction.LeftToRight)
            both.insertSpacing(1, 2 * em)

    def name(self) -> str:
        """The printed name."""
        return self._name.text().strip()

    def meaning(self) -> str:
        """What the signature means."""
        return self._meaning.currentText().strip()

    def refuse(self, error: Exception) -> None:
        """Say why the PIN does not do; the dialog stays open."""
        self._trouble.setText(error_text(error))
        self._trouble.show()
        self._pin.clear()
        self._pin.setFocus()

    def _on_sign(self) -> None:
        if not self._asks_pin:
            self.accept()
            return
        self.sign_button.setEnabled(False)
        self.proving.emit(self._pin.text())

    def _check(self) -> None:
        complete = bool(self.name()) and bool(self.meaning()) and (bool(self._pin.text()) or not self._asks_pin)
        self.sign_button.setEnabled(not self._obstacles and complete)

    def _reviewed_words(self, view: SlideView) -> str:
        if view.reading == SECOND:
            return self.tr(
                "Second reading: {0} of {1} cells labelled, blinded to the first reader and the model."
            ).format(view.reviewed, len(view.cells))
        words = self.tr("{reviewed} of {cells} cells reviewed; the model was overruled on {overruled} of them.").format(
            reviewed=view.reviewed, cells=len(view.cells), overruled=len(view.overruled)
        )
        if view.reviewed < len(view.cells):
            words = sentences((words, self.tr("Cells that nobody reviewed count with the model's class.")))
        return words

    def _tally(self, view: SlideView) -> QWidget:
        shown = view.shown
        rows = [
            (r.cell_class.plural, str(r.count), f"{100 * r.share:.1f}", interval_words(r.interval)) for r in shown.rows
        ]
        heading = len(rows)
        if shown.outside:
            rows.append((data_text("Outside the count"), "", "", self.tr("per 100 WBC")))
        for outside in shown.outside:
            rate = "–" if outside.per_100_wbc is None else f"{outside.per_100_wbc:.1f}"
            rows.append((outside.cell_class.plural, str(outside.count), "", rate))
        headings = (self.tr("Class"), self.tr("Cells"), self.tr("% of leukocytes"), self.tr("95 % interval"))
        model = Lines(headings, self, numbers=(1, 2, 3))
        model.show_lines(rows, slanted=(heading,))
        self.tally = calm_table(self.tr("The differential that is signed"))
        self.tally.setModel(model)
        header = self.tally.horizontalHeader()
        fit_columns(self.tally)
        widths = sum(header.sectionSize(column) for column in range(header.count()))
        self.tally.setMinimumWidth(widths + 2 * self.tally.frameWidth())
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        height = min(model.rowCount(), _ROWS) * self.tally.verticalHeader().defaultSectionSize()
        self.tally.setMinimumHeight(height + header.sizeHint().height() + 2 * self.tally.frameWidth())
        return self.tally

    def _blast_words(self, view: SlideView) -> str:
        shown = view.shown
        both = shown.blasts + shown.equivalents
        if not shown.n:
            return self.tr("No leukocyte was counted.")
        words = [
            self.tr(
                "Blasts {blasts}, blast equivalents {equivalents}; together {both} of {n} leukocytes: {percent:.1f} % "
                "(95 % interval {interval} %, counting error only)."
            ).format(
                blasts=shown.blasts,
                equivalents=shown.equivalents,
                both=both,
                n=shown.n,
                percent=100 * both / shown.n,
                interval=interval_words(clopper_pearson(both, shown.n)),
            )
        ]
        if shown.straddles_threshold:
            words.append(self.tr("The interval straddles 20 %."))
        if shown.small:
            words.append(self.tr("Fewer than 200 leukocytes were counted: the intervals are wide."))
        return sentences(words)

    def _alert_words(self, view: SlideView) -> str:
        if view.reading == SECOND:
            return self.tr("Alerts belong to the first reading.")
        lines = []
        for alert in view.alerts:
            event = view.review.acknowledged.get(alert.rule.key)
            if event is not None:
                called = str(event.payload.get("called", ""))
                state = self.tr("acknowledged by {who}").format(who=event.reviewer)
                state += self.tr(", called: {called}").format(called=called) if called else ""
            else:
                state = self.tr("not acknowledged") if alert.rule.acknowledge else self.tr("for information")
            lines.append(self.tr("Alert: {title} ({state}).").format(title=data_text(alert.rule.title), state=state))
        return "\n".join(lines) if lines else self.tr("No alert fired.")
