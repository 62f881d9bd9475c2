"""The loop of corrections as people go round it: review, sign, export, train, compare, install, roll back.

The test uses drawn squares (`tests.end_to_end.test_corrections_loop`). On real cells, a group of patients that
the champion never saw comes to the workstation as unlabelled exports; what reviewers would have said is the label that
the source gave::

    LEUKVIEW_HOME=HOME python -m tests.manual.corrections_loop \\
        --champion BUNDLE --data DATA --diagnosis APL --output DIR

writes ``DIR/corrections`` and ``DIR/patients.csv``; the commands that follow stand in training/README.md.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from unittest.mock import patch

from leukview.bootstrap import composition, model_loading
from leukview.cli.main import main as leukview
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.review.events import SECOND_READING
from leukview.importers.training_archive import load_labelled_cells
from leukview.services.workbench import Workbench

FIRST_READER, SECOND_READER = "Dr. First", "Dr. Second"
DISAGREEMENT_INTERVAL = 7
"""The second reader labels one of this many cells differently."""


@contextmanager
def use_shipped_bundle(bundle: Path) -> Iterator[None]:
    """Use this bundle as the one shipped with the program."""
    with patch.object(model_loading, "shipped_bundle_path", lambda: bundle):
        yield


def write_exports(cells: Sequence[LabelledCell], data: Path, folder: Path) -> dict[str, str]:
    """Write each patient's cells as an export without labels.

    Returns:
        SHA-256 of the image → the source's label.
    """
    truth = {}
    numbers: Counter[str] = Counter()
    archives = {name: zipfile.ZipFile(data / "cells" / name) for name in {c.archive for c in cells}}
    for cell in cells:
        content = archives[cell.archive].read(cell.file)
        numbers[cell.patient] += 1
        path = folder / cell.patient.replace(" ", "_") / "Unsigned slides"
        path.mkdir(parents=True, exist_ok=True)
        ending = PurePosixPath(cell.file).suffix
        (path / f"{len(numbers):06}_{numbers[cell.patient]:03}{ending}").write_bytes(content)
        truth[hashlib.sha256(content).hexdigest()] = cell.cell_class
    for archive in archives.values():
        archive.close()
    return truth


def review_slide(workbench: Workbench, slide_id: str, truth: Mapping[str, str], *, second: bool, disputed: bool) -> int:
    """Analyse a slide, label each cell as the source did, sign.

    Args:
        workbench: Workbench of the workstation.
        slide_id: Id of the slide.
        truth: SHA-256 of the image → label.
        second: A second reader reads the slide before the signature, and all disagreements are settled.
        disputed: A second reader reads the slide after the signature, so that disagreements stay open.

    Returns:
        Number of cells to which the model gave another label.
    """
    workbench.analyse(slide_id, CancelToken(), null_reporter)
    session = workbench.open_session(slide_id, FIRST_READER)
    agreed, other = [], defaultdict(list)
    for seen in session.view.cells:
        said = truth[seen.cell.sha256]
        if seen.label == said:
            agreed.append(seen.cell.id)
        else:
            other[said].append(seen.cell.id)
    session.accept(agreed)
    for label, ids in other.items():
        session.override(ids, label)
    if second:
        second_reading(workbench, slide_id, truth)
        session.reload()
        agreement = session.agreement()
        for difference in agreement.disagreements if agreement else ():
            session.record_consensus(difference.cell_id, difference.first_label)
    for cell_id in session.view.unopened_blasts:
        session.record_opened(cell_id)
    for alert in session.view.unacknowledged_alerts:
        session.acknowledge_alert(alert.rule.key, called_person="nobody", note="a trial")
    session.sign(FIRST_READER, "Reviewed for training", "a trial")
    if disputed:
        second_reading(workbench, slide_id, truth)
    return sum(map(len, other.values()))


def second_reading(workbench: Workbench, slide_id: str, truth: Mapping[str, str]) -> None:
    """Do the blinded second reading with the labels of the source.

    Every `DISAGREEMENT_INTERVAL`-th cell gets another label.
    """
    session = workbench.open_session(slide_id, SECOND_READER, SECOND_READING)
    labels = defaultdict(list)
    for number, seen in enumerate(session.view.cells, 1):
        said = truth[seen.cell.sha256]
        labels["monocyte" if number % DISAGREEMENT_INTERVAL == 0 and said != "monocyte" else said].append(seen.cell.id)
    for label, ids in labels.items():
        session.override(ids, label)
    session.sign(SECOND_READER, "Second reading")


def import_and_review(cells: Sequence[LabelledCell], data: Path, folder: Path) -> tuple[Path, str]:
    """Export, import, review and sign the slide of every patient.

    Returns:
        Path of the table of diagnoses by pseudonym, and a sentence on the cells that the model labelled differently.
    """
    truth = write_exports(cells, data, folder / "exports")
    diagnoses = {c.patient.replace(" ", "_"): c.diagnosis for c in cells}
    table, changed = folder / "patients.csv", 0
    with (
        composition.open_workbench(model_loading.RuntimeOptions()) as workbench,
        table.open("w", newline="", encoding="utf-8") as file,
    ):
        rows = csv.writer(file)
        rows.writerow(("patient", "diagnosis"))
        for number, name in enumerate(sorted(diagnoses)):
            preview = workbench.preview(folder / "exports" / name, CancelToken(), null_reporter)
            (slide,) = workbench.import_slides(preview.slides, CancelToken(), null_reporter)
            changed += review_slide(workbench, slide.id, truth, second=number % 6 == 2, disputed=number % 6 == 5)
            rows.writerow((slide.patient, diagnoses[name]))
    return table, f"{changed} of {len(truth)} cells had another class by the model."


def select_cells(cells: Iterable[LabelledCell], diagnosis: str, max_cells: int) -> list[LabelledCell]:
    """Select up to `max_cells` cells of each patient with a diagnosis, by image hash."""
    found: dict[str, list[LabelledCell]] = defaultdict(list)
    for cell in sorted(cells, key=lambda c: hashlib.sha256(c.sha1.encode()).hexdigest()):
        if cell.diagnosis == diagnosis and len(found[cell.patient]) < max_cells:
            found[cell.patient].append(cell)
    return [cell for patient in sorted(found) for cell in found[patient]]


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--champion", type=Path, required=True, help="bundle that the workstation works with")
    parser.add_argument("--data", type=Path, required=True, help="data folder that holds the patients")
    parser.add_argument("--diagnosis", required=True, help="the group that comes to the workstation")
    parser.add_argument("--most", type=int, default=40, help="cells of a patient")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--then", nargs=argparse.REMAINDER, help="instead: a command of leukview, on that workstation")
    options = parser.parse_args()
    with use_shipped_bundle(options.champion):
        if options.then:
            return leukview(options.then)
        cells = select_cells(load_labelled_cells(options.data), options.diagnosis, options.most)
        table, words = import_and_review(cells, options.data, options.output)
        sys.stdout.write(f"{words}\n")
        return leukview(
            ["corrections", "export", str(options.output / "corrections"), "--site", "trial", "--patients", str(table)]
        )


if __name__ == "__main__":
    raise SystemExit(main())
