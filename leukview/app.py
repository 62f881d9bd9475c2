"""Puts the rooms together; the only module besides the command line that knows every room."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.core.errors import ModelError
from leukview.core.paths import cache_dir, data_dir, default_database_url, resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.laboratory import (
    load_grading,
    load_guards,
    load_label_weights,
    load_phrases,
    load_rules,
    load_site,
    load_taxonomy,
    load_terms,
)
from leukview.services.corrections import Corrections, repaired_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leukview.core.jobs import CancelToken, Reporter
    from leukview.inference.bundle import Bundle
    from leukview.inference.classifier_torch import TorchClassifier
    from leukview.inference.models import InstalledModel
    from leukview.inference.shelf import BundleShelf
    from leukview.services.analysis import Analyser
    from leukview.services.comparison import Contestant
    from leukview.services.engines import Refiner, Segmenter
    from leukview.services.models import RegistryStore
    from leukview.services.news import Pulse
    from leukview.services.profiles import ProfileStore
    from leukview.services.report import ModelInfo
    from leukview.services.stores import AnalysisCache, ExportReader, ReviewLog, SlideStore
    from leukview.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user may choose: database, model bundle, segmenter (``embedded``, ``sam_vit_b`` …) and device.

    Attributes:
        threads: Of ONNX Runtime; None = all cores, four at most.
    """

    database_url: str = ""
    bundle: Path | None = None
    segmenter: str = "embedded"
    device: str = "auto"
    threads: int | None = None


def shipped_bundle() -> Path:
    """The classifier that ships with the application."""
    return resources_dir() / "models" / "classifier"


def bundle_shelf() -> BundleShelf:
    """The bundles of this workstation."""
    from leukview.core.paths import models_dir
    from leukview.inference.shelf import BundleShelf

    return BundleShelf(models_dir() / "bundles", shipped_bundle(), load_taxonomy())


def default_bundle() -> Path:
    """The champion that a person installed, else the classifier that ships.

    Raises:
        ModelError: The installed one is gone or was changed; no other takes its place.
        StoreError: The registry cannot be read, or was changed outside of LeukView.
    """
    from leukview.services.models import champion_of, sound
    from leukview.storage.registry import SqlModelRegistry

    with closing(SqlModelRegistry(data_dir())) as registry:
        return bundle_shelf().path_of(champion_of(sound(registry.entries())))


def without_metadata(data: bytes) -> tuple[bytes, str]:
    """An image file without what is not the picture, and its ending. Raises `ExportError`."""
    from leukview.exports.deidentify import MetadataCleaner

    clean = MetadataCleaner().clean(data)
    return clean.data, clean.ending


def load_contestant(path: Path) -> Contestant:
    """A bundle on the workstation's engine, for a comparison. Raises `ModelError`."""
    from leukview.inference.describe import training_record
    from leukview.inference.loading import load_classifier
    from leukview.services.comparison import Contestant

    classifier = load_classifier(path, "onnx", taxonomy=load_taxonomy())
    manifest = classifier.bundle.manifest
    masks = manifest.preprocessing.background != "keep" or manifest.net.pooling == "cell"
    return Contestant(manifest.name, classifier, training_record(manifest), masks)


def write_demo_slides(token: CancelToken, reporter: Reporter) -> Path:
    """Two synthetic slides in the data folder; written once, whole or not at all."""
    from leukview.exports.synthetic import write_demo

    folder = data_dir() / "demo"
    if not folder.exists():
        scratch = data_dir() / "demo.part"
        shutil.rmtree(scratch, ignore_errors=True)
        write_demo(scratch, slides=2, cells=120, seed=0, taxonomy=load_taxonomy(), token=token, reporter=reporter)
        scratch.rename(folder)
    return folder


def load_segmenter(name: str, device: str, threads: int | None = None) -> Segmenter:
    """A segmenter by name; `threads` of ONNX Runtime, None = all cores, four at most.

    Raises:
        ModelError: Unknown name, or its checkpoint is not installed or damaged.
    """
    if name == "embedded":
        from leukview.inference.segmenter_onnx import EmbeddedSegmenter

        return EmbeddedSegmenter(resources_dir() / "models" / "segmenter", threads)
    from leukview.core.paths import models_dir
    from leukview.inference.sam import load_sam

    return load_sam(name, models_dir(), device)


def load_refiner(segmenter: str, device: str) -> Refiner:
    """What makes a mask follow clicks: Segment Anything where it is installed, else the embedded segmenter.

    Raises:
        ModelError: What is installed is damaged, or the device is not there.
    """
    from leukview.core.paths import models_dir
    from leukview.inference.sam import load_sam_refiner, usable_sam

    name = usable_sam(models_dir(), segmenter)
    if name:
        return load_sam_refiner(name, models_dir(), device)
    from leukview.inference.refine import EmbeddedRefiner
    from leukview.inference.segmenter_onnx import EmbeddedSegmenter

    return EmbeddedRefiner(EmbeddedSegmenter(resources_dir() / "models" / "segmenter"))


class LazyModel:
    """Loads bundle and segmenter once, when first asked, whichever worker lane asks first."""

    def __init__(
        self, choices: Choices, taxonomy: Taxonomy, reader: ExportReader, slides: SlideStore, cache: AnalysisCache
    ) -> None:
        self._choices, self._taxonomy = choices, taxonomy
        self._reader, self._slides, self._cache = reader, slides, cache
        self._lock = threading.Lock()
        self._loaded: tuple[Bundle, Analyser] | None = None
        self._refiner: Refiner | None = None

    def _load(self) -> tuple[Bundle, Analyser]:
        from leukview.inference.loading import load_classifier
        from leukview.services.analysis import Analyser

        with self._lock:
            if self._loaded is None:
                choices = self._choices
                classifier = load_classifier(
                    choices.bundle or default_bundle(),
                    device=choices.device,
                    threads=choices.threads,
                    taxonomy=self._taxonomy,
                )
                analyser = Analyser(
                    self._taxonomy,
                    self._reader,
                    self._slides,
                    self._cache,
                    load_segmenter(choices.segmenter, choices.device, choices.threads),
                    classifier,
                )
                self._loaded = classifier.bundle, analyser
            return self._loaded

    def forget(self) -> None:
        """Another model came into use: load it when it is asked for. A bundle that the user named stays."""
        with self._lock:
            if self._choices.bundle is None:
                self._loaded = None

    def info_of(self, sha256: str) -> ModelInfo | None:
        """Provenance of a bundle of this workstation; None when it is not there any more."""
        from leukview.inference.bundle import load_bundle
        from leukview.inference.describe import describe_model

        bundle, analyser = self._load()
        if bundle.sha256 == sha256:
            return self.info()
        for path in (shipped_bundle(), *bundle_shelf().folders()):
            try:
                found = load_bundle(path)
            except ModelError:
                continue
            if found.sha256 == sha256:
                return describe_model(found, self._taxonomy, analyser.segmenter.identity)
        return None

    def analyser(self) -> Analyser:
        """The pipeline. Raises `ModelError`."""
        return self._load()[1]

    def refiner(self) -> Refiner:
        """What follows clicks on an outline. Raises `ModelError`."""
        with self._lock:
            if self._refiner is None:
                self._refiner = load_refiner(self._choices.segmenter, self._choices.device)
            return self._refiner

    def torch_classifier(self) -> TorchClassifier:
        """The same bundle on torch, on the CPU: for maps by other methods. Raises `ModelError`."""
        from leukview.inference.classifier_torch import TorchClassifier

        return TorchClassifier(self._load()[0], "cpu")

    def info(self) -> ModelInfo:
        """Provenance of the model in use. Raises `ModelError`."""
        from leukview.inference.describe import describe_model

        bundle, analyser = self._load()
        return describe_model(bundle, self._taxonomy, analyser.segmenter.identity)


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
    pulse: Pulse
    names: Callable[[str], tuple[str, str] | None] = lambda _slide: None
    registry: RegistryStore | None = None


@contextmanager
def open_stores(choices: Choices) -> Iterator[Stores]:
    """The chosen database with the identity vault of this workstation.

    Raises:
        StoreError: It cannot be opened.
    """
    from leukview.storage.database import open_database
    from leukview.storage.profiles import SqlProfileStore
    from leukview.storage.pulse import SqlPulse
    from leukview.storage.registry import SqlModelRegistry
    from leukview.storage.review_log import SqlReviewLog
    from leukview.storage.slides import SqlSlideStore
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


def workbench_over(choices: Choices, stores: Stores) -> Workbench:
    """A workbench on these stores; the model is loaded when it is first needed, in the worker."""
    from leukview.exchange.messages import StandardMessages
    from leukview.exports.deidentify import MetadataCleaner
    from leukview.exports.images import mask_png
    from leukview.exports.labelled import iterate_pictures, load_cells
    from leukview.exports.pictures import ReportPictures
    from leukview.exports.reader import FolderReader
    from leukview.inference.cam import PackageMaps
    from leukview.report.renderer import TypstRenderer
    from leukview.services.exchange import Outlets
    from leukview.services.models import Comparing, Models
    from leukview.services.profiles import Profiles
    from leukview.services.workbench import Rooms, Workbench
    from leukview.storage.cache import FileAnalysisCache

    taxonomy = load_taxonomy()
    reader = FolderReader(taxonomy)
    cache = FileAnalysisCache(cache_dir() / "analysis")
    model = LazyModel(choices, taxonomy, reader, stores.slides, cache)
    comparing = Comparing(
        load_contestant, load_cells, iterate_pictures, lambda: load_segmenter("embedded", choices.device)
    )
    models = None
    if stores.registry is not None:
        models = Models(
            stores.registry,
            bundle_shelf(),
            Profiles(stores.profiles),
            load_guards(taxonomy),
            taxonomy,
            comparing,
            model.forget,
        )
    return Workbench(
        Rooms(
            taxonomy=taxonomy,
            rules=load_rules(taxonomy),
            grading=load_grading(),
            phrases=load_phrases(),
            reader=reader,
            slides=stores.slides,
            site=load_site(),
            demo=write_demo_slides,
            other_maps=PackageMaps(model.torch_classifier) if PackageMaps.available() else None,
            log=stores.log,
            cache=cache,
            analyser=model.analyser,
            model_info=model.info,
            renderer=TypstRenderer(resources_dir()),
            pictures=ReportPictures(),
            profiles=stores.profiles,
            refiner=model.refiner,
            pulse=stores.pulse,
            outlets=Outlets(StandardMessages(load_terms(taxonomy)), MetadataCleaner(), stores.names),
            corrections=Corrections(
                taxonomy,
                stores.slides,
                stores.log,
                reader,
                load_label_weights(),
                without_metadata,
                mask_png,
                repaired_mask,
            ),
            models=models,
            model_info_of=model.info_of,
        )
    )


@contextmanager
def open_workbench(choices: Choices) -> Iterator[Workbench]:
    """A workbench on the chosen database and model.

    Raises:
        StoreError: The database cannot be opened.
    """
    with open_stores(choices) as stores:
        yield workbench_over(choices, stores)


def run_window(choices: Choices, path: Path | None) -> int:
    """Open the window, on a folder if one is given, and return Qt's exit code.

    Raises:
        StoreError: The database cannot be opened.
    """
    import getpass

    from PySide6.QtWidgets import QApplication

    from leukview.core.jobs import JobRunner
    from leukview.core.logs import configure_logging
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
            window.tour()
        try:
            return int(QApplication.exec())
        finally:
            runner.shutdown()


def model_inventory(*, check: bool) -> list[InstalledModel]:
    """The models that ship and those installed; with `check`, each file's hash is verified."""
    from leukview.core.paths import models_dir
    from leukview.inference.models import inventory

    bundles = [shipped_bundle(), *bundle_shelf().folders(), resources_dir() / "models" / "segmenter"]
    return inventory(bundles, models_dir(), check=check)
