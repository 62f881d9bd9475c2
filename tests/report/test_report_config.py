"""What a laboratory may change without touching code, and what it is told when a file is wrong."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import ReportError
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.report.report_strings import available_languages, load_report_strings
from leukview.report.typst_renderer import TypstRenderer
from leukview.services.report.report_data import ReportOptions
from tests.support.report_factories import (
    ReviewedSlide,
    clear_blockers,
    load_report_site,
    make_reviewed_slide,
    png_bytes,
    rendered_texts,
    report_texts,
    template_context,
)

ENGLISH = (resources_dir() / "report" / "texts.en.toml").read_text(encoding="utf-8")


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    return make_reviewed_slide(taxonomy, {"blast": 3, "neutrophil": 30, "lymphocyte": 30})


@pytest.fixture
def own() -> Path:
    folder = data_dir() / "report"
    folder.mkdir()
    return folder


def write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def page_size(path: Path) -> tuple[int, int]:
    with pikepdf.open(path) as pdf:
        _, _, width, height = pdf.pages[0].mediabox
        return round(float(width)), round(float(height))


def test_that_header_logo_phrases_paper_and_label_box_are_the_laboratory_s(
    slide: ReviewedSlide, own: Path, tmp_path: Path
):
    (own / "logo.png").write_bytes(png_bytes((200, 30, 30)))
    write_text(
        own / "report.toml",
        'paper = "us-letter"\nheader = ["Institute of Haematology"]\nlogo = "logo.png"\nlabel_box = true\n'
        'maps = false\n[stated]\nstain = "Wright"\n',
    )
    write_text(own / "texts.en.toml", '[page]\ntitle = "Blood film review"\n[data]\n"Lymphocytes" = "Lymphs"\n')
    data = slide.report(maps=True)
    first, *others = rendered_texts(data, tmp_path)
    for words in ("Blood film review", "Institute of Haematology", "Wright", "by hand", "Lymphs 30"):
        assert words in first
    assert "Lymphocytes" not in first
    assert "Class-activation maps" not in " ".join(others)
    assert page_size(tmp_path / "report.pdf") == (612, 792)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        alts = [str(o["/Alt"]) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert "Logo of the laboratory" in alts


def test_that_what_is_chosen_for_one_report_goes_before_the_laboratory_s(
    slide: ReviewedSlide, own: Path, tmp_path: Path
):
    write_text(own / "report.toml", 'paper = "us-letter"\n')
    rendered_texts(slide.report(images=False), tmp_path, ReportOptions(paper="a4"))
    assert page_size(tmp_path / "report.pdf") == (595, 842)


def test_that_a_template_of_its_own_keeps_footer_watermark_and_attachments(
    slide: ReviewedSlide, own: Path, tmp_path: Path
):
    write_text(
        own / "report.typ", '#let d = json("data.json")\n= Our page\n#for r in d.rows { [#r.at(0) #r.at(3)\\ ] }\n'
    )
    (page,) = rendered_texts(slide.report(), tmp_path)
    assert "Our page" in page
    assert "Lymphocytes 30" in page
    assert RESEARCH_USE_LINE in page
    assert "page 1 of 1" in page
    assert page.count("DRAFT") == 1
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        assert set(pdf.attachments) == {"cells.csv", "slide.json"}


def test_that_a_template_that_cannot_be_set_is_named(slide: ReviewedSlide, own: Path, tmp_path: Path):
    write_text(own / "report.typ", "#nothing-of-this-name")
    with pytest.raises(ReportError, match=r"template report\.typ cannot be rendered") as caught:
        rendered_texts(slide.report(), tmp_path)
    assert "nothing-of-this-name" in caught.value.hint
    assert not (tmp_path / "report.pdf").exists()


def test_that_a_further_language_is_a_file(slide: ReviewedSlide, own: Path, tmp_path: Path):
    german = re.sub(r'^name = "English"', 'name = "Deutsch"', ENGLISH, flags=re.MULTILINE)
    german = german.replace('title = "Peripheral blood cell screening"', 'title = "Blutausstrich"')
    write_text(own / "texts.de.toml", german + '\n[data]\n"Lymphocytes" = "Lymphozyten"\n')
    assert available_languages(resources_dir() / "report", own) == ["en", "de", "zh_CN"]
    first = rendered_texts(slide.report(images=False), tmp_path, ReportOptions(language="de"))[0]
    assert "Blutausstrich" in first
    assert "Lymphozyten 30 0 30" in first
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        assert pdf.Root.Lang == "de"
    choices = TypstRenderer(resources_dir()).report_choices()
    assert ("de", "Deutsch") in choices.languages
    assert (choices.language, choices.paper) == ("en", "a4")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("report.toml", "paper = [", "“report.toml” cannot be read"),
        ("report.toml", 'colour = "red"', "“report.toml” has the unknown key “colour”"),
        ("report.toml", 'paper = "a5"', "“report.toml”: the value of “paper” cannot be used"),
        ("report.toml", "header = [1]", "“report.toml”: the value of “header” cannot be used"),
        ("report.toml", "logo_height_mm = 900", "“report.toml”: the value of “logo_height_mm” cannot be used"),
        ("report.toml", '[stated]\npatient = "x"', "“report.toml”: the value of “stated” cannot be used"),
        ("report.toml", 'logo = "../logo.png"', "“report.toml”: the value of “logo” cannot be used"),
        ("report.toml", 'logo = "away.png"', "“away.png” cannot be read"),
        ("report.toml", 'logo = "text.png"', "The logo “text.png” is not an image of the type"),
        ("report.toml", 'language = "xx"', "There are no report texts for the language “xx”"),
        ("report.toml", "version = 2", "“report.toml”: the value of “version” cannot be used"),
        ("texts.en.toml", '[page]\ntitel = "x"', "“texts.en.toml” has the unknown key “page.titel”"),
        ("texts.en.toml", "[page]\ntitle = 3", "“texts.en.toml”: the value of “page.title” is not a text"),
        ("texts.en.toml", '[facts]\ncells_words = "{n} {x}"', "“facts.cells_words” has the unknown field “{x}”"),
        ("texts.en.toml", '[facts]\ncells_words = "{n.__class__}"', "has the unknown field “{n.__class__}”"),
        ("texts.en.toml", '[facts]\ncells_words = "{n"', "in the text of “facts.cells_words” a brace is not closed"),
        ("texts.en.toml", '[page]\ntitle = {one = "a", other = "b"}', "“page.title” has other forms"),
        ("texts.en.toml", 'lower_names = "yes"', "“texts.en.toml”: the value of “lower_names” has the wrong type"),
        ("texts.en.toml", "version = 9", "“texts.en.toml”: “version” is not 1"),
        ("texts.en.toml", '[data]\n"Blast" = 1', "“texts.en.toml”: the value of “data.Blast” is not a text"),
    ],
)
def test_that_a_wrong_file_is_named_with_its_key(own: Path, name: str, text: str, sentence: str):
    write_text(own / "text.png", "no picture")
    write_text(own / name, text)
    with pytest.raises(ReportError) as caught:
        TypstRenderer(resources_dir()).report_choices()
    assert sentence in caught.value.message
    assert caught.value.hint or "cannot be read" in sentence


def test_that_a_language_that_lacks_a_text_is_refused(own: Path):
    write_text(
        own / "texts.de.toml", ENGLISH.replace('rarer = { one = "{n} other pair", other = "{n} other pairs" }\n', "")
    )
    with pytest.raises(
        ReportError, match=r"“texts\.de\.toml” is not complete: “review\.rarer” is missing \(1 in all\)"
    ):
        load_report_strings("de", resources_dir() / "report", own, resources_dir() / "i18n")


def test_that_the_numbers_one_and_many_have_their_own_words():
    texts = report_texts()
    assert texts.plural("warnings.pending", 1).startswith("1 cell was")
    assert texts.plural("warnings.pending", 2).startswith("2 cells were")


def test_that_lines_of_the_older_site_file_still_stand_in_the_header(slide: ReviewedSlide):
    words = template_context(slide.report(site=("Laboratory: City", "Stain: Wright")))
    assert words["site"] == ["Laboratory: City"]
    assert dict(words["facts"])["Stain"] == "Wright"
    assert load_report_site().stated_facts == {}


def test_that_cells_of_another_model_are_said_to_be_so(slide: ReviewedSlide):
    data = slide.report()
    other = replace(data, model=replace(data.model, bundle_sha256="c" * 64))
    assert "Other models" not in dict(template_context(data)["model"])
    told = dict(template_context(other)["model"])["Other models"]
    assert told.startswith(f"63 cells were classified by other models, SHA-256 {'b' * 64};")


def test_that_an_amended_report_tells_what_changed(slide: ReviewedSlide, tmp_path: Path):
    session = slide.session
    clear_blockers(slide)
    session.sign("Dr. A", "reviewed")
    session.record_report("R-OLD", "d" * 64)
    session.reopen("the marrow came back")
    cells = [v.cell.id for v in session.view.cells if v.label == "neutrophil"][:2]
    session.override(cells, "blast")
    clear_blockers(slide)
    session.sign("Dr. A", "amended")
    data = slide.report()
    first, *others = rendered_texts(data, tmp_path)
    numbers = [session.view.by_id[c].cell.number for c in cells]
    for words in (
        "Changed since the signed version",
        "Reason given: the marrow came back.",
        f"2 cells have another class: #{numbers[0]} Neutrophil → Blast; #{numbers[1]} Neutrophil → Blast",
        "Blasts 3 (4.8 %) 5 (7.9 %)",
        "Neutrophils 30 (47.6 %) 28 (44.4 %)",
        "Report R-OLD written by reviewer, SHA-256 dddddddddddddddd…",
    ):
        assert words in first
    annex = " ".join(others)
    assert annex.count("was Neutrophil when signed before") == 2
    assert "Annex: the signed versions" in annex
    assert f"no. {data.events[-1].seq} of the review log, SHA-256 {data.events[-1].hash}" in annex


@pytest.mark.parametrize(
    "template",
    [
        '#import "@preview/cetz:0.2.0"',
        '#import "@preview/cetz:0.2.0": canvas',
        '#let p = "@pre" + "view/cetz:0.2.0"\n#import p: *',
        '#let p = "@pre" + "view/cetz:0.2.0"\n#{import p}',
        '#let x = include "@preview/cetz:0.2.0"',
        '#import/**/"@preview/cetz:0.2.0"',
        '#import ("@preview/cetz:0.2.0")',
        '#import "\\u{40}preview/cetz:0.2.0"',
        '#eval("import \\"@preview/cetz:0.2.0\\"")',
        '#let e = eval\n#e("import" + " \\"@preview/cetz:0.2.0\\"")',
        '#dictionary(std).at("ev" + "al")("import \\"@preview/cetz:0.2.0\\"")',
        '#include "cells.csv"',
    ],
)
def test_that_no_template_reaches_the_network_or_runs_text(
    slide: ReviewedSlide, own: Path, tmp_path: Path, template: str, monkeypatch: pytest.MonkeyPatch
):
    write_text(own / "report.typ", template)
    with closing(socket.create_server(("127.0.0.1", 0))) as proxy:  # Typst's downloads would go through it
        proxy.setblocking(False)
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with pytest.raises(ReportError, match="may not load packages") as caught:
            rendered_texts(slide.report(images=False), tmp_path)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert "\n" not in str(caught.value)


def test_that_prose_in_a_template_is_no_import(slide: ReviewedSlide, own: Path, tmp_path: Path):
    prose = "= Ours\nThe values include all cells; we import slides.\n#let important = 1\nEvaluation, standard."
    (own / "report.typ").write_bytes(b"\xef\xbb\xbf" + prose.encode())
    assert "The values include all cells" in rendered_texts(slide.report(images=False), tmp_path)[0]
