import pytest

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.interop.loinc import has_valid_check_digit, parse_loinc_terms


@pytest.fixture(scope="module")
def text() -> str:
    return (resources_dir() / "loinc.toml").read_text(encoding="utf-8")


def test_that_every_term_that_ships_names_a_fraction_of_leukocytes_in_blood(text: str, taxonomy: Taxonomy):
    terms = parse_loinc_terms(text, taxonomy)
    assert terms.panel.name.endswith("- Blood")
    listed = [*terms.classes.values(), *terms.manual_classes.values()]
    assert len({term.code for term in listed}) == len(listed)
    for term in listed:
        assert "/Leukocytes" in term.name
        assert " in Blood" in term.name


def test_that_a_manual_term_is_found_only_for_a_manual_count(text: str, taxonomy: Taxonomy):
    terms = parse_loinc_terms(text, taxonomy)
    for cell_class in taxonomy.classes:
        assisted = terms.find(cell_class.key, manual=False)
        assert assisted is None or "Manual count" not in assisted.name
    assert all("by Manual count" in term.name for term in terms.manual_classes.values())
    manual = terms.find("smudge_cell", manual=True)
    assert manual is not None
    assert terms.find("smudge_cell", manual=False) is None


def test_that_a_site_file_of_an_earlier_version_gives_no_manual_term_to_other_counts(taxonomy: Taxonomy):
    old = """
    [panel]
    code = "69738-3"
    name = "Differential panel, method unspecified - Blood"
    [classes.blast]
    code = "709-6"
    name = "Blasts/Leukocytes in Blood by Manual count"
    """
    terms = parse_loinc_terms(old, taxonomy)
    assert terms.find("blast", manual=False) is None
    found = terms.find("blast", manual=True)
    assert found is not None
    assert found.code == "709-6"


def test_that_what_loinc_does_not_name_has_no_code(text: str, taxonomy: Taxonomy):
    terms = parse_loinc_terms(text, taxonomy)
    assert not {"aml", "cll", "other", "unidentified", "artefact"} & set(terms.classes)


def test_that_the_check_digit_is_the_published_one():
    assert all(map(has_valid_check_digit, ("764-1", "709-6", "2160-0", "18262-6", "69738-3")))
    assert not any(map(has_valid_check_digit, ("764-2", "24318-1", "1234", "-1", "a-1", "७६४-1")))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (('"764-1"', '"746-1"'), "746-1"),
        (("[classes.blast]", "[classes.blaste]"), "blaste"),
        (("[panel]", ""), "panel"),
    ],
)
def test_that_a_list_with_a_mistake_is_refused(text: str, taxonomy: Taxonomy, change: tuple[str, str], word: str):
    with pytest.raises(LeukViewError, match=word):
        parse_loinc_terms(text.replace(*change), taxonomy)
