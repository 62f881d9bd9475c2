"""Report text on the key cells and the annex."""

from __future__ import annotations

from collections.abc import Mapping

from leukview.domain.prediction import Prediction
from leukview.report.amendment_section import previously_signed_labels
from leukview.report.report_strings import ReportStrings
from leukview.services.report.report_data import KeyCell, ReportData, choose_key_cells
from leukview.services.review.session import CellView

_TRANSLATED_FLAGS = frozenset({"uncertain", "no_cell", "cut", "unlike_training"})


def format_confidence(prediction: Prediction) -> str:
    """Composed probability with two decimals, never rounded up to 1."""
    return f"{prediction.confidence:.2f}" if prediction.confidence < 0.995 else "> 0.99"


def image_files(data: ReportData) -> dict[str, bytes]:
    """PNG data by file name, as used in the template context."""
    images = {f"cell{i}.png": cell.image_png for i, cell in enumerate(data.key_cells)}
    return images | {f"map{i}.png": cell.map_png for i, cell in enumerate(data.key_cells) if cell.map_png}


def key_cell_entries(data: ReportData, texts: ReportStrings) -> list[dict[str, str]]:
    """Text of each key cell: number, final class, reviewer, model's class, caption."""
    return [_key_cell_entry(data, texts, index, cell) for index, cell in enumerate(data.key_cells)]


def _key_cell_entry(data: ReportData, texts: ReportStrings, index: int, cell: KeyCell) -> dict[str, str]:
    v, names = cell.cell_view, data.slide_view.taxonomy.cell_class
    shown = texts.translate(names(v.label).name)
    model = texts("cells.none")
    if v.prediction is not None:
        model = f"{texts.translate(names(v.prediction.best).name)} {format_confidence(v.prediction)}"
    by = texts("cells.by", who=v.review.reviewer) if v.reviewed else texts("cells.not_reviewed")
    alt = texts("cells.alt", number=v.cell.number, shown=shown)
    return {
        "number": f"#{v.cell.number}",
        "shown": shown,
        "by": texts("cells.consensus") if v.consensus else by,
        "model": texts("cells.model", model=model),
        "source": texts("cells.analyser", name=texts.translate(v.cell.source.name)) if v.cell.source else "",
        "picture": f"cell{index}.png",
        "map": f"map{index}.png" if cell.map_png else "",
        "caption": _map_caption(cell.map_caption, texts),
        "alt": alt,
        "map_alt": texts("page.map_alt", cell=alt),
    }


def _map_caption(caption: str, texts: ReportStrings) -> str:
    """Translate a map's caption of the form ``stage: choice``."""
    stage, colon, choice = caption.rpartition(": ")
    if not colon:
        return texts.translate(caption)
    return texts("cells.map", stage=texts.translate(stage), choice=texts.translate(choice.replace("_", " ")))


def missing_images_sentence(data: ReportData, texts: ReportStrings) -> str:
    """Sentence on key cells whose image could not be read; "" when all could."""
    pictured = {c.cell_view.cell.id for c in data.key_cells}
    missing = [data.slide_view.by_id[i].cell.number for i in choose_key_cells(data.slide_view) if i not in pictured]
    if not missing:
        return ""
    return texts("cells.missing", numbers=", ".join(f"#{n}" for n in sorted(missing)))


def cell_list_rows(data: ReportData, texts: ReportStrings) -> list[list[str]]:
    """One row per cell: number, analyser, model, p, reviewer, final, opened, remarks."""
    before = previously_signed_labels(data)
    return [_cell_list_row(data, texts, v, before) for v in data.slide_view.cells]


def _cell_list_row(
    data: ReportData, texts: ReportStrings, cell_view: CellView, previous_labels: Mapping[str, str]
) -> list[str]:
    nothing = texts("list.nothing")

    def name(key: str) -> str:
        return texts.translate(data.slide_view.taxonomy.cell_class(key).name) if key else nothing

    p = cell_view.prediction
    remarks = []
    if cell_view.cell.id in previous_labels:
        remarks.append(texts("changes.was", before=name(previous_labels[cell_view.cell.id])))
    remarks += _flag_texts(p, texts) if p else [texts("cells.not_analysed")]
    if cell_view.cell.conflicts:
        named = texts("list.comma").join(texts.translate(c.name) for c in cell_view.cell.conflicts)
        remarks.append(texts("cells.also", names=named))
    if cell_view.review.mask:
        remarks.append(texts("cells.repaired", reviewer=cell_view.review.mask.reviewer))
    if cell_view.review.comment:
        remarks.append(cell_view.review.comment)
    return [
        str(cell_view.cell.number),
        texts.translate(cell_view.cell.source.name) if cell_view.cell.source else nothing,
        name(p.label) if p else nothing,
        format_confidence(p)
        if p and p.label == p.best
        else nothing,  # show the figure only for the class shown next to it
        name(cell_view.review.label),
        nothing if cell_view.pending else name(cell_view.label),
        texts("cells.yes") if cell_view.review.opened else nothing,
        texts("list.semicolon").join(remarks),
    ]


def _flag_texts(prediction: Prediction, texts: ReportStrings) -> list[str]:
    return [texts(f"cells.{f}") if f in _TRANSLATED_FLAGS else f.replace("_", " ") for f in prediction.flags]
