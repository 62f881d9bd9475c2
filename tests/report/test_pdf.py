import re
import shutil
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import ReportError
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.report.differential_section import denominator_text, format_percent_interval
from leukview.report.typst_renderer import TypstRenderer, suggested_file_name
from leukview.services.report.report_data import ReportData
from tests.support.report_factories import (
    MODEL,
    ReviewedSlide,
    cell_ids,
    clear_blockers,
    make_reviewed_slide,
    normalise_spaces,
    page_texts,
    rendered_texts,
    report_texts,
)


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    slide = make_reviewed_slide(
        taxonomy, {"blast": 25, "neutrophil": 130, "lymphocyte": 60, "erythroblast": 4}, wbc=12.4, apl=0.8
    )
    slide.session.override(list(cell_ids(slide, "blast"))[:10], "promyelocyte")
    slide.session.comment((), "Auer rods in bundles; a fresh sample is asked for.")
    return slide


@pytest.fixture
def renderer() -> TypstRenderer:
    return TypstRenderer(resources_dir(), system_fonts=False)


def test_that_the_first_page_says_it_all(slide: ReviewedSlide, tmp_path: Path):
    data = slide.report(site=("Institute of Haematology",))
    first, *others = rendered_texts(data, tmp_path)
    for row in data.shown_tally.leukocytes:
        absolute = f"{row.absolute_per_nl:.2f}"
        shown = f"{row.count} {100 * row.share:.1f} {format_percent_interval(row.interval, report_texts())} {absolute}"
        assert f"{row.cell_class.plural} {shown}" in first
        origin = rf"{row.cell_class.plural} {data.model_tally.count(row.cell_class.key)} \d+ {shown}"
        assert any(re.search(origin, page) for page in (first, *others))
    for alert in data.alerts:
        severe = alert.rule.severity in {"emergency", "high"}
        text = first if severe else " ".join((first, *others))
        assert normalise_spaces(alert.rule.title) in text
        assert normalise_spaces(alert.report_message or alert.message) in text
    assert "call the clinician" not in first, "the report is read by the clinician"
    for words in (
        "DRAFT",
        "Institute of Haematology",
        data.slide_view.slide.id,
        data.slide_view.slide.patient,
        normalise_spaces(denominator_text(data, report_texts())),
        "Erythroblasts (NRBC) 4 1.9 0 ↑",
        "Red cell and platelet morphology: not assessed.",
        "No call was recorded.",
        "Auer rods in bundles; a fresh sample is asked for.",
        "Not signed.",
    ):
        assert words in first
    for words in ("Cells reviewed 10 of 219", MODEL.bundle_sha256, MODEL.trained_on, MODEL.performance[0]):
        assert words in " ".join((first, *others))


def test_that_a_short_comment_stands_before_the_signature_and_a_long_one_after_it(slide: ReviewedSlide, tmp_path: Path):
    first = rendered_texts(slide.report(), tmp_path)[0]
    assert first.index("Conclusion and comment") < first.index("Not signed.")
    slide.session.comment((), "A long comment. " * 60)
    texts = " ".join(rendered_texts(slide.report(), tmp_path))
    assert texts.index("Not signed.") < texts.index("Conclusion and comment")


def test_that_every_page_carries_its_number_the_report_id_and_the_research_use_line(
    slide: ReviewedSlide, tmp_path: Path
):
    data = slide.report(maps=True)
    texts = rendered_texts(data, tmp_path)
    assert len(texts) >= 4
    for number, text in enumerate(texts, 1):
        assert RESEARCH_USE_LINE in text
        assert f"{data.report_id} · page {number} of {len(texts)}" in text
        assert data.status in text


def test_that_key_cells_maps_and_annex_follow(slide: ReviewedSlide, tmp_path: Path):
    data = slide.report(maps=True)
    texts = rendered_texts(data, tmp_path)
    gallery = " ".join(t for t in texts if "Key cells" in t)
    (maps,) = [t for t in texts if "Class-activation maps" in t]
    assert "proves nothing about the cell" in maps
    assert "Key cells" not in maps
    assert len(data.key_cells) == 12
    for cell in data.key_cells:
        assert f"#{cell.cell_view.cell.number} " in gallery
        assert f"#{cell.cell_view.cell.number} " in maps
    annex = " ".join(texts[next(i for i, t in enumerate(texts) if "Annex: each cell" in t) :])
    for view in data.slide_view.cells:
        assert re.search(rf"(^| ){view.cell.number} Lymphocyte (Blast|Neutrophil|Lymphocyte|Erythroblast)", annex)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        pictures = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
    assert len(pictures) == 24


def test_that_pictures_are_described_for_those_who_cannot_see_them(slide: ReviewedSlide, tmp_path: Path):
    data = slide.report()
    rendered_texts(data, tmp_path)
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        described = {
            str(item["/Alt"]) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        }
    assert {f"Cell {c.cell_view.cell.number}: Promyelocyte" for c in data.key_cells[:8]} <= described


def test_that_without_alerts_there_is_no_alert_box(taxonomy: Taxonomy, tmp_path: Path):
    data = make_reviewed_slide(taxonomy, {"neutrophil": 140, "lymphocyte": 60}).report()
    assert data.alerts == ()
    assert "Alerts" not in " ".join(rendered_texts(data, tmp_path))


def test_that_the_file_is_an_archivable_pdf(slide: ReviewedSlide, renderer: TypstRenderer, tmp_path: Path):
    data = slide.report(maps=True)
    renderer.render(data, tmp_path / "report.pdf")
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        metadata = pdf.open_metadata()
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert metadata["dc:title"] == f"LeukView report {data.report_id}"
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert len(intent.DestOutputProfile.read_bytes()) > 100
        assert pdf.Root.Lang == "en"
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
        assert not pdf.is_encrypted


def test_that_draft_signed_and_amended_reports_say_so_on_each_page(slide: ReviewedSlide, tmp_path: Path):
    session = slide.session
    draft = rendered_texts(slide.report(), tmp_path)
    assert all("DRAFT" in text for text in draft)
    clear_blockers(slide)
    session.sign("Prof. Anna Weiß", "reviewed and approved")
    signed = rendered_texts(slide.report(), tmp_path)
    assert all("SIGNED" in text and "DRAFT" not in text for text in signed)
    assert "Signed by Prof. Anna Weiß, 2026-01-01 01:00 UTC+01:00" in signed[0]
    assert "reviewed and approved" in signed[0]
    assert "Dr. Weiss, ward 3" in signed[0]
    session.reopen("the marrow came back")
    session.sign("Prof. Anna Weiß", "amended and approved")
    amended = rendered_texts(slide.report(), tmp_path)
    assert all("AMENDED" in text for text in amended)
    assert "the marrow came back" in amended[0]
    assert "reviewed and approved" in amended[0]
    assert "amended and approved" in amended[0]


@pytest.mark.parametrize("labels", [{"lymphocyte": 1}, {"smudge_cell": 3}])
def test_that_the_smallest_slides_are_set(taxonomy: Taxonomy, tmp_path: Path, labels: dict[str, int]):
    data = make_reviewed_slide(taxonomy, labels).report()
    first = rendered_texts(data, tmp_path)[0]
    assert f"n = {data.shown_tally.leukocyte_count} leukocytes of {sum(labels.values())} cells." in first


def test_that_five_thousand_cells_are_all_in_the_annex(taxonomy: Taxonomy, tmp_path: Path):
    texts = rendered_texts(make_reviewed_slide(taxonomy, {"neutrophil": 3700, "lymphocyte": 1300}).report(), tmp_path)
    rows = re.findall(r"(?<=\s)(\d+) Lymphocyte (?:Neutrophil|Lymphocyte) 0\.90", " ".join(texts))
    assert [int(row) for row in rows] == list(range(1, 5001))
    assert f"page {len(texts)} of {len(texts)}" in texts[-1]


def test_that_synthetic_cells_are_declared(slide: ReviewedSlide, tmp_path: Path):
    view = slide.session.view
    data = replace(slide.report(), slide_view=replace(view, slide=replace(view.slide, synthetic=True)))
    assert "SYNTHETIC cells from the demo renderer: not a patient." in rendered_texts(data, tmp_path)[0]


def test_that_the_same_report_gives_the_same_bytes(slide: ReviewedSlide, renderer: TypstRenderer, tmp_path: Path):
    data = slide.report(maps=True)
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    assert renderer.render(data, one) == renderer.render(data, other)
    assert one.read_bytes() == other.read_bytes()


def test_that_the_hash_is_the_file_s_own(slide: ReviewedSlide, renderer: TypstRenderer, tmp_path: Path):
    import hashlib

    output = tmp_path / "report.pdf"
    assert renderer.render(slide.report(), output) == hashlib.sha256(output.read_bytes()).hexdigest()
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["report.pdf"]


def with_broken_image(data: ReportData) -> ReportData:
    return replace(data, key_cells=(replace(data.key_cells[0], image_png=b"no picture"), *data.key_cells[1:]))


def test_that_a_failed_report_leaves_the_earlier_file_alone(
    slide: ReviewedSlide, renderer: TypstRenderer, tmp_path: Path
):
    output = tmp_path / "report.pdf"
    output.write_bytes(b"the earlier report")
    with pytest.raises(ReportError, match="The report could not be created"):
        renderer.render(with_broken_image(slide.report()), output)
    assert output.read_bytes() == b"the earlier report"
    assert [p for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_that_a_folder_that_takes_no_file_is_one_sentence(
    slide: ReviewedSlide, renderer: TypstRenderer, tmp_path: Path
):
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "taken.pdf").mkdir()
    for output in (tmp_path / "file" / "report.pdf", tmp_path / "taken.pdf"):
        with pytest.raises(ReportError, match=r"^The report cannot be saved in “[^”]+”: [A-Za-z].*\. Choose"):
            renderer.render(slide.report(), output)
    renderer.render(slide.report(), tmp_path / "missing" / "report.pdf")  # a missing folder is created
    assert [p for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_that_a_missing_template_is_one_sentence(slide: ReviewedSlide, tmp_path: Path):
    shutil.copytree(resources_dir() / "report", tmp_path / "report")
    shutil.copytree(resources_dir() / "i18n", tmp_path / "i18n")
    for name in ("report.typ", "frame.typ"):
        (tmp_path / "report" / name).unlink()
        with pytest.raises(ReportError, match=r"The report could not be created: .*\."):
            TypstRenderer(tmp_path).render(slide.report(), tmp_path / "report.pdf")
        (tmp_path / "report" / name).write_bytes((resources_dir() / "report" / name).read_bytes())


def test_that_the_laboratory_s_own_ranges_take_the_place_of_ours(slide: ReviewedSlide, tmp_path: Path):
    own = 'source = "our laboratory, 2026"\n[[ranges]]\nname = "Lymphocytes"\nclasses = ["lymphocyte"]\n'
    (data_dir() / "reference.toml").write_text(own + 'unit = "percent"\nlow = 17\nhigh = 47\n', encoding="utf-8")
    first = rendered_texts(slide.report(), tmp_path)[0]
    assert "Reference: our laboratory, 2026." in first
    assert "17–47" in first
    assert "40–80" not in first


def test_that_a_file_name_holds_no_identifier(slide: ReviewedSlide):
    data = slide.report()
    assert suggested_file_name(data.report_id) == "leukview-R-20261124-0123ABCD.pdf"
    assert data.slide_view.slide.patient not in suggested_file_name(data.report_id)


def test_that_the_pages_are_read_as_text(slide: ReviewedSlide, renderer: TypstRenderer, tmp_path: Path):
    renderer.render(slide.report(), tmp_path / "report.pdf")
    assert all(len(text) > 100 for text in page_texts(tmp_path / "report.pdf"))
