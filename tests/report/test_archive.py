"""The file as an archive and a screen reader see it, checked with pikepdf; veraPDF itself is not used here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf.pdfa import Flavour, validate_written

from leukview.domain.taxonomy import Taxonomy
from leukview.services.report.report_data import ReportData
from tests.support.report_factories import make_reviewed_slide, page_texts, rendered_texts

KNOWN_FINDINGS = (
    # What pikepdf's checker does not know, though ISO 19005-3 allows it: it refuses whatever it does not recognise.
    ("ISO_19005_3:6.6.2.3.1-1", r"(xmpTPg|pdfaExtension|pdfaSchema|pdfaProperty|pdfuaid)"),  # declared in the file
    ("ISO_19005_3:6.6.2.3.1-2", r"xmpMM:History is not checked"),
    ("ISO_19005_3:6.6.4-3", r"conformance is 'A', expected 'B'"),  # level A holds all of B
    ("ISO_19005_3:6.2.11.4.2-2", r"/CIDSet on a CIDFontType2 subset is not checked"),  # a TrueType font for Chinese
    ("pikepdf:font-program", r"FDArray FontMatrix is not supported"),
    ("pikepdf:schema-OutlineItem", r"/Dest"),  # an indirect destination
    ("pikepdf:colour-space", r"pattern colour is not supported"),  # the scale of the maps
    ("pikepdf:pattern", r"scn with a pattern"),
    ("pikepdf:schema-Resources", r"patterns are not supported"),
)


def unexpected_findings(path: Path, ignored_rules: Iterable[str] = ()) -> list[str]:
    """Findings of pikepdf's PDF/A-3b checker beyond `KNOWN_FINDINGS` and `ignored_rules`."""
    findings = validate_written(path, Flavour("3b")).findings
    known = [(f, any(f.rule == rule and re.search(words, str(f)) for rule, words in KNOWN_FINDINGS)) for f in findings]
    return [str(f) for f, explained in known if not explained and f.rule not in ignored_rules]


@pytest.fixture(scope="module")
def archived(taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> tuple[ReportData, Path]:
    folder = tmp_path_factory.mktemp("archive")
    slide = make_reviewed_slide(taxonomy, {"blast": 5, "neutrophil": 20, "smudge_cell": 2}, apl=0.8)
    data = slide.report(maps=True)
    rendered_texts(data, folder)
    return data, folder / "report.pdf"


@pytest.fixture
def pdf(archived: tuple[ReportData, Path]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(archived[1]) as opened:
        yield opened


def structure_elements(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    return [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/S" in o and "/P" in o]


def test_that_an_allowlist_checker_finds_only_what_it_does_not_know(archived: tuple[ReportData, Path]):
    assert unexpected_findings(archived[1]) == []


def test_that_the_metadata_claims_pdf_a_3a_and_pdf_ua_1_and_agrees_with_the_document(
    archived: tuple[ReportData, Path], pdf: pikepdf.Pdf
):
    metadata = pdf.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    assert metadata["dc:title"] == str(pdf.docinfo["/Title"]) == f"LeukView report {archived[0].report_id}"
    assert "LeukView" in str(metadata["dc:creator"])
    assert metadata["xmp:CreateDate"].startswith("2026-11-24T")
    assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_that_the_annex_is_attached_as_data_with_its_kind_and_is_what_the_page_says_it_is(
    archived: tuple[ReportData, Path], pdf: pikepdf.Pdf
):
    files = {str(spec.UF): spec for spec in pdf.Root.AF}
    assert set(files) == {"cells.csv", "slide.json"}
    for annex in archived[0].attachments:
        spec = files[annex.name]
        stream = spec.EF.F
        assert spec.AFRelationship == "/Data"
        assert str(stream.Subtype).removeprefix("/") == annex.media_type
        assert stream.read_bytes() == annex.data
        assert pdf.attachments[annex.name].get_file().read_bytes() == annex.data
    text = " ".join(page_texts(archived[1]))
    for annex in archived[0].attachments:
        assert f"{annex.name}, SHA-256 {hashlib.sha256(annex.data).hexdigest()}" in text


def test_that_it_is_tagged_with_headings_table_heads_and_described_pictures(pdf: pikepdf.Pdf):
    assert pdf.Root.MarkInfo.Marked
    kinds = [str(e.S) for e in structure_elements(pdf)]
    assert kinds.count("/H1") >= 6
    assert {"/Table", "/TR", "/TH", "/TD", "/P"} <= set(kinds)
    figures = [e for e in structure_elements(pdf) if e.S == "/Figure"]
    assert len(figures) >= 12
    assert all(str(e.get("/Alt", "")) for e in figures)
    heads = [e for e in structure_elements(pdf) if e.S == "/TH"]
    assert all("/A" in e for e in heads)  # each says what it is the head of
    assert all(page.get("/StructParents") is not None for page in pdf.pages)


def test_that_every_font_is_embedded_and_nothing_runs_or_reaches_out(pdf: pikepdf.Pdf):
    fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
    assert not pdf.is_encrypted
    actions = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and {"/JS", "/URI", "/Launch"} & set(o)]
    assert not actions
