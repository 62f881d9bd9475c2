import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukview.core.errors import LeukViewError
from leukview.core.paths import resources_dir
from leukview.domain.morphology_grading import GradingForm, parse_grading, summarise_grades
from leukview.domain.review.events import EventKind
from leukview.domain.review.reducer import replay
from tests.domain.test_review_events import EventLog

ITEMS = ("target_cells", "schistocytes", "platelet_estimate")
GRADES = ("", "0", "1+", "2+")
ONE_SCALE = 'source = "x"\n[scales]\na = [{key = "0", words = "no"}]\n[[groups]]\nname = "g"\n'


@pytest.fixture(scope="module")
def form() -> GradingForm:
    return parse_grading((resources_dir() / "grading.toml").read_text(encoding="utf-8"))


def test_that_the_shipped_form_names_its_source_and_every_feature_a_film_review_asks_for(form: GradingForm):
    assert "ICSH" in form.source
    wanted = (
        "anisocytosis microcytes macrocytes hypochromia polychromasia poikilocytosis target_cells schistocytes "
        "spherocytes elliptocytes teardrop_cells stomatocytes echinocytes acanthocytes sickle_cells "
        "howell_jolly_bodies basophilic_stippling rouleaux platelet_estimate giant_platelets large_platelets "
        "platelet_clumps"
    )
    assert set(wanted.split()) <= {item.key for item in form.items}
    schistocytes = form.find_item("schistocytes")
    assert schistocytes is not None
    assert schistocytes.limits == {"1+": "< 1 %", "2+": "1–2 %", "3+": "> 2 %"}


def test_that_each_scale_has_one_normal_step_and_each_feature_another(form: GradingForm):
    for item in form.items:
        assert sum(grade.is_normal for grade in item.grades) == 1
        assert len(item.grades) > 1


def test_that_a_summary_tells_found_normal_and_not_assessed_apart(form: GradingForm):
    shape = summarise_grades(form, {"target_cells": "2+", "schistocytes": "0", "platelet_estimate": "normal"})[1]
    assert shape.abnormal == ("Target cells 2+ moderate",)
    assert shape.normal == ("Schistocytes",)
    assert "Spherocytes" in shape.not_assessed
    assert summarise_grades(form, {"platelet_estimate": "normal"})[-1].normal == ("Platelet estimate adequate",)


def test_that_a_grade_of_an_older_form_is_shown_as_it_was_stored(form: GradingForm):
    last = summarise_grades(form, {"burr_cells": "4+", "target_cells": "4+"})
    assert last[-1].abnormal == ("burr cells 4+",)
    assert last[1].abnormal == ("Target cells 4+",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense =", "cannot be read"),
        ('source = "x"\n[scales]\n[[groups]]\nname = "a"\nitems = [{key = "b", name = "B", scale = "c"}]', "'c'"),
        (
            ONE_SCALE + 'items = [{key = "b", name = "B", scale = "a"}, {key = "b", name = "C", scale = "a"}]',
            "b twice",
        ),
        (
            ONE_SCALE + 'items = [{key = "b", name = "B", scale = "a", limits = {"9+" = "much"}}]',
            r"no grade 9\+ for B",
        ),
    ],
)
def test_that_a_form_with_a_mistake_is_refused_in_one_sentence(text: str, words: str):
    with pytest.raises(LeukViewError, match=words):
        parse_grading(text)


def test_that_a_signature_keeps_the_grades_and_ends_their_undo():
    log = EventLog()
    log.add(EventKind.GRADE, grades={"target_cells": "2+"})
    log.add(EventKind.SIGN, name="A. Nyone", meaning="Reviewed")
    state = replay(log.events)
    assert state.grades["target_cells"].grade == "2+"
    assert (state.grades["target_cells"].reviewer, state.grades["target_cells"].at) == ("r", log.events[0].at)
    assert state.undo_stack == ()


action = st.one_of(
    st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(GRADES), min_size=1),
    st.sampled_from(["label", "undo", "redo"]),
)


@given(st.lists(action, max_size=25))
def test_that_grades_and_labels_undo_and_redo_in_one_order(actions: list[dict[str, str] | str]):
    log = EventLog()
    done: list[dict[str, str] | str] = []
    undone: list[dict[str, str] | str] = []
    for number, what in enumerate(actions):
        if what == "undo":
            log.undo()
            if done:
                undone.append(done.pop())
        elif what == "redo":
            log.redo()
            if undone:
                done.append(undone.pop())
        else:
            if isinstance(what, dict):
                log.add(EventKind.GRADE, grades=what)
                done.append(what)
            else:
                log.add(EventKind.OVERRIDE, ["a"], label=f"l{number}")
                done.append(f"l{number}")
            undone.clear()
        expected: dict[str, str] = {}
        for step in done:
            expected |= step if isinstance(step, dict) else {}
        state = replay(log.events)
        assert {k: g.grade for k, g in state.grades.items()} == {k: g for k, g in expected.items() if g}
        labels = [step for step in done if isinstance(step, str)]
        assert state.cell_review("a").label == (labels[-1] if labels else "")
        assert len(state.undo_stack) == len(done)
