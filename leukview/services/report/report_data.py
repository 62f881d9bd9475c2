"""Content of a report as one value, which the renderer lays out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from leukview.core.job_runner import CancelToken, Reporter
from leukview.domain.alerts import Alert
from leukview.domain.differential import Differential
from leukview.domain.morphology_grading import GradingForm
from leukview.domain.review.agreement import Agreement
from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.services.export.report_attachments import ReportAttachment, make_attachments
from leukview.services.export.slide_record import SlideRecord
from leukview.services.ports.identity import SlideIdentity
from leukview.services.review.amendments import Amendment, compare_signed_versions
from leukview.services.review.slide_view import CellView, SlideView

EMPTY_FORM = GradingForm("", ())
"""A form without features, with which grades are shown as stored."""


_UNREPORTED_KINDS = frozenset({EventKind.OPEN, EventKind.SEEN, EventKind.UNLOCK_FAILED})


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Provenance of a model.

    Attributes:
        segmenter: Name of the segmenter.
        trained_on: Training data as text.
        limitations: Known limitations, one sentence each.
        performance: Measured performance, one text each.
        support: Class key → number of training cells.
    """

    name: str
    bundle_sha256: str
    segmenter: str
    trained_stages: tuple[str, ...]
    untrained_stages: tuple[str, ...]
    trained_on: str
    limitations: tuple[str, ...]
    performance: tuple[str, ...]
    support: Mapping[str, int] = field(default_factory=dict)


def unknown_model_info(sha256: str) -> ModelInfo:
    """Describe a model that is no longer on this workstation, by its hash only."""
    gone = "The model that classified these cells is not on this workstation any more: what it knows cannot be said."
    return ModelInfo(f"model {sha256[:16]}", sha256, "", (), (), "", (gone,), ())


def model_info_of_slide(
    view: SlideView, in_use: ModelInfo, find: Callable[[str], ModelInfo | None] | None
) -> ModelInfo:
    """Describe the model that made a slide's predictions, which need not be the one in use.

    Args:
        view: The slide. With predictions of several models, that of most cells is described; the others are named among
            its limits.
        in_use: The model in use.
        find: Finds another installed model by its SHA-256; None = there is no other.
    """
    counts = Counter(v.prediction.bundle for v in view.cells if v.prediction)
    if not counts or set(counts) == {in_use.bundle_sha256}:
        return in_use
    (main, _), *others = counts.most_common()
    info = in_use
    if main != in_use.bundle_sha256:
        info = (find(main) if find else None) or unknown_model_info(main)
    named = tuple(f"{count} cells carry the opinion of another model, {key[:16]}." for key, count in others)
    return replace(info, limitations=(*named, *info.limitations))


@dataclass(frozen=True, slots=True)
class KeyCell:
    """A cell shown in the report.

    Attributes:
        image_png: Image of the cell, PNG.
        map_png: Image with a class-activation map, PNG; None = no map.
        map_caption: Caption of the map.
    """

    cell_view: CellView
    image_png: bytes
    map_png: bytes | None = None
    map_caption: str = ""


@dataclass(frozen=True, slots=True)
class ReportData:
    """Content of a report.

    Attributes:
        status: ``DRAFT``, ``INSTALLATION_MEANING`` or ``AMENDED``.
        report_id: Without identifiers, e.g. ``R-20261123-7F3K9Q2M``.
        created_at: ISO 8601 with zone.
        site_lines: Header lines of the site; may be empty.
        opened_count: Number of cells whose large image was shown.
        reviewed_count: Number of reviewed cells.
        override_rate: Share of overridden cells among those with a review and a prediction, 0..1; None without any.
        confusions: (model's class key, reviewer's class key, number of cells), the most frequent first.
        duration_s: Time between first and last review event; None without events.
        grading: Names of the grades of red cells and platelets.
        agreement: Comparison of both readings; None without a second reading. It may be unsigned.
        amendments: Changes between each signed version and the next; empty when the slide was never reopened.
        attachments: Files attached to the report.
        log_head: Number and hash of the last event of the whole review log; 0 and "" for an empty log.
        identity: Patient, order and specimen; None = the report names nobody.
    """

    status: str
    report_id: str
    created_at: str
    site_lines: tuple[str, ...]
    slide_view: SlideView
    shown_tally: Differential
    model_tally: Differential
    alerts: tuple[Alert, ...]
    model: ModelInfo
    key_cells: tuple[KeyCell, ...]
    opened_count: int
    reviewed_count: int
    override_rate: float | None
    confusions: tuple[tuple[str, str, int], ...]
    duration_s: float | None
    events: tuple[ReviewEvent, ...]
    grading: GradingForm = EMPTY_FORM
    agreement: Agreement | None = None
    amendments: tuple[Amendment, ...] = ()
    attachments: tuple[ReportAttachment, ...] = ()
    log_head: tuple[int, str] = (0, "")
    identity: SlideIdentity | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The site's certificate with private key, a PKCS#12 file (``.p12``, ``.pfx``).

    Attributes:
        password: Never stored, logged or shown; "" = the file has none.
    """

    path: Path
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options of one report.

    Attributes:
        language: For instance ``en`` or ``zh_CN``; "" = the site's.
        paper: ``a4`` or ``us-letter``; "" = the site's.
        certificate: Used to sign the file; None = no cryptographic signature.
        with_names: Print patient, order and specimen.
    """

    language: str = ""
    paper: str = ""
    certificate: Certificate | None = None
    with_names: bool = False


@dataclass(frozen=True, slots=True)
class ReportChoices:
    """Available options of reports.

    Attributes:
        languages: (code, the language's own name).
        papers: (key, name).
        language: The site's default.
        paper: The site's default.
        can_sign: Whether the library for cryptographic signatures is installed.
    """

    languages: tuple[tuple[str, str], ...]
    papers: tuple[tuple[str, str], ...]
    language: str
    paper: str
    can_sign: bool


class ReportRenderer(Protocol):
    """Writes a report as PDF."""

    def render(
        self, data: ReportData, output: Path, options: ReportOptions, token: CancelToken, reporter: Reporter
    ) -> str:
        """Write the PDF atomically.

        Returns:
            SHA-256 of the file.

        Raises:
            ReportError: The report cannot be laid out, signed or written.
            Cancelled: The token was set; nothing was written.
        """

    def report_choices(self) -> ReportChoices:
        """The available options.

        Raises:
            ReportError: The site's files cannot be used.
        """


def choose_key_cells(view: SlideView, limit: int = 12) -> tuple[str, ...]:
    """Choose the cells to show in the report.

    Blasts, blast equivalents and promyelocytes come first, the reviewed ones before the others, with one cell of each
    of these classes at least, then one cell of each other class in turn. Within a class, reviewed cells
    come before others, and overridden cells before the other reviewed ones; then by descending confidence.

    Args:
        view: The slide.
        limit: Largest number of cells.

    Returns:
        Ids of the cells.
    """
    blast_like = [v for v in view.cells if v.label in _blast_class_keys(view)]
    others = [v for v in view.cells if v not in blast_like and not v.pending and view.taxonomy.cell_class(v.label).path]

    def worth(v: CellView) -> tuple[bool, float]:
        said = v.label_confidence
        return v.reviewed, float(v.reviewed) if said is None else said

    ranked = sorted(blast_like, key=worth, reverse=True)
    firsts = {(v.reviewed, v.label): v for v in reversed(ranked)}.values()
    ranked.sort(key=lambda v: (v.reviewed, v in firsts), reverse=True)
    chosen = sorted(ranked[: max(1, limit * 2 // 3)], key=worth, reverse=True)
    by_class: dict[str, list[CellView]] = {}
    for v in sorted(others, key=worth, reverse=True):
        by_class.setdefault(v.label, []).append(v)
    rank = 0
    while len(chosen) < limit and any(len(group) > rank for group in by_class.values()):
        for key in sorted(by_class, key=view.taxonomy.position):
            if len(by_class[key]) > rank and len(chosen) < limit:
                chosen.append(by_class[key][rank])
        rank += 1
    return tuple(v.cell.id for v in chosen)


def _blast_class_keys(view: SlideView) -> frozenset[str]:
    return frozenset(c.key for c in view.taxonomy.classes if c.is_blast_like)


def build_report_data(
    record: SlideRecord,
    model: ModelInfo,
    key_cells: Sequence[KeyCell],
    *,
    report_id: str,
    duration_s: float | None,
    site_lines: Sequence[str] = (),
    grading: GradingForm = EMPTY_FORM,
    agreement: Agreement | None = None,
) -> ReportData:
    """Build the content of a report from the current state of a slide.

    Args:
        record: The slide.
        model: Provenance of the model.
        key_cells: Cells to show.
        report_id: See `ReportData`.
        duration_s: See `ReportData`.
        site_lines: See `ReportData`.
        grading: See `ReportData`.
        agreement: See `ReportData`.
    """
    view, signature = record.view, record.view.binding_signature
    reviewed = [v for v in view.cells if v.reviewed]
    confusions = Counter(
        (v.unassisted_prediction.label, v.label) for v in view.overridden_cells if v.unassisted_prediction
    )
    return ReportData(
        status="DRAFT" if signature is None else ("AMENDED" if view.review.amended else "SIGNED"),
        report_id=report_id,
        created_at=record.created_at,
        site_lines=tuple(site_lines),
        slide_view=view,
        shown_tally=view.shown_tally,
        model_tally=view.model_tally,
        alerts=view.alerts,
        model=model,
        key_cells=tuple(key_cells),
        opened_count=sum(v.review.opened for v in view.cells),
        reviewed_count=len(reviewed),
        override_rate=len(view.overridden_cells) / len(view.comparable_cells) if view.comparable_cells else None,
        confusions=tuple((a, b, n) for (a, b), n in confusions.most_common()),
        duration_s=duration_s,
        events=tuple(e for e in record.flattened_events if e.kind not in _UNREPORTED_KINDS),
        grading=grading,
        agreement=agreement,
        amendments=compare_signed_versions(view, record.events),
        attachments=make_attachments(record),
        log_head=record.log_head,
    )
