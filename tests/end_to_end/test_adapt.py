"""A site calibrates the model in use from its own reviewed cells, by the command line, and takes it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.bootstrap import composition, model_loading
from leukview.cli.main import main as leukview
from leukview.core.paths import data_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.importers.training_archive import load_labelled_cells
from leukview.inference.bundles.bundle import SITE_LAYER_FILE, load_bundle
from leukview.inference.bundles.site_layer import read_site_layer
from tests.end_to_end.test_corrections_loop import write_colour_archive
from tests.manual.corrections_loop import FIRST_READER, import_and_review, use_shipped_bundle
from tests.support.tiny_bundle import write_tiny_bundle

COLOURS = {
    "blast": (90, 20, 120),
    "lymphocyte": (40, 60, 200),
    "segmented_neutrophil": (220, 120, 160),
    "eosinophil": (230, 90, 40),
    "erythroblast": (60, 190, 90),
}
GUARDS = """
version = 1
[[guards]]
figure = "macro_f1"
margin = 0.0
least_cells = 20
least_patients = 2
required = true
[[guards]]
figure = "blasts_missed"
margin = 0.0
least_cells = 5
least_patients = 2
required = true
"""


@pytest.fixture
def site(tmp_path: Path, taxonomy: Taxonomy) -> Iterator[Path]:
    """Ten signed slides; the model in use has random weights, so that it names nothing right but by chance."""
    bundle = write_tiny_bundle(tmp_path / "champion", taxonomy, vocabulary="types")
    data = write_colour_archive(tmp_path / "site", "site", "", 10, COLOURS, 3, seed=1)
    with use_shipped_bundle(bundle):
        import_and_review(load_labelled_cells(data), data, tmp_path)
        yield bundle


def test_that_reviewed_cells_calibrate_the_model_and_the_guards_decide(
    site: Path, tmp_path: Path, taxonomy: Taxonomy, capsys: pytest.CaptureFixture[str]
):
    output = tmp_path / "adapted"
    command = ["adapt", "--output", str(output), "--install", "--reviewer", FIRST_READER]
    assert leukview(command) == 1, "the shipped guards ask for more patients than these"
    assert model_loading.active_bundle_path() == site
    shown = capsys.readouterr().out
    found = [re.search(text, shown) for text in (r"Calibrated with (\d+)", r"Based on (\d+) cells of")]
    fitted, held_out = (int(match[1]) if match else 0 for match in found)
    assert 110 <= fitted <= 120, "eight patients; cells on which two readers differ are left out"
    assert 26 <= held_out <= 30, "two patients"

    (data_dir() / "guards.toml").write_text(GUARDS, encoding="utf-8")
    assert leukview(command) == 0, capsys.readouterr()
    installed = model_loading.active_bundle_path()
    assert installed != site
    written = json.loads((output / "comparison.json").read_text(encoding="utf-8"))
    (ours,) = written["sets"]
    figures = {f["key"]: f for f in ours["figures"]}
    assert figures["accuracy"]["candidate"]["value"] > figures["accuracy"]["champion"]["value"] + 0.3
    assert figures["blast_sensitivity"]["cells"] >= 5

    bundle = load_bundle(installed, taxonomy)
    layer = read_site_layer(bundle.file_contents[SITE_LAYER_FILE])
    protected = {key for key, kept in zip(layer.classes, layer.adaptation.protected, strict=True) if kept}
    assert {"blast", "promonocyte", "abnormal_promyelocyte"} <= protected
    assert bundle.manifest.provenance["adapted_from"]["sha256"] == load_bundle(site).sha256
    assert "Calibrated for a site" in bundle.file_contents["MODEL_CARD.md"].decode()
    assert load_bundle(site).file_contents["classifier.onnx"] == bundle.file_contents["classifier.onnx"]

    assert leukview(["adapt", "--output", str(tmp_path / "again")]) in {0, 1}
    again = load_bundle(tmp_path / "again" / "bundle", taxonomy)
    assert again.manifest.provenance["adapted_from"]["name"] == "tiny-random", "never a layer on a layer"
    assert sorted(p.name for p in (tmp_path / "again").iterdir()) == ["bundle", "comparison.html", "comparison.json"]

    assert leukview(["models", "rollback", "--reviewer", FIRST_READER, "--reason", "a trial"]) == 0
    assert model_loading.active_bundle_path() == site


def test_that_a_site_without_reviewed_cells_gets_a_sentence(
    tmp_path: Path, taxonomy: Taxonomy, capsys: pytest.CaptureFixture[str]
):
    with use_shipped_bundle(write_tiny_bundle(tmp_path / "champion", taxonomy, vocabulary="types")):
        assert leukview(["adapt", "--output", str(tmp_path / "adapted")]) == 1
    assert "no patient kept for comparison" in capsys.readouterr().err
    assert not (tmp_path / "adapted" / "bundle").exists()
    with composition.open_workbench(model_loading.RuntimeOptions()) as workbench:
        assert workbench.site_adaptation is not None
