"""Composition of the application from its adapters and services."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.model_loading import (
    LazyModel,
    RuntimeOptions,
    load_compared_model,
    load_segmenter,
    open_bundle_store,
)
from leukview.bootstrap.site_config import (
    load_acceptance_criteria,
    load_alert_rules,
    load_comment_phrases,
    load_grading_form,
    load_label_weights,
    load_loinc_terms,
    load_report_header_lines,
    load_taxonomy,
)
from leukview.core.atomic_files import atomic_directory
from leukview.core.malloc_tuning import use_mmap_for_large_blocks
from leukview.core.paths import cache_dir, data_dir, default_database_url, resources_dir
from leukview.services.corrections.exporter import CorrectionExporter, decode_repaired_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from leukview.core.job_runner import CancelToken, Reporter
    from leukview.domain.slide import Cell
    from leukview.services.models.registry import ModelRegistryStore
    from leukview.services.ports.change_feed import ChangeFeed
    from leukview.services.ports.storage import ReviewLog, SlideStore
    from leukview.services.users.profiles import ProfileStore
    from leukview.services.workbench import Workbench


def strip_metadata(data: bytes) -> tuple[bytes, str]:
    """Strip metadata from an image file; also returns the file's ending.

    Raises:
        ExportError: The image does not decode.
    """
    from leukview.importers.image_metadata import ImageMetadataRemover

    clean = ImageMetadataRemover().remove_metadata(data)
    return clean.data, clean.suffix


def write_demo_slides(token: CancelToken, reporter: Reporter) -> Path:
    """Write two synthetic slides to the data folder, once and atomically."""
    from leukview.synthetic import write_demo_export

    folder = data_dir() / "demo"
    if not folder.exists():
        with atomic_directory(folder) as temporary:
            write_demo_export(
                temporary, slides=2, cells=120, seed=0, taxonomy=load_taxonomy(), token=token, reporter=reporter
            )
    return folder


@dataclass(frozen=True, slots=True)
class Stores:
    """Storage adapters: over the database, or in memory in a worker process.

    Attributes:
        folder_names: Patient and order of a slide, from the identity vault; None = unknown here.
        registry: Model registry; None in a worker process.
    """

    slides: SlideStore
    log: ReviewLog
    profiles: ProfileStore
    change_feed: ChangeFeed
    folder_names: Callable[[str], tuple[str, str] | None] = lambda _slide: None
    registry: ModelRegistryStore | None = None


@contextmanager
def open_stores(options: RuntimeOptions) -> Iterator[Stores]:
    """Open the chosen database, the identity vault and the model registry.

    Raises:
        StoreError: One of them cannot be opened.
    """
    from leukview.storage.change_feed import SqlChangeFeed
    from leukview.storage.database import open_database
    from leukview.storage.model_registry import SqlModelRegistry
    from leukview.storage.profile_store import SqlProfileStore
    from leukview.storage.review_log import SqlReviewLog
    from leukview.storage.slide_store import SqlSlideStore
    from leukview.storage.vault import IdentityVault

    database = open_database(options.database_url or default_database_url(), backup_dir=data_dir() / "backups")
    registry = SqlModelRegistry(data_dir())
    with closing(database), closing(IdentityVault(data_dir())) as vault, closing(registry):
        yield Stores(
            SqlSlideStore(database, vault),
            SqlReviewLog(database),
            SqlProfileStore(database),
            SqlChangeFeed(database),
            vault.folder_names,
            registry,
        )


def build_workbench(options: RuntimeOptions, stores: Stores) -> Workbench:
    """Build a workbench on these stores; the model is loaded on first use."""
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.importers.image_metadata import ImageMetadataRemover
    from leukview.importers.images import encode_mask_png
    from leukview.importers.training_archive import iterate_images, load_labelled_cells
    from leukview.inference.classification.cam_methods import GradCamPackageMaps
    from leukview.interop.adapter import MessageAdapter
    from leukview.report.cell_images import ReportImageRenderer
    from leukview.report.typst_renderer import TypstRenderer
    from leukview.services.export.exporter import ExportAdapters
    from leukview.services.models.adaptation import SiteAdaptationService
    from leukview.services.models.registry import ComparisonSetup, ModelRegistryService
    from leukview.services.users.profiles import ProfileService
    from leukview.services.workbench import Dependencies, Workbench
    from leukview.storage.analysis_cache import FileAnalysisCache

    taxonomy = load_taxonomy()
    reader = AnalyserExportReader(taxonomy)
    cache = FileAnalysisCache(cache_dir() / "analysis")
    model = LazyModel(options, taxonomy, reader, stores.slides, cache)
    comparing = ComparisonSetup(
        load_compared_model, load_labelled_cells, iterate_images, lambda: load_segmenter("embedded", options.device)
    )
    models = None
    if stores.registry is not None:
        models = ModelRegistryService(
            stores.registry,
            open_bundle_store(),
            ProfileService(stores.profiles),
            load_acceptance_criteria(taxonomy),
            taxonomy,
            comparing,
            model.unload,
        )

    def make_site_adaptation(load_image: Callable[[Cell], NDArray[np.uint8]]) -> SiteAdaptationService:
        if models is None:
            raise ValueError("no model registry")
        return SiteAdaptationService(
            models, open_bundle_store(), taxonomy, load_compared_model, comparing.load_segmenter, load_image
        )

    return Workbench(
        Dependencies(
            taxonomy=taxonomy,
            alert_rules=load_alert_rules(taxonomy),
            grading_form=load_grading_form(),
            phrases=load_comment_phrases(),
            export_reader=reader,
            slide_store=stores.slides,
            site_lines=load_report_header_lines(),
            write_demo=write_demo_slides,
            cam_provider=GradCamPackageMaps(model.torch_classifier) if GradCamPackageMaps.is_available() else None,
            review_log=stores.log,
            analysis_cache=cache,
            load_pipeline=model.pipeline,
            model_info=model.model_info,
            report_renderer=TypstRenderer(resources_dir()),
            image_encoder=ReportImageRenderer(),
            profile_store=stores.profiles,
            load_refiner=model.refiner,
            change_feed=stores.change_feed,
            export_adapters=ExportAdapters(
                MessageAdapter(load_loinc_terms(taxonomy)), ImageMetadataRemover(), stores.folder_names
            ),
            correction_exporter=CorrectionExporter(
                taxonomy,
                stores.slides,
                stores.log,
                reader,
                load_label_weights(),
                strip_metadata,
                encode_mask_png,
                decode_repaired_mask,
            ),
            model_registry=models,
            find_model_info=model.model_info_of,
            make_site_adaptation=make_site_adaptation if models is not None else None,
            finding_limits=model.finding_limits_of,
        )
    )


@contextmanager
def open_workbench(options: RuntimeOptions) -> Iterator[Workbench]:
    """Open a workbench on the chosen database and model.

    Raises:
        StoreError: The database or the vault cannot be opened.
    """
    use_mmap_for_large_blocks()
    with open_stores(options) as stores:
        yield build_workbench(options, stores)


def run_window(options: RuntimeOptions, path: Path | None) -> int:
    """Show the main window, on a folder if given; returns Qt's exit code.

    Raises:
        StoreError: The database or the vault cannot be opened.
    """
    import getpass

    from PySide6.QtWidgets import QApplication

    from leukview.core.job_runner import JobRunner
    from leukview.core.logging_setup import configure_logging
    from leukview.gui.main_window import build_main_window

    configure_logging(data_dir())
    application = QApplication.instance() or QApplication(["leukview"])
    application.setApplicationName("LeukView")
    runner = JobRunner()
    with open_workbench(options) as workbench:
        settings = data_dir() / "settings.json"
        first_run = not settings.exists()
        window = build_main_window(workbench, runner, settings, getpass.getuser())
        window.show()
        if path is not None:
            window.open_path(path)
        elif first_run:
            window.show_tour()
        try:
            return int(QApplication.exec())
        finally:
            runner.shutdown()
