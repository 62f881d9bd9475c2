"""A comparison of two models as a file: written for people and programs, read back without its verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import ModelError
from leukview.domain.models.acceptance_criteria import AcceptanceCriterion, Compared
from leukview.domain.models.metrics import Figure
from leukview.domain.taxonomy import Taxonomy
from leukview.services.models.comparison import Comparison, ModelName, SetResult

FORMAT = 1


def to_json(comparison: Comparison, guards: Sequence[AcceptanceCriterion], taxonomy: Taxonomy) -> str:
    """The comparison as a file: the figures, and for the reader the guards of the day with their verdicts."""
    body = _plain(asdict(comparison)) | {
        "format": FORMAT,
        "research_use": RESEARCH_USE_LINE,
        "guards": [asdict(guard) for guard in guards],
        "verdicts": [
            {"set": j.cells_of, "figure": j.compared.key, "verdict": j.verdict.value} for j in comparison.judged(guards)
        ],
        "objections": list(comparison.objections(guards, taxonomy)),
    }
    return json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value


def from_json(text: str) -> Comparison:
    """Read a comparison's figures; verdicts are never taken from a file but made anew.

    Raises:
        ModelError: It is no comparison that this program can read.
    """
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            raise ModelError("The comparison was made by another version of LeukView.", "Compare again.")
        sets = tuple(
            SetResult(
                str(s["name"]),
                str(s["sha256"]),
                int(s["cells"]),
                int(s["patients"]),
                tuple(_compared(f) for f in s["figures"]),
            )
            for s in raw["sets"]
        )
        if not sets:
            raise ValueError("no set")
        return Comparison(
            str(raw["created_at"]),
            str(raw["program"]),
            ModelName(str(raw["champion"]["name"]), str(raw["champion"]["sha256"])),
            ModelName(str(raw["candidate"]["name"]), str(raw["candidate"]["sha256"])),
            sets,
            tuple(str(p) for p in raw["problems"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError("The comparison cannot be read.", "Compare the models again.") from error


def _compared(raw: Mapping[str, Any]) -> Compared:
    def figure(entry: Mapping[str, Any] | None) -> Figure | None:
        if entry is None:
            return None
        return Figure(*(float("nan") if entry[k] is None else float(entry[k]) for k in ("value", "low", "high")))

    parts = (figure(raw[key]) for key in ("champion", "candidate", "difference"))
    return Compared(str(raw["key"]), int(raw["cells"]), int(raw["patients"]), *parts)
