"""Red cells and platelets as a person graded them, in words; the model says nothing here."""

from __future__ import annotations

from leukview.domain.grading import GroupSummary, summarise
from leukview.services.report import ReportData

NOT_ASSESSED = "Red cell and platelet morphology: not assessed."


def morphology_rows(data: ReportData) -> list[list[str]]:
    """Rows of group and findings; empty when nobody graded anything. A feature not named was not assessed."""
    grades = {key: graded.grade for key, graded in data.slide.review.grades.items()}
    return [[group.name, _found(group)] for group in summarise(data.grading, grades)] if grades else []


def _found(group: GroupSummary) -> str:
    if not group.found and not group.normal:
        return "not assessed"
    parts = [", ".join(group.found) or "nothing abnormal"]
    if group.normal:
        parts.append(f"normal or not seen: {_listed(group.normal)}")
    return "; ".join(parts)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(_lower(name) for name in names)


def _lower(name: str) -> str:
    """Without a capital inside a sentence; names of persons keep theirs."""
    return name if any(letter.isupper() for letter in name[1:]) or name.startswith("Pappenheimer") else name.lower()
