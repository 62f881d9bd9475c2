"""The folders that a batch writes, one a slide, and the mark by which a finished one is known again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath

from leukview.core.atomic_files import atomic_write
from leukview.core.errors import LeukViewError
from leukview.core.messages import Message

COMPLETION_FILE = "completed.json"
COMPLETION_FORMAT = 1


@dataclass(frozen=True, slots=True)
class PipelineFingerprint:
    """What results depend on besides the slide.

    Attributes:
        bundle_sha256: Of the classifier.
        segmenter: Identity of the segmenter.
        settings_sha256: Over rules, ranges, texts and templates, the laboratory's own included.
        version: Of the program.
    """

    bundle_sha256: str
    segmenter: str
    settings_sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class CompletionRecord:
    """Written last into the folder of a slide. It holds no name of a person and no path outside the folder.

    Attributes:
        input_sha256: Over names and contents of the slide's files.
        masks: Masks were written too.
        reviewed: Events of the slide's log that the tables and the report show; reports aside.
        unreadable: Cells whose image could not be read.
        files: What was written, posix paths within the folder.
    """

    slide_id: str
    input_sha256: str
    maker: PipelineFingerprint
    masks: bool
    reviewed: int
    unreadable: int
    files: tuple[str, ...]


def read_completion_records(output: Path) -> dict[str, CompletionRecord]:
    """The finished slides of an output folder by `input_sha256`; a folder that lacks a file is not finished."""
    found = {}
    for path in sorted(output.glob(f"*/{COMPLETION_FILE}")):
        mark = _read_record(path)
        if mark and all((path.parent / name).is_file() for name in mark.files):
            found[mark.input_sha256] = mark
    return found


def write_slide_folder(output: Path, files: Mapping[str, bytes], record: CompletionRecord) -> Path:
    """Write the folder of a slide: each file whole or not at all, the mark last. What else lies there stays.

    Raises:
        LeukViewError: The disk refuses; the slide is not marked as finished.
    """
    folder = output / record.slide_id
    body = {"format": COMPLETION_FORMAT, "research_use_only": True, **asdict(record)}
    try:
        (folder / COMPLETION_FILE).unlink(missing_ok=True)
        for name, data in files.items():
            atomic_write(folder / name, data)
        atomic_write(folder / COMPLETION_FILE, (json.dumps(body, indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise LeukViewError(
            Message(
                "The results cannot be written to “{output}”: {reason}.",
                output=output.name,
                reason=error.strerror or error,
            ),
            "Choose another folder.",
        ) from error
    return folder


def _read_record(path: Path) -> CompletionRecord | None:
    """A mark; None when it is none, for instance one of another version of the program."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body.get("format") != COMPLETION_FORMAT:
            return None
        values = {f.name: body[f.name] for f in fields(CompletionRecord)}
        files = tuple(str(name) for name in values["files"])
        if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in files):
            return None
        return CompletionRecord(**values | {"maker": PipelineFingerprint(**values["maker"]), "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
