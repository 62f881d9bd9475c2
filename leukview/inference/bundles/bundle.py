"""Model bundles: a folder with ``bundle.json``, which lists its files by SHA-256.

Parsing is strict: an unknown field, format, file or hash is an error.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from leukview.core.atomic_files import file_sha256, read_file
from leukview.core.errors import ModelError
from leukview.core.messages import Message
from leukview.core.strict_files import parse_json, structure
from leukview.domain.findings import FindingLimits, PatientRates
from leukview.domain.taxonomy import Taxonomy, Tree
from leukview.inference.classification.preprocess import Preprocessing
from leukview.inference.networks.config import Architecture, EfficientNetLiteConfig, NetConfig, Pooling, TrunkConfig

BUNDLE_FORMAT = 3
"""Format version written.

Formats 1 and 2 can still be read: 1 had no prediction sets, neither had types or findings.
"""
MANIFEST_FILE = "bundle.json"
ONNX_FILE = "classifier.onnx"
WEIGHTS_FILE = "classifier.safetensors"
OOD_FILE = "likeness.npz"
MODEL_CARD_FILE = "MODEL_CARD.md"
MAX_MANIFEST_BYTES, MAX_MODEL_FILE_BYTES = 64 * 1024**2, 4 * 1024**3
TEMPERATURE_RANGE = (1e-2, 1e2)
"""Usable divisors of the logits; calibration gives values near 1, and far smaller ones overflow."""
SITE_LAYER_FILE = "site_layer.npz"
OPTIONAL_FILES = (OOD_FILE, SITE_LAYER_FILE)
REQUIRED_FILES = (ONNX_FILE, WEIGHTS_FILE, MODEL_CARD_FILE)
Vocabulary = Literal["types", "stages"]


@dataclass(frozen=True, slots=True)
class BundleNet:
    """Architecture; together with the trained stages it gives a `NetConfig`."""

    architecture: Architecture
    trunk: TrunkConfig | EfficientNetLiteConfig
    block_inner: int
    block: int
    hidden: int
    pooling: Pooling = "frame"


@dataclass(frozen=True, slots=True)
class BundleStage:
    """One stage of the taxonomy, trained or not.

    Attributes:
        choices: All choices that the taxonomy had when the bundle was made, in its order.
        trained: The choices that the network has an output for, in the same order; empty = untrained.
        support: Number of training cells per choice.
        temperature: Divisor of the combined logits before the softmax.
        set_from: Least probability for a choice to belong to the stage's 95 % prediction set (split conformal, see
            `leukview.domain.prediction.conformal_set`); None = the stage has no prediction sets.
    """

    key: str
    choices: tuple[str, ...]
    trained: tuple[str, ...]
    support: Mapping[str, int]
    temperature: float
    set_from: float | None


@dataclass(frozen=True, slots=True)
class BundleManifest:
    """The contents of ``bundle.json``.

    Attributes:
        format: Version of the format; always `BUNDLE_FORMAT` after reading.
        taxonomy_sha256: Hash of the ``taxonomy.toml`` used in training (provenance; only the stages must fit).
        classes: Number of training cells per class key.
        abstain_below: Composed confidence below which a cell is shown as unidentified; 0 = never.
        provenance: Data, split, seed, training time, versions.
        licences: Licence terms of each source of training images.
        metrics: Evaluation results, as shown on the model card.
        files: SHA-256 of each other file in the folder.
        vocabulary: Tree from which the shown class is composed: ``types``, or the published ``stages``.
        findings: Limits of the findings of a film; empty = the bundle has none.
        type_offsets: Leaf of the tree of types → what is added to the logarithm of its probability.
    """

    format: int
    name: str
    taxonomy_sha256: str
    net: BundleNet
    stages: tuple[BundleStage, ...]
    classes: Mapping[str, int]
    preprocessing: Preprocessing
    abstain_below: float
    provenance: Mapping[str, Any]
    licences: Mapping[str, str]
    metrics: Mapping[str, Any]
    files: Mapping[str, str]
    vocabulary: Vocabulary = "stages"
    findings: tuple[FindingLimits, ...] = ()
    type_offsets: Mapping[str, float] = field(default_factory=dict)

    @property
    def tree(self) -> Tree:
        """The tree from which the shown class is composed."""
        return "type" if self.vocabulary == "types" else "disease"

    @property
    def trained_stages(self) -> tuple[BundleStage, ...]:
        """The trained stages, in output order."""
        return tuple(s for s in self.stages if s.trained)

    @property
    def net_config(self) -> NetConfig:
        """Configuration of the network that the weights fit."""
        net = self.net
        stages = tuple((s.key, s.trained) for s in self.trained_stages)
        return NetConfig(net.architecture, net.trunk, net.block_inner, net.block, net.hidden, stages, net.pooling)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose hashes have been checked.

    Attributes:
        sha256: Hash of ``bundle.json``, which itself holds the hashes of all other files.
        file_contents: Bytes of each file at the time of the check.
    """

    path: Path
    sha256: str
    manifest: BundleManifest
    file_contents: Mapping[str, bytes]


def load_bundle(path: Path, taxonomy: Taxonomy | None = None) -> Bundle:
    """Read and check a bundle.

    Args:
        path: Folder of the bundle.
        taxonomy: When given, the bundle's stages must equal its stages.

    Raises:
        ModelError: A file or field is missing, damaged, unknown or does not fit.
    """
    try:
        raw = read_file(path / MANIFEST_FILE, MAX_MANIFEST_BYTES)
    except OSError as error:
        raise ModelError(
            Message("There is no model at “{path}”.", path=path.name), "Choose a folder that contains bundle.json."
        ) from error
    manifest = parse_manifest(raw)
    contents = {}
    for name, expected in manifest.files.items():
        try:
            content = read_file(path / name, MAX_MODEL_FILE_BYTES)
        except OSError as error:
            raise ModelError(
                Message("The file {name} of the model “{manifest}” is missing.", manifest=manifest.name, name=name),
                "Install it again.",
            ) from error
        if hashlib.sha256(content).hexdigest() != expected:
            raise ModelError(
                Message("The model “{manifest}” is damaged: {name} was changed.", manifest=manifest.name, name=name),
                "Install it again.",
            )
        contents[name] = content
    if taxonomy is not None:
        check_taxonomy(manifest, taxonomy)
    return Bundle(path, hashlib.sha256(raw).hexdigest(), manifest, contents)


def parse_manifest(raw: bytes) -> BundleManifest:
    """Parse ``bundle.json`` strictly.

    Raises:
        ModelError: It is not JSON, has another format, or has a missing, unknown or invalid field.
    """
    try:
        value = parse_json(raw)
    except ValueError as error:
        raise ModelError("The model's bundle.json cannot be read.", "Install the model again.") from error
    found = value.get("format") if isinstance(value, dict) else None
    if isinstance(found, int) and not isinstance(found, bool) and found in {1, 2}:
        value = _upgrade_from_format_2(_upgrade_from_format_1(value) if found == 1 else value)
    elif found != BUNDLE_FORMAT:
        raise ModelError(
            Message(
                "The model has format {found}; this program reads up to {known}.", found=found, known=BUNDLE_FORMAT
            ),
            "Update LeukView.",
        )
    try:
        manifest = structure(value, BundleManifest)
    except ValueError as error:
        raise ModelError(
            Message("The model's bundle.json is not valid: {reason}.", reason=error),
            "Install the model again.",
        ) from error
    _validate_manifest(manifest)
    return manifest


def _upgrade_from_format_1(value: dict[str, Any]) -> dict[str, Any]:
    stages = value.get("stages")
    if not isinstance(stages, list) or any(not isinstance(s, dict) or "set_from" in s for s in stages):
        raise ModelError("The model's bundle.json does not match its format.")
    return value | {"format": 2, "stages": [s | {"set_from": None} for s in stages]}


def _upgrade_from_format_2(value: dict[str, Any]) -> dict[str, Any]:
    if any(name in value for name in ("vocabulary", "findings", "type_offsets")):
        raise ModelError("The model's bundle.json does not match its format.")
    return value | {"format": BUNDLE_FORMAT, "vocabulary": "stages", "findings": [], "type_offsets": {}}


def check_taxonomy(manifest: BundleManifest, taxonomy: Taxonomy) -> None:
    """Check that the bundle's stages are stages of the taxonomy.

    A stage of the taxonomy that the bundle lacks is untrained; a stage may have grown choices since, at its end.

    Raises:
        ModelError: A stage or type is unknown, or the vocabulary is not that of the trained stages.
    """
    ours = {s.key: s.choices for s in taxonomy.stages}
    fits = all(s.choices == ours.get(s.key, ())[: len(s.choices)] for s in manifest.stages)
    composed = taxonomy.composing_tree([s.key for s in manifest.trained_stages]) if fits else "disease"
    unknown = set(manifest.type_offsets) - {c.key for c in taxonomy.type_leaves}
    if not fits or unknown or composed != manifest.tree:
        raise ModelError(
            Message("The model “{manifest}” was made for other classes.", manifest=manifest.name),
            "Install a model that fits this version.",
        )


def write_manifest(manifest: BundleManifest, folder: Path) -> str:
    """Write ``bundle.json`` and return its SHA-256; `files` must hold the hashes."""
    raw = (json.dumps(asdict(manifest), indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
    _validate_manifest(parse_manifest(raw))
    (folder / MANIFEST_FILE).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of the files in a bundle's folder, except ``bundle.json``."""
    names = (*REQUIRED_FILES, *OPTIONAL_FILES)
    return {n: file_sha256(folder / n) for n in names if (folder / n).exists()}


def _validate_manifest(manifest: BundleManifest) -> None:
    missing = [name for name in REQUIRED_FILES if name not in manifest.files]
    unknown = [name for name in manifest.files if name not in (*REQUIRED_FILES, *OPTIONAL_FILES)]
    if missing or unknown:
        raise ModelError(
            Message(
                "The file list of the model “{manifest}” is wrong: {names}.",
                manifest=manifest.name,
                names=", ".join(missing + unknown),
            )
        )
    if not manifest.trained_stages:
        raise ModelError(Message("The model “{manifest}” has no trained stage.", manifest=manifest.name))
    if not 0.0 <= manifest.abstain_below < 1.0:
        raise ModelError(
            Message(
                "The rejection threshold {abstain_below} of the model “{manifest}” is out of range.",
                manifest=manifest.name,
                abstain_below=manifest.abstain_below,
            )
        )
    _validate_findings(manifest)
    if len({s.key for s in manifest.stages}) != len(manifest.stages):
        raise ModelError(Message("The model “{manifest}” lists a stage twice.", manifest=manifest.name))
    for stage in manifest.stages:
        ordered = tuple(c for c in stage.choices if c in stage.trained)
        low, high = TEMPERATURE_RANGE
        if ordered != stage.trained or len(stage.trained) == 1 or not low <= stage.temperature <= high:
            raise ModelError(
                Message(
                    "The stage {stage} of the model “{manifest}” is not valid.", stage=stage.key, manifest=manifest.name
                )
            )
        if stage.set_from is not None and not (stage.trained and 0.0 <= stage.set_from <= 1.0):
            raise ModelError(
                Message(
                    "The prediction sets of the stage {stage} of “{manifest}” are not valid.",
                    stage=stage.key,
                    manifest=manifest.name,
                )
            )
    _ = manifest.net_config


def _validate_findings(manifest: BundleManifest) -> None:
    def sound(rates: PatientRates) -> bool:
        return 0 <= rates.found <= rates.ill > 0 and 0 <= rates.false <= rates.well > 0

    keys = [limits.key for limits in manifest.findings]
    numbers = [v for limits in manifest.findings for v in (limits.grey, limits.suspicious)]
    numbers += manifest.type_offsets.values()
    rates = [r for limits in manifest.findings for r in (limits.at_grey, limits.at_suspicious)]
    if len(set(keys)) != len(keys) or not all(map(math.isfinite, numbers)) or not all(map(sound, rates)):
        raise ModelError(Message("The findings of the model “{manifest}” are not valid.", manifest=manifest.name))
