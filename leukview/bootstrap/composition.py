"""Composition of the application from its adapters and services."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.exchange import build_exchange, load_reference_limits
from leukview.bootstrap.model_loading import (
    LazyModel,
    RuntimeOptions,
    load_compared_model,
    load_segmenter,
    open_bundle_store,
)
from leukview.bootstrap.site_config import (
    SITE_CLASSES_FILE,
    load_acceptance_criteria,
    load_alert_rules,
    load_comment_phrases,
    load_counting_rules,
    load_grading_form,
    load_label_weights,
    load_loinc_terms,
    load_report_header_lines,
    load_role_rights,
    load_sign_rule,
    load_taxonomy,
)
from leukview.core.atomic_files import atomic_directory
from leukview.core.malloc_tuning import use_mmap_for_large_blocks
from leukview.core.paths import (
    cache_dir,
    data_dir,
    database_file,
    empty_temporary_dir,
    named_database_url,
    resources_dir,
)
from leukview.core.system_text import operating_system_user
from leukview.services.corrections.exporter import CorrectionExporter, decode_repaired_mask
from leukview.services.ports.seals import NoSeals, Seals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from leukview.core.job_runner import CancelToken, Reporter
    from leukview.domain.slide import Cell
    from leukview.services.dependencies import MakeExchange
    from leukview.services.export.exporter import MessageFormatter
    from leukview.services.models.registry import ModelRegistryStore
    from leukview.services.ports.change_feed import ChangeFeed
    from leukview.services.ports.competency import CompetencyStore
    from leukview.services.ports.identity import SlideIdentityStore
    from leukview.services.ports.storage import KnownContent, ReviewLog, SlideEraser, SlideStore
    from leukview.services.ports.worklist import WorklistIndex
    from leukview.services.users.profiles import ProfileStore
    from leukview.services.workbench import Workbench
    from leukview.storage.database import Database
    from leukview.storage.key_store import KeyStore
    from leukview.storage.seals import Sealer


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
        name_mark: Keyed hash of a folder's name; None where the vault is not at hand.
        known_content: Stored slides by content; None in a worker process.
        registry: Model registry; None in a worker process.
        seals: Seals of the chains.
        vault_problem: Why nothing can be imported, as a sentence; "" when the vault is there.
        worklist_index: Index of the worklist; None in a worker process.
        eraser: Erases slides; None in a worker process.
        back_up: Writes a backup into a folder; None in a worker process and for a database elsewhere.
        make_exchange: Makes the exchange with the laboratory's systems; None without a vault.
        identities: Identities of slides; None without a vault.
        competency: Training sets and answers; None in a worker process.
    """

    slides: SlideStore
    log: ReviewLog
    profiles: ProfileStore
    change_feed: ChangeFeed
    folder_names: Callable[[str], tuple[str, str] | None] = lambda _slide: None
    name_mark: Callable[[str], str] | None = None
    known_content: KnownContent | None = None
    registry: ModelRegistryStore | None = None
    seals: Seals = field(default_factory=NoSeals)
    vault_problem: str = ""
    worklist_index: WorklistIndex | None = None
    eraser: SlideEraser | None = None
    back_up: Callable[[Path, CancelToken, Reporter], Path] | None = None
    make_exchange: Callable[[MessageFormatter], MakeExchange] | None = None
    identities: SlideIdentityStore | None = None
    competency: CompetencyStore | None = None


@contextmanager
def open_stores(options: RuntimeOptions) -> Iterator[Stores]:
    """Open the chosen database, the identity vault and the model registry.

    Raises:
        StoreError: One of them cannot be opened.
    """
    from leukview.storage.change_feed import SqlChangeFeed
    from leukview.storage.competency_store import SqlCompetencyStore
    from leukview.storage.database import open_database, sqlite_url
    from leukview.storage.erasure import SqlEraser
    from leukview.storage.key_store import KeyStore
    from leukview.storage.known_content import SqlKnownContent
    from leukview.storage.model_registry import SqlModelRegistry
    from leukview.storage.profile_store import SqlProfileStore
    from leukview.storage.review_log import SqlReviewLog
    from leukview.storage.seal_verifier import SqlSeals
    from leukview.storage.sealing import is_registry_gone, make_main_sealer, make_registry_sealer
    from leukview.storage.seals import SEAL_KEY_BYTES, SEAL_KEY_NAME, SealKey
    from leukview.storage.slide_identities import SealedSlideIdentities
    from leukview.storage.slide_store import SqlSlideStore
    from leukview.storage.vault import IdentityVault, MissingVault, open_vault, require_known_database
    from leukview.storage.worklist_index import SqlWorklistIndex

    named = options.database_url or named_database_url()
    is_own = not named
    database = open_database(named or sqlite_url(database_file()), backup_dir=data_dir() / "backups")
    key_store = KeyStore()
    key = SealKey(lambda: key_store.get_or_create(SEAL_KEY_NAME, SEAL_KEY_BYTES))
    registry = SqlModelRegistry(data_dir(), make_sealer=lambda opened: make_registry_sealer(opened, key))
    with (
        closing(database),
        closing(open_vault(data_dir(), key_store, is_expected=_has_own_slides(database))) as vault,
        closing(registry),
    ):
        if isinstance(vault, IdentityVault):
            if is_own:
                require_known_database(database, vault)
            vault.remember_database(database.database_id())
        with closing(make_main_sealer(database, key)) as sealer:  # an empty database that was refused gets no seal

            def sealers() -> list[Sealer]:
                of_registry = registry.sealer()
                return [sealer] if of_registry is None else [sealer, of_registry]

            slides, log = SqlSlideStore(database, vault), SqlReviewLog(database)
            yield Stores(
                slides,
                log,
                SqlProfileStore(database),
                SqlChangeFeed(database),
                vault.folder_names,
                None if isinstance(vault, MissingVault) else vault.name_mark,
                None if isinstance(vault, MissingVault) else SqlKnownContent(database, vault),
                registry,
                SqlSeals(sealers, key_store, lambda: is_registry_gone(data_dir(), key)),
                f"{vault.message} {vault.hint}" if isinstance(vault, MissingVault) else "",
                SqlWorklistIndex(database),
                SqlEraser(database, vault),
                partial(_back_up, key_store) if is_own else None,
                None
                if isinstance(vault, MissingVault)
                else partial(build_exchange, database, vault, slides, log, data_dir()),
                None if isinstance(vault, MissingVault) else SealedSlideIdentities(vault),
                SqlCompetencyStore(database),
            )


def _has_own_slides(database: Database) -> bool:
    """Whether the database is a file of this data folder and holds slides.

    A database elsewhere may be shared; a workstation that joins has no vault yet.
    """
    return Path(database.location).parent == data_dir().resolve() and database.has_slides()


def _back_up(keys: KeyStore, folder: Path, token: CancelToken, reporter: Reporter) -> Path:
    from leukview.storage.backup import back_up

    return back_up(data_dir(), folder, keys, token, reporter)


def build_workbench(options: RuntimeOptions, stores: Stores) -> Workbench:
    """Build a workbench on these stores; the model is loaded on first use."""
    from leukview.importers.export_reader import AnalyserExportReader
    from leukview.importers.image_metadata import ImageMetadataRemover
    from leukview.importers.images import encode_mask_png
    from leukview.importers.training_archive import iterate_images, load_labelled_cells
    from leukview.inference.classification.cam_methods import GradCamPackageMaps
    from leukview.interop.adapter import MessageAdapter
    from leukview.report.cell_images import ReportImageRenderer
    from leukview.report.protocol import VERIFICATION, write_protocol
    from leukview.report.typst_renderer import TypstRenderer
    from leukview.services.export.exporter import ExportAdapters
    from leukview.services.models.adaptation import SiteAdaptationService
    from leukview.services.models.registry import ComparisonSetup, ModelRegistryService
    from leukview.services.users.profiles import ProfileService
    from leukview.services.workbench import Dependencies, Workbench
    from leukview.storage.analysis_cache import FileAnalysisCache
    from leukview.storage.site_class_file import SiteClassFile

    taxonomy = load_taxonomy()
    folder_answers = SiteClassFile(data_dir() / SITE_CLASSES_FILE, taxonomy, stores.name_mark)
    reader = AnalyserExportReader(taxonomy, folder_answers.answers)
    cache = FileAnalysisCache(cache_dir() / "analysis")
    model = LazyModel(options, taxonomy, reader, stores.slides, cache)
    comparing = ComparisonSetup(
        load_compared_model, load_labelled_cells, iterate_images, lambda: load_segmenter("embedded", options.device)
    )
    role_rights = load_role_rights()
    formatter = MessageAdapter(load_loinc_terms(taxonomy), load_reference_limits(taxonomy))
    models = None
    if stores.registry is not None:
        models = ModelRegistryService(
            stores.registry,
            open_bundle_store(),
            ProfileService(stores.profiles, role_rights),
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
            preload_model=model.preload,
            model_info=model.model_info,
            report_renderer=TypstRenderer(resources_dir()),
            image_encoder=ReportImageRenderer(),
            profile_store=stores.profiles,
            load_refiner=model.refiner,
            change_feed=stores.change_feed,
            export_adapters=ExportAdapters(formatter, ImageMetadataRemover(), stores.folder_names),
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
            worklist_index=stores.worklist_index,
            eraser=stores.eraser,
            back_up=stores.back_up,
            find_model_info=model.model_info_of,
            role_rights=role_rights,
            seals=stores.seals,
            sign_rule=load_sign_rule(),
            counting_rules=load_counting_rules(),
            folder_answers=folder_answers if stores.name_mark else None,
            known_content=stores.known_content,
            make_site_adaptation=make_site_adaptation if models is not None else None,
            finding_limits=model.finding_limits_of,
            competency_store=stores.competency,
            write_verification=partial(write_protocol, resources_dir(), VERIFICATION),
            make_exchange=stores.make_exchange(formatter) if stores.make_exchange else None,
            identities=stores.identities,
        )
    )


@contextmanager
def open_workbench(options: RuntimeOptions) -> Iterator[Workbench]:
    """Open a workbench on the chosen database and model.

    Raises:
        StoreError: The database or the vault cannot be opened.
    """
    use_mmap_for_large_blocks()
    with suppress(OSError):
        empty_temporary_dir()
    with open_stores(options) as stores:
        yield build_workbench(options, stores)


def run_window(options: RuntimeOptions, path: Path | None) -> int:
    """Show the main window, on a folder if given; returns Qt's exit code.

    Raises:
        StoreError: The database or the vault cannot be opened.
    """
    from PySide6.QtWidgets import QApplication

    from leukview.core.job_runner import JobRunner
    from leukview.core.logging_setup import log_unhandled_errors
    from leukview.gui.main_window import build_main_window

    application = QApplication.instance() or QApplication(["leukview"])
    application.setApplicationName("LeukView")
    runner = JobRunner()
    with open_workbench(replace(options, has_window=True)) as workbench:
        settings = data_dir() / "settings.json"
        first_run = not settings.exists()
        window = build_main_window(workbench, runner, settings, operating_system_user())
        log_unhandled_errors(window.tasks.report_unhandled)
        window.show()
        if path is not None:
            window.open_path(path)
        elif first_run:
            window.show_tour()
        try:
            return int(QApplication.exec())
        finally:
            runner.shutdown()
