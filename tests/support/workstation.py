"""Workstation with real storage, fake segmenter and classifier, and an export."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

from leukview.bootstrap.exchange import build_exchange, load_reference_limits
from leukview.bootstrap.site_config import (
    load_alert_rules,
    load_comment_phrases,
    load_grading_form,
    load_loinc_terms,
    load_taxonomy,
)
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import resources_dir
from leukview.domain.slide import Slide
from leukview.importers.export_reader import AnalyserExportReader
from leukview.importers.image_metadata import ImageMetadataRemover
from leukview.interop.adapter import MessageAdapter
from leukview.report.cell_images import ReportImageRenderer
from leukview.report.protocol import VERIFICATION, write_protocol
from leukview.report.typst_renderer import TypstRenderer
from leukview.services.analysis.pipeline import AnalysisPipeline
from leukview.services.export.exporter import ExportAdapters, ExportFormat, ExportRequest, ExportResult
from leukview.services.report.report_data import ModelInfo
from leukview.services.review.session import ReviewSession
from leukview.services.workbench import Dependencies, Workbench
from leukview.storage.analysis_cache import FileAnalysisCache
from leukview.storage.change_feed import SqlChangeFeed
from leukview.storage.competency_store import SqlCompetencyStore
from leukview.storage.database import open_database
from leukview.storage.profile_store import SqlProfileStore
from leukview.storage.review_log import SqlReviewLog
from leukview.storage.slide_store import SqlSlideStore
from leukview.storage.vault import IdentityVault
from tests.support.fakes import FakeClassifier, FakeSegmenter

PATIENT, ORDER = "Müller^Anna 王", "20230417"
PATIENT_MARKER = "taken for Anna Müller"
CLASSES = {
    "Segmented neutrophils": "SNE",
    "Lymphocyte": "LY",
    "Blast, no lineage spec": "BL",
    "Our own class": "USRWBC2",
}


@dataclass
class Workstation:
    """Workbench with its slide store, and shortcuts for common steps of tests."""

    workbench: Workbench
    slides: SqlSlideStore
    notifications: list[str]

    def import_slide(self, folder: Path, by: str = "Dr. Import", *, analyse: bool = True) -> Slide:
        preview = self.workbench.preview(folder, CancelToken(), null_reporter, {"Our own class": "other"})
        (slide,) = self.workbench.import_slides(
            preview.slides, CancelToken(), null_reporter, imported_by=by, on_review_skipped=self.notifications.append
        )
        if analyse:
            self.workbench.analyse(slide.id, CancelToken(), null_reporter)
        return slide

    def session(self, slide: Slide, reviewer: str = "Dr. Chen 陈") -> ReviewSession:
        return self.workbench.open_session(slide.id, reviewer)

    def export(
        self, slide: Slide, export_format: ExportFormat, folder: Path, *, names=False, comments=False
    ) -> ExportResult:
        request = ExportRequest(export_format, folder, include_names=names, include_comments=comments)
        return self.workbench.slide_exporter.export(
            self.session(slide, "Dr. Out"), request, CancelToken(), null_reporter
        )


@contextmanager
def open_workstation(home: Path) -> Iterator[Workstation]:
    """Open a workstation with its data in the folder `home`."""
    home.mkdir(parents=True, exist_ok=True)
    taxonomy = load_taxonomy()
    with (
        closing(open_database(f"sqlite:///{home / 'leukview.db'}", backup_dir=home / "backups")) as database,
        closing(IdentityVault(home)) as vault,
    ):
        reader, slides = AnalyserExportReader(taxonomy), SqlSlideStore(database, vault)
        cache = FileAnalysisCache(home / "cache")
        analyser = AnalysisPipeline(taxonomy, reader, slides, cache, FakeSegmenter(), FakeClassifier())
        info = ModelInfo("stand-in", "b" * 64, "fake:0", ("gate",), (), "nothing", (), ())
        formatter, log = (
            MessageAdapter(load_loinc_terms(taxonomy), load_reference_limits(taxonomy)),
            SqlReviewLog(database),
        )
        rooms = Dependencies(
            taxonomy=taxonomy,
            alert_rules=load_alert_rules(taxonomy),
            grading_form=load_grading_form(),
            phrases=load_comment_phrases(),
            export_reader=reader,
            slide_store=slides,
            review_log=log,
            change_feed=SqlChangeFeed(database),
            analysis_cache=cache,
            load_pipeline=lambda: analyser,
            model_info=lambda: info,
            report_renderer=TypstRenderer(resources_dir()),
            image_encoder=ReportImageRenderer(),
            profile_store=SqlProfileStore(database),
            export_adapters=ExportAdapters(formatter, ImageMetadataRemover(), vault.folder_names),
            competency_store=SqlCompetencyStore(database),
            write_verification=partial(write_protocol, resources_dir(), VERIFICATION),
            make_exchange=build_exchange(database, vault, slides, log, home, formatter),
        )
        yield Workstation(Workbench(rooms), slides, [])


def random_image(seed: int) -> Image.Image:
    """Random image of 64 × 64 pixels, determined by the seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(np.kron(coarse, np.ones((8, 8, 1), np.uint8)))


def jpeg_with_metadata(seed: int, **options: object) -> bytes:
    """JPEG whose EXIF data, comment and trailing bytes name the patient."""
    image = random_image(seed)
    exif = Image.Exif()
    exif[0x010E] = PATIENT_MARKER
    stream = BytesIO()
    image.save(stream, format="JPEG", exif=exif, comment=PATIENT_MARKER.encode(), **options)
    return stream.getvalue() + PATIENT_MARKER.encode()


def png_with_metadata(seed: int) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", PATIENT_MARKER)
    stream = BytesIO()
    random_image(seed).save(stream, format="PNG", pnginfo=info)
    return stream.getvalue()


def tiff_with_metadata(seed: int) -> bytes:
    stream = BytesIO()
    random_image(seed).save(stream, format="TIFF", description=PATIENT_MARKER)
    return stream.getvalue()


def write_export(root: Path, cells: int = 12) -> Path:
    """Write an export in the layout of the analyser and return the slide's folder.

    It has signed cells of four classes in three image formats, and two unlabelled cells.
    """
    slide = root / PATIENT / ORDER
    makers = (
        (jpeg_with_metadata, "jpg"),
        (jpeg_with_metadata, "jpg"),
        (png_with_metadata, "png"),
        (tiff_with_metadata, "tif"),
    )
    names = list(CLASSES.items())
    for number in range(cells):
        make, ending = makers[number % 4]
        folder, code = names[number % 3 if number else 3]
        home = slide / "Signed slides" / folder
        if number >= cells - 2:
            home, code = slide / "Unsigned slides", ORDER
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{code}_{1_000_000 + number}.{ending}").write_bytes(make(number))
    (slide / "Signed slides" / "Lymphocyte" / "Thumbs.db").write_bytes(b"thumbs")
    return slide


def review_slide(session: ReviewSession) -> None:
    """Label, undo, accept, comment and acknowledge until the slide can be signed."""
    cells = [v.cell.id for v in session.view.cells]
    session.set_slide_details(wbc_per_nl=7.5, um_per_px=None)
    for cell in cells:
        session.record_opened(cell)
    session.override(cells[:3], "segmented_neutrophil")
    session.override(cells[3:5], "lymphocyte")
    session.override(cells[5:6], "erythroblast")
    session.override(cells[6:7], "monocyte")
    session.undo()
    session.accept(cells[7:])
    session.comment(cells[:1], "nice =cell| for Anna")
    session.comment([], "Anna Müller ^~&|\\ 患者\nsecond line")
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="Dr. House, ward 3", note="asked for Anna")


def edit_slide_json(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Make a function that applies a change to ``slide.json`` of an exported folder."""

    def act(folder: Path) -> None:
        file = folder / "slide.json"
        body = json.loads(file.read_text(encoding="utf-8"))
        change(body)
        file.write_text(json.dumps(body), encoding="utf-8")

    return act


def file_sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
