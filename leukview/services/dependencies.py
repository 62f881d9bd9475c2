"""The rooms that a workbench works with, put together by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.alerts import AlertRule
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.review.comment_phrases import PhraseGroup
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.pipeline import Analyser
from leukview.services.corrections.exporter import Corrections
from leukview.services.export.exporter import ExportAdapters
from leukview.services.models.registry import ModelRegistryService
from leukview.services.ports.change_feed import ChangeSource
from leukview.services.ports.inference import Refiner
from leukview.services.ports.storage import AnalysisCache, ExportReader, ReviewLog, SlideStore
from leukview.services.report.report_data import ModelInfo, ReportRenderer
from leukview.services.report.writer import Pictures
from leukview.services.users.profiles import ProfileStore


class OtherMaps(Protocol):
    """Class-activation maps by other methods than the one inside the model's graph."""

    @property
    def methods(self) -> tuple[str, ...]:
        """Their names, as shown beside a map."""

    def heat(
        self,
        method: str,
        image: NDArray[np.uint8],
        mask: NDArray[np.uint8],
        stage: str,
        choice: str,
        um_per_px: float | None,
    ) -> NDArray[np.float32]:
        """A map (side×side, 0..1) over the classifier's crop. Raises `ModelError`."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The rooms a workbench works with.

    Attributes:
        analyser: Loads the model on first use, in the worker; so does `model_info`.
        site: Header lines of the report, such as ``Stain: May-Grünwald-Giemsa``.
        demo: Writes synthetic slides into the user's folder, once, and says where.
        corrections: Exports reviewed cells for training.
        models: Compares, installs and takes back models.
        model_info_of: Provenance of another bundle than the one in use, by its SHA-256; None when it is not here.
        other_maps: Class-activation methods beside the model's own; None where torch is not installed.
        refiner: Loads, in the worker, what makes a mask follow clicks; None = the brush alone.
        outlets: What exports need of other rooms; None where nothing is exported.
    """

    taxonomy: Taxonomy
    rules: tuple[AlertRule, ...]
    grading: GradingForm
    phrases: tuple[PhraseGroup, ...]
    reader: ExportReader
    slides: SlideStore
    log: ReviewLog
    cache: AnalysisCache
    analyser: Callable[[], Analyser]
    model_info: Callable[[], ModelInfo]
    renderer: ReportRenderer
    pictures: Pictures
    profiles: ProfileStore
    pulse: ChangeSource
    site: tuple[str, ...] = ()
    other_maps: OtherMaps | None = None
    refiner: Callable[[], Refiner] | None = None
    demo: Callable[[CancelToken, Reporter], Path] | None = None
    corrections: Corrections | None = None
    models: ModelRegistryService | None = None
    model_info_of: Callable[[str], ModelInfo | None] | None = None
    outlets: ExportAdapters | None = None
