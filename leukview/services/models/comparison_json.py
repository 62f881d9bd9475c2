"""A comparison of two models as JSON; verdicts are written but not read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import ModelError
from leukview.core.strict_files import parse_json
from leukview.domain.models.acceptance_criteria import AcceptanceCriterion, MetricComparison
from leukview.domain.models.metrics import Estimate
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison import ModelComparison, ModelIdentity, SetResult

COMPARISON_FORMAT = 1


def comparison_to_json(comparison: ModelComparison, criteria: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> str:
    """Write a comparison as JSON, with current acceptance criteria and verdicts."""
    body = _jsonable(asdict(comparison)) | {
        "format": COMPARISON_FORMAT,
        "research_use": RESEARCH_USE_LINE,
        "guards": [asdict(guard) for guard in criteria],
        "verdicts": [
            {"set": j.set_name, "figure": j.comparison.key, "verdict": j.verdict.value}
            for j in comparison.evaluate(criteria)
        ],
        "objections": list(comparison.violations(criteria, taxonomy)),
    }
    return json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _jsonable(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value


def comparison_from_json(text: str) -> ModelComparison:
    """Read a comparison's figures.

    Verdicts are not read from the file but evaluated again.

    Raises:
        ModelError: The text is not a comparison that this program can read.
    """
    try:
        raw = parse_json(text)
        if raw["format"] != COMPARISON_FORMAT:
            raise ModelError("The comparison was made by another version of LeukView.", "Repeat the comparison.")
        sets = tuple(
            SetResult(
                str(s["name"]),
                str(s["sha256"]),
                int(s["cells"]),
                int(s["patients"]),
                tuple(_metric_comparison(f) for f in s["figures"]),
            )
            for s in raw["sets"]
        )
        if not sets:
            raise ValueError("no set")
        return ModelComparison(
            str(raw["created_at"]),
            str(raw["program"]),
            ModelIdentity(str(raw["champion"]["name"]), str(raw["champion"]["sha256"])),
            ModelIdentity(str(raw["candidate"]["name"]), str(raw["candidate"]["sha256"])),
            sets,
            tuple(str(p) for p in raw["problems"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise ModelError("The comparison cannot be read.", "Compare the models again.") from error


def _metric_comparison(raw: Mapping[str, Any]) -> MetricComparison:
    def figure(entry: Mapping[str, Any] | None) -> Estimate | None:
        if entry is None:
            return None
        return Estimate(*(float("nan") if entry[k] is None else float(entry[k]) for k in ("value", "low", "high")))

    parts = (figure(raw[key]) for key in ("champion", "candidate", "difference"))
    return MetricComparison(str(raw["key"]), int(raw["cells"]), int(raw["patients"]), *parts)
