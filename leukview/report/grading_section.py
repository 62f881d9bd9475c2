"""Report text on red cells and platelets, which only a person grades."""

from __future__ import annotations

from dataclasses import replace

from leukview.domain.morphology_grading import GradingForm, GroupSummary, summarise_grades
from leukview.report.report_strings import ReportStrings
from leukview.report.time_format import TimeFormat
from leukview.services.report.report_data import ReportData


def grading_rows(data: ReportData, texts: ReportStrings) -> list[list[str]]:
    """Rows of group and findings; empty when nothing was graded.

    A feature that is not listed was not assessed.
    """
    grades = {key: graded.grade for key, graded in data.slide_view.review.grades.items()}
    form = _translate_form(data.grading, texts)
    return (
        [[texts.translate(g.name), _group_findings(g, texts)] for g in summarise_grades(form, grades)] if grades else []
    )


def grading_note(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> str:
    """State who graded, when, and by which source."""
    grades = data.slide_view.review.grades.values()
    if not grades:
        return texts("morphology.not_assessed")
    last = max(grades, key=lambda graded: graded.at)
    who = texts.join_list(sorted({graded.reviewer for graded in grades}))
    sentences = [texts("morphology.graded", who=who, at=time_format.format_time(last.at))]
    if data.grading.source:
        sentences.append(texts("morphology.source", source=texts.translate(data.grading.source)))
    return texts.join_sentences(sentences)


def _translate_form(form: GradingForm, texts: ReportStrings) -> GradingForm:
    """The form with its names translated to the report's language."""
    groups = []
    for group in form.groups:
        items = []
        for item in group.items:
            grades = tuple(replace(g, text=texts.translate(g.text)) for g in item.grades)
            items.append(replace(item, name=texts.translate(item.name), grades=grades))
        groups.append(replace(group, name=texts.translate(group.name), items=tuple(items)))
    return replace(form, groups=tuple(groups))


def _group_findings(group: GroupSummary, texts: ReportStrings) -> str:
    if not group.abnormal and not group.normal:
        return texts("morphology.gap")
    comma = texts("list.comma")
    parts = [comma.join(group.abnormal) or texts("morphology.normal")]
    if group.normal:
        names = comma.join(_lower_case_name(name) if texts.lowercase_names else name for name in group.normal)
        parts.append(texts("morphology.normals", names=names))
    return texts("list.semicolon").join(parts)


def _lower_case_name(name: str) -> str:
    """Lower-case a name inside a sentence, except names derived from persons."""
    return name if any(letter.isupper() for letter in name[1:]) or name.startswith("Pappenheimer") else name.lower()
