from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch

from leukview.core.errors import LeukViewError, ModelError
from leukview.domain.models.labelled_cells import LabelledCell
from leukview.domain.taxonomy import Taxonomy
from leukview.inference.bundles.bundle import WEIGHTS_FILE, load_bundle
from leukview.inference.networks.config import Architecture
from leukview.inference.networks.pmg import PmgNet
from tests.support.tiny_bundle import write_tiny_bundle
from tests.training.evaluation.test_evaluate import CONFIG
from training.classifier.finetune import fine_tuning_config, load_bundle_weights, read_origin
from training.config import PmgSize, TrainConfig, read_config
from training.data.dataset import sampling_weights
from training.data.merge_datasets import merge_datasets


@pytest.fixture(scope="module", params=["shared", "paper"])
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy) -> Path:
    """A bundle that knows every stage."""
    torch.set_num_threads(1)
    return write_tiny_bundle(tmp_path_factory.mktemp("tiny") / "b", taxonomy, architecture=request.param)


def config_of(bundle: Path, tmp_path: Path) -> TrainConfig:
    """The configuration that a bundle was trained with."""
    manifest = load_bundle(bundle).manifest
    (tmp_path / "c.toml").write_text(CONFIG, encoding="utf-8")
    net = manifest.net
    return replace(
        read_config(tmp_path / "c.toml"),
        architecture=net.architecture,
        pooling=net.pooling,
        trunk=net.trunk,
        pmg=PmgSize(net.block_inner, net.block, net.hidden),
        preprocessing=manifest.preprocessing,
    )


def reduced_bundle(bundle: Path, folder: Path, architecture: Architecture) -> Path:
    """The same bundle without a head, and with one choice less in a stage: what an earlier training knew."""
    whole = load_bundle(bundle)
    stages = tuple(
        replace(s, trained=(), set_from=None)
        if s.key == "apl"
        else replace(s, trained=s.trained[:-1] if s.key == "stage2b" else s.trained)
        for s in whole.manifest.stages
    )
    manifest = replace(whole.manifest, stages=stages)
    net = PmgNet(manifest.net_config)
    folder.mkdir()
    for name, content in whole.file_contents.items():
        (folder / name).write_bytes(content)
    safetensors.torch.save_file({k: v.contiguous() for k, v in net.state_dict().items()}, folder / WEIGHTS_FILE)
    from leukview.inference.bundles.bundle import hash_files, write_manifest

    write_manifest(replace(manifest, files=hash_files(folder)), folder)
    assert manifest.net.architecture == architecture
    return folder


def test_that_a_network_begins_where_the_bundle_ended(bundle: Path, tmp_path: Path, taxonomy: Taxonomy):
    found = load_bundle(bundle)
    net = PmgNet(found.manifest.net_config)
    words = load_bundle_weights(bundle, net, config_of(bundle, tmp_path), taxonomy, tmp_path)
    assert "the same stages and choices" in words
    weights = safetensors.torch.load(found.file_contents[WEIGHTS_FILE])
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())
    assert read_origin(tmp_path) == {"name": found.manifest.name, "sha256": found.sha256}
    assert read_origin(tmp_path / "elsewhere") is None


def test_that_stages_and_choices_may_grow_and_what_was_known_stays(bundle: Path, tmp_path: Path, taxonomy: Taxonomy):
    whole = load_bundle(bundle).manifest
    small = reduced_bundle(bundle, tmp_path / "small", whole.net.architecture)
    net = PmgNet(whole.net_config)
    words = load_bundle_weights(small, net, config_of(bundle, tmp_path), taxonomy, tmp_path)
    assert "new: stage apl, stage2b: basophil" in words
    before = PmgNet(load_bundle(small).manifest.net_config)
    before.load_state_dict(safetensors.torch.load((small / WEIGHTS_FILE).read_bytes()))
    images = torch.randn(2, 3, 64, 64)
    old, new = before.eval().combined_logits(images), net.eval().combined_logits(images)
    torch.testing.assert_close(new["stage1"], old["stage1"])
    torch.testing.assert_close(new["stage2b"][:, :4], old["stage2b"])


def test_that_what_cannot_grow_is_said_clearly(bundle: Path, tmp_path: Path, taxonomy: Taxonomy):
    whole = load_bundle(bundle).manifest
    config = config_of(bundle, tmp_path)
    stages = tuple((k, c[:-1] if k == "stage2b" else c) for k, c in whole.net_config.stages)
    with pytest.raises(ModelError, match=r"can no longer train \(stage2b: basophil\)") as caught:
        load_bundle_weights(bundle, PmgNet(replace(whole.net_config, stages=stages)), config, taxonomy, tmp_path)
    assert "training.data.merge_datasets" in caught.value.hint
    wider = replace(whole.net_config, hidden=whole.net_config.hidden * 2)
    with pytest.raises(ModelError, match="another network"):
        load_bundle_weights(bundle, PmgNet(wider), config, taxonomy, tmp_path)
    other = replace(config, preprocessing=replace(config.preprocessing, field=0.5))
    with pytest.raises(ModelError, match="sees its cells otherwise"):
        load_bundle_weights(bundle, PmgNet(whole.net_config), other, taxonomy, tmp_path)
    assert read_origin(tmp_path) is None


def test_that_fine_tuning_skips_the_phase_of_new_heads_and_learns_slower(bundle: Path, tmp_path: Path):
    config = config_of(bundle, tmp_path)
    fine = fine_tuning_config(config)
    assert fine.plain_part == 0
    assert fine.progressive.rate < config.progressive.rate


def test_that_a_label_of_more_weight_is_drawn_more_often():
    cell = LabelledCell("a", "f", "site", "P", "AML", "blast", "train", "1")
    plain, heavy = sampling_weights([cell, replace(cell, sha1="2", weight=1.5, reviewers=2)])
    assert heavy == pytest.approx(1.5 * plain)
    assert plain + heavy == pytest.approx(1)


def write_archive(folder: Path, name: str, row: str) -> Path:
    (folder / "cells").mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "cells" / f"cells-{name}.zip", "w") as file:
        head = "file,source,patient,diagnosis,cell_class,split,sha1_of_original,weight,reviewers,mask"
        file.writestr("manifest.csv", f"{head}\n{row}\n")
        file.writestr("a.png", json.dumps(row))
    return folder


def test_that_folders_are_mixed_and_newer_corrections_replace_older_ones(tmp_path: Path):
    base = write_archive(tmp_path / "base", "base", "a.png,known,A,AML,blast,,s1,,,")
    old = write_archive(tmp_path / "old", "site-corrections", "a.png,site,P1,,blast,train,s2,1.0,1,")
    new = write_archive(tmp_path / "new", "site-corrections", "a.png,site,P1,,monocyte,train,s2,1.5,2,")
    cells = merge_datasets([base, old, new], tmp_path / "mixed")
    assert [(c.cell_class, c.weight, c.reviewers) for c in cells] == [("blast", 1.0, 0), ("monocyte", 1.5, 2)]
    with pytest.raises(LeukViewError, match="no labelled cells"):
        merge_datasets([tmp_path], tmp_path / "mixed")
    with pytest.raises(LeukViewError, match="one of the folders"):
        merge_datasets([base], base)
