"""Export of everything that is held about a patient."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from leukview import __version__
from leukview.core.atomic_files import atomic_directory
from leukview.core.errors import ExportError, LeukViewError, ReviewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.review.events import event_to_json
from leukview.domain.slide import Slide
from leukview.services.images import read_image
from leukview.services.ports.storage import CellLocation, ExportReader, ReviewLog, SlideStore


def export_patient(
    patient: str,
    folder: Path,
    slides: SlideStore,
    log: ReviewLog,
    reader: ExportReader,
    folder_names: Callable[[str], tuple[str, str] | None],
    token: CancelToken,
    reporter: Reporter,
) -> tuple[Path, int]:
    """Write a folder named by the pseudonym with ``patient.json`` and the images as they were imported.

    ``patient.json`` has names, file locations, cells, analyser's labels, predictions of all models and all events.

    Args:
        patient: Pseudonym of the patient.
        folder: Where the folder is made; one of that name must not exist.
        slides: The slide store.
        log: The review log.
        reader: Reads the images.
        folder_names: Patient and order of a slide, from the identity vault.
        token: Checked before each slide and image.
        reporter: Called before each slide.

    Returns:
        The folder, and how many images are not on this workstation any more.

    Raises:
        ReviewError: The patient is unknown.
        LeukViewError: The folder exists or cannot be written.
        Cancelled: The token was set; nothing is left.
    """
    found = slides.slides_of_patient(patient) if patient else []
    if not found:
        raise ReviewError(
            Message("There is no patient “{patient}” in this database.", patient=patient),
            "Give the pseudonym shown in the worklist, for example P-2W8XK4TD.",
        )
    missing, records = 0, []
    try:
        with atomic_directory(folder / patient) as target:
            for done, slide in enumerate(found):
                token.raise_if_cancelled()
                reporter(Progress(done, len(found), "Exporting the patient"))
                locations = slides.cell_locations(slide.id)
                missing += _copy_images(target / "images" / slide.id, slide, slides, locations, reader, token)
                records.append(_slide_json(slide, slides, log, locations, folder_names(slide.id)))
            body = {
                "program": f"LeukView {__version__}",
                "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "patient": patient,
                "slides": records,
            }
            (target / "patient.json").write_text(
                json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
    except OSError as error:
        raise LeukViewError(
            Message("The export cannot be saved: {reason}.", reason=error.strerror or type(error).__name__),
            "Choose another folder, or remove the previous export.",
        ) from error
    return folder / patient, missing


def _copy_images(
    folder: Path,
    slide: Slide,
    slides: SlideStore,
    locations: Mapping[str, CellLocation],
    reader: ExportReader,
    token: CancelToken,
) -> int:
    """Copy the images; cells by number, overviews after them. Returns how many are missing."""
    folder.mkdir(parents=True)
    cells = slides.cells(slide.id)
    wanted = [(f"cell-{cell.number}", locations.get(cell.id)) for cell in cells]
    wanted += [(f"overview-{n}", place) for n, place in enumerate(slides.overview_locations(slide.id), 1)]
    missing = 0
    for name, place in wanted:
        token.raise_if_cancelled()
        try:
            data = read_image(reader, place)
        except ExportError:  # missing, or another image than at the import
            missing += 1
            continue
        (folder / f"{name}{PurePosixPath(place.path if place else '').suffix}").write_bytes(data)
    return missing


def _slide_json(
    slide: Slide,
    slides: SlideStore,
    log: ReviewLog,
    locations: Mapping[str, CellLocation],
    names: tuple[str, str] | None,
) -> dict[str, object]:
    history = slides.prediction_history(slide.id)
    return {
        **asdict(slide),
        "patient_name": names[0] if names else None,
        "order_name": names[1] if names else None,
        "cells": [
            {
                **asdict(cell),
                "file": _location_json(locations.get(cell.id)),
                "predictions": [asdict(stored) for stored in history.get(cell.id, ())],
            }
            for cell in slides.cells(slide.id)
        ],
        "overviews": [_location_json(place) for place in slides.overview_locations(slide.id)],
        "events": [event_to_json(event) for event in log.events(slide.id)],
    }


def _location_json(place: CellLocation | None) -> dict[str, str] | None:
    if place is None:
        return None
    return {"root": str(place.root), "archive_folder": place.archive_folder, "path": place.path}
