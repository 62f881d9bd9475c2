"""The annex of a report as files: the slide in the forms of the exchange, see ``resources/schemas``."""

from __future__ import annotations

from dataclasses import dataclass

from leukview.services.export.slide_json import full_slide_json, json_text
from leukview.services.export.slide_record import SlideRecord
from leukview.services.export.slide_tables import cells_csv


@dataclass(frozen=True, slots=True)
class ReportAttachment:
    """A file that goes with a report.

    Attributes:
        name: Without identifiers.
        mime: Media type.
        data: The bytes, UTF-8.
    """

    name: str
    media_type: str
    data: bytes


def make_attachments(record: SlideRecord) -> tuple[ReportAttachment, ...]:
    """The slide as it stands, as ``cells.csv`` and ``slide.json``, of the published form; pseudonyms only.

    Args:
        record: The slide. The table begins with the mark that tells spreadsheets that it is UTF-8.
    """
    return (
        ReportAttachment("cells.csv", "text/csv", cells_csv(record, {}).encode("utf-8-sig", "replace")),
        ReportAttachment(
            "slide.json", "application/json", json_text(full_slide_json(record)).encode("utf-8", "replace")
        ),
    )
