"""Table of all actions and shortcuts: source of menus, tool bar and help page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from leukview.core.messages import Message
from leukview.domain.taxonomy import Taxonomy


class ActionCategory(StrEnum):
    """Category of an action: its menu, and its heading on the help page."""

    SLIDE = "Slide"
    REVIEW = "Review"
    LABEL = "Label as"
    CELL = "Cell"
    VIEW = "View"
    LABORATORY = "Laboratory"
    HELP = "Help"


LABEL_PREFIX = "label:"
THEME_PREFIX = "theme_"
LANGUAGE_PREFIX = "language_"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        key: Identifier; ``label:<class key>`` for labels.
        text: Menu text.
        category: Its menu.
        shortcut: Key sequence in Qt's portable form, "" for none.
        tool_tip: Explanation in one sentence, for the tool tip and the help page; "" = the menu text.
        review_area_only: The shortcut acts on gallery and cell panel; elsewhere it works as `ShortcutScope` says.
        writes_event: Appends a review event, so it is disabled while the slide is signed.
        checkable: Toggles a state.
    """

    key: str
    text: str
    category: ActionCategory
    shortcut: str = ""
    tool_tip: str = ""
    review_area_only: bool = False
    writes_event: bool = False
    checkable: bool = False


_FIXED_ACTIONS = (
    ActionSpec("open", "Open folder…", ActionCategory.SLIDE, "Ctrl+O", "Open a folder exported from the analyser."),
    ActionSpec(
        "open_archive",
        "Open archive…",
        ActionCategory.SLIDE,
        "Ctrl+Shift+O",
        "Open a ZIP archive of an analyser export.",
    ),
    ActionSpec("analyse", "Analyse", ActionCategory.SLIDE, "F5", "Analyse the cells that have not been analysed yet."),
    ActionSpec(
        "details", "Slide details…", ActionCategory.SLIDE, "Ctrl+D", "White cell count and scale.", writes_event=True
    ),
    ActionSpec(
        "identity",
        "Patient and order…",
        ActionCategory.SLIDE,
        "Ctrl+I",
        "Name, birth date, order and specimen of the open slide; they stay encrypted on this workstation.",
    ),
    ActionSpec(
        "grade",
        "Red cells and platelets…",
        ActionCategory.SLIDE,
        "Ctrl+R",
        "Grade red cells and platelets.",
        writes_event=True,
    ),
    ActionSpec(
        "sign",
        "Sign…",
        ActionCategory.SLIDE,
        "Ctrl+Return",
        "Sign the review; the slide becomes read-only.",
        writes_event=True,
    ),
    ActionSpec(
        "reopen", "Amend…", ActionCategory.SLIDE, "", "Reopen a signed slide for changes; a reason is required."
    ),
    ActionSpec(
        "withdraw",
        "Withdraw…",
        ActionCategory.SLIDE,
        "",
        "Withdraw a slide imported by mistake, with a reason; choose again to restore it.",
    ),
    ActionSpec("report", "Export report…", ActionCategory.SLIDE, "Ctrl+P", "Save the report as PDF."),
    ActionSpec(
        "export",
        "Export data…",
        ActionCategory.SLIDE,
        "Ctrl+E",
        "Export the slide as FHIR, HL7, CSV, JSON or cell images.",
    ),
    ActionSpec("refresh", "Refresh", ActionCategory.SLIDE, "Ctrl+F5", "Load what another program wrote to this slide."),
    ActionSpec(
        "laboratory",
        "Results and orders…",
        ActionCategory.LABORATORY,
        "",
        "Results to the laboratory's system, orders and blood counts from it, and their settings.",
    ),
    ActionSpec(
        "lock", "Lock", ActionCategory.SLIDE, "Ctrl+L", "Lock the window; the PIN or another reviewer unlocks it."
    ),
    ActionSpec("quit", "Quit", ActionCategory.SLIDE, "Ctrl+Q", "Close the program; all work is saved."),
    ActionSpec(
        "accept",
        "Accept and next",
        ActionCategory.REVIEW,
        "Space",
        "Confirm the class shown for the selected cells and go to the next unreviewed cell.",
        review_area_only=True,
        writes_event=True,
    ),
    ActionSpec(
        "analyser",
        "Use the analyser's class",
        ActionCategory.REVIEW,
        "=",
        "Label the selected cells with the analyser's class.",
        review_area_only=True,
        writes_event=True,
    ),
    ActionSpec("undo", "Undo", ActionCategory.REVIEW, "Ctrl+Z", "Undo the last action; unlimited.", writes_event=True),
    ActionSpec(
        "redo",
        "Redo",
        ActionCategory.REVIEW,
        "Ctrl+Shift+Z",
        "Redo the last action that was undone.",
        writes_event=True,
    ),
    ActionSpec(
        "next",
        "Next unreviewed",
        ActionCategory.REVIEW,
        ".",
        "Go to the next unreviewed cell.",
        review_area_only=True,
    ),
    ActionSpec(
        "previous",
        "Previous unreviewed",
        ActionCategory.REVIEW,
        ",",
        "Go to the previous unreviewed cell.",
        review_area_only=True,
    ),
    ActionSpec("select_group", "Select the group", ActionCategory.REVIEW, "Ctrl+G", "Select all cells of this class."),
    ActionSpec(
        "select_all", "Select all", ActionCategory.REVIEW, "Ctrl+A", "Select all cells shown.", review_area_only=True
    ),
    ActionSpec(
        "comment",
        "Comment…",
        ActionCategory.REVIEW,
        "/",
        "Comment on the selected cells.",
        review_area_only=True,
        writes_event=True,
    ),
    ActionSpec(
        "slide_comment",
        "Comment on the slide…",
        ActionCategory.REVIEW,
        "Ctrl+/",
        "Comment on the slide, printed in the report.",
        writes_event=True,
    ),
    ActionSpec(
        "second",
        "Second reading",
        ActionCategory.REVIEW,
        "Ctrl+2",
        "Read the slide independently, blinded to the first reader and the model.",
        checkable=True,
    ),
    ActionSpec(
        "agreement", "Compare the readers…", ActionCategory.REVIEW, "Ctrl+K", "Cohen's κ, disagreements, consensus."
    ),
    ActionSpec(
        "large",
        "Large view",
        ActionCategory.CELL,
        "Return",
        "Show the cell in the whole window, and back again.",
        review_area_only=True,
        checkable=True,
    ),
    ActionSpec(
        "compare",
        "Compare…",
        ActionCategory.CELL,
        ";",
        "Show the cell next to reference cells confirmed by this laboratory, or next to the other selected cells.",
        review_area_only=True,
    ),
    ActionSpec(
        "outline",
        "Outline",
        ActionCategory.CELL,
        "Q",
        "Show the outline of cell and nucleus.",
        review_area_only=True,
        checkable=True,
    ),
    ActionSpec(
        "repair",
        "Repair the outline",
        ActionCategory.CELL,
        "Shift+Q",
        "Correct the outline with brush or clicks; the cell is then classified again.",
        review_area_only=True,
        writes_event=True,
    ),
    ActionSpec(
        "repair_tool",
        "Repair: brush or clicks",
        ActionCategory.CELL,
        "4",
        "Switch between brush and clicks.",
        review_area_only=True,
    ),
    ActionSpec(
        "region_nucleus",
        "Repair: nucleus",
        ActionCategory.CELL,
        "1",
        "The left button marks nucleus.",
        review_area_only=True,
    ),
    ActionSpec(
        "region_cytoplasm",
        "Repair: cytoplasm",
        ActionCategory.CELL,
        "2",
        "The left button marks cytoplasm.",
        review_area_only=True,
    ),
    ActionSpec(
        "region_background",
        "Repair: background",
        ActionCategory.CELL,
        "3",
        "The left button marks background.",
        review_area_only=True,
    ),
    ActionSpec("brush_smaller", "Repair: smaller brush", ActionCategory.CELL, "[", review_area_only=True),
    ActionSpec("brush_larger", "Repair: larger brush", ActionCategory.CELL, "]", review_area_only=True),
    ActionSpec(
        "repair_leave",
        "Repair: cancel",
        ActionCategory.CELL,
        "Esc",
        "Discard the changes to the outline.",
        review_area_only=True,
    ),
    ActionSpec(
        "map",
        "Class-activation map",
        ActionCategory.CELL,
        "X",
        "Show the class-activation map; this is recorded.",
        review_area_only=True,
        checkable=True,
    ),
    ActionSpec("zoom_in", "Zoom in", ActionCategory.CELL, "+", review_area_only=True),
    ActionSpec("zoom_out", "Zoom out", ActionCategory.CELL, "-", review_area_only=True),
    ActionSpec("zoom_fit", "Fit", ActionCategory.CELL, "0", review_area_only=True),
    ActionSpec(
        "blind",
        "Hide the model's prediction",
        ActionCategory.VIEW,
        "Ctrl+B",
        "Review blinded to the model.",
        checkable=True,
    ),
    ActionSpec("grouped", "Group by class", ActionCategory.VIEW, "Ctrl+Shift+G", checkable=True),
    ActionSpec(
        "key_strip",
        "Show keys below the gallery",
        ActionCategory.VIEW,
        "F2",
        "Show the label keys below the gallery.",
        checkable=True,
    ),
    ActionSpec(
        "names",
        "Names of patients",
        ActionCategory.VIEW,
        "F6",
        "Show or hide names and order numbers on this workstation; showing them is recorded.",
        checkable=True,
    ),
    ActionSpec(
        "worklist", "Worklist", ActionCategory.VIEW, "F3", "Show or hide the list of the slides.", checkable=True
    ),
    ActionSpec(
        "whole_images",
        "Whole images in the gallery",
        ActionCategory.VIEW,
        "F4",
        "Show whole images as thumbnails instead of cropping them to the cell.",
        checkable=True,
    ),
    ActionSpec("larger", "Larger thumbnails", ActionCategory.VIEW, "Ctrl++"),
    ActionSpec("smaller", "Smaller thumbnails", ActionCategory.VIEW, "Ctrl+-"),
    ActionSpec("theme_system", "System theme", ActionCategory.VIEW, checkable=True),
    ActionSpec("theme_light", "Light theme", ActionCategory.VIEW, checkable=True),
    ActionSpec("theme_dark", "Dark theme", ActionCategory.VIEW, checkable=True),
    ActionSpec("theme_contrast", "High contrast", ActionCategory.VIEW, checkable=True),
    ActionSpec("language_system", "Language: system", ActionCategory.VIEW, checkable=True),
    ActionSpec("language_en", "Language: English", ActionCategory.VIEW, checkable=True),
    ActionSpec("language_zh_CN", "Language: 中文 (Chinese)", ActionCategory.VIEW, checkable=True),
    ActionSpec(
        "watch",
        "Watch a folder…",
        ActionCategory.LABORATORY,
        "",
        "Import and analyse slides copied to a folder; choose again to stop.",
    ),
    ActionSpec(
        "audit", "Audit trail…", ActionCategory.LABORATORY, "Ctrl+Shift+A", "All events of the review log, with export."
    ),
    ActionSpec(
        "calls",
        "Call record…",
        ActionCategory.LABORATORY,
        "",
        "Whom reviewers called about alerts, and when; with export.",
    ),
    ActionSpec(
        "quality",
        "Quality control…",
        ActionCategory.LABORATORY,
        "",
        "Measurements of the reference slide; how often reviewers override the model.",
    ),
    ActionSpec(
        "competency",
        "Training…",
        ActionCategory.LABORATORY,
        "",
        "Classify cells of signed slides without their labels; results by person over time.",
    ),
    ActionSpec(
        "verification",
        "Verification…",
        ActionCategory.LABORATORY,
        "",
        "Compare signed slides with counts at the microscope, and print the protocol.",
    ),
    ActionSpec(
        "models",
        "Models…",
        ActionCategory.LABORATORY,
        "",
        "Model in use, installation history, comparison and rollback.",
    ),
    ActionSpec("manual", "Manual", ActionCategory.HELP, "", "Open the manual in the browser; no network is needed."),
    ActionSpec(
        "corrections",
        "Export corrections…",
        ActionCategory.LABORATORY,
        "",
        "Export reviewed cells of signed slides as training data for the next model.",
    ),
    ActionSpec("reviewers", "Reviewers…", ActionCategory.LABORATORY, "", "Names, roles and PINs; automatic lock."),
    ActionSpec(
        "backups", "Backups…", ActionCategory.LABORATORY, "", "Daily backup of slides, reviews, names and settings."
    ),
    ActionSpec("keys", "Keys", ActionCategory.HELP, "F1", "All keys: look up, change, save as a card."),
    ActionSpec("tour", "Tour", ActionCategory.HELP, "", "A short introduction to the parts of the window."),
    ActionSpec("demo", "Open the demo slides", ActionCategory.HELP, "", "Synthetic slides for trying out the program."),
    ActionSpec(
        "licences",
        "Licences…",
        ActionCategory.HELP,
        "",
        "Licences of the program, its models and the libraries it uses.",
    ),
    ActionSpec("about", "About LeukView", ActionCategory.HELP, "", "Purpose and limits of LeukView; the model in use."),
)


def action_table(taxonomy: Taxonomy, shortcuts: Mapping[str, str] | None = None) -> tuple[ActionSpec, ...]:
    """All actions: the fixed ones, and one per class of the taxonomy.

    Args:
        taxonomy: Classes with their names and default shortcuts.
        shortcuts: The user's shortcuts by action key ("" = none); one that another action has is ignored.
            So is that of a site's own class.

    Raises:
        ValueError: Two actions share a default shortcut.
    """
    labels = tuple(
        ActionSpec(
            LABEL_PREFIX + c.key,
            c.name,
            ActionCategory.LABEL,
            c.shortcut,
            Message("Label the selected cells: {label}.", label=Message(c.name)),
            review_area_only=True,
            writes_event=True,
        )
        for c in taxonomy.classes
        if not c.retired
    )
    table = (*_FIXED_ACTIONS, *labels)
    own = {LABEL_PREFIX + c.key for c in taxonomy.classes if c.is_own}
    for spec in labels:  # a site's class gives way: its key may be one of the program's
        if spec.key in own and shortcut_owner(table, spec.key, spec.shortcut):
            table = with_shortcut(table, spec.key, "")
    doubled = duplicate_shortcuts(table)
    if doubled:
        raise ValueError(f"Two actions share the key {', '.join(doubled)}.")
    for key, shortcut in (shortcuts or {}).items():
        if any(s.key == key for s in table) and not shortcut_owner(table, key, shortcut):
            table = with_shortcut(table, key, shortcut)
    return table


def with_shortcut(table: tuple[ActionSpec, ...], key: str, shortcut: str) -> tuple[ActionSpec, ...]:
    """A copy of the table with another shortcut for one action."""
    return tuple(replace(s, shortcut=shortcut) if s.key == key else s for s in table)


def shortcut_owner(table: Iterable[ActionSpec], key: str, shortcut: str) -> ActionSpec | None:
    """The other action that has the shortcut already; None when there is none."""
    wanted = shortcut.casefold()
    return next((s for s in table if wanted and s.shortcut.casefold() == wanted and s.key != key), None)


def duplicate_shortcuts(table: Iterable[ActionSpec]) -> list[str]:
    """Shortcuts that more than one action has, as often as they repeat."""
    seen: set[str] = set()
    doubled = []
    for spec in table:
        key = spec.shortcut.casefold()
        if key and key in seen:
            doubled.append(spec.shortcut)
        seen.add(key)
    return doubled
