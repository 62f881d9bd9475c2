from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from leukview.domain.review.events import EventKind, ReviewEvent
from leukview.domain.review.hash_chain import next_position, with_hash
from leukview.domain.review.reducer import replay


class EventLog:
    """Builds a correct chain in memory."""

    def __init__(self) -> None:
        self.events: list[ReviewEvent] = []

    def add(self, kind: EventKind, cells: Sequence[str] = (), **payload: object) -> ReviewEvent:
        seq, previous = next_position(self.events[-1] if self.events else None)
        at = f"2026-01-01T00:00:{seq:02d}+00:00"
        self.events.append(
            with_hash(ReviewEvent(seq, f"e{seq}", "S", kind, tuple(cells), payload, "r", at, previous, ""))
        )
        return self.events[-1]

    def undo(self) -> None:
        stack = replay(self.events).undo_stack
        if stack:
            self.add(EventKind.UNDO, event=stack[-1])

    def redo(self) -> None:
        stack = replay(self.events).redo_stack
        if stack:
            self.add(EventKind.UNDO, event=stack[-1])

    def label(self, cell: str) -> str:
        return replay(self.events).cell_review(cell).label


def test_that_the_last_word_on_a_cell_is_shown():
    log = EventLog()
    log.add(EventKind.ACCEPT, ["a"], labels={"a": "blast"})
    log.add(EventKind.OVERRIDE, ["a", "b"], label="monocyte")
    assert (log.label("a"), log.label("b"), log.label("c")) == ("monocyte", "monocyte", "")


def test_that_undo_and_redo_walk_through_all_actions():
    log = EventLog()
    log.add(EventKind.OVERRIDE, ["a"], label="blast")
    log.add(EventKind.OVERRIDE, ["a"], label="monocyte")
    log.undo()
    assert log.label("a") == "blast"
    log.undo()
    assert log.label("a") == ""
    log.redo()
    assert log.label("a") == "blast"
    log.redo()
    assert log.label("a") == "monocyte"
    log.undo()
    log.undo()
    assert log.label("a") == ""
    log.redo()
    log.undo()
    log.redo()
    assert log.label("a") == "blast"


def test_that_a_new_action_empties_the_redo_stack():
    log = EventLog()
    log.add(EventKind.OVERRIDE, ["a"], label="blast")
    log.undo()
    log.add(EventKind.OVERRIDE, ["a"], label="basophil")
    log.redo()
    assert log.label("a") == "basophil"


@given(st.lists(st.sampled_from(["act", "undo", "redo"]), max_size=25))
def test_that_undo_and_redo_behave_like_an_editors(actions: list[str]):
    log = EventLog()
    done: list[str] = []
    undone: list[str] = []
    for number, action in enumerate(actions):
        if action == "act":
            log.add(EventKind.OVERRIDE, ["a"], label=f"l{number}")
            done.append(f"l{number}")
            undone.clear()
        elif action == "undo":
            log.undo()
            if done:
                undone.append(done.pop())
        else:
            log.redo()
            if undone:
                done.append(undone.pop())
        assert log.label("a") == (done[-1] if done else "")


def test_that_a_signature_ends_undo_and_a_reopening_says_amended():
    log = EventLog()
    log.add(EventKind.OVERRIDE, ["a"], label="blast")
    log.add(EventKind.SIGN, name="A. Nyone", meaning="Reviewed")
    signed = replay(log.events)
    assert signed.signature is not None
    assert signed.undo_stack == ()
    log.add(EventKind.REOPEN, reason="a cell was missed")
    reopened = replay(log.events)
    assert reopened.signature is None
    assert reopened.amended


def test_that_comments_openings_and_acknowledgements_are_kept():
    log = EventLog()
    log.add(EventKind.OPEN, ["a"])
    log.add(EventKind.MAP_SHOWN, ["a"], stage="stage1", choice="malignant")
    log.add(EventKind.COMMENT, ["a"], text="Auer rod?")
    log.add(EventKind.COMMENT, text="thick smear")
    log.add(EventKind.ACKNOWLEDGE, alert="apl", called="Dr X", note="")
    state = replay(log.events)
    assert state.cell_review("a").opened
    assert state.cell_review("a").map_shown
    assert (state.cell_review("a").comment, state.comment) == ("Auer rod?", "thick smear")
    assert state.acknowledged["apl"].payload["called"] == "Dr X"
