import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leukview.core.errors import ModelError
from leukview.core.paths import resources_dir
from leukview.domain.findings import FINDINGS, FindingLimits, PatientRates
from leukview.domain.prediction import class_probabilities
from leukview.domain.site_adaptation import SiteAdaptation, SiteLayer
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import (
    BUNDLE_FORMAT,
    MANIFEST_FILE,
    ONNX_FILE,
    SITE_LAYER_FILE,
    WEIGHTS_FILE,
    BundleManifest,
    hash_files,
    load_bundle,
    parse_manifest,
    write_manifest,
)
from leukview.inference.bundles.site_layer import write_site_layer
from leukview.inference.classification.classifier_factory import load_classifier, shipped_bundle_in
from leukview.services.ports.inference import ClassifierOutput
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


def finding(**changes: Any) -> dict[str, Any]:
    rates = {"found": 9, "ill": 10, "false": 1, "well": 30}
    return {"key": "apl", "grey": 0.0, "suspicious": 1.0, "at_grey": rates, "at_suspicious": rates} | changes


def load_manifest(folder: Path) -> BundleManifest:
    return parse_manifest((folder / MANIFEST_FILE).read_bytes())


def test_that_a_bundle_is_known_by_the_hash_of_its_description(tiny, taxonomy):
    bundle = load_bundle(tiny, taxonomy)
    assert bundle.sha256 == hashlib.sha256((tiny / MANIFEST_FILE).read_bytes()).hexdigest()
    assert bundle.manifest.name == "tiny-random"
    known = [s.key for s in taxonomy.stages if s.tree != "type" and s.key != "lymphoid_neoplasm"]
    assert [s.key for s in bundle.manifest.trained_stages] == known


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
        lambda v: v.update(format=4),
        lambda v: v.update(format=2),  # which knew no types
        lambda v: v.update(vocabulary="moods"),
        lambda v: v.update(type_offsets={"blast": float("inf")}),
        lambda v: v["stages"].append(v["stages"][0]),
        lambda v: v.update(findings=[finding(grey=2.0)]),
        lambda v: v.update(findings=[finding(grey=float("nan"))]),
        lambda v: v.update(findings=[finding(), finding()]),
        lambda v: v.update(findings=[finding(key="moon")]),
        lambda v: v.update(findings=[finding(at_grey={"found": 3, "ill": 2, "false": 0, "well": 1})]),
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


def downgrade(value: Any) -> None:
    """Make a description one of format 2."""
    value["format"] = 2
    for name in ("vocabulary", "findings", "type_offsets"):
        del value[name]


def test_that_a_bundle_of_the_second_format_is_read_and_gives_the_same(copy, tiny, taxonomy):
    edit_manifest(copy, downgrade)
    bundle = load_bundle(copy, taxonomy)
    assert (bundle.manifest.format, bundle.manifest.vocabulary) == (BUNDLE_FORMAT, "stages")
    assert bundle.manifest.findings == ()
    image = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    cell = [image], [np.ones((50, 50), np.uint8)]
    [old], [new] = (load_classifier(folder, threads=1, taxonomy=taxonomy).classify(*cell) for folder in (copy, tiny))
    assert old.stages == new.stages


def test_that_findings_types_and_offsets_survive_the_description(copy, taxonomy):
    rates = PatientRates(19, 20, 2, 40)
    limits = FindingLimits("apl", -0.5, 1.25, rates, rates)
    manifest = replace(load_bundle(copy).manifest, findings=(limits,))
    write_manifest(manifest, copy)
    assert load_bundle(copy, taxonomy).manifest == manifest


def test_that_a_vocabulary_that_the_stages_do_not_have_is_refused(copy, taxonomy):
    edit_manifest(copy, lambda v: v.update(vocabulary="types"))
    with pytest.raises(ModelError, match="other classes"):
        load_bundle(copy, taxonomy)


def test_that_a_stage_may_have_grown_choices_since(tiny, taxonomy):
    first, *rest = taxonomy.stages
    grown = replace(taxonomy, stages=(replace(first, choices=(*first.choices, "bubble")), *rest))
    load_bundle(tiny, grown)
    with pytest.raises(ModelError, match="other classes"):
        load_bundle(tiny, replace(taxonomy, stages=(replace(first, choices=first.choices[:-1]), *rest)))


@pytest.fixture(scope="module")
def typed(tmp_path_factory, taxonomy):
    return write_tiny_bundle(tmp_path_factory.mktemp("typed") / "tiny", taxonomy, vocabulary="types")


def classify_one(folder: Path, taxonomy: Taxonomy) -> ClassifierOutput:
    image = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    [found] = load_classifier(folder, threads=1, taxonomy=taxonomy).classify([image], [np.ones((50, 50), np.uint8)])
    return found


def test_that_offsets_change_the_types_and_nothing_else(typed, tmp_path, taxonomy):
    folder = shutil.copytree(typed, tmp_path / "copy")
    edit_manifest(folder, lambda v: v.update(type_offsets={"plasma_cell": 3.0}))
    before, after = classify_one(typed, taxonomy), classify_one(folder, taxonomy)
    plain, raised = (class_probabilities(taxonomy, found.stages) for found in (before, after))
    assert set(plain) == {c.key for c in taxonomy.type_leaves}
    odds = [p["plasma_cell"] / (1 - p["plasma_cell"]) for p in (plain, raised)]
    assert odds[1] / odds[0] == pytest.approx(math.exp(3.0))
    assert raised["lymphocyte"] / raised["variant_lymphocyte"] == pytest.approx(
        plain["lymphocyte"] / plain["variant_lymphocyte"]
    )
    unchanged = {s.stage for s, t in zip(before.stages, after.stages, strict=True) if s == t}
    assert {"stage1", "apl", "lymphoid_neoplasm", "stage2b"} <= unchanged
    edit_manifest(folder, lambda v: v.update(type_offsets={"neutrophil": 3.0}))  # no leaf
    with pytest.raises(ModelError, match="other classes"):
        load_bundle(folder, taxonomy)


def test_that_a_sites_layer_maps_the_composed_classes_of_its_bundle(typed, tmp_path, taxonomy):
    folder = shutil.copytree(typed, tmp_path / "copy")
    before = classify_one(folder, taxonomy)
    plain = class_probabilities(taxonomy, before.stages)
    classes, width = tuple(plain), len(before.features)
    bias = np.asarray([4.0 if key == "eosinophil" else 0.0 for key in classes])
    none = np.zeros(len(classes), bool)
    adaptation = SiteAdaptation(np.zeros(width), np.ones(width), 1.0, bias, np.zeros((width, len(classes))), none, 0.1)

    def install(content: bytes) -> None:
        (folder / SITE_LAYER_FILE).write_bytes(content)
        write_manifest(replace(load_manifest(folder), files=hash_files(folder)), folder)

    install(write_site_layer(SiteLayer(classes, adaptation)))
    after = classify_one(folder, taxonomy)
    adapted = class_probabilities(taxonomy, after.stages)
    assert adapted["eosinophil"] / adapted["monocyte"] == pytest.approx(
        math.exp(4.0) * plain["eosinophil"] / plain["monocyte"]
    )
    assert np.array_equal(after.features, before.features)
    install(write_site_layer(SiteLayer(("moon", *classes[1:]), adaptation)))
    with pytest.raises(ModelError, match="of other classes"):
        load_classifier(folder, threads=1, taxonomy=taxonomy)
    for content in (b"", b"PK\x03\x04 no archive", write_site_layer(SiteLayer(classes, adaptation))[:-40]):
        install(content)
        with pytest.raises(ModelError, match="cannot be read"):
            load_classifier(folder, threads=1, taxonomy=taxonomy)
    install(write_site_layer(SiteLayer(classes, replace(adaptation, scale=np.zeros(width)))))
    with pytest.raises(ModelError, match="not sound"):
        load_classifier(folder, threads=1, taxonomy=taxonomy)


def test_that_a_bundle_of_the_first_format_is_read_and_gives_no_sets(copy, taxonomy):
    def first(value: Any) -> None:
        downgrade(value)
        value["format"] = 1
        for stage in value["stages"]:
            del stage["set_from"]

    edit_manifest(copy, first)
    bundle = load_bundle(copy, taxonomy)
    assert bundle.manifest.format == BUNDLE_FORMAT
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
    assert {"gate", "stage1", "stage2b", "stage2t", "apl", "lymphoid_neoplasm", "lineage"} <= set(trained)
    assert not {"stage3m", "stage3l", "ph"} & set(trained)
    assert "prolymphocyte" not in trained["lymphoid"]
    for stage in manifest.stages:
        assert all(stage.support[choice] > 0 for choice in stage.trained)
        # Maturity is learnt as the type; what the labels say of the stage of that name is counted all the same.
        assert stage.trained or stage.key == "maturity" or sum(n > 0 for n in stage.support.values()) < 2
    assert sum(p.stat().st_size for p in folder.iterdir()) < 40 * 2**20
    for entry in manifest.metrics["test_patients"]["stages"].values():
        assert entry["macro_f1"]["value"] > entry["majority_macro_f1"]
    assert manifest.metrics["test_patients"]["classes"]["accuracy"]["value"] > 0.5
    assert not set(manifest.provenance["test_patients"]), "every patient taught; the figures are out of fold"
    assert manifest.vocabulary == "types"
    assert {limits.key for limits in manifest.findings} == set(FINDINGS)
    apl = next(limits for limits in manifest.findings if limits.key == "apl")
    assert apl.at_grey.sensitivity.high > 0.95, "the lower limit is there to find"
    assert apl.at_suspicious.found / apl.at_suspicious.ill > 0.75
    assert apl.at_suspicious.false / apl.at_suspicious.well < 0.1
