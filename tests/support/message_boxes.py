"""Answers to the questions of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow, QMessageBox


def answer_many_cells(window: QMainWindow, *, label: bool = True) -> None:
    """Answer whether to label many cells at once.

    Args:
        window: The window that asks.
        label: Label them; False = cancel.
    """
    box = window.findChild(QMessageBox, "many_cells")
    if box is None:
        raise AssertionError("nothing was asked")
    wanted = QMessageBox.ButtonRole.AcceptRole if label else QMessageBox.ButtonRole.RejectRole
    next(button for button in box.buttons() if box.buttonRole(button) is wanted).click()
