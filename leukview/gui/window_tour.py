"""Stops of the guided tour of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QWidget

from leukview.gui.help.tour import TourStop


def tour_stops(window: QMainWindow, gallery: QWidget, cell_panel: QWidget, tally: QWidget) -> list[TourStop]:
    """Return the stops of the guided tour, each with the widget that it highlights."""
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
            gallery,
            tr("The gallery"),
            tr(
                "Cells come sorted into classes, blasts first, the least certain on top. One key labels what is "
                "selected and goes on: Space accepts, B is a blast, L a lymphocyte. F1 shows every key."
            ),
        ),
        TourStop(
            cell_panel,
            tr("One cell, large"),
            tr(
                "Each opinion on its own line: analyser, model, reviewer. The tree shows the model's stages; what it "
                "was not trained for it does not assess. Q draws the outline, X the map of what the model weighed."
            ),
        ),
        TourStop(
            tally,
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
