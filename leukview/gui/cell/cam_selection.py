"""Which class-activation map of a cell is wanted, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leukview.domain.taxonomy import Step, Taxonomy
from leukview.gui.cell.stage_tree import choice_text
from leukview.services.ports.storage import CachedAnalysis
from leukview.services.review.session import CellView

Heatmap = NDArray[np.float32]


class CamSelection:
    """The map of one cell: the model's own, which the analysis kept, or one by another method, made when asked for.

    Attributes:
        method: Of the map; "" = the model's own. Stays from cell to cell.
        asked: The step whose map the user chose for this cell; None = that of the model's path.
    """

    def __init__(self) -> None:
        self.method = ""
        self.requested_step: Step | None = None
        self._computed: dict[tuple[str, Step], Heatmap | None] = {}  # None = asked for

    def reset(self) -> None:
        """Another cell."""
        self.requested_step = None
        self._computed = {}

    def add(self, method: str, step: Step, heatmap: Heatmap) -> None:
        """A map by another method (side×side, 0..1) has come."""
        self._computed[method, step] = heatmap

    def selected_step(self, view: CellView | None, taxonomy: Taxonomy) -> Step | None:
        """The choice asked for, else the last step on the model's path that has a number."""
        prediction = view.prediction if view else None
        if prediction is None:
            return None
        if (
            self.requested_step is not None
            and prediction.probability(self.requested_step.stage, self.requested_step.choice) is not None
        ):
            return self.requested_step
        path = taxonomy.cell_class(prediction.best).path
        known = [s for s in path if (answer := prediction.find_stage(s.stage)) and s.choice in answer.choices]
        return known[-1] if known else None

    def needs_computing(self, step: Step) -> bool:
        """Whether a map by the method chosen has to be asked for; true once a step and method."""
        if not self.method or (self.method, step) in self._computed:
            return False
        self._computed[self.method, step] = None
        return True

    def heatmap(self, step: Step, view: CellView | None, analysis: CachedAnalysis | None) -> Heatmap | None:
        """The choice's map on the scale of its stage, 0..1; None when none is kept or it is still being made."""
        if self.method:
            return self._computed.get((self.method, step))
        answer = view.prediction.find_stage(step.stage) if view and view.prediction else None
        maps = next((m.maps for m in analysis.maps if m.stage == step.stage), None) if analysis else None
        if answer is None or maps is None or len(maps) != len(answer.choices) or step.choice not in answer.choices:
            return None
        # One scale for the stage: a choice that little speaks for must look faint beside the one taken.
        peak = float(maps.max())
        return np.asarray(maps[answer.choices.index(step.choice)] / (peak if peak > 0 else 1.0), np.float32)

    def caption(self, step: Step, taxonomy: Taxonomy, tr: Callable[[str], str], *, short: bool = False) -> str:
        """What the map shows, in words; `short` where there is little room."""
        text = tr("Class-activation map: {stage} – {choice}. Shows what the model weighed, not disease.")
        if short:
            text = tr("Map: {stage} – {choice}. Shows what the model weighed, not disease.")
        text = text.format(stage=taxonomy.stage(step.stage).name, choice=choice_text(step.choice))
        return f"{text} ({self.method})" if self.method else text

    def empty_reason(
        self, view: CellView | None, analysis: CachedAnalysis | None, *, analysed: bool, tr: Callable[[str], str]
    ) -> str:
        """Why there is no map to be seen; `analysed`: an answer came, be it that nothing is kept."""
        if view is not None and view.prediction is None:
            return tr("The model has not looked at this cell yet: there is no class-activation map.")
        if not analysed:
            return tr("Loading the class-activation map…")
        if self.method and analysis is not None:
            return tr("Making the {method} map; this takes a few seconds…").format(method=self.method)
        return tr("No class-activation map is kept for this cell. Analyse the slide again to have it back.")
