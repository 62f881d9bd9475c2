"""Models of this workstation: which exist, which is in use; loaded on first use."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leukview.bootstrap.site_config import load_taxonomy
from leukview.core.errors import LeukViewError, ModelError
from leukview.core.paths import data_dir, resources_dir
from leukview.core.prefetch import lower_priority
from leukview.domain.findings import FindingLimits
from leukview.domain.taxonomy import Taxonomy

if TYPE_CHECKING:
    from leukview.inference.bundles.bundle import Bundle
    from leukview.inference.bundles.bundle_store import FileBundleStore
    from leukview.inference.bundles.sam_checkpoints import InstalledModelFile
    from leukview.inference.classification.classifier_torch import TorchClassifier
    from leukview.services.analysis.pipeline import AnalysisPipeline
    from leukview.services.models.comparison import ComparedModel
    from leukview.services.ports.inference import MaskRefiner, Segmenter
    from leukview.services.ports.storage import AnalysisCache, ExportReader, SlideStore
    from leukview.services.report.report_data import ModelInfo

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """Options of a run: database, model bundle, segmenter and device.

    Attributes:
        database_url: SQLAlchemy URL; "" = the default database.
        bundle: Folder of the bundle; None = the one in use.
        segmenter: ``embedded``, or a checkpoint such as ``sam_vit_b``.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        threads: Threads of the analysis; None = one per core, at most four.
        has_window: A window is open, which needs the interpreter that analysing several batches at once would hold.
    """

    database_url: str = ""
    bundle: Path | None = None
    segmenter: str = "embedded"
    device: str = "auto"
    threads: int | None = None
    has_window: bool = False


def shipped_bundle_path() -> Path:
    """Folder of the classifier that ships with the application."""
    return resources_dir() / "models" / "classifier"


def open_bundle_store() -> FileBundleStore:
    """Store of the bundles on this workstation."""
    from leukview.core.paths import models_dir
    from leukview.inference.bundles.bundle_store import FileBundleStore

    return FileBundleStore(models_dir() / "bundles", shipped_bundle_path(), load_taxonomy())


def active_bundle_path() -> Path:
    """Folder of the installed champion, else of the shipped classifier.

    Raises:
        ModelError: The installed one is missing or was changed; no other is substituted.
        StoreError: The registry is unreadable, or was changed outside of LeukView.
    """
    from leukview.services.models.registry import current_champion, verified
    from leukview.storage.model_registry import SqlModelRegistry

    with closing(SqlModelRegistry(data_dir())) as registry:
        return open_bundle_store().path_of(current_champion(verified(registry.entries())))


def list_installed_models(*, verify: bool) -> list[InstalledModelFile]:
    """List shipped and installed models; `verify` verifies the hash of each file."""
    from leukview.core.paths import models_dir
    from leukview.inference.bundles.sam_checkpoints import list_model_files

    bundles = [
        shipped_bundle_path(),
        *open_bundle_store().installed_folders(),
        resources_dir() / "models" / "segmenter",
    ]
    return list_model_files(bundles, models_dir(), verify=verify)


def load_compared_model(path: Path) -> ComparedModel:
    """Load a bundle on ONNX Runtime for a comparison. Raises `ModelError`."""
    from leukview.inference.bundles.model_provenance import training_provenance
    from leukview.inference.classification.classifier_factory import load_classifier
    from leukview.services.models.comparison import ComparedModel

    classifier = load_classifier(path, "onnx", taxonomy=load_taxonomy())
    manifest = classifier.bundle.manifest
    masks = manifest.preprocessing.background != "keep" or manifest.net.pooling == "cell"
    return ComparedModel(manifest.name, classifier, training_provenance(manifest), masks)


def load_segmenter(name: str, device: str, threads: int | None = None) -> Segmenter:
    """Load a segmenter by name.

    Args:
        name: ``embedded``, or a Segment Anything checkpoint.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``; ignored by the embedded segmenter.
        threads: Threads of ONNX Runtime; None = one per core, at most four.

    Raises:
        ModelError: The name is unknown, or its checkpoint is missing or damaged.
    """
    if name == "embedded":
        from leukview.inference.segmentation.segmenter_onnx import EmbeddedSegmenter

        return EmbeddedSegmenter(resources_dir() / "models" / "segmenter", threads)
    from leukview.core.paths import models_dir
    from leukview.inference.segmentation.sam import load_sam_segmenter

    return load_sam_segmenter(name, models_dir(), device)


def load_refiner(segmenter: str, device: str) -> MaskRefiner:
    """Load a refiner: Segment Anything when installed, else the embedded segmenter.

    Raises:
        ModelError: The installed checkpoint is damaged, or the device is unavailable.
    """
    from leukview.core.paths import models_dir
    from leukview.inference.segmentation.sam import find_usable_sam, load_sam_refiner

    name = find_usable_sam(models_dir(), segmenter)
    if name:
        return load_sam_refiner(name, models_dir(), device)
    from leukview.inference.segmentation.click_refinement import GeodesicMaskRefiner
    from leukview.inference.segmentation.segmenter_onnx import EmbeddedSegmenter

    return GeodesicMaskRefiner(EmbeddedSegmenter(resources_dir() / "models" / "segmenter"))


class LazyModel:
    """Loads bundle and segmenter once, on first use, from any thread."""

    def __init__(
        self,
        options: RuntimeOptions,
        taxonomy: Taxonomy,
        reader: ExportReader,
        slides: SlideStore,
        cache: AnalysisCache,
    ) -> None:
        self._options, self._taxonomy = options, taxonomy
        self._reader, self._slides, self._cache = reader, slides, cache
        self._lock = threading.Lock()
        self._loaded: tuple[Bundle, AnalysisPipeline] | None = None
        self._preloading = False
        self._refiner: MaskRefiner | None = None
        self._finding_limits: dict[str, tuple[FindingLimits, ...]] = {}

    def _load(self) -> tuple[Bundle, AnalysisPipeline]:
        from leukview.inference.classification.classifier_factory import load_classifier
        from leukview.inference.onnx_session import MAX_THREADS
        from leukview.services.analysis.pipeline import AnalysisPipeline

        with self._lock:
            if self._loaded is None:
                choices = self._options
                threads = choices.threads or min(os.cpu_count() or 1, MAX_THREADS)
                # Two batches at once use two cores better than the threads inside one operator, but make a window wait.
                # Segment Anything is too large for more than one.
                workers = min(threads, 2) if choices.segmenter == "embedded" and not choices.has_window else 1
                classifier = load_classifier(
                    choices.bundle or active_bundle_path(),
                    device=choices.device,
                    threads=threads // workers,
                    taxonomy=self._taxonomy,
                )
                analyser = AnalysisPipeline(
                    self._taxonomy,
                    self._reader,
                    self._slides,
                    self._cache,
                    load_segmenter(choices.segmenter, choices.device, threads // workers),
                    classifier,
                    workers,
                )
                self._loaded = classifier.bundle, analyser
            return self._loaded

    def preload(self) -> None:
        """Begin to load bundle and segmenter in a thread of its own; an error is raised on first use."""
        if self._loaded is None and not self._preloading:
            self._preloading = True
            threading.Thread(target=self._preload, name="leukview-preload").start()

    def _preload(self) -> None:
        lower_priority()
        try:
            self._load()
        except LeukViewError:
            _log.warning("the model could not be loaded ahead")

    def unload(self) -> None:
        """Reload the bundle on next use, after the champion changed.

        A bundle that the user named explicitly stays loaded.
        """
        with self._lock:
            if self._options.bundle is None:
                self._loaded = None

    def model_info_of(self, sha256: str) -> ModelInfo | None:
        """Provenance of a bundle on this workstation; None when it no longer exists."""
        from leukview.inference.bundles.bundle import load_bundle
        from leukview.inference.bundles.model_provenance import model_provenance

        bundle, analyser = self._load()
        if bundle.sha256 == sha256:
            return self.model_info()
        for path in (shipped_bundle_path(), *open_bundle_store().installed_folders()):
            try:
                found = load_bundle(path)
            except ModelError:
                continue
            if found.sha256 == sha256:
                return model_provenance(found, self._taxonomy, analyser.segmenter.identity)
        return None

    def finding_limits_of(self, sha256: str) -> tuple[FindingLimits, ...]:
        """Limits of the findings of a bundle; empty when it has none, or is not on this workstation.

        Reads the description of the bundle alone, so that an archived slide opens without loading a model.
        """
        from leukview.inference.bundles.bundle import MANIFEST_FILE, parse_manifest

        with self._lock:
            if sha256 not in self._finding_limits:
                own = [self._options.bundle] if self._options.bundle else []
                for path in (*own, shipped_bundle_path(), *open_bundle_store().installed_folders()):
                    try:
                        raw = (path / MANIFEST_FILE).read_bytes()
                        if hashlib.sha256(raw).hexdigest() == sha256:
                            self._finding_limits[sha256] = parse_manifest(raw).findings
                            break
                    except (OSError, ModelError):
                        continue
            return self._finding_limits.get(sha256, ())

    def pipeline(self) -> AnalysisPipeline:
        """Analysis pipeline. Raises `ModelError`."""
        return self._load()[1]

    def refiner(self) -> MaskRefiner:
        """Mask correction by clicks, loaded on first use. Raises `ModelError`."""
        with self._lock:
            if self._refiner is None:
                self._refiner = load_refiner(self._options.segmenter, self._options.device)
            return self._refiner

    def torch_classifier(self) -> TorchClassifier:
        """The same bundle on torch (CPU), for other CAM methods. Raises `ModelError`."""
        from leukview.inference.classification.classifier_torch import TorchClassifier

        return TorchClassifier(self._load()[0], "cpu", taxonomy=self._taxonomy)

    def model_info(self) -> ModelInfo:
        """Provenance of the model in use. Raises `ModelError`."""
        from leukview.inference.bundles.model_provenance import model_provenance

        bundle, analyser = self._load()
        return model_provenance(bundle, self._taxonomy, analyser.segmenter.identity)
