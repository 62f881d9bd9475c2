import csv
import hashlib
import io
import stat
import sys
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

from leukview.core.errors import LeukViewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.synthetic import write_demo_export
from training.data import build_manifest
from training.data.build_manifest import collect_cells, split_cells, split_groups, summarise_cells, write_archive
from training.data.dataset import TEST, TRAIN, VAL, load_labelled_cells, read_taxonomy, stage_targets
from training.data.importers import (
    SYNTHETIC_CLASSES,
    LabelledImage,
    apply_disease_classes,
    pseudonymise,
    read_diagnoses,
    read_disease_cells,
    read_export,
    read_pseudonym_secret,
    synthetic_images,
)

TAXONOMY = read_taxonomy()
DIAGNOSES = {"Synthetic_01": "normal", "Synthetic_02": "AML", "Synthetic_03": "APL", "Synthetic_04": "CLL"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """An export of four synthetic slides of sixteen cells."""
    folder = tmp_path_factory.mktemp("demo") / "export"
    write_demo_export(
        folder, slides=4, cells=16, seed=5, taxonomy=TAXONOMY, token=CancelToken(), reporter=null_reporter
    )
    return folder


def make_labelled_image(number, patient="", diagnosis="normal", cell_class="lymphocyte", source="site"):
    """A picture of smooth noise, like no other number's."""
    noise = np.random.default_rng(number).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).resize((96, 96), Image.Resampling.BICUBIC).save(stream, "PNG")
    return LabelledImage(f"{number}.png", partial(bytes, stream.getvalue()), source, patient, diagnosis, cell_class)


def test_that_an_export_is_read_with_the_laboratorys_labels_and_the_patients_diagnoses(demo):
    items = read_export(demo, "here", DIAGNOSES, TAXONOMY)
    assert {i.patient: i.diagnosis for i in items} == DIAGNOSES
    assert {i.source for i in items} == {"here"}
    truth = {}
    for table in sorted((demo / "ground-truth").glob("*/labels.csv")):
        with table.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["signed_file"]:
                    truth[(table.parent.name, f"Signed slides/{row['signed_file']}")] = row["laboratory_class"]
    assert {(i.patient, i.name): i.cell_class for i in items} == truth
    with Image.open(io.BytesIO(items[0].read_bytes())) as picture:
        assert picture.size == (360, 363)


def test_that_a_patient_whom_the_table_does_not_name_stops_the_reading_unless_there_is_a_diagnosis_for_all(demo):
    with pytest.raises(LeukViewError, match=r"lacks 3 .* “Synthetic_02”"):
        read_export(demo, "here", {"Synthetic_01": "normal"}, TAXONOMY)
    items = read_export(demo, "here", {"Synthetic_01": "normal", "": "MDS"}, TAXONOMY)
    assert Counter({i.patient: i.diagnosis for i in items}.values()) == {"normal": 1, "MDS": 3}


def test_that_a_table_of_patients_must_have_its_columns_and_known_diagnoses(tmp_path):
    table = tmp_path / "patients.csv"
    table.write_text("\ufeffpatient,diagnosis\nA,AML\nB,\n", encoding="utf-8")
    assert read_diagnoses(table, TAXONOMY) == {"A": "AML", "B": ""}
    table.write_text("patient,disease\nA,AML\n", encoding="utf-8")
    with pytest.raises(LeukViewError, match="the column diagnosis is missing"):
        read_diagnoses(table, TAXONOMY)
    table.write_text("patient,diagnosis\nA,flu\n", encoding="utf-8")
    with pytest.raises(LeukViewError, match="“flu” is unknown"):
        read_diagnoses(table, TAXONOMY)
    with pytest.raises(LeukViewError, match="cannot be read"):
        read_diagnoses(tmp_path / "gone.csv", TAXONOMY)


def test_that_the_lymphocytes_of_a_chronic_lymphocytic_leukaemia_become_the_disease_only_when_told(tmp_path):
    table = tmp_path / "cells.toml"
    table.write_text('[CLL]\nlymphocyte = "cll"\n[HCL]\n"Hairy cells" = "hcl"\n', encoding="utf-8")
    rule = read_disease_cells(table, TAXONOMY)
    hairy = replace(make_labelled_image(3, "C", "HCL", "other"), source_class="Hairy cells")
    items = (
        make_labelled_image(1, "A", "CLL"),
        make_labelled_image(2, "B", "AML"),
        hairy,
        make_labelled_image(4, "A", "CLL", "monocyte"),
    )
    assert [i.cell_class for i in apply_disease_classes(items, rule)] == ["cll", "lymphocyte", "hcl", "monocyte"]
    assert apply_disease_classes(items, {}) == items
    for wrong, told in (('[CLL]\nlymphocyte = "unicorn"\n', "unknown class"), ("[flu]\n", "flu"), ("[", "read")):
        table.write_text(wrong, encoding="utf-8")
        with pytest.raises(LeukViewError, match=told):
            read_disease_cells(table, TAXONOMY)


def test_that_the_shipped_table_of_disease_cells_reads():
    from pathlib import Path

    rule = read_disease_cells(Path(build_manifest.__file__).parents[1] / "configs" / "disease_cells.toml", TAXONOMY)
    assert {"CLL", "PCL", "HCL"} <= set(rule)


def test_that_pseudonyms_say_nothing_stay_the_same_for_a_key_and_differ_between_keys(tmp_path):
    key = read_pseudonym_secret(tmp_path / "deep" / "key")
    assert read_pseudonym_secret(tmp_path / "deep" / "key") == key
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "deep" / "key").stat().st_mode) == 0o600
    items = [
        make_labelled_image(1, "Doe_Jane"),
        make_labelled_image(2, "Doe_Jane"),
        make_labelled_image(3, "Roe"),
        make_labelled_image(4),
    ]
    one, other = pseudonymise(items, key), pseudonymise(items, b"x" * 32)
    assert one[0].patient == one[1].patient != one[2].patient
    assert one[3].patient == ""
    assert one[0].patient != other[0].patient
    assert "Doe" not in one[0].patient


def test_that_groups_are_split_in_each_stratum_by_name_alone():
    strata = {f"P{i}": "AML" if i < 20 else "HCL" if i < 23 else "PCL" if i < 25 else "MDS" for i in range(26)}
    found = split_groups(strata, "seed")
    counts = {s: Counter(found[g] for g in strata if strata[g] == s) for s in ("AML", "HCL", "PCL", "MDS")}
    assert counts["AML"] == {TEST: 4, VAL: 2, TRAIN: 14}
    assert counts["HCL"] == {TEST: 1, VAL: 1, TRAIN: 1}
    assert counts["PCL"] == {TEST: 1, TRAIN: 1}
    assert counts["MDS"] == {TRAIN: 1}
    assert found == split_groups(dict(reversed(strata.items())), "seed")
    assert found != split_groups(strata, "other seed")


def test_that_patients_stay_whole_and_cells_without_one_stay_with_their_likes():
    named = [make_labelled_image(10 * p + i, f"P{p}", "AML", "blast") for p in range(10) for i in range(3)]
    lonely = [make_labelled_image(1000 + i) for i in range(30)]
    twin = replace(lonely[0], read_bytes=partial(bytes, _brighter(lonely[0].read_bytes())))
    done = split_cells(collect_cells([*named, *lonely, twin], TAXONOMY))
    splits = defaultdict(set)
    for c in done.cells:
        splits[c.patient].add(c.split)
    assert all(len(splits[f"P{p}"]) == 1 for p in range(10))
    assert splits[""] == {TRAIN, VAL, TEST}
    digests = [hashlib.sha1(i.read_bytes(), usedforsecurity=False).hexdigest() for i in (lonely[0], twin)]
    assert len({c.split for c in done.cells if c.sha1 in digests}) == 1
    assert len(done.cells) == 61


def _brighter(content):
    with Image.open(io.BytesIO(content)) as picture:
        pixels = np.asarray(picture)
    stream = io.BytesIO()
    Image.fromarray(np.clip(pixels * 0.9 + 20, 0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def test_that_a_picture_like_one_of_a_patient_kept_aside_is_left_out():
    items = [make_labelled_image(10 * p + i, f"P{p}", "AML", "blast") for p in range(5) for i in range(2)]
    before = split_cells(collect_cells(items, TAXONOMY))
    place = {c.patient: c.split for c in before.cells}
    trained, tested = (next(p for p in sorted(place) if place[p] == s) for s in (TRAIN, TEST))
    original = next(i for i in items if i.patient == tested)
    copy = replace(original, patient=trained, read_bytes=partial(bytes, _brighter(original.read_bytes())))
    after = split_cells(collect_cells([*items, copy], TAXONOMY))
    assert Counter(c.split for c in after.cells) == Counter(c.split for c in before.cells)
    assert after.exclusions == {"the picture is nearly that of a cell kept aside": 1}


def test_that_what_cannot_be_learned_from_is_left_out_and_counted():
    broken = replace(make_labelled_image(1), read_bytes=partial(bytes, b"no picture"))
    torn = [make_labelled_image(5), replace(make_labelled_image(5), cell_class="monocyte")]
    found = collect_cells(
        [
            make_labelled_image(1),
            make_labelled_image(2, cell_class="unidentified"),
            broken,
            make_labelled_image(3),
            make_labelled_image(3),
            *torn,
        ],
        TAXONOMY,
    )
    assert len(found.cells) == 2
    assert found.exclusions == {
        "the label says nothing": 1,
        "the image does not decode": 1,
        "the image is there already, or with another label": 3,
    }
    with pytest.raises(LeukViewError, match="no labelled cell"):
        collect_cells([broken], TAXONOMY)


def test_that_a_patient_with_two_diagnoses_is_refused():
    with pytest.raises(LeukViewError, match="two diagnoses"):
        collect_cells([make_labelled_image(1, "A", "AML"), make_labelled_image(2, "A", "CLL")], TAXONOMY)


def test_that_what_is_packed_is_what_the_training_reads_with_the_same_splits(tmp_path):
    items = [make_labelled_image(10 * p + i, f"P{p}", "AML", "blast") for p in range(5) for i in range(2)]
    done = split_cells(collect_cells([*items, *(make_labelled_image(1000 + i) for i in range(6))], TAXONOMY))
    path = write_archive(done, tmp_path, "here")
    assert path == tmp_path / "cells" / "cells-here.zip"
    read = load_labelled_cells(tmp_path)
    assert {c.sha1: (c.split, c.patient, c.cell_class) for c in read} == {
        c.sha1: (c.split, c.patient, c.cell_class) for c in done.cells
    }
    with zipfile.ZipFile(path) as archive:
        for cell in read:
            assert hashlib.sha1(archive.read(cell.file), usedforsecurity=False).hexdigest() == cell.sha1


def test_that_an_unknown_split_of_a_settled_source_is_refused(tmp_path):
    done = split_cells(collect_cells([make_labelled_image(i, f"P{i}", "AML", "blast") for i in range(5)], TAXONOMY))
    write_archive(
        replace(done, cells=tuple(replace(c, split=c.split if c.split == TEST else "?") for c in done.cells)),
        tmp_path,
        "x",
    )
    with pytest.raises(LeukViewError, match="unknown data split"):
        load_labelled_cells(tmp_path)


def test_that_synthetic_cells_determine_every_choice_of_every_stage():
    items = list(synthetic_images(len(SYNTHETIC_CLASSES), 0, TAXONOMY, side=48))
    cells = collect_cells(items, TAXONOMY).cells
    targets = stage_targets(cells, TAXONOMY, [(s.key, s.choices) for s in TAXONOMY.stages])
    for column, stage in enumerate(TAXONOMY.stages):
        found = {stage.choices[choice] for choice in targets[:, column].tolist() if choice >= 0}
        if stage.key == "maturity":  # immature cells tell what they are and are silent on malignancy
            assert found == {"mature"}
        elif stage.tree != "type" and stage.key != "lymphoid_neoplasm":
            assert found == set(stage.choices), stage.key
    assert {i.source for i in items} == {"synthetic"}
    assert all(i.patient.startswith("synthetic ") for i in items)


def test_that_the_command_packs_an_export_and_says_what_it_holds(demo, tmp_path, monkeypatch, capsys):
    (tmp_path / "patients.csv").write_text(
        "patient,diagnosis\n" + "".join(f"{p},{d}\n" for p, d in DIAGNOSES.items()), encoding="utf-8"
    )
    command = ["manifest", "--output", str(tmp_path / "packed"), "--site", "here", "--export", str(demo)]
    command += ["--patients", str(tmp_path / "patients.csv"), "--key", str(tmp_path / "key"), "--synthetic", "46"]
    monkeypatch.setattr(sys, "argv", command)
    assert build_manifest.main() == 0
    told = capsys.readouterr().out
    assert "SYNTHETIC CELLS" in told
    assert "  CLL: 2, 0, 1" in told  # the patient of the export is trained on; of two invented ones one is kept aside
    cells = load_labelled_cells(tmp_path / "packed")
    assert {c.source for c in cells} == {"here", "synthetic"}
    with zipfile.ZipFile(tmp_path / "packed" / "cells" / "cells-here.zip") as archive:
        everything = archive.read("manifest.csv").decode() + " ".join(archive.namelist())
    assert "Synthetic_0" not in everything


def test_that_the_command_says_what_is_wrong_and_writes_nothing(demo, tmp_path, monkeypatch, capsys):
    (tmp_path / "patients.csv").write_text("patient,diagnosis\nSomebody else,AML\n", encoding="utf-8")
    command = ["manifest", "--output", str(tmp_path / "packed"), "--export", str(demo)]
    monkeypatch.setattr(sys, "argv", [*command, "--patients", str(tmp_path / "patients.csv")])
    assert build_manifest.main() == 1
    assert "The table of patients lacks" in capsys.readouterr().out
    assert not (tmp_path / "packed").exists()


def test_that_the_summary_names_stages_that_cannot_be_trained():
    done = split_cells(collect_cells([make_labelled_image(i, f"P{i}", "AML", "blast") for i in range(5)], TAXONOMY))
    told = summarise_cells(done, TAXONOMY, min_cells=2)
    assert "stage3m: not trained; too few: aml (3), mds (0), cml (0), cmml (0)" in told
    assert "AML: 3, 1, 1" in told


def test_that_an_export_becomes_a_bundle_of_the_site_by_the_documented_commands(tmp_path, monkeypatch, capsys):
    """The whole way with tiny sizes: export, manifest, train, bundle; no named source of ours anywhere."""
    from leukview.inference.bundles.bundle import MODEL_CARD_FILE, load_bundle
    from tests.training.evaluation.test_evaluate import CONFIG
    from training.bundle import build
    from training.classifier import train

    write_demo_export(
        tmp_path / "export", slides=6, cells=30, seed=2, taxonomy=TAXONOMY, token=CancelToken(), reporter=null_reporter
    )
    names = [f"Synthetic_{n:02}" for n in range(1, 7)]
    table = "patient,diagnosis\n" + "".join(f"{n},{'AML' if i % 2 else 'APL'}\n" for i, n in enumerate(names))
    (tmp_path / "patients.csv").write_text(table, encoding="utf-8")
    (tmp_path / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "key").write_bytes(b"k" * 32)  # pseudonyms order the split
    packed = ["--output", str(tmp_path / "data"), "--site", "our-lab", "--export", str(tmp_path / "export")]
    packed += ["--patients", str(tmp_path / "patients.csv"), "--key", str(tmp_path / "key")]
    common = ["--config", str(tmp_path / "tiny.toml"), "--run", str(tmp_path / "run"), "--threads", "1"]
    monkeypatch.setattr(sys, "argv", ["manifest", *packed])
    assert build_manifest.main() == 0
    monkeypatch.setenv("LEUKVIEW_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "argv", ["train", *common, "--iterations", "6"])
    train.main()
    bundle = ["--output", str(tmp_path / "bundle"), "--name", "our-lab-1"]
    monkeypatch.setattr(sys, "argv", ["make_bundle", *common, *bundle])
    build.main()
    made = load_bundle(tmp_path / "bundle", TAXONOMY).manifest
    assert set(made.licences) == {"our-lab"}
    assert {s.key for s in made.trained_stages} >= {"gate", "stage1"}
    assert set(made.metrics) == {"test_patients", "unlikeness"}
    card = (tmp_path / "bundle" / MODEL_CARD_FILE).read_text(encoding="utf-8")
    assert "our-lab" in card
    assert "Barcelona" not in card
    assert "Hopkins" not in card
    assert not any(name in card for name in names)


@pytest.mark.data
def test_that_the_real_exports_give_every_cell_with_one_label(data_dir):
    diagnoses = dict.fromkeys((f"Patient_{n}" for n in ("00", "39", "60", "73")), "APL")
    items = read_export(data_dir / "exports", "real", diagnoses | {"": "AML"}, TAXONOMY)
    counts = Counter(i.patient for i in items)
    assert counts == {
        "Patient_00": 60,
        "Patient_01": 133,
        "Patient_26": 121,
        "Patient_30": 142 - 1,  # one cell has two labels
        "Patient_39": 149,
        "Patient_60": 125,
        "Patient_73": 104,
    }
    assert {i.diagnosis for i in items} == {"AML", "APL"}
