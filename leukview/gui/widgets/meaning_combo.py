"""Field for the meaning of a signature."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget


class MeaningCombo(QComboBox):
    """Editable combo box that offers meanings in the window's language and returns them in English.

    The log must not depend on the language of the window in which somebody signed.
    """

    def __init__(self, meanings: Mapping[str, str], parent: QWidget | None = None) -> None:
        """Create the field.

        Args:
            meanings: English text → text in the window's language; the first is preselected.
            parent: Parent widget.
        """
        super().__init__(parent)
        self.setAccessibleName(self.tr("Meaning of the signature"))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for english, shown in meanings.items():
            self.addItem(shown, english)

    def meaning(self) -> str:
        """Return the English text of an offered meaning, or what was typed."""
        text = self.currentText().strip()
        at = self.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        return str(self.itemData(at)) if at >= 0 else text
