"""Output folders of a batch, one per slide, each with a record of its completion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath

from leukview.core.atomic_files import atomic_write
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_json, structure

COMPLETION_FILE = "completed.json"
SUMMARY_FILE = "summary.json"
"""Written before all others, because it marks a folder as LeukView's own also when the analysis was killed."""
COMPLETION_FORMAT = 2
"""Format 1 named files and masks as in the source folder; its slides are analysed again."""


@dataclass(frozen=True, slots=True)
class PipelineFingerprint:
    """Model, settings and program version on which the results depend.

    Attributes:
        bundle_sha256: Of the classifier.
        segmenter: Identity of the segmenter.
        settings_sha256: Over rules, ranges, texts and templates, including the laboratory's own.
        version: Of the program and its code, see `leukview.core.code_version`.
    """

    bundle_sha256: str
    segmenter: str
    settings_sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class CompletionRecord:
    """Record of a finished slide, written last into the slide's folder.

    It contains no name of a person and no path outside the folder.

    Attributes:
        input_sha256: Over names and contents of the slide's files.
        masks: Whether masks were written too.
        named: Whether the files tell names of patient, order and source files.
        reviewed: Number of events of the slide's log at that time, not counting reports.
        unreadable: Number of cells whose image could not be read.
        files: The files written, posix paths within the folder.
    """

    slide_id: str
    input_sha256: str
    maker: PipelineFingerprint
    masks: bool
    named: bool
    reviewed: int
    unreadable: int
    files: tuple[str, ...]


def read_completion_records(output: Path) -> dict[str, CompletionRecord]:
    """Find the finished slides of an output folder.

    A folder in which a file is missing is not finished.

    Returns:
        `input_sha256` → record.
    """
    found = {}
    for path in sorted(output.glob(f"*/{COMPLETION_FILE}")):
        mark = _read_record(path)
        if mark and all((path.parent / name).is_file() for name in mark.files):
            found[mark.input_sha256] = mark
    return found


def write_slide_folder(output: Path, files: Mapping[str, bytes], record: CompletionRecord) -> Path:
    """Write the folder of a slide.

    Each file is written atomically, the completion record last. Files of an earlier analysis of the slide that it did
    not write again are deleted; others are kept.

    Args:
        output: Output folder of the batch.
        files: Posix path within the slide's folder → content.
        record: The completion record.

    Returns:
        The slide's folder.

    Raises:
        LeukViewError: A file cannot be written; the slide is not marked as finished.
    """
    folder = output / record.slide_id
    body = {"format": COMPLETION_FORMAT, "research_use_only": True, **asdict(record)}
    try:
        for name in _listed_files(folder / COMPLETION_FILE) - files.keys():
            (folder / name).unlink(missing_ok=True)
        (folder / COMPLETION_FILE).unlink(missing_ok=True)
        for name, data in sorted(files.items(), key=lambda item: (item[0] != SUMMARY_FILE, item[0])):
            atomic_write(folder / name, data)
        atomic_write(folder / COMPLETION_FILE, (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise LeukViewError(
            Message(
                "The results cannot be saved in “{output}”: {reason}.",
                output=output.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error
    return folder


def _listed_files(path: Path) -> set[str]:
    """Files that a completion record of any format lists, inside its folder."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return {str(name) for name in body["files"] if _is_inside(str(name))}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _is_inside(name: str) -> bool:
    return not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts


def _read_record(path: Path) -> CompletionRecord | None:
    """Read a completion record; None when it is invalid or has another format version."""
    try:
        body = parse_json(path.read_bytes())
        if body.get("format") != COMPLETION_FORMAT:
            return None
        record = structure({f.name: body[f.name] for f in fields(CompletionRecord)}, CompletionRecord)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    inner = [PurePosixPath(name) for name in record.files]
    return None if any(name.is_absolute() or ".." in name.parts for name in inner) else record
