"""A site's own classes and its answers about folders (``classes.toml``)."""

import hashlib

import pytest

from leukview.core.errors import LeukViewError
from leukview.domain.differential import compute_differential
from leukview.domain.site_classes import add_answers, add_site_classes, parse_answer, parse_folder_answers
from leukview.domain.taxonomy import Taxonomy

OWN = """# Classes of the laboratory.
[[classes]]
key = "sezary_cell"
name = "Sézary cell"
plural = "Sézary cells"
parent = "lymphocyte"
shortcut = "Ctrl+1"
aliases = ["Sezary cells"]

[[classes]]
key = "parasite"
counted = false
colour = "#112233"
"""


def mark(name: str) -> str:
    return "#" + hashlib.sha256(b"key" + name.encode()).hexdigest()[:32]


def test_that_a_class_of_the_site_stands_behind_its_parent_and_counts_like_it(taxonomy: Taxonomy):
    extended = add_site_classes(taxonomy, OWN)
    sezary, parent = extended.cell_class("sezary_cell"), extended.cell_class("lymphocyte")
    assert extended.position("sezary_cell") == extended.position("lymphocyte") + 1
    assert (sezary.path, sezary.group, sezary.is_leukocyte, sezary.is_model_class) == (
        parent.path, parent.group, True, False,
    )  # fmt: skip
    assert extended.is_finer("sezary_cell", "lymphocyte")
    found = extended.class_by_folder("SEZARY CELLS")
    assert found is not None
    assert found.key == "sezary_cell"
    assert compute_differential(extended, ["sezary_cell", "monocyte", "parasite"]).leukocyte_count == 2
    assert extended.sha256 != taxonomy.sha256
    assert add_site_classes(taxonomy, "") is taxonomy
    assert extended.model_class(parent.path) == parent


def test_that_a_part_of_a_part_is_a_part(taxonomy: Taxonomy):
    text = OWN + '\n[[classes]]\nkey = "small_sezary_cell"\nparent = "sezary_cell"\n'
    extended = add_site_classes(taxonomy, text)
    assert extended.is_finer("small_sezary_cell", "lymphocyte")
    assert extended.cell_class("small_sezary_cell").name == "Small sezary cell"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "sezary_cell"', 'key = "blast"', "twice"),
        ('key = "sezary_cell"', 'key = "Sezary cell"', "cannot be the key"),
        ('key = "sezary_cell"', 'key = "patient"', "cannot be the key"),
        ('parent = "lymphocyte"', 'parent = "moon"', "unknown parent “moon”"),
        ('shortcut = "Ctrl+1"', 'shortcut = "B"', "shortcut B twice"),
        ('aliases = ["Sezary cells"]', 'aliases = ["Linfocitos"]', "name linfocitos twice"),
        ('aliases = ["Sezary cells"]', 'aliases = "Sezary cells"', "must be a list"),
        ('aliases = ["Sezary cells"]', 'codes = ["LY"]', "twice"),
        ("counted = false", 'counted = "no"', "wrong type"),
        ("counted = false", "count = false", "unknown entry “count”"),
        ("#112233", "red", "wrong type"),
        ("[[classes]]", "[[classes", "cannot be read"),
    ],
)
def test_that_a_faulty_class_is_refused_with_a_sentence(taxonomy: Taxonomy, old: str, new: str, words: str):
    assert old in OWN
    with pytest.raises(LeukViewError, match=words):
        add_site_classes(taxonomy, OWN.replace(old, new))


def test_that_answers_are_kept_beside_what_a_person_wrote(taxonomy: Taxonomy):
    extended = add_site_classes(taxonomy, OWN)
    text = add_answers(OWN, {"Zellen „A“": "sezary_cell", "Komische": "blast"}, extended, mark)
    assert text.startswith(OWN)
    again = add_answers(text, {"Komische": "monocyte", "ROE JANE": "patient"}, extended, mark)
    assert add_site_classes(taxonomy, again) == extended
    said = parse_folder_answers(again, extended, mark)
    assert said.answer("zellen a") == "sezary_cell"
    assert said.answer("KOMISCHE") == "monocyte"
    assert said.answer("Roe, Jane") == "patient"
    assert said.answer("Poe Edgar") == ""
    assert add_answers(again, {"Komische": "monocyte"}, extended, mark) == again


def test_that_no_name_of_a_patient_is_kept(taxonomy: Taxonomy):
    text = add_answers("", {"ROE JANE": "patient", "POE EDGAR": "leave out"}, taxonomy, mark)
    assert "ROE" not in text.upper()
    assert "POE" not in text.upper()
    said = parse_folder_answers(text, taxonomy, mark)
    assert (said.answer("ROE JANE"), said.answer("POE EDGAR")) == ("patient", "leave out")
    assert parse_folder_answers(text, taxonomy).answer("ROE JANE") == "", "nothing without the key"


@pytest.mark.parametrize("name", ["LY", "Lymphocyte", "Unbekannt", "BAS", "---"])
def test_that_an_answer_about_a_known_name_is_not_kept(taxonomy: Taxonomy, name: str):
    assert add_answers("", {name: "patient"}, taxonomy, mark) == ""


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Lymphocytes", "lymphocyte"),
        ("LY", "lymphocyte"),
        ("aml", "aml"),
        ("Patient", "patient"),
        ("leave_out", "leave out"),
        ("Blastos", "blast"),
    ],
)
def test_that_an_answer_may_be_said_in_several_ways(taxonomy: Taxonomy, said: str, answer: str):
    assert parse_answer(said, taxonomy) == answer


def test_that_an_unknown_answer_is_refused(taxonomy: Taxonomy):
    with pytest.raises(LeukViewError, match="“moon” is not a class"):
        parse_answer("moon", taxonomy)
    with pytest.raises(LeukViewError, match="“moon” is not a class"):
        parse_folder_answers('[folders]\nx = "moon"', taxonomy)
    with pytest.raises(LeukViewError, match="texts only"):
        parse_folder_answers("[folders]\nx = 3", taxonomy)
