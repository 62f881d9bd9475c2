"""Selection of the class-activation map (CAM) shown for a cell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leukview.domain.prediction import predicted_path
from leukview.domain.taxonomy import Step, Taxonomy
from leukview.gui.cell.stage_tree import choice_text
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.review.session import CellView

Heatmap = NDArray[np.float32]


class CamSelection:
    """Selects the class-activation map of one cell.

    Attributes:
        method: CAM method; "" = the model's own maps, which the analysis cached. Maps by other methods are computed on
            request. The method is kept when the cell changes.
        requested_step: The step whose map the user selected for this cell; None = the last step on the predicted path.
    """

    def __init__(self) -> None:
        self.method = ""
        self.requested_step: Step | None = None
        self._computed: dict[tuple[str, Step], Heatmap | None] = {}  # None = requested, not computed yet

    def reset(self) -> None:
        """Forget the maps and the selected step, because another cell is shown."""
        self.requested_step = None
        self._computed = {}

    def add(self, method: str, step: Step, heatmap: Heatmap) -> None:
        """Store a computed map (side×side, 0..1)."""
        self._computed[method, step] = heatmap

    def selected_step(self, view: CellView | None, taxonomy: Taxonomy) -> Step | None:
        """Return the requested step, else the last predicted step that has a probability."""
        prediction = view.prediction if view else None
        if prediction is None:
            return None
        if (
            self.requested_step is not None
            and prediction.probability(self.requested_step.stage, self.requested_step.choice) is not None
        ):
            return self.requested_step
        path = predicted_path(taxonomy, prediction)
        typed = [s for s in path if taxonomy.stage(s.stage).is_in(taxonomy.composing_tree(prediction.trained))]
        known = [s for s in typed if (stage := prediction.find_stage(s.stage)) and s.choice in stage.choices]
        return known[-1] if known else None

    def needs_computing(self, step: Step) -> bool:
        """Return whether the map must be computed; true only once per step and method."""
        if not self.method or (self.method, step) in self._computed:
            return False
        self._computed[self.method, step] = None
        return True

    def heatmap(self, step: Step, view: CellView | None, analysis: CachedAnalysis | None) -> Heatmap | None:
        """Return the map of a choice, 0..1; None if not cached or not computed yet.

        The model's own maps are divided by the maximum over all choices of the stage.
        """
        if self.method:
            return self._computed.get((self.method, step))
        stage = view.prediction.find_stage(step.stage) if view and view.prediction else None
        maps = next((m.maps for m in analysis.maps if m.stage == step.stage), None) if analysis else None
        if stage is None or maps is None or len(maps) != len(stage.choices) or step.choice not in stage.choices:
            return None
        # Common scale per stage: a choice with little evidence must look fainter than the predicted one.
        peak = float(maps.max())
        return np.asarray(maps[stage.choices.index(step.choice)] / (peak if peak > 0 else 1.0), np.float32)

    def caption(self, step: Step, taxonomy: Taxonomy, tr: Callable[[str], str], *, short: bool = False) -> str:
        """Return the caption of the map; `short` for narrow panels."""
        text = tr("Class-activation map: {stage} – {choice}. Shows what influenced the model, not disease.")
        if short:
            text = tr("Map: {stage} – {choice}. Shows what influenced the model, not disease.")
        text = text.format(stage=taxonomy.stage(step.stage).name, choice=choice_text(step.choice))
        return f"{text} ({self.method})" if self.method else text

    def empty_reason(
        self, view: CellView | None, analysis: CachedAnalysis | None, *, analysed: bool, tr: Callable[[str], str]
    ) -> str:
        """Return why no map is shown.

        Args:
            view: The cell.
            analysis: Its cached analysis; None = nothing is cached or it is not loaded yet.
            analysed: Whether the cache was read, even if it holds nothing.
            tr: Translation function.
        """
        if view is not None and view.prediction is None:
            return tr("The model has not analysed this cell yet, so there is no class-activation map.")
        if not analysed:
            return tr("Loading the class-activation map…")
        if self.method and analysis is not None:
            return tr("Computing the {method} map; this takes a few seconds…").format(method=self.method)
        return tr("No class-activation map is stored for this cell. Analyse the slide again to compute it.")
