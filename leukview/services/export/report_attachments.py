"""Files attached to a report: the slide as CSV and JSON (``resources/schemas``)."""

from __future__ import annotations

from dataclasses import dataclass

from leukview.services.export.slide_json import full_slide_json, json_text
from leukview.services.export.slide_record import SlideRecord
from leukview.services.export.slide_tables import cells_csv


@dataclass(frozen=True, slots=True)
class ReportAttachment:
    """A file attached to a report.

    Attributes:
        name: File name without identifiers.
        media_type: Media type.
        data: The bytes, UTF-8.
    """

    name: str
    media_type: str
    data: bytes


def make_attachments(record: SlideRecord) -> tuple[ReportAttachment, ...]:
    """Write a slide as ``cells.csv`` and ``slide.json``, with pseudonyms only.

    The table starts with a byte order mark, with which spreadsheets detect UTF-8.

    Args:
        record: The slide.
    """
    return (
        ReportAttachment("cells.csv", "text/csv", cells_csv(record, {}).encode("utf-8-sig", "replace")),
        ReportAttachment(
            "slide.json", "application/json", json_text(full_slide_json(record)).encode("utf-8", "replace")
        ),
    )
