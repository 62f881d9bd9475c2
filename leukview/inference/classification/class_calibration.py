"""Calibration of the composed classes: logit offsets of a bundle, then the layer of a site."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.domain.prediction import (
    StageProbabilities,
    class_probabilities,
    conformal_set,
    with_class_probabilities,
)
from leukview.domain.site_adaptation import SiteLayer
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import SITE_LAYER_FILE, Bundle
from leukview.inference.bundles.site_layer import read_site_layer


class ClassCalibration:
    """Changes the probabilities of the stages that compose the shown class.

    Args:
        bundle: Source of offsets and layer.
        taxonomy: Trees of the classes.

    Raises:
        ModelError: The layer is damaged or was made for other classes.
    """

    def __init__(self, bundle: Bundle, taxonomy: Taxonomy) -> None:
        manifest = bundle.manifest
        self._taxonomy = taxonomy
        self._factors = {key: math.exp(offset) for key, offset in manifest.type_offsets.items()}
        self._sets = {s.key: s.set_from for s in manifest.trained_stages}
        self._layer: SiteLayer | None = None
        if SITE_LAYER_FILE in bundle.file_contents:
            self._layer = read_site_layer(bundle.file_contents[SITE_LAYER_FILE])
            even = [
                StageProbabilities(s.key, s.trained, (1 / len(s.trained),) * len(s.trained))
                for s in manifest.trained_stages
            ]
            if set(class_probabilities(taxonomy, even)) != set(self._layer.classes):
                raise ModelError(
                    Message("The site's calibration in “{name}” was made for other classes.", name=manifest.name),
                    "Repeat the calibration: leukview adapt.",
                )

    def __call__(
        self, stages: Sequence[StageProbabilities], features: NDArray[np.float32]
    ) -> tuple[StageProbabilities, ...]:
        """Calibrated stages of one cell.

        Prediction sets follow the bundle's offsets, for which they were chosen. A site's layer leaves none.

        Args:
            stages: Of the network.
            features: F, of the network.
        """
        classes = class_probabilities(self._taxonomy, stages)
        if self._factors:
            raised = {key: p * self._factors.get(key, 1.0) for key, p in classes.items()}
            total = sum(raised.values())
            classes = {key: p / total for key, p in raised.items()}
        if self._layer is not None:
            p = np.asarray([[classes[key] for key in self._layer.classes]], np.float64)
            adapted = self._layer.adaptation(p, np.asarray(features, np.float64)[None])[0]
            classes = dict(zip(self._layer.classes, adapted.tolist(), strict=True))
        found = with_class_probabilities(self._taxonomy, stages, classes)
        if self._layer is not None:
            return found
        return tuple(
            after
            if after is before
            else StageProbabilities(
                after.stage,
                after.choices,
                after.probabilities,
                conformal_set(after.choices, after.probabilities, self._sets[after.stage]),
            )
            for before, after in zip(stages, found, strict=True)
        )


def class_calibration(bundle: Bundle, taxonomy: Taxonomy | None) -> ClassCalibration | None:
    """The calibration of a bundle; None when it has neither offsets nor a site's layer.

    Raises:
        ModelError: The layer is damaged or was made for other classes.
        ValueError: The bundle needs a taxonomy and none was given.
    """
    if not bundle.manifest.type_offsets and SITE_LAYER_FILE not in bundle.file_contents:
        return None
    if taxonomy is None:
        raise ValueError(f"The bundle {bundle.manifest.name} needs a taxonomy.")
    return ClassCalibration(bundle, taxonomy)
