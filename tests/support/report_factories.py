"""Slides, sessions and reports from plain values, without a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image
from pypdf import PdfReader

from leukview.core.paths import data_dir, resources_dir
from leukview.domain.alerts import parse_alert_rules
from leukview.domain.slide import Slide
from leukview.domain.taxonomy import Taxonomy
from leukview.report.glyph_fallback import TemplateContext
from leukview.report.report_config import ReportConfig, load_report_config
from leukview.report.report_strings import ReportStrings
from leukview.report.template_context import build_template_context
from leukview.report.typst_renderer import TypstRenderer
from leukview.services.export.slide_record import SlideRecord
from leukview.services.report.report_data import (
    KeyCell,
    ModelInfo,
    ReportData,
    ReportOptions,
    build_report_data,
    choose_key_cells,
)
from leukview.services.review.session import ReviewSession
from tests.support.fakes import MemoryReviewLog, MemorySlideStore, make_cells, make_prediction

CREATED = "2026-11-24T02:48:21+01:00"
MODEL = ModelInfo(
    name="test model",
    bundle_sha256="b" * 64,
    segmenter="embedded:1a2b3c4d",
    trained_stages=("Cell or not", "1 · Benign or malignant"),
    untrained_stages=("3M · Myeloid disease",),
    trained_on="19545 cells of 82 patients",
    limitations=(
        "Stage “3M · Myeloid disease” was not trained: not assessed by this model.",
        "It never saw an artefact.",
    ),
    performance=("Blasts: sensitivity 0.930 (534 of 574 cells of patients kept apart).",),
)


def png_bytes(colour: tuple[int, int, int]) -> bytes:
    """PNG file of one colour, 24 × 24 pixels."""
    stream = BytesIO()
    Image.new("RGB", (24, 24), colour).save(stream, format="PNG")
    return stream.getvalue()


class SingleSlideStore(MemorySlideStore):
    """Store of one slide with attributes chosen by the test."""

    wbc_per_nl: float | None = None
    synthetic = False

    def slide(self, slide_id: str) -> Slide:
        return replace(super().slide(slide_id), wbc_per_nl=self.wbc_per_nl, synthetic=self.synthetic)


@dataclass
class ReviewedSlide:
    """Slide under review, with its record and report."""

    session: ReviewSession
    log: MemoryReviewLog

    def record(self) -> SlideRecord:
        """Current record of the slide as attached to a report."""
        view, events = self.session.view, self.session.events
        return SlideRecord(view, events, self.log.head(), CREATED, include_comments=True)

    def report(
        self,
        *,
        images: bool = True,
        maps: bool = False,
        site: Sequence[str] = (),
        model: ModelInfo = MODEL,
        duration_s: float | None = 272.0,
    ) -> ReportData:
        view = self.session.view
        chosen = [view.by_id[i] for i in choose_key_cells(view)] if images else []
        cells = [
            KeyCell(v, png_bytes((120, 60, i)), png_bytes((250, 193, i)) if maps else None, "stage 1: malignant")
            for i, v in enumerate(chosen)
        ]
        return build_report_data(
            self.record(),
            model,
            cells,
            report_id="R-20261124-0123ABCD",
            duration_s=duration_s,
            site_lines=site,
        )


def make_reviewed_slide(
    taxonomy: Taxonomy, labels: Mapping[str, int], *, wbc: float | None = None, apl: float | None = None
) -> ReviewedSlide:
    """Create a slide with a number of cells of each predicted class.

    Args:
        taxonomy: Taxonomy of the classes.
        labels: Predicted class → number of cells.
        wbc: White blood cell count per nl.
        apl: Probability of APL of each cell; None = the head is not trained.
    """
    slides = SingleSlideStore(make_cells(sum(labels.values())))
    slides.wbc_per_nl = wbc
    names = [label for label, count in labels.items() for _ in range(count)]
    for cell, label in zip(slides.cells("S-TEST"), names, strict=True):
        slides.saved_predictions[cell.id] = make_prediction(label, 0.9 if label == "blast" else 0.1, apl)
    rules = parse_alert_rules((resources_dir() / "alerts.toml").read_text(encoding="utf-8"), taxonomy)
    log = MemoryReviewLog()
    return ReviewedSlide(ReviewSession(slides, log, taxonomy, rules, "S-TEST", "reviewer"), log)


def clear_blockers(slide: ReviewedSlide) -> None:
    """Open all blasts and acknowledge all alerts, as required for signing."""
    session = slide.session
    for cell in session.view.unopened_blasts:
        session.record_opened(cell)
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. Weiss, ward 3")


def normalise_spaces(text: str) -> str:
    """Collapse white space and remove the zero-width spaces inside long words."""
    return " ".join(text.replace("\u200b", "").split())


def page_texts(path: Path) -> list[str]:
    """Extract the text of each page of a PDF."""
    return [normalise_spaces(page.extract_text()) for page in PdfReader(path).pages]


def rendered_texts(
    data: ReportData, folder: Path, options: ReportOptions | None = None, *, system_fonts: bool = False
) -> list[str]:
    """Render a report and return the text of its pages."""
    output = folder / "report.pdf"
    TypstRenderer(resources_dir(), system_fonts=system_fonts).render(data, output, options or ReportOptions())
    return page_texts(output)


def load_report_site(language: str = "en") -> ReportConfig:
    """Report configuration of the site, including the data folder of the test."""
    return load_report_config(resources_dir(), data_dir(), language=language)


def report_texts(language: str = "en") -> ReportStrings:
    """Texts of the report in a language."""
    return load_report_site(language).texts


def template_context(data: ReportData, language: str = "en") -> TemplateContext:
    """Context of the report template."""
    return build_template_context(data, load_report_site(language))


def cell_ids(slide: ReviewedSlide, label: str) -> Iterator[str]:
    """Ids of the cells with a predicted label."""
    return (v.cell.id for v in slide.session.view.cells if v.prediction and v.prediction.label == label)
