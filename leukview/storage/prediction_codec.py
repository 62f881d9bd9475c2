"""Lossless conversion of predictions to and from JSON text."""

from __future__ import annotations

import json

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities


def prediction_to_json(prediction: Prediction) -> str:
    """Convert to compact JSON; floats keep full precision (shortest round-trip form)."""
    m = prediction.measurement
    body = {
        "bundle": prediction.bundle,
        "segmenter": prediction.segmenter,
        "stages": [[s.stage, s.choices, s.probabilities, s.prediction_set_95] for s in prediction.stages],
        "label": prediction.label,
        "best": prediction.best,
        "confidence": prediction.confidence,
        "unlikeness": prediction.ood_score,
        "measurement": [m.cell_area_px, m.nucleus_area_px, m.touches_border],
        "flags": prediction.flags,
        "stain_unlikeness": prediction.stain_ood_score,
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _stage_probabilities(
    key: str, choices: list[str], p: list[float], set95: list[str] | tuple[()] = ()
) -> StageProbabilities:
    # Predictions stored before prediction sets existed have three elements.
    return StageProbabilities(key, tuple(choices), tuple(p), tuple(set95))


def prediction_from_json(text: str) -> Prediction:
    """Inverse of `prediction_to_json`.

    Raises:
        ValueError: The text was not written by `prediction_to_json`.
    """
    try:
        body = json.loads(text)
        return Prediction(
            bundle=body["bundle"],
            segmenter=body["segmenter"],
            stages=tuple(_stage_probabilities(*stage) for stage in body["stages"]),
            label=body["label"],
            best=body["best"],
            confidence=body["confidence"],
            ood_score=body["unlikeness"],
            measurement=Measurement(*body["measurement"]),
            flags=tuple(body["flags"]),
            stain_ood_score=body.get("stain_unlikeness"),  # absent in predictions stored before this check existed
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a stored prediction") from error
