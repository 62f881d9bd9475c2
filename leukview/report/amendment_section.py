"""What an amendment changed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leukview.domain.differential import Differential
from leukview.domain.taxonomy import CellClass
from leukview.report.report_strings import Texts
from leukview.report.time_format import Clock
from leukview.services.report.report_data import ReportData
from leukview.services.review.amendments import Amendment

_SHOWN = 10
"""Cells named on the first page; the annex names all."""


def change_words(data: ReportData, texts: Texts, clock: Clock) -> dict[str, Any]:
    """The last amendment for the first page: sentences and a table of counts; empty when there is none."""
    if not data.amendments:
        return {}
    return _words(data, data.amendments[-1], texts, clock, _SHOWN)


def version_words(data: ReportData, texts: Texts, clock: Clock) -> list[dict[str, Any]]:
    """Every amendment in order, each cell named."""
    return [_words(data, a, texts, clock, None) for a in data.amendments]


def changed_cells(data: ReportData) -> Mapping[str, str]:
    """Cell id → class key in the version signed before the slide as it stands; those that differ alone."""
    return {c.key: c.before for c in data.amendments[-1].class_changes} if data.amendments else {}


def _words(data: ReportData, found: Amendment, texts: Texts, clock: Clock, most: int | None) -> dict[str, Any]:
    reasons = texts("list.semicolon").join(found.reasons) or texts("changes.no_reason")
    head = [
        texts(
            "changes.since",
            name=found.earlier_signature.name,
            at=clock.when(found.earlier_signature.at),
            reasons=reasons,
        )
    ]
    if found.later_signature:
        head.append(texts("changes.resigned", name=found.later_signature.name, at=clock.when(found.later_signature.at)))
    else:
        head.append(texts("changes.open"))
    rows = _rows(data, found, texts)
    lines = [*_cells(data, found, texts, most), *_others(data, found, texts)]
    if found.is_empty:
        lines = [texts("changes.nothing")]
    elif not rows:
        lines.append(texts("changes.unchanged"))
    return {"head": texts.sentences(head), "lines": lines, "rows": rows}


def _cells(data: ReportData, found: Amendment, texts: Texts, most: int | None) -> list[str]:
    if not found.class_changes:
        return []
    shown = found.class_changes if most is None or len(found.class_changes) <= most + 1 else found.class_changes[:most]
    parts = [
        texts(
            "changes.cell",
            number=data.slide_view.by_id[c.key].cell.number,
            before=_class(data, c.before, texts),
            after=_class(data, c.after, texts),
        )
        for c in shown
    ]
    if len(shown) < len(found.class_changes):
        parts.append(texts.count("changes.more", len(found.class_changes) - len(shown)))
    return [
        texts.sentences([texts.count("changes.cells", len(found.class_changes)), texts("list.semicolon").join(parts)])
    ]


def _others(data: ReportData, found: Amendment, texts: Texts) -> list[str]:
    lines = []
    if found.wbc_change:
        before, after = (texts("list.not_given") if w is None else f"{w:g}" for w in found.wbc_change)
        lines.append(texts("changes.wbc", before=before, after=after))
    if found.grade_changes:
        parts = [_grade(data, c.key, c.before, c.after, texts) for c in found.grade_changes]
        lines.append(texts("changes.grades", grades=texts("list.semicolon").join(parts)))
    if found.comment_changes:
        numbers = ", ".join(f"#{data.slide_view.by_id[c.key].cell.number}" for c in found.comment_changes)
        lines.append(texts.count("changes.comments", len(found.comment_changes), numbers=numbers))
    if found.slide_comment_change:
        before = found.slide_comment_change.before
        lines.append(texts("changes.slide_comment", before=before) if before else texts("changes.slide_comment_empty"))
    if found.acknowledged_alerts:
        titles = {rule.key: texts.data(rule.title) for rule in data.slide_view.rules}
        named = texts("list.semicolon").join(titles.get(key, key) for key in found.acknowledged_alerts)
        lines.append(texts("changes.acknowledged", titles=named))
    return lines


def _class(data: ReportData, key: str, texts: Texts) -> str:
    return texts.data(data.slide_view.taxonomy.cell_class(key).name) if key else texts("list.nothing")


def _grade(data: ReportData, key: str, before: str, after: str, texts: Texts) -> str:
    item = data.grading.find_item(key)

    def words(grade: str) -> str:
        if not grade:
            return texts("morphology.gap")
        return texts.data(item.find_grade(grade).text) if item else grade

    feature = texts.data(item.name) if item else key.replace("_", " ")
    return texts("changes.grade", feature=feature, before=words(before), after=words(after))


def _rows(data: ReportData, found: Amendment, texts: Texts) -> list[list[str]]:
    """Rows of class, count and share before, count and share now, of the classes whose count differs."""
    before, after = found.differential_before, found.differential_after
    differing = [c for c in data.slide_view.taxonomy.classes if before.count(c.key) != after.count(c.key)]
    rows = [[texts.data(c.plural), _share(before, c, texts), _share(after, c, texts)] for c in differing]
    if rows and before.leukocyte_count != after.leukocyte_count:
        rows.append([f"Σ {texts('tables.leukocytes')}", str(before.leukocyte_count), str(after.leukocyte_count)])
    return rows


def _share(tally: Differential, cell_class: CellClass, texts: Texts) -> str:
    """A count with its share of the leukocytes, or with the number per 100 of them."""
    count = tally.count(cell_class.key)
    if not tally.leukocyte_count:
        return texts("changes.count", n=count, value=texts("list.not_given"))
    share = f"{100 * count / tally.leukocyte_count:.1f}"
    unit = "%" if cell_class.is_leukocyte else texts("head.per_100")
    return texts("changes.count", n=count, value=f"{share} {unit}")
