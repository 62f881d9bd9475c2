"""Sets a report with Typst, as PDF/A-2b."""

from __future__ import annotations

import hashlib
import json
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import typst

from leukview.core.errors import ReportError
from leukview.core.paths import data_dir
from leukview.report.cells import picture_names
from leukview.report.reference import read_references
from leukview.report.text import Words, characters, invisible, replaced
from leukview.report.words import report_words
from leukview.services.report import ReportData

_PROBE = """#set document(date: datetime(year: 2000, month: 1, day: 1))
#set page(width: 40mm, height: 20mm)
#json("probe.json")"""
"""Sets one character alone: PDF/A refuses it when no font shows it."""


def suggested_name(report_id: str) -> str:
    """A file name without identifiers."""
    return f"leukview-{report_id}.pdf"


class TypstRenderer:
    """The `ReportRenderer` port. The same report on the same workstation gives the same bytes.

    Reference ranges are those of ``reference.toml`` in LeukView's data folder, else those that ship.

    Args:
        resources: Folder that holds ``report/report.typ`` and ``report/reference.toml``.
        system_fonts: Whether fonts installed on the workstation may show what the fonts of Typst do not, such as
            Chinese or Arabic; without them the page is the same everywhere.
    """

    def __init__(self, resources: Path, *, system_fonts: bool = True) -> None:
        self._folder = resources / "report"
        self._system_fonts = system_fonts

    def render(self, data: ReportData, output: Path) -> str:
        """Write the PDF whole or not at all and return its SHA-256; see `leukview.services.report.ReportRenderer`."""
        own = data_dir() / "reference.toml"
        words = report_words(data, read_references(own if own.exists() else self._folder / "reference.toml"))
        try:
            with tempfile.TemporaryDirectory(prefix="leukview-report-") as scratch:
                folder = Path(scratch)
                for name, png in picture_names(data).items():
                    (folder / name).write_bytes(png)
                (folder / "report.typ").write_bytes((self._folder / "report.typ").read_bytes())
                pdf = self._set(folder, words)
        except OSError as error:
            raise ReportError(f"The report could not be set: {error.strerror or error}.") from error
        partial = output.with_name(f"{output.name}.part")
        try:
            partial.write_bytes(pdf)
            partial.replace(output)
        except OSError as error:
            _discard(partial)
            raise ReportError(
                f"The report cannot be written to “{output.parent.name}”: {error.strerror or error}.",
                "Choose another folder.",
            ) from error
        return hashlib.sha256(pdf).hexdigest()

    def _set(self, folder: Path, words: Words) -> bytes:
        """Set the report; what no font shows is printed by its Unicode number, and a sentence on the page says so."""
        reason = ""
        for refused in self._refused(folder, characters(words)):
            try:
                return self._compile(folder, words, refused)
            except typst.TypstError as error:
                reason = error.message
        raise ReportError("The report could not be set.", f"Typst says: {reason}.")

    def _refused(self, folder: Path, doubtful: list[str]) -> Iterator[frozenset[str]]:
        """Characters not to be set as they are: each set takes in more than the one before."""
        refused = frozenset(c for c in doubtful if invisible(c))
        yield refused
        refused |= {c for c in doubtful if c not in refused and not self._shows(folder, c)}
        yield refused
        yield refused | {c for c in doubtful if unicodedata.category(c).startswith("M")}  # shown alone, not on a letter
        yield frozenset(doubtful)

    def _compile(self, folder: Path, words: Words, refused: frozenset[str]) -> bytes:
        printable, sentence = replaced(words, refused)
        printable["unset"] = sentence
        (folder / "data.json").write_text(json.dumps(printable, ensure_ascii=False), encoding="utf-8")
        return self._typeset(folder / "report.typ")

    def _shows(self, folder: Path, character: str) -> bool:
        """Some font shows the character."""
        (folder / "probe.typ").write_text(_PROBE, encoding="utf-8")
        (folder / "probe.json").write_text(json.dumps(character), encoding="utf-8")
        try:
            self._typeset(folder / "probe.typ")
        except typst.TypstError:
            return False
        return True

    def _typeset(self, path: Path) -> bytes:
        pdf: bytes = typst.compile(
            str(path), pdf_standards="a-2b", ignore_system_fonts=not self._system_fonts, timestamp=0
        )
        return pdf


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # its folder is not a folder, or went away: there is nothing to discard
