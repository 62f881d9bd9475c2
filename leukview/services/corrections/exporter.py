"""Export of reviewed cells for training the next model.

Only signed slides are used; cells on which two readers disagree without a consensus are left out.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leukview.core.atomic_files import atomic_file, file_sha256
from leukview.core.errors import ExportError, LeukViewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.models.labelled_cells import CORRECTION_COLUMNS, MANIFEST_COLUMNS, TEST, TRAIN, VAL, site_splits
from leukview.domain.models.quality_control import is_override
from leukview.domain.review.agreement import binding_consensus, latest_consensus
from leukview.domain.review.events import FIRST_READING, SECOND_READING, CellReview, EventKind, ReviewEvent, reading_of
from leukview.domain.review.reducer import replay
from leukview.domain.slide import Cell, Slide
from leukview.domain.taxonomy import Taxonomy
from leukview.services.corrections.tables import LabelWeights
from leukview.services.images import read_image
from leukview.services.ports.storage import CellLocation, ExportReader, ReviewLog, SlideStore

SYNTHETIC_SOURCE = "synthetic"
"""Source of synthetic cells in every manifest."""
PROVENANCE_COLUMNS = ("agreement", "source_class", "predicted_class", "bundle")
"""Additional columns of the manifest, for information.

They are the kind of agreement, the laboratory's label, the prediction and the model's hash.
"""
SPLITS = (TRAIN, VAL, TEST)
NO_TEST_PATIENTS = (
    "No patient is kept for comparison yet: a comparison with this site's data needs at least two reviewed patients."
)
UNCOMPRESSED_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
"""Suffixes of files that are compressed already, so they are stored uncompressed in the ZIP archive."""


@dataclass(frozen=True, slots=True)
class CorrectedCell:
    """One reviewed cell for training.

    Attributes:
        slide: Its slide.
        label: Final class key.
        agreement: ``one reader``, ``two readers`` or ``consensus``.
        reader_count: Number of readers who gave the label.
        weight: Weight in training.
        split: Split of its patient: train, val or test.
        mask: A repaired mask, H×W, 0/1/2; None = none.
        predicted_label: Class key of the newest prediction with the segmenter's mask; "" when there is none.
        bundle: SHA-256 of that model.
    """

    cell: Cell
    slide: Slide
    label: str
    agreement: str
    reader_count: int
    weight: float
    split: str
    mask: NDArray[np.uint8] | None
    predicted_label: str
    bundle: str


@dataclass(frozen=True, slots=True)
class CorrectionSet:
    """The gathered corrections.

    Attributes:
        exclusions: Reason → number of slides or cells left out.
    """

    cells: tuple[CorrectedCell, ...]
    exclusions: Mapping[str, int]

    @property
    def patients_by_split(self) -> Counter[str]:
        """Split → number of patients."""
        return Counter(split for _, split in {(c.slide.patient, c.split) for c in self.cells})

    @property
    def cells_by_class(self) -> Counter[tuple[str, str]]:
        """(class key, split) → number of cells."""
        return Counter((c.label, c.split) for c in self.cells)

    @property
    def cells_by_agreement(self) -> Counter[str]:
        """Kind of agreement → number of cells."""
        return Counter(c.agreement for c in self.cells)

    def override_counts(self, taxonomy: Taxonomy) -> tuple[int, int]:
        """Count the cells with an overridden prediction, and those with any prediction.

        See `leukview.domain.models.quality_control.is_override`.
        """
        spoken = [c for c in self.cells if c.predicted_label]
        return sum(is_override(taxonomy, c.predicted_label, c.label) for c in spoken), len(spoken)

    def summary_text(self, taxonomy: Taxonomy) -> str:
        """Summary as text: cells by class and split, by agreement, and what was left out."""
        patients, counts = self.patients_by_split, self.cells_by_class
        lines = [
            f"{len(self.cells)} reviewed cells of {patients.total()} patients: "
            + ", ".join(f"{patients[s]} {s}" for s in SPLITS)
            + ".",
            "Cells by class (train, val, test):",
        ]
        lines += [
            f"  {key}: " + ", ".join(str(counts[key, s]) for s in SPLITS)
            for key in sorted({c.label for c in self.cells}, key=taxonomy.position)
        ]
        lines += [f"{n} with the word of {how}." for how, n in self.cells_by_agreement.most_common()]
        changed, spoken = self.override_counts(taxonomy)
        lines.append(f"Reviewers overrode the model on {changed} of {spoken} cells.")
        lines += [f"Left out, {count}: {why}." for why, count in self.exclusions.items()]
        if not patients[TEST] and self.cells:
            lines.append(NO_TEST_PATIENTS)
        return "\n".join(lines)


RepairedMaskGetter = Callable[[CellReview], "NDArray[np.uint8] | None"]
"""Returns the mask that a reviewer drew of a cell, H×W, 0/1/2; None when the segmenter's is valid."""
StripMetadata = Callable[[bytes], tuple[bytes, str]]
"""Removes metadata from an image file without changing pixels; returns the new file and its suffix."""
MaskEncoder = Callable[[NDArray[np.uint8]], bytes]
"""Encodes a mask as PNG."""


def decode_repaired_mask(review: CellReview) -> NDArray[np.uint8] | None:
    """The mask that the reviewer drew; None if there is none or it is not decodable."""
    try:
        return review.mask.decode() if review.mask else None
    except ValueError:
        return None


class CorrectionExporter:
    """Gathers corrections and exports them as an archive.

    Args:
        taxonomy: Defines what a label determines.
        slides: Slides, cells and predictions.
        log: Their reviews.
        reader: Reads the image files.
        weights: Of the labels.
        strip_metadata: See `StripMetadata`.
        encode_mask: See `MaskEncoder`.
        get_repaired_mask: See `RepairedMaskGetter`.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        slides: SlideStore,
        log: ReviewLog,
        reader: ExportReader,
        weights: LabelWeights,
        strip_metadata: StripMetadata,
        encode_mask: MaskEncoder,
        get_repaired_mask: RepairedMaskGetter = decode_repaired_mask,
    ) -> None:
        self._taxonomy, self._slides, self._log, self._reader = taxonomy, slides, log, reader
        self._weights, self._strip_metadata, self._encode_mask, self._get_repaired_mask = (
            weights,
            strip_metadata,
            encode_mask,
            get_repaired_mask,
        )

    def collect(
        self, token: CancelToken, reporter: Reporter, *, synthetic: bool = False, withheld_slides: Collection[str] = ()
    ) -> CorrectionSet:
        """Gather the reviewed cells of the signed slides.

        Args:
            token: Checked before each slide.
            reporter: Called before each slide.
            synthetic: Gather synthetic cells instead of real ones; the two are never mixed.
            withheld_slides: Ids of slides whose first reading the exporting person must not see yet; see
                `leukview.services.review.reading_access.withheld_slides`.

        Raises:
            StoreError: The database cannot be read.
            Cancelled: The token was set.
        """
        slides = {s.id: s for s in self._slides.slides() if s.synthetic == synthetic}
        logs: dict[str, list[ReviewEvent]] = {}
        for event in self._log.events():
            if event.slide_id in slides:
                logs.setdefault(event.slide_id, []).append(event)
        splits = site_splits(_patients_by_first_signature(logs, slides))
        found: list[CorrectedCell] = []
        left_out: Counter[str] = Counter()
        for done, (slide_id, slide) in enumerate(sorted(slides.items())):
            token.raise_if_cancelled()
            reporter(Progress(done, len(slides), "Collecting corrections"))
            log = logs.get(slide_id, [])
            if not replay(log).signature:
                left_out["slides that are not signed"] += 1
                continue
            if slide_id in withheld_slides:
                left_out["slides that you still read as second reader"] += 1
                continue
            found += self._slide_corrections(slide, log, splits[slide.patient], left_out)
        reporter(Progress(len(slides), len(slides), "Collecting corrections"))
        return CorrectionSet(tuple(found), dict(left_out))

    def _slide_corrections(
        self, slide: Slide, log: Sequence[ReviewEvent], split: str, exclusions: Counter[str]
    ) -> Iterator[CorrectedCell]:
        first, second, reached = replay(log), replay(log, SECOND_READING), latest_consensus(log)
        predictions = self._slides.predictions(slide.id)
        for cell in self._slides.cells(slide.id):
            review = first.cell_review(cell.id)
            other = second.cell_review(cell.id).label if second.signature else ""
            if not review.label or not (first.signature and first.signature.covers(cell.id)):
                exclusions["cells not reviewed"] += 1
                continue
            label, agreement = review.label, "one reader"
            if other:
                consensus = binding_consensus(reached.get(cell.id), review.label, other)
                if other != review.label and not consensus:
                    exclusions["cells on which two readers disagree"] += 1
                    continue
                agreement = "consensus" if consensus else "two readers"
                label = consensus or label
            if not self._taxonomy.determined_steps(label):
                exclusions["cells of a class that a model cannot learn"] += 1
                continue
            said = predictions.get(cell.id)
            yield CorrectedCell(
                cell=cell,
                slide=slide,
                label=label,
                agreement=agreement,
                reader_count=2 if other else 1,
                weight=getattr(self._weights, agreement.replace(" ", "_")),
                split=split,
                mask=self._get_repaired_mask(review),
                predicted_label=said.label if said else "",
                bundle=said.bundle if said else "",
            )

    def export(
        self,
        folder: Path,
        site: str,
        diagnoses: Mapping[str, str],
        token: CancelToken,
        reporter: Reporter,
        *,
        exported_by: str,
        synthetic: bool = False,
        withheld_slides: Collection[str] = (),
    ) -> tuple[Path, CorrectionSet]:
        """Write ``folder/cells/cells-<site>-corrections.zip`` for training, atomically.

        An export event is logged for each slide with a cell in the archive.

        Args:
            folder: A data folder for training, created on demand.
            site: Name of the archive and of the cells' source.
            diagnoses: Patient's pseudonym → diagnosis; patients without a known diagnosis are absent.
            token: Checked before each cell.
            reporter: Called before each cell.
            exported_by: Name of the exporting person.
            synthetic: Export synthetic cells instead of real ones, with the source `SYNTHETIC_SOURCE`.
            withheld_slides: As in `gather`.

        Returns:
            The archive, and the cells in it.

        Raises:
            LeukViewError: There is nothing to export, the name cannot be used, or the folder cannot be written.
            StoreError: The archive was written, but the events could not be logged.
            Cancelled: Nothing was written.
        """
        if not site or not all(c.isalnum() or c in "-_" for c in site):
            raise LeukViewError(
                Message("“{site}” cannot be the name of an archive.", site=site), "Use letters, digits and hyphens."
            )
        gathered = self.collect(token, reporter, synthetic=synthetic, withheld_slides=withheld_slides)
        path = folder / "cells" / f"cells-{site}-corrections.zip"
        try:
            with atomic_file(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
                packed = self._pack(
                    archive, gathered, SYNTHETIC_SOURCE if synthetic else site, diagnoses, token, reporter
                )
        except OSError as error:
            raise LeukViewError(
                Message("The corrections cannot be exported: {reason}.", reason=error.strerror or error)
            ) from error
        said = {"format": "corrections", "sha256": file_sha256(path), "names": False, "comments": False}
        for slide_id in sorted({found.slide.id for found in packed.cells}):
            self._log.append(slide_id, EventKind.EXPORT, reviewer=exported_by, payload=said)
        return path, packed

    def _pack(
        self,
        archive: zipfile.ZipFile,
        corrections: CorrectionSet,
        source: str,
        diagnoses: Mapping[str, str],
        token: CancelToken,
        reporter: Reporter,
    ) -> CorrectionSet:
        left_out = Counter(corrections.exclusions)
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow((*MANIFEST_COLUMNS, *CORRECTION_COLUMNS, *PROVENANCE_COLUMNS))
        places: dict[str, Mapping[str, CellLocation]] = {}
        kept: list[CorrectedCell] = []
        # Ordered by hash, so that the order reveals nothing about slides, patients or times.
        for done, found in enumerate(sorted(corrections.cells, key=lambda c: (c.cell.sha256, c.cell.id))):
            token.raise_if_cancelled()
            reporter(Progress(done, len(corrections.cells), "Packing corrections"))
            slide = found.slide
            if slide.id not in places:
                places[slide.id] = self._slides.cell_locations(slide.id)
            place = places[slide.id].get(found.cell.id)
            content = self._read_unchanged(place, found.cell)
            if content is None:
                left_out["cells whose image is missing or was changed"] += 1
                continue
            kept.append(found)
            bare, ending = self._strip_metadata(content)
            name = f"images/{len(kept):06}{ending}"
            packing = zipfile.ZIP_STORED if ending in UNCOMPRESSED_SUFFIXES else zipfile.ZIP_DEFLATED
            archive.writestr(_zip_entry(name), bare, packing)
            mask = ""
            if found.mask is not None:
                mask = f"masks/{len(kept):06}.png"
                archive.writestr(_zip_entry(mask), self._encode_mask(found.mask), zipfile.ZIP_STORED)
            sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            diagnosis = diagnoses.get(slide.patient, "")
            label = self._taxonomy.shipped_key(found.label)  # training knows no class of a site
            row = (name, source, slide.patient, diagnosis, label, found.split, sha1)
            label = self._taxonomy.shipped_key(found.cell.source.class_key) if found.cell.source else ""
            table.writerow(
                (
                    *row,
                    found.weight,
                    found.reader_count,
                    mask,
                    found.agreement,
                    label,
                    found.predicted_label,
                    found.bundle,
                )
            )
        if not kept:
            reasons = "; ".join(f"{count} {why}" for why, count in left_out.items())
            raise LeukViewError(
                "There are no corrections to export.",
                Message("Not included: {reasons}.", reasons=reasons) if reasons else "",
            )
        archive.writestr(_zip_entry("manifest.csv"), text.getvalue(), zipfile.ZIP_DEFLATED)
        return CorrectionSet(tuple(kept), dict(left_out))

    def _read_unchanged(self, location: CellLocation | None, cell: Cell) -> bytes | None:
        """The image file as it was reviewed; None when it is missing or has changed."""
        try:
            content = read_image(self._reader, location)
        except ExportError:
            return None
        return content if hashlib.sha256(content).hexdigest() == cell.sha256 else None


def _zip_entry(name: str) -> zipfile.ZipInfo:
    """Create a ZIP entry with a constant time.

    The same corrections give the same archive, and it does not reveal when it was made.
    """
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o644 << 16
    return info


def _patients_by_first_signature(logs: Mapping[str, Sequence[ReviewEvent]], slides: Mapping[str, Slide]) -> list[str]:
    """Patients in the order of the first signature of one of their slides.

    Later signatures after amendments do not change the order.
    """
    signed = {
        event.seq: slides[event.slide_id].patient
        for log in logs.values()
        for event in log
        if event.kind is EventKind.SIGN and reading_of(event) == FIRST_READING
    }
    return list(dict.fromkeys(signed[seq] for seq in sorted(signed)))
