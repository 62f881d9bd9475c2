"""How fast a bundle's network runs here: ``python -m training.studies.inference_benchmark --output DIR``.

One table of engines, threads and batch sizes, and beside each engine what it changes: the largest difference of a logit
from plain torch, the decisions that turn out otherwise, and the accuracy on validation cells. Images are decoded and
cut beforehand; the maps come with every answer. The load of the machine is noted: on a busy one the least time counts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.inference.bundles.bundle import Bundle, load_bundle
from leukview.inference.classification.classifier import GRANULARITY_BLOCKS
from leukview.inference.classification.classifier_factory import shipped_bundle_in
from leukview.inference.classification.classifier_torch import TorchClassifier
from training.data.dataset import (
    TRAIN,
    VAL,
    LabelledCell,
    data_folder,
    decode_images,
    load_labelled_cells,
    read_taxonomy,
    stage_targets,
)
from training.data.mask_cache import load_embedded_segmenter
from training.evaluation.evaluate import to_jsonable
from training.studies.inference_backends import BatchRunner, ImageBatch, InferenceBackend, available_backends

CALIBRATION_CELLS = 128


@dataclass(frozen=True, slots=True)
class Timing:
    """Time per cell of an engine in ms: median (`ms`) and minimum over the repeats."""

    engine: str
    threads: int
    batch: int
    ms: float
    least_ms: float
    repeats: int


@dataclass(frozen=True, slots=True)
class BackendCheck:
    """Outputs of an engine compared with those of eager torch.

    Attributes:
        engine: Name of the engine.
        difference: Largest absolute difference of a logit.
        changed: Fraction of predicted choices, over cells and stages, that differ.
        accuracy: Accuracy of each stage on the validation cells whose label determines it.
    """

    engine: str
    difference: float
    changed: float
    accuracy: Mapping[str, float]


def time_backend(
    backend: InferenceBackend, run: BatchRunner, images: ImageBatch, threads: int, batch: int, seconds: float
) -> Timing:
    """Time a batch for about `seconds`, at least three times, after a warm-up."""
    part = np.ascontiguousarray(images[:batch])
    run(part)
    spent: list[float] = []
    while len(spent) < 3 or sum(spent) < seconds:
        started = time.perf_counter()
        run(part)
        spent.append(time.perf_counter() - started)
    return Timing(
        backend.name,
        threads,
        len(part),
        1000 * float(np.median(spent)) / len(part),
        1000 * min(spent) / len(part),
        len(spent),
    )


def compute_logits(run: BatchRunner, images: ImageBatch, stages: int, batch: int = 16) -> list[NDArray[np.float64]]:
    """Compute the logits of each stage for all images."""
    parts = [run(np.ascontiguousarray(images[at : at + batch])) for at in range(0, len(images), batch)]
    where = [1 + i * (1 + GRANULARITY_BLOCKS) for i in range(stages)]
    return [np.concatenate([np.asarray(p[at], np.float64) for p in parts]) for at in where]


def check_backend(
    name: str,
    logits_by_stage: Sequence[NDArray[np.float64]],
    reference: Sequence[NDArray[np.float64]],
    targets: NDArray[np.int64],
    stages: Sequence[str],
) -> BackendCheck:
    """Compare logits with those of eager torch and with the labels.

    Args:
        name: Name of the engine.
        logits_by_stage: Logits of each stage, N×C.
        reference: Logits of eager torch.
        targets: N×S; −1 where the label does not determine the stage.
        stages: Keys of the stages.
    """
    differences = [float(np.abs(a - b).max()) for a, b in zip(logits_by_stage, reference, strict=True)]
    changed = [(a.argmax(1) != b.argmax(1)).mean() for a, b in zip(logits_by_stage, reference, strict=True)]
    accuracy = {}
    for column, (stage, logits) in enumerate(zip(stages, logits_by_stage, strict=True)):
        known = targets[:, column] >= 0
        if known.any():
            accuracy[stage] = float((logits.argmax(1) == targets[:, column])[known].mean())
    return BackendCheck(name, max(differences), float(np.mean(changed)), accuracy)


def prepare_inputs(bundle: Bundle, cells: Sequence[LabelledCell], folder: Path) -> ImageBatch:
    """Compute the network input of some cells, N×3×s×s."""
    images = list(decode_images(cells, folder, "decode"))
    masks = (
        [np.zeros(i.shape[:2], np.uint8) for i in images]
        if bundle.manifest.preprocessing.background == "keep"
        else load_embedded_segmenter().segment(images)
    )
    return TorchClassifier(bundle, "cpu").preprocess(images, masks, None)[0]


def measure_backends(
    bundle: Bundle,
    images: ImageBatch,
    calibration: ImageBatch,
    targets: NDArray[np.int64],
    threads: Sequence[int],
    batches: Sequence[int],
    seconds: float,
    compiled: bool,
) -> tuple[list[Timing], list[BackendCheck], dict[str, int], list[str]]:
    """Time and check every engine.

    Args:
        bundle: Bundle to run.
        images: Network input of the validation cells, N×3×s×s.
        calibration: Network input of training cells, for static quantisation.
        targets: N×S; −1 where the label does not determine the stage.
        threads: Numbers of threads to measure.
        batches: Batch sizes to measure.
        seconds: Time of each measurement.
        compiled: Include `torch.compile`.

    Returns:
        Timings, checks, file size by engine, and messages on engines that could not be run.
    """
    stages = [s.key for s in bundle.manifest.trained_stages]
    timings: list[Timing] = []
    checks: list[BackendCheck] = []
    sizes: dict[str, int] = {}
    failures: list[str] = []
    reference: list[NDArray[np.float64]] = []
    for engine in available_backends(bundle, calibration, compiled):
        sizes[engine.name] = engine.file_size
        try:
            for number in threads:
                run = engine.start(number)
                sizes_tried = [batches[-1]] if engine.single_batch_size else batches
                timings += [time_backend(engine, run, images, number, batch, seconds) for batch in sizes_tried]
            logits = compute_logits(run, images, len(stages), batches[-1] if engine.single_batch_size else 16)
        except RuntimeError as error:  # a compiler or an instruction set is missing on this machine
            failures.append(f"{engine.name}: {str(error).strip().splitlines()[0]}")
            continue
        reference = reference or logits
        checks.append(check_backend(engine.name, logits, reference, targets, stages))
    return timings, checks, sizes, failures


def processor_name() -> str:
    """Name of the processor, if the system states it, and number of cores."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    name = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor not named"
    )
    return f"{name}, {os.cpu_count()} cores"


def load_average() -> tuple[float, ...]:
    """Load averages of the machine; empty where the system has none."""
    return tuple(round(x, 2) for x in os.getloadavg()) if hasattr(os, "getloadavg") else ()


def speed_markdown(
    timings: Sequence[Timing],
    checks: Sequence[BackendCheck],
    sizes: Mapping[str, int],
    failures: Sequence[str],
    machine: str,
    cells: int,
) -> str:
    """Markdown tables of the times per cell and of the differences between engines.

    Args:
        timings: Measured times.
        checks: Comparison of each engine with eager torch.
        sizes: File size in bytes by engine.
        failures: Messages on engines that could not be run.
        machine: Description of model and machine.
        cells: Number of validation cells.
    """
    columns = sorted({(t.threads, t.batch) for t in timings})
    by = {(t.engine, t.threads, t.batch): t for t in timings}
    lines = [
        f"# Speed and sameness of the network\n\n{machine}. Milliseconds a cell: the least, in brackets the middle.",
        "",
    ]
    lines += ["| engine | " + " | ".join(f"{t} thread{'s' * (t > 1)}, batch {b}" for t, b in columns) + " |"]
    lines += ["|---" * (len(columns) + 1) + "|"]
    for name in dict.fromkeys(t.engine for t in timings):
        parts = [by.get((name, t, b)) for t, b in columns]
        lines.append(f"| {name} | " + " | ".join(f"{p.least_ms:.1f} ({p.ms:.1f})" if p else "–" for p in parts) + " |")
    stages = list(checks[0].accuracy)
    lines += ["", f"Held against plain torch and against the labels of {cells} validation cells:", ""]
    lines += [
        "| engine | file, MB | largest logit difference | decisions changed | "
        + " | ".join(f"{s}, accuracy" for s in stages)
        + " |"
    ]
    lines += ["|---" * (4 + len(stages)) + "|"]
    for c in checks:
        size = f"{sizes[c.engine] / 1e6:.1f}" if sizes[c.engine] else "–"
        parts_of = " | ".join(f"{100 * c.accuracy[s]:.2f} %" for s in stages)
        lines.append(f"| {c.engine} | {size} | {c.difference:.2g} | {100 * c.changed:.2f} % | {parts_of} |")
    lines += [""] + [f"Not run here: {words}" for words in failures] if failures else []
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, help="a bundle's folder (default: the one that travels along)")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--cells", type=int, default=600, help="validation cells")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 16, 32])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    try:
        taxonomy = read_taxonomy()
        bundle = load_bundle(options.bundle or shipped_bundle_in(resources_dir()), taxonomy)
        folder = data_folder()
        cells = load_labelled_cells(folder)
        rng = np.random.default_rng(0)

        def some(split: str, count: int) -> list[LabelledCell]:
            own = [c for c in cells if c.split == split]
            return [own[i] for i in sorted(rng.choice(len(own), min(count, len(own)), replace=False).tolist())]

        validation = some(VAL, options.cells)
        images = prepare_inputs(bundle, validation, folder)
        calibration = prepare_inputs(bundle, some(TRAIN, CALIBRATION_CELLS), folder)
    except LeukViewError as error:
        print(error)
        return 1
    targets = stage_targets(validation, taxonomy, bundle.manifest.net_config.stages)
    before = load_average()
    timings, checks, sizes, failures = measure_backends(
        bundle, images, calibration, targets, options.threads, options.batches, options.seconds, not options.no_compile
    )
    machine = (
        f"Model “{bundle.manifest.name}”, {processor_name()}; load average before {before}, after {load_average()}"
    )
    text = speed_markdown(timings, checks, sizes, failures, machine, len(validation))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "speed.md").write_text(text, encoding="utf-8")
    raw: dict[str, Any] = {
        "bundle": bundle.sha256,
        "where": machine,
        "timings": [asdict(t) for t in timings],
        "checks": [asdict(c) for c in checks],
        "not_run": failures,
    }
    (options.output / "speed.json").write_text(json.dumps(to_jsonable(raw), indent=1), encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
