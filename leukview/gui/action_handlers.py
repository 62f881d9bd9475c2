"""Maps the keys of the action table to handlers, and defines the guided tour."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from leukview.gui.help.tour import Tour, TourStop
from leukview.services.review.session import ReviewSession

if TYPE_CHECKING:
    from leukview.gui.main_window import MainWindow


def action_handlers(window: MainWindow) -> dict[str, Callable[..., object]]:
    """Handlers of all actions of the table, by action key.

    A checkable action's handler takes its state; labels, themes and languages are handled by signals instead.
    """
    return {
        "open": window.dialogs.open_folder,
        "open_archive": window.dialogs.open_archive,
        "watch": window.watch_folder.toggle,
        "analyse": window.analyse,
        "details": window.dialogs.edit_slide_details,
        "grade": window.grading.open_dialog,
        "second": window.second_reading.toggle,
        "agreement": window.second_reading.show_agreement,
        "refresh": window.second_reading.refresh,
        "lock": window.sign_in.lock,
        "reviewers": window.sign_in.manage_reviewers,
        "sign": window.dialogs.sign_slide,
        "reopen": window.dialogs.reopen_slide,
        "withdraw": window.dialogs.withdraw_slide,
        "backups": window.backups.open_dialog,
        "report": window.report.open_dialog,
        "export": window.export.open_dialog,
        "corrections": window.corrections_export.open_dialog,
        "quit": window.close,
        **window.mask_editing.action_handlers(
            window.label_actions.accept_selected,
            partial(window.review.submit, ReviewSession.undo),
            partial(window.review.submit, ReviewSession.redo),
        ),
        "next": partial(window.label_actions.go_to_unreviewed, 1),
        "previous": partial(window.label_actions.go_to_unreviewed, -1),
        "select_group": window.label_actions.select_group,
        "select_all": window.gallery.view.selectAll,
        "comment": window.dialogs.comment_cells,
        "slide_comment": window.dialogs.comment_slide,
        "large": window.set_cell_enlarged,
        "compare": window.comparison.open_dialog,
        "outline": window.cell_panel.set_contours_visible,
        "map": window.cell_panel.set_map_visible,
        "zoom_in": window.cell_panel.zoom_in,
        "zoom_out": window.cell_panel.zoom_out,
        "zoom_fit": window.cell_panel.zoom_fit,
        "blind": window.set_blind,
        "grouped": window.set_grouped,
        "key_strip": window.gallery.set_shortcut_bar_enabled,
        "larger": partial(window.resize_thumbnails, 16),
        "smaller": partial(window.resize_thumbnails, -16),
        "keys": window.show_keys,
        "audit": lambda: window.audit.open_dialog(blind=window.blind),
        "calls": lambda: window.audit.open_dialog(blind=window.blind, calls=True),
        "tour": window.show_tour,
        "demo": window.slide_jobs.open_demo,
        "quality": window.quality.show,
        "models": window.models.show,
        "about": window.dialogs.show_about,
    }


def tour_stops(window: MainWindow) -> list[TourStop]:
    """Stops of the guided tour, each with the widget that it highlights."""
    tr = window.tr
    return [
        TourStop(
            window,
            tr("Welcome to LeukView"),
            tr(
                "Open a folder exported from the analyser, or drop one here; Help › Open the demo slides writes "
                "synthetic ones. Names are replaced by pseudonyms, the folder is only read. For research use only."
            ),
        ),
        TourStop(
            window.gallery,
            tr("The gallery"),
            tr(
                "Cells come sorted into classes, blasts first, the least certain on top. One key labels what is "
                "selected and goes on: Space accepts, B is a blast, L a lymphocyte. F1 shows every key."
            ),
        ),
        TourStop(
            window.cell_panel,
            tr("One cell, large"),
            tr(
                "Each opinion on its own line: analyser, model, reviewer. The tree shows the model's stages; what it "
                "was not trained for it does not assess. Q draws the outline, X the map of what the model weighed."
            ),
        ),
        TourStop(
            window.tally,
            tr("The tally"),
            tr(
                "Counts follow every key, each percentage with its exact interval. A click on a class shows its cells; "
                "cells can be dragged onto it."
            ),
        ),
        TourStop(
            window,
            tr("Nothing to save"),
            tr(
                "Every action is written before the screen changes; undo reaches back without limit, also after a "
                "restart. Sign with Ctrl+Return when the slide is done, then export the report."
            ),
        ),
    ]


def start_tour(window: MainWindow) -> None:
    """Start the guided tour; offer the demo slides if no slide is open."""
    tour = Tour(tour_stops(window), window, offers_demo=window.review.view is None)
    tour.demo_requested.connect(lambda: window.slide_jobs.open_demo(ask=False))
    window.review.slide_opened.connect(tour.on_slide_opened)
    tour.ended.connect(window.gallery.view.setFocus)
    tour.start()
