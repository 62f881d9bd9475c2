"""Calls of the command line in this process, with bounds on time and memory, and what they left behind."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import resource
import signal
import sqlite3
import stat
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from leukview.cli.main import main
from leukview.core.job_runner import CancelToken, Reporter
from leukview.core.paths import HOME_VARIABLE
from leukview.domain.slide import ExportPreview
from leukview.importers.export_reader import AnalyserExportReader

TIME_LIMIT_S = 60.0
MEMORY_LIMIT_BYTES = 2 * 1024**3
"""Growth of this process's peak memory over a whole campaign."""


class TooLongError(Exception):
    """A call took longer than `TIME_LIMIT_S`."""


class _ErrorRecords(logging.Handler):
    """Keeps the exceptions that the program logs, which are its own mistakes."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.traces: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.traces.append("".join(traceback.format_exception(record.exc_info[1])))


@dataclass
class Call:
    """One call of the command line."""

    arguments: list[str]
    code: int = -1
    out: str = ""
    err: str = ""
    traces: list[str] = field(default_factory=list)


def call(*arguments: str) -> Call:
    """Call the command line; exceptions that escape it, or that it logs, are kept as `Call.traces`."""
    done, records = Call(list(arguments)), _ErrorRecords()
    out, err = io.StringIO(), io.StringIO()
    logging.getLogger().addHandler(records)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _time_limit():
            try:
                done.code = main(list(arguments))
            except SystemExit as error:
                done.code = int(error.code or 0)
            except Exception:  # noqa: BLE001 - what is looked for
                done.traces.append(traceback.format_exc())
    finally:
        logging.getLogger().removeHandler(records)
    done.out, done.err = out.getvalue(), err.getvalue()
    done.traces += records.traces
    return done


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def peak_memory() -> int:
    """Peak memory of this process, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@dataclass
class Bench:
    """Folders of one case: the input, the program's home, its output, its temporary files and something beside them."""

    root: Path

    def __post_init__(self) -> None:
        for folder in (self.input, self.home, self.output, self.temporary, self.beside):
            folder.mkdir(parents=True)
        (self.beside / "secret.jpg").write_bytes(b"not to be read or written")

    input = property(lambda self: self.root / "input")
    home = property(lambda self: self.root / "home")
    output = property(lambda self: self.root / "output")
    temporary = property(lambda self: self.root / "temporary")
    beside = property(lambda self: self.root / "beside")

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Let the program use these folders and no others."""
        before = {name: os.environ.get(name) for name in (HOME_VARIABLE, "TMPDIR")}
        os.environ[HOME_VARIABLE], os.environ["TMPDIR"] = str(self.home), str(self.temporary)
        tempfile.tempdir = None
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
            tempfile.tempdir = None

    def state(self) -> dict[str, tuple[int, int, int]]:
        """Everything outside of home and output: name → type, size, time of change."""
        found = {}
        for folder in (self.root, self.input, self.beside, self.temporary):
            for where, folders, names in os.walk(os.fsencode(folder), followlinks=False):
                if folder == self.root:
                    folders[:] = []
                for name in (*folders, *names):
                    path = os.path.join(where, name)  # noqa: PTH118 - bytes
                    about = os.lstat(path)
                    size = 0 if stat.S_ISDIR(about.st_mode) else about.st_size
                    found[os.fsdecode(path)] = (stat.S_IFMT(about.st_mode), size, about.st_mtime_ns)
        for kept in (self.root, self.home, self.output, self.temporary):
            found.pop(str(kept), None)
        return found


def half_slides(bench: Bench) -> list[str]:
    """What an analysis left unfinished: slides without all their files, files without their slide."""
    found = [f"left behind: {p.name}" for p in bench.output.rglob("*.part")]
    stored: dict[str, int] = {}
    database = bench.home / "leukview.db"
    if database.exists():
        with contextlib.closing(sqlite3.connect(database)) as connection:
            rows = "SELECT slides.id, COUNT(cells.id) FROM slides LEFT JOIN cells ON cells.slide_id = slides.id"
            stored = dict(connection.execute(f"{rows} GROUP BY slides.id"))
    for folder in bench.output.iterdir():
        mark = folder / "completed.json"
        if not mark.exists():
            found.append(f"no completion record: {folder.name}")
            continue
        files = json.loads(mark.read_text(encoding="utf-8"))["files"]
        found += [f"{folder.name} lacks {name}" for name in files if not (folder / name).is_file()]
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        if stored.get(folder.name) != summary["cells"]:
            found.append(f"{folder.name}: {summary['cells']} cells written, {stored.get(folder.name)} stored")
    return found + [f"slide without cells: {slide}" for slide, cells in stored.items() if not cells]


@contextlib.contextmanager
def recorded_previews() -> Iterator[list[ExportPreview]]:
    """Keep the previews that the program makes in the block."""
    made: list[ExportPreview] = []
    read = AnalyserExportReader.read

    def recording(
        self: AnalyserExportReader,
        path: Path,
        token: CancelToken,
        reporter: Reporter,
        answers: Mapping[str, str] | None = None,
        name_encoding: str = "",
    ) -> ExportPreview:
        made.append(read(self, path, token, reporter, answers, name_encoding))
        return made[-1]

    with mock.patch.object(AnalyserExportReader, "read", recording):
        yield made


def merged_patients(preview: ExportPreview, owners: dict[str, str]) -> list[str]:
    """Patients of a preview that hold images of more than one person.

    Args:
        preview: As the program shows it.
        owners: SHA-256 of an image → the person it belongs to.
    """
    persons: dict[tuple[str, str], set[str]] = {}
    for slide in preview.slides:
        place = (slide.patient, f"{slide.root}/{slide.archive_folder}")
        images = (*(c.sha256 for c in slide.cells), *(o.sha256 for o in slide.overviews))
        persons.setdefault(place, set()).update(owners[sha] for sha in images if sha in owners)
    return [f"{patient!r}: {sorted(held)}" for (patient, _), held in persons.items() if len(held) > 1]
