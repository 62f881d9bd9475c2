"""Writes the pages of the manual that are made from the program: ``docs/shortcuts.md`` from the action table."""

from __future__ import annotations

import sys
from pathlib import Path

from leukview.bootstrap.site_config import load_taxonomy
from leukview.gui.app.action_table import LABEL_PREFIX, ActionCategory, ActionSpec, action_table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "shortcuts.md"
_HEAD = """\
# Shortcuts

These are the keys as the program ships them. `F1` shows them in the window, where each can be looked up, changed and
printed. They act on the gallery wherever the focus is, except where text is typed. This page is made by `make docs`
from the table of actions.
"""


def shortcuts_page() -> str:
    """The page of all actions that have a key, one table per menu."""
    table = action_table(load_taxonomy())
    parts = [_HEAD]
    for category in ActionCategory:
        rows = [_row(spec) for spec in table if spec.category is category and spec.shortcut]
        if rows:
            parts.append(
                f"\n## {category}\n\n| key | action | what it does |\n|---|---|---|\n" + "\n".join(rows) + "\n"
            )
    return "".join(parts)


def _row(spec: ActionSpec) -> str:
    text = f"Label as {spec.text}" if spec.key.startswith(LABEL_PREFIX) else spec.text
    shortcut = spec.shortcut.replace("|", "\\|")
    return f"| `{shortcut}` | {text} | {spec.tool_tip or text} |"


def main() -> int:
    """Write the page."""
    PAGE.write_text(shortcuts_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
