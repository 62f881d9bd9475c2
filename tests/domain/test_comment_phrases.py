import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.bootstrap.site_config import load_comment_phrases
from leukview.core.errors import LeukViewError
from leukview.core.paths import data_dir
from leukview.domain.review.comment_phrases import Phrase, find_phrase_codes, parse_phrases

PHRASES = [phrase for group in load_comment_phrases() for phrase in group.phrases]


def test_that_a_phrase_counts_only_as_a_part_of_its_own():
    auer = [Phrase("auer", "Auer rods seen")]
    for comment in ("Auer rods seen", "x; auer rods seen.", "large\n Auer rods seen , pale", "a, Auer rods seen"):
        assert find_phrase_codes(auer, comment) == ("auer",)
    for comment in ("", "no Auer rods seen", "Auer rods seen twice", "Auer rods"):
        assert find_phrase_codes(auer, comment) == ()


@given(st.lists(st.sampled_from(PHRASES), max_size=4, unique=True), st.sampled_from(["; ", "\n", ". ", ";"]))
def test_that_every_phrase_put_into_a_comment_is_found_again(chosen: list[Phrase], glue: str):
    found = find_phrase_codes(PHRASES, glue.join(phrase.text for phrase in chosen))
    assert set(found) == {phrase.code for phrase in chosen}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense =", "cannot be read"),
        ('[[groups]]\nname = "a"\nphrases = [{code = "x"}]', "'text'"),
        ('[[groups]]\nname = "a"\nphrases = [{code = "x", text = "X"}, {code = "x", text = "Y"}]', "x twice"),
    ],
)
def test_that_phrases_with_a_mistake_are_refused_in_one_sentence(text: str, words: str):
    with pytest.raises(LeukViewError, match=words):
        parse_phrases(text)


def test_that_a_laboratory_may_bring_its_own_phrases():
    own = '[[groups]]\nname = "Ours"\nphrases = [{code = "ours", text = "As always"}]'
    (data_dir() / "phrases.toml").write_text(own, encoding="utf-8")
    assert [group.name for group in load_comment_phrases()] == ["Ours"]
