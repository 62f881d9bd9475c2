from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.review.events import EventKind, ReviewState
from leukview.domain.review.reducer import apply_event, replay
from tests.domain.test_review_events import EventLog

CELLS = st.lists(st.sampled_from("abcd"), max_size=3, unique=True)
LABELS = st.sampled_from(["blast", "monocyte", "neutrophil"])
ACTIONS = st.tuples(st.sampled_from([*EventKind, "redo"]), CELLS, LABELS)


def append_event(log: EventLog, kind: EventKind | str, cells: list[str], label: str) -> None:
    match kind:
        case EventKind.ACCEPT:
            log.add(EventKind.ACCEPT, cells, labels=dict.fromkeys(cells, label))
        case EventKind.OVERRIDE:
            log.add(EventKind.OVERRIDE, cells, label=label)
        case EventKind.UNDO:
            log.undo()
        case "redo":
            log.redo()
        case EventKind.COMMENT:
            log.add(EventKind.COMMENT, cells, text=f"looks like {label}")
        case EventKind.ACKNOWLEDGE:
            log.add(EventKind.ACKNOWLEDGE, alert=label, called="", note="")
        case EventKind.SIGN:
            log.add(EventKind.SIGN, name="A. Nyone", meaning="Reviewed")
        case EventKind.GRADE:
            log.add(EventKind.GRADE, grades={label: "1+"})
        case _:
            log.add(EventKind(kind), cells, reason=label)


@given(st.lists(ACTIONS, max_size=30))
def test_that_walking_event_by_event_says_what_the_whole_fold_says(
    actions: list[tuple[EventKind | str, list[str], str]],
):
    log, state, read = EventLog(), ReviewState(), 0
    for action in actions:
        append_event(log, *action)
        for event in log.events[read:]:
            read += 1
            state = apply_event(state, event) or replay(log.events[:read])
            assert state == replay(log.events[:read])


def test_that_labels_openings_and_comments_need_no_second_reading():
    log = EventLog()
    log.add(EventKind.OPEN, ["a"])
    log.add(EventKind.ACCEPT, ["a"], labels={"a": "blast"})
    log.add(EventKind.COMMENT, ["a"], text="Auer rod")
    log.add(EventKind.MAP_SHOWN, ["a"], stage="stage1", choice="malignant")
    state = ReviewState()
    for event in log.events:
        after = apply_event(state, event)
        assert after is not None
        state = after
    assert (state.cell_review("a").label, state.cell_review("a").opened, state.cell_review("a").comment) == (
        "blast",
        True,
        "Auer rod",
    )
    log.undo()
    assert apply_event(state, log.events[-1]) is None
