"""Renderer of reports with Typst, as PDF/A-3a and PDF/UA-1 with attachments."""

from __future__ import annotations

import hashlib
import json
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
from leukview.core.paths import data_dir, temporary_folder
from leukview.report.cell_sections import image_files
from leukview.report.glyph_fallback import TemplateContext, doubtful_characters, is_invisible, replace_characters
from leukview.report.pdf_signature import PdfSigner, can_sign, open_signer
from leukview.report.report_config import PAPER_NAMES, ReportConfig, configured_language, load_report_config
from leukview.report.report_strings import available_languages, load_report_strings
from leukview.report.template_context import build_template_context
from leukview.services.report.report_data import ReportChoices, ReportData, ReportOptions

_PDF_STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_TEMPLATE_FONT = "Libertinus Serif"
"""Font of the template; it ships with Typst."""
_FONT_PROBE = """#set document(title: "probe", date: datetime(year: 2000, month: 1, day: 1))
#set page(width: 40mm, height: 20mm)
#json("probe.json")"""
"""Typesets one text; PDF/A compilation fails when no font has its characters."""


def suggested_file_name(report_id: str) -> str:
    """File name of a report, without patient identifiers."""
    return f"leukview-{report_id}.pdf"


class TypstRenderer:
    """Implements the `ReportRenderer` port.

    The same report on the same workstation gives the same bytes, before it is signed. The laboratory's files in the
    folder ``report`` of LeukView's data folder take precedence over the shipped ones; its ``reference.toml`` is in the
    data folder itself.

    Args:
        resources: Folder with ``report`` and ``i18n``.
        system_fonts: Whether installed fonts may be used for scripts that Typst's fonts lack, such as Chinese or
            Arabic; without them the page is the same on every workstation.
    """

    def __init__(self, resources: Path, *, system_fonts: bool = True) -> None:
        self._resources = resources
        self._system_fonts = system_fonts

    def report_choices(self) -> ReportChoices:
        """See `ReportRenderer.report_choices`."""
        shipped, own = self._resources / "report", data_dir() / "report"
        language, paper = configured_language(shipped, own)
        load_report_config(self._resources, data_dir())  # report errors before the user chooses options
        names = [
            (c, load_report_strings(c, shipped, own, self._resources / "i18n").name)
            for c in available_languages(shipped, own)
        ]
        return ReportChoices(tuple(names), tuple(PAPER_NAMES.items()), language, paper, can_sign())

    def render(
        self,
        data: ReportData,
        output: Path,
        options: ReportOptions = ReportOptions(),  # noqa: B008 - frozen
        token: CancelToken | None = None,
        reporter: Reporter = null_reporter,
    ) -> str:
        """See `ReportRenderer.render`."""
        token = token or CancelToken()
        site = load_report_config(self._resources, data_dir(), language=options.language, paper=options.paper)
        certificate, signer = options.certificate, None
        if certificate is not None:
            signer = open_signer(certificate, datetime.fromisoformat(data.created_at))
        words = build_template_context(data, site, signer.signatory if signer else None)
        reporter(Progress(0, 2, "Creating the report"))
        try:
            with temporary_folder("report") as folder:
                job = _TypstJob(folder, site, token, system_fonts=self._system_fonts)
                job.write_inputs(self._resources / "report" / "frame.typ", data)
                pdf = job.compile(words)
        except OSError as error:
            raise ReportError(
                Message("The report could not be created: {reason}.", reason=error.strerror or error)
            ) from error
        token.raise_if_cancelled()
        reporter(Progress(1, 2, "Creating the report"))
        if signer is not None:
            pdf = _sign_pdf(signer, pdf, words)
        _write_pdf(output, pdf)
        return hashlib.sha256(pdf).hexdigest()


def _sign_pdf(signer: PdfSigner, pdf: bytes, context: TemplateContext) -> bytes:
    return signer.sign(pdf, str(context["title"]), str(context["page"]["signature"]))


def _write_pdf(output: Path, pdf: bytes) -> None:
    try:
        atomic_write(output, pdf)
    except OSError as error:
        raise ReportError(
            Message(
                "The report cannot be saved in “{parent}”: {reason}.",
                parent=output.parent.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error


class _TypstJob:
    """Typesetting of one report in a temporary folder."""

    def __init__(self, folder: Path, config: ReportConfig, token: CancelToken, *, system_fonts: bool) -> None:
        self._folder, self._config, self._token, self._system_fonts = folder, config, token, system_fonts

    def write_inputs(self, frame_template: Path, data: ReportData) -> None:
        """Write all files that the template refers to. Raises `OSError`."""
        files = image_files(data) | {file.name: file.data for file in data.attachments}
        if self._config.logo:
            files[self._config.logo.name] = self._config.logo.data
        files |= {"frame.typ": frame_template.read_bytes(), "report.typ": self._config.template}
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        self._attachments = [{"name": f.name, "mime": f.media_type} for f in data.attachments]

    @cached_property
    def _fonts(self) -> typst.Fonts:
        paths = [str(self._config.fonts_folder)] if self._config.fonts_folder else []
        return typst.Fonts(include_system_fonts=self._system_fonts, font_paths=paths)

    @cached_property
    def _font_families(self) -> list[str]:
        """Font families to use, the template's own first."""
        here = set(self._fonts.families())
        return [_TEMPLATE_FONT, *(f for f in self._config.texts.font_families if f in here)]

    def compile(self, context: TemplateContext) -> bytes:
        """Typeset the report to PDF.

        Characters that no font has are printed as Unicode numbers, and a sentence on the page says so.

        Raises:
            ReportError: No font for the language was found, or the template fails.
        """
        self._require_fonts()
        reason = ""
        for refused in self._replacement_sets(doubtful_characters(context)):
            self._token.raise_if_cancelled()
            try:
                return self._compile_with(context, refused)
            except typst.TypstError as error:
                reason = error.message
        raise ReportError(
            "This laboratory's template report.typ cannot be rendered."
            if self._config.has_own_template
            else "The report could not be created.",
            Message("Message of Typst: {reason}.", reason=reason),
        )

    def _require_fonts(self) -> None:
        """Raise `ReportError` when no available font has the language's characters."""
        texts = self._config.texts
        if texts.font_sample and len(self._font_families) == 1 and not self._is_displayable(texts.font_sample):
            raise ReportError(
                Message("No font for {texts} was found on this workstation.", texts=texts.name),
                Message(
                    "Install one of {names}, or put a font file into the folder report/fonts of "
                    "LeukView's data folder.",
                    names=", ".join(texts.font_families[:4]),
                ),
            )

    def _replacement_sets(self, doubtful: list[str]) -> Iterator[frozenset[str]]:
        """Sets of characters to replace, each a superset of the one before."""
        refused = frozenset(c for c in doubtful if is_invisible(c))
        yield refused
        refused |= {c for c in doubtful if c not in refused and not self._is_displayable(c)}
        yield refused
        # A font may show a combining mark alone, as in the probe, but not on a letter.
        yield refused | {c for c in doubtful if unicodedata.category(c).startswith("M")}
        yield frozenset(doubtful)

    def _compile_with(self, context: TemplateContext, replaced_characters: frozenset[str]) -> bytes:
        printable, sentence = replace_characters(context, replaced_characters, self._config.texts)
        logo = self._config.logo
        printable |= {
            "unset": sentence,
            "fonts": self._font_families,
            "paper": self._config.paper,
            "logo": {"name": logo.name, "height": logo.height_mm} if logo else None,
            "attached": self._attachments,
        }
        (self._folder / "data.json").write_text(json.dumps(printable, ensure_ascii=False), encoding="utf-8")
        return self._run_typst(self._folder / "frame.typ")

    def _is_displayable(self, text: str) -> bool:
        """Whether the fonts have all characters of a text."""
        self._token.raise_if_cancelled()
        (self._folder / "probe.typ").write_text(_FONT_PROBE, encoding="utf-8")
        (self._folder / "probe.json").write_text(json.dumps(text), encoding="utf-8")
        try:
            self._run_typst(self._folder / "probe.typ")
        except typst.TypstError:
            return False
        return True

    def _run_typst(self, path: Path) -> bytes:
        pdf: bytes = typst.compile(
            str(path),
            pdf_standards=_PDF_STANDARDS,
            font_paths=self._fonts,
            ignore_system_fonts=not self._system_fonts,
            timestamp=0,
            # Packages that another program fetched are not used either.
            package_path=str(self._folder),
            package_cache_path=str(self._folder),
        )
        return pdf
