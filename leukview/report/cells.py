"""Key cells and the annex as words."""

from __future__ import annotations

from leukview.domain.prediction import Prediction
from leukview.services.report import KeyCell, ReportData, choose_key_cells
from leukview.services.review import CellView

_FLAGS = {
    "uncertain": "model uncertain",
    "no_cell": "no cell found",
    "cut": "cut by the frame",
    "unlike_training": "unlike the training set",
}
NOTHING = "–"


def confidence(prediction: Prediction) -> str:
    """The composed probability with two decimals; never a plain 1."""
    return f"{prediction.confidence:.2f}" if prediction.confidence < 0.995 else "> 0.99"


def picture_names(data: ReportData) -> dict[str, bytes]:
    """File name → PNG, as the words name them."""
    pictures = {f"cell{i}.png": cell.picture_png for i, cell in enumerate(data.key_cells)}
    return pictures | {f"map{i}.png": cell.map_png for i, cell in enumerate(data.key_cells) if cell.map_png}


def key_cell_words(data: ReportData) -> list[dict[str, str]]:
    """One entry a pictured cell: number, final class and whose it is, the model's class, caption of the map."""
    return [_key_cell(data, index, cell) for index, cell in enumerate(data.key_cells)]


def _key_cell(data: ReportData, index: int, cell: KeyCell) -> dict[str, str]:
    v, names = cell.view, data.slide.taxonomy.cell_class
    shown = names(v.label).name
    model = "none" if v.prediction is None else f"{names(v.prediction.best).name} {confidence(v.prediction)}"
    by = f"by {v.review.reviewer}" if v.reviewed else "not reviewed"
    return {
        "number": f"#{v.cell.number}",
        "shown": shown,
        "by": by,
        "model": f"Model: {model}",
        "source": f"Analyser: {v.cell.source.name}" if v.cell.source else "",
        "picture": f"cell{index}.png",
        "map": f"map{index}.png" if cell.map_png else "",
        "caption": cell.map_caption,
        "alt": f"Cell {v.cell.number}: {shown}",
    }


def not_pictured(data: ReportData) -> str:
    """One sentence on chosen cells whose picture could not be read; "" when none is missing."""
    pictured = {c.view.cell.id for c in data.key_cells}
    missing = [data.slide.by_id[i].cell.number for i in choose_key_cells(data.slide) if i not in pictured]
    if not missing:
        return ""
    numbers = ", ".join(f"#{n}" for n in sorted(missing))
    return f"Not pictured, because the image could not be read: {numbers}."


def annex_rows(data: ReportData) -> list[list[str]]:
    """Rows of number, analyser, model, p, reviewer, final, opened, remarks: one a cell."""
    return [_annex(data, v) for v in data.slide.cells]


def _annex(data: ReportData, v: CellView) -> list[str]:
    names = data.slide.taxonomy.cell_class
    p = v.prediction
    remarks = [_FLAGS.get(f, f.replace("_", " ")) for f in p.flags] if p else ["not analysed"]
    if v.cell.conflicts:
        remarks.append(f"also exported as {', '.join(c.name for c in v.cell.conflicts)}")
    if v.review.mask:
        remarks.append(f"outline repaired by {v.review.mask.reviewer}")
    if v.review.comment:
        remarks.append(v.review.comment)
    return [
        str(v.cell.number),
        v.cell.source.name if v.cell.source else NOTHING,
        names(p.label).name if p else NOTHING,
        confidence(p) if p else NOTHING,
        names(v.review.label).name if v.review.label else NOTHING,
        NOTHING if v.pending else names(v.label).name,
        "yes" if v.review.opened else NOTHING,
        "; ".join(remarks),
    ]
