"""Key cells and the annex as words."""

from __future__ import annotations

from collections.abc import Mapping

from leukview.domain.prediction import Prediction
from leukview.report.amendment_section import changed_cells
from leukview.report.report_strings import Texts
from leukview.services.report.report_data import KeyCell, ReportData, choose_key_cells
from leukview.services.review.session import CellView

_FLAGS = frozenset({"uncertain", "no_cell", "cut", "unlike_training"})


def confidence(prediction: Prediction) -> str:
    """The composed probability with two decimals; never a plain 1."""
    return f"{prediction.confidence:.2f}" if prediction.confidence < 0.995 else "> 0.99"


def picture_names(data: ReportData) -> dict[str, bytes]:
    """File name → PNG, as the words name them."""
    pictures = {f"cell{i}.png": cell.image_png for i, cell in enumerate(data.key_cells)}
    return pictures | {f"map{i}.png": cell.map_png for i, cell in enumerate(data.key_cells) if cell.map_png}


def key_cell_words(data: ReportData, texts: Texts) -> list[dict[str, str]]:
    """One entry a pictured cell: number, final class and whose it is, the model's class, caption of the map."""
    return [_key_cell(data, texts, index, cell) for index, cell in enumerate(data.key_cells)]


def _key_cell(data: ReportData, texts: Texts, index: int, cell: KeyCell) -> dict[str, str]:
    v, names = cell.cell_view, data.slide_view.taxonomy.cell_class
    shown = texts.data(names(v.label).name)
    model = texts("cells.none")
    if v.prediction is not None:
        model = f"{texts.data(names(v.prediction.best).name)} {confidence(v.prediction)}"
    by = texts("cells.by", who=v.review.reviewer) if v.reviewed else texts("cells.not_reviewed")
    alt = texts("cells.alt", number=v.cell.number, shown=shown)
    return {
        "number": f"#{v.cell.number}",
        "shown": shown,
        "by": texts("cells.consensus") if v.consensus else by,
        "model": texts("cells.model", model=model),
        "source": texts("cells.analyser", name=texts.data(v.cell.source.name)) if v.cell.source else "",
        "picture": f"cell{index}.png",
        "map": f"map{index}.png" if cell.map_png else "",
        "caption": _caption(cell.map_caption, texts),
        "alt": alt,
        "map_alt": texts("page.map_alt", cell=alt),
    }


def _caption(caption: str, texts: Texts) -> str:
    """A map's caption, ``stage: choice``, in the report's language."""
    stage, colon, choice = caption.rpartition(": ")
    if not colon:
        return texts.data(caption)
    return texts("cells.map", stage=texts.data(stage), choice=texts.data(choice.replace("_", " ")))


def not_pictured(data: ReportData, texts: Texts) -> str:
    """One sentence on chosen cells whose picture could not be read; "" when none is missing."""
    pictured = {c.cell_view.cell.id for c in data.key_cells}
    missing = [data.slide_view.by_id[i].cell.number for i in choose_key_cells(data.slide_view) if i not in pictured]
    if not missing:
        return ""
    return texts("cells.missing", numbers=", ".join(f"#{n}" for n in sorted(missing)))


def annex_rows(data: ReportData, texts: Texts) -> list[list[str]]:
    """Rows of number, analyser, model, p, reviewer, final, opened, remarks: one a cell."""
    before = changed_cells(data)
    return [_annex(data, texts, v, before) for v in data.slide_view.cells]


def _annex(data: ReportData, texts: Texts, v: CellView, before: Mapping[str, str]) -> list[str]:
    nothing = texts("list.nothing")

    def name(key: str) -> str:
        return texts.data(data.slide_view.taxonomy.cell_class(key).name) if key else nothing

    p = v.prediction
    remarks = []
    if v.cell.id in before:
        remarks.append(texts("changes.was", before=name(before[v.cell.id])))
    remarks += _flags(p, texts) if p else [texts("cells.not_analysed")]
    if v.cell.conflicts:
        named = texts("list.comma").join(texts.data(c.name) for c in v.cell.conflicts)
        remarks.append(texts("cells.also", names=named))
    if v.review.mask:
        remarks.append(texts("cells.repaired", reviewer=v.review.mask.reviewer))
    if v.review.comment:
        remarks.append(v.review.comment)
    return [
        str(v.cell.number),
        texts.data(v.cell.source.name) if v.cell.source else nothing,
        name(p.label) if p else nothing,
        confidence(p) if p and p.label == p.best else nothing,  # a figure is of the class beside it
        name(v.review.label),
        nothing if v.pending else name(v.label),
        texts("cells.yes") if v.review.opened else nothing,
        texts("list.semicolon").join(remarks),
    ]


def _flags(prediction: Prediction, texts: Texts) -> list[str]:
    return [texts(f"cells.{f}") if f in _FLAGS else f.replace("_", " ") for f in prediction.flags]
