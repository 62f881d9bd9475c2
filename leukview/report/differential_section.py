"""Report tables of the differential and of the classes outside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from leukview.domain.binomial import Interval, clopper_pearson
from leukview.domain.differential import percent_list
from leukview.domain.taxonomy import CellClass, Taxonomy
from leukview.report.reference_ranges import ReferenceRange, ReferenceRanges
from leukview.report.report_strings import ReportStrings
from leukview.services.report.report_data import ReportData
from leukview.services.review.signing import signature_gaps


@dataclass(frozen=True, slots=True)
class _RowCounts:
    """Cell counts of one row.

    Attributes:
        model: By the model's class.
        reviewer: By the reviewer's class.
        shown: By the class shown: the reviewer's, else the model's.
    """

    model: int
    reviewer: int
    shown: int


def reviewer_counts(data: ReportData) -> Mapping[str, int]:
    """Number of cells to which a reviewer gave a class, by class key."""
    return Counter(v.review.label for v in data.slide_view.cells if v.review.label)


def format_percent_interval(interval: Interval | None, texts: ReportStrings) -> str:
    """Interval in per cent, as ``46.8–60.2``; ``n/a`` when there is no leukocyte."""
    return f"{100 * interval.low:.1f}–{100 * interval.high:.1f}" if interval else texts("list.not_given")


def differential_rows(data: ReportData, reference_ranges: ReferenceRanges, texts: ReportStrings) -> list[list[str]]:
    """Rows of the differential; rows of sums begin with ``Σ``.

    Columns: class, model, reviewer, final, %, 95 % interval, 10⁹/l, reference range.
    """
    by_reviewer = reviewer_counts(data)
    shown = data.shown_tally

    def counts(keys: Sequence[str]) -> _RowCounts:
        return _RowCounts(
            sum(data.model_tally.count(k) for k in keys),
            sum(by_reviewer.get(k, 0) for k in keys),
            sum(shown.count(k) for k in keys),
        )

    taxonomy = data.slide_view.taxonomy
    present = [c for c in taxonomy.classes if c.is_leukocyte and any(_count_columns(counts([c.key])))]
    rows = []
    for c in present:
        reference = _reference_of(taxonomy, c, reference_ranges)
        covered = _with_own_parts(taxonomy, reference.classes) if reference else []
        siblings = [o for o in present if o.key in covered]
        alone = reference if len(siblings) == 1 else None
        cell_counts = counts([c.key])
        interval = _count_interval(cell_counts.shown, shown.leukocyte_count)
        rows.append(
            _differential_row(
                data,
                texts,
                texts.translate(c.plural),
                cell_counts,
                interval,
                alone.text_with_flag(cell_counts.shown, shown.leukocyte_count) if alone else "",
            )
        )
        if reference and len(siblings) > 1 and c is siblings[-1]:
            together = counts(covered)
            interval = _count_interval(together.shown, shown.leukocyte_count)
            rows.append(
                _differential_row(
                    data,
                    texts,
                    f"Σ {texts.translate(reference.name)}",
                    together,
                    interval,
                    reference.text_with_flag(together.shown, shown.leukocyte_count),
                )
            )
    return [*rows, *_blast_rows(data, texts, counts), _total_row(data, texts, by_reviewer)]


def short_rows(rows: list[list[str]], data: ReportData, texts: ReportStrings) -> list[list[str]]:
    """The rows of `differential_rows` for a clinician: classes that are there, and one sum of blasts."""
    sums = {f"Σ {texts(f'tables.{key}')}" for key in ("blasts", "equivalents", "leukocytes")}
    together = f"Σ {texts('tables.together')}"
    if not data.shown_tally.blast_equivalent_count and data.shown_tally.blast_count:
        sums.add(together)  # it would repeat the row of the blasts
    return [row for row in rows if row[0] not in sums and (row[3] != "0" or row[0] == together)]


def _reference_of(
    taxonomy: Taxonomy, cell_class: CellClass, reference_ranges: ReferenceRanges
) -> ReferenceRange | None:
    """Reference range of a class; a site's class belongs to the one of its parent."""
    found = reference_ranges.range_for(cell_class.key)
    while found is None and cell_class.parent:
        cell_class = taxonomy.cell_class(cell_class.parent)
        found = reference_ranges.range_for(cell_class.key)
    return found


def _with_own_parts(taxonomy: Taxonomy, keys: Sequence[str]) -> list[str]:
    """Class keys with those of the parts that the site added."""
    return list(dict.fromkeys(part for key in keys for part in (key, *taxonomy.own_parts(key))))


def _blast_rows(
    data: ReportData, texts: ReportStrings, counts: Callable[[Sequence[str]], _RowCounts]
) -> list[list[str]]:
    classes = data.slide_view.taxonomy.classes
    blasts = [c.key for c in classes if c.is_blast]
    equivalents = [c.key for c in classes if c.is_blast_equivalent]
    rows = []
    for name, keys in (
        ("tables.blasts", blasts),
        ("tables.equivalents", equivalents),
        ("tables.together", [*blasts, *equivalents]),
    ):
        found = counts(keys)
        rows.append(
            _differential_row(
                data,
                texts,
                f"Σ {texts(name)}",
                found,
                _count_interval(found.shown, data.shown_tally.leukocyte_count),
                "",
            )
        )
    return rows


def _total_row(data: ReportData, texts: ReportStrings, by_reviewer: Mapping[str, int]) -> list[str]:
    counted = {c.key for c in data.slide_view.taxonomy.classes if c.is_leukocyte}
    reviewed = sum(n for key, n in by_reviewer.items() if key in counted)
    n, wbc = data.shown_tally.leukocyte_count, data.shown_tally.effective_wbc_per_nl
    total = "100.0" if n else texts("list.not_given")
    absolute = texts("list.not_given") if wbc is None else f"{wbc:.2f}"
    return [
        f"Σ {texts('tables.leukocytes')}",
        str(data.model_tally.leukocyte_count),
        str(reviewed),
        str(n),
        total,
        "",
        absolute,
        "",
    ]


def _differential_row(
    data: ReportData, texts: ReportStrings, name: str, counts: _RowCounts, interval: Interval | None, reference: str
) -> list[str]:
    n, wbc = data.shown_tally.leukocyte_count, data.shown_tally.effective_wbc_per_nl
    share = counts.shown / n if n else None
    return [
        name,
        *(str(number) for number in _count_columns(counts)),
        texts("list.not_given") if share is None else f"{100 * share:.1f}",
        format_percent_interval(interval, texts),
        texts("list.not_given") if share is None or wbc is None else f"{wbc * share:.2f}",
        reference,
    ]


def _count_columns(counts: _RowCounts) -> tuple[int, int, int]:
    return counts.model, counts.reviewer, counts.shown


def _count_interval(count: int, n: int) -> Interval | None:
    return clopper_pearson(count, n) if n else None


def non_leukocyte_rows(data: ReportData, reference_ranges: ReferenceRanges, texts: ReportStrings) -> list[list[str]]:
    """Rows of the classes outside the denominator.

    Columns: class, model, reviewer, final, per 100 WBC, reference range.
    """
    by_reviewer, shown = reviewer_counts(data), data.shown_tally
    rows = []
    for c in data.slide_view.taxonomy.classes:
        counts = _RowCounts(data.model_tally.count(c.key), by_reviewer.get(c.key, 0), shown.count(c.key))
        if c.is_leukocyte or not any(_count_columns(counts)):
            continue
        per_100 = 100 * counts.shown / shown.leukocyte_count if shown.leukocyte_count else None
        reference = reference_ranges.range_for(c.key)
        rows.append(
            [
                texts.translate(c.plural),
                *(str(number) for number in _count_columns(counts)),
                texts("list.not_given") if per_100 is None else f"{per_100:.1f}",
                reference.text_with_flag(counts.shown, shown.leukocyte_count) if reference else "",
            ]
        )
    return rows


def denominator_text(data: ReportData, texts: ReportStrings) -> str:
    """Explain what was counted and which cells the percentages refer to."""
    shown, wbc = data.shown_tally, data.slide_view.slide.wbc_per_nl
    classes = data.slide_view.taxonomy.classes
    has_consensus = any(v.consensus for v in data.slide_view.cells)
    counted = texts(
        "tables.denominator",
        n=shown.leukocyte_count,
        total=shown.cell_count,
        outside=_class_list([c for c in classes if not c.is_leukocyte], texts),
        final=texts("tables.final_consensus" if has_consensus else "tables.final"),
        equivalents=_class_list([c for c in classes if c.is_blast_equivalent], texts),
    )
    absolute = texts("tables.no_absolute") if wbc is None else texts("tables.absolute", wbc=f"{wbc:g}")
    if wbc is not None and shown.corrected_wbc_per_nl is not None:
        absolute = texts("tables.corrected", wbc=f"{wbc:g}", corrected=f"{shown.corrected_wbc_per_nl:.2f}")
    return texts.join_sentences([counted, absolute])


def _class_list(classes: Sequence[CellClass], texts: ReportStrings) -> str:
    names = [texts.translate(c.plural) for c in classes]
    if texts.lowercase_names:
        names = [name.replace(" (NRBC)", "").casefold() for name in names]
    return texts.join_list(names)


def warning_sentences(data: ReportData, texts: ReportStrings) -> list[str]:
    """Sentences on limitations of the figures, such as a small count."""
    shown, found = data.shown_tally, []
    if not shown.leukocyte_count:
        found.append(texts("warnings.none"))
    elif shown.is_small_sample:
        found.append(texts.plural("warnings.small", shown.leukocyte_count))
    if shown.straddled_thresholds:
        interval = format_percent_interval(shown.blast_interval, texts)
        marks = percent_list(shown.straddled_thresholds)
        found.append(texts("warnings.straddles", interval=interval, thresholds=marks))
    if shown.is_outside_validated_wbc:
        low, high = shown.rules.validated_wbc
        found.append(texts("warnings.outside_validated", low=f"{low:g}", high=f"{high:g}"))
    if data.slide_view.pending_count:
        found.append(texts.plural("warnings.pending", data.slide_view.pending_count))
    found.extend(texts.translate(gap) for gap in signature_gaps(data.slide_view))
    return found
