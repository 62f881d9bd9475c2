"""The annex of a report as files: the slide in the forms of the exchange, see ``resources/schemas``."""

from __future__ import annotations

from dataclasses import dataclass

from leukview.services.export.slide_json import json_text, whole_slide_json
from leukview.services.export.slide_record import SlideRecord
from leukview.services.export.slide_tables import cells_csv


@dataclass(frozen=True, slots=True)
class AnnexFile:
    """A file that goes with a report.

    Attributes:
        name: Without identifiers.
        mime: Media type.
        data: The bytes, UTF-8.
    """

    name: str
    mime: str
    data: bytes


def annex_files(record: SlideRecord) -> tuple[AnnexFile, ...]:
    """The slide as it stands, as ``cells.csv`` and ``slide.json``, of the published form; pseudonyms only.

    Args:
        record: The slide. The table begins with the mark that tells spreadsheets that it is UTF-8.
    """
    return (
        AnnexFile("cells.csv", "text/csv", cells_csv(record, {}).encode("utf-8-sig", "replace")),
        AnnexFile("slide.json", "application/json", json_text(whole_slide_json(record)).encode("utf-8", "replace")),
    )
