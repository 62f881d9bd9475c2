"""Features of every cell from a bundle's frozen trunk: ``python -m training.crossfit.trunk_features --output FILE``.

The images pass through the application's own steps (segmenter, crop, normalisation). The classifiers of a PMG network
read a cell only through the spatial maxima of its three blocks, so that new classifiers can be trained on these vectors
alone, without running the trunk again.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.utils
from numpy.typing import NDArray

from leukview.core.errors import ModelError
from leukview.core.paths import resources_dir
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.inference.bundles.bundle import ONNX_FILE, Bundle, load_bundle
from leukview.inference.classification.classifier import GRANULARITY_BLOCKS
from leukview.inference.classification.classifier_factory import shipped_bundle_in
from leukview.inference.classification.classifier_onnx import INPUT_NAME, OnnxClassifier
from leukview.inference.onnx_session import create_onnx_session
from training.crossfit.cache import on_glass
from training.crossfit.negatives import LABEL, as_negative, negatives_of
from training.crossfit.pool import decode_pool, read_pool
from training.data.dataset import data_folder
from training.data.mask_cache import load_embedded_segmenter

logger = logging.getLogger(__name__)

Images = Sequence[NDArray[np.uint8]]
BATCH = 16
LOGITS = "logits_"


@dataclass(frozen=True, slots=True)
class TrunkFeatures:
    """What a bundle's trunk gives for N cells.

    Attributes:
        sha1: N, of the cells' images.
        pooled: float32 N×(3·block), maxima of the three blocks, which the classifiers read.
        features: float32 N×F, the bundle's feature vector.
        logits: Stage → float32 N×C, of the bundle's own classifiers.
    """

    sha1: tuple[str, ...]
    pooled: NDArray[np.float32]
    features: NDArray[np.float32]
    logits: dict[str, NDArray[np.float32]]

    def rows_of(self, cells: Sequence[LabelledCell]) -> NDArray[np.int64]:
        """Row of each cell.

        Raises:
            ModelError: A cell has no row.
        """
        table = {sha1: row for row, sha1 in enumerate(self.sha1)}
        missing = sum(cell.sha1 not in table for cell in cells)
        if missing:
            raise ModelError(f"{missing} cells have no features.", "Run training.crossfit.trunk_features again.")
        return np.asarray([table[cell.sha1] for cell in cells], np.int64)


class TrunkReader:
    """Runs a bundle's graph up to the vectors that its classifiers read.

    Args:
        bundle: A checked bundle in the ``shared`` architecture.
        threads: Threads of ONNX Runtime.

    Raises:
        ModelError: The graph has no three spatial maxima.
    """

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self._classifier = OnnxClassifier(bundle, threads)
        graph = onnx.load_from_string(bundle.file_contents[ONNX_FILE])
        maxima = [node.output[0] for node in graph.graph.node if node.op_type == "ReduceMax"]
        if len(maxima) != GRANULARITY_BLOCKS:
            raise ModelError(f"The graph of “{bundle.manifest.name}” is not one of a shared PMG network.")
        logits = [o.name for o in graph.graph.output if o.name.startswith(LOGITS)]
        self._names = ("features", *maxima, *logits)
        inferred = onnx.shape_inference.infer_shapes(graph)
        extracted = onnx.utils.Extractor(inferred).extract_model([INPUT_NAME], list(self._names))
        self._session = create_onnx_session(extracted.SerializeToString(), threads)

    def read(self, images: Images, masks: Images) -> dict[str, NDArray[np.float32]]:
        """Arrays of some cells by name: ``features``, ``pooled`` and ``logits_STAGE``."""
        batch, _ = self._classifier.preprocess(images, masks, None)
        found = self._session.run(None, {INPUT_NAME: batch})
        maxima = [np.asarray(v).reshape(len(images), -1) for v in found[1 : 1 + GRANULARITY_BLOCKS]]
        own = dict(zip(self._names[1 + GRANULARITY_BLOCKS :], found[1 + GRANULARITY_BLOCKS :], strict=True))
        return {"features": found[0], "pooled": np.concatenate(maxima, 1), **own}


def sample_of(cells: Sequence[LabelledCell], per_patient: int) -> tuple[LabelledCell, ...]:
    """At most so many cells of each class of a patient or session, by a hash of the image; all where it is 0.

    Cells of a source that names no patients are all kept.
    """
    if not per_patient:
        return tuple(cells)
    taken: Counter[tuple[str, str, str]] = Counter()
    kept: set[str] = set()
    for cell in sorted(cells, key=lambda c: hashlib.sha256(f"sample/{c.sha1}".encode()).digest()):
        key = cell.source, cell.patient, cell.cell_class
        if not cell.patient or taken[key] < per_patient:
            taken[key] += 1
            kept.add(cell.sha1)
    return tuple(cell for cell in cells if cell.sha1 in kept)


def write_features(path: Path, cells: Sequence[LabelledCell], parts: Sequence[dict[str, NDArray[np.float32]]]) -> None:
    """Write the features of all cells, in the cells' order."""
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    np.savez(path, allow_pickle=False, sha1=np.asarray([c.sha1 for c in cells]), **joined)


def read_features(paths: Sequence[Path]) -> TrunkFeatures:
    """Read and join what `write_features` wrote; of a cell in several files the first counts."""
    parts: list[dict[str, NDArray[Any]]] = []
    seen: set[str] = set()
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            sha1 = file["sha1"].tolist()
            new = [row for row, name in enumerate(sha1) if name not in seen]
            seen.update(sha1)
            parts.append({key: file[key][new] for key in file.files})
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    logits = {key.removeprefix(LOGITS): values for key, values in joined.items() if key.startswith(LOGITS)}
    return TrunkFeatures(tuple(joined["sha1"].tolist()), joined["pooled"], joined["features"], logits)


def cells_with_features(cells: Sequence[LabelledCell], features: TrunkFeatures) -> list[LabelledCell]:
    """Those of the cells that have features, in order."""
    known = set(features.sha1)
    return [cell for cell in cells if cell.sha1 in known]


def images_of(cells: Sequence[LabelledCell], folder: Path) -> Iterator[NDArray[np.uint8]]:
    """The image of each cell as the network may see it: a negative is cut, black background becomes glass."""
    for cell, pixels in zip(cells, decode_pool(cells, folder), strict=True):
        yield as_negative(on_glass(cell, pixels), cell)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, help="default: the bundle that ships")
    parser.add_argument("--negatives", type=int, default=12, help="every so many frames give one without a cell")
    parser.add_argument("--per-patient", type=int, default=0, help="cells of each class of a patient; 0 = all")
    parser.add_argument("--source", action="append", default=[], help="this source only; may be repeated")
    parser.add_argument("--only-negatives", action="store_true", help="pictures without a white cell only")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder = data_folder()
    pool = read_pool(folder)
    cells = sample_of((*pool, *negatives_of(pool, args.negatives)), args.per_patient)
    if args.source:
        cells = tuple(cell for cell in cells if cell.source in args.source)
    if args.only_negatives:
        cells = tuple(cell for cell in cells if cell.cell_class == LABEL)
    reader = TrunkReader(load_bundle(args.bundle or shipped_bundle_in(resources_dir())), args.threads)
    segmenter = load_embedded_segmenter()
    parts = []
    images = images_of(cells, folder)
    for number in itertools.count(1):
        batch = tuple(itertools.islice(images, BATCH))
        if not batch:
            break
        parts.append(reader.read(batch, segmenter.segment(batch)))
        if number % 100 == 0:
            logger.info("%d of %d cells", number * BATCH, len(cells))
    write_features(args.output, cells, parts)


if __name__ == "__main__":
    main()
