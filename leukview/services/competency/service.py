"""Training and competency: persons classify the cells of signed slides without seeing their labels."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from leukview.core.atomic_files import atomic_write
from leukview.core.csv_escaping import BYTE_ORDER_MARK, escape_formula
from leukview.core.errors import LeukViewError, ReviewError
from leukview.core.job_runner import CancelToken, Progress, Reporter
from leukview.core.messages import Message
from leukview.domain.competency.grading import Answer, RoundResult, choose_cells, grade, grade_round, is_asked
from leukview.domain.review.rights import Right
from leukview.domain.slide import Cell
from leukview.domain.taxonomy import Taxonomy
from leukview.services.ports.access import Access
from leukview.services.ports.competency import CompetencySet, CompetencyStore, StoredAnswer
from leukview.services.review.slide_view import SlideView

MIN_CELLS = 10


@dataclass(frozen=True, slots=True)
class Round:
    """A person's round on a set.

    Attributes:
        number: 1 for the first time through the set.
        cells: All cells, in the order in which this person sees them.
        answered: Ids of the cells that are answered.
    """

    set_number: int
    number: int
    cells: tuple[Cell, ...]
    answered: frozenset[str]

    @property
    def next_cell(self) -> Cell | None:
        """The next cell without an answer; None at the end."""
        return next((cell for cell in self.cells if cell.id not in self.answered), None)


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round as it is listed.

    Attributes:
        at: When the last answer was given, UTC, ISO 8601.
        is_complete: Every cell of the set is answered; only then is the result told.
    """

    set_number: int
    set_name: str
    person: str
    number: int
    at: str
    is_complete: bool
    result: RoundResult


class CompetencyService:
    """Makes sets from signed slides, asks their cells, and grades the answers.

    Args:
        store: Sets and answers.
        taxonomy: The classes.
        access: Rights of persons.
        open_view: Opens the first reading of a slide.
        find_cells: Cells of a slide.
        find_withheld: Which of some slides are withheld from a person, who has to read them second.
    """

    def __init__(
        self,
        store: CompetencyStore,
        taxonomy: Taxonomy,
        access: Access,
        open_view: Callable[[str], SlideView],
        find_cells: Callable[[str], Sequence[Cell]],
        find_withheld: Callable[[str, Sequence[str]], frozenset[str]],
    ) -> None:
        self._store, self._taxonomy, self._access = store, taxonomy, access
        self._open_view, self._find_cells = open_view, find_cells
        self._find_withheld = find_withheld

    def make_set(
        self, actor: str, name: str, slide_ids: Sequence[str], count: int, token: CancelToken, reporter: Reporter
    ) -> CompetencySet:
        """Make a set of cells of signed slides, evenly over the classes; the signed label is the key.

        Raises:
            ReviewError: The person may not administer, or there are too few cells on signed slides.
            StoreError: The database cannot be written.
        """
        self._access.require_right(actor, Right.ADMINISTER)
        if not name.strip():
            raise ReviewError("The set needs a name.")
        keys: dict[str, str] = {}
        for done, slide_id in enumerate(slide_ids):
            token.raise_if_cancelled()
            reporter(Progress(done, len(slide_ids), "Reading signed slides"))
            view = self._open_view(slide_id)
            if view.binding_signature is None or view.review.is_withdrawn:
                continue
            labelled = (v for v in view.cells if not v.pending)
            keys |= {v.cell.id: v.label for v in labelled if is_asked(self._taxonomy.cell_class(v.label))}
        chosen = choose_cells(keys, count, name.strip())
        if len(chosen) < MIN_CELLS:
            raise ReviewError(
                Message("A set needs at least {count} cells of signed slides.", count=MIN_CELLS),
                "Sign more slides, or choose others.",
            )
        return self._store.add_set(name.strip(), actor, {cell: keys[cell] for cell in chosen})

    def sets(self) -> tuple[CompetencySet, ...]:
        """All sets, the newest first. Raises `StoreError`."""
        return self._store.sets()

    def begin(self, set_number: int, person: str) -> Round:
        """Go on with a person's open round, or begin the next one.

        Raises:
            ReviewError: Nobody is signed in, the set has no cells any more, or the person has yet to read one of its
                slides second.
            StoreError: The database cannot be read.
        """
        if not person:
            raise ReviewError("Sign in first: answers are kept by person.")
        keys = self._store.keys(set_number)
        if not keys:
            raise ReviewError("The cells of this set were erased.")
        given = self._store.answers(set_number, person)
        number = max((answer.round_number for answer in given), default=1)
        answered = {answer.cell_id for answer in given if answer.round_number == number}
        if answered >= keys.keys():
            number, answered = number + 1, set()
        slides = sorted({cell_id.rpartition("-")[0] for cell_id in keys})
        if self._find_withheld(person, slides):
            raise ReviewError(
                "This set holds cells of a slide that you read as second reader.", "Finish the second reading first."
            )
        cells = [cell for slide in slides for cell in self._find_cells(slide) if cell.id in keys]
        random.Random(f"{set_number}/{number}/{person}").shuffle(cells)
        return Round(set_number, number, tuple(cells), frozenset(answered))

    def answer(self, of_round: Round, person: str, cell_id: str, label: str) -> Round:
        """Store an answer; the first one to a cell counts. Raises `StoreError`."""
        self._taxonomy.cell_class(label)
        self._store.add_answer(of_round.set_number, person, of_round.number, cell_id, label)
        return Round(of_round.set_number, of_round.number, of_round.cells, of_round.answered | {cell_id})

    def records(self, viewer: str) -> tuple[RoundRecord, ...]:
        """Rounds, the newest first: a person's own; those of all persons for who may administer.

        Raises:
            StoreError: The database cannot be read.
        """
        sets = {s.number: s for s in self._store.sets()}
        person = "" if self._sees_all(viewer) else viewer
        rounds: dict[tuple[int, str, int], list[StoredAnswer]] = {}
        for answer in self._store.answers(person=person) if viewer or not person else ():
            rounds.setdefault((answer.set_number, answer.person, answer.round_number), []).append(answer)
        found = [
            RoundRecord(
                number,
                sets[number].name,
                name,
                round_number,
                answers[-1].at,
                len(answers) >= sets[number].cell_count,
                grade_round(self._taxonomy, map(_answer, answers)),
            )
            for (number, name, round_number), answers in rounds.items()
        ]
        return tuple(sorted(found, key=lambda record: (record.at, record.number), reverse=True))

    def wrong_answers(self, set_number: int, person: str, round_number: int) -> tuple[Answer, ...]:
        """Answers of a complete round that are neither correct nor acceptable. Raises `StoreError`."""
        given = [a for a in self._store.answers(set_number, person) if a.round_number == round_number]
        graded = ((a, grade(self._taxonomy, a.key, a.label)) for a in map(_answer, given))
        return tuple(a for a, found in graded if found.value in {"wrong", "critical"})

    def export(self, path: Path, viewer: str) -> int:
        """Write the complete rounds that `records` lists as CSV, a row a class; returns the number of rounds.

        Raises:
            LeukViewError: The file cannot be written, or the database cannot be read.
        """
        records = [record for record in self.records(viewer) if record.is_complete]
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(
            ("set", "person", "round", "at", "class", "cells", "correct", "low_95", "high_95", "critical", "passed")
        )
        for record in reversed(records):
            head = (escape_formula(record.set_name), escape_formula(record.person), record.number, record.at)
            result = record.result
            total = (result.answered, result.correct, *_ends(result.interval.low, result.interval.high))
            writer.writerow((*head, "all", *total, result.critical, int(result.is_passed)))
            for score in result.classes:
                ends = _ends(score.interval.low, score.interval.high)
                writer.writerow((*head, score.key, score.cells, score.correct, *ends, "", ""))
        try:
            atomic_write(path, BYTE_ORDER_MARK + stream.getvalue())
        except OSError as error:
            raise LeukViewError(
                Message("The table cannot be saved: {reason}.", reason=error.strerror or error),
                "Choose another folder.",
            ) from error
        return len(records)

    def _sees_all(self, viewer: str) -> bool:
        try:
            self._access.require_right(viewer, Right.ADMINISTER)
        except ReviewError:
            return False
        return True


def _answer(stored: StoredAnswer) -> Answer:
    return Answer(stored.cell_id, stored.key, stored.label, stored.at)


def _ends(low: float, high: float) -> tuple[str, str]:
    return f"{low:.4f}", f"{high:.4f}"
