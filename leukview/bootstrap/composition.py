"""Puts the rooms together; the only module besides the command line that knows every room."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.model_loading import LazyModel, RuntimeOptions, bundle_shelf, load_contestant, load_segmenter
from leukview.bootstrap.site_config import (
    load_grading,
    load_guards,
    load_label_weights,
    load_phrases,
    load_rules,
    load_site,
    load_taxonomy,
    load_terms,
)
from leukview.core.atomic_files import atomic_directory
from leukview.core.malloc_tuning import use_mmap_for_large_blocks
from leukview.core.paths import cache_dir, data_dir, default_database_url, resources_dir
from leukview.services.corrections.exporter import CorrectionExporter, decode_repaired_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leukview.core.job_runner import CancelToken, Reporter
    from leukview.services.models.registry import ModelRegistryStore
    from leukview.services.ports.change_feed import ChangeFeed
    from leukview.services.ports.storage import ReviewLog, SlideStore
    from leukview.services.users.profiles import ProfileStore
    from leukview.services.workbench import Workbench


def without_metadata(data: bytes) -> tuple[bytes, str]:
    """An image file without what is not the picture, and its ending. Raises `ExportError`."""
    from leukview.importers.image_metadata import MetadataCleaner

    clean = MetadataCleaner().remove_metadata(data)
    return clean.data, clean.suffix


def write_demo_slides(token: CancelToken, reporter: Reporter) -> Path:
    """Two synthetic slides in the data folder; written once, atomically."""
    from leukview.synthetic import write_demo

    folder = data_dir() / "demo"
    if not folder.exists():
        with atomic_directory(folder) as temporary:
            write_demo(temporary, slides=2, cells=120, seed=0, taxonomy=load_taxonomy(), token=token, reporter=reporter)
    return folder


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept: in a database, or in the memory of a process that works for another one.

    Attributes:
        names: Patient's and order's names of a slide from the identity vault; None = not known here.
        registry: Who installed which model; None in a process that works for another one.
    """

    slides: SlideStore
    log: ReviewLog
    profiles: ProfileStore
    pulse: ChangeFeed
    names: Callable[[str], tuple[str, str] | None] = lambda _slide: None
    registry: ModelRegistryStore | None = None


@contextmanager
def open_stores(choices: RuntimeOptions) -> Iterator[Stores]:
    """The chosen database with the identity vault of this workstation.

    Raises:
        StoreError: It cannot be opened.
    """
    from leukview.storage.change_feed import SqlPulse
    from leukview.storage.database import open_database
    from leukview.storage.model_registry import SqlModelRegistry
    from leukview.storage.profile_store import SqlProfileStore
    from leukview.storage.review_log import SqlReviewLog
    from leukview.storage.slide_store import SqlSlideStore
    from leukview.storage.vault import IdentityVault

    database = open_database(choices.database_url or default_database_url(), backup_dir=data_dir() / "backups")
    registry = SqlModelRegistry(data_dir())
    with closing(database), closing(IdentityVault(data_dir())) as vault, closing(registry):
        yield Stores(
            SqlSlideStore(database, vault),
            SqlReviewLog(database),
            SqlProfileStore(database),
            SqlPulse(database),
            vault.names,
            registry,
        )


def workbench_over(choices: RuntimeOptions, stores: Stores) -> Workbench:
    """A workbench on these stores; the model is loaded when it is first needed, in the worker."""
    from leukview.importers.export_reader import FolderReader
    from leukview.importers.image_metadata import MetadataCleaner
    from leukview.importers.images import mask_png
    from leukview.importers.training_archive import iterate_pictures, load_cells
    from leukview.inference.classification.cam import PackageMaps
    from leukview.interop.adapter import StandardMessages
    from leukview.report.cell_images import ReportPictures
    from leukview.report.typst_renderer import TypstRenderer
    from leukview.services.export.exporter import ExportAdapters
    from leukview.services.models.registry import ComparisonSetup, ModelRegistryService
    from leukview.services.users.profiles import ProfileService
    from leukview.services.workbench import Dependencies, Workbench
    from leukview.storage.analysis_cache import FileAnalysisCache

    taxonomy = load_taxonomy()
    reader = FolderReader(taxonomy)
    cache = FileAnalysisCache(cache_dir() / "analysis")
    model = LazyModel(choices, taxonomy, reader, stores.slides, cache)
    comparing = ComparisonSetup(
        load_contestant, load_cells, iterate_pictures, lambda: load_segmenter("embedded", choices.device)
    )
    models = None
    if stores.registry is not None:
        models = ModelRegistryService(
            stores.registry,
            bundle_shelf(),
            ProfileService(stores.profiles),
            load_guards(taxonomy),
            taxonomy,
            comparing,
            model.forget,
        )
    return Workbench(
        Dependencies(
            taxonomy=taxonomy,
            alert_rules=load_rules(taxonomy),
            grading_form=load_grading(),
            phrases=load_phrases(),
            export_reader=reader,
            slide_store=stores.slides,
            site_lines=load_site(),
            write_demo=write_demo_slides,
            cam_provider=PackageMaps(model.torch_classifier) if PackageMaps.available() else None,
            review_log=stores.log,
            analysis_cache=cache,
            load_pipeline=model.analyser,
            model_info=model.info,
            report_renderer=TypstRenderer(resources_dir()),
            image_encoder=ReportPictures(),
            profile_store=stores.profiles,
            load_refiner=model.refiner,
            change_feed=stores.pulse,
            export_adapters=ExportAdapters(StandardMessages(load_terms(taxonomy)), MetadataCleaner(), stores.names),
            correction_exporter=CorrectionExporter(
                taxonomy,
                stores.slides,
                stores.log,
                reader,
                load_label_weights(),
                without_metadata,
                mask_png,
                decode_repaired_mask,
            ),
            model_registry=models,
            find_model_info=model.info_of,
        )
    )


@contextmanager
def open_workbench(choices: RuntimeOptions) -> Iterator[Workbench]:
    """A workbench on the chosen database and model.

    Raises:
        StoreError: The database cannot be opened.
    """
    use_mmap_for_large_blocks()
    with open_stores(choices) as stores:
        yield workbench_over(choices, stores)


def run_window(choices: RuntimeOptions, path: Path | None) -> int:
    """Open the window, on a folder if one is given, and return Qt's exit code.

    Raises:
        StoreError: The database cannot be opened.
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
    with open_workbench(choices) as workbench:
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
