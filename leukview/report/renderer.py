"""Sets a report with Typst, as PDF/A-2b."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path

import typst

from leukview.core.errors import ReportError
from leukview.report.words import report_words
from leukview.services.report import ReportData

_GLYPHS = re.compile(
    r"[^\u0020-\u024f\u0370-\u03ff\u0400-\u04ff\u2010-\u2044\u2070-\u209f\u20ac\u2122\u2190-\u2193\u2212\u2260\u2264\u2265\u25b2\n]"
)
"""Characters that Typst's own fonts may lack; PDF/A refuses text that no font shows."""


def suggested_name(report_id: str) -> str:
    """A file name without identifiers."""
    return f"leukview-{report_id}.pdf"


class TypstRenderer:
    """The `ReportRenderer` port.

    Args:
        resources: Folder that holds ``report/report.typ``.
    """

    def __init__(self, resources: Path) -> None:
        self._template = resources / "report" / "report.typ"

    def render(self, data: ReportData, output: Path) -> str:
        """Write the PDF whole or not at all and return its SHA-256; see `leukview.services.report.ReportRenderer`."""
        with tempfile.TemporaryDirectory(prefix="leukview-report-") as scratch:
            folder = Path(scratch)
            shutil.copyfile(self._template, folder / "report.typ")
            for index, cell in enumerate(data.key_cells):
                (folder / f"cell{index}.png").write_bytes(cell.picture_png)
                if cell.map_png:
                    (folder / f"map{index}.png").write_bytes(cell.map_png)
            pdf = self._compile(folder, report_words(data))
        partial = output.with_name(f"{output.name}.part")
        try:
            partial.write_bytes(pdf)
            partial.replace(output)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise ReportError(
                f"The report cannot be written to “{output.parent.name}”: {error.strerror}.", "Choose another folder."
            ) from error
        return hashlib.sha256(pdf).hexdigest()

    @staticmethod
    def _compile(folder: Path, words: dict[str, object]) -> bytes:
        """Set the report; if a font lacks a character, set it again with that character shown as its code point."""
        for plain in (False, True):
            text = json.dumps(words, ensure_ascii=False)
            if plain:
                text = _GLYPHS.sub(lambda m: f"[U+{ord(m.group()):04X}]", text)
            (folder / "data.json").write_text(text, encoding="utf-8")
            try:
                pdf: bytes = typst.compile(str(folder / "report.typ"), pdf_standards="a-2b")
            except (typst.TypstError, RuntimeError) as error:
                if plain:
                    raise ReportError("The report could not be set.", str(error).splitlines()[0]) from error
            else:
                return pdf
        raise ReportError("The report could not be set.")
