"""What each action does: the action table's other half."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from leukview.gui.help.tour import Stop, Tour
from leukview.services.review.session import ReviewSession

if TYPE_CHECKING:
    from leukview.gui.main_window import MainWindow


def handlers(window: MainWindow) -> dict[str, Callable[..., object]]:
    """What each action of the table does, by key."""
    return {
        "open": window.asking.for_folder,
        "open_archive": window.asking.for_archive,
        "watch": window.watching.ask,
        "analyse": window.analyse,
        "details": window.asking.for_details,
        "grade": window.grading.ask,
        "second": window.second.toggle,
        "agreement": window.second.compare,
        "refresh": window.second.refresh,
        "lock": window.seating.lock,
        "reviewers": window.seating.reviewers,
        "sign": window.asking.for_signature,
        "reopen": window.asking.for_amendment,
        "report": window.reporting.ask,
        "export": window.exporting.ask,
        "corrections": window.corrections.ask,
        "quit": window.close,
        **window.repairing.handlers(
            window.reviewing.accept,
            partial(window.desk.do, ReviewSession.undo),
            partial(window.desk.do, ReviewSession.redo),
        ),
        "next": partial(window.reviewing.go, 1),
        "previous": partial(window.reviewing.go, -1),
        "select_group": window.reviewing.select_group,
        "select_all": window.gallery.view.selectAll,
        "comment": window.asking.for_comment,
        "slide_comment": window.asking.for_slide_comment,
        "large": window.show_large,
        "compare": window.companions.comparing.show,
        "outline": window.cell.show_outline,
        "map": window.cell.show_map,
        "zoom_in": window.cell.zoom_in,
        "zoom_out": window.cell.zoom_out,
        "zoom_fit": window.cell.zoom_fit,
        "blind": window.set_blind,
        "grouped": window.set_grouped,
        "key_strip": window.gallery.set_keys_wanted,
        "larger": partial(window.resize_thumbnails, 16),
        "smaller": partial(window.resize_thumbnails, -16),
        "keys": window.show_keys,
        "audit": lambda: window.auditing.show(blind=window.blind),
        "calls": lambda: window.auditing.show(blind=window.blind, calls=True),
        "tour": window.tour,
        "demo": window.flow.demo,
        "quality": window.quality.show,
        "models": window.models.show,
        "about": window.asking.about,
    }


def stops(window: MainWindow) -> list[Stop]:
    """The tour of the window."""
    tr = window.tr
    return [
        Stop(
            window,
            tr("Welcome to LeukView"),
            tr(
                "Open a folder exported from the analyser, or drop one here; Help › Open the demo slides writes "
                "synthetic ones. Names are replaced by pseudonyms, the folder is only read. For research use only."
            ),
        ),
        Stop(
            window.gallery,
            tr("The gallery"),
            tr(
                "Cells come sorted into classes, blasts first, the least certain on top. One key labels what is "
                "selected and goes on: Space accepts, B is a blast, L a lymphocyte. F1 shows every key."
            ),
        ),
        Stop(
            window.cell,
            tr("One cell, large"),
            tr(
                "Each opinion on its own line: analyser, model, reviewer. The tree shows the model's stages; what it "
                "was not trained for it does not assess. Q draws the outline, X the map of what the model weighed."
            ),
        ),
        Stop(
            window.tally,
            tr("The tally"),
            tr(
                "Counts follow every key, each percentage with its exact interval. A click on a class shows its cells; "
                "cells can be dragged onto it."
            ),
        ),
        Stop(
            window,
            tr("Nothing to save"),
            tr(
                "Every action is written before the screen changes; undo reaches back without limit, also after a "
                "restart. Sign with Ctrl+Return when the slide is done, then export the report."
            ),
        ),
    ]


def begin_tour(window: MainWindow) -> None:
    """Show the parts of the window; where no slide lies on the bench, on the demo slides."""
    tour = Tour(stops(window), window, offers_demo=window.desk.view is None)
    tour.demo_wanted.connect(lambda: window.flow.demo(ask=False))
    window.desk.opened.connect(tour.on_opened)
    tour.ended.connect(window.gallery.view.setFocus)
    tour.begin()
