"""Verification: the laboratory's signed differentials beside its counts at the microscope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from leukview import RESEARCH_USE_LINE, __version__
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.differential import Differential
from leukview.domain.exchange.sample_number import normalise_number, sample_numbers
from leukview.domain.taxonomy import Taxonomy
from leukview.domain.verification.comparison import (
    CountedFilm,
    compare_class,
    detect_blasts,
)
from leukview.services.ports.storage import SlideStore
from leukview.services.review.slide_view import SlideView
from leukview.services.verification.protocol import protocol_context
from leukview.services.verification.reference_table import ReferenceRow, read_reference_table
from leukview.services.verification.results import MethodComparison, Verification

BLAST_LIMITS = (1.0, 5.0, 20.0)
"""Shares of blasts, %, from which a film counts as positive."""


class ProtocolWriter(Protocol):
    """Writes the protocol of a verification as PDF."""

    def __call__(self, output: Path, context: Mapping[str, object], /) -> None:
        """Write it; `context` is that of `protocol_context`. Raises `LeukViewError`."""


class VerificationService:
    """Compares signed slides with a table of counts at the microscope.

    Args:
        taxonomy: The classes.
        slides: The stored slides.
        open_view: Opens the first reading of a slide.
        find_order_name: Folder name of the order of a slide; None when it is not known here.
        writer: Writes the protocol.
        site_lines: Lines about the site in the head of the protocol, such as ``Stain: May-Grünwald-Giemsa``.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        slides: SlideStore,
        open_view: Callable[[str], SlideView],
        find_order_name: Callable[[str], str | None],
        writer: ProtocolWriter,
        site_lines: tuple[str, ...] = (),
    ) -> None:
        self._taxonomy, self._slides = taxonomy, slides
        self._open_view, self._find_order_name, self._writer = open_view, find_order_name, writer
        self._site_lines = site_lines

    def compare_table(self, path: Path, token: CancelToken, reporter: Reporter) -> Verification:
        """Read the table and compare; see `read_reference_table` and `compare`."""
        return self.compare(read_reference_table(path, self._taxonomy), token, reporter)

    def write_protocol(self, found: Verification, table: str, output: Path) -> None:
        """Write the protocol of a verification as PDF.

        Args:
            found: The verification.
            table: Name of the table of the microscope's counts.
            output: The PDF to write.

        Raises:
            LeukViewError: It cannot be written.
        """
        facts = [
            ("Program", f"LeukView {__version__}"),
            ("Date", datetime.now().astimezone().isoformat(timespec="seconds")),
            ("Table", table),
        ]
        for line in self._site_lines:
            name, _, text = line.partition(": ")
            facts.append((name, text))
        self._writer(output, protocol_context(found, self._taxonomy, facts, RESEARCH_USE_LINE))

    def compare(self, rows: Sequence[ReferenceRow], token: CancelToken, reporter: Reporter) -> Verification:
        """Compare; films that are unknown, ambiguous or not signed are left out and listed.

        Rows of the same film, such as those of two examiners, are added up.

        Raises:
            StoreError: The database cannot be read.
            Cancelled: The token was set.
        """
        by_number = self._slides_by_number()
        grouped: dict[str, list[ReferenceRow]] = {}
        left_out: list[tuple[str, str]] = []
        for row in rows:
            found = by_number.get(normalise_number(row.slide), [])
            if len(found) == 1:
                grouped.setdefault(found[0], []).append(row)
            else:
                unknown = Message("no such slide")
                reason = Message("more than one slide has this order number") if found else unknown
                left_out.append((str(row.line), reason))
        keys = list(rows[0].counts) if rows else []
        parts = self._parts(keys)
        films, microscope, reviewed, model = [], list[CountedFilm](), list[CountedFilm](), list[CountedFilm]()
        signers: dict[str, int] = {}
        models: dict[str, None] = {}
        for done, (slide, of_slide) in enumerate(grouped.items()):
            token.raise_if_cancelled()
            reporter(Progress(done, len(grouped), "Comparing with the microscope"))
            lines = ", ".join(str(row.line) for row in of_slide)
            view = self._open_view(slide)
            reference = self._reference_film(keys, of_slide)
            own, by_model = (self._own_film(parts, t) for t in (view.shown_tally, view.model_tally))
            if view.binding_signature is None:
                left_out.append((lines, Message("not signed")))
            elif not reference.total or not own.total or not by_model.total:
                left_out.append((lines, Message("no leukocyte was counted")))
            else:
                films.append((slide, reference.total, own.total))
                microscope.append(reference)
                reviewed.append(own)
                model.append(by_model)
                name = view.binding_signature.name
                signers[name] = signers.get(name, 0) + 1
                models |= dict.fromkeys(v.prediction.bundle for v in view.cells if v.prediction)
        return Verification(
            tuple(films),
            tuple(left_out),
            self._compare(keys, microscope, reviewed),
            self._compare(keys, microscope, model),
            tuple(sorted(signers.items(), key=lambda item: -item[1])),
            tuple(models),
        )

    def _slides_by_number(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for slide in self._slides.slides():
            for number in (slide.id, *sample_numbers(self._find_order_name(slide.id) or "")):
                found.setdefault(number, []).append(slide.id)
        return found

    def _parts(self, keys: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Column → classes that count for it: the class and its finer ones without columns of their own."""
        parts = {key: self._taxonomy.class_and_parts(key) for key in keys}
        return {
            key: found - {part for other in keys if other != key and other in found for part in parts[other]}
            for key, found in parts.items()
        }

    def _reference_film(self, keys: Sequence[str], rows: Sequence[ReferenceRow]) -> CountedFilm:
        counts = {key: sum(row.counts[key] for row in rows) for key in keys}
        total = sum(count for key, count in counts.items() if self._taxonomy.cell_class(key).is_leukocyte)
        return CountedFilm(total, counts)

    def _own_film(self, parts: Mapping[str, frozenset[str]], tally: Differential) -> CountedFilm:
        counts = {key: sum(map(tally.count, found)) for key, found in parts.items()}
        return CountedFilm(tally.leukocyte_count, counts)

    def _compare(
        self, keys: Sequence[str], microscope: Sequence[CountedFilm], own: Sequence[CountedFilm]
    ) -> MethodComparison:
        classes = tuple(
            compare_class(key, microscope, own, is_leukocyte=self._taxonomy.cell_class(key).is_leukocyte)
            for key in keys
        )
        blasts = [key for key in keys if self._taxonomy.cell_class(key).is_blast]
        detections = tuple(detect_blasts(limit, blasts, microscope, own) for limit in BLAST_LIMITS) if blasts else ()
        return MethodComparison(classes, detections)
