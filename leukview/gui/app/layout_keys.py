"""Shortcuts under keyboard layouts without Latin letters: the key's place on the keyboard counts.

Under a Russian, Greek, Hebrew, Arabic or Thai layout the key labelled B types another letter, so that no shortcut of
one letter matches. Qt itself falls back to a Latin layout only on X11, and only if the user has one configured.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_ROWS = ("QWERTYUIOP[]", "ASDFGHJKL;'", "ZXCVBNM,./")
_EVDEV_STARTS = (24, 38, 52)  # key codes of X11 and Wayland: evdev's plus 8
_PC_STARTS = (0x10, 0x1E, 0x2C)  # scan codes of Windows, set 1
_MAC_CODES = (
    (12, 13, 14, 15, 17, 16, 32, 34, 31, 35, 33, 30),
    (0, 1, 2, 3, 5, 4, 38, 40, 37, 41, 39),
    (6, 7, 8, 9, 11, 45, 46, 43, 47, 44),
)
"""Virtual key codes of macOS (``kVK_ANSI_…``), in the order of `_ROWS`."""
_LAYOUTS = (
    "йцукенгшщзхъ фывапролджэ ячсмитьбю.",  # Russian
    "йцукенгшщзхї фівапролджє ячсмитьбю.",  # Ukrainian
    ";ςερτυθιοπ[] ασδφγηξκλ΄' ζχψωβνμ,./",  # Greek
    "/'קראטוןםפ][ שדגכעיחלךף, זסבהנמצתץ.",  # Hebrew
    "ضصثقفغعهخحجد شسيبلاتنمكط ئءؤر_ىةوزظ",  # Arabic
    "ๆไำพะัีรนยบล ฟหกดเ้่าสวง ผปแอิืทมใฝ",  # Thai (Kedmanee)
)
"""Characters of each layout in the order of `_ROWS`, for events without a key code."""
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier


def _by_scan_code(starts: tuple[int, ...]) -> dict[int, str]:
    return {start + i: key for start, row in zip(starts, _ROWS, strict=True) for i, key in enumerate(row)}


def _by_character() -> dict[str, str]:
    found = {"لا": "B"}  # the one key that types two letters
    for layout in _LAYOUTS:
        for places, row in zip(layout.split(" "), _ROWS, strict=True):
            for character, key in zip(places, row, strict=True):
                if is_foreign_letter(character):
                    found.setdefault(character, key)
    return found


def is_foreign_letter(text: str) -> bool:
    """Whether a typed text is a letter, or a vowel or tone mark, of a script other than Latin."""
    first = text[:1]
    if not first or unicodedata.category(first)[0] not in "LM":
        return False
    return not unicodedata.name(first, "").startswith(("LATIN", "FEMININE", "MASCULINE"))


_EVDEV_KEYS, _PC_KEYS = _by_scan_code(_EVDEV_STARTS), _by_scan_code(_PC_STARTS)
_MAC_KEYS = {
    code: key for codes, row in zip(_MAC_CODES, _ROWS, strict=True) for code, key in zip(codes, row, strict=True)
}
_CHARACTER_KEYS = _by_character()


def key_at_place(event: QKeyEvent) -> str:
    """Character that the pressed key has on a US keyboard; "" when its place is not known."""
    code, platform = event.nativeScanCode(), QGuiApplication.platformName()
    if platform == "cocoa" or (sys.platform == "darwin" and platform != "xcb"):
        key = _MAC_KEYS.get(event.nativeVirtualKey(), "") if code or event.nativeVirtualKey() else ""
    else:
        key = (_PC_KEYS if sys.platform == "win32" else _EVDEV_KEYS).get(code, "")
    typed = event.text().lower()
    return key or _CHARACTER_KEYS.get(typed) or _CHARACTER_KEYS.get(typed[:1], "")


class LayoutKeyFilter(QObject):
    """Event filter that triggers an action's shortcut by the place of the key.

    It acts only on keys that type a letter of another script, and on other characters typed between such letters: on a
    Latin layout every key keeps its meaning.

    Args:
        actions: All actions with shortcuts; a disabled one is not triggered.
        widgets: Widgets in which no text is typed.
        parent: Owner of the filter.
    """

    def __init__(self, actions: Iterable[QAction], widgets: Iterable[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._actions = tuple(actions)
        self._layout_is_foreign = False
        for widget in widgets:
            widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        text = event.text()
        if is_foreign_letter(text) or is_foreign_letter(_letter_of(event.key())):
            self._layout_is_foreign = True
        elif text[:1].isalpha():
            self._layout_is_foreign = False
        if not self._layout_is_foreign or not text.strip() or (text[:1].isascii() and text[:1].isalnum()):
            return False
        action = self._action_for(event)
        if action is None:
            return False
        if action.autoRepeat() or not event.isAutoRepeat():
            action.trigger()
        event.accept()
        return True

    def _action_for(self, event: QKeyEvent) -> QAction | None:
        key = key_at_place(event)
        if not key:
            return None
        wanted = QKeySequence((event.modifiers() & _MODIFIERS).value | ord(key))
        return next((a for a in self._actions if a.isEnabled() and a.shortcut() == wanted), None)


def _letter_of(key: int) -> str:
    """The character of a key code of Qt, which for letters is their Unicode number."""
    return chr(key).lower() if 0x80 <= key < 0x110000 and not 0xD800 <= key < 0xE000 else ""
