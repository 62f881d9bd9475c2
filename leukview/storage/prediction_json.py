"""A prediction as JSON text, and back, without loss."""

from __future__ import annotations

import json

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities


def to_json(prediction: Prediction) -> str:
    """Compact JSON; floats keep every bit (shortest text that reads back the same)."""
    m = prediction.measurement
    body = {
        "bundle": prediction.bundle,
        "segmenter": prediction.segmenter,
        "stages": [[s.stage, s.choices, s.p] for s in prediction.stages],
        "label": prediction.label,
        "best": prediction.best,
        "confidence": prediction.confidence,
        "unlikeness": prediction.unlikeness,
        "measurement": [m.cell_area_px, m.nucleus_area_px, m.touches_border],
        "flags": prediction.flags,
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Prediction:
    """The inverse of `to_json`.

    Raises:
        ValueError: The text is not what `to_json` writes.
    """
    try:
        body = json.loads(text)
        return Prediction(
            bundle=body["bundle"],
            segmenter=body["segmenter"],
            stages=tuple(StageProbabilities(s, tuple(choices), tuple(p)) for s, choices, p in body["stages"]),
            label=body["label"],
            best=body["best"],
            confidence=body["confidence"],
            unlikeness=body["unlikeness"],
            measurement=Measurement(*body["measurement"]),
            flags=tuple(body["flags"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a stored prediction") from error
