"""Report text on what an amendment changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leukview.domain.differential import Differential
from leukview.domain.taxonomy import CellClass
from leukview.report.report_strings import ReportStrings
from leukview.report.time_format import TimeFormat
from leukview.services.report.report_data import ReportData
from leukview.services.review.amendments import Amendment

_MAX_NAMED_CELLS = 10
"""Number of cells listed on the first page; the annex lists all."""


def latest_amendment_section(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> dict[str, Any]:
    """The last amendment for the first page: text lines and a table of counts.

    Empty when there is none.
    """
    if not data.amendments:
        return {}
    return _amendment_section(data, data.amendments[-1], texts, time_format, _MAX_NAMED_CELLS)


def amendment_sections(data: ReportData, texts: ReportStrings, time_format: TimeFormat) -> list[dict[str, Any]]:
    """All amendments in order, each with all its cells."""
    return [_amendment_section(data, a, texts, time_format, None) for a in data.amendments]


def previously_signed_labels(data: ReportData) -> Mapping[str, str]:
    """Cells that differ from the version signed last: cell id → class key in it."""
    return {c.key: c.before for c in data.amendments[-1].class_changes} if data.amendments else {}


def _amendment_section(
    data: ReportData, amendment: Amendment, texts: ReportStrings, time_format: TimeFormat, max_cells: int | None
) -> dict[str, Any]:
    reasons = texts("list.semicolon").join(amendment.reasons) or texts("changes.no_reason")
    head = [
        texts(
            "changes.since",
            name=amendment.earlier_signature.name,
            at=time_format.format_time(amendment.earlier_signature.at),
            reasons=reasons,
        )
    ]
    if amendment.later_signature:
        head.append(
            texts(
                "changes.resigned",
                name=amendment.later_signature.name,
                at=time_format.format_time(amendment.later_signature.at),
            )
        )
    else:
        head.append(texts("changes.open"))
    rows = _count_change_rows(data, amendment, texts)
    lines = [*_cell_change_lines(data, amendment, texts, max_cells), *_other_change_lines(data, amendment, texts)]
    if amendment.is_empty:
        lines = [texts("changes.nothing")]
    elif not rows:
        lines.append(texts("changes.unchanged"))
    return {"head": texts.join_sentences(head), "lines": lines, "rows": rows}


def _cell_change_lines(
    data: ReportData, amendment: Amendment, texts: ReportStrings, max_cells: int | None
) -> list[str]:
    if not amendment.class_changes:
        return []
    shown = (
        amendment.class_changes
        if max_cells is None or len(amendment.class_changes) <= max_cells + 1
        else amendment.class_changes[:max_cells]
    )
    parts = [
        texts(
            "changes.cell",
            number=data.slide_view.by_id[c.key].cell.number,
            before=_class_name(data, c.before, texts),
            after=_class_name(data, c.after, texts),
        )
        for c in shown
    ]
    if len(shown) < len(amendment.class_changes):
        parts.append(texts.plural("changes.more", len(amendment.class_changes) - len(shown)))
    return [
        texts.join_sentences(
            [texts.plural("changes.cells", len(amendment.class_changes)), texts("list.semicolon").join(parts)]
        )
    ]


def _other_change_lines(data: ReportData, amendment: Amendment, texts: ReportStrings) -> list[str]:
    lines = []
    if amendment.wbc_change:
        before, after = (texts("list.not_given") if w is None else f"{w:g}" for w in amendment.wbc_change)
        lines.append(texts("changes.wbc", before=before, after=after))
    if amendment.grade_changes:
        parts = [_grade_change_text(data, c.key, c.before, c.after, texts) for c in amendment.grade_changes]
        lines.append(texts("changes.grades", grades=texts("list.semicolon").join(parts)))
    if amendment.comment_changes:
        numbers = ", ".join(f"#{data.slide_view.by_id[c.key].cell.number}" for c in amendment.comment_changes)
        lines.append(texts.plural("changes.comments", len(amendment.comment_changes), numbers=numbers))
    if amendment.slide_comment_change:
        before = amendment.slide_comment_change.before
        lines.append(texts("changes.slide_comment", before=before) if before else texts("changes.slide_comment_empty"))
    if amendment.acknowledged_alerts:
        titles = {rule.key: texts.translate(rule.title) for rule in data.slide_view.rules}
        named = texts("list.semicolon").join(titles.get(key, key) for key in amendment.acknowledged_alerts)
        lines.append(texts("changes.acknowledged", titles=named))
    return lines


def _class_name(data: ReportData, key: str, texts: ReportStrings) -> str:
    return texts.translate(data.slide_view.taxonomy.cell_class(key).name) if key else texts("list.nothing")


def _grade_change_text(data: ReportData, key: str, before: str, after: str, texts: ReportStrings) -> str:
    item = data.grading.find_item(key)

    def words(grade: str) -> str:
        if not grade:
            return texts("morphology.gap")
        return texts.translate(item.find_grade(grade).text) if item else grade

    feature = texts.translate(item.name) if item else key.replace("_", " ")
    return texts("changes.grade", feature=feature, before=words(before), after=words(after))


def _count_change_rows(data: ReportData, amendment: Amendment, texts: ReportStrings) -> list[list[str]]:
    """Table of the classes whose count differs: class, count and share before and now."""
    before, after = amendment.differential_before, amendment.differential_after
    differing = [c for c in data.slide_view.taxonomy.classes if before.count(c.key) != after.count(c.key)]
    rows = [
        [texts.translate(c.plural), _count_with_share(before, c, texts), _count_with_share(after, c, texts)]
        for c in differing
    ]
    if rows and before.leukocyte_count != after.leukocyte_count:
        rows.append([f"Σ {texts('tables.leukocytes')}", str(before.leukocyte_count), str(after.leukocyte_count)])
    return rows


def _count_with_share(tally: Differential, cell_class: CellClass, texts: ReportStrings) -> str:
    """A count with its percentage, or per 100 leukocytes for classes not counted."""
    count = tally.count(cell_class.key)
    if not tally.leukocyte_count:
        return texts("changes.count", n=count, value=texts("list.not_given"))
    share = f"{100 * count / tally.leukocyte_count:.1f}"
    unit = "%" if cell_class.is_leukocyte else texts("head.per_100")
    return texts("changes.count", n=count, value=f"{share} {unit}")
