"""Every action and key in one table; menus, tool bar and help page are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from leukview.domain.taxonomy import Taxonomy


class Group(StrEnum):
    """Where an action stands: its menu, and its heading on the help page."""

    SLIDE = "Slide"
    REVIEW = "Review"
    LABEL = "Label as"
    CELL = "Cell"
    VIEW = "View"
    HELP = "Help"


LABEL_PREFIX = "label:"
THEME_PREFIX = "theme_"
LANGUAGE_PREFIX = "language_"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        key: Its name in the program; ``label:<class key>`` for labels.
        text: In the menu.
        shortcut: In Qt's portable form, "" for none.
        tip: One sentence more than the text, for the tool tip and the help page.
        bench: The key works only over gallery and cell view, where no text is typed.
        writes: Adds a review event: disabled while the slide is signed.
    """

    key: str
    text: str
    group: Group
    shortcut: str = ""
    tip: str = ""
    bench: bool = False
    writes: bool = False
    checkable: bool = False


_FIXED = (
    ActionSpec("open", "Open folder…", Group.SLIDE, "Ctrl+O", "Open an exported folder."),
    ActionSpec("open_archive", "Open archive…", Group.SLIDE, "Ctrl+Shift+O", "Open a ZIP file of an export."),
    ActionSpec(
        "watch", "Watch a folder…", Group.SLIDE, "", "Import and analyse what arrives in a folder; again to end it."
    ),
    ActionSpec("analyse", "Analyse", Group.SLIDE, "F5", "Analyse the cells that have not been analysed yet."),
    ActionSpec("details", "Slide details…", Group.SLIDE, "Ctrl+D", "White cell count and scale.", writes=True),
    ActionSpec(
        "grade", "Red cells and platelets…", Group.SLIDE, "Ctrl+R", "Grade red cells and platelets.", writes=True
    ),
    ActionSpec(
        "sign", "Sign…", Group.SLIDE, "Ctrl+Return", "Sign the review; the slide becomes read-only.", writes=True
    ),
    ActionSpec("reopen", "Amend…", Group.SLIDE, "", "Reopen a signed slide, with a reason."),
    ActionSpec("report", "Export report…", Group.SLIDE, "Ctrl+P", "Write the report as PDF."),
    ActionSpec("export", "Export data…", Group.SLIDE, "Ctrl+E", "Write the slide as FHIR, HL7, CSV, JSON or cells."),
    ActionSpec(
        "corrections",
        "Export corrections…",
        Group.SLIDE,
        "",
        "Pack the reviewed cells of signed slides as material for the next model.",
    ),
    ActionSpec("refresh", "Refresh", Group.SLIDE, "Ctrl+F5", "Take in what another program wrote to this slide."),
    ActionSpec("reviewers", "Reviewers…", Group.SLIDE, "", "Names, roles and PINs; when the window locks itself."),
    ActionSpec("lock", "Lock", Group.SLIDE, "Ctrl+L", "Cover the window; the PIN, or another reviewer, goes on."),
    ActionSpec("quit", "Quit", Group.SLIDE, "Ctrl+Q", "Close the program; everything is saved already."),
    ActionSpec(
        "accept",
        "Accept and go on",
        Group.REVIEW,
        "Space",
        "Confirm the shown class of the selected cells and go to the next cell nobody reviewed.",
        bench=True,
        writes=True,
    ),
    ActionSpec("undo", "Undo", Group.REVIEW, "Ctrl+Z", "Take back the last action, without limit.", writes=True),
    ActionSpec("redo", "Redo", Group.REVIEW, "Ctrl+Shift+Z", "Do again what was taken back.", writes=True),
    ActionSpec("next", "Next unreviewed", Group.REVIEW, ".", "Go to the next cell nobody reviewed.", bench=True),
    ActionSpec("previous", "Previous unreviewed", Group.REVIEW, ",", "Go to the one before.", bench=True),
    ActionSpec("select_group", "Select the group", Group.REVIEW, "Ctrl+G", "Select every cell of this class."),
    ActionSpec("select_all", "Select all", Group.REVIEW, "Ctrl+A", "Select every cell shown.", bench=True),
    ActionSpec("comment", "Comment…", Group.REVIEW, "/", "Comment on the selected cells.", bench=True, writes=True),
    ActionSpec(
        "slide_comment",
        "Comment on the slide…",
        Group.REVIEW,
        "Ctrl+/",
        "Write a remark on the slide for the report.",
        writes=True,
    ),
    ActionSpec(
        "second",
        "Second reading",
        Group.REVIEW,
        "Ctrl+2",
        "Read the slide blinded to the first reader and the model, with labels of your own.",
        checkable=True,
    ),
    ActionSpec("agreement", "Compare the readers…", Group.REVIEW, "Ctrl+K", "Cohen's κ, disagreements, consensus."),
    ActionSpec(
        "large",
        "Large view",
        Group.CELL,
        "Return",
        "Give the cell the whole window, and back.",
        bench=True,
        checkable=True,
    ),
    ActionSpec(
        "compare",
        "Compare…",
        Group.CELL,
        ";",
        "Lay the cell beside reference cells that this laboratory confirmed, or beside the other selected cells.",
        bench=True,
    ),
    ActionSpec(
        "outline", "Outline", Group.CELL, "Q", "Show the outline of cell and nucleus.", bench=True, checkable=True
    ),
    ActionSpec(
        "repair",
        "Repair the outline",
        Group.CELL,
        "Shift+Q",
        "Draw the outline right with brush or clicks; the cell is classified anew inside it.",
        bench=True,
        writes=True,
    ),
    ActionSpec(
        "repair_tool", "Repair: brush or clicks", Group.CELL, "4", "Change between brush and clicks.", bench=True
    ),
    ActionSpec("region_nucleus", "Repair: nucleus", Group.CELL, "1", "The left button gives nucleus.", bench=True),
    ActionSpec(
        "region_cytoplasm", "Repair: cytoplasm", Group.CELL, "2", "The left button gives cytoplasm.", bench=True
    ),
    ActionSpec(
        "region_background", "Repair: background", Group.CELL, "3", "The left button gives background.", bench=True
    ),
    ActionSpec("brush_smaller", "Repair: smaller brush", Group.CELL, "[", bench=True),
    ActionSpec("brush_larger", "Repair: larger brush", Group.CELL, "]", bench=True),
    ActionSpec("repair_leave", "Repair: leave", Group.CELL, "Esc", "Leave the outline as it was.", bench=True),
    ActionSpec(
        "map",
        "Class-activation map",
        Group.CELL,
        "X",
        "Show what the model weighed; recorded.",
        bench=True,
        checkable=True,
    ),
    ActionSpec("zoom_in", "Zoom in", Group.CELL, "+", bench=True),
    ActionSpec("zoom_out", "Zoom out", Group.CELL, "-", bench=True),
    ActionSpec("zoom_fit", "Fit", Group.CELL, "0", bench=True),
    ActionSpec("blind", "Hide the model's opinion", Group.VIEW, "Ctrl+B", "Review blind to the model.", checkable=True),
    ActionSpec("grouped", "Group by class", Group.VIEW, "Ctrl+Shift+G", checkable=True),
    ActionSpec("key_strip", "Keys below the gallery", Group.VIEW, "F2", "Every key that labels.", checkable=True),
    ActionSpec("larger", "Larger thumbnails", Group.VIEW, "Ctrl++"),
    ActionSpec("smaller", "Smaller thumbnails", Group.VIEW, "Ctrl+-"),
    ActionSpec("theme_system", "Theme of the desktop", Group.VIEW, checkable=True),
    ActionSpec("theme_light", "Light theme", Group.VIEW, checkable=True),
    ActionSpec("theme_dark", "Dark theme", Group.VIEW, checkable=True),
    ActionSpec("theme_contrast", "High contrast", Group.VIEW, checkable=True),
    ActionSpec("language_system", "Language: as the desktop", Group.VIEW, checkable=True),
    ActionSpec("language_en", "Language: English", Group.VIEW, checkable=True),
    ActionSpec("language_zh_CN", "Language: 中文 (Chinese)", Group.VIEW, checkable=True),
    ActionSpec("keys", "Keys", Group.HELP, "F1", "Every key: look up, change, print as a card."),
    ActionSpec("audit", "Audit trail…", Group.HELP, "Ctrl+Shift+A", "Every event of the review log; export it."),
    ActionSpec("calls", "Call record…", Group.HELP, "", "Whom reviewers called about an alert, and when; export it."),
    ActionSpec("tour", "Tour", Group.HELP, "", "The parts of the window in a minute."),
    ActionSpec("demo", "Open the demo slides", Group.HELP, "", "Synthetic cells to try the program on."),
    ActionSpec("quality", "Quality control…", Group.HELP, "", "The reference slide's runs; how often you overrule."),
    ActionSpec("models", "Models…", Group.HELP, "", "Which model is in use, who installed it; compare and roll back."),
    ActionSpec("about", "About LeukView", Group.HELP, "", "What it is, and is not; the model in use."),
)


def action_table(taxonomy: Taxonomy, keys: Mapping[str, str] | None = None) -> tuple[ActionSpec, ...]:
    """All actions: the fixed ones, and one a class of the taxonomy.

    Args:
        taxonomy: Names the classes and their standard keys.
        keys: The user's own keys by action ("" = none); one that another action holds is passed over.

    Raises:
        ValueError: Two actions share a key.
    """
    labels = tuple(
        ActionSpec(
            LABEL_PREFIX + c.key,
            c.name,
            Group.LABEL,
            c.shortcut,
            f"Label the selected cells: {c.name}.",
            bench=True,
            writes=True,
        )
        for c in taxonomy.classes
    )
    table = (*_FIXED, *labels)
    doubled = clashes(table)
    if doubled:
        raise ValueError(f"Two actions share the key {', '.join(doubled)}.")
    for key, shortcut in (keys or {}).items():
        if any(s.key == key for s in table) and not holder(table, key, shortcut):
            table = rebound(table, key, shortcut)
    return table


def rebound(table: tuple[ActionSpec, ...], key: str, shortcut: str) -> tuple[ActionSpec, ...]:
    """The table with another key for one action."""
    return tuple(replace(s, shortcut=shortcut) if s.key == key else s for s in table)


def holder(table: Iterable[ActionSpec], key: str, shortcut: str) -> ActionSpec | None:
    """The other action that holds a key already."""
    wanted = shortcut.casefold()
    return next((s for s in table if wanted and s.shortcut.casefold() == wanted and s.key != key), None)


def clashes(table: Iterable[ActionSpec]) -> list[str]:
    """Keys that more than one action claims."""
    seen: set[str] = set()
    doubled = []
    for spec in table:
        key = spec.shortcut.casefold()
        if key and key in seen:
            doubled.append(spec.shortcut)
        seen.add(key)
    return doubled
