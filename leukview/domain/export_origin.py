"""Origin of a slide that was exported by LeukView, here or on another workstation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leukview.domain.prediction import StoredPrediction
from leukview.domain.review.events import ReviewEvent


@dataclass(frozen=True, slots=True)
class SlideOrigin:
    """A slide as stored on the workstation that exported it.

    Attributes:
        slide_id: Its pseudonym there.
        patient_id: The patient's pseudonym there.
        exported_at: ISO 8601.
        program: Name and version of the exporting program.
        log_head: Number and hash of the last event of the whole log there (0 and "" for an empty log).
        cell_ids_by_sha256: SHA-256 of the exported file → the cell's id there.
        events: Its review events, as stored there; each was verified against its hash, except `withheld_event_ids`.
        withheld_event_ids: Ids of events whose free text was left out, so that their hashes cannot be recomputed.
        predictions: SHA-256 of the exported file → the predictions stored for the cell there.
        predictions_sha256: Hash over all of them, which was verified; "" = the export has no predictions.
        synthetic: The images come from the demo renderer.
        um_per_px: Scale, None = unknown.
        wbc_per_nl: White cell count in 10⁹/l, None = not given.
    """

    slide_id: str
    patient_id: str
    exported_at: str
    program: str
    log_head: tuple[int, str]
    cell_ids_by_sha256: Mapping[str, str] = field(default_factory=dict)
    events: tuple[ReviewEvent, ...] = ()
    withheld_event_ids: frozenset[str] = frozenset()
    predictions: Mapping[str, tuple[StoredPrediction, ...]] = field(default_factory=dict)
    predictions_sha256: str = ""
    synthetic: bool = False
    um_per_px: float | None = None
    wbc_per_nl: float | None = None
