"""Training on the cells of signed slides: by person, over time, exportable."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukview.cli.main import main
from leukview.core.errors import ReviewError
from leukview.core.job_runner import CancelToken, null_reporter
from leukview.core.paths import data_dir
from leukview.domain.review.reviewer_profile import ReviewerRole
from leukview.domain.slide import Slide
from leukview.services.competency.service import CompetencyService, Round
from leukview.storage.erasure import SqlEraser
from tests.support.workstation import Workstation, open_workstation, review_slide, write_export


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(data_dir()) as opened:
        yield opened


@pytest.fixture
def signed(here: Workstation, tmp_path: Path) -> Slide:
    slide = here.import_slide(write_export(tmp_path / "scanner"))
    session = here.session(slide)
    review_slide(session)
    session.sign("Chen", "Reviewed")
    return slide


@pytest.fixture
def competency(here: Workstation, signed: Slide) -> CompetencyService:
    found = here.workbench.competency
    found.make_set("Dr. Chen", "Autumn", [signed.id], 11, CancelToken(), null_reporter)
    return found


def answer_all(competency: CompetencyService, person: str, label: str = "") -> Round:
    """Answer every cell with the key, or all with one label."""
    (made,) = competency.sets()
    keys = competency._store.keys(made.number)
    going = competency.begin(made.number, person)
    while (cell := going.next_cell) is not None:
        going = competency.answer(going, person, cell.id, label or keys[cell.id])
    return going


def test_that_the_key_is_the_signed_label(here: Workstation, signed: Slide, competency: CompetencyService):
    (made,) = competency.sets()
    labels = {v.cell.id: v.label for v in here.session(signed).view.cells}
    keys = competency._store.keys(made.number)
    assert len(keys) == made.cell_count >= 10
    assert all(labels[cell] == key for cell, key in keys.items())


def test_that_rounds_are_kept_by_person_and_go_on_after_an_interruption(competency: CompetencyService):
    (made,) = competency.sets()
    going = competency.begin(made.number, "Ada")
    first = going.next_cell
    assert first is not None
    competency.answer(going, "Ada", first.id, "lymphocyte")
    competency.answer(going, "Ada", first.id, "blast")  # the first answer counts
    again = competency.begin(made.number, "Ada")
    assert again.number == 1
    assert again.answered == frozenset({first.id})
    assert again.cells == going.cells
    (record,) = competency.records("Ada")
    assert not record.is_complete
    assert competency.begin(made.number, "Bo").cells != going.cells  # another order for another person
    answer_all(competency, "Ada")
    assert competency.begin(made.number, "Ada").number == 2


def test_that_results_over_time_are_listed_and_wrong_answers_named(competency: CompetencyService):
    answer_all(competency, "Ada")
    answer_all(competency, "Ada", "platelet")
    second, first = competency.records("Ada")
    assert (first.number, first.result.is_passed, first.result.share) == (1, True, 1.0)
    assert (second.number, second.result.is_passed, second.result.correct) == (2, False, 0)
    assert competency.wrong_answers(first.set_number, "Ada", 1) == ()
    assert len(competency.wrong_answers(first.set_number, "Ada", 2)) == second.result.answered


def test_that_others_results_are_for_administrators_only(here: Workstation, competency: CompetencyService):
    for person in ("Ada", "Bo"):
        answer_all(competency, person)
    profiles = here.workbench.profiles
    profiles.add("Dr. Chen", "Head", ReviewerRole.ADMINISTRATOR, "123456")
    profiles.add("Head", "Ada", ReviewerRole.REVIEWER, "123456")
    assert {r.person for r in competency.records("Ada")} == {"Ada"}
    assert {r.person for r in competency.records("Head")} == {"Ada", "Bo"}
    with pytest.raises(ReviewError, match="may not administer"):
        competency.make_set("Ada", "Mine", [], 20, CancelToken(), null_reporter)


def test_that_a_set_needs_signed_cells_and_a_name(here: Workstation, tmp_path: Path):
    slide = here.import_slide(write_export(tmp_path / "scanner"))
    make = here.workbench.competency.make_set
    with pytest.raises(ReviewError, match="at least 10 cells of signed slides"):
        make("Dr. Chen", "Autumn", [slide.id], 20, CancelToken(), null_reporter)
    with pytest.raises(ReviewError, match="needs a name"):
        make("Dr. Chen", " ", [slide.id], 20, CancelToken(), null_reporter)


def test_that_erased_cells_leave_set_and_answers(here: Workstation, signed: Slide, competency: CompetencyService):
    answer_all(competency, "Ada")
    (made,) = competency.sets()
    SqlEraser(here.slides._database, here.slides._vault).erase([signed.id], reason="asked", reviewer="Dr. Chen")
    assert competency.records("Ada") == ()
    with pytest.raises(ReviewError, match="were erased"):
        competency.begin(made.number, "Ada")


def test_that_rounds_are_exported_on_the_command_line(
    competency: CompetencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    answer_all(competency, "Ada")
    going = competency.begin(1, "Ada")  # the open round is not told
    assert going.next_cell is not None
    competency.answer(going, "Ada", going.next_cell.id, "blast")
    output = tmp_path / "rounds.csv"
    assert main(["competency", str(output), "--reviewer", "Ada"]) == 0
    rows = list(csv.DictReader(output.read_text(encoding="utf-8-sig").splitlines()))
    total = [row for row in rows if row["class"] == "all"]
    assert [(row["person"], row["round"], row["passed"]) for row in total] == [("Ada", "1", "1")]
    assert sum(int(row["cells"]) for row in rows if row["class"] != "all") == int(total[0]["cells"])
