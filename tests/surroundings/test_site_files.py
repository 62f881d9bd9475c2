"""Site files through the command line: editors' byte order marks, misspelt keys, and what is no text file."""

import os
from pathlib import Path

import pytest

from leukview.bootstrap.site_config import load_alert_rules, load_comment_phrases, load_taxonomy
from leukview.cli.main import main
from leukview.core.paths import data_dir, resources_dir

SITE_FILES = ("alerts.toml", "grading.toml", "phrases.toml", "corrections.toml", "guards.toml", "loinc.toml")


def refusal(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert main(list(command) or ["audit", "verify"]) == 1
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    (sentence,) = printed.err.splitlines()
    return sentence


def test_that_site_files_saved_with_a_byte_order_mark_are_read(capsys: pytest.CaptureFixture[str]):
    for name in SITE_FILES:
        text = (resources_dir() / name).read_text(encoding="utf-8")
        (data_dir() / name).write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    (data_dir() / "site.toml").write_text('Laboratory = "Ünit 3"', encoding="utf-8-sig")
    assert main(["doctor"]) == 0
    assert "BAD" not in capsys.readouterr().out
    shipped = load_alert_rules(load_taxonomy())
    for name in SITE_FILES:
        (data_dir() / name).unlink()
    assert shipped == load_alert_rules(load_taxonomy())


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("alerts.toml", "at_least = 1\n", "at_leest = 1\n", "unknown: at_leest"),
        ("alerts.toml", "at_least = 1\n", 'at_least = "1"\n', "not a number"),
        ("alerts.toml", "acknowledge = true", 'acknowledge = "false"', "not true or false"),
        ("alerts.toml", "{count} (", "{cuont} (", "cuont"),
        ("alerts.toml", "min_cells = 10", "min_cell = 10", "unknown: min_cell"),
        ("alerts.toml", 'classes = ["blast"', 'classes = "blast" #', "not a list"),
        ("phrases.toml", "code = ", "kode = ", "kode"),
        ("phrases.toml", '"Auer rods seen"', "3", "not a text"),
        ("grading.toml", "normal = true", 'normal = "no"', "not true or false"),
        ("grading.toml", "limits = ", "limit = ", "unknown: limit"),
        ("guards.toml", "required = true", 'required = "no"', "an invalid value"),
        ("guards.toml", "version = 1", "version = 1\nguardz = 1", "version = 1"),
        ("corrections.toml", "one_reader = 1.0", "one_reader = true", "positive"),
        ("loinc.toml", "code = ", "kode = ", "kode"),
        ("loinc.toml", '"709-6"', "709", "not a text"),
    ],
)
def test_that_a_misspelt_site_file_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], name: str, before: str, after: str, words: str
):
    text = (resources_dir() / name).read_text(encoding="utf-8")
    assert before in text
    (data_dir() / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    assert words in refusal(capsys)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("alerts.toml", "pipe"),
        ("grading.toml", "folder"),
        ("phrases.toml", "nested"),
        ("corrections.toml", "utf-16"),
        ("guards.toml", "dangling link"),
        ("loinc.toml", "number"),
        ("site.toml", "pipe"),
        ("site.toml", "nested"),
    ],
)
def test_that_what_is_no_site_file_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str], name: str, kind: str):
    path = data_dir() / name
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "nested":
            path.write_text("x = " + "[" * 20_000, encoding="utf-8")
        case "utf-16":
            path.write_text("version = 1", encoding="utf-16")
        case "dangling link":
            path.symlink_to(path.with_name("away"))
        case "number":
            path.write_text("version = " + "9" * 6000, encoding="utf-8")
    assert "cannot be read" in refusal(capsys)
    assert main(["doctor"]) == 1
    assert "BAD" in capsys.readouterr().out


def test_that_own_phrases_with_a_byte_order_mark_are_shown():
    own = '[[groups]]\nname = "Ours"\nphrases = [{code = "ours", text = "As always"}]'
    (data_dir() / "phrases.toml").write_text(own, encoding="utf-8-sig")
    assert [group.name for group in load_comment_phrases()] == ["Ours"]


@pytest.mark.parametrize("name", ["report/report.toml", "report/texts.en.toml", "reference.toml"])
def test_that_report_files_with_a_byte_order_mark_are_read(name: str):
    from leukview.report.report_config import load_report_config

    path = data_dir() / name
    path.parent.mkdir(exist_ok=True)
    shipped = resources_dir() / "report" / Path(name).name
    path.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8-sig")
    own = load_report_config(resources_dir(), data_dir())
    path.unlink()
    assert own.paper == load_report_config(resources_dir(), data_dir()).paper
    assert own.reference_ranges == load_report_config(resources_dir(), data_dir()).reference_ranges
