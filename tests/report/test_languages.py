"""The report in Chinese, and text in any script."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from leukview import RESEARCH_USE_LINE
from leukview.core.errors import ReportError
from leukview.core.paths import data_dir, resources_dir
from leukview.domain.taxonomy import Taxonomy
from leukview.report.report_strings import StringTemplate
from leukview.report.typst_renderer import TypstRenderer
from leukview.services.report.report_data import ReportOptions
from tests.support.report_factories import (
    ReviewedSlide,
    cell_ids,
    clear_blockers,
    make_reviewed_slide,
    rendered_texts,
    report_texts,
    template_context,
)
from tests.support.report_fonts import write_font

HAN = re.compile(r"[\u4e00-\u9fff]")
CHINESE = ReportOptions(language="zh_CN")


@pytest.fixture
def slide(taxonomy: Taxonomy) -> ReviewedSlide:
    made = make_reviewed_slide(
        taxonomy, {"blast": 12, "neutrophil": 60, "lymphocyte": 40, "erythroblast": 2}, wbc=6.5, apl=0.8
    )
    made.session.override(list(cell_ids(made, "blast"))[:2], "promyelocyte")
    clear_blockers(made)
    made.session.sign("王芳", "Reviewed and released for research use")
    made.session.reopen("骨髓结果")
    made.session.override(list(cell_ids(made, "neutrophil"))[:1], "monocyte")
    return made


def placeholder_names(template: StringTemplate) -> set[str]:
    texts = (template,) if isinstance(template, str) else template.values()
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def test_that_every_text_is_translated_with_the_fields_of_its_source():
    english, chinese = report_texts(), report_texts("zh_CN")
    assert english.templates.keys() == chinese.templates.keys()
    for key, template in english.templates.items():
        assert placeholder_names(chinese.templates[key]) == placeholder_names(template), key
    same = [key for key, t in english.templates.items() if chinese.templates[key] == t]
    worded = [key for key in same if re.search(r"[A-Za-z]{2}", re.sub(r"\{\w*\}", "", str(english.templates[key])))]
    assert worded == [("facts", "time"), ("model", "sha256")]


def test_that_the_data_of_a_report_is_said_in_chinese(slide: ReviewedSlide):
    words = template_context(slide.report(), "zh_CN")
    names = [row[0] for row in words["rows"]]
    assert all(HAN.search(name) for name in names)
    assert all(HAN.search(alert["title"]) and HAN.search(alert["message"]) for alert in words["alerts"])
    assert HAN.search(dict(words["model"])["不评估"])
    assert words["annex"][0][2] == "原始细胞"
    assert words["annex"][0][1] == "淋巴细胞"
    assert "审阅" in str(words) or "审核" in str(words)
    assert words["changes"]["lines"][0].startswith("1 个细胞改变了分类：#")
    assert words["history"][0][1] == "由 王芳（账户 reviewer）签名：已审核并发布，仅供科研使用。"
    ranges = tomllib.loads((resources_dir() / "report" / "reference.toml").read_text(encoding="utf-8"))
    assert all(HAN.search(report_texts("zh_CN").translate(r["name"])) for r in ranges["ranges"])


def test_that_a_report_in_chinese_says_the_same_numbers(slide: ReviewedSlide, tmp_path: Path):
    folder = data_dir() / "report" / "fonts"
    folder.mkdir(parents=True)
    data = slide.report()
    english, chinese = template_context(data), template_context(data, "zh_CN")
    characters = {c for c in str(chinese) if ord(c) > 0x2E7F}
    write_font(folder / "boxes.ttf", characters, "Noto Sans CJK SC")
    rendered_texts(data, tmp_path, CHINESE)
    text = " ".join(p.extract_text() for p in PdfReader(tmp_path / "report.pdf").pages)
    told = re.sub(r"\s", "", text)
    assert "外周血细胞筛查" in told
    assert "草稿" in told
    assert "骨髓结果" in told
    assert "[U+" not in told
    assert re.sub(r"\s", "", RESEARCH_USE_LINE) in told
    for row, source in zip(chinese["rows"], english["rows"], strict=True):
        figures = [f for f in row[1:] if f not in {"", "无"}]
        assert figures == [f for f in source[1:] if f not in {"", "n/a"}]
        assert re.sub(r"\s", "", "".join([row[0], *figures])) in told
    with pikepdf.open(tmp_path / "report.pdf") as pdf:
        assert str(pdf.Root.Lang) in {"zh", "zh-CN"}


def test_that_a_missing_font_is_named_and_nothing_is_written(slide: ReviewedSlide, tmp_path: Path):
    with pytest.raises(ReportError, match="No font for 中文 was found") as caught:
        TypstRenderer(resources_dir(), system_fonts=False).render(slide.report(), tmp_path / "r.pdf", CHINESE)
    assert "Noto Serif CJK SC" in caught.value.hint
    assert "report/fonts" in caught.value.hint
    assert not (tmp_path / "r.pdf").exists()


def test_that_hebrew_arabic_and_chinese_remarks_are_set_in_an_english_report(taxonomy: Taxonomy, tmp_path: Path):
    folder = data_dir() / "report" / "fonts"
    folder.mkdir(parents=True)
    remark = "חולה מريض 患者"
    write_font(folder / "boxes.ttf", remark.replace(" ", ""), "Boxes")
    made = make_reviewed_slide(taxonomy, {"neutrophil": 6})
    made.session.comment((), remark)
    first = rendered_texts(made.report(images=False), tmp_path)[0]
    assert "cannot be set in full" not in first
    assert set(remark) <= set(first)  # a reader gives right-to-left words in an order of its own
