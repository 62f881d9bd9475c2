"""What folder names of an export say: patient, order, layout, order of the files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from leukview.core.system_files import is_helper_folder

SIGNED_FOLDER = "signed slides"
UNSIGNED_FOLDER = "unsigned slides"
CELLS_FOLDER = "cells"
GROUND_TRUTH_FOLDER = "ground-truth"
_MARKERS = frozenset({SIGNED_FOLDER, UNSIGNED_FOLDER})
_DATED_ORDER = re.compile(r"\d{6,}_p|\d{4}-\d{2}-\d{2}_\d{4}")
"""Names that only orders have: a number with the suffix of a peripheral film, or a date with a time."""
_NUMBER = re.compile(r"\d{6,}")
_PATIENT_WORD = re.compile(r"(patient|paciente|paziente|pat|患者|病人|病例)[\s_.-]*\w+", re.IGNORECASE)
_PATIENT = re.compile(_PATIENT_WORD.pattern + r"|[^\W\d_][^,^]*[,^]\s*[^\W\d_].*", re.IGNORECASE)
"""Names that only patients have: a word for patient with an id, or a person's name as HL7 and DICOM write it."""


@dataclass(frozen=True, slots=True)
class SlideNames:
    """Patient and order of a slide, from its folders.

    Attributes:
        patient: Name of the patient's folder.
        order: Name of the order's folder; "" without one.
        doubtful_parent: The folder above a number that was taken for a patient although it could be an order;
            "" where there is no doubt.
    """

    patient: str
    order: str
    doubtful_parent: str = ""


def slide_names(opened: Path, key: str, *, is_class: bool) -> SlideNames:
    """Find patient and order of a slide.

    A number is an order only below a folder that names a patient; otherwise two record numbers side by side would
    become one patient. In doubt it is a patient of its own.

    Args:
        opened: The folder or archive that was opened.
        key: The slide's folder in it; "" = the opened folder itself.
        is_class: Whether the opened folder is a class folder of the slide above it.
    """
    resolved = opened.resolve()
    name = opened.stem if opened.is_file() else resolved.name
    names = [*resolved.parent.parts, name, *(part for part in key.split("/") if part)]
    if not key and len(names) > 1 and is_class:
        names = names[:-1]  # one class of a slide was opened: the slide is above the folder of its classes
    if not key and len(names) > 1 and names[-1].casefold() in _MARKERS:
        names = names[:-1]
    slide, parent = names[-1], names[-2] if len(names) > 1 else ""
    if _DATED_ORDER.fullmatch(slide):
        return SlideNames(parent, slide)
    if _NUMBER.fullmatch(slide):
        return SlideNames(parent, slide) if _PATIENT.fullmatch(parent) else SlideNames(slide, "", parent)
    return SlideNames(slide, "")


def is_patient_name(folder: str) -> bool:
    """Whether only a patient's folder has such a name, also beside class folders: ``Patient 7``, ``Smith^John``.

    A comma is not enough there: classes are named so as well.
    """
    return _PATIENT_WORD.fullmatch(folder) is not None or ("^" in folder and _PATIENT.fullmatch(folder) is not None)


def is_order_name(folder: str) -> bool:
    """Whether only an order or a record number has such a name."""
    return _DATED_ORDER.fullmatch(folder) is not None or _NUMBER.fullmatch(folder) is not None


def is_skipped_folder(folder: str) -> bool:
    """Whether a folder's files are skipped: hidden (incomplete), of a system, or truth about synthetic slides."""
    return folder == GROUND_TRUTH_FOLDER or is_helper_folder(folder)


def natural_key(path: str) -> tuple[object, ...]:
    """Sort key that orders numbers in names by value: 2 before 10."""
    parts = re.split(r"(\d+)", path)
    return (*((int(part), part) if at % 2 else (-1, part) for at, part in enumerate(parts)),)
