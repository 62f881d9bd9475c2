"""Sets a report with Typst, as PDF/A-3a and PDF/UA-1, with the annex attached."""

from __future__ import annotations

import hashlib
import json
import tempfile
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path

import typst

from leukview.core.atomic_files import atomic_write
from leukview.core.errors import ReportError
from leukview.core.job_runner import CancelToken, Progress, Reporter, null_reporter
from leukview.core.messages import Message
from leukview.core.paths import data_dir
from leukview.report.cell_sections import picture_names
from leukview.report.glyph_fallback import Words, characters, invisible, replaced
from leukview.report.pdf_signature import PdfSigner, can_sign, open_certificate
from leukview.report.report_config import PAPERS, Site, load_site, site_language
from leukview.report.report_strings import languages, load_texts
from leukview.report.template_context import report_words
from leukview.services.report.report_data import ReportChoices, ReportData, ReportOptions

_STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_SERIF = "Libertinus Serif"
"""The font of the template; it comes with Typst."""
_PROBE = """#set document(title: "probe", date: datetime(year: 2000, month: 1, day: 1))
#set page(width: 40mm, height: 20mm)
#json("probe.json")"""
"""Sets one text alone: PDF/A refuses it when no font shows it."""


def suggested_name(report_id: str) -> str:
    """A file name without identifiers."""
    return f"leukview-{report_id}.pdf"


class TypstRenderer:
    """The `ReportRenderer` port. The same report on the same workstation gives the same bytes, until it is signed.

    What the laboratory put into ``report`` in LeukView's data folder is used before what ships; its ``reference.toml``
    lies beside that folder.

    Args:
        resources: Folder that holds ``report`` and ``i18n``.
        system_fonts: Whether fonts installed on the workstation may show what the fonts of Typst do not, such as
            Chinese or Arabic; without them the page is the same everywhere.
    """

    def __init__(self, resources: Path, *, system_fonts: bool = True) -> None:
        self._resources = resources
        self._system_fonts = system_fonts

    def report_choices(self) -> ReportChoices:
        """See `leukview.services.report.report_data.ReportRenderer`."""
        shipped, own = self._resources / "report", data_dir() / "report"
        language, paper = site_language(shipped, own)
        load_site(self._resources, data_dir())  # whatever is wrong with it is said before anything is chosen
        names = [(c, load_texts(c, shipped, own, self._resources / "i18n").name) for c in languages(shipped, own)]
        return ReportChoices(tuple(names), tuple(PAPERS.items()), language, paper, can_sign())

    def render(
        self,
        data: ReportData,
        output: Path,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
        token: CancelToken | None = None,
        reporter: Reporter = null_reporter,
    ) -> str:
        """See `leukview.services.report.report_data.ReportRenderer`."""
        token = token or CancelToken()
        site = load_site(self._resources, data_dir(), language=options.language, paper=options.paper)
        certificate, seal = options.certificate, None
        if certificate is not None:
            seal = open_certificate(certificate, datetime.fromisoformat(data.created_at))
        words = report_words(data, site, seal.signatory if seal else None)
        reporter(Progress(0, 2, "Setting the report"))
        try:
            with tempfile.TemporaryDirectory(prefix="leukview-report-") as scratch:
                press = _TypstJob(Path(scratch), site, token, system_fonts=self._system_fonts)
                press.write_inputs(self._resources / "report" / "frame.typ", data)
                pdf = press.compile(words)
        except OSError as error:
            raise ReportError(
                Message("The report could not be set: {reason}.", reason=error.strerror or error)
            ) from error
        token.raise_if_cancelled()
        reporter(Progress(1, 2, "Writing the report"))
        if seal is not None:
            pdf = _sealed(seal, pdf, words)
        _write(output, pdf)
        return hashlib.sha256(pdf).hexdigest()


def _sealed(seal: PdfSigner, pdf: bytes, words: Words) -> bytes:
    return seal.sign(pdf, str(words["title"]), str(words["page"]["signature"]))


def _write(output: Path, pdf: bytes) -> None:
    try:
        atomic_write(output, pdf)
    except OSError as error:
        raise ReportError(
            Message(
                "The report cannot be written to “{parent}”: {reason}.",
                parent=output.parent.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error


class _TypstJob:
    """Sets one report in a folder of its own."""

    def __init__(self, folder: Path, site: Site, token: CancelToken, *, system_fonts: bool) -> None:
        self._folder, self._site, self._token, self._system_fonts = folder, site, token, system_fonts

    def write_inputs(self, frame: Path, data: ReportData) -> None:
        """Put everything beside the template that it names. Raises `OSError`."""
        files = picture_names(data) | {file.name: file.data for file in data.attachments}
        if self._site.logo:
            files[self._site.logo.name] = self._site.logo.data
        files |= {"frame.typ": frame.read_bytes(), "report.typ": self._site.layout}
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        self._attached = [{"name": f.name, "mime": f.media_type} for f in data.attachments]

    @cached_property
    def _fonts(self) -> typst.Fonts:
        paths = [str(self._site.fonts)] if self._site.fonts else []
        return typst.Fonts(include_system_fonts=self._system_fonts, font_paths=paths)

    @cached_property
    def _families(self) -> list[str]:
        """The fonts to set with, the template's own first."""
        here = set(self._fonts.families())
        return [_SERIF, *(f for f in self._site.texts.fonts if f in here)]

    def compile(self, words: Words) -> bytes:
        """Set the report; what no font shows is printed by its Unicode number, and a sentence on the page says so."""
        self._need_fonts()
        reason = ""
        for refused in self._refused(characters(words)):
            self._token.raise_if_cancelled()
            try:
                return self._compile(words, refused)
            except typst.TypstError as error:
                reason = error.message
        raise ReportError(
            "This laboratory's template report.typ cannot be set."
            if self._site.own_layout
            else "The report could not be set.",
            Message("Typst says: {reason}.", reason=reason),
        )

    def _need_fonts(self) -> None:
        """Refuse a language whose characters no font here shows."""
        texts = self._site.texts
        if texts.sample and len(self._families) == 1 and not self._shows(texts.sample):
            raise ReportError(
                Message("No font for {texts} was found on this workstation.", texts=texts.name),
                Message(
                    "Install one of {names}, or put a font's file into the folder "
                    "report/fonts of LeukView's data folder.",
                    names=", ".join(texts.fonts[:4]),
                ),
            )

    def _refused(self, doubtful: list[str]) -> Iterator[frozenset[str]]:
        """Characters not to be set as they are: each set takes in more than the one before."""
        refused = frozenset(c for c in doubtful if invisible(c))
        yield refused
        refused |= {c for c in doubtful if c not in refused and not self._shows(c)}
        yield refused
        yield refused | {c for c in doubtful if unicodedata.category(c).startswith("M")}  # shown alone, not on a letter
        yield frozenset(doubtful)

    def _compile(self, words: Words, refused: frozenset[str]) -> bytes:
        printable, sentence = replaced(words, refused, self._site.texts)
        logo = self._site.logo
        printable |= {
            "unset": sentence,
            "fonts": self._families,
            "paper": self._site.paper,
            "logo": {"name": logo.name, "height": logo.height_mm} if logo else None,
            "attached": self._attached,
        }
        (self._folder / "data.json").write_text(json.dumps(printable, ensure_ascii=False), encoding="utf-8")
        return self._typeset(self._folder / "frame.typ")

    def _shows(self, text: str) -> bool:
        """The fonts show each character."""
        self._token.raise_if_cancelled()
        (self._folder / "probe.typ").write_text(_PROBE, encoding="utf-8")
        (self._folder / "probe.json").write_text(json.dumps(text), encoding="utf-8")
        try:
            self._typeset(self._folder / "probe.typ")
        except typst.TypstError:
            return False
        return True

    def _typeset(self, path: Path) -> bytes:
        pdf: bytes = typst.compile(
            str(path),
            pdf_standards=_STANDARDS,
            font_paths=self._fonts,
            ignore_system_fonts=not self._system_fonts,
            timestamp=0,
        )
        return pdf


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # its folder is not a folder, or went away: there is nothing to discard
