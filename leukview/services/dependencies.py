"""Dependencies of a workbench, assembled by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.alerts import AlertRule
from leukview.domain.counting_rules import CountingRules
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.review.comment_phrases import PhraseGroup
from leukview.domain.review.rights import UNRESTRICTED_RIGHTS, RoleRights
from leukview.domain.review.sign_rule import SignRule
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import Taxonomy
from leukview.services.analysis.pipeline import AnalysisPipeline
from leukview.services.corrections.exporter import CorrectionExporter
from leukview.services.exchange.service import ExchangeService
from leukview.services.export.exporter import ExportAdapters
from leukview.services.models.adaptation import SiteAdaptationService
from leukview.services.models.registry import ModelRegistryService
from leukview.services.ports.access import Access
from leukview.services.ports.change_feed import ChangeFeed
from leukview.services.ports.competency import CompetencyStore
from leukview.services.ports.identity import SlideIdentityStore
from leukview.services.ports.inference import MaskRefiner
from leukview.services.ports.seals import NoSeals, Seals
from leukview.services.ports.storage import (
    AnalysisCache,
    ExportReader,
    FolderAnswerStore,
    KnownContent,
    ReviewLog,
    SlideEraser,
    SlideStore,
)
from leukview.services.ports.worklist import WorklistIndex
from leukview.services.report.report_data import ModelInfo, ReportRenderer
from leukview.services.report.writer import ReportImageEncoder
from leukview.services.review.session import ReviewSession
from leukview.services.review.view_builder import LimitsOf, no_limits
from leukview.services.users.profiles import ProfileStore
from leukview.services.verification.service import ProtocolWriter


class CamProvider(Protocol):
    """Class-activation maps by other methods than the one in the model's graph."""

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods, as shown next to a map."""

    def compute_map(
        self,
        method: str,
        image: NDArray[np.uint8],
        mask: NDArray[np.uint8],
        stage: str,
        choice: str,
        um_per_px: float | None,
    ) -> NDArray[np.float32]:
        """Compute a map (side×side, 0..1) over the classifier's crop.

        Args:
            method: One of `methods`.
            image: RGB, H×W×3, 0..255.
            mask: H×W, 0/1/2.
            stage: Key of the stage.
            choice: Key of the choice.
            um_per_px: Scale; None = unknown.

        Raises:
            ModelError: The map cannot be computed.
        """


class MakeExchange(Protocol):
    """Makes the exchange with the laboratory's systems."""

    def __call__(self, open_session: Callable[[str, str], ReviewSession], access: Access, /) -> ExchangeService:
        """Make it.

        Args:
            open_session: Opens the review of a slide, by its id, under a name.
            access: Rights of persons.
        """


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Dependencies of a workbench.

    Attributes:
        load_pipeline: Loads the model on first use; call it in a worker thread.
        preload_model: Begins to load the model in the background.
        model_info: Provenance of the model in use; loads the model like `load_pipeline`.
        change_feed: Source of changes by other programs.
        site_lines: Header lines of the report, such as ``Stain: May-Grünwald-Giemsa``.
        cam_provider: Class-activation methods besides the model's own; None where torch is not installed.
        load_refiner: Loads the click-based mask refiner; call it in a worker thread. None = only the brush.
        write_demo: Writes synthetic slides into the user's folder, once, and returns the folder.
        correction_exporter: Exports reviewed cells for training.
        model_registry: Compares and installs models, and rolls them back.
        find_model_info: Provenance of another bundle than the one in use, by its SHA-256; None when not installed.
        make_site_adaptation: Makes the service that calibrates the model in use, given a reader of images.
        finding_limits: Limits of the findings of a bundle, by its SHA-256.
        export_adapters: Adapters for exports; None where slides cannot be exported.
        role_rights: Rights of reviewers by role.
        seals: Seals of the chains.
        sign_rule: What a review needs before it can be signed.
        counting_rules: Marks on the share of blasts and the validated range of white cell counts.
        known_content: Stored slides by content, to compare a preview with; None = it is not compared.
        folder_answers: Keeps what persons answered about class folders; None = answers hold for one import.
        worklist_index: Index of the worklist; None = the worklist is read slide by slide.
        eraser: Erases slides; None where that is not possible.
        identities: Identities of slides; None without a vault.
        back_up: Writes a backup into a folder; None where the database is on a server.
        write_verification: Writes the protocol of a verification as PDF.
        competency_store: Sets of cells with a key, and answers to them; None in a worker process.
        make_exchange: Makes the exchange with the laboratory's systems; None where there is no identity vault.
    """

    taxonomy: Taxonomy
    alert_rules: tuple[AlertRule, ...]
    grading_form: GradingForm
    phrases: tuple[PhraseGroup, ...]
    export_reader: ExportReader
    slide_store: SlideStore
    review_log: ReviewLog
    analysis_cache: AnalysisCache
    load_pipeline: Callable[[], AnalysisPipeline]
    model_info: Callable[[], ModelInfo]
    report_renderer: ReportRenderer
    image_encoder: ReportImageEncoder
    profile_store: ProfileStore
    change_feed: ChangeFeed
    site_lines: tuple[str, ...] = ()
    preload_model: Callable[[], None] = lambda: None
    cam_provider: CamProvider | None = None
    load_refiner: Callable[[], MaskRefiner] | None = None
    write_demo: Callable[[CancelToken, Reporter], Path] | None = None
    correction_exporter: CorrectionExporter | None = None
    model_registry: ModelRegistryService | None = None
    find_model_info: Callable[[str], ModelInfo | None] | None = None
    export_adapters: ExportAdapters | None = None
    role_rights: RoleRights = UNRESTRICTED_RIGHTS
    seals: Seals = field(default_factory=NoSeals)
    sign_rule: SignRule = SignRule()  # noqa: RUF009 - frozen
    folder_answers: FolderAnswerStore | None = None
    known_content: KnownContent | None = None
    worklist_index: WorklistIndex | None = None
    eraser: SlideEraser | None = None
    back_up: Callable[[Path, CancelToken, Reporter], Path] | None = None
    identities: SlideIdentityStore | None = None
    make_site_adaptation: Callable[[Callable[[Cell], NDArray[np.uint8]]], SiteAdaptationService] | None = None
    finding_limits: LimitsOf = no_limits
    counting_rules: CountingRules = CountingRules()  # noqa: RUF009 - frozen
    make_exchange: MakeExchange | None = None
    write_verification: ProtocolWriter | None = None
    competency_store: CompetencyStore | None = None
