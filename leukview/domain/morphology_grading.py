"""Grading form of red cells and platelets, read from ``resources/grading.toml``.

Only people grade; the model makes no predictions about red cells and platelets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_toml, structure


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade of a scale.

    Attributes:
        key: As stored, e.g. ``2+``.
        text: In full, e.g. ``2+ moderate``.
        is_normal: Whether the grade is normal, with nothing to report.
        short_text: Text of its button.
    """

    key: str
    text: str
    is_normal: bool = False
    short_text: str = ""


@dataclass(frozen=True, slots=True)
class GradingItem:
    """One feature to grade.

    Attributes:
        key: As stored, e.g. ``target_cells``.
        name: As shown.
        grades: The grades of its scale, from none to most.
        limits: Grade key → its range as text, such as ``5–20 %``; may be empty.
        description: One sentence of explanation; may be empty.
    """

    key: str
    name: str
    grades: tuple[Grade, ...]
    limits: Mapping[str, str]
    description: str = ""

    def find_grade(self, key: str) -> Grade:
        """The grade with this key; a stored one that the form lacks keeps its key as text."""
        return next((g for g in self.grades if g.key == key), Grade(key, key, short_text=key))


@dataclass(frozen=True, slots=True)
class GradingGroup:
    """Features under one heading."""

    name: str
    items: tuple[GradingItem, ...]


@dataclass(frozen=True, slots=True)
class GradingForm:
    """The whole form; `source` is a text that cites the source of names and limits."""

    source: str
    groups: tuple[GradingGroup, ...]

    @property
    def items(self) -> tuple[GradingItem, ...]:
        """All features in the form's order."""
        return tuple(item for group in self.groups for item in group.items)

    def find_item(self, key: str) -> GradingItem | None:
        """The feature with this key; None when the form has none."""
        return next((item for item in self.items if item.key == key), None)


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """The grades given in one group, as texts for one line.

    Attributes:
        abnormal: Texts of the abnormal features such as ``Target cells 2+``, in the form's order.
        normal: Names of the features assessed as normal.
        not_assessed: Names of the features not assessed.
    """

    name: str
    abnormal: tuple[str, ...]
    normal: tuple[str, ...]
    not_assessed: tuple[str, ...]


def summarise_grades(form: GradingForm, grades: Mapping[str, str]) -> tuple[GroupSummary, ...]:
    """Summarise the grades of each group of the form.

    Stored features that the form lacks come last, as group “Other”.

    Args:
        form: Defines names and order of the features.
        grades: Item key → grade key.
    """
    found = []
    for group in form.groups:
        graded = [(item, item.find_grade(grades[item.key])) for item in group.items if item.key in grades]
        found.append(
            GroupSummary(
                group.name,
                tuple(f"{item.name} {grade.text}" for item, grade in graded if not grade.is_normal),
                tuple(_normal_text(item, grade) for item, grade in graded if grade.is_normal),
                tuple(item.name for item in group.items if item.key not in grades),
            )
        )
    known = {item.key for item in form.items}
    others = tuple(f"{key.replace('_', ' ')} {grade}" for key, grade in grades.items() if key not in known)
    return (*found, GroupSummary("Other", others, (), ())) if others else tuple(found)


def _normal_text(item: GradingItem, grade: Grade) -> str:
    return item.name if grade.key == "0" else f"{item.name} {grade.text}"


@dataclass(frozen=True, slots=True)
class _GradeEntry:
    """A grade as ``grading.toml`` has it."""

    key: str
    words: str
    normal: bool = False
    short: str | None = None


@dataclass(frozen=True, slots=True)
class _ItemEntry:
    """A feature as ``grading.toml`` has it."""

    key: str
    name: str
    scale: str
    limits: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, slots=True)
class _GroupEntry:
    """A group of features as ``grading.toml`` has it."""

    name: str
    items: tuple[_ItemEntry, ...]


@dataclass(frozen=True, slots=True)
class _FormFile:
    """The contents of ``grading.toml``."""

    source: str
    scales: Mapping[str, tuple[_GradeEntry, ...]]
    groups: tuple[_GroupEntry, ...]
    version: int = 1


def parse_grading(text: str) -> GradingForm:
    """Read ``grading.toml``.

    Raises:
        LeukViewError: The text is not TOML, a value is missing, a scale or limit is unknown, or a key is given twice.
    """
    try:
        raw = structure(parse_toml(text), _FormFile)
        scales = {
            key: tuple(Grade(g.key, g.words, g.normal, g.key if g.short is None else g.short) for g in steps)
            for key, steps in raw.scales.items()
        }
        groups = tuple(
            GradingGroup(group.name, tuple(_item(entry, scales) for entry in group.items)) for group in raw.groups
        )
    except ValueError as error:
        raise LeukViewError(
            Message("The grading form cannot be read: {reason}.", reason=error), "Correct or remove grading.toml."
        ) from error
    form = GradingForm(raw.source, groups)
    _check_form(form)
    return form


def _item(entry: _ItemEntry, scales: Mapping[str, tuple[Grade, ...]]) -> GradingItem:
    if entry.scale not in scales:
        raise ValueError(f"there is no scale '{entry.scale}'")
    return GradingItem(entry.key, entry.name, scales[entry.scale], entry.limits, entry.about)


def _check_form(form: GradingForm) -> None:
    keys = [item.key for item in form.items]
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        raise LeukViewError(
            Message("The grading form contains {names} twice.", names=", ".join(doubled)), "Correct grading.toml."
        )
    for item in form.items:
        unknown = sorted(set(item.limits) - {grade.key for grade in item.grades})
        if unknown or not item.grades:
            raise LeukViewError(
                Message(
                    "The grading form has no grade {names} for {item}.",
                    names=", ".join(unknown) or "at all",
                    item=item.name,
                ),
                "Correct grading.toml.",
            )
