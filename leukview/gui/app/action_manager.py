"""Creates menus, tool bar and shortcuts of the window from the action table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence, QPalette
from PySide6.QtWidgets import QApplication, QMainWindow, QToolBar, QToolButton, QWidget

from leukview.core.paths import resources_dir
from leukview.gui.app.action_table import LABEL_PREFIX, LANGUAGE_PREFIX, THEME_PREFIX, ActionCategory, ActionSpec
from leukview.gui.app.i18n import translate_data
from leukview.gui.app.shortcut_scope import ShortcutScope

_LEFT_KEYS = ("worklist", "open", "analyse")
_RIGHT_KEYS = ("accept", "undo", "redo", "comment", "", "large", "outline", "map", "", "report", "sign")
_TOOL_BAR_TEXTS = {
    "open": "Open",
    "accept": "Accept",
    "comment": "Comment",
    "map": "Map",
    "sign": "Sign",
    "report": "Report",
}
_LABELLED_KEYS = ("sign",)  # with its text beside the icon: the one primary action
_DARK_WINDOW = 128  # lightness of the window below which icons are white


class ActionManager(QObject):
    """Owns the `QAction` of each action key and decides which are enabled."""

    label_triggered = Signal(str)  # class key
    theme_triggered = Signal(str)  # theme name
    language_triggered = Signal(str)  # language code

    def __init__(
        self,
        window: QMainWindow,
        review_area: QWidget,
        table: Sequence[ActionSpec],
    ) -> None:
        """Create all actions; `connect_handlers` makes them act.

        Args:
            window: Gets menus, tool bar and the shortcuts that work everywhere.
            review_area: Gets the shortcuts of gallery and cell panel, see `ShortcutScope`.
            table: All actions.
        """
        super().__init__(window)
        self.table = tuple(table)
        self.by_key: dict[str, QAction] = {}
        self._blocked: dict[str, frozenset[str]] = {}
        self._allowed_keys: frozenset[str] | None = None
        menus = {group: window.menuBar().addMenu(translate_data(group.value)) for group in ActionCategory}
        themes, languages = QActionGroup(self), QActionGroup(self)
        for spec in table:
            action = QAction(translate_data(spec.text), window)
            action.setObjectName(spec.key)
            action.setCheckable(spec.checkable)
            action.setAutoRepeat(not spec.writes_event)  # a held key must not label cells that nobody saw
            self._apply_shortcut(action, spec)
            if spec.review_area_only:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                review_area.addAction(action)
            if spec.key.startswith(LABEL_PREFIX):
                action.triggered.connect(self._on_label)
            elif spec.key.startswith(THEME_PREFIX):
                themes.addAction(action)
            elif spec.key.startswith(LANGUAGE_PREFIX):
                languages.addAction(action)
            menus[spec.category].addAction(action)
            self.by_key[spec.key] = action
        themes.triggered.connect(self._on_theme)
        languages.triggered.connect(self._on_language)
        self._scope = ShortcutScope(
            window.centralWidget() or review_area,
            review_area,
            [self.by_key[s.key] for s in table if s.review_area_only],
            self,
        )
        self.tool_bar = self._build_tool_bar(window)
        self.update_icons()

    @property
    def blind(self) -> bool:
        """Whether the model's predictions are hidden from the reviewer."""
        return self.by_key["blind"].isChecked()

    def connect_handlers(self, handlers: Mapping[str, Callable[..., object]]) -> None:
        """Connect all actions but labels, themes and languages, which emit signals.

        Args:
            handlers: By action key; a checkable action's handler takes its state.

        Raises:
            KeyError: An action has no handler.
        """
        for spec in self.table:
            if spec.key.startswith((LABEL_PREFIX, THEME_PREFIX, LANGUAGE_PREFIX)):
                continue
            if spec.checkable:
                self.by_key[spec.key].toggled.connect(handlers[spec.key])
            else:
                self.by_key[spec.key].triggered.connect(partial(self._run_handler, handlers[spec.key]))

    def _build_tool_bar(self, window: QMainWindow) -> QToolBar:
        bar = QToolBar(self.tr("Tools"), window)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        for key in (*_LEFT_KEYS, "", *_RIGHT_KEYS):
            if not key:
                bar.addSeparator()
                continue
            action = self.by_key[key]
            if key in _TOOL_BAR_TEXTS:
                action.setIconText(translate_data(_TOOL_BAR_TEXTS[key]))
            bar.addAction(action)
            button = bar.widgetForAction(action)
            if isinstance(button, QToolButton) and key in _LABELLED_KEYS:
                button.setObjectName("primary")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        window.addToolBar(bar)
        return bar

    def insert_header(self, header: QWidget) -> None:
        """Put a widget between the actions that open slides and those that work on the open one."""
        self.tool_bar.insertWidget(self.by_key[_RIGHT_KEYS[0]], header)

    def update_icons(self, _theme: str = "") -> None:
        """Choose the icons of the tool bar for the colours of the window."""
        palette = QApplication.palette()
        dark = palette.color(QPalette.ColorRole.Window).lightness() < _DARK_WINDOW
        light_text = palette.color(QPalette.ColorRole.HighlightedText).lightness() >= _DARK_WINDOW
        for key in (*_LEFT_KEYS, *filter(None, _RIGHT_KEYS)):
            white = light_text if key in _LABELLED_KEYS else dark
            path = resources_dir() / "icons" / f"action-{key}-{'white' if white else 'black'}.svg"
            self.by_key[key].setIcon(QIcon(str(path)))
            self.by_key[key].setIconVisibleInMenu(False)

    def set_shortcuts(self, table: Sequence[ActionSpec]) -> None:
        """Apply the shortcuts of a changed table with the same actions."""
        self.table = tuple(table)
        for spec in table:
            self._apply_shortcut(self.by_key[spec.key], spec)
        self._scope.refresh()

    def _apply_shortcut(self, action: QAction, spec: ActionSpec) -> None:
        action.setShortcut(QKeySequence(spec.shortcut))
        tip = translate_data(spec.tool_tip or spec.text)
        action.setToolTip(f"{tip} ({spec.shortcut})" if spec.shortcut else tip)

    def set_blocked(self, reason: str, keys: Iterable[str]) -> None:
        """Disable actions, regardless of `update_enabled`, while a reason blocks them.

        Args:
            reason: Identifies the caller; its former keys are replaced.
            keys: Keys of the actions to block. Empty removes the reason; call `update_enabled` afterwards.
        """
        before = frozenset[str]().union(*self._blocked.values())
        self._blocked[reason] = frozenset(keys)
        for key in before:
            self.by_key[key].setEnabled(True)
        self._apply_restrictions()

    def restrict_to(self, keys: Iterable[str] | None) -> None:
        """Enable these actions only, regardless of `update_enabled`.

        Args:
            keys: Keys of the actions. None lifts the restriction; call `update_enabled` afterwards.
        """
        if keys is None and self._allowed_keys is not None:
            for action in self.by_key.values():
                action.setEnabled(True)
        self._allowed_keys = None if keys is None else frozenset(keys)
        self._apply_restrictions()

    def _apply_restrictions(self) -> None:
        for key, action in self.by_key.items() if self._allowed_keys is not None else ():
            action.setEnabled(key in (self._allowed_keys or ()))
        for key in frozenset[str]().union(*self._blocked.values()):
            self.by_key[key].setEnabled(False)

    @staticmethod
    def _run_handler(handler: Callable[[], object], _checked: bool = False) -> None:
        handler()

    def _on_theme(self, action: QAction) -> None:
        self.theme_triggered.emit(action.objectName().removeprefix(THEME_PREFIX))

    def _on_language(self, action: QAction) -> None:
        self.language_triggered.emit(action.objectName().removeprefix(LANGUAGE_PREFIX))

    def _on_label(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.label_triggered.emit(sender.objectName().removeprefix(LABEL_PREFIX))

    def update_enabled(self, *, has_slide: bool, signed: bool, blind: bool, undo_text: str, redo_text: str) -> None:
        """Enable the actions that apply to the state of the open slide.

        Args:
            has_slide: A slide is open.
            signed: Its review is signed, so that nothing can be written.
            blind: The model's predictions are hidden.
            undo_text: Description of the action that undo would revert; "" = none.
            redo_text: Description of the action that redo would repeat; "" = none.
        """
        needs_slide = {
            "analyse",
            "second",
            "agreement",
            "refresh",
            "report",
            "export",
            "next",
            "previous",
            "select_group",
            "select_all",
            "withdraw",
            "identity",
            "compare",
            "large",
            "outline",
        }
        for spec in self.table:
            action = self.by_key[spec.key]
            if spec.writes_event:
                action.setEnabled(has_slide and not signed)
            elif spec.key in needs_slide:
                action.setEnabled(has_slide)
        self.by_key["map"].setEnabled(has_slide and not blind)
        self.by_key["accept"].setEnabled(has_slide and not signed and not blind)
        self.by_key["reopen"].setEnabled(has_slide and signed)
        for key, text, plain in (("undo", undo_text, self.tr("Undo")), ("redo", redo_text, self.tr("Redo"))):
            self.by_key[key].setEnabled(has_slide and not signed and bool(text))
            self.by_key[key].setText(f"{plain}: {text}" if text else plain)
            self.by_key[key].setIconText(plain)
        self._apply_restrictions()
