"""What each action does: the action table's other half."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from leukview.services.review import ReviewSession

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
        "sign": window.asking.for_signature,
        "reopen": window.asking.for_amendment,
        "report": window.asking.where_to_report,
        "quit": window.close,
        "accept": window.reviewing.accept,
        "undo": partial(window.desk.do, ReviewSession.undo),
        "redo": partial(window.desk.do, ReviewSession.redo),
        "next": partial(window.reviewing.go, 1),
        "previous": partial(window.reviewing.go, -1),
        "select_group": window.reviewing.select_group,
        "select_all": window.gallery.view.selectAll,
        "comment": window.asking.for_comment,
        "slide_comment": window.asking.for_slide_comment,
        "large": window.show_large,
        "outline": window.cell.toggle_outline,
        "map": window.cell.toggle_map,
        "zoom_in": window.cell.zoom_in,
        "zoom_out": window.cell.zoom_out,
        "zoom_fit": window.cell.zoom_fit,
        "blind": window.set_blind,
        "grouped": window.set_grouped,
        "larger": partial(window.resize_thumbnails, 16),
        "smaller": partial(window.resize_thumbnails, -16),
        "keys": window.show_keys,
        "audit": lambda: window.auditing.show(blind=window.blind),
        "quality": window.quality.show,
        "about": window.asking.about,
    }
