from pathlib import Path

import pytest

from leukview.core.paths import resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.report.glyph_fallback import doubtful_characters, replace_characters
from leukview.report.typst_renderer import TypstRenderer
from tests.support.report_factories import (
    ReviewedSlide,
    make_reviewed_slide,
    normalise_spaces,
    page_texts,
    rendered_texts,
    report_texts,
)

HOSTILE = [
    '#panic("out") #import "x": * #read("/etc/passwd")',
    "$ x^2 $ and *bold* and _emphasis_ and `raw`",
    "@reference <label> = heading - item + item / term: x",
    "// no comment /* nor this */",
    r"back\slash \u{41} \n \ and ~tilde~ -- --- ...",
    "<script>alert('x')</script> & &amp; \"quoted\" 'single'",
    "{{curly}} [square] ${env} %s %d {0} ]#[",
    "https://example.org/a?b=c#d",
]


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    return make_reviewed_slide(taxonomy, {"blast": 3, "lymphocyte": 3})


def test_that_markup_in_free_text_comes_out_literally(slide: ReviewedSlide, tmp_path: Path):
    session = slide.session
    session.comment((), "\n".join(HOSTILE))
    for cell, text in zip(session.view.cells, HOSTILE, strict=False):
        session.comment([cell.cell.id], text)
    session.acknowledge_alert("blasts", called_person=HOSTILE[0], note=HOSTILE[5])
    texts = rendered_texts(slide.report(site=tuple(HOSTILE[:2])), tmp_path)
    for text in HOSTILE:
        assert normalise_spaces(text) in texts[0]
    annex = next(t for t in texts if "Annex: each cell" in t)
    for text in HOSTILE[:6]:
        assert normalise_spaces(text).replace(" ", "") in annex.replace(" ", "")


def test_that_a_hostile_signature_and_reason_come_out_literally(taxonomy: Taxonomy, tmp_path: Path):
    slide = make_reviewed_slide(taxonomy, {"lymphocyte": 200})
    slide.session.sign(HOSTILE[1], HOSTILE[4])
    slide.session.reopen(HOSTILE[5])
    first = rendered_texts(slide.report(), tmp_path)[0]
    for text in (HOSTILE[1], HOSTILE[4], HOSTILE[5]):
        assert normalise_spaces(text).replace(" ", "") in first.replace(" ", "")


def test_that_a_very_long_comment_runs_over_pages_and_loses_nothing(slide: ReviewedSlide, tmp_path: Path):
    sentences = [f"Sentence number {i} of the comment." for i in range(600)]
    slide.session.comment((), " ".join(sentences))
    texts = rendered_texts(slide.report(), tmp_path)
    told = " ".join(texts)
    assert told.count("Sentence") == 600
    assert set(range(600)) <= {int(word) for word in told.split() if word.isdigit()}  # a page may end anywhere
    assert "Differential" in texts[0]
    assert "Not signed." in texts[0]


def test_that_a_long_word_breaks_instead_of_leaving_the_page(slide: ReviewedSlide, tmp_path: Path):
    word = "".join(f"{i:03d}" for i in range(200))
    slide.session.comment((), word)
    slide.session.comment([slide.session.view.cells[0].cell.id], word)
    texts = rendered_texts(slide.report(), tmp_path)
    assert word in texts[0].replace(" ", "")
    assert word in next(t for t in texts if "Annex" in t).replace(" ", "")


def test_that_line_breaks_of_a_comment_are_kept(slide: ReviewedSlide, tmp_path: Path):
    from pypdf import PdfReader

    slide.session.comment((), "First paragraph.\n\nSecond paragraph.")
    rendered_texts(slide.report(), tmp_path)
    lines = [line.strip() for line in PdfReader(tmp_path / "report.pdf").pages[0].extract_text().splitlines()]
    assert "First paragraph." in lines
    assert "Second paragraph." in lines


def test_that_ordinary_words_need_no_other_font(slide: ReviewedSlide, tmp_path: Path):
    slide.session.comment((), "Größe 3–4 µm, ≥ 20 %, „Zitat“, Łódź, Ωμέγα, Кровь, 10⁹/l ± 2 × 3 → 4")
    first = rendered_texts(slide.report(), tmp_path)[0]
    assert "Größe 3–4 µm, ≥ 20 %, „Zitat“, Łódź, Ωμέγα, Кровь, 10⁹/l ± 2 × 3 → 4" in first
    assert "cannot be set in full" not in first


def test_that_what_no_font_shows_is_printed_by_number_and_said(slide: ReviewedSlide, tmp_path: Path):
    slide.session.comment((), "Patient 患者 seen")
    first = rendered_texts(slide.report(), tmp_path)[0]
    assert "Patient [U+60A3][U+8005] seen" in first
    assert (
        "The reviewer's comment cannot be set in full: no font here shows 2 of the characters, which are printed by "
        "their Unicode numbers, for instance [U+60A3] (cjk unified ideograph-60a3)."
    ) in first


@pytest.mark.parametrize("text", ["患者", "مريض", "ผู้ป่วย", "חולה", "रोगी", "😀"])
def test_that_any_script_is_either_shown_or_said_to_be_missing(slide: ReviewedSlide, tmp_path: Path, text: str):
    slide.session.comment((), f"before {text} after")
    first = rendered_texts(slide.report(), tmp_path, system_fonts=True)[0]
    assert "before" in first
    assert "after" in first
    assert ("[U+" in first) == ("cannot be set in full" in first)


def test_that_a_mark_that_no_font_sets_on_its_letter_costs_only_the_mark(slide: ReviewedSlide, tmp_path: Path):
    slide.session.comment((), "ringed a\u20dd beside א and Ω")
    first = rendered_texts(slide.report(), tmp_path)[0]
    assert "ringed a[U+20DD] beside א and Ω" in first
    assert "(combining enclosing circle)" in first


def test_that_marks_that_reorder_or_hide_text_are_made_visible(slide: ReviewedSlide, tmp_path: Path):
    slide.session.comment((), "no \u202eblasts\u202c\x00 seen\x07")
    first = rendered_texts(slide.report(site=("half a pair \ud83d",)), tmp_path)[0]
    assert "no [U+202E]blasts[U+202C][U+0000] seen[U+0007]" in first
    assert "half a pair [U+D83D]" in first
    assert "The header and the reviewer's comment cannot be set in full" in first
    assert "(a control character)" in first


def test_that_the_sentence_names_each_part_once():
    words = {"comment": "患患", "annex": [["1", "患"], ["2", "者"]], "title": "plain"}
    changed, sentence = replace_characters(words, frozenset("患者"), report_texts())
    assert changed == {"comment": "[U+60A3][U+60A3]", "annex": [["1", "[U+60A3]"], ["2", "[U+8005]"]], "title": "plain"}
    assert sentence.startswith("The reviewer's comment and the annex cannot be set in full: no font here shows 2 of")
    assert replace_characters({"title": "plain", "date": [1, 2]}, frozenset("患"), report_texts()) == (
        {"title": "plain", "date": [1, 2]},
        "",
    )


def test_that_only_unusual_characters_are_tried_one_by_one():
    assert doubtful_characters({"a": "Größe –→ 患", "b": [{"c": "\x07 plain"}], "n": 3}) == ["\x07", "患"]


def test_that_text_without_a_font_still_makes_an_archivable_file(slide: ReviewedSlide, tmp_path: Path):
    slide.session.comment((), "ไม่พบ")
    output = tmp_path / "report.pdf"
    digest = TypstRenderer(resources_dir(), system_fonts=False).render(slide.report(), output)
    assert len(digest) == 64
    assert "[U+0E44]" in page_texts(output)[0]
