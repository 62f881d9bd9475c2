from pathlib import Path

import pytest

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.prediction import StageProbabilities, class_probabilities, with_class_probabilities
from leukview.domain.taxonomy import Step, Taxonomy, parse_taxonomy


def test_that_the_five_published_stages_and_the_two_heads_are_there(taxonomy: Taxonomy):
    published = {s.key for s in taxonomy.stages if s.published}
    assert published == {"stage1", "stage2b", "stage2t", "stage3m", "stage3l", "apl", "ph"}
    assert {s.key for s in taxonomy.stages if s.is_head and s.published} == {"apl", "ph"}


def test_that_a_diagnosis_labels_blasts_and_their_equivalents_only(taxonomy: Taxonomy):
    assert Step("apl", "apl") in taxonomy.determined_steps("promyelocyte", "APL")
    assert Step("stage1", "malignant") in taxonomy.determined_steps("promyelocyte", "AML")
    assert Step("stage1", "benign") in taxonomy.determined_steps("lymphocyte", "normal")
    assert all(step.stage != "apl" for step in taxonomy.determined_steps("lymphocyte", "APL"))
    assert Step("stage1", "benign") in taxonomy.determined_steps("lymphocyte", "APL")


@pytest.mark.parametrize(
    ("folder", "key"),
    [
        ("Blast, no lineage spec", "blast"),
        ("Lymphocyte, variant", "variant_lymphocyte"),
        ("Arifact", "artefact"),
        ("Thrombocyte aggregation", "platelet_clump"),
        ("SMUDGE CELLS", "smudge_cell"),
        ("Segmented neutrophils", "segmented_neutrophil"),
    ],
)
def test_that_the_analysers_folder_names_are_known(taxonomy: Taxonomy, folder: str, key: str):
    found = taxonomy.class_by_folder(folder)
    assert found is not None
    assert found.key == key


def test_that_an_unknown_folder_is_never_guessed(taxonomy: Taxonomy):
    assert taxonomy.class_by_folder("Sezary cells") is None
    assert taxonomy.class_by_code("USRWBC2") is None


def test_that_no_class_shortcut_is_given_twice(taxonomy: Taxonomy):
    keys = [c.shortcut for c in taxonomy.classes if c.shortcut]
    assert len(keys) == len(set(keys))


def test_that_agreement_follows_the_path(taxonomy: Taxonomy):
    assert taxonomy.is_compatible("segmented_neutrophil", "neutrophil")
    assert taxonomy.is_compatible("blast", "aml")
    assert not taxonomy.is_compatible("blast", "lymphocyte")
    assert not taxonomy.is_compatible("unidentified", "lymphocyte")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('after = "gate:leukocyte"', 'after = "gate:moon"', "unknown step"),
        ('key = "promonocyte"', 'key = "blast"', "twice"),
        ('shortcut = "O"', 'shortcut = "B"', "twice"),
        ('"gate:leukocyte", "stage1:malignant", "stage2t:myeloid", "stage3m:aml"', '"stage3m:aml"', "skips"),
        ("version = 2", "version = [", "cannot be read"),
        ('tree = "type"', 'tree = "moon"', "unknown tree moon"),
        ('"lineage:blast", "blast_type:promonocyte"', '"blast_type:promonocyte"', "skips"),
        ('type_path = ["gate:smudge_cell"]', 'type_path = ["gate:leukocyte", "stage1:malignant"]', "skips"),
        ('"APL/promyelocyte" =', '"APX/promyelocyte" =', "unknown step"),
    ],
)
def test_that_a_faulty_taxonomy_is_refused_with_a_sentence(taxonomy_text: str, old: str, new: str, words: str):
    assert old in taxonomy_text
    with pytest.raises(LeukViewError, match=words):
        parse_taxonomy(taxonomy_text.replace(old, new))


def full_stage_probabilities() -> list[StageProbabilities]:
    return [
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.9, 0.1)),
        StageProbabilities("stage1", ("benign", "malignant"), (0.4, 0.6)),
        StageProbabilities("maturity", ("mature", "immature"), (0.75, 0.25)),
        StageProbabilities("stage2b", ("neutrophil", "lymphocyte"), (0.2, 0.8)),
        StageProbabilities("apl", ("other_aml", "apl"), (0.3, 0.7)),
    ]


def test_that_composed_probabilities_multiply_down_the_tree_and_sum_to_one(taxonomy: Taxonomy):
    composed = class_probabilities(taxonomy, full_stage_probabilities())
    assert sum(composed.values()) == pytest.approx(1.0)
    assert composed["lymphocyte"] == pytest.approx(0.9 * 0.4 * 0.75 * 0.8)
    assert composed["immature_granulocyte"] == pytest.approx(0.9 * 0.4 * 0.25)
    assert composed["blast"] == pytest.approx(0.9 * 0.6)


def test_that_the_walk_stops_at_the_deepest_trained_stage_and_passes_an_optional_one(taxonomy: Taxonomy):
    answers = [a for a in full_stage_probabilities() if a.stage not in {"maturity", "apl"}]
    composed = class_probabilities(taxonomy, answers)
    assert "aml" not in composed
    assert composed["lymphocyte"] == pytest.approx(0.9 * 0.4 * 0.8)
    assert sum(composed.values()) == pytest.approx(1.0)


def test_that_a_model_with_the_gate_alone_calls_a_leukocyte_unidentified(taxonomy: Taxonomy):
    composed = class_probabilities(taxonomy, full_stage_probabilities()[:1])
    assert composed == pytest.approx({"platelet": 0.1, "unidentified": 0.9})


def test_that_finer_classes_are_parts_of_their_class(taxonomy: Taxonomy):
    assert taxonomy.class_and_parts("neutrophil") == {"neutrophil", "band_neutrophil", "segmented_neutrophil"}
    assert taxonomy.class_and_parts("blast") == {"blast", "aml", "all"}
    assert taxonomy.class_and_parts("monocyte") == {"monocyte"}


@pytest.mark.parametrize("parent", ["nonsense", "erythroblast", "band_neutrophil", "segmented_neutrophil"])
def test_that_a_part_of_nothing_of_itself_or_of_another_denominator_is_refused(parent: str):
    text = (resources_dir() / "taxonomy.toml").read_text(encoding="utf-8")
    start = text.index('key = "band_neutrophil"')
    changed = text[:start] + text[start:].replace('parent = "neutrophil"', f'parent = "{parent}"', 1)
    if parent == "segmented_neutrophil":
        changed = changed.replace('parent = "neutrophil"', 'parent = "band_neutrophil"', 1)
    with pytest.raises(LeukViewError, match="cannot be a subclass of"):
        parse_taxonomy(changed)


def test_that_a_promyelocyte_or_myelocyte_of_a_healthy_film_is_silent_on_malignancy(taxonomy: Taxonomy):
    for key in ("promyelocyte", "myelocyte", "metamyelocyte", "plasma_cell"):
        steps = taxonomy.determined_steps(key, "normal")
        assert all(taxonomy.stage(step.stage).tree != "disease" for step in steps), key
        assert steps[-1].choice == key


def test_that_a_promyelocyte_of_an_apl_patient_teaches_the_abnormal_type(taxonomy: Taxonomy):
    assert Step("granulopoiesis", "abnormal_promyelocyte") in taxonomy.determined_steps("promyelocyte", "APL")
    assert Step("granulopoiesis", "promyelocyte") in taxonomy.determined_steps("promyelocyte", "AML")


def test_that_a_partial_label_trains_the_stages_that_it_determines_alone(taxonomy: Taxonomy):
    trained = {step.stage for step in taxonomy.determined_steps("immature_granulocyte")}
    assert "lineage" in trained
    assert "granulopoiesis" not in trained
    assert "neutrophil" not in {step.stage for step in taxonomy.determined_steps("neutrophil")}


def test_that_a_difference_of_type_is_none_that_agrees(taxonomy: Taxonomy):
    assert not taxonomy.is_compatible("promyelocyte", "blast")
    assert not taxonomy.is_compatible("plasma_cell", "blast")
    assert not taxonomy.is_compatible("myelocyte", "lymphocyte")
    assert taxonomy.is_compatible("myelocyte", "immature_granulocyte")
    assert taxonomy.is_within("myelocyte", "immature_granulocyte")
    assert not taxonomy.is_within("immature_granulocyte", "myelocyte")


def test_that_each_type_of_the_analyser_is_a_leaf(taxonomy: Taxonomy):
    assert [c.key for c in taxonomy.type_leaves] == [
        "blast", "promyelocyte", "abnormal_promyelocyte", "promonocyte", "myelocyte", "metamyelocyte",
        "band_neutrophil", "segmented_neutrophil", "eosinophil", "basophil", "lymphocyte", "variant_lymphocyte",
        "prolymphocyte", "plasma_cell", "monocyte", "erythroblast", "platelet", "giant_platelet", "platelet_clump",
        "smudge_cell", "artefact",
    ]  # fmt: skip


def two_tree_probabilities(malignant: float = 0.01) -> list[StageProbabilities]:
    """A hypergranular promyelocyte that the first stage takes for benign."""
    return [
        StageProbabilities("gate", ("leukocyte", "platelet"), (0.98, 0.02)),
        StageProbabilities("stage1", ("benign", "malignant"), (1 - malignant, malignant)),
        StageProbabilities("lineage", ("blast", "immature_granulocyte", "neutrophil"), (0.2, 0.7, 0.1)),
        StageProbabilities("granulopoiesis", ("promyelocyte", "abnormal_promyelocyte", "myelocyte"), (0.2, 0.7, 0.1)),
        StageProbabilities("neutrophil", ("band", "segmented"), (0.5, 0.5)),
    ]


def test_that_the_tree_of_types_names_the_cell_whatever_stage_1_says(taxonomy: Taxonomy):
    for malignant in (0.01, 0.99):
        composed = class_probabilities(taxonomy, two_tree_probabilities(malignant))
        assert max(composed, key=composed.__getitem__) == "abnormal_promyelocyte"
        assert composed["abnormal_promyelocyte"] == pytest.approx(0.98 * 0.7 * 0.7)
        assert composed["blast"] == pytest.approx(0.98 * 0.2), "an untrained optional stage is passed through"
        assert sum(composed.values()) == pytest.approx(1.0)


def test_that_class_probabilities_given_back_to_the_stages_compose_to_the_same(taxonomy: Taxonomy):
    stages = two_tree_probabilities()
    wanted = class_probabilities(taxonomy, stages)
    wanted["band_neutrophil"], wanted["blast"] = wanted["blast"], wanted["band_neutrophil"]
    changed = with_class_probabilities(taxonomy, stages, wanted)
    assert class_probabilities(taxonomy, changed) == pytest.approx(wanted)
    assert changed[1] is stages[1], "malignancy is another question"
    same = with_class_probabilities(taxonomy, full_stage_probabilities(), {"lymphocyte": 0.7, "blast": 0.3})
    assert class_probabilities(taxonomy, same)["lymphocyte"] == pytest.approx(0.7)


def test_that_a_taxonomy_of_version_1_reads_and_composes_as_before():
    text = (Path(__file__).parents[1] / "support" / "taxonomy_version_1.toml").read_text(encoding="utf-8")
    old = parse_taxonomy(text)
    assert all(s.tree == "disease" for s in old.stages)
    assert not old.type_leaves
    composed = class_probabilities(old, full_stage_probabilities())
    assert composed["blast"] == pytest.approx(0.9 * 0.6)
    assert old.determined_steps("myelocyte")[-1] == Step("maturity", "immature")


def test_that_an_old_model_composes_the_same_classes_under_both_versions(taxonomy: Taxonomy):
    text = (Path(__file__).parents[1] / "support" / "taxonomy_version_1.toml").read_text(encoding="utf-8")
    assert class_probabilities(taxonomy, full_stage_probabilities()) == class_probabilities(
        parse_taxonomy(text), full_stage_probabilities()
    )
