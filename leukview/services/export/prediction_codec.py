"""Encoding of predictions in exports; see ``resources/schemas/slide.schema.json``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leukview.domain.prediction import Measurement, Prediction, StageProbabilities, StoredPrediction
from leukview.domain.review.hash_chain import canonical_hash
from leukview.domain.taxonomy import Taxonomy

_SHA256 = re.compile(r"[0-9a-f]{64}")


def prediction_to_json(stored: StoredPrediction) -> dict[str, object]:
    """Convert a prediction to a JSON-serialisable value without loss."""
    p, m = stored.prediction, stored.prediction.measurement
    return {
        "class": p.label,
        "best": p.best,
        "confidence": p.confidence,
        "unlikeness": p.ood_score,
        "stain_unlikeness": p.stain_ood_score,
        "flags": list(p.flags),
        "cell_area_px": m.cell_area_px,
        "nucleus_area_px": m.nucleus_area_px,
        "touches_border": m.touches_border,
        "bundle_sha256": p.bundle,
        "segmenter": p.segmenter,
        "stages": {s.stage: dict(zip(s.choices, s.probabilities, strict=True)) for s in p.stages},
        "prediction_sets_95": {s.stage: list(s.prediction_set_95) for s in p.stages if s.prediction_set_95},
        "mask_sha256": stored.mask_sha256 or None,
        "saved_at": stored.saved_at or None,
    }


def prediction_from_json(row: Mapping[str, Any], taxonomy: Taxonomy, exported_at: str) -> StoredPrediction:
    """Read and validate a prediction written by `prediction_to_json`.

    Args:
        row: As written.
        taxonomy: The known classes and stages.
        exported_at: Used when the time of the prediction is not known.

    Raises:
        KeyError: A field is missing, or a class or stage is unknown.
        TypeError: A field has the wrong type.
        ValueError: A value is out of range, or a choice is unknown.
    """
    sets = row["prediction_sets_95"]
    stages = [_stage(taxonomy, key, shares, sets.get(key, ())) for key, shares in row["stages"].items()]
    order = [stage.key for stage in taxonomy.stages]
    mask, saved_at = row["mask_sha256"] or "", row["saved_at"] or exported_at
    if datetime.fromisoformat(saved_at).tzinfo is None:
        raise ValueError("a time without zone")
    if not _SHA256.fullmatch(row["bundle_sha256"]) or (mask and not _SHA256.fullmatch(mask)):
        raise ValueError("no SHA-256")
    prediction = Prediction(
        bundle=row["bundle_sha256"],
        segmenter=_checked_text(row["segmenter"]),
        stages=tuple(sorted(stages, key=lambda s: order.index(s.stage))),
        label=taxonomy.cell_class(row["class"]).key,
        best=taxonomy.cell_class(row["best"]).key,
        confidence=_checked_probability(row["confidence"]),
        ood_score=None if row["unlikeness"] is None else _checked_probability(row["unlikeness"]),
        measurement=Measurement(
            _checked_area(row["cell_area_px"]), _checked_area(row["nucleus_area_px"]), row["touches_border"] is True
        ),
        flags=tuple(map(_checked_text, row["flags"])),
        stain_ood_score=None if row["stain_unlikeness"] is None else _checked_probability(row["stain_unlikeness"]),
    )
    return StoredPrediction(prediction, saved_at, mask)


def predictions_sha256(cell_records: Sequence[Mapping[str, Any]]) -> str:
    """Compute a hash over the predictions of all cells, to detect changes.

    It does not prove who wrote them.
    """
    return canonical_hash([[row["id"], row["model"], row["other_predictions"]] for row in cell_records])


def _stage(
    taxonomy: Taxonomy, key: str, probabilities: Mapping[str, Any], prediction_set: Sequence[str]
) -> StageProbabilities:
    choices = [choice for choice in taxonomy.stage(key).choices if choice in probabilities]
    if len(choices) != len(probabilities) or not choices or not set(prediction_set) <= set(choices):
        raise ValueError("a choice that is unknown here")
    return StageProbabilities(
        key, tuple(choices), tuple(_checked_probability(probabilities[c]) for c in choices), tuple(prediction_set)
    )


def _checked_probability(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
        raise ValueError("no share")
    return value


def _checked_area(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("no area")
    return value


def _checked_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
