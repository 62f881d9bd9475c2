import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leukview.core.errors import ModelError
from leukview.core.paths import resources_dir
from leukview.inference.bundles.bundle import MANIFEST_FILE, ONNX_FILE, WEIGHTS_FILE, load_bundle
from leukview.inference.classification.classifier_factory import load_classifier, shipped_bundle_in
from tests.support.tiny_bundle import write_tiny_bundle


@pytest.fixture(scope="module")
def tiny(tmp_path_factory, taxonomy):
    return write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny", taxonomy)


@pytest.fixture
def copy(tiny, tmp_path):
    return shutil.copytree(tiny, tmp_path / "copy")


def edit_manifest(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / MANIFEST_FILE
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def test_that_a_bundle_is_known_by_the_hash_of_its_description(tiny, taxonomy):
    bundle = load_bundle(tiny, taxonomy)
    assert bundle.sha256 == hashlib.sha256((tiny / MANIFEST_FILE).read_bytes()).hexdigest()
    assert bundle.manifest.name == "tiny-random"
    assert [s.key for s in bundle.manifest.trained_stages] == [s.key for s in taxonomy.stages]


@pytest.mark.parametrize("name", [ONNX_FILE, WEIGHTS_FILE])
def test_that_one_changed_byte_is_refused(copy, name):
    path = copy / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ModelError, match="damaged"):
        load_bundle(copy)


def test_that_a_missing_file_is_named(copy):
    (copy / WEIGHTS_FILE).unlink()
    with pytest.raises(ModelError, match=WEIGHTS_FILE):
        load_bundle(copy)


def test_that_a_folder_without_a_description_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="no model"):
        load_bundle(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(format=3),
        lambda v: v.update(format=1),  # which knew no prediction sets
        lambda v: v.update(format=True),
        lambda v: v["stages"][0].update(set_from=1.5),
        lambda v: v["stages"][0].update(set_from="0.5"),
        lambda v: v["stages"][0].pop("set_from"),
        lambda v: v["stages"][0].update(trained=[], set_from=0.5),
        lambda v: v.update(surprise=1),
        lambda v: v.pop("licences"),
        lambda v: v["preprocessing"].update(background="melt"),
        lambda v: v["preprocessing"].update(side="64"),
        lambda v: v["preprocessing"].update(std=[0.0, 1.0, 1.0]),
        lambda v: v["preprocessing"].update(mean=[0.5]),
        lambda v: v["net"].update(architecture="guess"),
        lambda v: v["net"]["trunk"].update(groups=3),
        lambda v: v["stages"][0].update(trained=["leukocyte"]),
        lambda v: v["stages"][0].update(trained=["platelet", "leukocyte"]),
        lambda v: v["stages"][0].update(temperature=0),
        lambda v: v["files"].update({"../evil.onnx": "0" * 64}),
        lambda v: v["files"].pop(ONNX_FILE),
        lambda v: v.update(abstain_below=1.5),
        lambda v: [s.update(trained=[]) for s in v["stages"]],
    ],
)
def test_that_a_description_that_does_not_fit_the_format_is_refused(copy, change):
    edit_manifest(copy, change)
    with pytest.raises(ModelError):
        load_bundle(copy)


def test_that_a_bundle_of_the_first_format_is_read_and_gives_no_sets(copy, taxonomy):
    def first(value: Any) -> None:
        value["format"] = 1
        for stage in value["stages"]:
            del stage["set_from"]

    edit_manifest(copy, first)
    bundle = load_bundle(copy, taxonomy)
    assert bundle.manifest.format == 2
    assert all(s.set_from is None for s in bundle.manifest.stages)
    image = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    [found] = load_classifier(copy, threads=1).classify([image], [np.ones((50, 50), np.uint8)])
    assert all(answer.prediction_set_95 == () for answer in found.stages)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{"])
def test_that_a_description_that_is_no_json_object_is_refused(copy, content):
    (copy / MANIFEST_FILE).write_bytes(content)
    with pytest.raises(ModelError):
        load_bundle(copy)


def test_that_a_bundle_for_other_classes_is_refused(tiny, taxonomy):
    first, *rest = taxonomy.stages
    other = replace(taxonomy, stages=(replace(first, choices=first.choices[::-1]), *rest))
    with pytest.raises(ModelError, match="other classes"):
        load_bundle(tiny, other)


def test_that_the_embedded_bundle_is_sound_and_says_what_it_was_not_trained_on(taxonomy):
    folder = shipped_bundle_in(resources_dir())
    manifest = load_bundle(folder, taxonomy).manifest
    trained = {s.key: s.trained for s in manifest.trained_stages}
    assert set(trained) == {"gate", "stage1", "maturity", "stage2b", "apl"}
    assert "artefact" not in trained["gate"]
    for stage in manifest.stages:
        assert all(stage.support[choice] > 0 for choice in stage.trained)
        assert stage.trained or sum(n > 0 for n in stage.support.values()) < 2
    assert sum(p.stat().st_size for p in folder.iterdir()) < 40 * 2**20
    stages = manifest.metrics["test_patients"]["stages"]
    for entry in stages.values():
        assert entry["macro_f1"]["value"] > entry["majority_macro_f1"]
    assert manifest.metrics["test_patients"]["classes"]["accuracy"]["value"] > 0.5
    tests = set(manifest.provenance["test_patients"])
    assert tests
    assert not tests & set(manifest.provenance["validation_patients"])
