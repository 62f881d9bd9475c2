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
                "Open a folder exported from the analyser, or drop one here; Help › Open the demo "
                "slides creates synthetic ones. Names are replaced by pseudonyms; the folder is only "
                "read. For research use only."
            ),
        ),
        TourStop(
            gallery,
            tr("The gallery"),
            tr(
                "Cells are sorted into classes, blasts first, the least certain on top. One key "
                "labels the selected cells and goes to the next: Space accepts, B labels a blast, L "
                "a lymphocyte. F1 shows all keys."
            ),
        ),
        TourStop(
            cell_panel,
            tr("Single cell, large"),
            tr(
                "Analyser, model and reviewer each have a line. The tree shows the stages of the "
                "model; stages without training are not assessed. Q shows the outline, X the "
                "class-activation map."
            ),
        ),
        TourStop(
            tally,
            tr("Differential count"),
            tr(
                "The counts are updated with every key, each percentage with its exact interval. "
                "Click a class to show its cells; drag cells onto a class to label them."
            ),
        ),
        TourStop(
            window,
            tr("Nothing to save"),
            tr(
                "Every action is saved immediately; undo is unlimited, even after a restart. When "
                "the slide is complete, sign with Ctrl+Enter, then export the report."
            ),
        ),
    ]
