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
    return {c.key: c.before for c in data.amendments[-1].cells} if data.amendments else {}


def _words(data: ReportData, found: Amendment, texts: Texts, clock: Clock, most: int | None) -> dict[str, Any]:
    reasons = texts("list.semicolon").join(found.reasons) or texts("changes.no_reason")
    head = [texts("changes.since", name=found.signed.name, at=clock.when(found.signed.at), reasons=reasons)]
    if found.resigned:
        head.append(texts("changes.resigned", name=found.resigned.name, at=clock.when(found.resigned.at)))
    else:
        head.append(texts("changes.open"))
    rows = _rows(data, found, texts)
    lines = [*_cells(data, found, texts, most), *_others(data, found, texts)]
    if found.nothing:
        lines = [texts("changes.nothing")]
    elif not rows:
        lines.append(texts("changes.unchanged"))
    return {"head": texts.sentences(head), "lines": lines, "rows": rows}


def _cells(data: ReportData, found: Amendment, texts: Texts, most: int | None) -> list[str]:
    if not found.cells:
        return []
    shown = found.cells if most is None or len(found.cells) <= most + 1 else found.cells[:most]
    parts = [
        texts(
            "changes.cell",
            number=data.slide.by_id[c.key].cell.number,
            before=_class(data, c.before, texts),
            after=_class(data, c.after, texts),
        )
        for c in shown
    ]
    if len(shown) < len(found.cells):
        parts.append(texts.count("changes.more", len(found.cells) - len(shown)))
    return [texts.sentences([texts.count("changes.cells", len(found.cells)), texts("list.semicolon").join(parts)])]


def _others(data: ReportData, found: Amendment, texts: Texts) -> list[str]:
    lines = []
    if found.wbc:
        before, after = (texts("list.not_given") if w is None else f"{w:g}" for w in found.wbc)
        lines.append(texts("changes.wbc", before=before, after=after))
    if found.grades:
        parts = [_grade(data, c.key, c.before, c.after, texts) for c in found.grades]
        lines.append(texts("changes.grades", grades=texts("list.semicolon").join(parts)))
    if found.comments:
        numbers = ", ".join(f"#{data.slide.by_id[c.key].cell.number}" for c in found.comments)
        lines.append(texts.count("changes.comments", len(found.comments), numbers=numbers))
    if found.slide_comment:
        before = found.slide_comment.before
        lines.append(texts("changes.slide_comment", before=before) if before else texts("changes.slide_comment_empty"))
    if found.acknowledged:
        titles = {rule.key: texts.data(rule.title) for rule in data.slide.rules}
        named = texts("list.semicolon").join(titles.get(key, key) for key in found.acknowledged)
        lines.append(texts("changes.acknowledged", titles=named))
    return lines


def _class(data: ReportData, key: str, texts: Texts) -> str:
    return texts.data(data.slide.taxonomy.cell_class(key).name) if key else texts("list.nothing")


def _grade(data: ReportData, key: str, before: str, after: str, texts: Texts) -> str:
    item = data.grading.item(key)

    def words(grade: str) -> str:
        if not grade:
            return texts("morphology.gap")
        return texts.data(item.grade(grade).words) if item else grade

    feature = texts.data(item.name) if item else key.replace("_", " ")
    return texts("changes.grade", feature=feature, before=words(before), after=words(after))


def _rows(data: ReportData, found: Amendment, texts: Texts) -> list[list[str]]:
    """Rows of class, count and share before, count and share now, of the classes whose count differs."""
    before, after = found.before, found.after
    differing = [c for c in data.slide.taxonomy.classes if before.count(c.key) != after.count(c.key)]
    rows = [[texts.data(c.plural), _share(before, c, texts), _share(after, c, texts)] for c in differing]
    if rows and before.n != after.n:
        rows.append([f"Σ {texts('tables.leukocytes')}", str(before.n), str(after.n)])
    return rows


def _share(tally: Differential, cell_class: CellClass, texts: Texts) -> str:
    """A count with its share of the leukocytes, or with the number per 100 of them."""
    count = tally.count(cell_class.key)
    if not tally.n:
        return texts("changes.count", n=count, value=texts("list.not_given"))
    share = f"{100 * count / tally.n:.1f}"
    unit = "%" if cell_class.counted else texts("head.per_100")
    return texts("changes.count", n=count, value=f"{share} {unit}")
