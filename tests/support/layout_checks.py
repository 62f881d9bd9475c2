"""Checks for overlapping, protruding and clipped widgets of a window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLayout, QTabBar, QToolButton, QWidget

SLACK_PX = 1


def layout_faults(root: QWidget) -> list[str]:
    """Describe each layout fault among the visible widgets of a window or dialog."""
    faults = []
    for parent in (root, *root.findChildren(QWidget)):
        if not parent.isVisible():
            continue
        placed = [w for w in _laid_out_children(parent) if w.isVisible()]
        for one, other in combinations(placed, 2):
            shared = one.geometry().intersected(other.geometry())
            if shared.width() > SLACK_PX and shared.height() > SLACK_PX:
                faults.append(f"{_describe(one)} lies on {_describe(other)}")
        inside = parent.rect().adjusted(-SLACK_PX, -SLACK_PX, SLACK_PX, SLACK_PX)
        faults += [
            f"{_describe(w)} sticks out" for w in placed if not _is_empty(w) and not inside.contains(w.geometry())
        ]
    return faults + [f"{_describe(w)} is cut" for w in root.findChildren(QWidget) if w.isVisible() and _is_clipped(w)]


def _laid_out_children(parent: QWidget) -> Iterator[QWidget]:
    """Yield the child widgets of `parent` that are in its layout.

    `QLayout.itemAt` is avoided: PySide keeps a wrapper of the item after Qt has deleted it, later takes another object
    at the same address for the item, and crashes.
    """
    layout = parent.layout()
    if layout is None:
        return
    layouts = (layout, *layout.findChildren(QLayout))
    for child in parent.children():
        if isinstance(child, QWidget) and any(one.indexOf(child) >= 0 for one in layouts):
            yield child


def _is_clipped(widget: QWidget) -> bool:
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + SLACK_PX
        needed = widget.minimumSizeHint()
        return needed.width() > widget.width() + SLACK_PX or needed.height() > widget.height() + SLACK_PX
    icon_only = isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    if isinstance(widget, QToolButton) and icon_only and not widget.icon().isNull():
        return widget.iconSize().width() > widget.width() + SLACK_PX
    if isinstance(widget, QAbstractButton) and widget.text() and not isinstance(widget, QTabBar):
        words = widget.fontMetrics().size(0, widget.text().replace("&", ""))
        return words.width() > widget.width() + SLACK_PX or words.height() > widget.height() + SLACK_PX
    return False


def _is_empty(widget: QWidget) -> bool:
    return QRect(widget.geometry()).isEmpty()


def _describe(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    words = str(text())[:50] if callable(text) else ""
    said = words or widget.accessibleName() or widget.objectName()
    return f"{type(widget).__name__}“{said}”"
