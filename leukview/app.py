"""Puts the rooms together; the only module besides the command line that knows every room."""

from __future__ import annotations

import shutil
import threading
import tomllib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.core.errors import LeukViewError, ModelError
from leukview.core.paths import cache_dir, data_dir, default_database_url, resources_dir
from leukview.domain.alerts import AlertRule, parse_rules
from leukview.domain.grading import GradingForm, parse_grading
from leukview.domain.guards import Guard, parse_guards
from leukview.domain.phrases import PhraseGroup, parse_phrases
from leukview.domain.taxonomy import Taxonomy, parse_taxonomy
from leukview.services.corrections import Corrections, LabelWeights, parse_weights, repaired_mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leukview.core.jobs import CancelToken, Reporter
    from leukview.inference.bundle import Bundle
    from leukview.inference.classifier_torch import TorchClassifier
    from leukview.inference.models import InstalledModel
    from leukview.inference.shelf import BundleShelf
    from leukview.services.analysis import Analyser
    from leukview.services.comparison import Contestant
    from leukview.services.engines import Refiner, Segmenter
    from leukview.services.report import ModelInfo
    from leukview.services.stores import AnalysisCache, ExportReader, SlideStore
    from leukview.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user may choose: database, model bundle, segmenter (``embedded``, ``sam_vit_b`` …) and device."""

    database_url: str = ""
    bundle: Path | None = None
    segmenter: str = "embedded"
    device: str = "auto"


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


@lru_cache(maxsize=1)
def load_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the application."""
    return parse_taxonomy((resources_dir() / "taxonomy.toml").read_text(encoding="utf-8"))


def load_rules(taxonomy: Taxonomy) -> tuple[AlertRule, ...]:
    """The alert rules: the user's own ``alerts.toml`` in the data folder, else those that ship."""
    own = data_dir() / "alerts.toml"
    path = own if own.exists() else resources_dir() / "alerts.toml"
    return parse_rules(path.read_text(encoding="utf-8"), taxonomy)


def load_grading() -> GradingForm:
    """The grading form: the user's own ``grading.toml`` in the data folder, else the one that ships.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "grading.toml"
    path = own if own.exists() else resources_dir() / "grading.toml"
    try:
        return parse_grading(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The grading form cannot be read: {error}.", str(path)) from error


def load_phrases() -> tuple[PhraseGroup, ...]:
    """The coded phrases of comments: the user's own ``phrases.toml`` in the data folder, else those that ship.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "phrases.toml"
    path = own if own.exists() else resources_dir() / "phrases.toml"
    try:
        return parse_phrases(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The phrases cannot be read: {error}.", str(path)) from error


def load_label_weights() -> LabelWeights:
    """How much corrections count: the user's own ``corrections.toml`` in the data folder, else the one that ships.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "corrections.toml"
    path = own if own.exists() else resources_dir() / "corrections.toml"
    try:
        return parse_weights(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The weights of corrections cannot be read: {error}.", str(path)) from error


def load_guards(taxonomy: Taxonomy) -> tuple[Guard, ...]:
    """What a new model must not worsen: the user's own ``guards.toml`` in the data folder, else those that ship.

    Raises:
        LeukViewError: The file cannot be read.
    """
    own = data_dir() / "guards.toml"
    path = own if own.exists() else resources_dir() / "guards.toml"
    try:
        return parse_guards(path.read_text(encoding="utf-8"), taxonomy)
    except (OSError, UnicodeDecodeError) as error:
        raise LeukViewError(f"The guards cannot be read: {error}.", str(path)) from error


def load_contestant(path: Path) -> Contestant:
    """A bundle on the workstation's engine, for a comparison. Raises `ModelError`."""
    from leukview.inference.describe import training_record
    from leukview.inference.loading import load_classifier
    from leukview.services.comparison import Contestant

    classifier = load_classifier(path, "onnx", taxonomy=load_taxonomy())
    manifest = classifier.bundle.manifest
    masks = manifest.preprocessing.background != "keep" or manifest.net.pooling == "cell"
    return Contestant(manifest.name, classifier, training_record(manifest), masks)


def load_site() -> tuple[str, ...]:
    """Lines of the report's header from ``site.toml`` in the data folder: any texts, in the file's order.

    Raises:
        LeukViewError: The file is no TOML, or a value is no text.
    """
    path = data_dir() / "site.toml"
    if not path.exists():
        return ()
    try:
        lines = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LeukViewError(f"The site file cannot be read: {error}.", str(path)) from error
    if not all(isinstance(value, str) for value in lines.values()):
        raise LeukViewError("The site file may hold texts only.", f"Put each value of {path} in quotes.")
    return tuple(f"{name}: {value}" for name, value in lines.items())


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


def load_segmenter(name: str, device: str) -> Segmenter:
    """A segmenter by name.

    Raises:
        ModelError: Unknown name, or its checkpoint is not installed or damaged.
    """
    if name == "embedded":
        from leukview.inference.segmenter_onnx import EmbeddedSegmenter

        return EmbeddedSegmenter(resources_dir() / "models" / "segmenter")
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
                    choices.bundle or default_bundle(), device=choices.device, taxonomy=self._taxonomy
                )
                analyser = Analyser(
                    self._taxonomy,
                    self._reader,
                    self._slides,
                    self._cache,
                    load_segmenter(choices.segmenter, choices.device),
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


@contextmanager
def open_workbench(choices: Choices) -> Iterator[Workbench]:
    """A workbench on the chosen database and model; the model is loaded when it is first needed, in the worker.

    Raises:
        StoreError: The database cannot be opened.
    """
    from leukview.exports.bare import without_metadata
    from leukview.exports.images import mask_png
    from leukview.exports.labelled import iterate_pictures, load_cells
    from leukview.exports.pictures import ReportPictures
    from leukview.exports.reader import FolderReader
    from leukview.inference.cam import PackageMaps
    from leukview.report.renderer import TypstRenderer
    from leukview.services.models import Comparing, Models
    from leukview.services.profiles import Profiles
    from leukview.services.workbench import Rooms, Workbench
    from leukview.storage.cache import FileAnalysisCache
    from leukview.storage.database import open_database
    from leukview.storage.profiles import SqlProfileStore
    from leukview.storage.registry import SqlModelRegistry
    from leukview.storage.review_log import SqlReviewLog
    from leukview.storage.slides import SqlSlideStore
    from leukview.storage.vault import IdentityVault

    taxonomy = load_taxonomy()
    database = open_database(choices.database_url or default_database_url(), backup_dir=data_dir() / "backups")
    registry = SqlModelRegistry(data_dir())
    with closing(database), closing(IdentityVault(data_dir())) as vault, closing(registry):
        reader, slides = FolderReader(taxonomy), SqlSlideStore(database, vault)
        cache = FileAnalysisCache(cache_dir() / "analysis")
        model = LazyModel(choices, taxonomy, reader, slides, cache)
        log, profiles = SqlReviewLog(database), SqlProfileStore(database)
        comparing = Comparing(
            load_contestant, load_cells, iterate_pictures, lambda: load_segmenter("embedded", choices.device)
        )
        yield Workbench(
            Rooms(
                taxonomy=taxonomy,
                rules=load_rules(taxonomy),
                grading=load_grading(),
                phrases=load_phrases(),
                reader=reader,
                slides=slides,
                site=load_site(),
                demo=write_demo_slides,
                other_maps=PackageMaps(model.torch_classifier) if PackageMaps.available() else None,
                log=log,
                cache=cache,
                analyser=model.analyser,
                model_info=model.info,
                renderer=TypstRenderer(resources_dir()),
                pictures=ReportPictures(),
                profiles=profiles,
                refiner=model.refiner,
                corrections=Corrections(
                    taxonomy, slides, log, reader, load_label_weights(), without_metadata, mask_png, repaired_mask
                ),
                models=Models(
                    registry,
                    bundle_shelf(),
                    Profiles(profiles),
                    load_guards(taxonomy),
                    taxonomy,
                    comparing,
                    model.forget,
                ),
                model_info_of=model.info_of,
            )
        )


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
