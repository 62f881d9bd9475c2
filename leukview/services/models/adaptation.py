"""Calibration of the model in use for a site, from the reviewed cells of its signed slides."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.models.labelled_cells import TEST, LabelledCell
from leukview.domain.prediction import class_probabilities
from leukview.domain.site_adaptation import SiteAdaptation, SiteLayer, fit_site
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import UNIDENTIFIED, Taxonomy
from leukview.services.corrections.exporter import CorrectedCell
from leukview.services.models.comparison import ComparedModel, EvaluationSet, ModelComparison, make_evaluation_set
from leukview.services.models.registry import AdaptableBundleStore, ModelRegistryService
from leukview.services.ports.inference import Segmenter

BATCH_SIZE = 16
SITE_SET_NAME = "reviewed cells kept aside"
SITE_MARK = " · site "
"""Parts the name of a bundle from the date of its calibration."""
BUNDLE_FOLDER, UNADAPTED_FOLDER = "bundle", ".unadapted"


@dataclass(frozen=True, slots=True)
class AdaptationResult:
    """A calibrated bundle, not installed, and how it did on cells kept aside.

    Attributes:
        bundle: Its folder.
        comparison: With the model in use.
        violations: Why it may not be installed; empty when it may.
        fitted_cells: Class key, as the model names it → cells that it was fitted to.
        held_out_cells: Cells of the patients kept aside.
        ignored_cells: Cells whose class the model cannot name.
    """

    bundle: Path
    comparison: ModelComparison
    violations: tuple[str, ...]
    fitted_cells: Mapping[str, int]
    held_out_cells: int
    ignored_cells: int


class SiteAdaptationService:
    """Fits the composed classes of the model in use to a site's reviewed cells.

    The network stays as it is: the layer maps its probabilities and features (`leukview.domain.site_adaptation`).
    Blasts and their equivalents keep the probability that the model gave them.

    Args:
        models: Compares and knows the model in use.
        bundles: Writes the calibrated bundle.
        taxonomy: Classes.
        load_model: Loads the bundle in a folder.
        load_segmenter: Loads the segmenter.
        load_image: Reads the image of a cell; raises `ExportError`.
    """

    def __init__(
        self,
        models: ModelRegistryService,
        bundles: AdaptableBundleStore,
        taxonomy: Taxonomy,
        load_model: Callable[[Path], ComparedModel],
        load_segmenter: Callable[[], Segmenter],
        load_image: Callable[[Cell], NDArray[np.uint8]],
    ) -> None:
        self._models, self._bundles, self._taxonomy = models, bundles, taxonomy
        self._load_model, self._load_segmenter, self._load_image = load_model, load_segmenter, load_image

    def adapt(
        self,
        corrections: Sequence[CorrectedCell],
        output: Path,
        folders: Sequence[Path],
        created_at: datetime,
        token: CancelToken,
        reporter: Reporter,
    ) -> AdaptationResult:
        """Fit a layer on the patients for training, and judge it on those kept aside.

        Args:
            corrections: Reviewed cells, with the site's splits by patient.
            output: Folder for the calibrated bundle, in a folder ``bundle``.
            folders: Data folders whose test patients are compared as well.
            created_at: With zone.
            token: Checked before each batch.
            reporter: Called before each batch.

        Raises:
            LeukViewError: There are too few reviewed cells, none of a patient kept aside, or an image cannot be read.
            ModelError: The model in use cannot be read or the bundle cannot be written.
            Cancelled: The token was set; nothing was written.
        """
        learning = [c for c in corrections if c.split != TEST]
        held_out = self._evaluation_set(corrections, output)
        in_use = self._bundles.path_of(self._models.champion_sha256())
        base = in_use
        if self._bundles.has_site_layer(in_use):  # fitted anew to the network, never on top of an older layer
            base = output / UNADAPTED_FOLDER
            self._bundles.write_adapted(in_use, None, _name_of_base(self._bundles.inspect(in_use).name), (), base)
        layer, counts, ignored = self._fit(self._load_model(base), learning, token, reporter)
        patients = sorted({c.slide.patient for c in learning})
        name = f"{_name_of_base(self._bundles.inspect(base).name)}{SITE_MARK}{created_at:%Y-%m-%d}"
        bundle = output / BUNDLE_FOLDER
        self._bundles.write_adapted(base, layer, name, patients, bundle)
        if base != in_use:
            shutil.rmtree(base)
        images = {f"{c.cell.id}": c for c in corrections}

        def load_images(cells: Sequence[LabelledCell], _folder: Path) -> Iterator[NDArray[np.uint8]]:
            for cell in cells:
                yield self._load_image(images[cell.file].cell)

        site = self._models.compare_on(in_use, bundle, [held_out], load_images, created_at, token, reporter)
        comparison = site
        if folders:
            others = self._models.compare(in_use, bundle, folders, created_at, token, reporter)
            comparison = _joined(site, others)
        return AdaptationResult(
            bundle, comparison, self._models.violations(comparison), counts, len(held_out.cells), ignored
        )

    def _evaluation_set(self, corrections: Sequence[CorrectedCell], output: Path) -> EvaluationSet:
        cells = [
            LabelledCell("", c.cell.id, "site", c.slide.patient, "", c.label, c.split, c.cell.sha256)
            for c in corrections
        ]
        return make_evaluation_set(SITE_SET_NAME, output, cells)

    def _fit(
        self, model: ComparedModel, cells: Sequence[CorrectedCell], token: CancelToken, reporter: Reporter
    ) -> tuple[SiteLayer, dict[str, int], int]:
        segmenter = self._load_segmenter() if model.needs_masks else None
        rows: list[dict[str, float]] = []
        features: list[NDArray[np.float32]] = []
        for start in range(0, len(cells), BATCH_SIZE):
            token.raise_if_cancelled()
            reporter(Progress(start, len(cells), "Reading the reviewed cells"))
            batch = cells[start : start + BATCH_SIZE]
            images = [self._load_image(c.cell) for c in batch]
            masks = segmenter.segment(images) if segmenter else [np.zeros(i.shape[:2], np.uint8) for i in images]
            masks = [m if c.mask is None else c.mask for c, m in zip(batch, masks, strict=True)]
            for found in model.classifier.classify(images, masks):
                rows.append(class_probabilities(self._taxonomy, found.stages))
                features.append(found.features)
        if not rows:
            raise LeukViewError("There are no reviewed cells for the calibration.", "Review and sign slides first.")
        classes = tuple(rows[0])
        truth = [self._column(c.label, classes) for c in cells]
        kept = [i for i, column in enumerate(truth) if column >= 0]
        p = np.asarray([[rows[i][key] for key in classes] for i in kept], np.float64).reshape(-1, len(classes))
        adaptation: SiteAdaptation = fit_site(
            p,
            np.asarray([features[i] for i in kept], np.float64),
            np.asarray([truth[i] for i in kept], np.int64),
            [cells[i].slide.patient for i in kept],
            np.asarray([self._is_protected(key) for key in classes]),
        )
        counts = Counter(classes[truth[i]] for i in kept)
        return SiteLayer(classes, adaptation), dict(counts), len(cells) - len(kept)

    def _column(self, label: str, classes: Sequence[str]) -> int:
        """Column of the class by which the model can name a label; −1 when there is none."""
        if label in classes:
            return classes.index(label)
        return next((i for i, key in enumerate(classes) if self._taxonomy.is_within(label, key)), -1)

    def _is_protected(self, key: str) -> bool:
        cell_class = self._taxonomy.cell_class(key)
        return key == UNIDENTIFIED or cell_class.is_blast_like


def _name_of_base(name: str) -> str:
    return name.partition(SITE_MARK)[0]


def _joined(site: ModelComparison, others: ModelComparison) -> ModelComparison:
    return ModelComparison(
        site.created_at,
        site.program,
        site.champion,
        site.candidate,
        (*site.sets, *others.sets),
        (*site.problems, *others.problems),
    )


def summary_text(result: AdaptationResult) -> str:
    """What was fitted to what, as lines of text."""
    lines = [
        Message("Calibrated with {cells} reviewed cells:", cells=sum(result.fitted_cells.values())),
        *(f"  {key}: {count}" for key, count in sorted(result.fitted_cells.items(), key=lambda item: -item[1])),
    ]
    if result.ignored_cells:
        lines.append(Message("Not used, because the model has no such class: {count}.", count=result.ignored_cells))
    lines.append(Message("Based on {count} cells of patients kept for comparison.", count=result.held_out_cells))
    return "\n".join(lines)
